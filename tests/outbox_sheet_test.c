/* outbox_sheet_test.c - what is printed besides labels: slips, signs, faces of cards */
#include <unistd.h>

#include "../firmware/recovery.h"
#include "outbox_world.h"

/* Queue one of that kind, and look. */
static int64_t
sheet(struct desk *d, enum print_kind kind, const struct sheet_of *what)
{
	char boot[BOOT_ID_SIZE];
	struct err e;
	int64_t id;

	clock_boot_id(boot);
	assert_int_equal(store_print_add(d->store, kind, what, 1, time(NULL), boot,
	    clock_boot_ms(), &id, &e), 0);
	outbox_kick(d->outbox, d->now);
	return id;
}

static void
a_slip_before_an_emptying_lists_what_is_due(void **state)
{
	struct desk *d = *state;
	struct sheet_of slip = { .place = "fridge", .day = TODAY + 7 };
	struct label l;
	struct err e;
	char codes[40];

	assert_int_equal(store_label_get(d->store, queue(d), &l, &e), 1);
	say(d, "job 1");
	say(d, "state 1 completed none");
	sheet(d, PRINT_SLIP, &slip);
	HAS(d->line, " template=slip ");
	HAS(d->line, " expires=2026-06-03 time=16:00 count=1 codes=");
	snprintf(codes, sizeof codes, " codes=%s ", l.code);
	HAS(d->line, codes);
	HAS(d->line, " place= ");	/* the usual one goes without saying */
	HAS(d->line, " lang= ");
}

static void
a_slip_with_very_many_codes_still_makes_a_line(void **state)
{
	struct desk *d = *state;
	struct sheet_of slip = { .place = "fridge", .day = TODAY + 7 };

	memset(d->config.fridge.name, '%', 180);
	for (int i = 1; i <= 300; i++) {
		struct err e;
		queue_aged(d, 0, 0);
		assert_int_equal(store_print_completed(d->store, i, &e), 0);
	}
	sheet(d, PRINT_SLIP, &slip);
	assert_true(strlen(d->line) < PROTO_LINE);
	HAS(d->line, " template=slip ");
	HAS(d->line, " count=300 ");
	assert_true(strlen(strstr(d->line, " codes=")) > 1500);
}

static void
a_slip_after_an_emptying_says_how_many(void **state)
{
	struct desk *d = *state;
	struct sheet_of slip = { .place = "freezer", .day = TODAY };
	char boot[BOOT_ID_SIZE];
	struct emptying done;
	struct err e;

	clock_boot_id(boot);
	assert_int_equal(store_empty(d->store, "freezer", TODAY, BY_CARD, &slip, time(NULL), boot,
	    clock_boot_ms(), &done, &e), 0);
	outbox_kick(d->outbox, d->now);
	HAS(d->line, " template=done ");
	HAS(d->line, " place=freezer ");
	HAS(d->line, " expires=2026-05-27 ");
	HAS(d->line, " count=0 codes= ");
}

static void
a_sign_says_when_the_fridge_is_emptied_and_whether_it_beeps(void **state)
{
	struct desk *d = *state;
	struct sheet_of none = { .day = DAY_NONE };

	d->config.report.empty.how = EMPTY_WEEKLY;
	d->config.report.empty.weekday = WED;
	sheet(d, PRINT_SIGN, &none);
	HAS(d->line, " template=sign ");
	HAS(d->line, " expires=1970-01-07 time=16:00 ");	/* a Wednesday */
	HAS(d->line, " buzzer= ");
	say(d, "job 1");
	say(d, "state 1 completed none");
	d->config.report.empty.how = EMPTY_NEVER;
	snprintf(d->config.indicator.buzzer, sizeof d->config.indicator.buzzer, "beeper");
	sheet(d, PRINT_SIGN, &none);
	HAS(d->line, " expires= time= ");
	HAS(d->line, " buzzer=beeper ");
}

static void
a_face_of_a_card_shows_its_preset(void **state)
{
	struct desk *d = *state;
	struct sheet_of face = { .template = "card", .preset = "freezer", .day = DAY_NONE };
	struct sheet_of gone = { .template = "card", .preset = "nosuch", .day = DAY_NONE };

	sheet(d, PRINT_SIGN, &face);
	HAS(d->line, " template=card ");
	HAS(d->line, " preset=freezer title= shelf=90d ");
	HAS(d->line, " place=freezer ");
	HAS(d->line, " expires= time= ");
	say(d, "job 1");
	say(d, "state 1 completed none");
	int64_t id = sheet(d, PRINT_SIGN, &gone);
	STATE(d, id, "void");
	HAS(print_of(d, id).reason, "not in the store any more");
}

/* Its digits are in the line for the printer, and nowhere that stays. */
static void
the_recovery_label_shows_the_code_which_is_in_no_row(void **state)
{
	struct desk *d = *state;
	struct sheet_of what = { .template = RECOVERY_TEMPLATE, .day = TODAY };
	struct recovery_code code;
	char key[40] = "/tmp/outbox_sheet_test.XXXXXX", file[64], wanted[128];
	struct err e;

	assert_non_null(mkdtemp(key));
	snprintf(file, sizeof file, "%s/" RECOVERY_FILE, key);
	snprintf(d->config.store.key_file, sizeof d->config.store.key_file, "%s/uid.key", key);
	int64_t id = sheet(d, PRINT_SIGN, &what);
	STATE(d, id, "void");
	HAS(print_of(d, id).reason, "systemctl restart fridged");

	assert_int_equal(recovery_ensure(d->config.store.key_file, &code, NULL, &e), 0);
	id = sheet(d, PRINT_SIGN, &what);
	HAS(d->line, " template=recovery ");
	HAS(d->line, " expires=2026-05-27 time= ");
	snprintf(wanted, sizeof wanted, " codes=%.5s%%20%.5s", code.text, code.text + 6);
	HAS(d->line, wanted);
	HAS(d->line, " preset= ");
	assert_string_equal(print_of(d, id).reason, "");
	unlink(file);
	rmdir(key);
}

static void
a_sheet_waits_an_hour_for_the_printer_and_a_label_two_minutes(void **state)
{
	struct desk *d = *state;
	struct sheet_of slip = { .place = "fridge", .day = TODAY };

	outbox_helper_ended(d->outbox, d->now);
	int64_t id = sheet(d, PRINT_SLIP, &slip);
	pass(d, 3500 * 1000);
	STATE(d, id, "queued");
	pass(d, 200 * 1000);
	STATE(d, id, "void");
	HAS(print_of(d, id).reason, "print it again");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_slip_before_an_emptying_lists_what_is_due),
		T(a_slip_with_very_many_codes_still_makes_a_line),
		T(a_slip_after_an_emptying_says_how_many),
		T(a_sign_says_when_the_fridge_is_emptied_and_whether_it_beeps),
		T(a_face_of_a_card_shows_its_preset),
		T(the_recovery_label_shows_the_code_which_is_in_no_row),
		T(a_sheet_waits_an_hour_for_the_printer_and_a_label_two_minutes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
