/* words_name.c - people's names at the door: normalised, checked, never rewritten. */
#include "words.h"
#include "words_impl.h"

#include <stdio.h>
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

/* Nothing that fits in a name is longer than this before it is normalised. */
#define INPUT_MAX 2048

#define ZWNJ 0x200c
#define ZWJ 0x200d

/* Characters that show nothing, or change what is around them, beyond what Unicode's
 * own classes say. */
static bool
is_hidden_letter(UChar32 c)
{
	return c == 0x115f || c == 0x1160 || c == 0x3164 || c == 0xffa0 ||	/* Hangul fillers */
	    c == 0x2800;							/* empty Braille */
}

static bool
is_tag(UChar32 c)
{
	return c >= 0xe0020 && c <= 0xe007f;
}

static bool
is_emoji_part(UChar32 c)
{
	return u_hasBinaryProperty(c, UCHAR_EXTENDED_PICTOGRAPHIC) ||
	    u_hasBinaryProperty(c, UCHAR_EMOJI_MODIFIER) || c == 0xfe0f;
}

static bool
is_mark(UChar32 c)
{
	return (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
}

/* Joiners belong between letters (Persian, the scripts of India) and inside emoji;
 * after a mark also at the end of a word. Elsewhere they only hide. */
static bool
joiner_is_at_home(UChar32 before, UChar32 joiner, UChar32 after)
{
	if (is_mark(before) && !is_emoji_part(before))
		return true;
	if (is_emoji_part(before))
		return joiner == ZWJ && is_emoji_part(after);
	return u_isalpha(before) && (u_isalpha(after) || is_mark(after));
}

/* Why a character cannot stand in a name, or NULL. */
static const char *
refusal(UChar32 before, UChar32 c, UChar32 after)
{
	if (c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029)
		return "a line break";
	if (u_charType(c) == U_CONTROL_CHAR)
		return "a control character";
	if (u_hasBinaryProperty(c, UCHAR_BIDI_CONTROL))
		return "a control of writing direction";
	if (u_hasBinaryProperty(c, UCHAR_NONCHARACTER_CODE_POINT))
		return "no character";
	if (c == 0x115f || c == 0x1160 || c == 0x3164 || c == 0xffa0)
		return "an invisible Hangul filler";
	if (c == ZWJ || c == ZWNJ)
		return joiner_is_at_home(before, c, after) ? NULL : "a joiner with nothing to join";
	if (is_tag(c))
		return is_tag(before) || before == 0x1f3f4 ? NULL : "an invisible tag";
	if (u_charType(c) == U_FORMAT_CHAR &&
	    !u_hasBinaryProperty(c, UCHAR_PREPENDED_CONCATENATION_MARK))
		return "invisible";
	return NULL;
}

static bool
is_visible(UChar32 c)
{
	return !u_isUWhiteSpace(c) && !is_mark(c) && !is_hidden_letter(c) &&
	    u_charType(c) != U_FORMAT_CHAR &&
	    !u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

/* Look at every character as it was given, so that the position in the message is
 * the one that the writer sees. */
static int
check_characters(const char *what, const char *text, int32_t len, struct err *e)
{
	int32_t i = 0, nth = 0;
	UChar32 before = ' ', c, after;
	bool visible = false;

	while (i < len) {
		int32_t next;
		nth++;
		c = words_next(text, &i, len);
		if (c < 0)
			return err_set(e, ERR_REFUSED, "write it in UTF-8",
			    "%s: character %d is not UTF-8", what, nth);
		next = i;
		after = ' ';
		if (next < len)
			after = words_next(text, &next, len);
		const char *why = refusal(before, c, after);
		if (why != NULL)
			return err_set(e, ERR_REFUSED, "leave that character out",
			    "%s: character %d (U+%04X) is %s", what, nth, (unsigned)c, why);
		visible = visible || is_visible(c);
		before = c;
	}
	if (!visible)
		return err_set(e, ERR_REFUSED, NULL, "%s: nothing in it is visible", what);
	return 0;
}

static int32_t
count_graphemes(const UChar *text, int32_t len)
{
	UErrorCode status = U_ZERO_ERROR;
	UBreakIterator *it = ubrk_open(UBRK_CHARACTER, "en", text, len, &status);
	int32_t n = 0;

	if (U_FAILURE(status))
		return -1;
	while (ubrk_next(it) != UBRK_DONE)
		n++;
	ubrk_close(it);
	return n;
}

/* Trim, normalise and measure. */
static int
make_name(const char *what, const char *text, int32_t len, char out[static NAME_SIZE],
    struct err *e)
{
	UChar wide[INPUT_MAX], nfc[INPUT_MAX * 3];
	char made[NAME_SIZE];
	UErrorCode status = U_ZERO_ERROR;
	int32_t n, from = 0, bytes;

	u_strFromUTF8(wide, INPUT_MAX, &n, text, len, &status);
	n = unorm2_normalize(unorm2_getNFCInstance(&status), wide, n, nfc,
	    INPUT_MAX * 3, &status);
	if (U_FAILURE(status))
		return err_set(e, ERR_SYSTEM, NULL, "%s: %s", what, u_errorName(status));
	while (n > 0 && u_isUWhiteSpace(nfc[n - 1]))
		n--;
	while (from < n && u_isUWhiteSpace(nfc[from]))
		from++;
	int32_t graphemes = count_graphemes(nfc + from, n - from);
	if (graphemes < 0)
		return err_set(e, ERR_SYSTEM, NULL, "%s: ICU cannot count characters", what);
	if (graphemes > NAME_MAX_GRAPHEMES)
		return err_set(e, ERR_REFUSED, "shorten it", "%s: %d characters; at most %d fit",
		    what, graphemes, NAME_MAX_GRAPHEMES);
	u_strToUTF8(made, sizeof made, &bytes, nfc + from, n - from, &status);
	if (status == U_BUFFER_OVERFLOW_ERROR || bytes > NAME_MAX_BYTES)
		return err_set(e, ERR_REFUSED, "shorten it", "%s: %d bytes; at most %d fit", what,
		    bytes, NAME_MAX_BYTES);
	if (U_FAILURE(status))
		return err_set(e, ERR_SYSTEM, NULL, "%s: %s", what, u_errorName(status));
	made[bytes] = '\0';
	memcpy(out, made, (size_t)bytes + 1);
	return 0;
}

int
words_name(const char *what, const char *text, char out[static NAME_SIZE], struct err *e)
{
	size_t len = strlen(text);

	if (len == 0)
		return err_set(e, ERR_REFUSED, NULL, "%s: it is empty", what);
	if (len >= INPUT_MAX)
		return err_set(e, ERR_REFUSED, "shorten it", "%s: %zu bytes; at most %d fit", what,
		    len, NAME_MAX_BYTES);
	if (check_characters(what, text, (int32_t)len, e) == -1)
		return -1;
	return make_name(what, text, (int32_t)len, out, e);
}

/* ---- on a terminal ---- */

static int
columns_of(UChar32 c)
{
	if (c < 0)
		return 1;
	if (c == 0xfe0f)	/* shows the sign before it as emoji */
		return 2;
	if (c == 0 || is_mark(c) || u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT))
		return 0;
	if (c >= 0x1f1e6 && c <= 0x1f1ff)
		return 2;	/* a pair of them is one flag */
	switch (u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH)) {
	case U_EA_WIDE:
	case U_EA_FULLWIDTH:
		return 2;
	default:
		return 1;
	}
}

/* A wide character stays two columns wide whatever is joined to it (emoji, the parts
 * of a Hangul syllable); narrow ones add up (the vowels of Thai stand beside). */
int
words_columns(const char *text)
{
	UErrorCode status = U_ZERO_ERROR;
	UText ut = UTEXT_INITIALIZER;
	UBreakIterator *it = NULL;
	int total = 0;
	int32_t from = 0, to, len = (int32_t)strnlen(text, INT32_MAX - 1);

	utext_openUTF8(&ut, text, len, &status);
	it = ubrk_open(UBRK_CHARACTER, "en", NULL, 0, &status);
	if (U_SUCCESS(status))
		ubrk_setUText(it, &ut, &status);
	if (U_FAILURE(status)) {
		total = (int)len;
		goto done;
	}
	while ((to = ubrk_next(it)) != UBRK_DONE) {
		int width = 0;
		bool wide = false;
		for (int32_t i = from; i < to;) {
			int more = columns_of(words_next(text, &i, to));
			width = wide || more == 2 ? 2 : width + more;
			wide = wide || more == 2;
		}
		total += width;
		from = to;
	}
done:
	if (it != NULL)
		ubrk_close(it);
	utext_close(&ut);
	return total;
}

/* Whether names of such letters are written without a blank, the family first. */
static bool
is_east_asian(const char *name)
{
	int32_t i = 0, len = (int32_t)strlen(name);
	UChar32 c = len > 0 ? words_next(name, &i, len) : ' ';

	return u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH) == U_EA_WIDE && u_isalpha(c);
}

void
words_full_name(const char *given, const char *family, char *out, size_t size)
{
	if (given[0] == '\0' || family[0] == '\0')
		snprintf(out, size, "%s%s", given, family);
	else if (is_east_asian(given) && is_east_asian(family))
		snprintf(out, size, "%s%s", family, given);
	else
		snprintf(out, size, "%s %s", given, family);
}
