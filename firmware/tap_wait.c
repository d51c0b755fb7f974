/* tap_wait.c - a program waits for a card: to enrol it, to make it a preset's, or to
 * hear its number. */
#include "tap_impl.h"

#include <stdio.h>
#include <string.h>

#include "day.h"
#include "log.h"

#define OWED_MS 5000		/* how long a waiting program's answer is tried */

/* Tell the waiting program; where the store is held, tap_run tries again. */
static void
tell_waiter(struct tap *t, const struct wait *w, const struct wait_answer *a, int64_t now_ms)
{
	struct err e;

	if (store_wait_answer(t->w.store, w, a, &e) != -1)
		return;
	if (e.kind != ERR_BUSY) {
		log_error("an enrolment could not be answered: %s", e.what);
		return;
	}
	t->owed.there = true;
	t->owed.due_ms = now_ms + RETRY_MS;
	t->owed.until_ms = now_ms + OWED_MS;
	t->owed.wait = *w;
	t->owed.answer = *a;
}

static enum outcome
refuse_enrolment(struct tap *t, const struct wait *w, const char *why, int64_t now_ms)
{
	struct wait_answer a = {
		.state = WAIT_REFUSED, .kind = t->hand.card.kind, .badge = t->hand.badge.id,
	};

	snprintf(a.why, sizeof a.why, "%s", why);
	if (t->hand.badge.id != 0)
		memcpy(a.hint, t->hand.badge.hint, sizeof a.hint);
	tell_waiter(t, w, &a, now_ms);
	t->hand.refused = true;
	return REFUSED;
}

static enum outcome
enrol(struct tap *t, const struct wait *w, int64_t now_ms)
{
	const struct hand *h = &t->hand;
	struct label_parts parts;
	struct label_new l;
	struct label made;
	struct badge badge;
	struct err e;

	if (label_parts_fill(t, w->owner, 0, &parts, &l, &e) == -1)
		return tap_failed(&e);
	l.card = &h->readings;
	l.card_kind = h->card.kind;
	l.remember = true;
	if (store_enrol(t->w.store, &l, &made, &badge, &e) == -1)
		return e.kind == ERR_REFUSED ? refuse_enrolment(t, w, e.what, now_ms) : tap_failed(&e);

	struct wait_answer a = {
		.state = WAIT_TAPPED, .badge = badge.id, .label = made.id, .kind = h->card.kind,
	};
	memcpy(a.hint, badge.hint, sizeof a.hint);
	tell_waiter(t, w, &a, now_ms);
	made_remember(t, made.id, false, now_ms);
	tap_answer(t, label_signal(&l), made.id, "enrolled");
	return ANSWERED;
}

/* Somebody waits for a card: with an owner it becomes that owner's and its first
 * label is made; without, the card is shown to the waiting program, which makes the
 * first label once it knows whose it is. */
static enum outcome
serve_enrolment(struct tap *t, const struct wait *w, int64_t now_ms)
{
	const struct hand *h = &t->hand;
	char why[120];
	struct err e;

	snprintf(why, sizeof why, "that badge %s (badge %lld)",
	    h->how == MATCH_OWNER ? "is enrolled already" :
	    h->how == MATCH_PRESET ? "is a preset card" : "was revoked", (long long)h->badge.id);
	if (h->how == MATCH_OWNER || h->how == MATCH_PRESET)
		return refuse_enrolment(t, w, why, now_ms);
	if (w->owner != 0)
		return enrol(t, w, now_ms);
	/* The card of somebody who left may be handed on. */
	if (h->how == MATCH_REVOKED && h->badge.revoked_on != DAY_NONE)
		return refuse_enrolment(t, w, why, now_ms);
	if (store_wait_card(t->w.store, w, h->card.kind, &h->readings, t->w.today(t->w.arg), &e) == -1)
		return e.kind == ERR_REFUSED ? refuse_enrolment(t, w, e.what, now_ms) : tap_failed(&e);
	/* Held a little longer, it must not become a guest's label. */
	made_remember(t, 0, false, now_ms);
	tap_answer(t, SIGNAL_OK, 0, "shown for enrolment");
	return ANSWERED;
}

/* The card becomes the preset's. */
static enum outcome
serve_preset(struct tap *t, const struct wait *w, int64_t now_ms)
{
	const struct hand *h = &t->hand;
	struct wait_answer a = { .state = WAIT_TAPPED, .kind = h->card.kind };
	struct badge b;
	struct err e;

	if (store_preset_card(t->w.store, w->preset, h->card.kind, &h->readings,
	    t->w.today(t->w.arg), &b, &e) == -1)
		return e.kind == ERR_REFUSED ? refuse_enrolment(t, w, e.what, now_ms) : tap_failed(&e);
	a.badge = b.id;
	memcpy(a.hint, b.hint, sizeof a.hint);
	tell_waiter(t, w, &a, now_ms);
	made_remember(t, 0, false, now_ms);
	tap_answer(t, SIGNAL_OK, 0, "now a preset card");
	return ANSWERED;
}

/* Its number goes to the program that asked, sealed, and nothing else happens. */
static enum outcome
serve_explain(struct tap *t, const struct wait *w, int64_t now_ms)
{
	const struct hand *h = &t->hand;
	struct wait_answer a = { .state = WAIT_TAPPED, .kind = h->card.kind, .badge = h->badge.id };

	badge_hint(&h->readings.r[0], a.hint);
	seal_card(w->seal, &h->card, a.sealed);
	tell_waiter(t, w, &a, now_ms);
	made_remember(t, 0, false, now_ms);
	tap_answer(t, SIGNAL_OK, 0, "shown to be explained");
	return ANSWERED;
}

enum outcome
wait_serve(struct tap *t, const struct wait *w, int64_t now_ms)
{
	if (w->what == WAIT_EXPLAIN)
		return serve_explain(t, w, now_ms);
	if (t->hand.random != NULL)
		return refuse_enrolment(t, w, t->hand.random, now_ms);
	return w->what == WAIT_PRESET ? serve_preset(t, w, now_ms) : serve_enrolment(t, w, now_ms);
}

int64_t
wait_deadline(const struct tap *t)
{
	return t->owed.there ? t->owed.due_ms : INT64_MAX;
}

void
wait_run(struct tap *t, int64_t now_ms)
{
	struct err e;

	if (!t->owed.there || now_ms < t->owed.due_ms)
		return;
	t->owed.due_ms = now_ms + RETRY_MS;
	if (store_wait_answer(t->w.store, &t->owed.wait, &t->owed.answer, &e) != -1) {
		t->owed.there = false;
	} else if (e.kind != ERR_BUSY || now_ms >= t->owed.until_ms) {
		log_error("an enrolment could not be answered: %s", e.what);
		t->owed.there = false;
	}
}
