/* outbox_test.c - the way of a print: its line, its jobs, refusals, the printer's state */
#include "outbox_world.h"

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
a_guest_label_says_by_which_code_its_card_can_be_claimed(void **state)
{
	struct desk *d = *state;
	const struct readings card = { .count = 1, .r = { { .exact = true, .hash = { 1 } } } };
	char boot[BOOT_ID_SIZE], wanted[40];
	struct label_new l = {
		.title = "", .template = "", .place = PLACE_DEFAULT, .stored_on = TODAY,
		.expires_on = TODAY + 7, .shelf = { .days = 7 }, .copies = 1, .now = time(NULL),
		.today = TODAY, .boot_id = boot, .boot_ms = clock_boot_ms(),
	};
	struct label made;
	struct err e;

	queue(d);		/* of a phone, or a revoked badge: nothing is kept of it */
	HAS(d->line, " claim= ");
	say(d, "job 1");
	say(d, "state 1 completed none");
	clock_boot_id(boot);
	l.card = &card;
	l.remember = true;
	assert_int_equal(store_label_add(d->store, &l, &made, &e), 0);
	outbox_kick(d->outbox, d->now);
	snprintf(wanted, sizeof wanted, " claim=F3-%s ", made.code);
	HAS(d->line, wanted);
}

static void
a_label_of_who_was_removed_is_printed_without_the_name(void **state)
{
	struct desk *d = *state;
	struct owner o = { .name = "Kim Minseo", .group = "3F", .lang = "ko" };
	struct err e;

	assert_int_equal(store_owner_add(d->store, &o, TODAY, &e), 0);
	queue_aged(d, o.id, 0);
	assert_int_equal(store_owner_remove(d->store, o.id, TODAY, NULL, &e), 0);
	outbox_kick(d->outbox, d->now);
	assert_int_equal(d->prints, 1);
	HAS(d->line, " template=guest ");
	HAS(d->line, " owner= group= ");
	LACKS(d->line, " lang=ko ");
}

static void
what_the_printer_says_means_the_same_when_it_is_read_again(void **state)
{
	static const char *const STATES[] = { "", "ready", "stopped", "down", "missing", "odd" };
	struct printer_words w = { .job = 0 };
	char text[TROUBLE_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof STATES / sizeof *STATES; i++) {
		snprintf(w.state, sizeof w.state, "%s", STATES[i]);
		enum printer_health health = trouble_text(&w, "label", text);
		if (trouble_health(text) != health)
			fail_msg("\"%s\": %s", STATES[i], text);
	}
	snprintf(w.state, sizeof w.state, "ready");
	snprintf(w.reasons, sizeof w.reasons, "unknown-to-all-error");
	enum printer_health health = trouble_text(&w, "label", text);
	assert_int_equal(health, PRINTER_TROUBLE);
	assert_int_equal(trouble_health(text), health);
	assert_int_equal(trouble_health(""), PRINTER_UNKNOWN);
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
	HAS(d->setup, "setup queue=label media=57.5x32mm rotate=90 language= red=0 templates=");
	d->config.printer.media = (struct media){ .width = 6200, .length = 10000, .roll = true };
	d->config.printer.rotate = -1;
	strcpy(d->config.printer.language, "ql-820nwb");
	d->config.printer.red = true;
	outbox_helper_ended(d->outbox, d->now);
	outbox_helper_started(d->outbox, d->now);
	HAS(d->setup, " media=62xMAX100mm rotate=auto language=ql-820nwb red=1 ");
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
		{ "printer paused paused", PRINTER_TROUBLE, "sudo cupsenable label" },
		{ "printer missing none", PRINTER_TROUBLE, "no print queue label: run: sudo fridgectl setup" },
		{ "printer down media-empty-error", PRINTER_TROUBLE, "CUPS is not running" },
		{ "printer ready fuser-on-fire-error", PRINTER_TROUBLE, "fuser-on-fire" },
		{ "printer ready fuser-warm-report", PRINTER_OK, "ok" },
		{ "printer stopped media-empty-error want=62x29mm", PRINTER_TROUBLE,
		  "paper is out: put in 62x29 mm labels" },
		{ "printer stopped media-needed-error want=62mm", PRINTER_TROUBLE,
		  "paper is out: put in a 62 mm roll" },
		{ "printer stopped media-size-mismatch want=62x29mm have=29x90mm", PRINTER_TROUBLE,
		  "wrong labels: 29x90 mm is in the printer, 62x29 mm is expected: put in 62x29 mm labels" },
		{ "printer stopped media-mismatch-error want=62x29mm", PRINTER_TROUBLE,
		  "wrong labels: put in 62x29 mm labels" },
		{ "printer stopped not-accepting-jobs", PRINTER_TROUBLE, "cupsaccept label" },
		{ "printer paused paused,not-accepting-jobs", PRINTER_TROUBLE, "cupsaccept label" },
		{ "printer stopped device-paused", PRINTER_TROUBLE, "the printer is paused" },
		{ "printer stopped hold-new-jobs", PRINTER_TROUBLE, "--release label" },
		{ "printer stopped unusable why=it%20is%20raw todo=give%20it%20a%20driver",
		  PRINTER_TROUBLE, "it is raw: give it a driver" },
		{ "printer stopped access-denied", PRINTER_TROUBLE, "does not let us in" },
		{ "printer ready marker-waste-full-warning", PRINTER_TROUBLE, "waste box is full" },
		{ "printer ready in-use", PRINTER_TROUBLE, "by another computer" },
		{ "printer ready none", PRINTER_OK, "ok" },
		{ "queue label model=DYMO%20LabelWriter%20550", PRINTER_OK, "ok" },
		{ "printer ready media-empty-error", PRINTER_TROUBLE, "not Dymo's own" },
		{ "queue label model=Brother%20QL-820NWB", PRINTER_TROUBLE, "put in a new roll" },
		{ "printer offline offline-report", PRINTER_TROUBLE, "Editor Lite" },
		{ "queue label model=Zebra", PRINTER_TROUBLE, "offline: check its power and cable" },
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
a_job_that_is_held_or_behind_another_is_told_as_such(void **state)
{
	struct desk *d = *state;

	say(d, "printer ready none");
	queue(d);
	say(d, "job 4");
	say(d, "state 4 held job-hold-until-specified");
	HAS(d->printer, "run: sudo lp -i 4 -H resume");
	say(d, "state 4 held cups-held-for-authentication");
	HAS(d->printer, "auth-info-required=none");
	say(d, "state 4 pending none");
	assert_int_equal(d->health, PRINTER_OK);
	pass(d, 60000);
	HAS(d->printer, "another print job is before ours: see: lpstat -o label");
	say(d, "state 4 completed none");
	assert_int_equal(d->health, PRINTER_OK);
}

static void
a_refusal_that_lasts_is_a_trouble_although_the_queue_is_ready(void **state)
{
	struct desk *d = *state;

	say(d, "printer ready none");
	queue(d);
	say(d, "refused id=1 retry=1 why=it%%20does%%20not%%20let%%20us todo=let%%20us");
	assert_int_equal(d->health, PRINTER_OK);	/* it may be a moment's */
	pass(d, 1000);
	say(d, "refused id=1 retry=1 why=it%%20does%%20not%%20let%%20us todo=let%%20us");
	assert_int_equal(d->health, PRINTER_TROUBLE);
	HAS(d->printer, "it does not let us: let us");
	pass(d, 2000);
	say(d, "job 4");
	assert_int_equal(d->health, PRINTER_OK);
}

static void
the_default_queue_is_called_by_its_name_once_that_is_known(void **state)
{
	struct desk *d = *state;

	d->config.printer.queue[0] = '\0';
	say(d, "printer paused paused");
	HAS(d->printer, "the default print queue is paused");
	say(d, "queue usual device=usb");
	HAS(d->printer, "run: sudo cupsenable usual");
	say(d, "printer missing none");
	HAS(d->printer, "there is no default print queue");
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
		TEST(a_guest_label_says_by_which_code_its_card_can_be_claimed),
		TEST(a_label_of_who_was_removed_is_printed_without_the_name),
		TEST(what_the_printer_says_means_the_same_when_it_is_read_again),
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
		TEST(the_printers_state_is_said_in_words),
		TEST(a_job_that_does_not_end_for_a_minute_is_a_printer_that_does_not_answer),
		TEST(a_job_that_is_held_or_behind_another_is_told_as_such),
		TEST(a_refusal_that_lasts_is_a_trouble_although_the_queue_is_ready),
		TEST(the_default_queue_is_called_by_its_name_once_that_is_known),
		TEST(a_jobs_reason_counts_where_the_printer_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
