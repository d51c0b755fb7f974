/* outbox_late_test.c - prints that are too late, and those that outlive a helper or a run */
#include "outbox_world.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

/* ---- too late ---- */

static void
a_print_that_waited_too_long_is_void_and_not_printed(void **state)
{
	struct desk *d = *state;

	queue_aged(d, 0, 121000);
	queue_aged(d, 0, 119000);
	outbox_kick(d->outbox, d->now);
	STATE(d, 1, "void");
	assert_string_equal(print_of(d, 1).reason, "waited longer than 120 s: tap again");
	HAS(d->line, "print id=2 ");
}

static void
one_that_the_printer_refuses_becomes_too_late_in_time(void **state)
{
	struct desk *d = *state;

	queue_aged(d, 0, 100000);
	outbox_kick(d->outbox, d->now);
	for (int i = 0; i < 30 && print_of(d, 1).state == PRINT_QUEUED; i++) {
		say(d, "refused id=1 retry=1 why=down");
		pass(d, 1000);
	}
	STATE(d, 1, "void");
	assert_in_range(d->now, 1020000 - 1000, 1022000);
}

static void
without_a_helper_a_print_becomes_too_late_in_time(void **state)
{
	struct desk *d = *state;

	outbox_helper_ended(d->outbox, d->now);
	queue_aged(d, 0, 100000);
	outbox_kick(d->outbox, d->now);
	pass(d, 19000);
	STATE(d, 1, "queued");
	pass(d, 1500);
	STATE(d, 1, "void");
	assert_int_equal(d->prints, 0);
}

static void
a_job_that_is_too_late_is_cancelled_and_its_end_waited_for(void **state)
{
	struct desk *d = *state;

	queue_aged(d, 0, 100000);
	outbox_kick(d->outbox, d->now);
	say(d, "job 8");
	pass(d, 19000);
	assert_int_equal(d->cancels, 0);
	pass(d, 1500);
	assert_int_equal(d->cancels, 1);
	assert_string_equal(d->line, "cancel 8 ");
	STATE(d, 1, "spooled");
	say(d, "state 8 canceled none");
	STATE(d, 1, "void");
	assert_int_equal(d->prints, 1);
}

static void
one_that_came_out_at_the_last_moment_is_completed(void **state)
{
	struct desk *d = *state;

	queue_aged(d, 0, 100000);
	outbox_kick(d->outbox, d->now);
	say(d, "job 8");
	pass(d, 20500);
	assert_int_equal(d->cancels, 1);
	say(d, "state 8 completed none");
	STATE(d, 1, "completed");
	assert_int_equal(d->completed, 1);
}

static void
a_job_that_cannot_be_cancelled_is_not_waited_for_for_ever(void **state)
{
	struct desk *d = *state;

	queue_aged(d, 0, 100000);
	outbox_kick(d->outbox, d->now);
	say(d, "job 8");
	pass(d, 36000);
	STATE(d, 1, "void");
}

/* ---- crashes ---- */

static void
a_helper_that_died_with_a_print_looks_for_its_job_first(void **state)
{
	struct desk *d = *state;

	queue(d);
	outbox_helper_ended(d->outbox, d->now);
	assert_int_equal(d->prints, 1);
	outbox_helper_started(d->outbox, d->now);
	assert_int_equal(d->prints, 2);
	HAS(d->line, " find=1 ");
	HAS(d->line, "-1-1 ");
	assert_int_equal(print_of(d, 1).attempts, 1);
}

static void
a_helper_that_died_with_a_job_finds_it_again(void **state)
{
	struct desk *d = *state;

	queue(d);
	say(d, "job 4");
	outbox_helper_ended(d->outbox, d->now);
	outbox_helper_started(d->outbox, d->now);
	HAS(d->line, " find=1 ");
	HAS(d->line, "-1-2 ");		/* should it have vanished */
	say(d, "job 4");
	assert_int_equal(print_of(d, 1).attempts, 1);
	say(d, "state 4 completed none");
	STATE(d, 1, "completed");
}

static void
a_run_that_was_killed_is_taken_up_where_it_was(void **state)
{
	struct desk *d = *state;

	/* Queued and never handed over. */
	d->deaf = true;
	queue(d);
	run_again(d);
	d->deaf = false;
	run_again(d);
	HAS(d->line, " find=1 ");
	/* Handed over. */
	run_again(d);
	HAS(d->line, " find=1 ");
	HAS(d->line, "-1-1 ");
	/* Spooled. */
	say(d, "job 4");
	run_again(d);
	HAS(d->line, " find=1 ");
	say(d, "job 4");
	say(d, "state 4 completed none");
	STATE(d, 1, "completed");
	assert_int_equal(print_of(d, 1).attempts, 1);
	run_again(d);
	assert_true(outbox_deadline(d->outbox) == INT64_MAX);
}

static void
a_new_job_for_one_that_vanished_over_a_restart_counts(void **state)
{
	struct desk *d = *state;

	queue(d);
	say(d, "job 4");
	run_again(d);
	say(d, "job 5");
	assert_int_equal(print_of(d, 1).attempts, 2);
	assert_int_equal(print_of(d, 1).job, 5);
	run_again(d);
	say(d, "job 6");
	assert_int_equal(print_of(d, 1).attempts, 3);
	/* Three were made: from now on it is only looked for. */
	run_again(d);
	HAS(d->line, " find=1 only=1 ");
	say(d, "refused id=1 retry=0 why=none");
	STATE(d, 1, "void");
}

static void
a_spooled_print_that_is_too_late_is_only_looked_for(void **state)
{
	struct desk *d = *state;

	queue_aged(d, 0, 100000);
	outbox_kick(d->outbox, d->now);
	say(d, "job 4");
	d->now += 200;
	d->config.printer.stale_after_s = 1;
	run_again(d);
	HAS(d->line, " find=1 only=1 ");
	STATE(d, 1, "spooled");
	say(d, "job 4");
	assert_string_equal(d->line, "cancel 4 ");
	say(d, "state 4 completed none");
	STATE(d, 1, "completed");
}

static void
a_late_print_whose_job_nobody_knows_is_void(void **state)
{
	struct desk *d = *state;

	queue_aged(d, 0, 100000);
	outbox_kick(d->outbox, d->now);
	say(d, "job 4");
	d->config.printer.stale_after_s = 1;
	run_again(d);
	say(d, "refused id=1 retry=0 why=no%%20such%%20job");
	STATE(d, 1, "void");
	HAS(print_of(d, 1).reason, "waited longer than 1 s");
}

static void
a_helper_without_an_answer_is_asked_again(void **state)
{
	struct desk *d = *state;

	d->config.printer.stale_after_s = 600;
	queue(d);
	pass(d, 44000);
	assert_int_equal(d->prints, 1);
	pass(d, 2000);
	assert_int_equal(d->prints, 2);
	HAS(d->line, " find=1 ");
}

static void
a_store_that_is_held_delays_a_step_and_loses_none(void **state)
{
	struct desk *d = *state;
	char path[160];

	queue(d);
	snprintf(path, sizeof path, "%s.wlock", d->path);
	int held = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(flock(held, LOCK_EX | LOCK_NB), 0);
	say(d, "job 4");
	say(d, "state 4 completed none");
	pass(d, 1000);
	STATE(d, 1, "queued");
	assert_int_equal(d->done, 0);
	close(held);
	pass(d, 50);
	STATE(d, 1, "completed");
	assert_int_equal(d->completed, 1);
	assert_int_equal(d->prints, 1);
}

static void
a_print_that_another_program_closed_is_let_go(void **state)
{
	struct desk *d = *state;
	struct err e;

	queue(d);
	queue(d);
	assert_int_equal(store_print_void(d->store, 1, "by hand", TODAY, &e), 0);
	say(d, "job 4");
	HAS(d->line, "print id=2 ");
	assert_string_equal(print_of(d, 1).reason, "by hand");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_print_that_waited_too_long_is_void_and_not_printed),
		TEST(one_that_the_printer_refuses_becomes_too_late_in_time),
		TEST(without_a_helper_a_print_becomes_too_late_in_time),
		TEST(a_job_that_is_too_late_is_cancelled_and_its_end_waited_for),
		TEST(one_that_came_out_at_the_last_moment_is_completed),
		TEST(a_job_that_cannot_be_cancelled_is_not_waited_for_for_ever),
		TEST(a_helper_that_died_with_a_print_looks_for_its_job_first),
		TEST(a_helper_that_died_with_a_job_finds_it_again),
		TEST(a_run_that_was_killed_is_taken_up_where_it_was),
		TEST(a_new_job_for_one_that_vanished_over_a_restart_counts),
		TEST(a_spooled_print_that_is_too_late_is_only_looked_for),
		TEST(a_late_print_whose_job_nobody_knows_is_void),
		TEST(a_helper_without_an_answer_is_asked_again),
		TEST(a_store_that_is_held_delays_a_step_and_loses_none),
		TEST(a_print_that_another_program_closed_is_let_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
