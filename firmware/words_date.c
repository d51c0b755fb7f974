/* words_date.c - a day in words.
 *
 * A day is given to ICU as its midnight in UTC, in a calendar that is told to be
 * Gregorian and in UTC: neither the machine's zone nor a language's other calendar
 * has a say. Formatters cost milliseconds to make and are kept.
 */
#include "words.h"
#include "words_impl.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unicode/udat.h>
#include <unicode/udatpg.h>
#include <unicode/ustring.h>

#define FORM_MAX 64
#define KEPT 16
#define MS_PER_DAY 86400000.0

static struct formatter {
	char locale[LOCALE_SIZE];
	char form[FORM_MAX];
	UDateFormat *format;
	unsigned used;
} kept[KEPT];

/* Letters that ask for a part of a date. Those of times are not among them: the
 * time of day is not on a label. */
static bool
is_date_letter(char c)
{
	return c != '\0' && strchr("GyYuUrQqMLwWdDFgEec", c) != NULL;
}

static bool
skeleton_is_ok(const char *s)
{
	if (*s == '\0')
		return false;
	for (; *s != '\0'; s++)
		if (!is_date_letter(*s))
			return false;
	return true;
}

/* ICU takes a letter it does not know for literal text in some places and for an
 * error in others; here it is always an error, unless in quotes. */
static bool
pattern_is_ok(const char *s)
{
	bool quoted = false, some = false;

	for (; *s != '\0'; s++) {
		if (*s == '\'') {
			quoted = !quoted;
		} else if (!quoted && isascii((unsigned char)*s) && isalpha((unsigned char)*s)) {
			if (!is_date_letter(*s))
				return false;
			some = true;
		}
	}
	return some && !quoted;
}

bool
words_date_form_ok(const char *form)
{
	UChar wide[FORM_MAX];
	UErrorCode status = U_ZERO_ERROR;
	int32_t n;

	if (strlen(form) >= FORM_MAX)
		return false;
	u_strFromUTF8(wide, FORM_MAX, &n, form, -1, &status);
	if (U_FAILURE(status))
		return false;
	return form[0] == '=' ? pattern_is_ok(form + 1) : skeleton_is_ok(form);
}

/* The pattern that the form means in this language. */
static int
pattern_of(const char *locale, const char *form, UChar *out, int32_t size)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar skeleton[FORM_MAX];
	int32_t n;

	if (form[0] == '=') {
		u_strFromUTF8(out, size, &n, form + 1, -1, &status);
		return U_FAILURE(status) ? -1 : n;
	}
	u_strFromUTF8(skeleton, FORM_MAX, &n, form, -1, &status);
	UDateTimePatternGenerator *g = udatpg_open(locale, &status);
	int32_t len = udatpg_getBestPattern(g, skeleton, n, out, size, &status);
	udatpg_close(g);
	return U_FAILURE(status) ? -1 : len;
}

static UDateFormat *
make(const char *locale, const char *form)
{
	static const UChar UTC[] = u"UTC";
	UErrorCode status = U_ZERO_ERROR;
	char gregorian[LOCALE_SIZE + 24];
	UChar pattern[4 * FORM_MAX];

	snprintf(gregorian, sizeof gregorian, "%s%scalendar=gregorian", locale,
	    strchr(locale, '@') == NULL ? "@" : ";");
	int32_t n = pattern_of(gregorian, form, pattern, 4 * FORM_MAX);
	if (n == -1)
		return NULL;
	UDateFormat *f = udat_open(UDAT_PATTERN, UDAT_PATTERN, gregorian, UTC, -1, pattern, n,
	    &status);
	if (U_FAILURE(status))
		return NULL;
	return f;
}

/* The formatter, kept from before or made in place of the one unused longest. */
static UDateFormat *
formatter_of(const char *locale, const char *form)
{
	static unsigned clock;
	struct formatter *oldest = &kept[0];

	clock++;
	for (size_t i = 0; i < KEPT; i++) {
		struct formatter *f = &kept[i];
		if (f->format != NULL && strcmp(f->locale, locale) == 0 &&
		    strcmp(f->form, form) == 0) {
			f->used = clock;
			return f->format;
		}
		if (f->used < oldest->used)
			oldest = f;
	}
	UDateFormat *made = make(locale, form);
	if (made == NULL)
		return NULL;
	if (oldest->format != NULL)
		udat_close(oldest->format);
	snprintf(oldest->locale, sizeof oldest->locale, "%s", locale);
	snprintf(oldest->form, sizeof oldest->form, "%s", form);
	oldest->format = made;
	oldest->used = clock;
	return made;
}

int
words_date(const char *lang, day_t d, const char *form, char *out, size_t size,
    struct err *e)
{
	char locale[LOCALE_SIZE];
	UChar wide[256];
	UErrorCode status = U_ZERO_ERROR;
	int32_t bytes;

	if (!words_date_form_ok(form))
		return err_set(e, ERR_USAGE, "write it like MMMdEEE, or =yyyy-MM-dd",
		    "\"%.40s\" is not the form of a date", form);
	if (d == DAY_NONE)
		return err_set(e, ERR_REFUSED, NULL, "an unknown day has no words");
	words_locale(lang, locale);
	UDateFormat *f = formatter_of(locale, form);
	if (f == NULL)
		return err_set(e, ERR_USAGE, NULL, "ICU cannot write a date as \"%s\"", form);
	int32_t n = udat_format(f, d * MS_PER_DAY, wide, 256, NULL, &status);
	u_strToUTF8(out, (int32_t)size, &bytes, wide, n, &status);
	if (U_FAILURE(status) || (size_t)bytes >= size)
		return err_set(e, ERR_REFUSED, NULL, "a date as \"%s\" is too long", form);
	return 0;
}
