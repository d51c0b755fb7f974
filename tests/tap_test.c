/* tap_test.c - the table of taps, row by row: known badges and cards held together */
#include "tap_world.h"

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
		TEST(a_stranger_waits_for_a_known_badge_beside_it),
		TEST(a_stranger_alone_gets_a_guest_label_after_a_quarter_of_a_second),
		TEST(a_stranger_that_leaves_is_not_kept_waiting),
		TEST(a_second_owners_badge_in_the_same_presence_gets_nothing),
		TEST(two_strangers_at_once_get_one_guest_label),
		TEST(a_badge_that_can_be_claimed_comes_before_the_phone_it_is_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
