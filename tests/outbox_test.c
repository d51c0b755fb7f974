/* outbox_test.c - prints on their way, with a printer helper that is a list of the
 * lines it got. Time is a number that the tests count up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "../firmware/outbox.h"

#define TODAY 20600

struct desk {
	char folder[64];
	char path[128];
	struct config config;
	struct store *store;
	struct outbox *outbox;
	int64_t now;
	bool deaf;			/* the helper takes no line */
	char line[PROTO_LINE];		/* the last one it got */
	char setup[PROTO_LINE];
	int prints, cancels;		/* lines it got */
	int done, completed;		/* on_done calls */
	int64_t done_label;
	enum printer_health health;
	char printer[256];
};

static int
send_line(void *arg, const char *line)
{
	struct desk *d = arg;

	if (d->deaf)
		return -1;
	if (strncmp(line, "setup ", 6) == 0) {
		snprintf(d->setup, sizeof d->setup, "%s", line);
		return 0;
	}
	snprintf(d->line, sizeof d->line, "%s ", line);
	d->prints += strncmp(line, "print ", 6) == 0;
	d->cancels += strncmp(line, "cancel ", 7) == 0;
	return 0;
}

static day_t
today(void *arg)
{
	(void)arg;
	return TODAY;
}

static void
on_done(void *arg, int64_t label, bool completed)
{
	struct desk *d = arg;

	d->done++;
	d->completed += completed;
	d->done_label = label;
}

static void
on_printer(void *arg, enum printer_health health, const char *text)
{
	struct desk *d = arg;

	d->health = health;
	snprintf(d->printer, sizeof d->printer, "%s", text);
}

/* A new run of fridged (its helper starts too). */
static void
begin_run(struct desk *d)
{
	struct outbox_world w = {
		.store = d->store, .config = &d->config, .send = send_line, .today = today,
		.on_done = on_done, .on_printer = on_printer, .arg = d,
	};

	d->outbox = outbox_new(&w);
	outbox_helper_started(d->outbox, d->now);
}

static void
run_again(struct desk *d)
{
	outbox_free(d->outbox);
	begin_run(d);
}

static int
setup(void **state)
{
	struct desk *d = calloc(1, sizeof *d);
	struct err e;

	assert_non_null(d);
	snprintf(d->folder, sizeof d->folder, "%s/outbox.XXXXXX",
	    getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(d->folder));
	snprintf(d->path, sizeof d->path, "%s/fridge.db", d->folder);
	assert_int_equal(store_open(d->path, STORE_DAEMON, &d->store, &e), 0);
	config_defaults(&d->config);
	snprintf(d->config.fridge.code, sizeof d->config.fridge.code, "F3");
	snprintf(d->config.printer.queue, sizeof d->config.printer.queue, "label");
	d->now = 1000000;
	begin_run(d);
	*state = d;
	return 0;
}

static int
teardown(void **state)
{
	struct desk *d = *state;
	char command[160];

	outbox_free(d->outbox);
	store_close(d->store);
	snprintf(command, sizeof command, "rm -r %s", d->folder);
	assert_int_equal(system(command), 0);
	free(d);
	return 0;
}

/* The helper says a line. */
static void __attribute__((format(printf, 2, 3)))
say(struct desk *d, const char *fmt, ...)
{
	struct proto_parts parts;
	char text[PROTO_LINE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	assert_int_equal(proto_parse(text, &parts), 0);
	outbox_line(d->outbox, &parts, d->now);
}

/* Let time go by, serving the deadlines on the way as the loop does. */
static void
pass(struct desk *d, int64_t ms)
{
	int64_t until = d->now + ms;

	while (outbox_deadline(d->outbox) <= until) {
		if (outbox_deadline(d->outbox) > d->now)
			d->now = outbox_deadline(d->outbox);
		outbox_run(d->outbox, d->now);
		assert_true(outbox_deadline(d->outbox) > d->now);	/* or the loop would spin */
	}
	d->now = until;
}

/* Queue a label's first print, as a tap does; age_ms ago. */
static int64_t
queue_aged(struct desk *d, int64_t owner, int64_t age_ms)
{
	char boot[BOOT_ID_SIZE];
	struct label_new l = {
		.owner = owner, .title = "", .template = "", .place = PLACE_DEFAULT,
		.stored_on = TODAY, .expires_on = TODAY + 7, .shelf = { .days = 7 },
		.copies = 1, .now = time(NULL) - age_ms / 1000, .today = TODAY,
		.boot_id = boot, .boot_ms = clock_boot_ms() - age_ms,
	};
	struct label made;
	struct err e;

	clock_boot_id(boot);
	assert_int_equal(store_label_add(d->store, &l, &made, &e), 0);
	return made.id;
}

static int64_t
queue(struct desk *d)
{
	int64_t label = queue_aged(d, 0, 0);

	outbox_kick(d->outbox, d->now);
	return label;
}

static struct print
print_of(struct desk *d, int64_t id)
{
	struct print p;
	struct err e;

	assert_int_equal(store_print_get(d->store, id, &p, &e), 1);
	return p;
}

#define STATE(d, id, s) assert_string_equal(print_state_text(print_of(d, id).state), s)
#define HAS(text, part) assert_non_null(strstr(text, part))
#define LACKS(text, part) assert_null(strstr(text, part))

/* ---- the straight way ---- */

static void
a_queued_print_becomes_a_job_and_is_completed(void **state)
{
	struct desk *d = *state;
	int64_t label = queue(d);

	assert_int_equal(d->prints, 1);
	HAS(d->line, "print id=1 ");
	HAS(d->line, " find=0 ");
	HAS(d->line, store_id(d->store));
	HAS(d->line, "-1-1 ");
	LACKS(d->line, " only=");
	assert_int_equal(print_of(d, 1).attempts, 1);
	STATE(d, 1, "queued");
	say(d, "job 17");
	STATE(d, 1, "spooled");
	assert_int_equal(print_of(d, 1).job, 17);
	say(d, "state 17 processing none");
	say(d, "state 17 completed none");
	STATE(d, 1, "completed");
	assert_int_equal(d->completed, 1);
	assert_int_equal(d->done_label, label);
	assert_true(outbox_deadline(d->outbox) == INT64_MAX);
}

static void
one_is_handed_over_after_the_other(void **state)
{
	struct desk *d = *state;

	queue(d);
	queue(d);
	queue(d);
	assert_int_equal(d->prints, 1);
	say(d, "job 1");
	assert_int_equal(d->prints, 1);
	say(d, "state 1 completed none");
	assert_int_equal(d->prints, 2);
	HAS(d->line, "print id=2 ");
	say(d, "job 2");
	say(d, "state 2 completed none");
	HAS(d->line, "print id=3 ");
}

static void
the_line_says_what_stands_on_the_label(void **state)
{
	struct desk *d = *state;
	struct owner o = { .name = "Kim Minseo", .label_name = "Minseo", .group = "R & D",
		.lang = "ko" };
	struct err e;

	snprintf(d->config.fridge.name, sizeof d->config.fridge.name, "3F pantry");
	snprintf(d->config.label.qr, sizeof d->config.label.qr, "{code}");
	assert_int_equal(store_owner_add(d->store, &o, TODAY, &e), 0);
	queue_aged(d, o.id, 0);
	outbox_kick(d->outbox, d->now);
	HAS(d->line, " owner=Minseo ");
	HAS(d->line, " group=R%20%26%20D ");
	HAS(d->line, " lang=ko ");
	HAS(d->line, " fridge=3F%20pantry ");
	HAS(d->line, " code=F3-");
	HAS(d->line, " stored=2026-05-27 expires=2026-06-03 ");
	HAS(d->line, " template=standard ");
	HAS(d->line, " qr=%7Bcode%7D ");
}

static void
a_label_without_an_owner_uses_the_guest_template(void **state)
{
	struct desk *d = *state;

	d->config.fridge.code[0] = '\0';
	snprintf(d->config.fridge.language, sizeof d->config.fridge.language, "de");
	queue(d);
	HAS(d->line, " template=guest ");
	HAS(d->line, " owner= ");
	HAS(d->line, " lang=de ");
	LACKS(d->line, " code=-");
}

static void
the_longest_texts_still_make_a_line(void **state)
{
	struct desk *d = *state;
	struct owner o = { 0 };
	struct err e;

	/* Each byte takes three in the line. */
	for (int i = 0; i < 64; i++)
		strcat(o.name, "\xf0\x9f\x8d\xb1");
	snprintf(o.group, sizeof o.group, "%s", o.name);
	assert_int_equal(store_owner_add(d->store, &o, TODAY, &e), 0);
	o.id = 0;
	snprintf(o.email, sizeof o.email, "other@example.com");
	assert_int_equal(store_owner_add(d->store, &o, TODAY, &e), 0);
	memset(d->config.fridge.name, '%', 180);
	memset(d->config.label.qr, '%', 180);
	queue_aged(d, o.id, 0);
	outbox_kick(d->outbox, d->now);
	assert_int_equal(d->prints, 1);
	assert_true(strlen(d->line) < PROTO_LINE);
	HAS(d->line, " owner=%F0%9F%8D%B1");
	HAS(d->line, " expires=2026-06-03 ");
}

static void
the_settings_are_sent_at_each_start_of_the_helper(void **state)
{
	struct desk *d = *state;

	d->config.printer.media = (struct media){ .width = 5750, .length = 3200 };
	d->config.printer.rotate = 90;
	outbox_configured(d->outbox);
	HAS(d->setup, "setup queue=label media=57.5x32mm rotate=90 templates=");
	d->config.printer.media = (struct media){ .width = 6200, .length = 10000, .roll = true };
	d->config.printer.rotate = -1;
	outbox_helper_ended(d->outbox, d->now);
	outbox_helper_started(d->outbox, d->now);
	HAS(d->setup, " media=62xMAX100mm rotate=auto ");
}

/* ---- jobs that end without paper ---- */

static void
a_cancelled_job_is_made_once_more(void **state)
{
	struct desk *d = *state;

	queue(d);
	say(d, "job 5");
	say(d, "state 5 canceled none");
	assert_int_equal(d->prints, 2);
	HAS(d->line, " find=0 ");
	HAS(d->line, "-1-2 ");
	say(d, "job 6");
	say(d, "state 6 canceled none");
	STATE(d, 1, "void");
	assert_int_equal(d->prints, 2);
	assert_int_equal(d->done, 1);
	assert_int_equal(d->completed, 0);
	HAS(print_of(d, 1).reason, "cancelled twice");
}

static void
a_vanished_job_is_made_once_more(void **state)
{
	struct desk *d = *state;

	queue(d);
	say(d, "job 5");
	say(d, "state 5 gone none");
	HAS(d->line, "-1-2 ");
	say(d, "job 5");	/* CUPS gives the number again */
	say(d, "state 5 completed none");
	STATE(d, 1, "completed");
}

static void
an_aborted_job_is_made_three_times_with_pauses(void **state)
{
	struct desk *d = *state;

	queue(d);
	say(d, "job 1");
	say(d, "state 1 aborted none");
	assert_int_equal(d->prints, 1);
	STATE(d, 1, "queued");
	pass(d, 999);
	assert_int_equal(d->prints, 1);
	pass(d, 1);
	assert_int_equal(d->prints, 2);
	say(d, "job 2");
	say(d, "state 2 aborted none");
	pass(d, 1999);
	assert_int_equal(d->prints, 2);
	pass(d, 1);
	HAS(d->line, "-1-3 ");
	say(d, "job 3");
	say(d, "state 3 aborted none");
	STATE(d, 1, "void");
	pass(d, 60000);
	assert_int_equal(d->prints, 3);
	assert_int_equal(print_of(d, 1).attempts, 3);
}

static void
however_jobs_end_there_are_never_more_than_three(void **state)
{
	static const char *const ENDS[] = { "aborted", "canceled", "gone" };
	struct desk *d = *state;

	srandom(1);
	for (int64_t id = 1; id <= 40; id++) {
		int jobs = 0;
		queue(d);
		for (int steps = 0; print_of(d, id).state != PRINT_VOID; steps++) {
			assert_true(steps < 100);
			pass(d, 5000);
			if (random() % 4 == 0) {	/* die at any step */
				run_again(d);
				outbox_kick(d->outbox, d->now);
			} else if (print_of(d, id).state == PRINT_VOID) {
				break;
			} else if (random() % 4 == 0) {
				say(d, "refused id=%d retry=1 why=down", (int)id);
			} else if (strstr(d->line, " only=1 ") != NULL) {
				say(d, "refused id=%d retry=0 why=none", (int)id);
			} else {
				jobs++;
				say(d, "job %d", (int)(id * 10 + jobs));
				say(d, "state %d %s none", (int)(id * 10 + jobs), ENDS[random() % 3]);
			}
		}
		assert_in_range(jobs, 0, 3);
		assert_in_range(print_of(d, id).attempts, 0, 3);
	}
}

static void
another_jobs_states_are_not_ours(void **state)
{
	struct desk *d = *state;

	queue(d);
	say(d, "state 5 completed none");
	say(d, "job 5");
	say(d, "state 4 completed none");
	say(d, "state x completed none");
	STATE(d, 1, "spooled");
	say(d, "job 9");
	say(d, "state 9 completed none");
	STATE(d, 1, "spooled");
}

/* ---- refusals ---- */

static void
a_refusal_is_tried_again_and_uses_up_no_job(void **state)
{
	static const int PAUSE_S[] = { 1, 2, 5, 5, 5 };
	struct desk *d = *state;

	queue(d);
	for (size_t i = 0; i < sizeof PAUSE_S / sizeof PAUSE_S[0]; i++) {
		assert_int_equal(d->prints, (int)i + 1);
		HAS(d->line, "-1-1 ");
		say(d, "refused id=1 retry=1 why=CUPS%%20is%%20down todo=");
		pass(d, PAUSE_S[i] * 1000 - 1);
		assert_int_equal(d->prints, (int)i + 1);
		pass(d, 1);
	}
	/* It may have been made after all: look for it first. */
	HAS(d->line, " find=1 ");
	assert_int_equal(print_of(d, 1).attempts, 1);
	assert_string_equal(print_of(d, 1).reason, "CUPS is down");
	say(d, "job 3");
	say(d, "state 3 completed none");
	STATE(d, 1, "completed");
	assert_string_equal(print_of(d, 1).reason, "");
}

static void
a_printer_that_is_ready_again_is_not_kept_waiting(void **state)
{
	struct desk *d = *state;

	say(d, "printer down none");
	queue(d);
	say(d, "refused id=1 retry=1 why=down");
	assert_int_equal(d->prints, 1);
	say(d, "printer ready none");
	assert_int_equal(d->prints, 2);
}

static void
what_never_can_be_printed_is_void_with_the_reason(void **state)
{
	struct desk *d = *state;

	queue(d);
	queue(d);
	say(d, "refused id=1 retry=0 why=no%%20such%%20template todo=fridgectl%%20template%%20list");
	STATE(d, 1, "void");
	assert_string_equal(print_of(d, 1).reason, "no such template: fridgectl template list");
	assert_int_equal(d->done, 1);
	HAS(d->line, "print id=2 ");
	say(d, "refused id=1 retry=0 why=late");
	STATE(d, 2, "queued");
}

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

/* ---- the printer's state ---- */

static void
the_printers_state_is_said_in_words(void **state)
{
	static const struct {
		const char *line;
		enum printer_health health;
		const char *text;
	} CASES[] = {
		{ "printer ready none", PRINTER_OK, "ok" },
		{ "printer ready media-low-warning", PRINTER_OK, "ok" },
		{ "printer ready connecting-to-device", PRINTER_OK, "ok" },
		{ "printer stopped media-empty-error,paused", PRINTER_TROUBLE, "paper is out" },
		{ "printer ready media-empty-warning", PRINTER_TROUBLE, "paper is out" },
		{ "printer ready media-needed-report", PRINTER_TROUBLE, "paper is out" },
		{ "printer ready cover-open", PRINTER_TROUBLE, "cover is open" },
		{ "printer ready media-empty-error,cover-open-error", PRINTER_TROUBLE, "cover" },
		{ "printer ready offline-report", PRINTER_TROUBLE, "offline" },
		{ "printer offline none", PRINTER_TROUBLE, "offline" },
		{ "printer ready not-answering", PRINTER_TROUBLE, "not answering" },
		{ "printer paused paused", PRINTER_TROUBLE, "cupsenable label" },
		{ "printer missing none", PRINTER_TROUBLE, "no print queue label" },
		{ "printer down media-empty-error", PRINTER_TROUBLE, "CUPS is not running" },
		{ "printer ready fuser-on-fire-error", PRINTER_TROUBLE, "fuser-on-fire" },
		{ "printer ready fuser-warm-report", PRINTER_OK, "ok" },
		{ "printer unknown none", PRINTER_UNKNOWN, "unknown" },
		{ "printer sleeping none", PRINTER_UNKNOWN, "unknown" },
		{ "printer", PRINTER_UNKNOWN, "not known" },
	};
	struct desk *d = *state;

	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		say(d, "%s", CASES[i].line);
		assert_int_equal(d->health, CASES[i].health);
		HAS(d->printer, CASES[i].text);
	}
	outbox_helper_ended(d->outbox, d->now);
	assert_int_equal(d->health, PRINTER_TROUBLE);
}

static void
a_job_that_does_not_end_for_a_minute_is_a_printer_that_does_not_answer(void **state)
{
	struct desk *d = *state;

	say(d, "printer ready none");
	queue(d);
	say(d, "job 4");
	say(d, "state 4 processing none");
	pass(d, 59000);
	assert_int_equal(d->health, PRINTER_OK);
	pass(d, 1000);
	assert_int_equal(d->health, PRINTER_TROUBLE);
	HAS(d->printer, "not answering");
	say(d, "state 4 completed none");
	assert_int_equal(d->health, PRINTER_OK);
}

static void
a_jobs_reason_counts_where_the_printer_has_none(void **state)
{
	struct desk *d = *state;

	say(d, "printer ready none");
	queue(d);
	say(d, "job 4");
	say(d, "state 4 processing media-empty-error");
	HAS(d->printer, "paper is out");
	say(d, "state 4 processing job-printing");
	assert_int_equal(d->health, PRINTER_OK);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_queued_print_becomes_a_job_and_is_completed),
		TEST(one_is_handed_over_after_the_other),
		TEST(the_line_says_what_stands_on_the_label),
		TEST(a_label_without_an_owner_uses_the_guest_template),
		TEST(the_longest_texts_still_make_a_line),
		TEST(the_settings_are_sent_at_each_start_of_the_helper),
		TEST(a_cancelled_job_is_made_once_more),
		TEST(a_vanished_job_is_made_once_more),
		TEST(an_aborted_job_is_made_three_times_with_pauses),
		TEST(however_jobs_end_there_are_never_more_than_three),
		TEST(another_jobs_states_are_not_ours),
		TEST(a_refusal_is_tried_again_and_uses_up_no_job),
		TEST(a_printer_that_is_ready_again_is_not_kept_waiting),
		TEST(what_never_can_be_printed_is_void_with_the_reason),
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
		TEST(the_printers_state_is_said_in_words),
		TEST(a_job_that_does_not_end_for_a_minute_is_a_printer_that_does_not_answer),
		TEST(a_jobs_reason_counts_where_the_printer_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
