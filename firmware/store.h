/* store.h - people, badges, labels and prints: the one meeting point of programs.
 *
 * The only module that knows SQLite. One handle a process, one thread. Every
 * function is one short transaction; a write is on the disk when it returns 0
 * (but see print_*). Every change leaves a row of history, written by triggers,
 * without a name in it. Days are civil days, instants seconds since the epoch.
 *
 * Beside the file STORE stand STORE.lock (held by fridged while it runs),
 * STORE.wlock (held through every write transaction and checkpoint of any program:
 * SQLite 3.40 can corrupt a WAL file when a commit meets a checkpoint), STORE.bell
 * (touched after a commit by anyone but fridged, which watches it) and STORE.wait
 * (held by the program that waits for the next tap).
 *
 * Any function may return -1 with *e set: ERR_BUSY if another process held a lock
 * for longer than the role allows, ERR_SYSTEM if the file cannot be read or
 * written, ERR_REFUSED where it says so.
 */
#ifndef FRIDGE_STORE_H
#define FRIDGE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "badge.h"
#include "day.h"
#include "err.h"
#include "words.h"

struct store;

enum store_role {
	STORE_DAEMON,	/* fridged: waits for no lock, migrates, checkpoints */
	STORE_TOOL,	/* everybody else: waits up to 5 s, rings the bell */
};

/* Open the file, creating it (and its schema) if missing. A store of an older
 * version is migrated after a copy beside it, only by the holder of STORE.lock (a
 * tool takes that lock for the moment, or is told that fridged must be restarted).
 * ERR_REFUSED: not a store of ours, or of a newer version. */
int store_open(const char *path, enum store_role role, struct store **out, struct err *e);
void store_close(struct store *s);

/* Take STORE.lock for the life of the process. Returns the descriptor (not
 * close-on-exec: helpers inherit it), or -1 with ERR_BUSY if a fridged runs. */
int store_lock(const char *path, struct err *e);
/* Whether some process holds STORE.lock. */
bool store_is_locked(const char *path);
const char *store_bell_path(const struct store *s);
/* 32 hex digits, random, drawn when the store was made. */
const char *store_id(const struct store *s);
/* quick_check. Returns 0 if sound. */
int store_verify(struct store *s, struct err *e);

/* ---- people ---- */

#define EMAIL_SIZE 255
#define LANG_SIZE 32
#define SHELF_SIZE 8
struct owner {
	int64_t id;
	char name[NAME_SIZE];
	char label_name[NAME_SIZE];	/* "" : the same as name */
	char email[EMAIL_SIZE];
	char group[NAME_SIZE];
	char lang[LANG_SIZE];		/* "": the fridge's */
	char shelf[SHELF_SIZE];		/* "": the fridge's */
	bool removed;
};
/* Add a person; texts must have passed words_name. Fills o->id. ERR_REFUSED if a
 * live owner has the same e-mail address. Two people may have the same name. */
int store_owner_add(struct store *s, struct owner *o, day_t today, struct err *e);
/* All live owners (removed ones too if asked), in no order. *out is one
 * allocation, freed with free(). */
int store_owners(struct store *s, bool removed, struct owner **out, size_t *n,
    struct err *e);
/* 1 and *out, or 0 if there is no such row. */
int store_owner_get(struct store *s, int64_t id, struct owner *out, struct err *e);
/* The live owners that key means: an id, an exact name, or an e-mail address (in
 * that order; the first kind that matches anyone decides). */
int store_owner_find(struct store *s, const char *key, struct owner **out, size_t *n,
    struct err *e);
/* The name to print: label_name or name, with the group added where another live
 * owner would print alike. */
int store_owner_print_name(struct store *s, const struct owner *o,
    char out[static 2 * NAME_SIZE], struct err *e);

/* ---- badges ---- */

struct badge {
	int64_t id;
	int64_t owner;			/* 0: unclaimed (seen, nobody's yet) */
	int64_t preset;			/* 0: not a preset card */
	char hint[HINT_SIZE];
	enum badge_kind kind;
	day_t enrolled_on;		/* DAY_NONE: unclaimed */
	day_t revoked_on;		/* DAY_NONE: live */
	day_t seen_on;			/* last tap; DAY_NONE: never */
	char code[12];			/* unclaimed: of its newest guest label */
};
enum badge_match {
	MATCH_NONE,			/* never seen */
	MATCH_OWNER,			/* a live owner's live badge */
	MATCH_PRESET,
	MATCH_UNCLAIMED,		/* seen before, nobody's */
	MATCH_REVOKED,			/* revoked, or its owner was removed */
	MATCH_AMBIGUOUS,		/* partial readings of two badges */
};
/* Whose badge is that? An exact reading wins; else a unique partial one (*learn is
 * then true: store_label_add learns the full UID). Only reads. */
int store_badge_match(struct store *s, const struct readings *r, enum badge_match *how,
    struct badge *badge, bool *learn, struct err *e);
/* Give a badge to an owner: a new one, or one seen before and unclaimed, whose
 * guest labels become the owner's. ERR_REFUSED if it is somebody's already (also a
 * revoked one of another owner). Fills *out. */
int store_badge_add(struct store *s, int64_t owner, enum badge_kind kind,
    const struct readings *r, day_t today, struct badge *out, struct err *e);
/* Badges of an owner (0: of all), revoked ones too; or the unclaimed, newest first. */
int store_badges(struct store *s, int64_t owner, struct badge **out, size_t *n,
    struct err *e);
int store_badges_unclaimed(struct store *s, struct badge **out, size_t *n, struct err *e);
int store_badge_get(struct store *s, int64_t id, struct badge *out, struct err *e);
/* ERR_REFUSED if it is revoked already. */
int store_badge_revoke(struct store *s, int64_t id, day_t today, struct err *e);
/* Give the unclaimed badge behind a guest label's code to an owner, with all labels
 * of that badge; replaces (0: none) is revoked in the same transaction. ERR_REFUSED
 * with the reason: no such code, has an owner, or made with a phone or random
 * number. */
int store_badge_claim(struct store *s, const char *code, int64_t owner, int64_t replaces,
    day_t today, struct badge *out, struct err *e);

/* ---- presets ---- */

enum preset_owner { PRESET_SELF, PRESET_TEAM, PRESET_EVERYONE, PRESET_NONE };
struct preset {
	int64_t id;
	char name[33];
	char shelf[SHELF_SIZE];		/* "": the owner's, else the fridge's */
	char title[NAME_SIZE];
	char template[65];		/* "": the fridge's */
	enum preset_owner owner;
	char place[33];
};
int store_preset_find(struct store *s, const char *name, struct preset *out, struct err *e);

/* ---- labels and prints ---- */

#define CODE_SIZE 12
#define PLACE_DEFAULT "fridge"
enum fate { FATE_IN, FATE_TAKEN, FATE_DISCARDED, FATE_LAPSED, FATE_REPLACED, FATE_VOID };
const char *fate_text(enum fate f);
enum closed_by { BY_NONE, BY_CARD, BY_ADMIN, BY_SWEEP, BY_AUTO };
const char *closed_by_text(enum closed_by b);	/* "" for BY_NONE */
enum print_state { PRINT_QUEUED, PRINT_SPOOLED, PRINT_COMPLETED, PRINT_VOID };
const char *print_state_text(enum print_state p);
enum print_kind { PRINT_LABEL, PRINT_SLIP, PRINT_SIGN, PRINT_TEST };

struct label {
	int64_t id;
	char code[CODE_SIZE];		/* digits, without the fridge's prefix */
	int64_t owner;			/* 0: a guest label */
	char owner_name[NAME_SIZE];	/* "": guest, or a removed owner */
	int64_t badge;			/* 0: none (command, or a random number) */
	char preset[33];		/* "" */
	char title[NAME_SIZE];
	char template[65];
	char place[33];
	day_t stored_on, expires_on;	/* DAY_NONE: the clock was doubted */
	int copies;
	enum print_state print;		/* of its first print */
	enum fate fate;
	day_t closed_on;
	enum closed_by closed_by;
	bool clock_ok;
	int64_t made_at;		/* instant; 0 once erased */
};

/* What a new label is made of. */
struct label_new {
	int64_t owner;			/* 0: guest */
	int64_t badge;			/* of the card, 0: none or not known yet */
	const struct readings *card;	/* a card to remember: learn it for badge, or
					 * with badge 0 and remember make it unclaimed */
	enum badge_kind card_kind;	/* as the reader says it; unknown without a tap */
	bool remember;
	int64_t preset;			/* 0: none */
	const char *title, *template, *place;
	day_t stored_on, expires_on;	/* DAY_NONE: the clock is doubted */
	struct shelf shelf;		/* so that it can be dated later */
	int copies;
	int64_t now;			/* instant, the best the clock knows */
	day_t today;			/* its civil day: for the code's 180 days */
	const char *boot_id;
	int64_t boot_ms;
};
/* Make the label, its code and its first print (queued): one transaction. */
int store_label_add(struct store *s, const struct label_new *l, struct label *out,
    struct err *e);
/* Enrol and make the first label in one transaction: the card l->card becomes the
 * owner's, or without one the unclaimed badge l->badge (wait_answer.badge) with all its
 * labels. ERR_REFUSED as in store_badge_add; also if that badge was forgotten. */
int store_enrol(struct store *s, struct label_new *l, struct label *out,
    struct badge *badge, struct err *e);
/* Print it again: a new print of the same label. ERR_REFUSED if it is closed. */
int store_label_reprint(struct store *s, int64_t label, int64_t now, const char *boot_id,
    int64_t boot_ms, int64_t *print, struct err *e);

/* Digits as typed, with or without prefix, blanks and dashes ("F3-24818"). Returns
 * 0 with the digits, -1 with ERR_USAGE: not a code, or its check digit is wrong. */
int code_parse(const char *text, char out[static CODE_SIZE], struct err *e);
/* The Damm check digit ('0' to '9') of a string of digits. */
char code_check_digit(const char *digits);

struct label_query {
	bool all;			/* closed ones too */
	int64_t owner;			/* 0: any */
	int64_t after_id;		/* newer than that label; 0: any */
	day_t expires_until;		/* DAY_NONE: any */
};
int store_labels(struct store *s, const struct label_query *q, struct label **out,
    size_t *n, struct err *e);
int store_label_get(struct store *s, int64_t id, struct label *out, struct err *e);
/* The newest label with that code. 1 or 0. */
int store_label_by_code(struct store *s, const char *code, struct label *out,
    struct err *e);
/* The newest label of all; 1 or 0. */
int store_label_newest(struct store *s, struct label *out, struct err *e);
/* Date the labels made while the clock was doubted. boot_id and boot_ms are now's. */
int store_labels_date(struct store *s, const char *boot_id, int64_t boot_ms, int64_t now,
    int *dated, struct err *e);

struct print {
	int64_t id;
	enum print_kind kind;
	int64_t label;			/* 0: not of a label */
	bool first;			/* the label's first print */
	int copies;
	enum print_state state;
	int attempts;			/* jobs handed to CUPS for it, at most 3 */
	int64_t job;			/* CUPS's number, 0: none */
	char reason[200];		/* why it is void, or waits */
	int64_t queued_at;		/* instant; 0 once erased */
	char boot_id[BOOT_ID_SIZE];
	int64_t boot_ms;
};
/* The oldest print that is queued or spooled: 1 or 0. */
int store_print_next(struct store *s, struct print *out, struct err *e);
int store_print_get(struct store *s, int64_t id, struct print *out, struct err *e);
/* Steps of a print on its way. These commits survive any crash of a program, but the
 * last ones may be lost with the power: then a job is looked for by its name, and at
 * worst a label comes out twice with one code. print_void of a first print voids its
 * label too. */
int store_print_attempt(struct store *s, int64_t id, int *attempts, struct err *e);
int store_print_spooled(struct store *s, int64_t id, int64_t job, struct err *e);
int store_print_queued(struct store *s, int64_t id, const char *reason, struct err *e);
int store_print_completed(struct store *s, int64_t id, struct err *e);
int store_print_void(struct store *s, int64_t id, const char *reason, day_t today,
    struct err *e);

/* ---- waiting for the next tap ---- */

struct wait {
	int64_t id;
	int64_t owner;			/* 0: tap first, then say who */
};
enum wait_state { WAIT_OPEN, WAIT_TAPPED, WAIT_REFUSED };
struct wait_answer {
	enum wait_state state;
	int64_t badge;			/* tapped: an unclaimed badge, or the new one */
	int64_t label;			/* tapped: the owner's first label; 0 tap first */
	char hint[HINT_SIZE];
	enum badge_kind kind;
	char why[200];			/* refused: "that badge is enrolled already" */
};
/* The waiting program: holds STORE.wait until store_wait_end or its death.
 * ERR_REFUSED if another program waits. */
int store_wait_begin(struct store *s, int64_t owner, struct wait *out, struct err *e);
int store_wait_look(struct store *s, const struct wait *w, struct wait_answer *out,
    struct err *e);
void store_wait_end(struct store *s, const struct wait *w);
/* fridged: is somebody waiting? 1 or 0. Cheap where nobody is. */
int store_wait_pending(struct store *s, struct wait *out, struct err *e);
int store_wait_answer(struct store *s, const struct wait *w,
    const struct wait_answer *a, struct err *e);
/* Tap first: remember the card as an unclaimed badge and answer with it. */
int store_wait_card(struct store *s, const struct wait *w, enum badge_kind kind,
    const struct readings *r, day_t today, struct err *e);

/* ---- the whole ---- */

struct totals {
	int64_t in, due, expired, queued, unclaimed;	/* due: today is the last day */
	int64_t flagged;				/* in, made with a doubted clock */
};
int store_totals(struct store *s, day_t today, struct totals *out, struct err *e);
/* The newest instant the store knows, 0 for none. */
int store_newest(struct store *s, int64_t *out, struct err *e);
/* What fridged last said of itself, for status: one row of small texts. */
struct service_state {
	char reader[200], printer[200];	/* "ok", or the trouble in words */
	char clock[200];		/* "ok", or the doubt */
	char version[32];
};
int store_state_set(struct store *s, const struct service_state *st, struct err *e);
int store_state_get(struct store *s, struct service_state *out, struct err *e);
/* Something that happened and is no change of a row ("burst", "nameless-burst"). */
int store_event(struct store *s, const char *what, int64_t row, day_t today, struct err *e);
/* Lapse labels lapse_days after their expiry day; returns how many in *n. */
int store_lapse(struct store *s, day_t today, int lapse_days, int *n, struct err *e);
/* Erase times of day older than 24 h, history older than keep_days, unclaimed badges
 * not seen for 30 days. At most a few hundred rows a call: *more says to call again.
 * today DAY_NONE (the clock is doubted): does nothing. */
int store_prune(struct store *s, int64_t now, day_t today, int keep_days, bool *more,
    struct err *e);
/* Move the WAL into the file when nothing else is going on. ERR_BUSY is no harm. */
int store_checkpoint(struct store *s, struct err *e);

#endif
