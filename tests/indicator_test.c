/* indicator_test.c - what lamps and buzzer show, and that nothing wakes up for it. */
#include "leds_world.h"

static void
at_start_all_is_dark_and_ready_for_the_first_signal(void **state)
{
	struct panel *p = *state;

	plug(p, "green", ALL);
	plug(p, "horn", ALL);
	begin(p, "green", "", "", "horn");
	WROTE(p, "green/brightness=0; green/trigger=oneshot; "
	    "horn/brightness=0; horn/trigger=pattern");
	NEVER(p);
}

static void
ok_is_one_beep_and_two_seconds_of_light(void **state)
{
	struct panel *p = *state;

	begin_all(p, ALL);
	signal_now(p, INDICATE_OK);
	WROTE(p, "ok/delay_on=2000; ok/delay_off=100; ok/shot=1; buzzer/repeat=1; "
	    "buzzer/pattern=100 120 100 0 0 120 0 0");
	NEVER(p);
}

static void
name_is_two_beeps_and_four_seconds_of_light(void **state)
{
	struct panel *p = *state;

	begin_all(p, ALL);
	signal_now(p, INDICATE_NAME);
	WROTE(p, "name/delay_on=4000; name/delay_off=100; name/shot=1; buzzer/repeat=2; "
	    "buzzer/pattern=100 120 100 0 0 120 0 0");
	NEVER(p);
}

static void
fault_is_one_long_beep_and_four_seconds_of_light(void **state)
{
	struct panel *p = *state;

	begin_all(p, ALL);
	signal_now(p, INDICATE_FAULT);
	WROTE(p, "fault/delay_on=4000; fault/delay_off=100; fault/shot=1; buzzer/repeat=1; "
	    "buzzer/pattern=100 900 100 0 0 100 0 0");
	NEVER(p);
}

static void
a_signal_while_the_last_one_shows_begins_anew(void **state)
{
	struct panel *p = *state;

	plug(p, "ok", ALL);
	begin(p, "ok", "", "", "");
	signal_now(p, INDICATE_OK);
	wrote(p);
	pass(p, 500);
	signal_now(p, INDICATE_OK);
	WROTE(p, "ok/brightness=0; ok/trigger=oneshot; ok/delay_on=2000; ok/delay_off=100; "
	    "ok/shot=1");
	/* And later it is simply shot again. */
	pass(p, 5000);
	signal_now(p, INDICATE_OK);
	WROTE(p, "ok/delay_on=2000; ok/delay_off=100; ok/shot=1");
}

static void
red_does_not_shine_beside_the_green_of_before(void **state)
{
	struct panel *p = *state;

	plug(p, "ok", ALL);
	plug(p, "fault", ALL);
	begin(p, "ok", "", "fault", "");
	signal_now(p, INDICATE_OK);
	wrote(p);
	pass(p, 300);
	signal_now(p, INDICATE_FAULT);
	WROTE(p, "ok/brightness=0; ok/trigger=oneshot; fault/delay_on=4000; "
	    "fault/delay_off=100; fault/shot=1");
	/* A green that went out by itself is left alone. */
	pass(p, 60000);
	signal_now(p, INDICATE_OK);
	wrote(p);
	pass(p, 60000);
	signal_now(p, INDICATE_FAULT);
	WROTE(p, "fault/delay_on=4000; fault/delay_off=100; fault/shot=1");
}

static void
broken_blinks_in_the_kernel_and_wakes_nobody(void **state)
{
	struct panel *p = *state;

	begin_all(p, ALL);
	indicator_broken(p->i, true, p->now);
	WROTE(p, "fault/trigger=timer; fault/delay_on=500; fault/delay_off=500");
	NEVER(p);
	indicator_broken(p->i, true, p->now);
	WROTE(p, "");
	assert_int_equal(pass(p, 3600000), 0);
	indicator_broken(p->i, false, p->now);
	WROTE(p, "fault/brightness=0; fault/trigger=oneshot");
	NEVER(p);
}

static void
a_signal_is_shown_over_the_blinking_which_then_goes_on(void **state)
{
	struct panel *p = *state;

	begin_all(p, ALL);
	indicator_broken(p->i, true, p->now);
	wrote(p);
	signal_now(p, INDICATE_FAULT);
	WROTE(p, "fault/trigger=oneshot; fault/delay_on=4000; fault/delay_off=100; fault/shot=1; "
	    "buzzer/repeat=1; buzzer/pattern=100 900 100 0 0 100 0 0");
	assert_int_equal(pass(p, 4000), 0);
	WROTE(p, "");
	assert_int_equal(pass(p, 200), 1);
	WROTE(p, "fault/trigger=timer; fault/delay_on=500; fault/delay_off=500");
	NEVER(p);
	/* Another lamp's signal does not touch it. */
	signal_now(p, INDICATE_OK);
	assert_null(strstr(wrote(p), "fault/"));
}

static void
mended_while_a_signal_shows_it_ends_with_the_signal(void **state)
{
	struct panel *p = *state;

	plug(p, "fault", ALL);
	begin(p, "", "", "fault", "");
	indicator_broken(p->i, true, p->now);
	signal_now(p, INDICATE_FAULT);
	wrote(p);
	indicator_broken(p->i, false, p->now);
	WROTE(p, "");
	NEVER(p);
	/* Broken again in time: it blinks when the signal is over. */
	indicator_broken(p->i, true, p->now);
	WROTE(p, "");
	assert_int_equal(pass(p, 5000), 1);
	WROTE(p, "fault/trigger=timer; fault/delay_on=500; fault/delay_off=500");
}

static void
armed_blinks_the_ok_lamp_and_broken_counts_more(void **state)
{
	struct panel *p = *state;

	plug(p, "one", ALL);
	begin(p, "one", "one", "one", "");
	wrote(p);
	indicator_armed(p->i, true, p->now);
	WROTE(p, "one/trigger=timer; one/delay_on=250; one/delay_off=250");
	indicator_broken(p->i, true, p->now);
	WROTE(p, "one/delay_on=500; one/delay_off=500");
	indicator_broken(p->i, false, p->now);
	WROTE(p, "one/delay_on=250; one/delay_off=250");
	indicator_armed(p->i, false, p->now);
	WROTE(p, "one/brightness=0; one/trigger=oneshot");
}

static void
the_later_of_two_signals_on_one_lamp_counts(void **state)
{
	struct panel *p = *state;

	plug(p, "one", ALL);
	begin(p, "one", "one", "one", "one");
	wrote(p);
	signal_now(p, INDICATE_OK);
	/* As a lamp, not as the buzzer that it also is. */
	WROTE(p, "one/delay_on=2000; one/delay_off=100; one/shot=1");
	signal_now(p, INDICATE_NAME);
	WROTE(p, "one/brightness=0; one/trigger=oneshot; one/delay_on=4000; one/delay_off=100; "
	    "one/shot=1");
}

static void
without_oneshot_a_pattern_lights_and_without_a_timer_it_blinks(void **state)
{
	struct panel *p = *state;

	plug(p, "ok", "none pattern");
	plug(p, "fault", "none pattern");
	begin(p, "ok", "", "fault", "");
	WROTE(p, "ok/brightness=0; ok/trigger=pattern; fault/brightness=0; fault/trigger=pattern");
	signal_now(p, INDICATE_OK);
	WROTE(p, "ok/repeat=1; ok/pattern=100 2000 100 0 0 100 0 0");
	indicator_broken(p->i, true, p->now);
	WROTE(p, "fault/repeat=-1; fault/pattern=100 500 100 0 0 500 0 0");
	assert_int_equal(pass(p, 60000), 0);
}

static void
without_any_trigger_our_own_timer_switches_and_then_rests(void **state)
{
	struct panel *p = *state;

	plug(p, "ok", "");
	plug(p, "buzzer", "none default-on");
	begin(p, "ok", "ok", "", "buzzer");
	WROTE(p, "ok/brightness=0; buzzer/brightness=0");
	signal_now(p, INDICATE_NAME);
	WROTE(p, "ok/brightness=100; buzzer/brightness=100");
	pass(p, 119);
	WROTE(p, "");
	pass(p, 1);
	WROTE(p, "buzzer/brightness=0");
	pass(p, 120);
	WROTE(p, "buzzer/brightness=100");
	pass(p, 120);
	WROTE(p, "buzzer/brightness=0");
	assert_int_equal(pass(p, 4000), 1);
	WROTE(p, "ok/brightness=0");
	NEVER(p);
	assert_int_equal(pass(p, 3600000), 0);
	WROTE(p, "");
}

static void
our_own_timer_blinks_until_it_is_mended(void **state)
{
	struct panel *p = *state;

	plug(p, "fault", "");
	begin(p, "", "", "fault", "");
	wrote(p);
	indicator_broken(p->i, true, p->now);
	WROTE(p, "fault/brightness=100");
	for (int n = 0; n < 10; n++) {
		assert_int_equal(pass(p, 500), 1);
		WROTE(p, n % 2 == 0 ? "fault/brightness=0" : "fault/brightness=100");
	}
	/* A whole signal over it, then on. */
	signal_now(p, INDICATE_FAULT);
	WROTE(p, "fault/brightness=100");
	assert_int_equal(pass(p, 3999), 0);
	assert_int_equal(pass(p, 1), 1);
	WROTE(p, "fault/brightness=0");
	assert_int_equal(pass(p, 100), 1);
	WROTE(p, "fault/brightness=100");
	indicator_broken(p->i, false, p->now);
	WROTE(p, "fault/brightness=0");
	NEVER(p);
}

static void
files_of_a_trigger_that_may_not_be_written_yet_are_done_without(void **state)
{
	struct panel *p = *state;

	/* They are there for root alone until udev has run: a folder stands for that. */
	plug(p, "ok", "none oneshot timer");
	plug(p, "fault", "none timer");
	unlink(in(p, "ok", "delay_on"));
	assert_int_equal(mkdir(in(p, "ok", "delay_on"), 0700), 0);
	unlink(in(p, "fault", "delay_on"));
	begin(p, "ok", "", "fault", "");
	wrote(p);
	signal_now(p, INDICATE_OK);
	WROTE(p, "ok/brightness=100");
	assert_int_equal(pass(p, 2000), 1);
	WROTE(p, "ok/brightness=0; ok/trigger=oneshot");
	pass(p, 1000);
	/* The timer blinks at its own pace, then. */
	indicator_broken(p->i, true, p->now);
	WROTE(p, "fault/trigger=timer");
	NEVER(p);
	/* As soon as they may be written, the kernel does it. */
	assert_int_equal(rmdir(in(p, "ok", "delay_on")), 0);
	fill(in(p, "ok", "delay_on"), "");
	forget_events(p);
	signal_now(p, INDICATE_OK);
	WROTE(p, "ok/delay_on=2000; ok/delay_off=100; ok/shot=1");
}

static void
a_lamp_that_is_not_there_is_told_once_and_used_when_it_is(void **state)
{
	struct panel *p = *state;

	plug(p, "ok", ALL);
	begin(p, "ok", "", "usb-red", "");
	wrote(p);
	for (int n = 0; n < 3; n++) {
		signal_now(p, INDICATE_FAULT);
		pass(p, 10000);
	}
	indicator_broken(p->i, true, p->now);
	NEVER(p);
	assert_int_equal(logged(p, "lamp usb-red is not there"), 1);
	assert_int_equal(logged(p, "plug it in"), 1);
	signal_now(p, INDICATE_OK);
	WROTE(p, "ok/delay_on=2000; ok/delay_off=100; ok/shot=1");
	plug(p, "usb-red", ALL);
	forget_events(p);
	signal_now(p, INDICATE_FAULT);
	assert_non_null(strstr(wrote(p), "usb-red/delay_on=4000; usb-red/delay_off=100; "
	    "usb-red/shot=1"));
	assert_int_equal(logged(p, "lamp usb-red: ok"), 1);
	/* And it blinks, as it should have all the time. */
	pass(p, 5000);
	assert_non_null(strstr(wrote(p), "usb-red/trigger=timer"));
}

static void
a_lamp_that_is_pulled_out_while_we_blink_it_wakes_nobody(void **state)
{
	struct panel *p = *state;

	plug(p, "fault", "");
	begin(p, "", "", "fault", "");
	indicator_broken(p->i, true, p->now);
	wrote(p);
	unplug(p, "fault");
	assert_int_equal(pass(p, 60000), 1);
	NEVER(p);
	assert_int_equal(logged(p, "lamp fault is not there"), 1);
	/* Back in, with what the kernel has for a new one. */
	plug(p, "fault", ALL);
	forget_events(p);
	signal_now(p, INDICATE_FAULT);
	assert_non_null(strstr(wrote(p), "fault/shot=1"));
}

static void
a_lamp_that_cannot_be_written_is_told_once_with_what_to_do(void **state)
{
	struct panel *p = *state;

	plug(p, "ok", "");
	/* Root may write everything but a folder. */
	unlink(in(p, "ok", "brightness"));
	assert_int_equal(mkdir(in(p, "ok", "brightness"), 0700), 0);
	begin(p, "ok", "", "", "");
	for (int n = 0; n < 3; n++) {
		signal_now(p, INDICATE_OK);
		NEVER(p);
		pass(p, 10000);
	}
	assert_int_equal(logged(p, "lamp ok cannot be switched"), 1);
	assert_int_equal(logged(p, "must be allowed to write"), 1);
}

static void
a_file_that_nobody_reads_holds_up_nothing(void **state)
{
	struct panel *p = *state;

	plug(p, "ok", "");
	unlink(in(p, "ok", "brightness"));
	assert_int_equal(mkfifo(in(p, "ok", "brightness"), 0600), 0);
	begin(p, "ok", "", "", "");
	signal_now(p, INDICATE_OK);
	NEVER(p);
}

static void
a_name_never_leads_out_of_the_folder(void **state)
{
	struct panel *p = *state;

	plug(p, "ok", "");
	plug(p, "name", "");
	begin(p, "../etc", "name/../ok", "..", ".");
	signal_now(p, INDICATE_OK);
	signal_now(p, INDICATE_NAME);
	signal_now(p, INDICATE_FAULT);
	WROTE(p, "");
	assert_int_equal(logged(p, "is no name of a lamp"), 4);
}

static void
nothing_breaks_where_no_lamp_is_set(void **state)
{
	struct panel *p = *state;

	begin(p, "", "", "", "");
	signal_now(p, INDICATE_OK);
	signal_now(p, INDICATE_FAULT);
	indicator_broken(p->i, true, p->now);
	indicator_armed(p->i, true, p->now);
	assert_int_equal(pass(p, 60000), 0);
	NEVER(p);
	assert_int_equal(logged(p, ""), 0);
}

static void
at_the_end_all_is_dark_and_nothing_blinks_on(void **state)
{
	struct panel *p = *state;

	begin_all(p, ALL);
	indicator_broken(p->i, true, p->now);
	signal_now(p, INDICATE_OK);
	wrote(p);
	indicator_free(p->i);
	p->i = NULL;
	WROTE(p, "ok/brightness=0; name/brightness=0; fault/brightness=0; buzzer/brightness=0");
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(at_start_all_is_dark_and_ready_for_the_first_signal),
		T(ok_is_one_beep_and_two_seconds_of_light),
		T(name_is_two_beeps_and_four_seconds_of_light),
		T(fault_is_one_long_beep_and_four_seconds_of_light),
		T(a_signal_while_the_last_one_shows_begins_anew),
		T(red_does_not_shine_beside_the_green_of_before),
		T(broken_blinks_in_the_kernel_and_wakes_nobody),
		T(a_signal_is_shown_over_the_blinking_which_then_goes_on),
		T(mended_while_a_signal_shows_it_ends_with_the_signal),
		T(armed_blinks_the_ok_lamp_and_broken_counts_more),
		T(the_later_of_two_signals_on_one_lamp_counts),
		T(without_oneshot_a_pattern_lights_and_without_a_timer_it_blinks),
		T(without_any_trigger_our_own_timer_switches_and_then_rests),
		T(our_own_timer_blinks_until_it_is_mended),
		T(files_of_a_trigger_that_may_not_be_written_yet_are_done_without),
		T(a_lamp_that_is_not_there_is_told_once_and_used_when_it_is),
		T(a_lamp_that_is_pulled_out_while_we_blink_it_wakes_nobody),
		T(a_lamp_that_cannot_be_written_is_told_once_with_what_to_do),
		T(a_file_that_nobody_reads_holds_up_nothing),
		T(a_name_never_leads_out_of_the_folder),
		T(nothing_breaks_where_no_lamp_is_set),
		T(at_the_end_all_is_dark_and_nothing_blinks_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
