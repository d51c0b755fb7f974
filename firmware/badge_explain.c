/* badge_explain.c - how the world writes a card's number, and what a written number may
 * mean; see badge.h
 *
 * Nothing here is hashed: the texts are for the person who asked. They are wiped behind
 * them.
 */
#include "badge_impl.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "secret.h"

#define TEXTS_MAX 64
#define TEXT_SIZE 32		/* a number of 80 bits in decimal has 25 digits */
#define WHAT_SIZE 48
#define PADDED_DIGITS 10	/* as printed on cards and in lists: 32 bits */

struct telling {
	void (*tell)(void *arg, const struct number_text *n);
	void *arg;
	bool random;		/* of a number that is no badge's: then every text is told */
	size_t count;
	struct told {
		enum number_form form;
		char text[TEXT_SIZE];
	} told[TEXTS_MAX];
};

/* Which bytes of the card a text is made of, and in which order. */
struct span {
	const struct card *card;
	size_t from, len;
	bool reversed;
};

/* Whether the form would take that text for this card: some stand for a number that is
 * missing, or look like that of a phone. */
static bool
is_taken(const struct telling *t, enum number_form f, const char *text)
{
	uint8_t bytes[UID_MAX];
	struct card c;
	size_t n;

	if (t->random || f == FORM_UID || f == FORM_UID_REVERSED)
		return true;
	if (f == FORM_UID_CUT)
		return badge_cut(text, &c, NULL) == 0;
	bool taken = badge_digits(f, text, bytes, &n, NULL) == 0 &&
	    ((f != FORM_DEC && f != FORM_DEC_REVERSED) || badge_decimal_random(f, bytes) == NULL);
	secret_wipe(bytes, sizeof bytes);
	return taken;
}

static void
tell(struct telling *t, enum number_form f, const char *text, const char *padded,
    const struct span *s)
{
	char what[WHAT_SIZE];

	for (size_t i = 0; i < t->count; i++)
		if (t->told[i].form == f && strcmp(t->told[i].text, text) == 0)
			return;
	if (!is_taken(t, f, text))
		return;
	assert(t->count < TEXTS_MAX);
	t->told[t->count].form = f;
	snprintf(t->told[t->count++].text, TEXT_SIZE, "%s", text);
	const char *order = s->reversed ? ", reversed" : "";
	if (s->len == s->card->len)
		snprintf(what, sizeof what, "all %zu bytes%s", s->len, order);
	else
		snprintf(what, sizeof what, "bytes %zu to %zu%s", s->from + 1, s->from + s->len,
		    order);
	t->tell(t->arg, &(struct number_text){ .form = f, .text = text, .what = what,
	    .padded = strcmp(text, padded) != 0 ? padded : "" });
}

static void
span_bytes(const struct span *s, uint8_t out[static UID_MAX])
{
	if (s->reversed)
		badge_reverse(out, s->card->uid + s->from, s->len);
	else
		memcpy(out, s->card->uid + s->from, s->len);
}

static void
tell_hex(struct telling *t, enum number_form f, const struct span *s)
{
	struct card turned = { .len = s->len };
	char text[CARD_TEXT];

	span_bytes(s, turned.uid);
	tell(t, f, card_text(&turned, text), text, s);
	secret_wipe(text, sizeof text);
	secret_wipe(&turned, sizeof turned);
}

/* The digits of a number of n bytes, which are used up. */
static void
decimal_text(uint8_t *bytes, size_t n, char out[static TEXT_SIZE])
{
	char digits[TEXT_SIZE];
	size_t at = sizeof digits;

	digits[--at] = '\0';
	do {
		unsigned rest = 0;
		for (size_t i = 0; i < n; i++) {
			rest = rest << 8 | bytes[i];
			bytes[i] = (uint8_t)(rest / 10);
			rest %= 10;
		}
		digits[--at] = (char)('0' + rest);
	} while (!secret_is_zero(bytes, n));
	memcpy(out, digits + at, sizeof digits - at);
	secret_wipe(digits, sizeof digits);
}

static void
tell_decimal(struct telling *t, enum number_form f, const struct span *s)
{
	char text[TEXT_SIZE], padded[TEXT_SIZE + PADDED_DIGITS];
	uint8_t bytes[UID_MAX];

	span_bytes(s, bytes);
	decimal_text(bytes, s->len, text);
	int zeros = PADDED_DIGITS - (int)strlen(text);
	snprintf(padded, sizeof padded, "%.*s%s", zeros > 0 ? zeros : 0, "0000000000", text);
	tell(t, f, text, padded, s);
	secret_wipe(text, sizeof text);
	secret_wipe(padded, sizeof padded);
}

/* As one number, and as facility and card. */
static void
tell_wiegand(struct telling *t, enum number_form f, const struct span *s)
{
	char text[TEXT_SIZE], padded[TEXT_SIZE];
	uint8_t b[UID_MAX];
	size_t before = s->len - 2;	/* bytes of the facility */
	unsigned facility = 0;

	tell_decimal(t, f, s);
	span_bytes(s, b);
	for (size_t i = 0; i < before; i++)
		facility = facility << 8 | b[i];
	unsigned number = (unsigned)b[before] << 8 | b[before + 1];
	snprintf(text, sizeof text, "%u/%u", facility, number);
	snprintf(padded, sizeof padded, "%0*u/%05u", before == 1 ? 3 : 5, facility, number);
	tell(t, f, text, padded, s);
	secret_wipe(text, sizeof text);
	secret_wipe(padded, sizeof padded);
	secret_wipe(b, sizeof b);
}

/* What controllers built for four bytes get of these four; see badge_readings. */
static void
tell_four(struct telling *t, const struct card *c, size_t from)
{
	static const bool ORDERS[] = { false, true };
	size_t count = sizeof ORDERS / sizeof *ORDERS;

	for (size_t i = 0; i < count; i++) {
		struct span s = { c, from, CUT_BYTES, ORDERS[i] };
		if (c->len > CUT_BYTES)
			tell_hex(t, FORM_UID_CUT, &s);
		tell_decimal(t, ORDERS[i] ? FORM_DEC_REVERSED : FORM_DEC, &s);
	}
	for (size_t i = 0; i < count; i++)
		tell_wiegand(t, FORM_WIEGAND34, &(struct span){ c, from, CUT_BYTES, ORDERS[i] });
	for (size_t skip = 0; skip < 2; skip++)
		for (size_t i = 0; i < count; i++)
			tell_wiegand(t, FORM_WIEGAND26,
			    &(struct span){ c, from + skip, WIEGAND26_BYTES, ORDERS[i] });
}

void
badge_explain(const struct card *c,
    void (*tell_text)(void *arg, const struct number_text *n), void *arg)
{
	struct telling t = { .tell = tell_text, .arg = arg, .random = card_random(c) != NULL };
	struct span whole = { c, 0, c->len, false }, turned = { c, 0, c->len, true };

	assert(c->len >= CUT_BYTES && c->len <= UID_MAX);
	tell_hex(&t, FORM_UID, &whole);
	tell_hex(&t, FORM_UID_REVERSED, &turned);
	tell_decimal(&t, FORM_DEC, &whole);
	tell_decimal(&t, FORM_DEC_REVERSED, &turned);
	tell_four(&t, c, 0);
	tell_four(&t, c, c->len - CUT_BYTES);
	secret_wipe(&t, sizeof t);
}

/* The fewest bytes of a card that a number fits into; zeros before it are no part. */
static size_t
card_length(const uint8_t bytes[static UID_MAX])
{
	static const size_t LENGTHS[] = { 4, 7, 8, UID_MAX };
	size_t i = 0;

	while (LENGTHS[i] < UID_MAX && !secret_is_zero(bytes, UID_MAX - LENGTHS[i]))
		i++;
	return LENGTHS[i];
}

int
badge_card(enum number_form f, const char *text, struct card *out, struct err *e)
{
	struct card c = { .kind = BADGE_UNKNOWN_KIND };
	uint8_t bytes[UID_MAX];
	size_t n;

	if (f == FORM_UID_CUT)
		return badge_cut(text, &c, e) == -1 ? -1 : 0;
	if (f == FORM_UID || f == FORM_UID_REVERSED) {
		if (card_parse(BADGE_UNKNOWN_KIND, text, &c, e) == -1)
			return -1;
		n = c.len;
		memcpy(bytes, c.uid, n);
	} else {
		if (badge_digits(f, text, bytes, &n, e) == -1)
			return -1;
		if (n < CUT_BYTES)
			return 0;
		if (n == UID_MAX) {
			n = card_length(bytes);
			memmove(bytes, bytes + UID_MAX - n, n);
		}
	}
	c.len = n;
	c.kind = badge_kind_by_length(n);
	if (f == FORM_UID_REVERSED || f == FORM_DEC_REVERSED)
		badge_reverse(c.uid, bytes, n);
	else
		memcpy(c.uid, bytes, n);
	secret_wipe(bytes, sizeof bytes);
	*out = c;
	return 1;
}
