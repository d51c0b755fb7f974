/* badge_parse.c - badge numbers as people and lists write them; see badge.h
 *
 * No message repeats a number: messages reach logs and screens.
 */
#include <string.h>

#include "badge_impl.h"

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
is_between_bytes(char c)
{
	return c == ' ' || c == '\t' || c == ':' || c == '-';
}

static bool
length_fits(enum badge_kind kind, size_t len)
{
	switch (kind) {
	case BADGE_ISO14443A:
		return len == 4 || len == 7 || len == 10;
	case BADGE_ISO14443B:
		return len == 4;
	case BADGE_FELICA:
		return len == 8;
	case BADGE_UNKNOWN_KIND:
		break;
	}
	return len == 4 || len == 7 || len == 8 || len == 10;
}

enum badge_kind
badge_kind_by_length(size_t len)
{
	return len == 7 || len == 10 ? BADGE_ISO14443A : len == 8 ? BADGE_FELICA
	    : BADGE_UNKNOWN_KIND;
}

static const char *
lengths(enum badge_kind kind)
{
	switch (kind) {
	case BADGE_ISO14443A:
		return "4, 7 or 10";
	case BADGE_ISO14443B:
		return "4";
	case BADGE_FELICA:
		return "8";
	case BADGE_UNKNOWN_KIND:
		break;
	}
	return "4, 7, 8 or 10";
}

static bool
is_all(const struct card *c, uint8_t byte)
{
	for (size_t i = 0; i < c->len; i++)
		if (c->uid[i] != byte)
			return false;
	return true;
}

int
card_parse(enum badge_kind kind, const char *hex, struct card *out, struct err *e)
{
	struct card c = { .kind = kind };
	size_t len = 0;		/* counts on beyond UID_MAX, for the message */

	for (const char *p = hex; *p != '\0';) {
		if (is_between_bytes(*p)) {
			p++;
			continue;
		}
		int high = hex_digit(p[0]);
		int low = high == -1 ? -1 : hex_digit(p[1]);
		if (low == -1)
			return err_set(e, ERR_USAGE,
			    "write it like 04a1b2c3d4e5f6, or say how it is written: --as dec",
			    high == -1 ? "a badge number in hex has only 0-9 and a-f"
			    : "a badge number in hex has two digits for each byte");
		if (len < UID_MAX)
			c.uid[len] = (uint8_t)(high << 4 | low);
		len++;
		p += 2;
	}
	if (!length_fits(kind, len))
		return err_set(e, ERR_USAGE, "write it like 04a1b2c3d4e5f6",
		    "a badge number%s%s has %s bytes, not %zu",
		    kind != BADGE_UNKNOWN_KIND ? " of " : "", badge_kind_text(kind),
		    lengths(kind), len);
	c.len = len;
	if (is_all(&c, 0x00) || is_all(&c, 0xff))
		return err_set(e, ERR_USAGE, "tap the card again",
		    "a badge number of only %s is a misreading", is_all(&c, 0) ? "00" : "ff");
	*out = c;
	return 0;
}

const char *
card_text(const struct card *c, char out[static CARD_TEXT])
{
	static const char DIGITS_16[] = "0123456789abcdef";
	char *p = out;

	for (size_t i = 0; i < c->len; i++) {
		*p++ = DIGITS_16[c->uid[i] >> 4];
		*p++ = DIGITS_16[c->uid[i] & 0xf];
	}
	*p = '\0';
	return out;
}

int
badge_cut(const char *text, struct card *out, struct err *e)
{
	struct card c;

	if (card_parse(BADGE_UNKNOWN_KIND, text, &c, e) == -1)
		return -1;
	if (c.len != CUT_BYTES)
		return err_set(e, ERR_USAGE, "write the whole number, --as uid",
		    "a cut of a badge number has 4 bytes, not %zu", c.len);
	*out = c;
	return 0;
}

const char *
card_random(const struct card *c)
{
	static const uint8_t ANDROID[] = { 1, 2, 3, 4 };

	if (c->len != 4 || (c->kind != BADGE_ISO14443A && c->kind != BADGE_UNKNOWN_KIND))
		return NULL;
	if (c->uid[0] == 0x08)
		return "it changes at every tap (phones, passports and some "
		    "cards with a random number)";
	if (memcmp(c->uid, ANDROID, sizeof ANDROID) == 0)
		return "it is the same on many phones";
	return NULL;
}

/* ---- decimal and Wiegand numbers ---- */

/* bytes = bytes * 10 + digit; false if it does not fit. */
static bool
append_digit(uint8_t *bytes, size_t n, unsigned digit)
{
	unsigned carry = digit;

	for (size_t i = n; i-- > 0;) {
		carry += bytes[i] * 10u;
		bytes[i] = (uint8_t)carry;
		carry >>= 8;
	}
	return carry == 0;
}

/* Read len characters of decimal digits, blanks between them skipped, into n bytes. */
static int
decimal(const char *text, size_t len, uint8_t *bytes, size_t n)
{
	bool any = false;

	memset(bytes, 0, n);
	for (size_t i = 0; i < len; i++) {
		if (text[i] == ' ' || text[i] == '\t')
			continue;
		if (text[i] < '0' || text[i] > '9')
			return -1;
		if (!append_digit(bytes, n, (unsigned)(text[i] - '0')))
			return -1;
		any = true;
	}
	return any ? 0 : -1;
}

static const struct digits_form {
	size_t bytes;		/* of the whole number */
	size_t facility;	/* of them before the slash; 0: no such writing */
	const char *allowed;
} DIGITS[] = {
	[FORM_DEC] = { UID_MAX, 0, "decimal digits, such as 77746115" },
	[FORM_DEC_REVERSED] = { UID_MAX, 0, "decimal digits, such as 77746115" },
	[FORM_WIEGAND26] = { 3, 1, "facility/card, such as 161/45763 (up to 255/65535), "
	    "or one number up to 16777215" },
	[FORM_WIEGAND34] = { 4, 2, "one number up to 4294967295, "
	    "or facility/card (up to 65535/65535)" },
};

static const uint8_t MINUS_ONE[UID_MAX] = { [UID_MAX - 4] = 0xff, 0xff, 0xff, 0xff };

int
badge_digits(enum number_form f, const char *text, uint8_t bytes[static UID_MAX],
    size_t *n, struct err *e)
{
	const struct digits_form *form = &DIGITS[f];
	size_t len = strlen(text);
	size_t before = form->facility != 0 ? strcspn(text, "/,") : len;
	uint8_t any = 0;
	int rc;

	if (before == len)
		rc = decimal(text, len, bytes, form->bytes);
	else
		rc = decimal(text, before, bytes, form->facility) == -1 ? -1
		    : decimal(text + before + 1, len - before - 1, bytes + form->facility,
		    form->bytes - form->facility);
	for (size_t i = 0; rc == 0 && i < form->bytes; i++)
		any |= bytes[i];
	/* Lists have 0 or -1 where a number is missing. */
	if (any == 0 || (form->bytes == UID_MAX && memcmp(bytes, MINUS_ONE, UID_MAX) == 0))
		return err_set(e, ERR_USAGE, form->allowed, "this is no %s number",
		    number_form_text(f));
	*n = form->bytes;
	return 0;
}
