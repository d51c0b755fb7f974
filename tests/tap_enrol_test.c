/* tap_enrol_test.c - how the fridge comes to know a badge: numbers from lists, strangers
 * that can be claimed or cannot, programs that wait for a tap */
#include "tap_world.h"

#include <string.h>

/* ---- numbers from a list ---- */

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

/* ---- enrolment ---- */

static void
a_badge_that_an_enrolment_waits_for_gets_its_first_label(void **state)
{
	struct fridge *f = *state;
	int64_t kim = add_owner(f, "Kim", NULL);
	struct wait_answer a;
	struct wait w = { .what = WAIT_ENROL };
	struct err e;

	w.owner = kim;
	assert_int_equal(store_wait_begin(f->tool, &w, &e), 0);
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
	struct wait w = { .what = WAIT_ENROL };
	struct err e;

	assert_int_equal(store_wait_begin(f->tool, &w, &e), 0);
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
	struct wait w = { .what = WAIT_ENROL };
	struct err e;

	w.owner = lee;
	assert_int_equal(store_wait_begin(f->tool, &w, &e), 0);
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
	struct wait w = { .what = WAIT_ENROL };
	struct err e;

	w.owner = kim;
	assert_int_equal(store_wait_begin(f->tool, &w, &e), 0);
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
	struct wait w = { .what = WAIT_ENROL };
	struct err e;

	w.owner = kim;
	assert_int_equal(store_wait_begin(f->tool, &w, &e), 0);
	store_close(f->tool);		/* as if it had been killed */
	assert_int_equal(store_open(f->path, STORE_TOOL, &f->tool, &e), 0);
	tap(f, KIM);
	expect(f, SIGNAL_NAME, true, "unknown badge");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_number_from_a_list_is_learned_at_the_first_tap),
		TEST(a_card_that_two_listed_numbers_fit_is_a_guest),
		TEST(a_stranger_that_comes_again_is_one_unclaimed_badge),
		TEST(a_random_number_is_never_stored),
		TEST(a_revoked_badge_is_a_guest_and_cannot_be_claimed),
		TEST(a_badge_that_an_enrolment_waits_for_gets_its_first_label),
		TEST(tap_first_shows_the_card_and_makes_no_label),
		TEST(a_badge_that_is_taken_is_refused_and_printed_as_ever),
		TEST(a_phone_cannot_be_enrolled_and_is_told_why),
		TEST(a_wait_whose_program_has_gone_means_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
