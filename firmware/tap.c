/* tap.c - see tap.h
 *
 * A presence is what lies between two "gone" of the reader. It has one answer. The
 * credential that the answer will be about is in the hand: a stranger stays there
 * until no known badge can still show up beside it, and any credential stays there
 * while another program holds the store.
 *
 * A badge is remembered by the hash of its exact reading, in memory alone and only
 * as long as the labels it made matter for impatience and bursts.
 */
#include "tap_impl.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "day.h"
#include "log.h"

#define STRANGER_MS 250		/* an unknown card waits so long for a known one */
#define LOCKED_MS 800		/* the store may be locked so long after a tap */
#define COMING_MS 10000		/* a label that did not come out by then is another matter */
#define RESUME_MS 5000		/* after a restart, for the newest label's badge */

enum outcome
tap_failed(const struct err *e)
{
	if (e->kind == ERR_BUSY)
		return BUSY;
	log_error("a tap could not be kept: %s", e->what);
	return BROKEN;
}

const char *
tap_signal_text(enum tap_signal s)
{
	static const char *const TEXT[] = {
		[SIGNAL_NONE] = "none", [SIGNAL_OK] = "ok",
		[SIGNAL_NAME] = "name", [SIGNAL_FAULT] = "fault",
	};

	return TEXT[s];
}

struct tap *
tap_new(const struct tap_world *w)
{
	struct tap *t = calloc(1, sizeof *t);

	if (t == NULL)
		abort();	/* at start: nothing to fall back to */
	t->w = *w;
	return t;
}

void
tap_free(struct tap *t)
{
	free(t);
}

void
tap_answer(struct tap *t, enum tap_signal signal, int64_t label, const char *why)
{
	const struct tap_event ev = { signal, label, why };

	if (t->hand.presence == t->presence)
		t->answered = true;
	if (t->hand.there) {
		t->seen.any = true;
		memcpy(t->seen.card, t->hand.readings.r[0].hash, READING_SIZE);
	}
	t->hand.there = false;
	t->w.on_event(t->w.arg, &ev);
}

/* ---- the credential in the hand ---- */

/* What lay on the reader when that was lost, whatever it meant. */
static bool
is_still_there(const struct tap *t, const struct hand *h, int64_t now_ms)
{
	return t->left.any && now_ms - t->resume_ms < RESUME_MS &&
	    memcmp(t->left.card, h->readings.r[0].hash, READING_SIZE) == 0;
}

static bool
is_resumed(const struct tap *t, const struct hand *h, int64_t now_ms)
{
	if (t->resume_badge == 0 || h->random != NULL || h->badge.id != t->resume_badge)
		return false;
	return now_ms - t->resume_ms < RESUME_MS ||
	    (!t->resume_out && now_ms - t->resume_ms < COMING_MS);
}

/* Ask the store whose it is. */
static enum outcome
look(struct tap *t, struct hand *h)
{
	struct err e;

	if (h->random == NULL &&
	    store_badge_match(t->w.store, &h->readings, &h->how, &h->badge, &h->learn, &e) == -1)
		return tap_failed(&e);
	h->looked = true;
	return ANSWERED;
}

static bool
is_stranger(const struct hand *h)
{
	return h->looked && h->how != MATCH_OWNER && h->how != MATCH_PRESET;
}

/* What the looked-at credential means, row by row of the table of taps. */
static enum outcome
mean(struct tap *t, bool alone, int64_t now_ms)
{
	struct hand *h = &t->hand;
	struct wait w;
	struct err e;
	int waits = h->refused ? 0 : store_wait_pending(t->w.store, &w, &e);

	if (waits == -1)
		return tap_failed(&e);
	if (waits == 1) {
		enum outcome o = wait_serve(t, &w, now_ms);
		if (o != REFUSED)
			return o;
	}
	if (!alone && is_stranger(h) && now_ms < h->since_ms + STRANGER_MS) {
		h->due_ms = h->since_ms + STRANGER_MS;
		return ANSWERED;
	}
	if (is_still_there(t, h, now_ms)) {
		t->left.any = false;
		tap_answer(t, SIGNAL_OK, 0, "still there after a restart");
		return ANSWERED;
	}
	/* After a preset's card the same badge means another thing. */
	if (preset_armed(t, now_ms) == 0 && made_impatient(t, now_ms)) {
		tap_answer(t, SIGNAL_OK, 0, "impatient");
		return ANSWERED;
	}
	if (preset_armed(t, now_ms) == 0 && is_resumed(t, h, now_ms)) {
		tap_answer(t, SIGNAL_OK, 0, "still there after a restart");
		return ANSWERED;
	}
	if (h->how == MATCH_PRESET && h->random == NULL)
		return preset_card(t, now_ms);
	return is_stranger(h) ? label_for_guest(t, now_ms) : label_for_owner(t, now_ms);
}

/* Go on with the credential in the hand. alone: nothing can come beside it. */
static void
step(struct tap *t, bool alone, int64_t now_ms)
{
	struct hand *h = &t->hand;
	enum outcome o = ANSWERED;

	if (!h->looked)
		o = look(t, h);
	if (o == ANSWERED)
		o = mean(t, alone, now_ms);
	if (o == BROKEN) {
		tap_answer(t, SIGNAL_FAULT, 0, "the store cannot be used");
	} else if (o == BUSY && now_ms >= h->since_ms + LOCKED_MS) {
		log_error("a tap could not be kept: another program held the store for %d ms",
		    LOCKED_MS);
		tap_answer(t, SIGNAL_FAULT, 0, "the store is locked");
	} else if (o == BUSY) {
		h->due_ms = now_ms + RETRY_MS;
	}
}

void
tap_card(struct tap *t, const struct card *c, int64_t now_ms)
{
	struct hand h = {
		.there = true, .presence = t->presence, .since_ms = now_ms, .due_ms = now_ms,
		.card = *c, .random = card_random(c),
	};

	/* The one before is still waiting for the store, and its person has gone. */
	if (t->hand.there && t->hand.presence != t->presence)
		tap_answer(t, SIGNAL_FAULT, 0, "the store is locked");
	if (t->answered)
		return;
	badge_readings(t->w.key, c, &h.readings);
	assert(h.readings.count > 0 && h.readings.r[0].exact);
	if (t->hand.there) {
		/* A stranger that waits gives way to a known badge, and a number that is
		 * nobody's to one that can be claimed. */
		bool better = t->hand.random != NULL && h.random == NULL;
		if (!is_stranger(&t->hand) || look(t, &h) != ANSWERED ||
		    (is_stranger(&h) && !better))
			return;
		h.since_ms = t->hand.since_ms;
	}
	t->hand = h;
	step(t, false, now_ms);
}

void
tap_gone(struct tap *t, int64_t now_ms)
{
	/* Nobody will come beside a stranger any more. */
	if (t->hand.there && t->hand.presence == t->presence)
		step(t, true, now_ms);
	t->presence++;
	t->answered = false;
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t
tap_deadline(const struct tap *t)
{
	int64_t due = t->hand.there ? t->hand.due_ms : INT64_MAX;

	return earlier(due, earlier(wait_deadline(t), preset_deadline(t)));
}

void
tap_run(struct tap *t, int64_t now_ms)
{
	if (t->hand.there && now_ms >= t->hand.due_ms)
		step(t, t->hand.presence != t->presence, now_ms);
	wait_run(t, now_ms);
	preset_run(t, now_ms);
}

void
tap_printed(struct tap *t, int64_t label)
{
	if (label == 0)
		return;
	for (size_t i = 0; i < MADE_MAX; i++)
		if (t->made[i].label == label)
			t->made[i].out = true;
	if (t->resume_label == label)
		t->resume_out = true;
}

void
tap_resume(struct tap *t, int64_t now_ms)
{
	struct label newest;

	t->resume_badge = 0;
	t->resume_ms = now_ms;
	t->left = t->seen;
	if (store_label_newest(t->w.store, &newest, NULL) != 1)
		return;
	t->resume_badge = newest.badge;
	t->resume_label = newest.id;
	t->resume_out = newest.print == PRINT_COMPLETED || newest.print == PRINT_VOID;
}
