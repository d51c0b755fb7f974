/* store_badge_test.c - whose badge is that? */
#include "store_world.h"

static enum badge_match
tap(struct world *w, struct readings r, struct badge *b, bool *learn)
{
	enum badge_match how;

	OK(store_badge_match(w->s, &r, &how, b, learn, &w->e));
	return how;
}

static struct badge
enrol(struct world *w, int64_t owner, struct readings r)
{
	struct badge b;

	OK(store_badge_add(w->s, owner, BADGE_ISO14443A, &r, TODAY, &b, &w->e));
	return b;
}

/* A stranger's tap: a guest label that remembers the card. */
static struct label
stranger(struct world *w, struct readings *r)
{
	struct label_new n = thing(0, 0);

	n.card = r;
	n.card_kind = BADGE_ISO14443A;
	n.remember = true;
	return put_in(w, n);
}

static void
a_card_never_seen_is_nobodys(void **state)
{
	struct world *w = *state;
	struct badge b;
	bool learn = true;

	assert_int_equal(tap(w, card(1, 101, 102), &b, &learn), MATCH_NONE);
	assert_int_equal(b.id, 0);
	assert_false(learn);
}

static void
an_enrolled_card_is_its_owners(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "김민수");
	struct badge made = enrol(w, kim.id, card(1, 101, 102)), b;
	bool learn;

	assert_int_equal(tap(w, card(1, 101, 102), &b, &learn), MATCH_OWNER);
	assert_false(learn);
	assert_int_equal(b.id, made.id);
	assert_int_equal(b.owner, kim.id);
	assert_int_equal(b.kind, BADGE_ISO14443A);
	assert_int_equal(b.enrolled_on, TODAY);
	assert_int_equal(b.revoked_on, DAY_NONE);
	assert_int_equal(b.seen_on, DAY_NONE);
	assert_int_equal(strlen(b.hint), HINT_SIZE - 1);
}

static void
an_enrolled_card_is_not_taken_for_another_that_shares_its_other_forms(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "Kim");
	struct badge b;
	bool learn;

	enrol(w, kim.id, card(1, 101, 102));
	assert_int_equal(tap(w, card(2, 101, 102), &b, &learn), MATCH_NONE);
	/* Nor is an exact reading the same as another form with the same hash. */
	assert_int_equal(tap(w, card(3, 1, 2), &b, &learn), MATCH_NONE);
}

static void
a_number_from_a_list_matches_and_then_learns_the_card(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "Kim");
	struct badge listed = enrol(w, kim.id, number(101)), b;
	struct readings seen = card(1, 100, 101);
	bool learn;

	assert_int_equal(tap(w, seen, &b, &learn), MATCH_OWNER);
	assert_true(learn);
	assert_int_equal(b.id, listed.id);

	struct label_new n = thing(kim.id, b.id);
	n.card = &seen;
	n.card_kind = BADGE_FELICA;
	put_in(w, n);
	assert_int_equal(tap(w, seen, &b, &learn), MATCH_OWNER);
	assert_false(learn);
	assert_int_equal(b.kind, BADGE_FELICA);
	assert_int_equal(b.seen_on, TODAY);
	/* Another card with the same number in that form is a stranger's now. */
	assert_int_equal(tap(w, card(2, 100, 101), &b, &learn), MATCH_NONE);
	/* And the number cannot be given to somebody else. */
	struct owner lee = person(w, "Lee");
	struct readings again = number(101);
	REFUSED(store_badge_add(w->s, lee.id, BADGE_UNKNOWN_KIND, &again, TODAY, &b, &w->e), "already");
}

static void
two_badges_by_other_forms_are_ambiguous_until_one_is_exact(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "Kim"), lee = person(w, "Lee");
	struct badge b;
	bool learn;

	enrol(w, kim.id, number(101));
	struct badge second = enrol(w, lee.id, number(102));
	assert_int_equal(tap(w, card(1, 101, 102), &b, &learn), MATCH_AMBIGUOUS);
	assert_false(learn);
	/* One revoked: the other one is meant. */
	OK(store_badge_revoke(w->s, second.id, TODAY, &w->e));
	assert_int_equal(tap(w, card(1, 101, 102), &b, &learn), MATCH_OWNER);
	assert_int_equal(b.owner, kim.id);
	/* The card itself at the reader settles it. */
	struct badge exact = enrol(w, lee.id, card(9, 201, 202));
	assert_int_equal(tap(w, card(9, 101, 202), &b, &learn), MATCH_OWNER);
	assert_int_equal(b.id, exact.id);
}

static void
two_forms_of_one_badge_are_not_ambiguous(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "Kim");
	struct readings both = card(1, 101, 101);
	struct badge b;
	bool learn;

	enrol(w, kim.id, number(101));
	assert_int_equal(tap(w, both, &b, &learn), MATCH_OWNER);
}

static void
a_revoked_badge_is_told_as_revoked_and_may_come_back_to_its_owner(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "Kim"), lee = person(w, "Lee");
	struct readings r = card(1, 101, 102);
	struct badge made = enrol(w, kim.id, r), b;
	bool learn;

	OK(store_badge_revoke(w->s, made.id, TODAY + 1, &w->e));
	assert_int_equal(tap(w, r, &b, &learn), MATCH_REVOKED);
	assert_int_equal(b.revoked_on, TODAY + 1);
	REFUSED(store_badge_revoke(w->s, made.id, TODAY, &w->e), "revoked already");
	REFUSED(store_badge_revoke(w->s, 99, TODAY, &w->e), "no badge 99");
	REFUSED(store_badge_add(w->s, lee.id, BADGE_ISO14443A, &r, TODAY, &b, &w->e), "revoked");
	OK(store_badge_add(w->s, kim.id, BADGE_ISO14443A, &r, TODAY + 2, &b, &w->e));
	assert_int_equal(b.id, made.id);
	assert_int_equal(tap(w, r, &b, &learn), MATCH_OWNER);
}

static void
a_badge_known_only_by_number_can_be_revoked_too(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "Kim");
	struct badge made = enrol(w, kim.id, number(101)), b;
	bool learn;

	OK(store_badge_revoke(w->s, made.id, TODAY, &w->e));
	assert_int_equal(tap(w, card(1, 101, 102), &b, &learn), MATCH_REVOKED);
	assert_false(learn);
	assert_int_equal(b.id, made.id);
}

static void
a_card_cannot_be_enrolled_twice(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "Kim"), lee = person(w, "Lee");
	struct readings r = card(1, 101, 102);
	struct badge b;

	enrol(w, kim.id, r);
	REFUSED(store_badge_add(w->s, kim.id, BADGE_ISO14443A, &r, TODAY, &b, &w->e), "already");
	REFUSED(store_badge_add(w->s, lee.id, BADGE_ISO14443A, &r, TODAY, &b, &w->e), "of owner 1");
	REFUSED(store_badge_add(w->s, 77, BADGE_ISO14443A, &r, TODAY, &b, &w->e), "no owner 77");
	struct badge *all;
	size_t n;
	OK(store_badges(w->s, 0, &all, &n, &w->e));
	assert_int_equal(n, 1);
	free(all);
}

static void
enrolling_a_card_that_was_imported_as_a_number_learns_it(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "Kim");
	struct badge listed = enrol(w, kim.id, number(101));
	struct badge tapped = enrol(w, kim.id, card(1, 101, 102)), b;
	bool learn;

	assert_int_equal(tapped.id, listed.id);
	assert_int_equal(tap(w, card(1, 101, 102), &b, &learn), MATCH_OWNER);
	assert_false(learn);
}

static void
a_stranger_is_remembered_and_can_be_claimed_with_the_code(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "Kim");
	struct readings r = card(1, 101, 102);
	struct label first = stranger(w, &r), second = stranger(w, &r);
	struct badge b, claimed;
	bool learn;

	assert_int_equal(first.owner, 0);
	assert_int_equal(first.badge, second.badge);
	assert_int_equal(tap(w, r, &b, &learn), MATCH_UNCLAIMED);
	assert_string_equal(b.code, second.code);
	assert_int_equal(b.seen_on, TODAY);
	assert_int_equal(b.enrolled_on, DAY_NONE);

	OK(store_badge_claim(w->s, first.code, kim.id, 0, TODAY + 1, &claimed, &w->e));
	assert_int_equal(claimed.id, first.badge);
	assert_int_equal(claimed.enrolled_on, TODAY + 1);
	assert_string_equal(claimed.code, "");
	assert_int_equal(tap(w, r, &b, &learn), MATCH_OWNER);
	struct label now;
	assert_int_equal(store_label_get(w->s, second.id, &now, &w->e), 1);
	assert_int_equal(now.owner, kim.id);
	assert_string_equal(now.owner_name, "Kim");
	REFUSED(store_badge_claim(w->s, first.code, kim.id, 0, TODAY, &b, &w->e), "an owner already");
}

static void
a_claim_can_replace_a_lost_badge(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "Kim"), lee = person(w, "Lee");
	struct badge lost = enrol(w, kim.id, card(1, 101, 102)), b;
	struct badge others = enrol(w, lee.id, card(3, 103, 104));
	struct readings r = card(2, 105, 106);
	struct label l = stranger(w, &r);
	bool learn;

	REFUSED(store_badge_claim(w->s, l.code, kim.id, others.id, TODAY, &b, &w->e), "not one of owner");
	/* Refused as a whole: nothing was claimed. */
	assert_int_equal(tap(w, r, &b, &learn), MATCH_UNCLAIMED);
	OK(store_badge_claim(w->s, l.code, kim.id, lost.id, TODAY, &b, &w->e));
	assert_int_equal(tap(w, card(1, 101, 102), &b, &learn), MATCH_REVOKED);
	assert_int_equal(tap(w, r, &b, &learn), MATCH_OWNER);
	assert_int_equal(tap(w, card(3, 103, 104), &b, &learn), MATCH_OWNER);
}

static void
a_label_without_a_badge_cannot_be_claimed(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "Kim");
	struct label l = put_in(w, thing(0, 0));
	struct badge b;

	REFUSED(store_badge_claim(w->s, l.code, kim.id, 0, TODAY, &b, &w->e), "a phone or a random number");
	REFUSED(store_badge_claim(w->s, "00000", kim.id, 0, TODAY, &b, &w->e), "no label with the code 00000");
}

static void
a_number_listed_after_the_first_tap_takes_over_the_strangers_card(void **state)
{
	struct world *w = *state;
	struct readings r = card(1, 101, 102);
	struct label l = stranger(w, &r);
	struct owner kim = person(w, "Kim");
	struct badge listed = enrol(w, kim.id, number(102)), b;
	bool learn;

	assert_int_equal(tap(w, r, &b, &learn), MATCH_OWNER);
	assert_true(learn);
	assert_int_equal(b.id, listed.id);
	struct label_new n = thing(kim.id, b.id);
	n.card = &r;
	n.card_kind = BADGE_ISO14443A;
	put_in(w, n);
	assert_int_equal(tap(w, r, &b, &learn), MATCH_OWNER);
	assert_false(learn);
	struct label then;
	assert_int_equal(store_label_get(w->s, l.id, &then, &w->e), 1);
	assert_int_equal(then.owner, kim.id);
	assert_int_equal(then.badge, listed.id);
	struct badge *left;
	size_t count;
	OK(store_badges_unclaimed(w->s, &left, &count, &w->e));
	assert_int_equal(count, 0);
	free(left);
}

static void
a_card_at_the_reader_goes_to_its_new_owner_with_its_labels(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "Kim");
	struct readings r = card(1, 101, 102);
	struct label l = stranger(w, &r), then;
	struct label_new n = thing(kim.id, 0);
	struct badge b;

	n.card = &r;
	n.card_kind = BADGE_ISO14443A;
	OK(store_enrol(w->s, &n, &then, &b, &w->e));
	assert_int_equal(b.id, l.badge);
	assert_int_equal(b.owner, kim.id);
	assert_int_equal(b.seen_on, TODAY);
	assert_int_equal(then.badge, b.id);
	assert_int_equal(then.print, PRINT_QUEUED);
	assert_int_equal(store_label_get(w->s, l.id, &then, &w->e), 1);
	assert_int_equal(then.owner, kim.id);
	/* Refused as a whole: no second label. */
	REFUSED(store_enrol(w->s, &n, &then, &b, &w->e), "already");
	assert_int_equal(store_label_newest(w->s, &then, &w->e), 1);
	assert_int_equal(then.id, l.id + 1);
}

static void
lists_of_badges_tell_owners_from_strangers(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "Kim"), lee = person(w, "Lee");
	struct readings first = card(5, 105, 105), second = card(6, 106, 106);
	struct badge *list;
	size_t n;

	enrol(w, kim.id, card(1, 101, 102));
	OK(store_badge_revoke(w->s, enrol(w, kim.id, card(2, 103, 104)).id, TODAY, &w->e));
	enrol(w, lee.id, number(107));
	stranger(w, &first);
	struct label newest = stranger(w, &second);

	OK(store_badges(w->s, kim.id, &list, &n, &w->e));
	assert_int_equal(n, 2);
	assert_int_equal(list[1].revoked_on, TODAY);
	free(list);
	OK(store_badges(w->s, 0, &list, &n, &w->e));
	assert_int_equal(n, 3);
	free(list);
	OK(store_badges_unclaimed(w->s, &list, &n, &w->e));
	assert_int_equal(n, 2);
	assert_int_equal(list[0].id, newest.badge);
	assert_string_equal(list[0].code, newest.code);
	free(list);
	struct badge b;
	assert_int_equal(store_badge_get(w->s, 999, &b, &w->e), 0);
}

static void
a_waiting_program_learns_which_card_was_tapped(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "Kim");
	struct readings r = card(1, 101, 102);
	struct wait mine = { .what = WAIT_ENROL }, seen;
	struct wait_answer a;
	struct store *fridged;
	struct badge b;

	OK(store_open(w->path, STORE_DAEMON, &fridged, &w->e));
	assert_int_equal(store_wait_pending(fridged, &seen, &w->e), 0);
	OK(store_wait_begin(w->s, &mine, &w->e));
	OK(store_wait_look(w->s, &mine, &a, &w->e));
	assert_int_equal(a.state, WAIT_OPEN);
	assert_int_equal(store_wait_pending(fridged, &seen, &w->e), 1);
	assert_int_equal(seen.id, mine.id);
	assert_int_equal(seen.owner, 0);

	OK(store_wait_card(fridged, &seen, BADGE_FELICA, &r, TODAY, &w->e));
	assert_int_equal(store_wait_pending(fridged, &seen, &w->e), 0);
	OK(store_wait_look(w->s, &mine, &a, &w->e));
	assert_int_equal(a.state, WAIT_TAPPED);
	assert_int_equal(a.kind, BADGE_FELICA);
	assert_int_equal(strlen(a.hint), HINT_SIZE - 1);
	struct label_new n = thing(kim.id, a.badge);
	struct label l;
	OK(store_enrol(w->s, &n, &l, &b, &w->e));
	assert_int_equal(b.owner, kim.id);
	assert_int_equal(l.owner, kim.id);
	assert_int_equal(l.badge, a.badge);
	/* All or nothing: a badge that cannot be given leaves no label behind. */
	int64_t labels = ask(w, "SELECT count(*) FROM label");
	REFUSED(store_enrol(w->s, &n, &l, &b, &w->e), "already");
	n.badge = 99;
	REFUSED(store_enrol(w->s, &n, &l, &b, &w->e), "forgotten");
	assert_int_equal(ask(w, "SELECT count(*) FROM label"), labels);

	/* The next one: the same card is refused, with the reason. */
	OK(store_wait_begin(w->s, &mine, &w->e));
	assert_int_equal(store_wait_pending(fridged, &seen, &w->e), 1);
	OK(store_wait_card(fridged, &seen, BADGE_FELICA, &r, TODAY, &w->e));
	OK(store_wait_look(w->s, &mine, &a, &w->e));
	assert_int_equal(a.state, WAIT_REFUSED);
	assert_non_null(strstr(a.why, "enrolled already"));
	store_wait_end(w->s, &mine);
	assert_int_equal(store_wait_pending(fridged, &seen, &w->e), 0);
	store_close(fridged);
}

static void
only_one_program_waits_and_its_wait_ends_with_it(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "Kim");
	struct wait mine = { .owner = kim.id }, other = { .owner = 0 };
	struct wait_answer a = { .state = WAIT_TAPPED, .badge = 7, .label = 8, .hint = "abcd" }, got;
	struct store *second;

	OK(store_open(w->path, STORE_TOOL, &second, &w->e));
	OK(store_wait_begin(w->s, &mine, &w->e));
	REFUSED(store_wait_begin(second, &other, &w->e), "another program waits");
	OK(store_wait_answer(second, &mine, &a, &w->e));
	OK(store_wait_look(w->s, &mine, &got, &w->e));
	assert_int_equal(got.badge, 7);
	assert_int_equal(got.label, 8);
	assert_string_equal(got.hint, "abcd");
	/* It dies without a word: its row is there, its lock is not. */
	OK(store_wait_begin(w->s, &mine, &w->e));
	assert_int_equal(store_wait_pending(second, &other, &w->e), 1);
	store_close(w->s);
	assert_int_equal(store_wait_pending(second, &other, &w->e), 0);
	OK(store_wait_begin(second, &other, &w->e));
	w->s = second;
	other.owner = 99;
	REFUSED(store_wait_begin(w->s, &other, &w->e), "no owner 99");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		T(a_card_never_seen_is_nobodys),
		T(an_enrolled_card_is_its_owners),
		T(an_enrolled_card_is_not_taken_for_another_that_shares_its_other_forms),
		T(a_number_from_a_list_matches_and_then_learns_the_card),
		T(two_badges_by_other_forms_are_ambiguous_until_one_is_exact),
		T(two_forms_of_one_badge_are_not_ambiguous),
		T(a_revoked_badge_is_told_as_revoked_and_may_come_back_to_its_owner),
		T(a_badge_known_only_by_number_can_be_revoked_too),
		T(a_card_cannot_be_enrolled_twice),
		T(enrolling_a_card_that_was_imported_as_a_number_learns_it),
		T(a_stranger_is_remembered_and_can_be_claimed_with_the_code),
		T(a_claim_can_replace_a_lost_badge),
		T(a_label_without_a_badge_cannot_be_claimed),
		T(a_number_listed_after_the_first_tap_takes_over_the_strangers_card),
		T(a_card_at_the_reader_goes_to_its_new_owner_with_its_labels),
		T(lists_of_badges_tell_owners_from_strangers),
		T(a_waiting_program_learns_which_card_was_tapped),
		T(only_one_program_waits_and_its_wait_ends_with_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
