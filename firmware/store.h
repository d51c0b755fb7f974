/* store.h - people, badges, labels and prints: the one meeting point of programs.
 *
 * The only module that knows SQLite. One handle a process, one thread. Every
 * function is one short transaction; a write is on the disk when it returns 0
 * (but see store_print_* and store_prune). Every change leaves a row of history, written by
 * triggers, without a name in it. Days are civil days, instants seconds since the epoch.
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
	STORE_LOOK,	/* a look in passing: makes nothing, migrates nothing, hardly waits */
};

/* Open the file, creating it (and its schema) if missing. A store of an older
 * version is migrated after a copy beside it, only by the holder of STORE.lock (a
 * tool takes that lock for the moment, or is told that fridged must be restarted).
 * ERR_REFUSED: not a store of ours, or of a newer version; to look, also one that is not
 * there, or of an older version. */
int store_open(const char *path, enum store_role role, struct store **out, struct err *e);
void store_close(struct store *s);

/* Take STORE.lock for the life of the process. Returns the descriptor (close-on-exec:
 * whoever starts a helper leaves it open there), or -1 with ERR_BUSY if a fridged runs. */
int store_lock(const char *path, struct err *e);
/* Whether some process holds STORE.lock. */
bool store_is_locked(const char *path);
const char *store_bell_path(const struct store *s);
/* 32 hex digits, random, drawn when the store was made. */
const char *store_id(const struct store *s);
/* quick_check. Returns 0 if sound. */
int store_verify(struct store *s, struct err *e);

/* ---- copies, and a copy in the store's place ---- */

/* All that is in the store now, in a file of its own (an older one of that name goes);
 * others write meanwhile. The version of the tables is the store's. With sync it is on the
 * disk; one that is soon gone does better without, as a large sync holds up a tap's own. */
int store_copy(struct store *s, const char *to, bool sync, struct err *e);
/* The copy that a backup is made of stands beside the store for a moment, in plain; who makes
 * it has a flock on the store's folder. */
#define STORE_COPY ".packing"	/* no name for a backup of a person's */
/* Delete what a killed backup left of it, unless one is being made. */
void store_tidy(const char *path);
/* Whether a copy that nobody has open is a sound store that this program knows or can
 * migrate. ERR_REFUSED: not a store of ours, or of a newer version. */
int store_check(const char *path, struct err *e);
/* Make a copy fit to be a store again: of the newest version, with an id of its own, and
 * with nothing to be printed that was queued in its past (void, for that reason). */
int store_renew(const char *path, day_t today, const char *reason, struct err *e);
/* Copy a store that is to be replaced, whatever its version: 1, 0 there is none, 2 it is
 * damaged, as *e (not NULL) says. */
int store_keep(const char *path, const char *to, struct err *e);
/* Put a renewed copy into the store's place, by a holder of STORE.lock: into a store that
 * is there in one transaction, else as the file itself. May be done again. */
int store_replace(const char *path, const char *from, struct err *e);
/* Move a damaged store away, with what stands beside it. May be done again. */
int store_set_aside(const char *path, const char *kept, struct err *e);
/* A restore keeps its things in a folder STORE.restoring. While a file plan is in it the
 * restore is at its last steps, and nobody opens the store: ERR_REFUSED. */
#define STORE_RESTORING ".restoring"
#define STORE_PLAN "plan"

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
/* Put o's texts in the place of those of the live owner o->id. ERR_REFUSED: no such
 * owner, or another has that e-mail address. */
int store_owner_edit(struct store *s, const struct owner *o, struct err *e);
/* They have left: their badges mean guests from now on, their labels stay without a
 * name. *in (not NULL) gets how many of those are in the fridge. ERR_REFUSED: no such
 * owner, or removed already. */
int store_owner_remove(struct store *s, int64_t id, day_t today, int64_t *in, struct err *e);
/* Take that back: badges and labels are theirs again. ERR_REFUSED: no such owner, not
 * removed, or another has that e-mail address by now. */
int store_owner_restore(struct store *s, int64_t id, struct err *e);
/* Erase a person, removed or not, from the file: name, mail, badges with their readings,
 * and what leads from labels to them. Labels stay, nobody's. Not before the file itself
 * is clean (a checkpoint that empties the WAL) does it return 0; ERR_BUSY then means that
 * the person is gone, but another program still reads old pages: again. prints (may be
 * NULL) gets the ids of the prints that showed the name, freed with free(). */
struct forgotten {
	int64_t badges, labels, in;	/* erased; made nobody's; of those in the fridge */
};
int store_owner_forget(struct store *s, int64_t id, struct forgotten *out, int64_t **prints,
    size_t *n, struct err *e);

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
	MATCH_REVOKED,			/* revoked, or (revoked_on DAY_NONE) its owner was removed */
	MATCH_AMBIGUOUS,		/* partial readings of two badges */
};
/* Whose badge is that? An exact reading wins; else a unique partial one (*learn is
 * then true: store_label_add learns the full UID). Only reads. */
int store_badge_match(struct store *s, const struct readings *r, enum badge_match *how,
    struct badge *badge, bool *learn, struct err *e);
/* Give a badge to an owner: a new one, or one seen before and unclaimed, whose
 * guest labels become the owner's, or one whose owner was removed: cards are handed on.
 * ERR_REFUSED if it is somebody's already (also a revoked one of another owner). Fills
 * *out. */
int store_badge_add(struct store *s, int64_t owner, enum badge_kind kind,
    const struct readings *r, day_t today, struct badge *out, struct err *e);
/* Badges of an owner (0: of all), revoked ones too; or the unclaimed, newest first. */
int store_badges(struct store *s, int64_t owner, struct badge **out, size_t *n,
    struct err *e);
int store_badges_unclaimed(struct store *s, struct badge **out, size_t *n, struct err *e);
/* The cards of a preset; 0: of all of them. */
int store_badges_preset(struct store *s, int64_t preset, struct badge **out, size_t *n,
    struct err *e);
int store_badge_get(struct store *s, int64_t id, struct badge *out, struct err *e);
/* ERR_REFUSED if it is revoked already. */
int store_badge_revoke(struct store *s, int64_t id, day_t today, struct err *e);
/* Take that back. ERR_REFUSED if it is not revoked, or was replaced by a badge that is
 * live, or its owner was removed. */
int store_badge_restore(struct store *s, int64_t id, struct err *e);
/* Take a preset card from the door for good: its badge and readings are erased. */
int store_badge_erase(struct store *s, int64_t id, struct err *e);
/* What was said of one badge: which one replaced it, 0 for none. */
int store_badge_replaced(struct store *s, int64_t id, int64_t *by, struct err *e);
/* Give the unclaimed badge behind a guest label's code to an owner, with all labels
 * of that badge; replaces (0: none) is revoked in the same transaction. ERR_REFUSED
 * with the reason: no such code, has an owner, or made with a phone or random
 * number. */
int store_badge_claim(struct store *s, const char *code, int64_t owner, int64_t replaces,
    day_t today, struct badge *out, struct err *e);

/* ---- presets ---- */

enum preset_owner { PRESET_SELF, PRESET_TEAM, PRESET_EVERYONE, PRESET_NONE };
const char *preset_owner_text(enum preset_owner o);		/* "self" */
int preset_owner_parse(const char *text, enum preset_owner *out);	/* 0 or -1 */
#define PRESET_NAME_SIZE 33
struct preset {
	int64_t id;
	char name[PRESET_NAME_SIZE];	/* a-z 0-9 - _ */
	bool empties;			/* its card makes no label: it says that place was emptied */
	char shelf[SHELF_SIZE];		/* "": the owner's, else the fridge's */
	char title[NAME_SIZE];
	char template[65];		/* "": the fridge's */
	enum preset_owner owner;
	char place[33];
};
int store_preset_find(struct store *s, const char *name, struct preset *out, struct err *e);
int store_preset_get(struct store *s, int64_t id, struct preset *out, struct err *e);
/* All, by name; one allocation, freed with free(). */
int store_presets(struct store *s, struct preset **out, size_t *n, struct err *e);
/* Fills p->id. ERR_REFUSED if the name is taken. */
int store_preset_add(struct store *s, struct preset *p, struct err *e);
/* In the place of the row p->id; its name may change. */
int store_preset_edit(struct store *s, const struct preset *p, struct err *e);
/* With the badges of its cards. Labels made by it stay. *cards gets how many went. */
int store_preset_remove(struct store *s, int64_t id, int64_t *cards, struct err *e);
/* Make a card of nobody's the preset's; a card of another preset changes over.
 * ERR_REFUSED if it is a person's. */
int store_preset_card(struct store *s, int64_t preset, enum badge_kind kind,
    const struct readings *r, day_t today, struct badge *out, struct err *e);

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
	int64_t replaces;		/* a label this one is instead of; 0: none */
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
	day_t expires_until;		/* DAY_NONE: any */
};
int store_labels(struct store *s, const struct label_query *q, struct label **out,
    size_t *n, struct err *e);
/* Those that were in at the end of a day gone by, as far as is known today. */
int store_labels_then(struct store *s, day_t day, struct label **out, size_t *n,
    struct err *e);
int store_label_get(struct store *s, int64_t id, struct label *out, struct err *e);
/* The newest label with that code. 1 or 0. */
int store_label_by_code(struct store *s, const char *code, struct label *out,
    struct err *e);
/* The newest label of all; 1 or 0. */
int store_label_newest(struct store *s, struct label *out, struct err *e);
/* What became of a label that is in. ERR_REFUSED if it is closed already. */
int store_label_close(struct store *s, int64_t id, enum fate fate, enum closed_by by,
    day_t today, struct err *e);
/* Take that back: it is in again. ERR_REFUSED if it is, or if its fate was void or
 * replaced. */
int store_label_reopen(struct store *s, int64_t id, struct err *e);
/* Date the labels made while the clock was doubted. boot_id and boot_ms are now's. */
int store_labels_date(struct store *s, const char *boot_id, int64_t boot_ms, int64_t now,
    int *dated, struct err *e);

/* What a print that is not of a label shows. */
struct sheet_of {
	char template[65];
	char preset[PRESET_NAME_SIZE];	/* the face of its card; "" : none */
	char place[33];
	day_t day;			/* a slip: the emptying's; DAY_NONE: none */
	int64_t emptying;		/* a slip afterwards: that one; 0: none */
};
struct print {
	int64_t id;
	enum print_kind kind;
	int64_t label;			/* 0: not of a label */
	struct sheet_of sheet;		/* then */
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
/* Queue a slip, a sign or a test print. */
int store_print_add(struct store *s, enum print_kind kind, const struct sheet_of *sheet,
    int copies, int64_t now, const char *boot_id, int64_t boot_ms, int64_t *id,
    struct err *e);
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

/* ---- emptying the fridge ---- */

/* Codes of what an emptying of that place on that day throws away: labels that are in,
 * dated that day or earlier; in the order of codes, parted by blanks. At most size - 1
 * bytes of whole codes; *n is the count of all. Labels without dates are not counted. */
int store_due_codes(struct store *s, const char *place, day_t day, char *out, size_t size,
    int64_t *n, struct err *e);

struct emptying {
	int64_t id;
	char place[33];
	day_t on_day;
	int64_t labels;			/* discarded by it */
	bool undone;
};
/* Discard all that, and queue the slip that says how many (slip NULL: none): one
 * transaction. */
int store_empty(struct store *s, const char *place, day_t day, enum closed_by by,
    const struct sheet_of *slip, int64_t now, const char *boot_id, int64_t boot_ms,
    struct emptying *out, struct err *e);
/* Take it back: what it discarded is in again, its slip, if still queued, void. */
int store_empty_undo(struct store *s, int64_t id, struct err *e);
int store_emptying_get(struct store *s, int64_t id, struct emptying *out, struct err *e);
/* The newest that threw anything away, undone or not; of that place, or of any (NULL):
 * 1 or 0. */
int store_emptying_newest(struct store *s, const char *place, struct emptying *out,
    struct err *e);
/* What it discarded and was not taken back, as of store_labels. */
int store_emptying_labels(struct store *s, int64_t id, struct label **out, size_t *n,
    struct err *e);
/* The slip that comes by itself before an emptying is queued once a place and day: 1 done
 * now, 0 was done. It names no template; a slip that was asked for does (store_print_add),
 * and is none of these. */
int store_slip_once(struct store *s, const struct sheet_of *slip, int64_t now,
    const char *boot_id, int64_t boot_ms, struct err *e);

/* ---- waiting for the next tap ---- */

enum wait_what {
	WAIT_ENROL,			/* the card becomes a person's */
	WAIT_EXPLAIN,			/* its number is wanted, sealed; nothing else happens */
	WAIT_PRESET,			/* it becomes a preset's */
};
struct wait {
	int64_t id;
	enum wait_what what;
	int64_t owner;			/* enrol: 0: tap first, then say who */
	int64_t preset;			/* of WAIT_PRESET */
	uint8_t seal[SEAL_KEY_SIZE];	/* of WAIT_EXPLAIN: what to seal the number to */
};
enum wait_state { WAIT_OPEN, WAIT_TAPPED, WAIT_REFUSED };
struct wait_answer {
	enum wait_state state;
	int64_t badge;			/* tapped: an unclaimed badge, or the new one;
					 * refused: the one it is taken by, or 0 */
	int64_t label;			/* tapped: the owner's first label; 0 tap first */
	char hint[HINT_SIZE];
	enum badge_kind kind;
	char why[200];			/* refused: "that badge is enrolled already" */
	uint8_t sealed[SEALED_SIZE];	/* explain: the card; all zeros else */
};
/* The waiting program: holds STORE.wait until store_wait_end or its death. Fills w->id.
 * ERR_REFUSED if another program waits. */
int store_wait_begin(struct store *s, struct wait *w, struct err *e);
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
	bool people;					/* there is somebody */
};
int store_totals(struct store *s, day_t today, struct totals *out, struct err *e);
/* One change. What changed, never to what: no name is in here. */
struct change {
	int64_t seq;			/* one more for each, never used twice */
	day_t on_day;
	int64_t at;			/* instant; 0 once erased */
	char noun[16];			/* "label", "badge", "owner", "preset", "print", ... */
	int64_t row;			/* its id; 0: of none */
	char what[24];			/* "made", "discarded", "revoked", ... */
};
/* Changes after that seq, oldest first, at most limit. One allocation, freed with
 * free(). */
int store_history(struct store *s, int64_t since, size_t limit, struct change **out,
    size_t *n, struct err *e);
/* The seq of the newest change that ever was, 0 for none. */
int store_history_newest(struct store *s, int64_t *seq, struct err *e);
/* A descriptor (close-on-exec, non-blocking) that can be read from once another program
 * may have changed the store: a tool's commit is complete then, fridged's may need some
 * more milliseconds until it can be seen. No promise: look now and then in any case. */
int store_watch(const struct store *s, struct err *e);
/* Be ready for the next change; call it before looking for what the last one was. */
void store_watch_again(const struct store *s, int fd);

/* Many changes at once, all or none: what an import does. */
enum import_do { IMPORT_ADD, IMPORT_EDIT, IMPORT_REMOVE, IMPORT_BADGE };
struct import_change {
	enum import_do what;
	struct owner owner;		/* add, edit; remove: its id */
	size_t added;			/* badge: of the owner that change number added - 1 adds; */
	int64_t owner_id;		/* or, with added 0, of this one */
	enum badge_kind kind;
	struct readings readings;	/* badge: the one of a number, or all that an export has
					 * of it, the exact one first; all of them are kept */
};
struct import_source {
	size_t count;
	/* Change number i. Asked for in order; from the beginning again where a tap went
	 * first. */
	void (*get)(void *arg, size_t i, struct import_change *out);
	void (*progress)(void *arg, size_t done);	/* now and then; may be NULL */
	void *arg;
};
/* In one transaction. While it lasts, fridged's writes go first: it is rolled back, they
 * are waited for, and it is tried again, for at most a minute (ERR_BUSY). On failure *bad
 * is the change that could not be (count: none of them), and nothing has changed. */
int store_import(struct store *s, const struct import_source *from, day_t today,
    size_t *bad, struct err *e);
/* Every reading of every badge that is kept, those of a badge together, the exact one
 * first: for a look-up of many numbers, and for an export. Freed with free(). */
struct badge_reading {
	int64_t badge, owner, preset;	/* owner, preset: 0 none */
	enum badge_kind kind;
	bool revoked;
	bool left;			/* its owner was removed */
	struct reading reading;
};
int store_badge_readings(struct store *s, struct badge_reading **out, size_t *n,
    struct err *e);

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
/* A fault of a part that lasts, for the next run: since when, and what was told of it. */
struct alert_note {
	int64_t since;			/* instant; 0: there is no fault */
	char told[200];			/* the trouble as somebody was told it; "": nobody yet */
};
/* part is a word such as "printer". No note reads as one without a fault. */
int store_alert_get(struct store *s, const char *part, struct alert_note *out, struct err *e);
int store_alert_set(struct store *s, const char *part, const struct alert_note *n,
    struct err *e);
/* The last backup, and whether one left this machine's disk. */
struct backup_note {
	day_t made_on;		/* DAY_NONE: never, by hand or by night */
	int64_t size;		/* bytes of it */
	day_t left_on;		/* when one was last written to another disk; DAY_NONE: never */
	char trouble[200];	/* why the last one failed, or its copy; "": it did not */
};
int store_backup_get(struct store *s, struct backup_note *out, struct err *e);
int store_backup_set(struct store *s, const struct backup_note *n, struct err *e);
/* Whether there is no label yet of the recovery code, as far as is known: 1 or 0. */
int store_recovery_owed(struct store *s, struct err *e);
int store_recovery_owe(struct store *s, bool owed, struct err *e);
/* Which mail somebody had last, so that a report that runs twice mails once. */
struct mail_note {
	day_t day;		/* the emptying it was about; the office: of the report */
	int64_t label;		/* the newest label there was */
};
#define MAIL_OFFICE 0		/* in the place of an owner */
#define MAIL_RUN -1		/* and when all that was to be mailed to owners was */
/* No mail yet reads as day DAY_NONE. */
int store_mail_get(struct store *s, int64_t owner, struct mail_note *out, struct err *e);
/* To be called before the mail goes out: 1 it is ours to send, 0 one about that day or a
 * later one was sent. */
int store_mail_claim(struct store *s, int64_t owner, const struct mail_note *n, struct err *e);
/* It did not go out: what store_mail_get gave before. */
int store_mail_unclaim(struct store *s, int64_t owner, const struct mail_note *before,
    struct err *e);
/* Something that happened and is no change of a row ("burst", "nameless-burst"). */
int store_event(struct store *s, const char *what, int64_t row, day_t today, struct err *e);
/* Lapse labels lapse_days after their expiry day; returns how many in *n. */
int store_lapse(struct store *s, day_t today, int lapse_days, int *n, struct err *e);
/* Whether somebody said that the clock is right, in the boot of that id: 1 or 0. */
int store_clock_confirmed(struct store *s, const char *boot_id, struct err *e);
/* Say so. now becomes the newest instant as well: a later one, of a clock that was ahead,
 * would speak against every clock from the next boot on. */
int store_clock_confirm(struct store *s, const char *boot_id, int64_t now, struct err *e);
/* Erase times of day older than 24 h, history older than keep_days, unclaimed badges
 * not seen for 30 days, and let go of codes of 180 days ago. Some 10 ms of it a call, for
 * that long nobody else can write: out->more says to call again. What it erased is on the
 * disk after the next checkpoint, which should follow each call: so is that a short one.
 * today DAY_NONE (the clock is doubted): does nothing. */
struct pruned {
	bool more;
	int64_t times, history, badges, codes;
};
int store_prune(struct store *s, int64_t now, day_t today, int keep_days, struct pruned *out,
    struct err *e);
/* Move the WAL into the file when nothing else is going on. ERR_BUSY is no harm. */
int store_checkpoint(struct store *s, struct err *e);
/* The longest that this handle has kept others from writing, in ms. */
int64_t store_held_ms(const struct store *s);

#endif
