/* store_keep_test.c - people, what goes with time, history and privacy */
#include "store_world.h"

#include <time.h>

#define COUNT(a) (sizeof (a) / sizeof *(a))

/* ---- people ---- */

static void
people_are_found_by_id_then_name_then_address(void **state)
{
	struct world *w = *state;
	struct owner a = { .name = "Kim", .email = "kim@example.com", .group = "Sales", .lang = "ko",
	    .shelf = "3d", .label_name = "K" };
	struct owner b = { .name = "Kim" }, number = { .name = "1" }, got;
	struct owner *list;
	size_t n;

	OK(store_owner_add(w->s, &a, TODAY, &w->e));
	OK(store_owner_add(w->s, &b, TODAY, &w->e));
	OK(store_owner_add(w->s, &number, TODAY, &w->e));
	assert_int_equal(store_owner_get(w->s, a.id, &got, &w->e), 1);
	assert_memory_equal(&got, &a, sizeof got);
	assert_int_equal(store_owner_get(w->s, 99, &got, &w->e), 0);

	static const struct {
		const char *key;
		size_t n;
		int64_t first;
	} CASES[] = {
		{ "1", 1, 1 }, { "Kim", 2, 1 }, { "kim", 0, 0 }, { "KIM@example.com", 1, 1 }, { "", 0, 0 },
		{ "3", 1, 3 }, { "99999999999999999999", 0, 0 }, { "1x", 0, 0 }, { "-1", 0, 0 },
	};
	for (size_t i = 0; i < COUNT(CASES); i++) {
		OK(store_owner_find(w->s, CASES[i].key, &list, &n, &w->e));
		if (n != CASES[i].n || (n > 0 && list[0].id != CASES[i].first))
			fail_msg("%s finds %zu", CASES[i].key, n);
		free(list);
	}
	meddle(w, "UPDATE owner SET removed_on = 20001 WHERE id = 1");
	OK(store_owner_find(w->s, "kim@example.com", &list, &n, &w->e));
	assert_int_equal(n, 0);
	free(list);
	/* The number is a name again. */
	OK(store_owner_find(w->s, "1", &list, &n, &w->e));
	assert_int_equal(n, 1);
	assert_int_equal(list[0].id, number.id);
	free(list);
	OK(store_owners(w->s, false, &list, &n, &w->e));
	assert_int_equal(n, 2);
	free(list);
	OK(store_owners(w->s, true, &list, &n, &w->e));
	assert_int_equal(n, 3);
	free(list);
}

static void
an_address_belongs_to_one_living_person(void **state)
{
	struct world *w = *state;
	struct owner a = { .name = "Kim", .email = "kim@example.com" };
	struct owner b = { .name = "Lee", .email = "Kim@Example.com", .id = 42 };

	OK(store_owner_add(w->s, &a, TODAY, &w->e));
	REFUSED(store_owner_add(w->s, &b, TODAY, &w->e), "e-mail address");
	assert_int_equal(b.id, 42);
	meddle(w, "UPDATE owner SET removed_on = 20001 WHERE id = 1");
	OK(store_owner_add(w->s, &b, TODAY, &w->e));
}

static void
people_who_would_print_alike_get_their_group(void **state)
{
	struct world *w = *state;
	struct owner kim = { .name = "Kim Minsu", .label_name = "Minsu", .group = "Sales" };
	struct owner lee = { .name = "Minsu", .group = "연구소" };
	struct owner han = { .name = "Minsu" };
	char name[2 * NAME_SIZE];

	OK(store_owner_add(w->s, &kim, TODAY, &w->e));
	OK(store_owner_print_name(w->s, &kim, name, &w->e));
	assert_string_equal(name, "Minsu");
	OK(store_owner_add(w->s, &lee, TODAY, &w->e));
	OK(store_owner_add(w->s, &han, TODAY, &w->e));
	OK(store_owner_print_name(w->s, &kim, name, &w->e));
	assert_string_equal(name, "Minsu (Sales)");
	OK(store_owner_print_name(w->s, &lee, name, &w->e));
	assert_string_equal(name, "Minsu (연구소)");
	OK(store_owner_print_name(w->s, &han, name, &w->e));
	assert_string_equal(name, "Minsu");
	meddle(w, "UPDATE owner SET removed_on = 20001 WHERE id > 1");
	OK(store_owner_print_name(w->s, &kim, name, &w->e));
	assert_string_equal(name, "Minsu");
	/* The longest name and group still end whole. */
	struct owner wide = { .id = 99 };
	memset(wide.name, 'n', NAME_SIZE - 1);
	memset(wide.group, 'g', NAME_SIZE - 1);
	struct owner same = wide;
	OK(store_owner_add(w->s, &same, TODAY, &w->e));
	OK(store_owner_print_name(w->s, &wide, name, &w->e));
	assert_int_equal(strlen(name), 2 * NAME_SIZE - 1);
}

/* ---- what must go with time ---- */

static void
a_label_lapses_some_days_after_its_last(void **state)
{
	struct world *w = *state;
	struct label l = put_in(w, thing(0, 0));
	int n;

	OK(store_lapse(w->s, TODAY + 7 + 6, 7, &n, &w->e));
	assert_int_equal(n, 0);
	OK(store_lapse(w->s, TODAY + 7 + 7, 7, &n, &w->e));
	assert_int_equal(n, 1);
	assert_int_equal(store_label_get(w->s, l.id, &l, &w->e), 1);
	assert_int_equal(l.fate, FATE_LAPSED);
	assert_int_equal(l.closed_by, BY_AUTO);
	assert_int_equal(l.closed_on, TODAY + 14);
	/* Without days of grace it is still good on the last one. */
	put_in(w, thing(0, 0));
	OK(store_lapse(w->s, TODAY + 7, 0, &n, &w->e));
	assert_int_equal(n, 0);
	OK(store_lapse(w->s, TODAY + 8, 0, &n, &w->e));
	assert_int_equal(n, 1);
}

static void
many_labels_lapse_at_once(void **state)
{
	struct world *w = *state;
	int n;

	shut(w);
	meddle(w, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 450)"
	    " INSERT INTO label (code, title, template, place, made_on, stored_on, expires_on,"
	    " shelf_days, copies, clock_ok, boot_id) SELECT printf('%05d', i), '', '', '', 20000, 20000,"
	    " 20007, 7, 1, 1, '' FROM n");
	OK(world_open(w, STORE_TOOL));
	OK(store_lapse(w->s, TODAY + 100, 7, &n, &w->e));
	assert_int_equal(n, 450);
}

static void
totals_count_what_is_in(void **state)
{
	struct world *w = *state;
	struct readings r = card(1, 2, 3);
	struct label_new n = thing(0, 0);
	struct totals t;

	n.card = &r;
	n.remember = true;
	put_in(w, n);
	n.expires_on = TODAY;
	put_in(w, n);
	n.stored_on = TODAY - 9;
	n.expires_on = TODAY - 2;
	put_in(w, n);
	n.stored_on = n.expires_on = DAY_NONE;
	put_in(w, n);
	put_in(w, thing(0, 0));
	OK(store_print_void(w->s, 5, "", TODAY, &w->e));
	OK(store_totals(w->s, TODAY, &t, &w->e));
	assert_int_equal(t.in, 4);
	assert_int_equal(t.due, 1);
	assert_int_equal(t.expired, 1);
	assert_int_equal(t.flagged, 1);
	assert_int_equal(t.queued, 4);
	assert_int_equal(t.unclaimed, 1);
}

static void
prune_all(struct world *w, int64_t now, day_t today, int keep_days)
{
	struct pruned done = { .more = true };

	for (int i = 0; done.more; i++) {
		assert_true(i < 10000);
		OK(store_prune(w->s, now, today, keep_days, &done, &w->e));
	}
}

static void
the_time_of_day_is_gone_after_a_day(void **state)
{
	struct world *w = *state;
	struct label l = put_in(w, thing(0, 0));
	int64_t newest;

	prune_all(w, NOON + 86000, TODAY, 9999);
	assert_int_equal(store_label_get(w->s, l.id, &l, &w->e), 1);
	assert_int_equal(l.made_at, NOON);
	/* Whatever day it is here: these are instants of the machine's own clock. */
	int64_t now = time(NULL) + 90000;
	prune_all(w, now, (day_t)(now / 86400), 9999);
	assert_int_equal(ask(w, "SELECT count(*) FROM label WHERE made_at IS NOT NULL"), 0);
	assert_int_equal(ask(w, "SELECT count(*) FROM label WHERE boot_ms IS NOT NULL OR boot_id <> ''"), 0);
	assert_int_equal(ask(w, "SELECT count(*) FROM print WHERE queued_at IS NOT NULL"), 0);
	assert_int_equal(ask(w, "SELECT count(*) FROM print WHERE boot_ms IS NOT NULL OR boot_id <> ''"), 0);
	assert_int_equal(ask(w, "SELECT count(*) FROM history WHERE at IS NOT NULL"), 0);
	assert_true(ask(w, "SELECT count(*) FROM history") > 0);
	OK(store_newest(w->s, &newest, &w->e));
	assert_int_equal(newest, now);
	assert_int_equal(store_label_get(w->s, l.id, &l, &w->e), 1);
	assert_int_equal(l.stored_on, TODAY);
	assert_int_equal(l.made_at, 0);
}

static void
an_undated_label_keeps_what_it_takes_to_date_it(void **state)
{
	struct world *w = *state;
	struct label_new n = thing(0, 0);

	n.stored_on = n.expires_on = DAY_NONE;
	n.now = 1000;
	put_in(w, n);
	prune_all(w, NOON, TODAY, 90);
	assert_int_equal(ask(w, "SELECT count(*) FROM label WHERE made_at IS NULL"), 1);
	assert_int_equal(ask(w, "SELECT boot_ms FROM label"), 1000);
}

static void
old_history_and_forgotten_strangers_go(void **state)
{
	struct world *w = *state;
	day_t real = (day_t)(time(NULL) / 86400);
	struct readings r = card(1, 2, 3);
	struct label_new n = thing(0, 0);

	n.card = &r;
	n.remember = true;
	n.today = n.stored_on = real;
	n.expires_on = real + 7;
	struct label l = put_in(w, n);
	int64_t rows = ask(w, "SELECT count(*) FROM history");
	assert_true(rows > 0);
	prune_all(w, real * 86400LL, real + 30, 90);
	assert_int_equal(ask(w, "SELECT count(*) FROM badge"), 1);
	prune_all(w, real * 86400LL, real + 31, 90);
	assert_int_equal(ask(w, "SELECT count(*) FROM badge"), 0);
	assert_int_equal(ask(w, "SELECT count(*) FROM reading"), 0);
	assert_int_equal(store_label_get(w->s, l.id, &l, &w->e), 1);
	assert_int_equal(l.badge, 0);
	prune_all(w, real * 86400LL, real + 90, 90);
	assert_true(ask(w, "SELECT count(*) FROM history") > rows);
	prune_all(w, real * 86400LL, real + 95, 90);
	assert_int_equal(ask(w, "SELECT count(*) FROM history"), 0);
	/* The numbers go on all the same. */
	person(w, "Kim");
	assert_true(ask(w, "SELECT min(seq) FROM history") > rows);
}

static void
a_stranger_seen_while_the_clock_was_doubted_is_kept_as_long_as_any(void **state)
{
	struct world *w = *state;
	struct readings r = card(1, 2, 3), aborted = card(4, 5, 6), ahead = card(7, 8, 9);
	struct wait wait = { .what = WAIT_EXPLAIN };
	struct label_new n = thing(0, 0);
	int dated;

	/* The label before is of long ago; the card's own has no date. */
	n.today = n.stored_on = TODAY - 100;
	put_in(w, n);
	n.card = &r;
	n.remember = true;
	n.today = n.stored_on = n.expires_on = DAY_NONE;
	put_in(w, n);
	/* Somebody began to enrol one, and went away. */
	OK(store_wait_begin(w->s, &wait, &w->e));
	OK(store_wait_card(w->s, &wait, BADGE_ISO14443A, &aborted, DAY_NONE, &w->e));
	store_wait_end(w->s, &wait);
	/* And one is of a day that a wrong clock said. */
	n = thing(0, 0);
	n.card = &ahead;
	n.remember = true;
	n.today = n.stored_on = TODAY + 9000;
	put_in(w, n);

	OK(store_labels_date(w->s, "another boot", 99, NOON, &dated, &w->e));
	assert_int_equal(dated, 1);
	prune_all(w, NOON, TODAY, 9999);
	assert_int_equal(ask(w, "SELECT count(*) FROM badge"), 3);
	prune_all(w, NOON + 30 * 86400, TODAY + 30, 9999);
	assert_int_equal(ask(w, "SELECT count(*) FROM badge"), 3);
	prune_all(w, NOON + 31 * 86400, TODAY + 31, 9999);
	assert_int_equal(ask(w, "SELECT count(*) FROM badge"), 0);
}

static void
history_from_a_clock_that_was_ahead_holds_up_nothing(void **state)
{
	struct world *w = *state;
	day_t real = (day_t)(time(NULL) / 86400);

	person(w, "Kim");
	ask(w, "SELECT 1");
	shut(w);
	meddle(w, "UPDATE history SET on_day = on_day + 30000");
	OK(world_open(w, STORE_TOOL));
	prune_all(w, time(NULL), real, 90);
	prune_all(w, time(NULL), real + 91, 90);
	assert_int_equal(ask(w, "SELECT count(*) FROM history"), 0);
}

static void
a_doubted_clock_prunes_nothing(void **state)
{
	struct world *w = *state;
	struct pruned done;

	put_in(w, thing(0, 0));
	OK(store_prune(w->s, NOON + 1000000, DAY_NONE, 90, &done, &w->e));
	assert_false(done.more);
	assert_int_equal(ask(w, "SELECT count(*) FROM label WHERE made_at IS NOT NULL"), 1);
}

/* More than can be erased in the time that a tap may be held up, on any machine. */
static void
pruning_goes_in_small_steps(void **state)
{
	struct world *w = *state;
	struct pruned done;

	shut(w);
	meddle(w, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)"
	    " INSERT INTO history (on_day, at, noun, what) SELECT 100, 1, 'event', 'x' FROM n");
	OK(world_open(w, STORE_TOOL));
	OK(store_prune(w->s, NOON, TODAY, 90, &done, &w->e));
	assert_true(done.more);
	assert_in_range(done.times, 1, 59999);
	assert_int_equal(ask(w, "SELECT count(*) FROM history WHERE noun = 'event'"), 60000);
	prune_all(w, NOON, TODAY, 90);
	assert_int_equal(ask(w, "SELECT count(*) FROM history WHERE noun = 'event'"), 0);
}

static void
times_of_a_clock_that_was_ahead_are_erased_too(void **state)
{
	struct world *w = *state;

	shut(w);
	meddle(w, "INSERT INTO history (on_day, at, noun, what) VALUES"
	    " (20000, 1, 'event', 'x'), (20000, 99999999999, 'event', 'x'),"
	    " (20000, 20000 * 86400, 'event', 'y')");
	OK(world_open(w, STORE_TOOL));
	prune_all(w, NOON, TODAY, 9999);
	assert_int_equal(ask(w, "SELECT count(*) FROM history WHERE what = 'x' AND at IS NULL"), 2);
	assert_int_equal(ask(w, "SELECT count(*) FROM history WHERE what = 'y' AND at IS NULL"), 0);
}

static void
young_rows_among_the_oldest_do_not_end_the_pruning(void **state)
{
	struct world *w = *state;

	shut(w);
	meddle(w, "DELETE FROM history;"
	    " INSERT INTO history (on_day, at, noun, what) VALUES (20000, NULL, 'event', 'young'),"
	    "  (20000, NULL, 'event', 'young');"
	    " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
	    " INSERT INTO history (on_day, at, noun, what) SELECT 100, NULL, 'event', 'old' FROM n");
	OK(world_open(w, STORE_TOOL));
	prune_all(w, NOON, TODAY, 90);
	assert_int_equal(ask(w, "SELECT count(*) FROM history WHERE what = 'old'"), 0);
	assert_int_equal(ask(w, "SELECT count(*) FROM history WHERE what = 'young'"), 2);
}

/* ---- history and privacy ---- */

static void
every_change_leaves_a_row_without_a_name(void **state)
{
	static const char *const CHANGES[] = {
		"owner 1 made", "badge 1 made", "label 1 made", "print 1 made", "badge 1 seen",
		"print 1 attempt", "print 1 spooled", "print 1 queued", "print 1 completed",
		"badge 1 revoked", "badge 1 restored", "badge 2 made", "badge 2 claimed", "label 2 changed",
		"print 2 void", "label 2 void", "label 3 dated", "label 3 lapsed", "owner 1 changed",
		"owner 1 removed", "preset 1 changed", "event 7 burst",
	};
	struct world *w = *state;
	struct owner kim = { .name = "Zwyx Kim", .email = "zwyx@example.com", .group = "Zwyxists" };
	struct readings r = card(1, 2, 3), other = card(9, 8, 7);
	struct label_new n, guest = thing(0, 0), undated = thing(0, 0);
	struct label l;
	struct badge b;
	int attempts, count;

	OK(store_owner_add(w->s, &kim, TODAY, &w->e));
	n = thing(kim.id, 0);
	n.card = &r;
	OK(store_enrol(w->s, &n, &l, &b, &w->e));
	OK(store_print_attempt(w->s, 1, &attempts, &w->e));
	OK(store_print_spooled(w->s, 1, 5, &w->e));
	OK(store_print_queued(w->s, 1, "again", &w->e));
	OK(store_print_completed(w->s, 1, &w->e));
	OK(store_badge_revoke(w->s, b.id, TODAY, &w->e));
	OK(store_badge_add(w->s, kim.id, BADGE_FELICA, &r, TODAY, &b, &w->e));
	guest.card = &other;
	guest.remember = true;
	l = put_in(w, guest);
	OK(store_badge_claim(w->s, l.code, kim.id, 0, TODAY, &b, &w->e));
	OK(store_print_void(w->s, 2, "stale", TODAY, &w->e));
	undated.stored_on = undated.expires_on = DAY_NONE;
	put_in(w, undated);
	OK(store_labels_date(w->s, BOOT, 2000, NOON, &count, &w->e));
	OK(store_lapse(w->s, TODAY + 99, 7, &count, &w->e));
	OK(store_event(w->s, "burst", 7, TODAY, &w->e));
	OK(sql_script(w->s, "UPDATE owner SET name = 'Zwyx Lee' WHERE id = 1;"
	    "UPDATE owner SET removed_on = 20001 WHERE id = 1; UPDATE preset SET shelf = '1d' WHERE id = 1",
	    &w->e));
	for (size_t i = 0; i < COUNT(CHANGES); i++) {
		char sql[200];

		snprintf(sql, sizeof sql, "SELECT count(*) FROM history"
		    " WHERE noun || ' ' || row || ' ' || what = '%s'", CHANGES[i]);
		if (ask(w, sql) < 1)
			fail_msg("no row of history says: %s", CHANGES[i]);
	}
	/* Names stand in the owner's row alone. */
	static const char *const TABLES[] = { "history", "label", "print", "badge", "meta", "wait", "preset" };
	for (size_t i = 0; i < COUNT(TABLES); i++) {
		char sql[100];
		sqlite3_stmt *st;

		snprintf(sql, sizeof sql, "SELECT * FROM %s", TABLES[i]);
		assert_int_equal(sqlite3_prepare_v2(w->s->db, sql, -1, &st, NULL), SQLITE_OK);
		while (sqlite3_step(st) == SQLITE_ROW)
			for (int c = 0; c < sqlite3_column_count(st); c++)
				if (sqlite3_column_type(st, c) == SQLITE_TEXT &&
				    strcasestr((const char *)sqlite3_column_text(st, c), "zwyx") != NULL)
					fail_msg("a name in %s.%s", TABLES[i], sqlite3_column_name(st, c));
		sqlite3_finalize(st);
	}
}

static void
a_step_back_of_the_clock_reorders_nothing(void **state)
{
	struct world *w = *state;
	struct label_new n = thing(0, 0);
	struct label l;
	struct print p;
	int64_t newest;

	struct label first = put_in(w, n);
	n.now -= 86400 * 30;
	n.today -= 30;
	n.stored_on -= 30;
	struct label second = put_in(w, n);
	assert_true(second.id > first.id);
	assert_int_equal(store_label_newest(w->s, &l, &w->e), 1);
	assert_int_equal(l.id, second.id);
	assert_int_equal(store_print_next(w->s, &p, &w->e), 1);
	assert_int_equal(p.label, first.id);
	OK(store_newest(w->s, &newest, &w->e));
	assert_int_equal(newest, NOON);
}

static void
a_clock_that_was_ahead_is_no_evidence_once_it_was_put_right(void **state)
{
	struct world *w = *state;
	struct label_new n = thing(0, 0);
	int64_t newest;

	n.now += 13 * 365 * 86400LL;
	put_in(w, n);
	/* By somebody's word, */
	OK(store_clock_confirm(w->s, BOOT, NOON, &w->e));
	OK(store_newest(w->s, &newest, &w->e));
	assert_int_equal(newest, NOON);
	put_in(w, n);
	/* or by a clock that is believed, as one that a time server set. */
	prune_all(w, NOON + 60, TODAY, 9999);
	OK(store_newest(w->s, &newest, &w->e));
	assert_int_equal(newest, NOON + 60);
}

static void
what_the_service_says_is_kept(void **state)
{
	struct world *w = *state;
	struct service_state said = { .reader = "ok", .printer = "paper out", .clock = "no hardware clock",
	    .version = "0.1.0" }, got;

	OK(store_state_get(w->s, &got, &w->e));
	assert_string_equal(got.reader, "");
	OK(store_state_set(w->s, &said, &w->e));
	OK(store_state_get(w->s, &got, &w->e));
	assert_string_equal(got.reader, "ok");
	assert_string_equal(got.printer, "paper out");
	assert_string_equal(got.clock, "no hardware clock");
	assert_string_equal(got.version, "0.1.0");
	rang(w);
	OK(store_state_set(w->s, &said, &w->e));	/* the same again is no change */
	assert_false(rang(w));
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		T(people_are_found_by_id_then_name_then_address),
		T(an_address_belongs_to_one_living_person),
		T(people_who_would_print_alike_get_their_group),
		T(a_label_lapses_some_days_after_its_last),
		T(many_labels_lapse_at_once),
		T(totals_count_what_is_in),
		T(the_time_of_day_is_gone_after_a_day),
		T(an_undated_label_keeps_what_it_takes_to_date_it),
		T(old_history_and_forgotten_strangers_go),
		T(a_stranger_seen_while_the_clock_was_doubted_is_kept_as_long_as_any),
		T(history_from_a_clock_that_was_ahead_holds_up_nothing),
		T(a_clock_that_was_ahead_is_no_evidence_once_it_was_put_right),
		T(a_doubted_clock_prunes_nothing),
		T(pruning_goes_in_small_steps),
		T(times_of_a_clock_that_was_ahead_are_erased_too),
		T(young_rows_among_the_oldest_do_not_end_the_pruning),
		T(every_change_leaves_a_row_without_a_name),
		T(a_step_back_of_the_clock_reorders_nothing),
		T(what_the_service_says_is_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
