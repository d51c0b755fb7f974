/* tap_test.c - the table of taps, row by row, on a real store. Time is a number that
 * the tests count up: nothing here waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

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

static day_t
today(void *arg)
{
	return ((struct fridge *)arg)->today;
}

static void
on_event(void *arg, const struct tap_event *ev)
{
	struct fridge *f = arg;

	assert_true(f->count < EVENTS);
	f->events[f->count++] = *ev;
}

static void
begin_tapping(struct fridge *f)
{
	struct tap_world w = {
		.store = f->store, .key = f->key, .config = &f->config, .today = today,
		.on_event = on_event, .arg = f,
	};

	f->tap = tap_new(&w);
}

static int
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

static int
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

static struct card
card_of(const char *uid)
{
	struct card c;
	struct err e;

	assert_int_equal(card_parse(BADGE_ISO14443A, uid, &c, &e), 0);
	return c;
}

static void
card(struct fridge *f, const char *uid)
{
	struct card c = card_of(uid);

	tap_card(f->tap, &c, f->now);
}

/* Let time go by, serving the deadlines on the way as the loop does. */
static void
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
static void
tap(struct fridge *f, const char *uid)
{
	card(f, uid);
	pass(f, 300);
	tap_gone(f->tap, f->now);
	pass(f, 700);
}

static int64_t
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
static void
expect(struct fridge *f, enum tap_signal signal, bool label, const char *why)
{
	assert_true(f->seen < f->count);
	const struct tap_event *ev = &f->events[f->seen++];
	assert_string_equal(ev->why, why);
	assert_string_equal(tap_signal_text(ev->signal), tap_signal_text(signal));
	assert_int_equal(ev->label != 0, label);
}

/* Nothing more happened. */
static void
expect_nothing(const struct fridge *f)
{
	assert_int_equal(f->count, f->seen);
}

static size_t
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

static struct label
newest(struct fridge *f)
{
	struct label l;
	struct err e;

	assert_int_equal(store_label_newest(f->store, &l, &e), 1);
	return l;
}

static size_t
unclaimed(struct fridge *f)
{
	struct badge *all;
	struct err e;
	size_t n;

	assert_int_equal(store_badges_unclaimed(f->store, &all, &n, &e), 0);
	free(all);
	return n;
}

/* ---- known badges ---- */

static void
a_known_badge_gets_its_label_at_once(void **state)
{
	struct fridge *f = *state;
	int64_t kim = add_owner(f, "Kim", KIM);

	card(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge");
	struct label l = newest(f);
	assert_int_equal(l.owner, kim);
	assert_int_equal(l.stored_on, TODAY);
	assert_int_equal(l.expires_on, TODAY + 7);
	assert_int_equal(l.copies, 1);
	assert_string_equal(l.place, PLACE_DEFAULT);
	assert_true(tap_deadline(f->tap) == INT64_MAX);
}

static void
an_owners_own_shelf_life_goes_before_the_fridges(void **state)
{
	struct fridge *f = *state;
	struct owner o = { .name = "Kim", .shelf = "2d" };
	struct card c = card_of(KIM);
	struct readings r;
	struct badge b;
	struct err e;

	assert_int_equal(store_owner_add(f->tool, &o, TODAY, &e), 0);
	badge_readings(f->key, &c, &r);
	assert_int_equal(store_badge_add(f->tool, o.id, c.kind, &r, TODAY, &b, &e), 0);
	tap(f, KIM);
	assert_int_equal(newest(f).expires_on, TODAY + 2);
}

static void
a_badge_that_stays_gets_nothing_more(void **state)
{
	struct fridge *f = *state;

	add_owner(f, "Kim", KIM);
	card(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge");
	for (int i = 0; i < 5; i++) {
		pass(f, 60000);
		card(f, KIM);
	}
	expect_nothing(f);
	assert_int_equal(labels(f), 1);
}

static void
again_within_again_s_is_impatience(void **state)
{
	struct fridge *f = *state;

	f->config.reader.again_s = 4;
	add_owner(f, "Kim", KIM);
	tap(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge");
	tap_printed(f->tap, newest(f).id);
	tap(f, KIM);
	expect(f, SIGNAL_OK, false, "impatient");
	assert_int_equal(labels(f), 1);
	pass(f, 2000);
	tap(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge");
	assert_int_equal(labels(f), 2);
}

static void
while_the_label_has_not_come_out_a_tap_is_impatience_for_ten_seconds(void **state)
{
	struct fridge *f = *state;

	f->config.reader.again_s = 0;
	add_owner(f, "Kim", KIM);
	tap(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge");
	pass(f, 7500);
	tap(f, KIM);
	expect(f, SIGNAL_OK, false, "impatient");
	pass(f, 1000);
	tap(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge");
	assert_int_equal(labels(f), 2);
}

static void
once_the_label_came_out_a_tap_is_for_another_thing(void **state)
{
	struct fridge *f = *state;

	f->config.reader.again_s = 0;
	add_owner(f, "Kim", KIM);
	for (int i = 0; i < 5; i++) {
		tap(f, KIM);
		expect(f, SIGNAL_OK, true, "known badge");
		tap_printed(f->tap, newest(f).id);
	}
	assert_int_equal(labels(f), 5);
}

static void
another_owners_impatience_is_its_own(void **state)
{
	struct fridge *f = *state;

	add_owner(f, "Kim", KIM);
	add_owner(f, "Lee", LEE);
	tap(f, KIM);
	tap(f, LEE);
	expect(f, SIGNAL_OK, true, "known badge");
	expect(f, SIGNAL_OK, true, "known badge");
}

static void
a_number_from_a_list_is_learned_at_the_first_tap(void **state)
{
	struct fridge *f = *state;
	int64_t kim = add_owner(f, "Kim", NULL);
	struct readings r;
	struct badge b;
	struct card c;
	struct err e;

	/* The whole UID as one decimal number. */
	assert_int_equal(badge_number(f->key, FORM_DEC, "1303689068602870", &c, &r, &e), 0);
	assert_int_equal(store_badge_add(f->tool, kim, BADGE_UNKNOWN_KIND, &r, TODAY, &b, &e), 0);
	tap(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge");
	assert_int_equal(newest(f).owner, kim);

	bool learn;
	enum badge_match how;
	struct card seen = card_of(KIM);
	badge_readings(f->key, &seen, &r);
	assert_int_equal(store_badge_match(f->store, &r, &how, &b, &learn, &e), 0);
	assert_int_equal(how, MATCH_OWNER);
	assert_false(learn);
}

static void
a_card_that_two_listed_numbers_fit_is_a_guest(void **state)
{
	struct fridge *f = *state;
	struct readings r;
	struct badge b;
	struct card c;
	struct err e;
	char number[24];

	/* The first and the last four bytes of one card. */
	snprintf(number, sizeof number, "%u", 0x04a1b2c3u);
	assert_int_equal(badge_number(f->key, FORM_DEC, number, &c, &r, &e), 0);
	assert_int_equal(store_badge_add(f->tool, add_owner(f, "Kim", NULL), BADGE_UNKNOWN_KIND,
	    &r, TODAY, &b, &e), 0);
	snprintf(number, sizeof number, "%u", 0xc3d4e5f6u);
	assert_int_equal(badge_number(f->key, FORM_DEC, number, &c, &r, &e), 0);
	assert_int_equal(store_badge_add(f->tool, add_owner(f, "Lee", NULL), BADGE_UNKNOWN_KIND,
	    &r, TODAY, &b, &e), 0);
	tap(f, KIM);
	expect(f, SIGNAL_NAME, true, "ambiguous badge");
	assert_int_equal(newest(f).owner, 0);
}

/* ---- several cards ---- */

static void
a_stranger_waits_for_a_known_badge_beside_it(void **state)
{
	struct fridge *f = *state;
	int64_t kim = add_owner(f, "Kim", KIM);

	card(f, STRANGER);
	pass(f, 240);
	expect_nothing(f);
	card(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge");
	pass(f, 1000);
	tap_gone(f->tap, f->now);
	expect_nothing(f);
	assert_int_equal(newest(f).owner, kim);
	assert_int_equal(labels(f), 1);
	assert_int_equal(unclaimed(f), 0);
}

static void
a_stranger_alone_gets_a_guest_label_after_a_quarter_of_a_second(void **state)
{
	struct fridge *f = *state;

	card(f, STRANGER);
	assert_true(tap_deadline(f->tap) == f->now + 250);
	pass(f, 250);
	expect(f, SIGNAL_NAME, true, "unknown badge");
	assert_int_equal(newest(f).owner, 0);
	assert_int_equal(unclaimed(f), 1);
}

static void
a_stranger_that_leaves_is_not_kept_waiting(void **state)
{
	struct fridge *f = *state;

	card(f, STRANGER);
	tap_gone(f->tap, f->now);
	expect(f, SIGNAL_NAME, true, "unknown badge");
	assert_true(tap_deadline(f->tap) == INT64_MAX);
}

static void
a_second_owners_badge_in_the_same_presence_gets_nothing(void **state)
{
	struct fridge *f = *state;
	int64_t kim = add_owner(f, "Kim", KIM);

	add_owner(f, "Lee", LEE);
	card(f, KIM);
	card(f, LEE);
	card(f, STRANGER);
	pass(f, 2000);
	card(f, LEE);
	expect(f, SIGNAL_OK, true, "known badge");
	expect_nothing(f);
	assert_int_equal(newest(f).owner, kim);
}

static void
two_strangers_at_once_get_one_guest_label(void **state)
{
	struct fridge *f = *state;

	card(f, STRANGER);
	card(f, PHONE);
	card(f, LEE);
	pass(f, 1000);
	expect(f, SIGNAL_NAME, true, "unknown badge");
	expect_nothing(f);
	assert_int_equal(labels(f), 1);
}

static void
a_badge_that_can_be_claimed_comes_before_the_phone_it_is_in(void **state)
{
	struct fridge *f = *state;

	card(f, PHONE);
	pass(f, 100);
	card(f, STRANGER);
	pass(f, 140);
	expect_nothing(f);
	pass(f, 10);
	expect(f, SIGNAL_NAME, true, "unknown badge");
	assert_int_equal(unclaimed(f), 1);
	assert_int_equal(labels(f), 1);
}

/* ---- strangers ---- */

static void
a_stranger_that_comes_again_is_one_unclaimed_badge(void **state)
{
	struct fridge *f = *state;

	for (int i = 0; i < 3; i++) {
		tap(f, STRANGER);
		expect(f, SIGNAL_NAME, true, "unknown badge");
		tap_printed(f->tap, newest(f).id);
		pass(f, 5000);
	}
	assert_int_equal(labels(f), 3);
	assert_int_equal(unclaimed(f), 1);
}

static void
a_random_number_is_never_stored(void **state)
{
	struct fridge *f = *state;

	tap(f, PHONE);
	expect(f, SIGNAL_NAME, true, "random number");
	tap(f, "01020304");
	expect(f, SIGNAL_NAME, true, "random number");
	assert_int_equal(labels(f), 2);
	assert_int_equal(newest(f).badge, 0);
	assert_int_equal(unclaimed(f), 0);
}

static void
a_revoked_badge_is_a_guest_and_cannot_be_claimed(void **state)
{
	struct fridge *f = *state;
	struct badge *all;
	struct err e;
	size_t n;

	add_owner(f, "Kim", KIM);
	assert_int_equal(store_badges(f->tool, 0, &all, &n, &e), 0);
	assert_int_equal(store_badge_revoke(f->tool, all[0].id, TODAY, &e), 0);
	free(all);
	tap(f, KIM);
	expect(f, SIGNAL_NAME, true, "revoked badge");
	assert_int_equal(newest(f).owner, 0);
	assert_int_equal(newest(f).badge, 0);
	assert_int_equal(unclaimed(f), 0);
}

/* ---- bursts ---- */

static void
more_labels_a_minute_than_allowed_are_a_fault(void **state)
{
	struct fridge *f = *state;

	f->config.label.burst_per_min = 3;
	f->config.reader.again_s = 0;
	add_owner(f, "Kim", KIM);
	add_owner(f, "Lee", LEE);
	for (int i = 0; i < 3; i++) {
		tap(f, KIM);
		expect(f, SIGNAL_OK, true, "known badge");
		tap_printed(f->tap, newest(f).id);
	}
	tap(f, KIM);
	expect(f, SIGNAL_FAULT, false, "burst");
	tap(f, LEE);
	expect(f, SIGNAL_OK, true, "known badge");
	pass(f, 54000);
	tap(f, KIM);
	expect(f, SIGNAL_FAULT, false, "burst");
	/* The first of the three is a minute old now. */
	pass(f, 200);
	tap(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge");
	assert_int_equal(labels(f), 5);
}

static void
a_burst_limit_of_zero_is_none(void **state)
{
	struct fridge *f = *state;

	f->config.reader.again_s = 0;
	add_owner(f, "Kim", KIM);
	for (int i = 0; i < 30; i++) {
		tap(f, KIM);
		expect(f, SIGNAL_OK, true, "known badge");
		tap_printed(f->tap, newest(f).id);
	}
}

static void
the_eleventh_nameless_label_in_ten_minutes_is_a_fault(void **state)
{
	struct fridge *f = *state;
	char uid[20];

	add_owner(f, "Kim", KIM);
	for (int i = 0; i < 10; i++) {
		snprintf(uid, sizeof uid, "0477777777770%d", i);
		tap(f, i % 2 == 0 ? uid : "08aabb01");
		tap_printed(f->tap, newest(f).id);
		pass(f, 9000);
		expect(f, SIGNAL_NAME, true, i % 2 == 0 ? "unknown badge" : "random number");
	}
	tap(f, STRANGER);
	expect(f, SIGNAL_FAULT, false, "nameless-burst");
	assert_int_equal(labels(f), 10);
	assert_int_equal(unclaimed(f), 5);
	tap(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge");
	pass(f, 500000);
	tap(f, STRANGER);
	expect(f, SIGNAL_NAME, true, "unknown badge");
}

/* ---- a store that does not take it ---- */

static int
hold_store(const struct fridge *f)
{
	char path[160];

	snprintf(path, sizeof path, "%s.wlock", f->path);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	return fd;
}

static void
a_locked_store_is_tried_for_800_ms_and_keeps_nothing(void **state)
{
	struct fridge *f = *state;

	add_owner(f, "Kim", KIM);
	int held = hold_store(f);
	card(f, KIM);
	pass(f, 790);
	expect_nothing(f);
	pass(f, 10);
	expect(f, SIGNAL_FAULT, false, "the store is locked");
	close(held);
	pass(f, 5000);
	expect_nothing(f);
	assert_int_equal(labels(f), 0);
	/* After a fault the badge may try again at once. */
	tap_gone(f->tap, f->now);
	card(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge");
	assert_int_equal(labels(f), 1);
}

static void
a_store_that_is_free_in_time_takes_one_label(void **state)
{
	struct fridge *f = *state;

	add_owner(f, "Kim", KIM);
	int held = hold_store(f);
	card(f, KIM);
	pass(f, 400);
	tap_gone(f->tap, f->now);
	pass(f, 300);
	expect_nothing(f);
	close(held);
	pass(f, 10);
	expect(f, SIGNAL_OK, true, "known badge");
	pass(f, 5000);
	expect_nothing(f);
	assert_int_equal(labels(f), 1);
}

static void
a_stranger_is_answered_within_a_second_though_the_store_is_locked(void **state)
{
	struct fridge *f = *state;
	int held = hold_store(f);

	card(f, STRANGER);
	pass(f, 800);
	expect(f, SIGNAL_FAULT, false, "the store is locked");
	close(held);
	assert_int_equal(labels(f), 0);
	assert_int_equal(unclaimed(f), 0);
}

static void
the_next_person_ends_the_wait_of_the_one_before(void **state)
{
	struct fridge *f = *state;
	int64_t lee = add_owner(f, "Lee", LEE);
	int held;

	add_owner(f, "Kim", KIM);
	held = hold_store(f);
	card(f, KIM);
	tap_gone(f->tap, f->now);
	pass(f, 300);
	card(f, LEE);
	expect(f, SIGNAL_FAULT, false, "the store is locked");
	close(held);
	pass(f, 10);
	expect(f, SIGNAL_OK, true, "known badge");
	assert_int_equal(newest(f).owner, lee);
	assert_int_equal(labels(f), 1);
}

static void
a_full_disk_is_a_fault_and_mends_by_itself(void **state)
{
	struct fridge *f = *state;
	struct rlimit before, none;

	add_owner(f, "Kim", KIM);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	none = before;
	none.rlim_cur = 1;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	card(f, KIM);
	pass(f, 800);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	expect(f, SIGNAL_FAULT, false, "the store cannot be used");
	tap_gone(f->tap, f->now);
	assert_int_equal(labels(f), 0);
	tap(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge");
	assert_int_equal(labels(f), 1);
}

/* ---- the clock ---- */

static void
a_doubted_clock_gives_blank_dates_to_fill_in(void **state)
{
	struct fridge *f = *state;

	add_owner(f, "Kim", KIM);
	f->today = DAY_NONE;
	tap(f, KIM);
	expect(f, SIGNAL_NAME, true, "known badge, no dates");
	struct label l = newest(f);
	assert_true(l.stored_on == DAY_NONE && l.expires_on == DAY_NONE);
	assert_false(l.clock_ok);
	tap(f, STRANGER);
	expect(f, SIGNAL_NAME, true, "unknown badge");
	assert_true(newest(f).expires_on == DAY_NONE);
}

/* ---- enrolment ---- */

static void
a_badge_that_an_enrolment_waits_for_gets_its_first_label(void **state)
{
	struct fridge *f = *state;
	int64_t kim = add_owner(f, "Kim", NULL);
	struct wait_answer a;
	struct wait w;
	struct err e;

	assert_int_equal(store_wait_begin(f->tool, kim, &w, &e), 0);
	card(f, KIM);
	expect(f, SIGNAL_OK, true, "enrolled");
	assert_int_equal(store_wait_look(f->tool, &w, &a, &e), 0);
	assert_int_equal(a.state, WAIT_TAPPED);
	assert_int_equal(a.label, newest(f).id);
	assert_int_equal(newest(f).owner, kim);
	assert_int_equal(a.kind, BADGE_ISO14443A);
	assert_int_equal(strlen(a.hint), 4);
	store_wait_end(f->tool, &w);
	tap_gone(f->tap, f->now);
	pass(f, 20000);
	tap(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge");
}

static void
tap_first_shows_the_card_and_makes_no_label(void **state)
{
	struct fridge *f = *state;
	struct wait_answer a;
	struct wait w;
	struct err e;

	assert_int_equal(store_wait_begin(f->tool, 0, &w, &e), 0);
	tap(f, KIM);
	expect(f, SIGNAL_OK, false, "shown for enrolment");
	assert_int_equal(store_wait_look(f->tool, &w, &a, &e), 0);
	assert_int_equal(a.state, WAIT_TAPPED);
	assert_true(a.badge != 0);
	assert_int_equal(labels(f), 0);
	store_wait_end(f->tool, &w);
}

static void
a_badge_that_is_taken_is_refused_and_printed_as_ever(void **state)
{
	struct fridge *f = *state;
	int64_t kim = add_owner(f, "Kim", KIM), lee = add_owner(f, "Lee", NULL);
	struct wait_answer a;
	struct wait w;
	struct err e;

	assert_int_equal(store_wait_begin(f->tool, lee, &w, &e), 0);
	tap(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge");
	expect_nothing(f);
	assert_int_equal(newest(f).owner, kim);
	assert_int_equal(store_wait_look(f->tool, &w, &a, &e), 0);
	assert_int_equal(a.state, WAIT_REFUSED);
	assert_non_null(strstr(a.why, "enrolled already"));
	store_wait_end(f->tool, &w);
}

static void
a_phone_cannot_be_enrolled_and_is_told_why(void **state)
{
	struct fridge *f = *state;
	int64_t kim = add_owner(f, "Kim", NULL);
	struct wait_answer a;
	struct wait w;
	struct err e;

	assert_int_equal(store_wait_begin(f->tool, kim, &w, &e), 0);
	tap(f, PHONE);
	expect(f, SIGNAL_NAME, true, "random number");
	assert_int_equal(store_wait_look(f->tool, &w, &a, &e), 0);
	assert_int_equal(a.state, WAIT_REFUSED);
	assert_true(a.why[0] != '\0');
	store_wait_end(f->tool, &w);
}

static void
a_wait_whose_program_has_gone_means_nothing(void **state)
{
	struct fridge *f = *state;
	int64_t kim = add_owner(f, "Kim", NULL);
	struct wait w;
	struct err e;

	assert_int_equal(store_wait_begin(f->tool, kim, &w, &e), 0);
	store_close(f->tool);		/* as if it had been killed */
	assert_int_equal(store_open(f->path, STORE_TOOL, &f->tool, &e), 0);
	tap(f, KIM);
	expect(f, SIGNAL_NAME, true, "unknown badge");
}

/* ---- restarts ---- */

static void
after_a_restart_the_newest_labels_badge_is_not_a_new_tap(void **state)
{
	struct fridge *f = *state;
	struct err e;

	add_owner(f, "Kim", KIM);
	add_owner(f, "Lee", LEE);
	tap(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge");
	int64_t print = newest(f).id;
	assert_int_equal(store_print_completed(f->store, print, &e), 0);
	tap_free(f->tap);
	begin_tapping(f);
	tap_resume(f->tap, f->now);
	pass(f, 3000);
	tap(f, KIM);
	expect(f, SIGNAL_OK, false, "still there after a restart");
	tap(f, LEE);
	expect(f, SIGNAL_OK, true, "known badge");
	pass(f, 1000);
	tap(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge");
}

static void
after_a_restart_a_label_still_on_its_way_is_waited_for(void **state)
{
	struct fridge *f = *state;

	add_owner(f, "Kim", KIM);
	tap(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge");
	tap_free(f->tap);
	begin_tapping(f);
	tap_resume(f->tap, f->now);
	pass(f, 7000);
	tap(f, KIM);
	expect(f, SIGNAL_OK, false, "still there after a restart");
	tap_printed(f->tap, newest(f).id);
	tap(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_known_badge_gets_its_label_at_once),
		TEST(an_owners_own_shelf_life_goes_before_the_fridges),
		TEST(a_badge_that_stays_gets_nothing_more),
		TEST(again_within_again_s_is_impatience),
		TEST(while_the_label_has_not_come_out_a_tap_is_impatience_for_ten_seconds),
		TEST(once_the_label_came_out_a_tap_is_for_another_thing),
		TEST(another_owners_impatience_is_its_own),
		TEST(a_number_from_a_list_is_learned_at_the_first_tap),
		TEST(a_card_that_two_listed_numbers_fit_is_a_guest),
		TEST(a_stranger_waits_for_a_known_badge_beside_it),
		TEST(a_stranger_alone_gets_a_guest_label_after_a_quarter_of_a_second),
		TEST(a_stranger_that_leaves_is_not_kept_waiting),
		TEST(a_second_owners_badge_in_the_same_presence_gets_nothing),
		TEST(two_strangers_at_once_get_one_guest_label),
		TEST(a_badge_that_can_be_claimed_comes_before_the_phone_it_is_in),
		TEST(a_stranger_that_comes_again_is_one_unclaimed_badge),
		TEST(a_random_number_is_never_stored),
		TEST(a_revoked_badge_is_a_guest_and_cannot_be_claimed),
		TEST(more_labels_a_minute_than_allowed_are_a_fault),
		TEST(a_burst_limit_of_zero_is_none),
		TEST(the_eleventh_nameless_label_in_ten_minutes_is_a_fault),
		TEST(a_locked_store_is_tried_for_800_ms_and_keeps_nothing),
		TEST(a_store_that_is_free_in_time_takes_one_label),
		TEST(a_stranger_is_answered_within_a_second_though_the_store_is_locked),
		TEST(the_next_person_ends_the_wait_of_the_one_before),
		TEST(a_full_disk_is_a_fault_and_mends_by_itself),
		TEST(a_doubted_clock_gives_blank_dates_to_fill_in),
		TEST(a_badge_that_an_enrolment_waits_for_gets_its_first_label),
		TEST(tap_first_shows_the_card_and_makes_no_label),
		TEST(a_badge_that_is_taken_is_refused_and_printed_as_ever),
		TEST(a_phone_cannot_be_enrolled_and_is_told_why),
		TEST(a_wait_whose_program_has_gone_means_nothing),
		TEST(after_a_restart_the_newest_labels_badge_is_not_a_new_tap),
		TEST(after_a_restart_a_label_still_on_its_way_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
