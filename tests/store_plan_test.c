/* store_plan_test.c - how SQLite finds what the store asks for: never by walking through
 * a table that grows with the years.
 *
 * Every function of store.h is called here (scale.scenario checks that), so that every
 * statement is prepared; then SQLite is asked how it would run each. */
#include "store_world.h"

#define COUNT(a) (sizeof (a) / sizeof *(a))

/* Tables that grow with people and with time, by the names that statements give them. */
static const char *const LARGE[] = {
	"label", "l", "print", "f", "p", "badge", "b", "reading", "r", "x", "history", "owner", "o",
};

/* Indexes that hold few rows, however many the table has: a walk through them is cheap. */
static const struct {
	const char *index, *why;
} SMALL[] = {
	{ "label_in", "what is in the fridge" },
	{ "label_undated", "labels of a doubted clock, until it is trusted" },
	{ "print_waiting", "what is not printed yet" },
	{ "badge_unclaimed", "unknown cards of 30 days" },
	{ "badge_preset", "the cards on the door" },
};

/* Statements that walk all the same. */
static const struct {
	const char *part, *why;
} ALLOWED[] = {
	{ "ORDER BY id DESC LIMIT 1", "only the last row is read" },
	{ "ORDER BY l.id DESC LIMIT 1", "only the last row is read" },
	{ "FROM history ORDER BY seq LIMIT", "only the first rows are read" },
	{ "FROM history WHERE seq > ? ORDER BY seq LIMIT", "reads just the rows it gives" },
	{ "WHERE removed_on IS NULL", "the list of all people" },
	{ "IS NOT NULL FROM owner ", "the list of all people" },
	{ "WHERE b.owner IS NOT NULL ORDER BY b.id", "the list of all badges" },
	{ "ORDER BY b.id, r.exact DESC, r.hash", "every reading of every badge" },
	{ "f.first = 1 WHERE (?1 IS NULL OR", "the list of all labels" },
};

static bool
is_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	return strncmp(text, word, n) == 0 && (text[n] == ' ' || text[n] == '\0');
}

/* Whether that step of a plan goes through a large table from one end. */
static bool
walks(const char *step)
{
	const char *table = step + 5;

	if (strncmp(step, "SCAN ", 5) == 0) {
		for (size_t i = 0; i < COUNT(SMALL); i++) {
			char with[64];

			snprintf(with, sizeof with, " INDEX %s", SMALL[i].index);
			const char *at = strstr(step, with);
			if (at != NULL && is_word(at, with))
				return false;
		}
	} else if (strncmp(step, "SEARCH ", 7) == 0 && strstr(step, "(rowid>?)") != NULL) {
		table = step + 7;
	} else {
		return false;
	}
	for (size_t i = 0; i < COUNT(LARGE); i++)
		if (is_word(table, LARGE[i]))
			return true;
	return false;
}

static bool
allowed(const char *sql)
{
	for (size_t i = 0; i < COUNT(ALLOWED); i++)
		if (strstr(sql, ALLOWED[i].part) != NULL)
			return true;
	return false;
}

/* Look at all plans of this handle; *steps counts them. Returns how many walk. */
static int
look_at_plans(struct world *w, size_t *steps)
{
	int bad = 0;

	/* Also what triggers and foreign keys do. */
	assert_int_equal(sqlite3_db_config(w->s->db, SQLITE_DBCONFIG_TRIGGER_EQP, 1, NULL), SQLITE_OK);
	for (size_t i = 0; i < w->s->cached; i++) {
		const char *sql = w->s->cache[i].sql;
		char explain[4096];
		sqlite3_stmt *plan;

		assert_true(snprintf(explain, sizeof explain, "EXPLAIN QUERY PLAN %s", sql) <
		    (int)sizeof explain);
		assert_int_equal(sqlite3_prepare_v2(w->s->db, explain, -1, &plan, NULL), SQLITE_OK);
		while (sqlite3_step(plan) == SQLITE_ROW) {
			const char *step = (const char *)sqlite3_column_text(plan, 3);

			if (step == NULL)	/* a pragma has no plan */
				continue;
			++*steps;
			if (walks(step) && !allowed(sql)) {
				print_error("%s\n  %s\n", step, sql);
				bad++;
			}
		}
		sqlite3_finalize(plan);
	}
	return bad;
}

/* ---- every function of the store ---- */

static void
use_people(struct world *w, struct owner *kim)
{
	struct owner lee = { .name = "Lee", .email = "lee@example.com" }, got, *people;
	struct forgotten gone;
	int64_t in, *prints;
	size_t n;

	*kim = (struct owner){ .name = "Kim", .group = "3F", .email = "kim@example.com" };
	OK(store_owner_add(w->s, kim, TODAY, &w->e));
	OK(store_owner_add(w->s, &lee, TODAY, &w->e));
	for (int removed = 0; removed < 2; removed++) {
		OK(store_owners(w->s, removed, &people, &n, &w->e));
		free(people);
	}
	for (size_t i = 0; i < 4; i++) {
		const char *const keys[] = { "1", "Kim", "kim@example.com", "nobody" };

		OK(store_owner_find(w->s, keys[i], &people, &n, &w->e));
		free(people);
	}
	OK(store_owner_get(w->s, kim->id, &got, &w->e));
	OK(store_owner_print_name(w->s, kim, (char[2 * NAME_SIZE]){ 0 }, &w->e));
	OK(store_owner_edit(w->s, kim, &w->e));
	put_in(w, thing(lee.id, 0));
	OK(store_owner_remove(w->s, lee.id, TODAY, &in, &w->e));
	OK(store_owner_restore(w->s, lee.id, &w->e));
	OK(store_owner_remove(w->s, lee.id, TODAY, &in, &w->e));
	OK(store_owner_forget(w->s, lee.id, &gone, &prints, &n, &w->e));
	free(prints);
}

static void
use_badges(struct world *w, const struct owner *kim, struct badge *own)
{
	struct readings listed = number(5), seen = card(1, 4, 5), stranger = card(2, 6, 7);
	struct label_new guest = thing(0, 0), n = thing(kim->id, 0);
	struct badge b, *badges;
	enum badge_match how;
	int64_t by;
	bool learn;
	size_t count;

	OK(store_badge_add(w->s, kim->id, BADGE_FELICA, &listed, TODAY, own, &w->e));
	/* The card of the number in the list, seen as a stranger's before. */
	guest.card = &seen;
	guest.remember = true;
	put_in(w, guest);
	OK(store_badge_match(w->s, &seen, &how, &b, &learn, &w->e));
	n.badge = own->id;
	n.card = &seen;
	put_in(w, n);
	OK(store_badges(w->s, 0, &badges, &count, &w->e));
	free(badges);
	OK(store_badges(w->s, kim->id, &badges, &count, &w->e));
	free(badges);
	guest.card = &stranger;
	struct label l = put_in(w, guest);
	OK(store_badges_unclaimed(w->s, &badges, &count, &w->e));
	free(badges);
	OK(store_badge_claim(w->s, l.code, kim->id, own->id, TODAY, &b, &w->e));
	OK(store_badge_get(w->s, b.id, &b, &w->e));
	OK(store_badge_replaced(w->s, own->id, &by, &w->e));
	OK(store_badge_revoke(w->s, b.id, TODAY, &w->e));
	OK(store_badge_restore(w->s, own->id, &w->e));
}

static void
use_presets(struct world *w)
{
	struct preset p = { .name = "cake", .owner = PRESET_TEAM }, got, *all;
	struct readings r = card(20, 21, 22), other = card(23, 24, 25);
	struct badge b, *cards;
	int64_t gone;
	size_t n;

	OK(store_preset_add(w->s, &p, &w->e));
	OK(store_preset_find(w->s, "cake", &got, &w->e));
	OK(store_preset_get(w->s, p.id, &got, &w->e));
	OK(store_presets(w->s, &all, &n, &w->e));
	free(all);
	OK(store_preset_edit(w->s, &p, &w->e));
	OK(store_preset_card(w->s, p.id, BADGE_ISO14443A, &r, TODAY, &b, &w->e));
	OK(store_badges_preset(w->s, p.id, &cards, &n, &w->e));
	free(cards);
	OK(store_badges_preset(w->s, 0, &cards, &n, &w->e));
	free(cards);
	OK(store_badge_erase(w->s, b.id, &w->e));
	OK(store_preset_card(w->s, p.id, BADGE_ISO14443A, &other, TODAY, &b, &w->e));
	OK(store_preset_remove(w->s, p.id, &gone, &w->e));
}

static void
use_labels(struct world *w, const struct owner *kim)
{
	struct label_new n = thing(kim->id, 0);
	struct label l = put_in(w, n), *list;
	size_t count;
	int64_t print;
	int dated;

	n.replaces = l.id;
	l = put_in(w, n);
	OK(store_label_get(w->s, l.id, &l, &w->e));
	OK(store_label_by_code(w->s, l.code, &l, &w->e));
	OK(store_label_newest(w->s, &l, &w->e));
	for (int way = 0; way < 4; way++) {
		struct label_query q = { .all = way & 1, .owner = way & 2 ? kim->id : 0,
		    .expires_until = DAY_NONE };

		OK(store_labels(w->s, &q, &list, &count, &w->e));
		free(list);
	}
	OK(store_labels_then(w->s, TODAY, &list, &count, &w->e));
	free(list);
	OK(store_label_reprint(w->s, l.id, NOON, BOOT, 1000, &print, &w->e));
	OK(store_label_close(w->s, l.id, FATE_TAKEN, BY_ADMIN, TODAY, &w->e));
	OK(store_label_reopen(w->s, l.id, &w->e));
	n = thing(0, 0);
	n.stored_on = n.expires_on = DAY_NONE;
	put_in(w, n);
	OK(store_labels_date(w->s, BOOT, 2000, NOON, &dated, &w->e));
}

static void
use_prints(struct world *w)
{
	struct sheet_of sheet = { .day = TODAY, .place = PLACE_DEFAULT };
	struct print p;
	int64_t id;
	int attempts;

	OK(store_print_add(w->s, PRINT_TEST, &sheet, 1, NOON, BOOT, 1000, &id, &w->e));
	OK(store_print_next(w->s, &p, &w->e));
	OK(store_print_get(w->s, p.id, &p, &w->e));
	OK(store_print_attempt(w->s, p.id, &attempts, &w->e));
	OK(store_print_spooled(w->s, p.id, 1, &w->e));
	OK(store_print_queued(w->s, p.id, "again", &w->e));
	OK(store_print_completed(w->s, p.id, &w->e));
	OK(store_print_void(w->s, id, "stale", TODAY, &w->e));
}

static void
use_emptyings(struct world *w)
{
	struct sheet_of slip = { .day = TODAY + 8, .place = PLACE_DEFAULT };
	struct emptying last;
	struct label *list;
	char codes[100];
	int64_t due;
	size_t n;

	OK(store_due_codes(w->s, slip.place, slip.day, codes, sizeof codes, &due, &w->e));
	assert_true(due > 0);
	OK(store_slip_once(w->s, &slip, NOON, BOOT, 1000, &w->e));
	OK(store_empty(w->s, slip.place, slip.day, BY_CARD, &slip, NOON, BOOT, 1000, &last, &w->e));
	OK(store_emptying_get(w->s, last.id, &last, &w->e));
	OK(store_emptying_newest(w->s, NULL, &last, &w->e));
	OK(store_emptying_labels(w->s, last.id, &list, &n, &w->e));
	free(list);
	OK(store_empty_undo(w->s, last.id, &w->e));
}

static void
use_waits(struct world *w, const struct owner *kim)
{
	struct readings r = card(30, 31, 32), first = card(33, 34, 35);
	struct wait wait = { .owner = kim->id }, pending;
	struct wait_answer a = { .state = WAIT_REFUSED };
	struct label_new n = thing(kim->id, 0);
	struct label l;
	struct badge b;

	OK(store_wait_begin(w->s, &wait, &w->e));
	OK(store_wait_pending(w->s, &pending, &w->e));
	OK(store_wait_card(w->s, &wait, BADGE_ISO14443A, &r, TODAY, &w->e));
	OK(store_wait_answer(w->s, &wait, &a, &w->e));
	OK(store_wait_look(w->s, &wait, &a, &w->e));
	store_wait_end(w->s, &wait);
	n.badge = a.badge;
	OK(store_enrol(w->s, &n, &l, &b, &w->e));
	n = thing(kim->id, 0);
	n.card = &first;
	OK(store_enrol(w->s, &n, &l, &b, &w->e));
}

static void
use_import(struct world *w, const struct owner *kim)
{
	struct import_change list[] = {
		{ .what = IMPORT_ADD, .owner = { .name = "Han", .email = "han@example.com" } },
		{ .what = IMPORT_EDIT, .owner = *kim },
		{ .what = IMPORT_BADGE, .added = 1, .readings = number(40) },
		{ .what = IMPORT_REMOVE, .owner = *kim },
	};
	struct badge_reading *readings;
	size_t bad, n;

	list[2].readings.count = 2;
	OK(import_list(w, list, COUNT(list), &bad));
	OK(store_badge_readings(w->s, &readings, &n, &w->e));
	free(readings);
}

static void
use_the_rest(struct world *w)
{
	struct service_state said = { .reader = "ok" };
	struct alert_note note = { .since = 1 };
	struct backup_note backup = { .made_on = TODAY, .left_on = DAY_NONE };
	struct mail_note mail, mailed = { .day = TODAY };
	struct change *changes;
	struct totals t;
	int64_t number;
	size_t n;
	struct pruned pruned;
	int lapsed;

	OK(store_verify(w->s, &w->e));
	OK(store_totals(w->s, TODAY, &t, &w->e));
	OK(store_history(w->s, 0, 10, &changes, &n, &w->e));
	free(changes);
	OK(store_history_newest(w->s, &number, &w->e));
	OK(store_newest(w->s, &number, &w->e));
	OK(store_state_set(w->s, &said, &w->e));
	OK(store_state_get(w->s, &said, &w->e));
	OK(store_alert_set(w->s, "printer", &note, &w->e));
	note.since = 0;
	OK(store_alert_set(w->s, "printer", &note, &w->e));
	OK(store_alert_get(w->s, "printer", &note, &w->e));
	OK(store_backup_set(w->s, &backup, &w->e));
	OK(store_backup_get(w->s, &backup, &w->e));
	OK(store_recovery_owe(w->s, true, &w->e));
	assert_int_equal(store_recovery_owed(w->s, &w->e), 1);
	store_tidy(w->path);
	OK(store_mail_get(w->s, 1, &mail, &w->e));
	OK(store_mail_claim(w->s, 1, &mailed, &w->e));
	OK(store_mail_unclaim(w->s, 1, &mail, &w->e));
	OK(store_clock_confirm(w->s, BOOT, NOON, &w->e));
	OK(store_clock_confirmed(w->s, BOOT, &w->e));
	OK(store_event(w->s, "burst", 1, TODAY, &w->e));
	OK(store_lapse(w->s, TODAY + 99, 7, &lapsed, &w->e));
	do
		OK(store_prune(w->s, NOON, TODAY, 90, &pruned, &w->e));
	while (pruned.more);
	OK(store_checkpoint(w->s, &w->e));
}

static void
no_statement_walks_through_a_table_that_grows(void **state)
{
	struct world *w = *state;
	struct owner kim;
	struct badge b;
	size_t steps = 0;

	use_people(w, &kim);
	use_badges(w, &kim, &b);
	use_presets(w);
	use_labels(w, &kim);
	use_prints(w);
	use_emptyings(w);
	use_waits(w, &kim);
	use_import(w, &kim);
	use_the_rest(w);
	assert_int_equal(look_at_plans(w, &steps), 0);
	assert_true(steps > 80);
}

/* The test above is worth what it sees. */
static void
a_walk_is_seen(void **state)
{
	struct world *w = *state;
	static const char *const WALKS[] = {
		"SELECT count(*) FROM label WHERE made_on = 5",
		"SELECT id FROM label l WHERE l.id > ? AND l.made_on = 5",
		"DELETE FROM print WHERE reason = 'x'",
	};
	static const char *const FINE[] = {
		"SELECT id FROM label WHERE code = ?", "SELECT count(*) FROM label WHERE fate = 'in'",
	};
	size_t steps = 0;

	for (size_t i = 0; i < COUNT(WALKS); i++) {
		sql_forget(w->s);
		OK(sql_do(w->s, WALKS[i], strchr(WALKS[i], '?') != NULL ? ARGS(INT(1)) : NULL, &w->e));
		assert_int_equal(look_at_plans(w, &steps), 1);
	}
	sql_forget(w->s);
	for (size_t i = 0; i < COUNT(FINE); i++)
		OK(sql_do(w->s, FINE[i], strchr(FINE[i], '?') != NULL ? ARGS(INT(1)) : NULL, &w->e));
	assert_int_equal(look_at_plans(w, &steps), 0);
	sql_forget(w->s);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		T(no_statement_walks_through_a_table_that_grows),
		T(a_walk_is_seen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
