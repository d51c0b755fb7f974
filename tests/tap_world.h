/* tap_world.h - a fridge for the tests of taps: a real store, a tool's hand on it, badges
 * to hold to it and the events that come of them. Time is a number that the tests count
 * up: nothing here waits. */
#ifndef TAP_WORLD_H
#define TAP_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "../firmware/tap.h"

#define EVENTS 64
#define TODAY 20600

#define KIM "04a1b2c3d4e5f6"
#define LEE "04112233445566"
#define STRANGER "0499999999aabb"
#define PHONE "08123456"

struct fridge {
	char folder[64];
	char path[128];
	struct config config;
	struct badge_key *key;
	struct store *store;		/* fridged's */
	struct store *tool;		/* fridgectl's */
	struct tap *tap;
	day_t today;
	int64_t now;
	struct tap_event events[EVENTS];
	size_t count;			/* of events */
	size_t seen;			/* of these were looked at */
};

static inline day_t
today(void *arg)
{
	return ((struct fridge *)arg)->today;
}

static inline void
on_event(void *arg, const struct tap_event *ev)
{
	struct fridge *f = arg;

	assert_true(f->count < EVENTS);
	f->events[f->count++] = *ev;
}

static inline void
begin_tapping(struct fridge *f)
{
	struct tap_world w = {
		.store = f->store, .key = f->key, .config = &f->config, .today = today,
		.on_event = on_event, .arg = f,
	};

	f->tap = tap_new(&w);
}

static inline int
setup(void **state)
{
	struct fridge *f = calloc(1, sizeof *f);
	char key[128];
	struct err e;

	assert_non_null(f);
	snprintf(f->folder, sizeof f->folder, "%s/tap.XXXXXX",
	    getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->path, sizeof f->path, "%s/fridge.db", f->folder);
	snprintf(key, sizeof key, "%s/uid.key", f->folder);
	assert_int_equal(badge_key_create(key, &e), 0);
	assert_int_equal(badge_key_load(key, &f->key, &e), 0);
	assert_int_equal(store_open(f->path, STORE_DAEMON, &f->store, &e), 0);
	assert_int_equal(store_open(f->path, STORE_TOOL, &f->tool, &e), 0);
	config_defaults(&f->config);
	f->config.label.burst_per_min = 0;
	f->today = TODAY;
	f->now = 1000000;
	begin_tapping(f);
	*state = f;
	return 0;
}

static inline int
teardown(void **state)
{
	struct fridge *f = *state;
	char command[160];

	tap_free(f->tap);
	store_close(f->tool);
	store_close(f->store);
	badge_key_free(f->key);
	snprintf(command, sizeof command, "rm -r %s", f->folder);
	assert_int_equal(system(command), 0);
	free(f);
	return 0;
}

static inline struct card
card_of(const char *uid)
{
	struct card c;
	struct err e;

	assert_int_equal(card_parse(BADGE_ISO14443A, uid, &c, &e), 0);
	return c;
}

static inline void
card(struct fridge *f, const char *uid)
{
	struct card c = card_of(uid);

	tap_card(f->tap, &c, f->now);
}

/* Let time go by, serving the deadlines on the way as the loop does. */
static inline void
pass(struct fridge *f, int64_t ms)
{
	int64_t until = f->now + ms;

	while (tap_deadline(f->tap) <= until) {
		if (tap_deadline(f->tap) > f->now)
			f->now = tap_deadline(f->tap);
		int64_t before = tap_deadline(f->tap);
		tap_run(f->tap, f->now);
		assert_true(tap_deadline(f->tap) > before);	/* or the loop would spin */
	}
	f->now = until;
}

/* A badge is held to the reader for a moment. */
static inline void
tap(struct fridge *f, const char *uid)
{
	card(f, uid);
	pass(f, 300);
	tap_gone(f->tap, f->now);
	pass(f, 700);
}

static inline int64_t
add_owner(struct fridge *f, const char *name, const char *uid)
{
	struct owner o = { 0 };
	struct badge b;
	struct readings r;
	struct err e;

	snprintf(o.name, sizeof o.name, "%s", name);
	assert_int_equal(store_owner_add(f->tool, &o, TODAY, &e), 0);
	if (uid != NULL) {
		struct card c = card_of(uid);
		badge_readings(f->key, &c, &r);
		assert_int_equal(store_badge_add(f->tool, o.id, c.kind, &r, TODAY, &b, &e), 0);
	}
	return o.id;
}

/* The next event is this one. */
static inline void
expect(struct fridge *f, enum tap_signal signal, bool label, const char *why)
{
	assert_true(f->seen < f->count);
	const struct tap_event *ev = &f->events[f->seen++];
	assert_string_equal(ev->why, why);
	assert_string_equal(tap_signal_text(ev->signal), tap_signal_text(signal));
	assert_int_equal(ev->label != 0, label);
}

/* Nothing more happened. */
static inline void
expect_nothing(const struct fridge *f)
{
	assert_int_equal(f->count, f->seen);
}

static inline size_t
labels(struct fridge *f)
{
	struct label_query q = { .all = true, .expires_until = DAY_NONE };
	struct label *all;
	struct err e;
	size_t n;

	assert_int_equal(store_labels(f->store, &q, &all, &n, &e), 0);
	free(all);
	return n;
}

static inline struct label
newest(struct fridge *f)
{
	struct label l;
	struct err e;

	assert_int_equal(store_label_newest(f->store, &l, &e), 1);
	return l;
}

static inline size_t
unclaimed(struct fridge *f)
{
	struct badge *all;
	struct err e;
	size_t n;

	assert_int_equal(store_badges_unclaimed(f->store, &all, &n, &e), 0);
	free(all);
	return n;
}

#endif
