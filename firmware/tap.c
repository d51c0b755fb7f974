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
#include "tap.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "day.h"
#include "log.h"

#define STRANGER_MS 250		/* an unknown card waits so long for a known one */
#define LOCKED_MS 800		/* the store may be locked so long after a tap */
#define RETRY_MS 10
#define COMING_MS 10000		/* a label that did not come out by then is another matter */
#define RESUME_MS 5000		/* after a restart, for the newest label's badge */
#define BURST_MS 60000
#define NAMELESS_MS 600000
#define NAMELESS_MAX 10
#define OWED_MS 5000		/* how long a waiting program's answer is tried */
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
	enum badge_kind kind;
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
	/* After a restart: the newest label and its badge. */
	int64_t resume_ms, resume_badge, resume_label;
	bool resume_out;
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

static enum outcome
failed(const struct err *e)
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

static void
answer(struct tap *t, enum tap_signal signal, int64_t label, const char *why)
{
	const struct tap_event ev = { signal, label, why };

	if (t->hand.presence == t->presence)
		t->answered = true;
	t->hand.there = false;
	t->w.on_event(t->w.arg, &ev);
}

/* ---- what the badge did lately ---- */

static void
remember(struct tap *t, const struct hand *h, int64_t label, bool guest, int64_t now_ms)
{
	struct made *m = &t->made[t->next];

	t->next = (t->next + 1) % MADE_MAX;
	memcpy(m->badge, h->readings.r[0].hash, sizeof m->badge);
	m->at_ms = now_ms;
	m->label = label;
	m->guest = guest;
	m->out = label == 0;
}

static bool
is_of(const struct made *m, const struct hand *h)
{
	return m->at_ms != 0 &&
	    memcmp(m->badge, h->readings.r[0].hash, sizeof m->badge) == 0;
}

/* Whether its last label is still on its way, or only just came out. */
static bool
is_impatient(const struct tap *t, const struct hand *h, int64_t now_ms)
{
	for (size_t i = 0; i < MADE_MAX; i++) {
		const struct made *m = &t->made[i];
		if (!is_of(m, h))
			continue;
		if (now_ms - m->at_ms < t->w.config->reader.again_s * INT64_C(1000) ||
		    (!m->out && now_ms - m->at_ms < COMING_MS))
			return true;
	}
	return false;
}

static bool
is_resumed(const struct tap *t, const struct hand *h, int64_t now_ms)
{
	if (t->resume_badge == 0 || h->random != NULL || h->badge.id != t->resume_badge)
		return false;
	return now_ms - t->resume_ms < RESUME_MS ||
	    (!t->resume_out && now_ms - t->resume_ms < COMING_MS);
}

/* Labels that the badge got in the last minute. */
static int
count_of_badge(const struct tap *t, const struct hand *h, int64_t now_ms)
{
	int n = 0;

	for (size_t i = 0; i < MADE_MAX; i++)
		if (is_of(&t->made[i], h) && now_ms - t->made[i].at_ms < BURST_MS)
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

/* ---- making labels ---- */

/* The owner's shelf life, else the fridge's. Returns 0 or -1 with *e. */
static int
shelf_of(const struct tap *t, int64_t owner_id, struct shelf *out, struct err *e)
{
	struct owner owner;
	int found = owner_id == 0 ? 0 : store_owner_get(t->w.store, owner_id, &owner, e);

	*out = t->w.config->label.shelf;
	if (found == -1)
		return -1;
	if (found == 1 && owner.shelf[0] != '\0') {
		struct shelf own;
		if (shelf_parse(owner.shelf, &own, NULL) == 0)
			*out = own;
	}
	return 0;
}

/* What every label of a tap has in common. boot must outlive *l. */
static int
fill_label(const struct tap *t, int64_t owner, char boot[static BOOT_ID_SIZE],
    struct label_new *l, struct err *e)
{
	day_t today = t->w.today(t->w.arg);

	*l = (struct label_new){
		.owner = owner, .title = "", .template = "", .place = PLACE_DEFAULT,
		.stored_on = today, .expires_on = DAY_NONE, .copies = 1,
		.now = time(NULL), .boot_ms = clock_boot_ms(), .boot_id = boot,
	};
	clock_boot_id(boot);
	if (shelf_of(t, owner, &l->shelf, e) == -1)
		return -1;
	if (today != DAY_NONE)
		l->expires_on = shelf_expires(&l->shelf, today);
	l->today = today != DAY_NONE ? today : day_at((time_t)l->now);
	return 0;
}

/* Without dates somebody must write on it, whoever's it is. */
static enum tap_signal
signal_of(const struct label_new *l)
{
	return l->owner == 0 || l->stored_on == DAY_NONE ? SIGNAL_NAME : SIGNAL_OK;
}

/* Too many labels: tell the store, answer with a fault. */
static enum outcome
refuse_burst(struct tap *t, const char *what)
{
	struct err e;

	if (store_event(t->w.store, what, t->hand.badge.id, t->w.today(t->w.arg), &e) == -1 &&
	    e.kind == ERR_BUSY)
		return BUSY;
	answer(t, SIGNAL_FAULT, 0, what);
	return ANSWERED;
}

static enum outcome
make_owners_label(struct tap *t, int64_t now_ms)
{
	const struct hand *h = &t->hand;
	int limit = t->w.config->label.burst_per_min;
	char boot[BOOT_ID_SIZE];
	struct label_new l;
	struct label made;
	struct err e;

	if (limit > 0 && count_of_badge(t, h, now_ms) >= limit)
		return refuse_burst(t, "burst");
	if (fill_label(t, h->badge.owner, boot, &l, &e) == -1)
		return failed(&e);
	l.badge = h->badge.id;
	l.card_kind = h->kind;
	if (h->learn)
		l.card = &h->readings;
	if (store_label_add(t->w.store, &l, &made, &e) == -1)
		return failed(&e);
	remember(t, h, made.id, false, now_ms);
	answer(t, signal_of(&l), made.id, l.stored_on == DAY_NONE ?
	    "known badge, no dates" : "known badge");
	return ANSWERED;
}

static enum outcome
make_guest_label(struct tap *t, int64_t now_ms)
{
	const struct hand *h = &t->hand;
	const char *why = h->random != NULL ? "random number" :
	    h->how == MATCH_REVOKED ? "revoked badge" :
	    h->how == MATCH_AMBIGUOUS ? "ambiguous badge" : "unknown badge";
	char boot[BOOT_ID_SIZE];
	struct label_new l;
	struct label made;
	struct err e;

	if (count_nameless(t, now_ms) >= NAMELESS_MAX)
		return refuse_burst(t, "nameless-burst");
	if (fill_label(t, 0, boot, &l, &e) == -1)
		return failed(&e);
	if (h->random == NULL && h->how != MATCH_REVOKED) {
		l.card = &h->readings;
		l.card_kind = h->kind;
		l.remember = true;
	}
	if (store_label_add(t->w.store, &l, &made, &e) == -1)
		return failed(&e);
	remember(t, h, made.id, true, now_ms);
	answer(t, SIGNAL_NAME, made.id, why);
	return ANSWERED;
}

/* ---- enrolment ---- */

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
	struct wait_answer a = { .state = WAIT_REFUSED, .kind = t->hand.kind };

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
	char boot[BOOT_ID_SIZE];
	struct label_new l;
	struct label made;
	struct badge badge;
	struct err e;

	if (fill_label(t, w->owner, boot, &l, &e) == -1)
		return failed(&e);
	l.card = &h->readings;
	l.card_kind = h->kind;
	l.remember = true;
	if (store_enrol(t->w.store, &l, &made, &badge, &e) == -1)
		return e.kind == ERR_REFUSED ? refuse_enrolment(t, w, e.what, now_ms) : failed(&e);

	struct wait_answer a = {
		.state = WAIT_TAPPED, .badge = badge.id, .label = made.id, .kind = h->kind,
	};
	memcpy(a.hint, badge.hint, sizeof a.hint);
	tell_waiter(t, w, &a, now_ms);
	remember(t, h, made.id, false, now_ms);
	answer(t, signal_of(&l), made.id, "enrolled");
	return ANSWERED;
}

/* Somebody waits for a card: with an owner it becomes that owner's and its first
 * label is made; without, the card is shown to the waiting program, which makes the
 * first label once it knows whose it is. */
static enum outcome
serve_waiter(struct tap *t, const struct wait *w, int64_t now_ms)
{
	const struct hand *h = &t->hand;
	char why[120];
	struct err e;

	if (h->random != NULL)
		return refuse_enrolment(t, w, h->random, now_ms);
	snprintf(why, sizeof why, "that badge %s (badge %lld)",
	    h->how == MATCH_OWNER ? "is enrolled already" :
	    h->how == MATCH_PRESET ? "is a preset card" : "was revoked", (long long)h->badge.id);
	if (h->how == MATCH_OWNER || h->how == MATCH_PRESET)
		return refuse_enrolment(t, w, why, now_ms);
	if (w->owner != 0)
		return enrol(t, w, now_ms);
	if (h->how == MATCH_REVOKED)
		return refuse_enrolment(t, w, why, now_ms);
	if (store_wait_card(t->w.store, w, h->kind, &h->readings, t->w.today(t->w.arg), &e) == -1)
		return e.kind == ERR_REFUSED ? refuse_enrolment(t, w, e.what, now_ms) : failed(&e);
	/* Held a little longer, it must not become a guest's label. */
	remember(t, h, 0, false, now_ms);
	answer(t, SIGNAL_OK, 0, "shown for enrolment");
	return ANSWERED;
}

/* ---- the credential in the hand ---- */

/* Ask the store whose it is. */
static enum outcome
look(struct tap *t, struct hand *h)
{
	struct err e;

	if (h->random == NULL &&
	    store_badge_match(t->w.store, &h->readings, &h->how, &h->badge, &h->learn, &e) == -1)
		return failed(&e);
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
		return failed(&e);
	if (waits == 1) {
		enum outcome o = serve_waiter(t, &w, now_ms);
		if (o != REFUSED)
			return o;
	}
	if (!alone && is_stranger(h) && now_ms < h->since_ms + STRANGER_MS) {
		h->due_ms = h->since_ms + STRANGER_MS;
		return ANSWERED;
	}
	if (is_impatient(t, h, now_ms)) {
		answer(t, SIGNAL_OK, 0, "impatient");
		return ANSWERED;
	}
	if (is_resumed(t, h, now_ms)) {
		answer(t, SIGNAL_OK, 0, "still there after a restart");
		return ANSWERED;
	}
	if (h->how == MATCH_PRESET && h->random == NULL) {
		answer(t, SIGNAL_FAULT, 0, "preset card");
		return ANSWERED;
	}
	return is_stranger(h) ? make_guest_label(t, now_ms) : make_owners_label(t, now_ms);
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
		answer(t, SIGNAL_FAULT, 0, "the store cannot be used");
	} else if (o == BUSY && now_ms >= h->since_ms + LOCKED_MS) {
		log_error("a tap could not be kept: another program held the store for %d ms",
		    LOCKED_MS);
		answer(t, SIGNAL_FAULT, 0, "the store is locked");
	} else if (o == BUSY) {
		h->due_ms = now_ms + RETRY_MS;
	}
}

void
tap_card(struct tap *t, const struct card *c, int64_t now_ms)
{
	struct hand h = {
		.there = true, .presence = t->presence, .since_ms = now_ms, .due_ms = now_ms,
		.kind = c->kind, .random = card_random(c),
	};

	/* The one before is still waiting for the store, and its person has gone. */
	if (t->hand.there && t->hand.presence != t->presence)
		answer(t, SIGNAL_FAULT, 0, "the store is locked");
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

int64_t
tap_deadline(const struct tap *t)
{
	int64_t due = t->hand.there ? t->hand.due_ms : INT64_MAX;

	return t->owed.there && t->owed.due_ms < due ? t->owed.due_ms : due;
}

void
tap_run(struct tap *t, int64_t now_ms)
{
	struct err e;

	if (t->hand.there && now_ms >= t->hand.due_ms)
		step(t, t->hand.presence != t->presence, now_ms);
	if (t->owed.there && now_ms >= t->owed.due_ms) {
		t->owed.due_ms = now_ms + RETRY_MS;
		if (store_wait_answer(t->w.store, &t->owed.wait, &t->owed.answer, &e) != -1)
			t->owed.there = false;
		else if (e.kind != ERR_BUSY || now_ms >= t->owed.until_ms) {
			log_error("an enrolment could not be answered: %s", e.what);
			t->owed.there = false;
		}
	}
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
	if (store_label_newest(t->w.store, &newest, NULL) != 1)
		return;
	t->resume_ms = now_ms;
	t->resume_badge = newest.badge;
	t->resume_label = newest.id;
	t->resume_out = newest.print == PRINT_COMPLETED || newest.print == PRINT_VOID;
}
