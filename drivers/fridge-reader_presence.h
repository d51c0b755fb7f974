/* fridge-reader_presence.h - which credentials are in the field, and since when it is
 * empty.
 *
 * A presence begins with the first card and ends when the field was found empty for
 * rearm_ms without a break: only a clean look counts, a read error proves nothing.
 * Each credential is new once in a presence. Pure: knows neither libnfc nor a clock;
 * all times are milliseconds of the monotonic clock.
 */
#ifndef FRIDGE_READER_PRESENCE_H
#define FRIDGE_READER_PRESENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In the order in which they are looked for. */
enum technology { TECH_ISO14443A, TECH_FELICA, TECH_ISO14443B, TECH_COUNT };
const char *technology_text(enum technology t);		/* "iso14443a" */
int technology_parse(const char *text, enum technology *out);	/* 0 or -1 */

#define CREDENTIAL_UID 10
struct credential {
	enum technology tech;
	size_t len;
	uint8_t uid[CREDENTIAL_UID];
};

/* Whether a card can have that number at all: 4, 7 or 10 bytes (type A), 4 (type B)
 * or 8 (FeliCa), not all 00, not all FF, and no ten bytes of which the chip sent but
 * three or four. Anything else is a garbled reading. */
bool credential_possible(const struct credential *c);
/* Whether its next reading will probably be another number: a random UID (four bytes
 * starting 08), or the PUPI of a type B card. */
bool credential_changes(const struct credential *c);

#define PRESENCE_CARDS 16
struct presence {
	size_t count;		/* 0: nobody there */
	struct credential card[PRESENCE_CARDS];
	bool empty;		/* the last looks were clean and found nothing, */
	int64_t empty_since;	/* since then */
};

void presence_clear(struct presence *p);
/* A card was read. Returns whether to report it: it is new in this presence, and not
 * another number of a card whose number changes. */
bool presence_card(struct presence *p, const struct credential *c);
/* A look at all technologies has ended. found: a card was read; clean: no command
 * failed. Returns whether the presence has just ended. */
bool presence_look(struct presence *p, bool found, bool clean, int64_t now_ms,
    int64_t rearm_ms);

#endif
