/* badge.h - badge numbers: what a card says, how the world writes it, and how it is
 * kept.
 *
 * The only module that sees a badge number. A number never leaves it but as a keyed
 * reading: BLAKE2b-128 under a 32-byte key that lives outside the store, because a
 * plain hash of a 4-byte number falls in minutes.
 */
#ifndef FRIDGE_BADGE_H
#define FRIDGE_BADGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

enum badge_kind { BADGE_UNKNOWN_KIND, BADGE_ISO14443A, BADGE_ISO14443B, BADGE_FELICA };
const char *badge_kind_text(enum badge_kind k);		/* "iso14443a"; "" if unknown */
int badge_kind_parse(const char *text, enum badge_kind *out);	/* 0 or -1 */

#define UID_MAX 10
/* One credential as the reader saw it, or as an admin typed it. */
struct card {
	enum badge_kind kind;
	size_t len;
	uint8_t uid[UID_MAX];
};

/* Read "04a1b2c3d4e5f6" (any case, blanks, colons and dashes between bytes are
 * skipped). For a known kind the length must fit it: ISO14443A 4, 7 or 10,
 * ISO14443B 4, FeliCa 8; for an unknown kind any of these. Refused: other lengths,
 * all 00, all FF. Returns 0, or -1 with *e; the message never repeats the number. */
int card_parse(enum badge_kind kind, const char *hex, struct card *out, struct err *e);

/* Whether the number is one that changes at every tap or is the same on every
 * phone: ISO14443A (or unknown kind), 4 bytes starting 08, and 01 02 03 04. NULL
 * if not, else the reason in words. */
const char *card_random(const struct card *c);

/* How the world writes a number (the words of --as). */
enum number_form {
	FORM_UID, FORM_UID_REVERSED, FORM_DEC, FORM_DEC_REVERSED,
	FORM_WIEGAND26, FORM_WIEGAND34,
	FORM_UID_CUT,		/* in hex, what a reader for four bytes sends of a longer one */
};
#define FORM_COUNT (FORM_UID_CUT + 1)
const char *number_form_text(enum number_form f);	/* "uid-reversed" */
int number_form_parse(const char *text, enum number_form *out);	/* 0 or -1 */
#define NUMBER_FORMS "uid, uid-reversed, dec, dec-reversed, wiegand26, wiegand34 or uid-cut"

/* One way a badge's number can be written, hashed. */
#define READING_SIZE 16
#define READINGS_MAX 24
#define HINT_SIZE 5
struct reading {
	uint8_t hash[READING_SIZE];
	bool exact;		/* the full UID, and not a part or another form of it */
};
struct readings {
	size_t count;
	struct reading r[READINGS_MAX];	/* r[0] is the exact one where there is one */
};

#define BADGE_KEY_SIZE 32
struct badge_key;	/* opaque: its bytes, locked in memory */

/* Read a key file: exactly 32 bytes, not readable by group or others. Where there is
 * no such file, or not for us, the systemd credential "uid-key" is read, if there is
 * one. */
int badge_key_load(const char *path, struct badge_key **out, struct err *e);
/* Make a new key file, mode 0600, written and synced before it gets its name.
 * Never overwrites: -1 with ERR_REFUSED if it exists. */
int badge_key_create(const char *path, struct err *e);
void badge_key_free(struct badge_key *k);	/* wiped */
/* Its bytes, for a backup; they live as long as the key. */
const uint8_t *badge_key_bytes(const struct badge_key *k);

/* All readings of a card at the reader: its UID (exact), and for numbers that
 * lists write: decimal of the UID and of its byte-reversed form, of the first and
 * last four bytes of a longer one (these in hex, too), Wiegand-26 (three bytes) and
 * Wiegand-34 (four bytes). */
void badge_readings(const struct badge_key *k, const struct card *c,
    struct readings *out);

/* The reading of a number as written in a form: exactly one. FORM_UID and
 * FORM_UID_REVERSED give the exact reading of the whole UID and fill *card (of four
 * bytes its kind is unknown); other forms give a partial reading and leave card->len 0.
 * Wiegand-26 is "facility/card" (0-255/0-65535) or the 24-bit number in decimal; a cut
 * has four bytes in hex.
 * -1 with *e if the text is not of that form, or for a random number. */
int badge_number(const struct badge_key *k, enum number_form f, const char *text,
    struct card *card, struct readings *out, struct err *e);

/* Every way the number of a card at the reader is written: for explain. badge_number
 * takes each text in its form, and it means the card (unless that has a random number). */
struct number_text {
	enum number_form form;
	const char *text;
	const char *padded;	/* the same with leading zeros, "" where that is no other */
	const char *what;	/* what of the card it is made of: "bytes 1 to 4, reversed" */
};
void badge_explain(const struct card *c,
    void (*tell)(void *arg, const struct number_text *n), void *arg);
/* The whole number that a text in a form stands for, of the fewest bytes that cards have:
 * 1 with *out, 0 if the form holds a part of one (Wiegand-26), -1 with *e: not of that form. */
int badge_card(enum number_form f, const char *text, struct card *out, struct err *e);
/* "04a1b2c3d4e5f6". */
#define CARD_TEXT (2 * UID_MAX + 1)
const char *card_text(const struct card *c, char out[static CARD_TEXT]);
/* Eight hex digits that tell one key from another: exported readings carry them. */
#define KEY_CHECK_SIZE 9
void badge_key_check(const struct badge_key *k, char out[static KEY_CHECK_SIZE]);

/* A number that must pass through the store to another program is sealed to a
 * key that only that program has, and only as long as it runs. */
#define SEAL_KEY_SIZE 32
#define SEALED_SIZE 64		/* the card with its sealing */
struct seal;			/* opaque: the secret half */
struct seal *seal_new(uint8_t public[static SEAL_KEY_SIZE]);	/* NULL: no memory */
void seal_free(struct seal *s);				/* wiped */
void seal_card(const uint8_t public[static SEAL_KEY_SIZE], const struct card *c,
    uint8_t out[static SEALED_SIZE]);
/* 0, or -1: not sealed to this one. */
int seal_open(const struct seal *s, const uint8_t sealed[static SEALED_SIZE],
    struct card *out);

/* Four letters of the hash, to tell two badges apart on a screen. */
void badge_hint(const struct reading *r, char out[static HINT_SIZE]);

#endif
