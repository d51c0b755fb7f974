/* fridge-reader_presence.c - see fridge-reader_presence.h */
#include "fridge-reader_presence.h"

#include <string.h>

static const char *const NAMES[TECH_COUNT] = { "iso14443a", "felica", "iso14443b" };

const char *
technology_text(enum technology t)
{
	return NAMES[t];
}

int
technology_parse(const char *text, enum technology *out)
{
	for (int t = 0; t < TECH_COUNT; t++) {
		if (strcmp(text, NAMES[t]) == 0) {
			*out = (enum technology)t;
			return 0;
		}
	}
	return -1;
}

static bool
all_bytes(const uint8_t *bytes, size_t n, uint8_t value)
{
	for (size_t i = 0; i < n; i++)
		if (bytes[i] != value)
			return false;
	return true;
}

bool
credential_possible(const struct credential *c)
{
	static const bool LENGTHS[TECH_COUNT][CREDENTIAL_UID + 1] = {
		[TECH_ISO14443A] = { [4] = true, [7] = true, [10] = true },
		[TECH_FELICA] = { [8] = true },
		[TECH_ISO14443B] = { [4] = true },
	};

	if (c->len > CREDENTIAL_UID || !LENGTHS[c->tech][c->len])
		return false;
	if (all_bytes(c->uid, c->len, 0x00) || all_bytes(c->uid, c->len, 0xff))
		return false;
	/* libnfc cuts every longer length to ten bytes, whatever was sent. */
	return c->len != 10 || !all_bytes(c->uid + 4, 6, 0x00);
}

bool
credential_changes(const struct credential *c)
{
	return c->tech == TECH_ISO14443B ||
	    (c->tech == TECH_ISO14443A && c->len == 4 && c->uid[0] == 0x08);
}

static bool
same(const struct credential *a, const struct credential *b)
{
	if (a->tech != b->tech)
		return false;
	if (credential_changes(a) && credential_changes(b))
		return true;
	return a->len == b->len && memcmp(a->uid, b->uid, a->len) == 0;
}

void
presence_clear(struct presence *p)
{
	memset(p, 0, sizeof *p);
}

bool
presence_card(struct presence *p, const struct credential *c)
{
	p->empty = false;
	for (size_t i = 0; i < p->count; i++)
		if (same(&p->card[i], c))
			return false;
	if (p->count == PRESENCE_CARDS)
		return false;
	p->card[p->count++] = *c;
	return true;
}

bool
presence_look(struct presence *p, bool found, bool clean, int64_t now_ms, int64_t rearm_ms)
{
	if (found || !clean) {
		p->empty = false;
		return false;
	}
	if (!p->empty) {
		p->empty = true;
		p->empty_since = now_ms;
	}
	if (p->count == 0 || now_ms - p->empty_since < rearm_ms)
		return false;
	presence_clear(p);
	return true;
}
