/* tap_preset_test.c - the table of taps, row by row: cards on the door, and programs that
 * wait for a card */
#include "tap_world.h"

#include <string.h>

#define CARD "04777777777777"
#define OTHER "04888888888888"

static struct preset
preset(struct fridge *f, const char *name)
{
	struct preset p;
	struct err e;

	assert_int_equal(store_preset_find(f->tool, name, &p, &e), 1);
	return p;
}

static void
card_for(struct fridge *f, const char *name, const char *uid)
{
	struct card c = card_of(uid);
	struct readings r;
	struct badge b;
	struct err e;

	badge_readings(f->key, &c, &r);
	assert_int_equal(store_preset_card(f->tool, preset(f, name).id, c.kind, &r, TODAY, &b, &e), 0);
}

static enum fate
fate_of(struct fridge *f, int64_t label)
{
	struct label l;
	struct err e;

	assert_int_equal(store_label_get(f->store, label, &l, &e), 1);
	return l.fate;
}

/* ---- card, then badge ---- */

static void
a_card_and_then_a_badge_make_a_label_by_the_preset(void **state)
{
	struct fridge *f = *state;
	int64_t kim = add_owner(f, "Kim", KIM);

	card_for(f, "freezer", CARD);
	tap(f, CARD);
	expect(f, SIGNAL_OK, false, "preset card, waits for a badge");
	assert_true(tap_armed(f->tap));
	tap(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge, by a preset");
	struct label l = newest(f);
	assert_int_equal(l.owner, kim);
	assert_int_equal(l.expires_on, TODAY + 90);
	assert_string_equal(l.preset, "freezer");
	assert_string_equal(l.place, "freezer");
	assert_string_equal(l.template, "freezer");
	assert_false(tap_armed(f->tap));
	/* It was for one label. */
	pass(f, 20000);
	tap(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge");
	assert_string_equal(newest(f).preset, "");
}

static void
a_card_waits_15_s_and_no_longer(void **state)
{
	struct fridge *f = *state;

	add_owner(f, "Kim", KIM);
	card_for(f, "freezer", CARD);
	tap(f, CARD);
	expect(f, SIGNAL_OK, false, "preset card, waits for a badge");
	pass(f, 15000);
	assert_false(tap_armed(f->tap));
	assert_true(tap_deadline(f->tap) == INT64_MAX);
	tap(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge");
}

static void
the_card_that_was_held_last_counts(void **state)
{
	struct fridge *f = *state;

	add_owner(f, "Kim", KIM);
	card_for(f, "freezer", CARD);
	card_for(f, "today", OTHER);
	tap(f, CARD);
	expect(f, SIGNAL_OK, false, "preset card, waits for a badge");
	tap(f, OTHER);
	expect(f, SIGNAL_OK, false, "preset card, waits for a badge");
	tap(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge, by a preset");
	assert_string_equal(newest(f).preset, "today");
}

static void
a_stranger_after_a_card_gets_a_guest_label_by_the_preset(void **state)
{
	struct fridge *f = *state;

	card_for(f, "today", CARD);
	tap(f, CARD);
	expect(f, SIGNAL_OK, false, "preset card, waits for a badge");
	tap(f, STRANGER);
	expect(f, SIGNAL_NAME, true, "unknown badge");
	struct label l = newest(f);
	assert_int_equal(l.owner, 0);
	assert_int_not_equal(l.badge, 0);	/* to be claimed */
	assert_int_equal(l.expires_on, TODAY);
}

static void
for_the_team_the_label_says_its_name(void **state)
{
	struct fridge *f = *state;
	int64_t kim = add_owner(f, "Kim", KIM);
	struct owner o = { .id = kim, .name = "Kim", .group = "Lab" };
	struct err e;

	assert_int_equal(store_owner_edit(f->tool, &o, &e), 0);
	card_for(f, "team", CARD);
	tap(f, CARD);
	tap(f, KIM);
	f->seen = f->count;
	assert_string_equal(newest(f).title, "Lab");
	assert_int_equal(newest(f).owner, kim);
}

/* ---- badge, then card ---- */

static void
a_badge_and_then_a_card_replace_the_label(void **state)
{
	struct fridge *f = *state;
	int64_t kim = add_owner(f, "Kim", KIM);

	card_for(f, "freezer", CARD);
	tap(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge");
	int64_t first = newest(f).id;
	pass(f, 10000);
	tap(f, CARD);
	expect(f, SIGNAL_OK, true, "instead of the label before");
	struct label l = newest(f);
	assert_int_equal(l.owner, kim);
	assert_string_equal(l.preset, "freezer");
	assert_int_equal(fate_of(f, first), FATE_REPLACED);
	assert_int_equal(fate_of(f, l.id), FATE_IN);
	assert_false(tap_armed(f->tap));
}

static void
after_15_s_a_card_is_for_the_next_badge(void **state)
{
	struct fridge *f = *state;

	add_owner(f, "Kim", KIM);
	card_for(f, "freezer", CARD);
	tap(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge");
	pass(f, 15000);
	tap(f, CARD);
	expect(f, SIGNAL_OK, false, "preset card, waits for a badge");
	assert_int_equal(fate_of(f, newest(f).id), FATE_IN);
}

static void
another_card_replaces_the_label_once_more_and_the_same_one_waits(void **state)
{
	struct fridge *f = *state;

	add_owner(f, "Kim", KIM);
	card_for(f, "freezer", CARD);
	card_for(f, "today", OTHER);
	tap(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge");
	tap(f, CARD);
	expect(f, SIGNAL_OK, true, "instead of the label before");
	tap_printed(f->tap, newest(f).id);
	tap(f, OTHER);
	expect(f, SIGNAL_OK, true, "instead of the label before");
	assert_string_equal(newest(f).preset, "today");
	tap_printed(f->tap, newest(f).id);
	pass(f, 4000);
	tap(f, OTHER);
	expect(f, SIGNAL_OK, false, "preset card, waits for a badge");
	assert_int_equal(labels(f), 3);
}

static void
a_card_held_twice_in_a_hurry_replaces_once(void **state)
{
	struct fridge *f = *state;

	add_owner(f, "Kim", KIM);
	card_for(f, "freezer", CARD);
	tap(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge");
	tap(f, CARD);
	expect(f, SIGNAL_OK, true, "instead of the label before");
	tap(f, CARD);
	expect(f, SIGNAL_OK, false, "impatient");
	assert_int_equal(labels(f), 2);
}

static void
a_guests_label_is_replaced_too_and_stays_to_be_claimed(void **state)
{
	struct fridge *f = *state;

	card_for(f, "freezer", CARD);
	tap(f, STRANGER);
	expect(f, SIGNAL_NAME, true, "unknown badge");
	int64_t badge = newest(f).badge;
	tap(f, CARD);
	expect(f, SIGNAL_NAME, true, "instead of the label before");
	assert_int_equal(newest(f).badge, badge);
	assert_int_equal(newest(f).expires_on, TODAY + 90);
}

/* ---- cards that need no badge ---- */

static void
a_card_of_nobody_gets_its_label_at_once_and_impatience_is_no_second(void **state)
{
	struct fridge *f = *state;

	card_for(f, "found", CARD);
	tap(f, CARD);
	expect(f, SIGNAL_OK, true, "preset card");
	assert_string_equal(newest(f).preset, "found");
	assert_int_equal(newest(f).owner, 0);
	tap(f, CARD);
	expect(f, SIGNAL_OK, false, "impatient");
	assert_int_equal(labels(f), 1);
}

static void
cards_of_nobody_stop_after_ten_in_ten_minutes(void **state)
{
	struct fridge *f = *state;

	card_for(f, "found", CARD);
	for (int i = 0; i < 10; i++) {
		tap(f, CARD);
		expect(f, SIGNAL_OK, true, "preset card");
		tap_printed(f->tap, newest(f).id);
		pass(f, 5000);
	}
	tap(f, CARD);
	expect(f, SIGNAL_FAULT, false, "nameless-burst");
}

static void
a_card_of_nobody_does_not_touch_the_badges_label(void **state)
{
	struct fridge *f = *state;

	add_owner(f, "Kim", KIM);
	card_for(f, "found", CARD);
	tap(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge");
	int64_t first = newest(f).id;
	tap(f, CARD);
	expect(f, SIGNAL_OK, true, "preset card");
	assert_int_equal(fate_of(f, first), FATE_IN);
}

/* ---- the emptied card ---- */

static void
the_emptied_card_discards_and_within_15_s_takes_back(void **state)
{
	struct fridge *f = *state;
	struct print p;
	struct err e;

	add_owner(f, "Kim", KIM);
	card_for(f, "emptied", CARD);
	tap(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge");
	int64_t label = newest(f).id;
	assert_int_equal(store_print_next(f->store, &p, &e), 1);
	assert_int_equal(store_print_completed(f->store, p.id, &e), 0);
	f->today = TODAY + 7;
	tap(f, CARD);
	expect(f, SIGNAL_OK, false, "emptied");
	assert_int_equal(fate_of(f, label), FATE_DISCARDED);
	assert_int_equal(store_print_next(f->store, &p, &e), 1);
	assert_int_equal(p.kind, PRINT_SLIP);
	tap(f, CARD);
	expect(f, SIGNAL_OK, false, "emptied, taken back");
	assert_int_equal(fate_of(f, label), FATE_IN);
	assert_int_equal(store_print_next(f->store, &p, &e), 0);
	/* And once more, for good. */
	tap(f, CARD);
	expect(f, SIGNAL_OK, false, "emptied");
	pass(f, 15000);
	tap(f, CARD);
	expect(f, SIGNAL_OK, false, "emptied");
	assert_int_equal(fate_of(f, label), FATE_DISCARDED);
}

static void
a_card_left_on_a_reader_that_hiccups_is_no_second_tap(void **state)
{
	struct fridge *f = *state;

	add_owner(f, "Kim", KIM);
	card_for(f, "emptied", CARD);
	card_for(f, "freezer", OTHER);
	tap(f, CARD);
	expect(f, SIGNAL_OK, false, "emptied");
	/* Nothing is taken back, */
	tap_resume(f->tap, f->now);
	tap(f, CARD);
	expect(f, SIGNAL_OK, false, "still there after a restart");
	/* and a card that waits for its badge goes on with that. */
	tap(f, OTHER);
	expect(f, SIGNAL_OK, false, "preset card, waits for a badge");
	tap_resume(f->tap, f->now);
	tap(f, OTHER);
	expect(f, SIGNAL_OK, false, "still there after a restart");
	tap(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge, by a preset");
}

static void
nothing_is_discarded_while_the_clock_is_doubted(void **state)
{
	struct fridge *f = *state;

	add_owner(f, "Kim", KIM);
	card_for(f, "emptied", CARD);
	tap(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge");
	f->today = DAY_NONE;
	tap(f, CARD);
	expect(f, SIGNAL_FAULT, false, "emptied, but the clock is doubted");
	assert_int_equal(fate_of(f, newest(f).id), FATE_IN);
}

/* ---- programs that wait for a card ---- */

static void
while_a_preset_waits_the_next_card_becomes_its_card(void **state)
{
	struct fridge *f = *state;
	struct wait w = { .what = WAIT_PRESET, .preset = preset(f, "today").id };
	struct wait_answer a;
	struct err e;

	assert_int_equal(store_wait_begin(f->tool, &w, &e), 0);
	tap(f, CARD);
	expect(f, SIGNAL_OK, false, "now a preset card");
	assert_int_equal(store_wait_look(f->tool, &w, &a, &e), 0);
	assert_int_equal(a.state, WAIT_TAPPED);
	store_wait_end(f->tool, &w);
	pass(f, 5000);
	tap(f, CARD);
	expect(f, SIGNAL_OK, false, "preset card, waits for a badge");
	assert_int_equal(labels(f), 0);
}

static void
a_badge_is_refused_as_a_preset_card_and_means_what_it_means(void **state)
{
	struct fridge *f = *state;
	struct wait w = { .what = WAIT_PRESET, .preset = preset(f, "today").id };
	struct wait_answer a;
	struct err e;

	add_owner(f, "Kim", KIM);
	assert_int_equal(store_wait_begin(f->tool, &w, &e), 0);
	tap(f, KIM);
	expect(f, SIGNAL_OK, true, "known badge");
	assert_int_equal(store_wait_look(f->tool, &w, &a, &e), 0);
	assert_int_equal(a.state, WAIT_REFUSED);
	assert_non_null(strstr(a.why, "that is badge"));
	store_wait_end(f->tool, &w);
}

static void
who_asks_to_explain_gets_the_number_sealed_and_nothing_is_kept(void **state)
{
	struct fridge *f = *state;
	struct wait w = { .what = WAIT_EXPLAIN };
	struct seal *ours = seal_new(w.seal), *other;
	struct wait_answer a;
	struct card got, expected = card_of(STRANGER);
	uint8_t public[SEAL_KEY_SIZE];
	struct badge *list;
	struct err e;
	size_t n;

	assert_int_equal(store_wait_begin(f->tool, &w, &e), 0);
	tap(f, STRANGER);
	expect(f, SIGNAL_OK, false, "shown to be explained");
	assert_int_equal(store_wait_look(f->tool, &w, &a, &e), 0);
	assert_int_equal(a.state, WAIT_TAPPED);
	assert_int_equal(seal_open(ours, a.sealed, &got), 0);
	assert_int_equal(got.kind, BADGE_ISO14443A);
	assert_int_equal(got.len, expected.len);
	assert_memory_equal(got.uid, expected.uid, got.len);
	other = seal_new(public);
	assert_int_equal(seal_open(other, a.sealed, &got), -1);
	/* The number itself is nowhere in the answer. */
	assert_null(memmem(a.sealed, sizeof a.sealed, expected.uid, expected.len));
	store_wait_end(f->tool, &w);
	assert_int_equal(store_badges_unclaimed(f->tool, &list, &n, &e), 0);
	assert_int_equal(n, 0);
	free(list);
	assert_int_equal(labels(f), 0);
	seal_free(other);
	seal_free(ours);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_card_and_then_a_badge_make_a_label_by_the_preset),
		T(a_card_waits_15_s_and_no_longer),
		T(the_card_that_was_held_last_counts),
		T(a_stranger_after_a_card_gets_a_guest_label_by_the_preset),
		T(for_the_team_the_label_says_its_name),
		T(a_badge_and_then_a_card_replace_the_label),
		T(after_15_s_a_card_is_for_the_next_badge),
		T(another_card_replaces_the_label_once_more_and_the_same_one_waits),
		T(a_card_held_twice_in_a_hurry_replaces_once),
		T(a_guests_label_is_replaced_too_and_stays_to_be_claimed),
		T(a_card_of_nobody_gets_its_label_at_once_and_impatience_is_no_second),
		T(cards_of_nobody_stop_after_ten_in_ten_minutes),
		T(a_card_of_nobody_does_not_touch_the_badges_label),
		T(the_emptied_card_discards_and_within_15_s_takes_back),
		T(a_card_left_on_a_reader_that_hiccups_is_no_second_tap),
		T(nothing_is_discarded_while_the_clock_is_doubted),
		T(while_a_preset_waits_the_next_card_becomes_its_card),
		T(a_badge_is_refused_as_a_preset_card_and_means_what_it_means),
		T(who_asks_to_explain_gets_the_number_sealed_and_nothing_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
