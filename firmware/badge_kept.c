/* badge_kept.c - a badge as an export has it: the readings that are kept of it, and a mark
 * of the key that they were made under; see badge.h
 */
#include <stdio.h>
#include <string.h>

#include "badge.h"

#define HEX_SIZE (2 * READING_SIZE)
static const char UID[] = "uid=", PART[] = "part=";

const char *
badge_kept_text(const char *key_check, enum badge_kind kind, const struct readings *r,
    char out[static BADGE_KEPT_SIZE])
{
	size_t n = (size_t)snprintf(out, BADGE_KEPT_SIZE, "%s", key_check);

	if (kind != BADGE_UNKNOWN_KIND)
		n += (size_t)snprintf(out + n, BADGE_KEPT_SIZE - n, " %s", badge_kind_text(kind));
	for (size_t i = 0; i < r->count; i++) {
		n += (size_t)snprintf(out + n, BADGE_KEPT_SIZE - n, " %s", r->r[i].exact ? UID : PART);
		for (size_t k = 0; k < READING_SIZE; k++)
			n += (size_t)snprintf(out + n, BADGE_KEPT_SIZE - n, "%02x", r->r[i].hash[k]);
	}
	return out;
}

/* One reading without its prefix; 0 or -1. */
static int
parse_hash(const char *hex, size_t n, uint8_t hash[static READING_SIZE])
{
	static const char DIGITS_16[] = "0123456789abcdef";

	if (n != HEX_SIZE || strspn(hex, DIGITS_16) < n)
		return -1;
	for (size_t i = 0; i < READING_SIZE; i++)
		hash[i] = (uint8_t)((strchr(DIGITS_16, hex[2 * i]) - DIGITS_16) << 4 |
		    (strchr(DIGITS_16, hex[2 * i + 1]) - DIGITS_16));
	return 0;
}

/* A word that is no reading is the kind; 0 or -1. */
static int
parse_word(const char *word, size_t n, enum badge_kind *kind, struct readings *out)
{
	size_t prefix = strncmp(word, UID, sizeof UID - 1) == 0 ? sizeof UID - 1 :
	    strncmp(word, PART, sizeof PART - 1) == 0 ? sizeof PART - 1 : 0;
	char text[16];

	if (prefix == 0) {
		snprintf(text, sizeof text, "%.*s", (int)n, word);
		return n < sizeof text ? badge_kind_parse(text, kind) : -1;
	}
	if (out->count == READINGS_MAX || n < prefix)
		return -1;
	struct reading *r = &out->r[out->count];
	r->exact = prefix == sizeof UID - 1;
	/* The exact one stands first, and there is but one. */
	if ((r->exact && out->count > 0) || parse_hash(word + prefix, n - prefix, r->hash) == -1)
		return -1;
	out->count++;
	return 0;
}

int
badge_kept_parse(const char *key_check, const char *text, enum badge_kind *kind,
    struct readings *out, struct err *e)
{
	const size_t check = KEY_CHECK_SIZE - 1;
	const char *word = text + strcspn(text, " ");
	bool good = (size_t)(word - text) == check;

	memset(out, 0, sizeof *out);
	*kind = BADGE_UNKNOWN_KIND;
	if (good && strncmp(text, key_check, check) != 0 &&
	    strspn(text, "0123456789abcdef") >= check)
		return err_set(e, ERR_REFUSED, NULL, "it is kept under another key");
	for (word += strspn(word, " "); good && *word != '\0'; word += strspn(word, " ")) {
		size_t n = strcspn(word, " ");
		good = parse_word(word, n, kind, out) == 0;
		word += n;
	}
	if (!good || out->count == 0)
		return err_set(e, ERR_USAGE, NULL, "it is no badge as an export has it");
	return 0;
}
