/* words_decode.c - lists of people come in the encodings of other systems: which one it is,
 * and the text of it.
 *
 * CP949 (Korean Windows) and Windows-1252 (western Europe) have no mark. Text of one is
 * rarely text of the other: a Hangul syllable is two bytes beyond ASCII, of which the
 * usual 2,350 have both in a narrow range; an accented letter is one, beside ASCII letters.
 */
#include "words.h"
#include "words_impl.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unicode/ucnv.h>
#include <unicode/ustring.h>

#define LOOK_BYTES 4096		/* of UTF-16 without a mark */
#define SURE 9			/* tenths of what is beyond ASCII that must look right */

static const char UTF8[] = "UTF-8", UTF16LE[] = "UTF-16LE", UTF16BE[] = "UTF-16BE";
static const char KOREAN[] = "CP949", WESTERN[] = "Windows-1252";

/* What people call them where ICU has another name. */
static const struct {
	const char *said, *icu;
} NAMES[] = {
	{ KOREAN, "windows-949" }, { "UHC", "windows-949" }, { "MS949", "windows-949" },
	{ "EUC-KR", "windows-949" },	/* its subset, and files that say so often are not */
	{ WESTERN, "windows-1252" }, { "CP1252", "windows-1252" }, { "ANSI", "windows-1252" },
	{ "Latin1", "windows-1252" },
};

struct mark {
	const char *bytes;
	size_t n;
	const char *encoding;
};
static const struct mark MARKS[] = {
	{ "\xef\xbb\xbf", 3, UTF8 }, { "\xff\xfe", 2, UTF16LE }, { "\xfe\xff", 2, UTF16BE },
};

static const struct mark *
mark_of(const char *bytes, size_t n)
{
	for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS; i++)
		if (n >= MARKS[i].n && memcmp(bytes, MARKS[i].bytes, MARKS[i].n) == 0)
			return &MARKS[i];
	return NULL;
}

/* Where the text stops being UTF-8: n if nowhere. */
static size_t
utf8_until(const char *text, size_t n)
{
	/* The macros count in 32 bits; a character has at most four bytes. */
	for (size_t at = 0; at < n;) {
		int32_t i = 0, rest = n - at > 4 ? 4 : (int32_t)(n - at);
		if ((unsigned char)text[at] < 0x80) {
			at++;
			continue;
		}
		if (words_next(text + at, &i, rest) < 0)
			return at;
		at += (size_t)i;
	}
	return n;
}

/* UTF-16 without a mark shows in its line breaks and separators: a zero byte on the one
 * side of them. */
static const char *
utf16_by_look(const char *bytes, size_t n)
{
	size_t marks[2] = { 0, 0 };

	if (n % 2 != 0)
		return NULL;
	for (size_t i = 0; i < n && i < LOOK_BYTES; i++)
		marks[i % 2] += bytes[i] == '\0' && bytes[i ^ 1] != '\0' &&
		    strchr("\n,;\t", bytes[i ^ 1]) != NULL;
	return marks[1] > 4 * marks[0] ? UTF16LE : marks[0] > 4 * marks[1] ? UTF16BE : NULL;
}

/* How a text would look in both encodings: bytes beyond ASCII that are halves of usual
 * Hangul syllables, those that are letters beside ASCII letters, and all. */
struct looks {
	size_t hangul, letters, all;
	bool korean, western;		/* it could be at all */
};

static bool
is_between(unsigned char c, unsigned from, unsigned to)
{
	return c >= from && c <= to;
}

/* A letter, or what stands between words: dashes, quotes, a blank that breaks no line. */
static bool
is_western_text(unsigned char c)
{
	return (c >= 0xc0 && c != 0xd7 && c != 0xf7) || is_between(c, 0x91, 0x97) ||
	    strchr("\x8a\x8c\x8e\x9a\x9c\x9e\x9f\x85\xa0\xab\xbb", c) != NULL;
}

static struct looks
look(const unsigned char *text, size_t n)
{
	struct looks l = { .korean = true, .western = true };

	for (size_t i = 0; i < n; i++) {
		if (text[i] < 0x80)
			continue;
		size_t run = i;
		while (i < n && text[i] >= 0x80) {
			l.western = l.western && strchr("\x81\x8d\x8f\x90\x9d", text[i]) == NULL;
			i++;
		}
		l.all += i - run;
		for (size_t k = run; k < i; k++)
			l.letters += i - run <= 2 && is_western_text(text[k]);
		for (size_t k = run; k < i; k += 2) {
			if (k + 1 < i && is_between(text[k], 0xb0, 0xc8) && text[k + 1] >= 0xa1)
				l.hangul += 2;
			/* A second half may be an ASCII letter, in rare syllables. */
			if (k + 1 == i)
				l.korean = l.korean && text[k] <= 0xc6 && i < n &&
				    (is_between(text[i], 'A', 'Z') || is_between(text[i], 'a', 'z'));
			else
				l.korean = l.korean && text[k + 1] != 0xff && text[k] != 0x80 && text[k] != 0xff;
		}
	}
	return l;
}

static const char *
by_look(const char *bytes, size_t n)
{
	struct looks l = look((const unsigned char *)bytes, n);
	bool korean = l.korean && l.hangul * 10 >= l.all * SURE;
	bool western = l.western && l.letters * 10 >= l.all * SURE;

	/* One syllable alone may be two accented letters. */
	if (korean && western)
		return NULL;
	return korean ? KOREAN : western ? WESTERN : NULL;
}

const char *
words_encoding(const char *bytes, size_t n)
{
	const struct mark *mark = mark_of(bytes, n);
	const char *wide;

	if (mark != NULL)
		return mark->encoding;
	if ((wide = utf16_by_look(bytes, n)) != NULL)
		return wide;
	if (utf8_until(bytes, n) == n)
		return UTF8;
	return by_look(bytes, n);
}

static size_t
lines_before(const char *text, size_t n)
{
	size_t lines = 1;

	for (size_t i = 0; i < n; i++)
		lines += text[i] == '\n';
	return lines;
}

static int
not_of_it(const char *encoding, size_t line, struct err *e)
{
	return err_set(e, ERR_REFUSED, "say how it was written, as in --encoding cp949, or save "
	    "it as CSV UTF-8", "line %zu: this is no %s", line, encoding);
}

static int
take_utf8(const char *bytes, size_t n, char **out, size_t *out_n, struct err *e)
{
	size_t good = utf8_until(bytes, n);

	if (good < n)
		return not_of_it(UTF8, lines_before(bytes, good), e);
	*out = malloc(n + 1);
	if (*out == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "no memory left");
	memcpy(*out, bytes, n);
	(*out)[n] = '\0';
	*out_n = n;
	return 0;
}

/* All of it at once: no encoding makes more UTF-16 units than it has bytes. */
static int
convert(UConverter *from, const char *encoding, const char *bytes, size_t n, char **out,
    size_t *out_n, struct err *e)
{
	UErrorCode u = U_ZERO_ERROR;
	UChar *wide = malloc((n + 1) * sizeof *wide), *to = wide;
	char *text = malloc(3 * n + 1);
	int32_t size = 0;
	int rc = -1;

	if (wide == NULL || text == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "no memory left");
		goto done;
	}
	ucnv_setToUCallBack(from, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &u);
	ucnv_toUnicode(from, &to, wide + n + 1, &bytes, bytes + n, NULL, true, &u);
	UErrorCode read = u;
	u = U_ZERO_ERROR;
	u_strToUTF8(text, (int32_t)(3 * n + 1), &size, wide, (int32_t)(to - wide), &u);
	if (U_FAILURE(read) || U_FAILURE(u)) {
		not_of_it(encoding, lines_before(text, (size_t)size), e);
		goto done;
	}
	*out = text;
	*out_n = (size_t)size;
	text = NULL;
	rc = 0;
done:
	free(wide);
	free(text);
	return rc;
}

int
words_decode(const char *encoding, const char *bytes, size_t n, char **out, size_t *out_n,
    struct err *e)
{
	const struct mark *mark = mark_of(bytes, n);
	const char *icu = encoding;
	UErrorCode u = U_ZERO_ERROR;

	if (n > WORDS_DECODE_MAX)
		return err_set(e, ERR_REFUSED, NULL, "more than %d MB", WORDS_DECODE_MAX >> 20);
	for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
		if (strcasecmp(encoding, NAMES[i].said) == 0)
			icu = NAMES[i].icu;
	if (mark != NULL && strncasecmp(encoding, "UTF", 3) == 0) {
		/* The mark knows better than "UTF-16" alone. */
		if (strncasecmp(encoding, mark->encoding, 5) == 0)
			icu = mark->encoding;
		bytes += mark->n;
		n -= mark->n;
	}
	if (strcasecmp(icu, UTF8) == 0 || strcasecmp(icu, "utf8") == 0)
		return take_utf8(bytes, n, out, out_n, e);
	UConverter *from = ucnv_open(icu, &u);
	if (from == NULL || U_FAILURE(u)) {
		ucnv_close(from);
		return err_set(e, ERR_USAGE, "utf-8, utf-16, cp949, windows-1252, or one such as "
		    "shift_jis", "there is no encoding \"%s\"", encoding);
	}
	int rc = convert(from, encoding, bytes, n, out, out_n, e);
	ucnv_close(from);
	return rc;
}
