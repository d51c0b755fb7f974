/* words_number.c - a number of days in words, with the plural of the language. */
#include "words.h"
#include "words_impl.h"

#include <string.h>
#include <unicode/unumberformatter.h>
#include <unicode/ustring.h>

/* The formatter of the language used last: making one costs a millisecond. */
static UNumberFormatter *
formatter_of(const char *lang)
{
	static const UChar DAYS[] = u"measure-unit/duration-day unit-width-full-name group-off";
	static UNumberFormatter *kept;
	static char kept_locale[LOCALE_SIZE];
	char locale[LOCALE_SIZE];
	UErrorCode status = U_ZERO_ERROR;

	words_locale(lang, locale);
	if (kept != NULL && strcmp(locale, kept_locale) == 0)
		return kept;
	UNumberFormatter *made = unumf_openForSkeletonAndLocale(DAYS, -1, locale, &status);
	if (U_FAILURE(status)) {
		unumf_close(made);
		return NULL;
	}
	unumf_close(kept);
	kept = made;
	strcpy(kept_locale, locale);
	return kept;
}

int
words_days(const char *lang, int days, char *out, size_t size, struct err *e)
{
	UErrorCode status = U_ZERO_ERROR;
	UNumberFormatter *f = formatter_of(lang);
	UFormattedNumber *number = NULL;
	UChar wide[128];
	int32_t bytes = 0;

	if (f == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "ICU has no words for days");
	number = unumf_openResult(&status);
	unumf_formatInt(f, days, number, &status);
	int32_t n = unumf_resultToString(number, wide, 128, &status);
	unumf_closeResult(number);
	u_strToUTF8(out, (int32_t)size, &bytes, wide, n, &status);
	if (U_FAILURE(status) || (size_t)bytes >= size)
		return err_set(e, ERR_REFUSED, NULL, "%d days in words are too long", days);
	return 0;
}
