/* tap_impl.h - what the files of tap share: the presence, the credential in the hand,
 * and what was made lately. */
#ifndef FRIDGE_TAP_IMPL_H
#define FRIDGE_TAP_IMPL_H

#include "tap.h"

#define RETRY_MS 10
#define MADE_MAX 1024		/* a little more than the highest burst_per_min */

/* A label that was made: what impatience and bursts are judged by. */
struct made {
	uint8_t badge[READING_SIZE];
	int64_t at_ms;
	int64_t label;			/* 0: none, an enrolment without one */
	bool guest;
	bool out;			/* it came out, or never will */
};

struct hand {
	bool there;
	uint64_t presence;
	int64_t since_ms;
	int64_t due_ms;			/* look at it again */
	struct card card;
	const char *random;		/* why its number is no one's; NULL if it is */
	struct readings readings;
	bool looked;			/* the store told the rest */
	enum badge_match how;
	struct badge badge;
	bool learn;
	bool refused;			/* a waiting program was told that it cannot be */
};

struct tap {
	struct tap_world w;
	struct hand hand;
	uint64_t presence;		/* counts them */
	bool answered;			/* this one has its answer */
	struct made made[MADE_MAX];	/* a ring: the oldest is dropped */
	size_t next;
	/* What had the last answer of this run, and what had when the reader was lost. */
	struct seen {
		bool any;
		uint8_t card[READING_SIZE];
	} seen, left;
	/* After such a loss or a restart: the newest label and its badge. */
	int64_t resume_ms, resume_badge, resume_label;
	bool resume_out;
	/* The label that a preset's card may still change; label 0: none. */
	struct {
		int64_t label, until_ms;
		int64_t preset;			/* what made it */
		int64_t owner, badge;
		size_t made;			/* its place in the ring */
	} last;
	/* The preset that waits for its badge; 0: none. */
	struct {
		int64_t preset, until_ms;
	} armed;
	/* The emptying that a second tap takes back; 0: none. */
	struct {
		int64_t id, until_ms;
		char place[33];
	} emptied;
	/* An answer to a waiting program that could not be written yet. */
	struct {
		bool there;
		int64_t due_ms, until_ms;
		struct wait wait;
		struct wait_answer answer;
	} owed;
};

/* The outcomes of trying to answer. */
enum outcome {
	BUSY,		/* the store is held by another: try again */
	ANSWERED,
	REFUSED,	/* an enrolment that cannot be: the tap means what it always means */
	BROKEN,		/* the store cannot be read or written */
};

/* ---- tap.c ---- */

void tap_answer(struct tap *t, enum tap_signal signal, int64_t label, const char *why);
/* The outcome of a store that failed, told in the log where it is more than busy. */
enum outcome tap_failed(const struct err *e);

/* ---- tap_label.c: what was made lately, and making more ---- */

/* Remember what the hand got; returns its place in the ring. */
size_t made_remember(struct tap *t, int64_t label, bool guest, int64_t now_ms);
/* Whether the hand's last label is still on its way, or only just came out. */
bool made_impatient(const struct tap *t, int64_t now_ms);
enum outcome label_for_owner(struct tap *t, int64_t now_ms);
enum outcome label_for_guest(struct tap *t, int64_t now_ms);
/* A preset's label that needs no badge. */
enum outcome label_for_nobody(struct tap *t, int64_t preset, int64_t now_ms);
/* One by this preset in the place of the last one. */
enum outcome label_instead(struct tap *t, int64_t preset, int64_t now_ms);
/* What every label of a tap has in common: for this owner (0: nobody) and preset (0:
 * none). boot, and the owner and preset filled, must outlive *l. */
struct label_parts {
	struct owner owner;
	struct preset preset;
	char boot[BOOT_ID_SIZE];
};
int label_parts_fill(struct tap *t, int64_t owner, int64_t preset, struct label_parts *p,
    struct label_new *l, struct err *e);
/* Without dates somebody must write on it, whoever's it is. */
enum tap_signal label_signal(const struct label_new *l);

/* ---- tap_preset.c: cards on the door ---- */

/* A preset's card is in the hand. */
enum outcome preset_card(struct tap *t, int64_t now_ms);
/* The preset for a badge that is tapped now, 0 for none. */
int64_t preset_armed(const struct tap *t, int64_t now_ms);
int64_t preset_deadline(const struct tap *t);
void preset_run(struct tap *t, int64_t now_ms);

/* ---- tap_wait.c: a program waits for a card ---- */

enum outcome wait_serve(struct tap *t, const struct wait *w, int64_t now_ms);
int64_t wait_deadline(const struct tap *t);
void wait_run(struct tap *t, int64_t now_ms);	/* an answer that is still owed */

#endif
