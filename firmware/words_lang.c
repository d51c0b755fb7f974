/* words_lang.c - which languages there are, and how their people sort names. */
#include "words.h"
#include "words_impl.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unicode/ucol.h>
#include <unicode/uloc.h>
#include <unicode/utf8.h>

const char *
words_locale(const char *lang, char out[static LOCALE_SIZE])
{
	UErrorCode status = U_ZERO_ERROR;

	if (lang == NULL || lang[0] == '\0')
		lang = uloc_getDefault();
	int32_t n = uloc_canonicalize(lang, out, LOCALE_SIZE, &status);
	if (U_FAILURE(status) || n <= 0 || n >= LOCALE_SIZE)
		strcpy(out, "en");
	if (strcmp(out, "en_US_POSIX") == 0 || strcmp(out, "c") == 0)
		strcpy(out, "en");
	return out;
}

/* ICU's macro does its sums in narrow types, of which the compiler warns. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
int32_t
words_next(const char *text, int32_t *i, int32_t len)
{
	const uint8_t *bytes = (const uint8_t *)text;
	int32_t at = *i;
	UChar32 c;

	U8_NEXT(bytes, at, len, c);
	*i = at;
	return c;
}
#pragma GCC diagnostic pop

/* ll, lll, ll_RR, ll_Ssss or ll_Ssss_RR, with '-' or '_': what a person writes.
 * ICU itself takes nearly any text for a locale. */
static bool
is_well_formed(const char *lang)
{
	size_t len[3] = { 0 }, part = 0;

	for (const char *p = lang; *p != '\0'; p++) {
		if (*p == '-' || *p == '_') {
			if (++part == 3)
				return false;
		} else if (!isascii((unsigned char)*p) || !isalnum((unsigned char)*p)) {
			return false;
		} else {
			len[part]++;
		}
	}
	if (len[0] < 2 || len[0] > 3)
		return false;
	if (part == 0)
		return true;
	if (part == 2)
		return len[1] == 4 && (len[2] == 2 || len[2] == 3);
	return len[1] >= 2 && len[1] <= 4;
}

static bool
is_in(const char *const *list, const char *text)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, text) == 0)
			return true;
	return false;
}

/* Whether ICU has data for the bare language. */
static bool
has_data(const char *language)
{
	for (int32_t i = 0; i < uloc_countAvailable(); i++)
		if (strcmp(uloc_getAvailable(i), language) == 0)
			return true;
	return false;
}

bool
words_lang_exists(const char *lang)
{
	char locale[LOCALE_SIZE], language[LOCALE_SIZE], country[LOCALE_SIZE];
	UErrorCode status = U_ZERO_ERROR;

	if (lang[0] == '\0')
		return true;
	if (strlen(lang) >= LOCALE_SIZE || !is_well_formed(lang))
		return false;
	uloc_canonicalize(lang, locale, sizeof locale, &status);
	uloc_getLanguage(locale, language, sizeof language, &status);
	uloc_getCountry(locale, country, sizeof country, &status);
	if (U_FAILURE(status) || status == U_STRING_NOT_TERMINATED_WARNING)
		return false;
	/* English in Korea (en_KR) has no data of its own and is no mistake: the
	 * language must have data, the country must be one. */
	return has_data(language) &&
	    (country[0] == '\0' || isdigit((unsigned char)country[0]) ||
	    is_in(uloc_getISOCountries(), country));
}

/* The collator of the language used last: a list is sorted in one language. */
static UCollator *
collator_of(const char *lang)
{
	static UCollator *kept;
	static char kept_locale[LOCALE_SIZE];
	char locale[LOCALE_SIZE];
	UErrorCode status = U_ZERO_ERROR;

	words_locale(lang, locale);
	if (kept != NULL && strcmp(locale, kept_locale) == 0)
		return kept;
	UCollator *made = ucol_open(locale, &status);
	if (U_FAILURE(status))
		return kept;
	ucol_setAttribute(made, UCOL_NORMALIZATION_MODE, UCOL_ON, &status);
	if (kept != NULL)
		ucol_close(kept);
	kept = made;
	strcpy(kept_locale, locale);
	return kept;
}

int
words_compare(const char *lang, const char *a, const char *b)
{
	UErrorCode status = U_ZERO_ERROR;
	UCollator *c = collator_of(lang);

	if (c != NULL) {
		UCollationResult r = ucol_strcollUTF8(c, a, -1, b, -1, &status);
		if (U_SUCCESS(status))
			return r == UCOL_LESS ? -1 : r == UCOL_GREATER ? 1 : 0;
	}
	return strcmp(a, b);
}
