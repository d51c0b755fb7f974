/* tap.h - what a tap means.
 *
 * One struct tap follows the reader: which cards are in the field, which badge was
 * answered, who is impatient, who taps too often. It writes labels through store.h
 * and says which signal to give. It never waits: where it must (a stranger gives a
 * known card 250 ms; a locked store gets 800 ms) it asks to be called again by
 * tap_deadline(). Times are clock_mono_ms().
 */
#ifndef FRIDGE_TAP_H
#define FRIDGE_TAP_H

#include <stdint.h>

#include "badge.h"
#include "config.h"
#include "store.h"

struct tap;

enum tap_signal {
	SIGNAL_NONE,
	SIGNAL_OK,	/* a label is coming */
	SIGNAL_NAME,	/* a label is coming: write your name on it */
	SIGNAL_FAULT,	/* no label */
};
const char *tap_signal_text(enum tap_signal s);		/* "ok" */

struct tap_event {
	enum tap_signal signal;
	int64_t label;		/* the label that was made, 0 if none */
	const char *why;	/* static text: "known badge", "impatient", "burst" */
};

/* What it needs of the world; all belong to the caller and outlive it. */
struct tap_world {
	struct store *store;
	const struct badge_key *key;
	const struct config *config;
	/* Today, or DAY_NONE while the clock is doubted. */
	day_t (*today)(void *arg);
	/* Called for each answer. Exactly one for each presence with a card in it,
	 * except where the table of taps says that nothing happens. */
	void (*on_event)(void *arg, const struct tap_event *ev);
	void *arg;
};
struct tap *tap_new(const struct tap_world *w);
void tap_free(struct tap *t);

/* A credential came into the field. */
void tap_card(struct tap *t, const struct card *c, int64_t now_ms);
/* The field is empty; also when the reader was lost. */
void tap_gone(struct tap *t, int64_t now_ms);
/* Whether a preset card waits for its badge. */
bool tap_armed(const struct tap *t);
/* When tap_run wants to be called; INT64_MAX for never. */
int64_t tap_deadline(const struct tap *t);
void tap_run(struct tap *t, int64_t now_ms);
/* A label came out or was voided: its badge's next tap is another thing. */
void tap_printed(struct tap *t, int64_t label);
/* After fridged's own restart, or when the reader that was lost with a card on it tells of one:
 * ignore the newest label's badge for 5 s, and once what had the last answer. */
void tap_resume(struct tap *t, int64_t now_ms);

#endif
