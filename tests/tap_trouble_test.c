/* tap_trouble_test.c - bursts, a store that does not take it, a doubted clock, restarts */
#include "tap_world.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

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
	char uid[32];

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
		TEST(more_labels_a_minute_than_allowed_are_a_fault),
		TEST(a_burst_limit_of_zero_is_none),
		TEST(the_eleventh_nameless_label_in_ten_minutes_is_a_fault),
		TEST(a_locked_store_is_tried_for_800_ms_and_keeps_nothing),
		TEST(a_store_that_is_free_in_time_takes_one_label),
		TEST(a_stranger_is_answered_within_a_second_though_the_store_is_locked),
		TEST(the_next_person_ends_the_wait_of_the_one_before),
		TEST(a_full_disk_is_a_fault_and_mends_by_itself),
		TEST(a_doubted_clock_gives_blank_dates_to_fill_in),
		TEST(after_a_restart_the_newest_labels_badge_is_not_a_new_tap),
		TEST(after_a_restart_a_label_still_on_its_way_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
