/* tap_label.c - what badges got lately, and the labels that taps make. */
#include "tap_impl.h"

#include <string.h>
#include <time.h>

#include "day.h"
#include "log.h"
#include "preset.h"

#define COMING_MS 10000		/* a label that did not come out by then is another matter */
#define BURST_MS 60000
#define NAMELESS_MS 600000
#define NAMELESS_MAX 10
#define PRESET_MS 15000		/* from a badge to the card that changes its label */

/* ---- what the badge did lately ---- */

size_t
made_remember(struct tap *t, int64_t label, bool guest, int64_t now_ms)
{
	size_t at = t->next;
	struct made *m = &t->made[at];

	t->next = (at + 1) % MADE_MAX;
	memcpy(m->badge, t->hand.readings.r[0].hash, sizeof m->badge);
	m->at_ms = now_ms;
	m->label = label;
	m->guest = guest;
	m->out = label == 0;
	return at;
}

static bool
is_of(const struct made *m, const struct hand *h)
{
	return m->at_ms != 0 &&
	    memcmp(m->badge, h->readings.r[0].hash, sizeof m->badge) == 0;
}

bool
made_impatient(const struct tap *t, int64_t now_ms)
{
	for (size_t i = 0; i < MADE_MAX; i++) {
		const struct made *m = &t->made[i];
		if (!is_of(m, &t->hand))
			continue;
		if (now_ms - m->at_ms < t->w.config->reader.again_s * INT64_C(1000) ||
		    (!m->out && now_ms - m->at_ms < COMING_MS))
			return true;
	}
	return false;
}

/* Labels that the badge got in the last minute. */
static int
count_of_badge(const struct tap *t, int64_t now_ms)
{
	int n = 0;

	for (size_t i = 0; i < MADE_MAX; i++)
		if (is_of(&t->made[i], &t->hand) && now_ms - t->made[i].at_ms < BURST_MS)
			n++;
	return n;
}

static int
count_nameless(const struct tap *t, int64_t now_ms)
{
	int n = 0;

	for (size_t i = 0; i < MADE_MAX; i++)
		if (t->made[i].guest && now_ms - t->made[i].at_ms < NAMELESS_MS)
			n++;
	return n;
}

/* Too many labels: tell the store, answer with a fault. */
static enum outcome
refuse_burst(struct tap *t, const char *what)
{
	struct err e;

	if (store_event(t->w.store, what, t->hand.badge.id, t->w.today(t->w.arg), &e) == -1 &&
	    e.kind == ERR_BUSY)
		return BUSY;
	tap_answer(t, SIGNAL_FAULT, 0, what);
	return ANSWERED;
}

/* ---- making labels ---- */

int
label_parts_fill(struct tap *t, int64_t owner, int64_t preset, struct label_parts *p,
    struct label_new *l, struct err *e)
{
	struct wish wish = { .today = t->w.today(t->w.arg), .now = time(NULL) };
	int found = owner == 0 ? 0 : store_owner_get(t->w.store, owner, &p->owner, e);

	if (found == -1)
		return -1;
	if (found == 1)
		wish.owner = &p->owner;
	/* One that was removed meanwhile changes nothing. */
	found = preset == 0 ? 0 : store_preset_get(t->w.store, preset, &p->preset, e);
	if (found == -1)
		return -1;
	if (found == 1)
		wish.preset = &p->preset;
	preset_fill(t->w.config, &wish, p->boot, l);
	return 0;
}

enum tap_signal
label_signal(const struct label_new *l)
{
	return l->owner == 0 || l->stored_on == DAY_NONE ? SIGNAL_NAME : SIGNAL_OK;
}

/* It was made: who, for impatience, and what, for a card that changes it. */
static void
keep(struct tap *t, const struct label_new *l, const struct label *made, int64_t now_ms)
{
	t->last.made = made_remember(t, made->id, l->owner == 0, now_ms);
	t->last.label = made->id;
	t->last.preset = l->preset;
	t->last.owner = made->owner;
	t->last.badge = made->badge;
	t->last.until_ms = now_ms + PRESET_MS;
	t->armed.preset = 0;
}

enum outcome
label_for_owner(struct tap *t, int64_t now_ms)
{
	const struct hand *h = &t->hand;
	int limit = t->w.config->label.burst_per_min;
	int64_t preset = preset_armed(t, now_ms);
	struct label_parts parts;
	struct label_new l;
	struct label made;
	struct err e;

	if (limit > 0 && count_of_badge(t, now_ms) >= limit)
		return refuse_burst(t, "burst");
	if (label_parts_fill(t, h->badge.owner, preset, &parts, &l, &e) == -1)
		return tap_failed(&e);
	l.badge = h->badge.id;
	l.card_kind = h->card.kind;
	if (h->learn)
		l.card = &h->readings;
	if (store_label_add(t->w.store, &l, &made, &e) == -1)
		return tap_failed(&e);
	keep(t, &l, &made, now_ms);
	tap_answer(t, label_signal(&l), made.id, l.stored_on == DAY_NONE ?
	    "known badge, no dates" : l.preset != 0 ? "known badge, by a preset" : "known badge");
	return ANSWERED;
}

enum outcome
label_for_guest(struct tap *t, int64_t now_ms)
{
	const struct hand *h = &t->hand;
	const char *why = h->random != NULL ? "random number" :
	    h->how == MATCH_REVOKED ? "revoked badge" :
	    h->how == MATCH_AMBIGUOUS ? "ambiguous badge" : "unknown badge";
	struct label_parts parts;
	struct label_new l;
	struct label made;
	struct err e;

	if (count_nameless(t, now_ms) >= NAMELESS_MAX)
		return refuse_burst(t, "nameless-burst");
	if (label_parts_fill(t, 0, preset_armed(t, now_ms), &parts, &l, &e) == -1)
		return tap_failed(&e);
	if (h->random == NULL && h->how != MATCH_REVOKED) {
		l.card = &h->readings;
		l.card_kind = h->card.kind;
		l.remember = true;
	}
	if (store_label_add(t->w.store, &l, &made, &e) == -1)
		return tap_failed(&e);
	keep(t, &l, &made, now_ms);
	tap_answer(t, SIGNAL_NAME, made.id, why);
	return ANSWERED;
}

enum outcome
label_for_nobody(struct tap *t, int64_t preset, int64_t now_ms)
{
	struct label_parts parts;
	struct label_new l;
	struct label made;
	struct err e;

	if (count_nameless(t, now_ms) >= NAMELESS_MAX)
		return refuse_burst(t, "nameless-burst");
	if (label_parts_fill(t, 0, preset, &parts, &l, &e) == -1)
		return tap_failed(&e);
	if (store_label_add(t->w.store, &l, &made, &e) == -1)
		return tap_failed(&e);
	made_remember(t, made.id, true, now_ms);
	tap_answer(t, l.stored_on == DAY_NONE ? SIGNAL_NAME : SIGNAL_OK, made.id, "preset card");
	return ANSWERED;
}

enum outcome
label_instead(struct tap *t, int64_t preset, int64_t now_ms)
{
	struct label_parts parts;
	struct label_new l;
	struct label made;
	struct err e;

	if (label_parts_fill(t, t->last.owner, preset, &parts, &l, &e) == -1)
		return tap_failed(&e);
	l.badge = t->last.badge;
	l.replaces = t->last.label;
	if (store_label_add(t->w.store, &l, &made, &e) == -1)
		return tap_failed(&e);
	/* The badge waits for this one now; its card shall not be impatient with itself. */
	struct made *m = &t->made[t->last.made];
	if (m->label == t->last.label) {
		m->label = made.id;
		m->out = false;
	}
	made_remember(t, made.id, false, now_ms);
	t->last.label = made.id;
	t->last.preset = preset;
	tap_answer(t, label_signal(&l), made.id, "instead of the label before");
	return ANSWERED;
}
