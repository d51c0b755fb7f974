/* alert_test.c - when somebody is told of a fault and in which words. The alert command
 * is a real one, the store a real file; time is what the tests say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../firmware/alert_impl.h"
#include "../firmware/config.h"
#include "../firmware/day.h"

#define MIN 60000
/* 2026-03-24 09:12:00 in Seoul */
#define MORNING 1774311120
#define PAPER "paper is out: put in a new roll"

struct office {
	char dir[64];
	char path[96];			/* of the store */
	struct config config;
	struct store *store;
	struct alert *alert;
	int64_t now_ms, now;		/* now is an instant at now_ms 0, too */
};

static int64_t
instant(const struct office *o)
{
	return o->now + o->now_ms / 1000;
}

static void
begin_run(struct office *o)
{
	o->alert = alert_new(o->store, &o->config, o->now_ms, instant(o));
	assert_non_null(o->alert);
}

/* A new run of the service; the monotonic clock may have begun anew. */
static void
run_again(struct office *o, int64_t ms)
{
	alert_free(o->alert);
	o->now_ms += ms;
	begin_run(o);
}

/* Each text is a line "[PART STATE NAME] TEXT" in the file told; with a file "fail"
 * the command fails. */
static int
setup(void **state)
{
	struct office *o = calloc(1, sizeof *o);
	struct err e;

	assert_non_null(o);
	assert_int_equal(day_zone("Asia/Seoul", &e), 0);
	snprintf(o->dir, sizeof o->dir, "/tmp/fridge-alert.XXXXXX");
	assert_non_null(mkdtemp(o->dir));
	setenv("DIR", o->dir, 1);
	snprintf(o->path, sizeof o->path, "%s/fridge.db", o->dir);
	assert_int_equal(store_open(o->path, STORE_DAEMON, &o->store, &e), 0);
	config_defaults(&o->config);
	snprintf(o->config.fridge.name, sizeof o->config.fridge.name, "3F pantry");
	snprintf(o->config.alert.command, sizeof o->config.alert.command,
	    "echo \"$FRIDGE_PART|$FRIDGE_STATE|$FRIDGE_NAME|$(cat)\" >>$DIR/told; [ ! -e $DIR/fail ]");
	o->config.alert.after_min = 10;
	o->now_ms = 5000000;
	o->now = MORNING - o->now_ms / 1000;
	begin_run(o);
	*state = o;
	return 0;
}

static int
teardown(void **state)
{
	struct office *o = *state;
	char command[96];

	alert_free(o->alert);
	store_close(o->store);
	snprintf(command, sizeof command, "rm -r %s", o->dir);
	assert_int_equal(system(command), 0);
	free(o);
	return 0;
}

static void
say(struct office *o, enum alert_part part, const char *text)
{
	alert_say(o->alert, part, text, o->now_ms);
}

/* Run what is due now; a command that was started is waited for. */
static void
turn(struct office *o)
{
	siginfo_t dead;

	alert_run(o->alert, o->now_ms, instant(o));
	while (waitid(P_ALL, 0, &dead, WEXITED | WNOWAIT) == 0) {
		alert_reap(o->alert, o->now_ms);
		alert_run(o->alert, o->now_ms, instant(o));
	}
}

/* Let time go by, serving the deadlines on the way as the loop does. Returns how often
 * it was woken. */
static int
pass(struct office *o, int64_t ms)
{
	int64_t until = o->now_ms + ms;
	int wakes = 0;

	turn(o);
	while (alert_deadline(o->alert) <= until) {
		assert_true(alert_deadline(o->alert) > o->now_ms);	/* or the loop would spin */
		o->now_ms = alert_deadline(o->alert);
		turn(o);
		wakes++;
	}
	o->now_ms = until;
	return wakes;
}

static const char *
told(const struct office *o)
{
	static char text[8192];
	char path[96];

	snprintf(path, sizeof path, "%s/told", o->dir);
	FILE *f = fopen(path, "r");
	size_t n = f != NULL ? fread(text, 1, sizeof text - 1, f) : 0;
	if (f != NULL)
		fclose(f);
	text[n] = '\0';
	return text;
}

static void
forget_told(const struct office *o)
{
	char path[96];

	snprintf(path, sizeof path, "%s/told", o->dir);
	unlink(path);
}

static void
let_fail(const struct office *o, bool fail)
{
	char path[96];

	snprintf(path, sizeof path, "%s/fail", o->dir);
	FILE *f = fail ? fopen(path, "w") : NULL;
	if (f != NULL)
		fclose(f);
	if (!fail)
		unlink(path);
}

#define TOLD(o, text) do { \
	assert_string_equal(told(o), text); \
	forget_told(o); \
} while (0)
#define NEVER(o) assert_true(alert_deadline((o)->alert) == INT64_MAX)
#define ALL_OK(o) do { \
	for (int part_ = 0; part_ < ALERT_PARTS; part_++) \
		say(o, (enum alert_part)part_, "ok"); \
} while (0)

/* ---- when ---- */

static void
a_fault_that_lasts_is_told_once_and_its_end_once(void **state)
{
	struct office *o = *state;

	ALL_OK(o);
	NEVER(o);
	say(o, ALERT_PRINTER, PAPER);
	pass(o, 10 * MIN - 1);
	TOLD(o, "");
	pass(o, 1);
	TOLD(o, "printer|fault|3F pantry|[3F pantry] No labels since 09:12: paper is out. "
	    "Put in a new roll; it continues by itself.\n");
	assert_int_equal(pass(o, 25 * MIN), 0);
	say(o, ALERT_PRINTER, "ok");
	pass(o, MIN);
	TOLD(o, "printer|ok|3F pantry|[3F pantry] Labels come out again since 09:47, after "
	    "35 minutes: paper was out.\n");
	NEVER(o);
	pass(o, 600 * MIN);
	TOLD(o, "");
}

static void
a_fault_whose_words_change_is_one(void **state)
{
	struct office *o = *state;

	say(o, ALERT_PRINTER, "the printer is not answering: check its power and cable");
	pass(o, 5 * MIN);
	say(o, ALERT_PRINTER, "the cover is open: close it");
	pass(o, 5 * MIN);
	TOLD(o, "printer|fault|3F pantry|[3F pantry] No labels since 09:12: the cover is open. "
	    "Close it; it continues by itself.\n");
	say(o, ALERT_PRINTER, PAPER);
	pass(o, 60 * MIN);
	TOLD(o, "");
	say(o, ALERT_PRINTER, "ok");
	pass(o, MIN);
	/* The end names what was told: the two texts belong together. */
	TOLD(o, "printer|ok|3F pantry|[3F pantry] Labels come out again since 10:22, after "
	    "70 minutes: the cover was open.\n");
}

static void
a_short_fault_is_told_to_nobody(void **state)
{
	struct office *o = *state;

	for (int n = 0; n < 5; n++) {
		say(o, ALERT_PRINTER, PAPER);
		pass(o, 9 * MIN);
		say(o, ALERT_PRINTER, "ok");
		pass(o, MIN);
	}
	TOLD(o, "");
	NEVER(o);
}

static void
told_at_once_still_means_after_five_seconds(void **state)
{
	struct office *o = *state;

	o->config.alert.after_min = 0;
	say(o, ALERT_READER, "the reader was unplugged (try: plug it in again)");
	pass(o, 4999);
	TOLD(o, "");
	say(o, ALERT_READER, "ok");
	pass(o, MIN);
	TOLD(o, "");
	say(o, ALERT_READER, "the reader was unplugged (try: plug it in again)");
	pass(o, 5000);
	TOLD(o, "reader|fault|3F pantry|[3F pantry] No badge is read since 09:13: the reader was "
	    "unplugged. Plug it in again; it continues by itself.\n");
}

static void
a_fault_that_flaps_is_not_told_again_and_again(void **state)
{
	struct office *o = *state;

	o->config.alert.after_min = 0;
	say(o, ALERT_PRINTER, PAPER);
	pass(o, 10000);
	forget_told(o);
	/* Away for less than a moment: it was never gone. */
	for (int n = 0; n < 20; n++) {
		say(o, ALERT_PRINTER, "ok");
		pass(o, 4000);
		say(o, ALERT_PRINTER, PAPER);
		pass(o, 4000);
	}
	TOLD(o, "");
	/* Away for longer: its end is told, and then not each of its returns. */
	for (int n = 0; n < 20; n++) {
		say(o, ALERT_PRINTER, "ok");
		pass(o, 10000);
		say(o, ALERT_PRINTER, PAPER);
		pass(o, 10000);
	}
	TOLD(o, "printer|ok|3F pantry|[3F pantry] Labels come out again since 09:14, after "
	    "2 minutes: paper was out.\n");
	/* But if it stays, it is. */
	pass(o, MIN);
	assert_non_null(strstr(told(o), "printer|fault|"));
}

static void
a_fault_that_comes_back_must_last_again(void **state)
{
	struct office *o = *state;

	say(o, ALERT_PRINTER, PAPER);
	pass(o, 12 * MIN);
	say(o, ALERT_PRINTER, "ok");
	pass(o, 2 * MIN);
	forget_told(o);
	say(o, ALERT_PRINTER, PAPER);
	pass(o, 10 * MIN - 1);
	TOLD(o, "");
	pass(o, 1);
	TOLD(o, "printer|fault|3F pantry|[3F pantry] No labels since 09:26: paper is out. "
	    "Put in a new roll; it continues by itself.\n");
}

static void
several_faults_of_one_moment_are_one_text(void **state)
{
	struct office *o = *state;

	say(o, ALERT_PRINTER, "CUPS is not running: run: sudo systemctl start cups");
	pass(o, 20000);
	say(o, ALERT_READER, "the reader was unplugged (try: plug it in again)");
	pass(o, 5 * MIN);
	say(o, ALERT_STORE, "cannot write: the disk is full: try: make room");
	pass(o, 5 * MIN);
	TOLD(o, "reader printer|fault|3F pantry|[3F pantry] No badge is read since 09:12: the "
	    "reader was unplugged. Plug it in again; it continues by itself. No labels since "
	    "09:12: CUPS is not running. Run \"sudo systemctl start cups\"; it continues by itself.\n");
	pass(o, 5 * MIN);
	TOLD(o, "store|fault|3F pantry|[3F pantry] No label can be kept since 09:17: cannot write: "
	    "the disk is full. Make room; it continues by itself.\n");
	ALL_OK(o);
	pass(o, MIN);
	TOLD(o, "reader printer store|ok|3F pantry|[3F pantry] Badges are read again since 09:27, "
	    "after 15 minutes: the reader was unplugged. Labels come out again since 09:27, after "
	    "15 minutes: CUPS was not running. Labels are kept again since 09:27, after 10 minutes: "
	    "cannot write: the disk was full.\n");
}

static void
what_is_not_known_is_neither_a_fault_nor_its_end(void **state)
{
	struct office *o = *state;

	say(o, ALERT_PRINTER, NULL);
	pass(o, 60 * MIN);
	TOLD(o, "");
	say(o, ALERT_PRINTER, PAPER);
	pass(o, 5 * MIN);
	say(o, ALERT_PRINTER, NULL);
	pass(o, 5 * MIN);
	assert_non_null(strstr(told(o), "|fault|"));
	forget_told(o);
	say(o, ALERT_PRINTER, NULL);
	pass(o, 60 * MIN);
	TOLD(o, "");
}

static void
without_a_command_nothing_is_kept_and_nobody_wakes(void **state)
{
	struct office *o = *state;
	struct alert_note note;
	struct err e;

	o->config.alert.command[0] = '\0';
	say(o, ALERT_PRINTER, PAPER);
	NEVER(o);
	assert_int_equal(pass(o, 60 * MIN), 0);
	assert_int_equal(store_alert_get(o->store, "printer", &note, &e), 0);
	assert_int_equal(note.since, 0);
}

static void
a_command_that_fails_is_tried_once_a_minute_with_the_words_of_then(void **state)
{
	struct office *o = *state;

	let_fail(o, true);
	say(o, ALERT_PRINTER, PAPER);
	pass(o, 10 * MIN);
	assert_non_null(strstr(told(o), "paper is out"));
	forget_told(o);
	pass(o, MIN - 1);
	TOLD(o, "");
	say(o, ALERT_PRINTER, "the cover is open: close it");
	pass(o, 1);
	assert_non_null(strstr(told(o), "the cover is open"));
	forget_told(o);
	let_fail(o, false);
	pass(o, MIN);
	assert_non_null(strstr(told(o), "the cover is open"));
	forget_told(o);
	pass(o, 60 * MIN);
	TOLD(o, "");
}

static void
a_fault_that_ends_before_it_could_be_told_is_not(void **state)
{
	struct office *o = *state;

	let_fail(o, true);
	say(o, ALERT_PRINTER, PAPER);
	pass(o, 11 * MIN);
	forget_told(o);
	say(o, ALERT_PRINTER, "ok");
	let_fail(o, false);
	pass(o, 60 * MIN);
	TOLD(o, "");
	NEVER(o);
}

/* ---- over restarts ---- */

static void
a_restart_tells_nothing_twice_and_the_next_run_tells_the_end(void **state)
{
	struct office *o = *state;

	say(o, ALERT_PRINTER, PAPER);
	pass(o, 10 * MIN);
	forget_told(o);
	for (int n = 0; n < 3; n++) {
		run_again(o, 2 * MIN);
		say(o, ALERT_PRINTER, NULL);
		pass(o, MIN);
		say(o, ALERT_PRINTER, "the printer is not answering: check its power and cable");
		pass(o, 2 * MIN);
	}
	TOLD(o, "");
	run_again(o, 0);
	say(o, ALERT_PRINTER, "ok");
	pass(o, MIN);
	TOLD(o, "printer|ok|3F pantry|[3F pantry] Labels come out again since 09:37, after "
	    "25 minutes: paper was out.\n");
	run_again(o, MIN);
	ALL_OK(o);
	NEVER(o);
	pass(o, 60 * MIN);
	TOLD(o, "");
}

static void
restarts_again_and_again_do_not_hide_a_fault(void **state)
{
	struct office *o = *state;

	for (int n = 0; n < 9; n++) {
		say(o, ALERT_PRINTER, PAPER);
		pass(o, MIN);
		TOLD(o, "");
		run_again(o, 1000);
	}
	say(o, ALERT_PRINTER, PAPER);
	pass(o, 51000);
	TOLD(o, "printer|fault|3F pantry|[3F pantry] No labels since 09:12: paper is out. "
	    "Put in a new roll; it continues by itself.\n");
}

static void
a_fault_that_ended_while_nobody_ran_is_forgotten_or_ended(void **state)
{
	struct office *o = *state;

	say(o, ALERT_PRINTER, PAPER);
	say(o, ALERT_READER, "the reader was unplugged (try: plug it in again)");
	pass(o, MIN);
	run_again(o, 60 * MIN);
	/* Nothing is told of what is not known in this run, and nothing is owed. */
	say(o, ALERT_PRINTER, NULL);
	pass(o, MIN);
	TOLD(o, "");
	ALL_OK(o);
	pass(o, 60 * MIN);
	TOLD(o, "");
	run_again(o, 0);
	say(o, ALERT_PRINTER, PAPER);
	pass(o, 9 * MIN);
	TOLD(o, "");
}

/* The board woke up in the year before, and a time server set it right. */
static void
a_note_by_a_doubted_clock_is_put_right_when_the_time_is_known(void **state)
{
	struct office *o = *state;
	struct alert_note note;
	struct err e;

	o->now -= 300 * 86400;
	say(o, ALERT_CLOCK, "the clock is not synchronized yet");
	say(o, ALERT_PRINTER, PAPER);
	pass(o, 2 * MIN);
	assert_int_equal(store_alert_get(o->store, "printer", &note, &e), 0);
	assert_true(note.since < MORNING - 299 * 86400LL);
	o->now += 300 * 86400;
	say(o, ALERT_CLOCK, "ok");
	pass(o, MIN);
	assert_int_equal(store_alert_get(o->store, "printer", &note, &e), 0);
	assert_in_range(note.since, MORNING - 1, MORNING + 1);
	/* The next run counts from then. */
	run_again(o, MIN);
	say(o, ALERT_PRINTER, PAPER);
	pass(o, 6 * MIN - 1);
	TOLD(o, "");
	pass(o, 1);
	TOLD(o, "printer|fault|3F pantry|[3F pantry] No labels since 09:12: paper is out. "
	    "Put in a new roll; it continues by itself.\n");
}

static void
a_store_that_takes_no_note_does_not_keep_us_from_telling(void **state)
{
	struct office *o = *state;
	char command[400];

	/* Somebody holds the lock of all writers. */
	snprintf(command, sizeof command, "exec 9>>%s.wlock; flock -x 9; echo >%s/held; "
	    "while [ ! -e %s/done ]; do sleep 0.02; done", o->path, o->dir, o->dir);
	FILE *holder = popen(command, "r");
	assert_non_null(holder);
	snprintf(command, sizeof command, "while [ ! -e %s/held ]; do sleep 0.02; done", o->dir);
	assert_int_equal(system(command), 0);
	say(o, ALERT_STORE, "the disk is full: make room");
	/* Without waiting for children here: the holder is one. */
	o->now_ms += 10 * MIN;
	alert_run(o->alert, o->now_ms, instant(o));
	snprintf(command, sizeof command, "while [ ! -s %s/told ]; do sleep 0.02; done", o->dir);
	assert_int_equal(system(command), 0);
	assert_true(alert_deadline(o->alert) > o->now_ms);
	snprintf(command, sizeof command, "echo >%s/done", o->dir);
	assert_int_equal(system(command), 0);
	pclose(holder);
	forget_told(o);
	pass(o, MIN);
	run_again(o, 0);
	say(o, ALERT_STORE, "the disk is full: make room");
	pass(o, MIN);
	TOLD(o, "");
}

/* ---- in which words ---- */

static void
a_fault_of_another_day_is_told_with_its_day(void **state)
{
	struct office *o = *state;

	o->now += 14 * 3600 + 43 * 60;		/* 23:55 */
	say(o, ALERT_PRINTER, PAPER);
	pass(o, 10 * MIN);
	TOLD(o, "printer|fault|3F pantry|[3F pantry] No labels since Tue 24 Mar, 23:55: paper is "
	    "out. Put in a new roll; it continues by itself.\n");
	say(o, ALERT_PRINTER, "ok");
	pass(o, MIN);
	TOLD(o, "printer|ok|3F pantry|[3F pantry] Labels come out again since 00:05, after "
	    "10 minutes: paper was out.\n");
}

static void
the_fridges_zone_counts(void **state)
{
	struct office *o = *state;
	struct err e;

	assert_int_equal(day_zone("Europe/Berlin", &e), 0);
	say(o, ALERT_PRINTER, PAPER);
	pass(o, 10 * MIN);
	assert_non_null(strstr(told(o), "since 01:12:"));
}

static void
a_clock_that_is_set_moves_the_beginning_with_it(void **state)
{
	struct office *o = *state;

	say(o, ALERT_PRINTER, PAPER);
	pass(o, 5 * MIN);
	o->now += 3600;
	pass(o, 5 * MIN);
	assert_non_null(strstr(told(o), "since 10:12:"));
}

static void
by_a_doubted_clock_only_the_duration_is_told(void **state)
{
	struct office *o = *state;

	say(o, ALERT_CLOCK, "the clock says 1970; set it");
	say(o, ALERT_PRINTER, PAPER);
	pass(o, 10 * MIN);
	TOLD(o, "printer clock|fault|3F pantry|[3F pantry] No labels for 10 minutes: paper is "
	    "out. Put in a new roll; it continues by itself. Labels have no dates for 10 minutes: "
	    "the clock says 1970; set it. Once that is mended it continues by itself.\n");
	say(o, ALERT_PRINTER, "ok");
	pass(o, MIN);
	TOLD(o, "printer|ok|3F pantry|[3F pantry] Labels come out again, after 10 minutes: paper "
	    "was out.\n");
}

static void
every_trouble_makes_a_sentence(void **state)
{
	static const struct {
		const char *trouble, *fault, *end;
	} CASES[] = {
		{ "the printer reports an error: out-of-coffee",
		    "the printer reports an error: out-of-coffee. Once that is mended it continues "
		    "by itself.", "the printer reported an error: out-of-coffee." },
		{ "the printer reports an error: fuser-hot: look at its display",
		    "the printer reports an error: fuser-hot. Look at its display; it continues by "
		    "itself.", "the printer reported an error: fuser-hot." },
		{ "a part of the printer's driver has wrong permissions",
		    "a part of the printer's driver has wrong permissions. Once that is mended it "
		    "continues by itself.", "a part of the printer's driver had wrong permissions." },
		{ "there is no print queue label: run: sudo fridgectl setup",
		    "there is no print queue label. Run \"sudo fridgectl setup\"; it continues by "
		    "itself.",
		    "there was no print queue label." },
		{ "wrong labels: put in the roll that the queue is set up for",
		    "wrong labels. Put in the roll that the queue is set up for; it continues by "
		    "itself.", "wrong labels." },
		{ "wrong labels: 29x90 mm is in the printer, 62x29 mm is expected: put in 62x29 mm "
		    "labels", "wrong labels: 29x90 mm is in the printer, 62x29 mm is expected. Put in "
		    "62x29 mm labels; it continues by itself.",
		    "wrong labels: 29x90 mm was in the printer, 62x29 mm is expected." },
		{ "CUPS does not let us in: check <Location> and <Policy> in /etc/cups/cupsd.conf",
		    "CUPS does not let us in. Check <Location> and <Policy> in /etc/cups/cupsd.conf; "
		    "it continues by itself.", "CUPS did not let us in." },
		{ "the kernel's own driver pn533_usb holds the reader (try: sudo modprobe -r pn533_usb)",
		    "the kernel's own driver pn533_usb holds the reader. Try \"sudo modprobe -r "
		    "pn533_usb\"; it continues by itself.",
		    "the kernel's own driver pn533_usb held the reader." },
		{ "/dev/ttyAMA0 does not exist (try: plug the reader in, or correct [reader] device)",
		    "/dev/ttyAMA0 does not exist. Plug the reader in, or correct [reader] device; it "
		    "continues by itself.", "/dev/ttyAMA0 did not exist." },
		{ "it ended with status 1", "it ended with status 1. Once that is mended it "
		    "continues by itself.", "it ended with status 1." },
		{ ": close it", ": close it. Once that is mended it continues by itself.",
		    ": close it." },
	};
	struct alert_span t = {
		.began = MORNING, .ended = MORNING + 60, .lasted_s = 60, .clock_ok = true,
	};
	char text[ALERT_SENTENCE], want[ALERT_SENTENCE];

	(void)state;
	for (size_t n = 0; n < sizeof CASES / sizeof CASES[0]; n++) {
		alert_fault_text(ALERT_PRINTER, CASES[n].trouble, &t, text);
		snprintf(want, sizeof want, "No labels since 09:12: %s", CASES[n].fault);
		assert_string_equal(text, want);
		alert_end_text(ALERT_PRINTER, CASES[n].trouble, &t, MORNING + 60, text);
		snprintf(want, sizeof want, "Labels come out again since 09:13, after 1 minute: %s",
		    CASES[n].end);
		assert_string_equal(text, want);
	}
}

static void
the_longest_trouble_is_cut_and_never_runs_over(void **state)
{
	struct office *o = *state;
	char trouble[1000];

	memset(trouble, 'x', sizeof trouble - 1);
	trouble[sizeof trouble - 1] = '\0';
	for (size_t n = 0; n < sizeof trouble - 20; n += 7) {
		memcpy(trouble + n, " is: put in", 11);
		for (int part = 0; part < ALERT_PARTS; part++)
			say(o, (enum alert_part)part, trouble);
	}
	memset(o->config.fridge.name, 'n', sizeof o->config.fridge.name - 1);
	pass(o, 10 * MIN);
	assert_non_null(strstr(told(o), "|fault|nnn"));
	forget_told(o);
	ALL_OK(o);
	pass(o, 3 * 1440 * MIN);
	assert_non_null(strstr(told(o), "|ok|nnn"));
}

static void
durations_are_in_the_unit_that_people_use(void **state)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} CASES[] = {
		{ -5, "after 0 seconds:" }, { 1, "after 1 second:" }, { 59, "after 59 seconds:" },
		{ 60, "after 1 minute:" }, { 7199, "after 119 minutes:" }, { 7200, "after 2 hours:" },
		{ 172799, "after 47 hours:" }, { 172800, "after 2 days:" },
	};
	char text[ALERT_SENTENCE];

	(void)state;
	for (size_t n = 0; n < sizeof CASES / sizeof CASES[0]; n++) {
		struct alert_span t = { .lasted_s = CASES[n].seconds };
		alert_end_text(ALERT_READER, PAPER, &t, MORNING, text);
		assert_non_null(strstr(text, CASES[n].text));
	}
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_fault_that_lasts_is_told_once_and_its_end_once),
		T(a_fault_whose_words_change_is_one),
		T(a_short_fault_is_told_to_nobody),
		T(told_at_once_still_means_after_five_seconds),
		T(a_fault_that_flaps_is_not_told_again_and_again),
		T(a_fault_that_comes_back_must_last_again),
		T(several_faults_of_one_moment_are_one_text),
		T(what_is_not_known_is_neither_a_fault_nor_its_end),
		T(without_a_command_nothing_is_kept_and_nobody_wakes),
		T(a_command_that_fails_is_tried_once_a_minute_with_the_words_of_then),
		T(a_fault_that_ends_before_it_could_be_told_is_not),
		T(a_restart_tells_nothing_twice_and_the_next_run_tells_the_end),
		T(restarts_again_and_again_do_not_hide_a_fault),
		T(a_fault_that_ended_while_nobody_ran_is_forgotten_or_ended),
		T(a_note_by_a_doubted_clock_is_put_right_when_the_time_is_known),
		T(a_store_that_takes_no_note_does_not_keep_us_from_telling),
		T(a_fault_of_another_day_is_told_with_its_day),
		T(the_fridges_zone_counts),
		T(a_clock_that_is_set_moves_the_beginning_with_it),
		T(by_a_doubted_clock_only_the_duration_is_told),
		T(every_trouble_makes_a_sentence),
		T(the_longest_trouble_is_cut_and_never_runs_over),
		T(durations_are_in_the_unit_that_people_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
