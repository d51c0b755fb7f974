/* words_find.c - a piece of a name, as people type it, finds the name.
 *
 * Both are brought to the same plain letters: lower case, without accents, Hangul as
 * the letters of its syllables, so that ㄱㅁㅅ can be told to begin 김 민 수.
 */
#include "words.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

/* A name has at most 256 bytes, an address 254; a ligature may become many letters. */
#define UNITS_MAX 2048

struct letters {
	UChar32 c[UNITS_MAX];
	size_t n;
};

/* ---- Hangul: leading consonant, vowel, trailing consonant ---- */

static bool
is_lead(UChar32 c)
{
	return c >= 0x1100 && c <= 0x1112;
}

static bool
is_vowel(UChar32 c)
{
	return c >= 0x1161 && c <= 0x1175;
}

static bool
is_trail(UChar32 c)
{
	return c >= 0x11a8 && c <= 0x11c2;
}

/* Two consonants typed one after the other, which input methods draw together: ㄳ. */
static const struct pair {
	UChar32 trail, first, second;
} PAIRS[] = {
	{ 0x11aa, 0x1100, 0x1109 }, { 0x11ac, 0x1102, 0x110c }, { 0x11ad, 0x1102, 0x1112 },
	{ 0x11b0, 0x1105, 0x1100 }, { 0x11b1, 0x1105, 0x1106 }, { 0x11b2, 0x1105, 0x1107 },
	{ 0x11b3, 0x1105, 0x1109 }, { 0x11b4, 0x1105, 0x1110 }, { 0x11b5, 0x1105, 0x1111 },
	{ 0x11b6, 0x1105, 0x1112 }, { 0x11b9, 0x1107, 0x1109 },
};

static const struct pair *
pair_of(UChar32 trail)
{
	for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++)
		if (PAIRS[i].trail == trail)
			return &PAIRS[i];
	return NULL;
}

/* ---- plain letters ---- */

/* Accents, points and the like. Not: vowel signs, viramas and the marks that make
 * another letter of a kana. */
static bool
is_accent(UChar32 c)
{
	int class = u_getCombiningClass(c);

	return u_charType(c) == U_NON_SPACING_MARK && ((class >= 10 && class <= 35) || class >= 200);
}

/* What no decomposition takes the strokes from: ł ø đ ı, and æ in two. */
static void
plain_latin(UChar *text, int32_t *n)
{
	static const UChar ID[] = u"[:Latin:] Latin-ASCII";
	static UTransliterator *kept;
	UErrorCode status = U_ZERO_ERROR;
	int32_t limit = *n;

	if (kept == NULL)
		kept = utrans_openU(ID, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
	if (U_SUCCESS(status))
		utrans_transUChars(kept, text, n, UNITS_MAX, 0, &limit, &status);
}

static bool
plain_letters(const char *text, struct letters *out)
{
	UChar wide[UNITS_MAX], folded[UNITS_MAX];
	UErrorCode status = U_ZERO_ERROR;
	UChar32 apart[UNITS_MAX];
	int32_t n = 0;

	u_strFromUTF8WithSub(wide, UNITS_MAX, &n, text, -1, 0xfffd, NULL, &status);
	n = unorm2_normalize(unorm2_getNFKCCasefoldInstance(&status), wide, n, folded, UNITS_MAX,
	    &status);
	if (U_FAILURE(status))
		return false;
	plain_latin(folded, &n);
	n = unorm2_normalize(unorm2_getNFDInstance(&status), folded, n, wide, UNITS_MAX, &status);
	u_strToUTF32(apart, UNITS_MAX, &n, wide, n, &status);
	if (U_FAILURE(status))
		return false;
	out->n = 0;
	for (int32_t i = 0; i < n && out->n + 2 <= UNITS_MAX; i++) {
		UChar32 c = apart[i];
		const struct pair *pair = i > 0 && is_vowel(apart[i - 1]) ? NULL : pair_of(c);
		if (pair != NULL) {
			out->c[out->n++] = pair->first;
			out->c[out->n++] = pair->second;
		} else if (!is_accent(c)) {
			out->c[out->n++] = c;
		}
	}
	return true;
}

/* ---- finding ---- */

static UChar32
letter(const struct letters *l, size_t i)
{
	return i < l->n ? l->c[i] : 0;
}

/* Behind the syllable that begins at i. */
static size_t
syllable_end(const struct letters *l, size_t i)
{
	for (i++; is_vowel(letter(l, i)) || is_trail(letter(l, i)); i++)
		;
	return i;
}

/* Whether a word of the piece, from j to end, stands in the text at i. A consonant alone
 * means any syllable that begins with it; the last syllable may not be typed to its end. */
static bool
stands_at(const struct letters *text, size_t i, const struct letters *piece, size_t j, size_t end)
{
	bool hangul = false;

	while (j < end) {
		/* A blank between family and given name is a matter of taste. */
		while (hangul && u_isUWhiteSpace(letter(text, i)))
			i++;
		if (letter(text, i) != piece->c[j])
			return false;
		hangul = is_lead(piece->c[j]);
		size_t next = hangul ? syllable_end(piece, j) : j + 1;
		if (!hangul || next == j + 1) {
			i = hangul ? syllable_end(text, i) : i + 1;
			j = next;
			continue;
		}
		for (i++, j++; j < next; i++, j++)
			if (letter(text, i) != piece->c[j])
				return false;
		if (is_trail(letter(text, i))) {
			if (j < end)
				return false;
			i++;
		}
	}
	return true;
}

static bool
has_word(const struct letters *text, const struct letters *piece, size_t from, size_t end)
{
	for (size_t i = 0; i < text->n; i = syllable_end(text, i))
		if (stands_at(text, i, piece, from, end))
			return true;
	return false;
}

bool
words_contains(const char *text, const char *piece)
{
	struct letters in, typed;
	size_t from = 0, end;
	bool any = false;

	if (!plain_letters(text, &in) || !plain_letters(piece, &typed))
		return false;
	for (; from < typed.n; from = end) {
		while (from < typed.n && u_isUWhiteSpace(typed.c[from]))
			from++;
		for (end = from; end < typed.n && !u_isUWhiteSpace(typed.c[end]); end++)
			;
		if (from == end)
			break;
		if (!has_word(&in, &typed, from, end))
			return false;
		any = true;
	}
	return any;
}
