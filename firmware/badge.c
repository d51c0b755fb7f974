/* badge.c - badge numbers and their keyed readings; see badge.h
 *
 * A number is handled as bytes, most significant first, never as a machine word: the
 * longest has 80 bits. What is hashed is "FORM:HEX", so that the same digits in two
 * forms are two readings.
 */
#include "badge.h"

#include <assert.h>
#include <string.h>

#include "badge_impl.h"
#include "secret.h"

#define WIEGAND34_BYTES CUT_BYTES

static const char *const KINDS[] = {
	[BADGE_UNKNOWN_KIND] = "",
	[BADGE_ISO14443A] = "iso14443a",
	[BADGE_ISO14443B] = "iso14443b",
	[BADGE_FELICA] = "felica",
};
#define KIND_COUNT (sizeof KINDS / sizeof *KINDS)

static const char *const FORMS[] = {
	[FORM_UID] = "uid",
	[FORM_UID_REVERSED] = "uid-reversed",
	[FORM_DEC] = "dec",
	[FORM_DEC_REVERSED] = "dec-reversed",
	[FORM_WIEGAND26] = "wiegand26",
	[FORM_WIEGAND34] = "wiegand34",
	[FORM_UID_CUT] = "uid-cut",
};
_Static_assert(sizeof FORMS / sizeof *FORMS == FORM_COUNT, "each form has its word");

const char *
badge_kind_text(enum badge_kind k)
{
	return KINDS[k];
}

int
badge_kind_parse(const char *text, enum badge_kind *out)
{
	for (size_t i = BADGE_UNKNOWN_KIND + 1; i < KIND_COUNT; i++) {
		if (strcmp(text, KINDS[i]) == 0) {
			*out = (enum badge_kind)i;
			return 0;
		}
	}
	return -1;
}

const char *
number_form_text(enum number_form f)
{
	return FORMS[f];
}

int
number_form_parse(const char *text, enum number_form *out)
{
	for (size_t i = 0; i < FORM_COUNT; i++) {
		if (strcmp(text, FORMS[i]) == 0) {
			*out = (enum number_form)i;
			return 0;
		}
	}
	return -1;
}

/* ---- readings ---- */

void
badge_reverse(uint8_t *to, const uint8_t *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = from[n - 1 - i];
}

/* Add the reading of a number, unless it is there already. */
static void
add(struct readings *out, const struct badge_key *k, enum number_form f,
    const uint8_t *bytes, size_t n)
{
	char text[sizeof "uid-reversed:" + 2 * UID_MAX];
	struct reading r = { .exact = f == FORM_UID };
	size_t len = strlen(FORMS[f]);

	/* A decimal number does not tell how many bytes it had. */
	if (f == FORM_DEC || f == FORM_DEC_REVERSED)
		for (; n > 1 && *bytes == 0; n--)
			bytes++;
	memcpy(text, FORMS[f], len);
	text[len++] = ':';
	secret_hex(text + len, bytes, n);
	secret_hash(r.hash, sizeof r.hash, text, len + 2 * n, k->bytes);
	secret_wipe(text, sizeof text);

	for (size_t i = 0; i < out->count; i++)
		if (memcmp(out->r[i].hash, r.hash, sizeof r.hash) == 0)
			return;
	assert(out->count < READINGS_MAX);
	out->r[out->count++] = r;
}

/* Both byte orders of a Wiegand field. The frame has no form for the order: what the
 * field holds is all that a controller shows. */
static void
add_wiegand(struct readings *out, const struct badge_key *k, enum number_form f,
    const uint8_t *bytes, size_t n)
{
	uint8_t turned[UID_MAX];

	badge_reverse(turned, bytes, n);
	add(out, k, f, bytes, n);
	add(out, k, f, turned, n);
}

/* What readers made for four-byte numbers send of these four. Which byte a 24-bit
 * field loses depends on the maker: the first or the last, in either order. */
static void
add_cut(struct readings *out, const struct badge_key *k, const uint8_t *four)
{
	uint8_t turned[CUT_BYTES];

	badge_reverse(turned, four, CUT_BYTES);
	add(out, k, FORM_DEC, four, CUT_BYTES);
	add(out, k, FORM_DEC_REVERSED, turned, CUT_BYTES);
	add_wiegand(out, k, FORM_WIEGAND34, four, WIEGAND34_BYTES);
	add_wiegand(out, k, FORM_WIEGAND26, four, WIEGAND26_BYTES);
	add_wiegand(out, k, FORM_WIEGAND26, four + 1, WIEGAND26_BYTES);
}

/* Lists in hex have such a number as if it were a whole one. Which of them does, only
 * people can tell: it has a form of its own. */
static void
add_hex_cut(struct readings *out, const struct badge_key *k, const uint8_t *four)
{
	uint8_t turned[CUT_BYTES];

	badge_reverse(turned, four, CUT_BYTES);
	add(out, k, FORM_UID_CUT, four, CUT_BYTES);
	add(out, k, FORM_UID_CUT, turned, CUT_BYTES);
}

void
badge_readings(const struct badge_key *k, const struct card *c, struct readings *out)
{
	uint8_t turned[UID_MAX];

	assert(c->len >= CUT_BYTES && c->len <= UID_MAX);
	memset(out, 0, sizeof *out);
	badge_reverse(turned, c->uid, c->len);
	add(out, k, FORM_UID, c->uid, c->len);
	add(out, k, FORM_DEC, c->uid, c->len);
	add(out, k, FORM_DEC_REVERSED, turned, c->len);
	add_cut(out, k, c->uid);
	add_cut(out, k, c->uid + c->len - CUT_BYTES);
	if (c->len > CUT_BYTES) {
		add_hex_cut(out, k, c->uid);
		add_hex_cut(out, k, c->uid + c->len - CUT_BYTES);
	}
	secret_wipe(turned, sizeof turned);
}

/* A number of 32 bits is nearly always a whole short UID. */
const char *
badge_decimal_random(enum number_form f, const uint8_t bytes[static UID_MAX])
{
	struct card c = { .kind = BADGE_UNKNOWN_KIND, .len = CUT_BYTES };
	const uint8_t *last = bytes + UID_MAX - CUT_BYTES;

	if (!secret_is_zero(bytes, UID_MAX - CUT_BYTES))
		return NULL;
	if (f == FORM_DEC)
		memcpy(c.uid, last, CUT_BYTES);
	else
		badge_reverse(c.uid, last, CUT_BYTES);
	return card_random(&c);
}

int
badge_number(const struct badge_key *k, enum number_form f, const char *text,
    struct card *card, struct readings *out, struct err *e)
{
	struct card c = { .kind = BADGE_UNKNOWN_KIND };
	struct card turned;
	uint8_t bytes[UID_MAX];
	size_t n;
	const char *random = NULL;

	if (f == FORM_UID || f == FORM_UID_REVERSED) {
		if (card_parse(BADGE_UNKNOWN_KIND, text, &turned, e) == -1)
			return -1;
		c = turned;
		if (f == FORM_UID_REVERSED)
			badge_reverse(c.uid, turned.uid, c.len);
		c.kind = badge_kind_by_length(c.len);
		random = card_random(&c);
		f = FORM_UID;
		n = c.len;
		memcpy(bytes, c.uid, n);
	} else if (f == FORM_UID_CUT) {
		if (badge_cut(text, &turned, e) == -1)
			return -1;
		n = turned.len;
		memcpy(bytes, turned.uid, n);
	} else {
		if (badge_digits(f, text, bytes, &n, e) == -1)
			return -1;
		if (f == FORM_DEC || f == FORM_DEC_REVERSED)
			random = badge_decimal_random(f, bytes);
	}
	if (random != NULL)
		return err_set(e, ERR_REFUSED,
		    "use a plain card or key fob; if it is one: fridgectl enroll, and tap it",
		    "this number cannot be a badge: %s", random);
	memset(out, 0, sizeof *out);
	add(out, k, f, bytes, n);
	*card = c;
	return 0;
}

void
badge_hint(const struct reading *r, char out[static HINT_SIZE])
{
	/* Without vowels no hint is a word. */
	static const char LETTERS[] = "BCDFGHJKLMNPQRSTVWXZ";

	for (size_t i = 0; i < HINT_SIZE - 1; i++)
		out[i] = LETTERS[r->hash[i] % (sizeof LETTERS - 1)];
	out[HINT_SIZE - 1] = '\0';
}
