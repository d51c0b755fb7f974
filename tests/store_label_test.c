/* store_label_test.c - labels, codes and prints */
#include "store_world.h"

/* ---- codes ---- */

static bool
good(const char *digits)
{
	struct err e;
	char out[CODE_SIZE];

	return code_parse(digits, out, &e) == 0 && strcmp(out, digits) == 0;
}

static void
a_check_digit_catches_every_wrong_digit_and_every_swap(void **state)
{
	(void)state;
	for (int n = 0; n < 10000; n++) {
		char code[CODE_SIZE], wrong[CODE_SIZE];

		snprintf(code, sizeof code, "%04d", n);
		code[4] = code_check_digit(code);
		code[5] = '\0';
		if (!good(code))
			fail_msg("%s is refused", code);
		for (int i = 0; i < 5; i++) {
			for (char d = '0'; d <= '9'; d++) {
				strcpy(wrong, code);
				wrong[i] = d;
				if (d != code[i] && good(wrong))
					fail_msg("%s passes for %s", wrong, code);
			}
			if (i == 4 || code[i] == code[i + 1])
				continue;
			strcpy(wrong, code);
			wrong[i] = code[i + 1];
			wrong[i + 1] = code[i];
			if (good(wrong))
				fail_msg("%s passes for %s", wrong, code);
		}
	}
}

static void
a_code_is_read_with_and_without_its_prefix(void **state)
{
	static const struct {
		const char *typed, *code;
	} CASES[] = {
		{ "24818", "24818" }, { "F3-24818", "24818" }, { "f3 24818", "24818" },
		{ "F324818", "24818" }, { " 24 818 ", "24818" }, { "248-18", "24818" },
		{ "12-24818", "24818" }, { "ABCD-24818", "24818" }, { "abcd24818", "24818" },
		{ "A1B2 248 18", "24818" }, { "24795", "24795" }, { "00000", "00000" },
		{ "F3-1234567894", "1234567894" }, { "12345678903", NULL },
	};
	char out[CODE_SIZE];
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		int rc = code_parse(CASES[i].typed, out, &e);

		if (CASES[i].code == NULL ? rc != -1 : rc == -1 || strcmp(out, CASES[i].code) != 0)
			fail_msg("%s gives %s", CASES[i].typed, rc == 0 ? out : e.what);
	}
}

static void
what_is_no_code_is_told_from_what_is_mistyped(void **state)
{
	static const char *const MISTYPED[] = { "24816", "42818", "F3-24881", "F3 24808" };
	static const char *const NONE[] = {
		"", "2481", "F3", "F3-", "24818x", "248186789012", "ABCDE-24818", "24.815", "김24818",
		"Kim", "-", "F3-2481",
	};
	char out[CODE_SIZE];
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof MISTYPED / sizeof MISTYPED[0]; i++) {
		assert_int_equal(code_parse(MISTYPED[i], out, &e), -1);
		assert_int_equal(e.kind, ERR_USAGE);
		assert_non_null(strstr(e.what, "check digit"));
	}
	for (size_t i = 0; i < sizeof NONE / sizeof NONE[0]; i++) {
		assert_int_equal(code_parse(NONE[i], out, &e), -1);
		assert_int_equal(e.kind, ERR_USAGE);
		assert_non_null(strstr(e.what, "not a label's code"));
	}
}

/* Labels with the codes of 0000 to n - 1, made on a day. */
static void
fill(struct world *w, int n, int made_on, const char *fate)
{
	static const char HEAD[] =
	    "INSERT INTO label (code, title, template, place, made_on, stored_on, expires_on,"
	    " shelf_days, copies, fate, closed_by, clock_ok, boot_id) VALUES ";
	size_t room = sizeof HEAD + (size_t)n * 120;
	char *sql = malloc(room);
	size_t len = (size_t)snprintf(sql, room, "%s", HEAD);

	for (int i = 0; i < n; i++) {
		char code[CODE_SIZE];

		snprintf(code, sizeof code, "%04d", i);
		len += (size_t)snprintf(sql + len, room - len,
		    "%s('%s%c','','','fridge',%d,%d,%d,7,1,'%s','%s',1,'')", i == 0 ? "" : ",",
		    code, code_check_digit(code), made_on, made_on, made_on + 7, fate,
		    strcmp(fate, "in") == 0 ? "" : "auto");
	}
	meddle(w, sql);
	free(sql);
}

static void
a_fifth_digit_comes_when_a_tenth_is_in_use(void **state)
{
	struct world *w = *state;

	fill(w, 999, TODAY, "lapsed");
	assert_int_equal(strlen(put_in(w, thing(0, 0)).code), 5);
	struct label l = put_in(w, thing(0, 0));
	assert_int_equal(strlen(l.code), 6);
	assert_true(good(l.code));
	/* After half a year the four digits are free again. */
	struct label_new later = thing(0, 0);
	later.today = later.stored_on = TODAY + 181;
	later.expires_on = TODAY + 188;
	assert_int_equal(strlen(put_in(w, later).code), 5);
}

static void
no_code_comes_again_within_180_days_or_while_its_thing_is_in(void **state)
{
	struct world *w = *state;
	struct label_new later = thing(0, 0);

	fill(w, 900, TODAY, "taken");
	for (int i = 0; i < 90; i++)
		put_in(w, thing(0, 0));
	assert_int_equal(ask(w, "SELECT count(*) - count(DISTINCT code) FROM label"), 0);
	later.today = later.stored_on = TODAY + 180;
	later.expires_on = TODAY + 187;
	put_in(w, later);
	assert_int_equal(ask(w, "SELECT count(*) FROM label WHERE code_held = 0"), 0);
	/* Those that are in keep theirs however old they are. */
	struct pruned done = { .more = true };
	while (done.more)
		OK(store_prune(w->s, NOON + 200 * 86400, TODAY + 200, 90, &done, &w->e));
	assert_int_equal(ask(w, "SELECT count(*) FROM label WHERE code_held = 0"), 900);
	assert_int_equal(ask(w, "SELECT count(*) FROM label WHERE fate = 'in' AND code_held = 0"), 0);
	assert_int_equal(ask(w, "SELECT used FROM code_pool WHERE digits = 4"), 91);
}

static void
a_doubted_clock_does_not_let_codes_go(void **state)
{
	struct world *w = *state;
	struct label_new n = thing(0, 0);

	put_in(w, n);
	n.stored_on = n.expires_on = DAY_NONE;
	n.today = 0;
	struct label l = put_in(w, n);
	OK(store_print_void(w->s, 2, "no paper", DAY_NONE, &w->e));
	n = thing(0, 0);
	put_in(w, n);
	assert_int_equal(ask(w, "SELECT count(*) FROM label WHERE code_held = 0"), 0);
	assert_int_equal(ask(w, "SELECT min(made_on) FROM label"), TODAY);
	assert_int_equal(store_label_get(w->s, l.id, &l, &w->e), 1);
	assert_int_equal(l.closed_on, DAY_NONE);
}

/* ---- labels ---- */

static void
a_label_comes_back_as_it_was_made(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "김민수");
	struct preset freezer;
	struct label_new n = thing(kim.id, 0);
	struct label l, found;

	assert_int_equal(store_preset_find(w->s, "freezer", &freezer, &w->e), 1);
	n.preset = freezer.id;
	n.title = "Soup";
	n.template = "wide";
	n.place = "freezer";
	n.copies = 3;
	l = put_in(w, n);
	assert_int_equal(strlen(l.code), 5);
	assert_int_equal(l.owner, kim.id);
	assert_string_equal(l.owner_name, "김민수");
	assert_string_equal(l.preset, "freezer");
	assert_string_equal(l.title, "Soup");
	assert_string_equal(l.template, "wide");
	assert_string_equal(l.place, "freezer");
	assert_int_equal(l.stored_on, TODAY);
	assert_int_equal(l.expires_on, TODAY + 7);
	assert_int_equal(l.copies, 3);
	assert_int_equal(l.print, PRINT_QUEUED);
	assert_int_equal(l.fate, FATE_IN);
	assert_int_equal(l.closed_by, BY_NONE);
	assert_int_equal(l.closed_on, DAY_NONE);
	assert_true(l.clock_ok);
	assert_int_equal(l.made_at, NOON);
	assert_int_equal(store_label_by_code(w->s, l.code, &found, &w->e), 1);
	assert_memory_equal(&found, &l, sizeof l);
	assert_int_equal(store_label_newest(w->s, &found, &w->e), 1);
	assert_int_equal(found.id, l.id);
	assert_int_equal(store_label_by_code(w->s, "99999", &found, &w->e), 0);
	assert_int_equal(store_label_get(w->s, 999, &found, &w->e), 0);
	n.owner = 77;
	REFUSED(store_label_add(w->s, &n, &found, &w->e), "no owner 77");
}

static void
a_code_that_was_drawn_twice_means_the_newer_label(void **state)
{
	struct world *w = *state;
	struct label found;

	/* The same code again after it was let go. */
	meddle(w, "INSERT INTO label (code, code_held, title, template, place, made_on, shelf_days,"
	    " copies, fate, closed_by, clock_ok, boot_id) VALUES"
	    " ('24818', 0, 'old', '', '', 1, 7, 1, 'taken', 'card', 1, ''),"
	    " ('24818', 1, 'new', '', '', 1, 7, 1, 'taken', 'card', 1, '')");
	assert_int_equal(store_label_by_code(w->s, "24818", &found, &w->e), 1);
	assert_string_equal(found.title, "new");
}

static void
shipped_presets_are_there(void **state)
{
	static const struct {
		const char *name, *shelf, *place;
		enum preset_owner owner;
	} SHIPPED[] = {
		{ "today", "0", "fridge", PRESET_SELF }, { "freezer", "90d", "freezer", PRESET_SELF },
		{ "team", "", "fridge", PRESET_TEAM }, { "everyone", "", "fridge", PRESET_EVERYONE },
		{ "guest", "", "fridge", PRESET_NONE }, { "found", "", "fridge", PRESET_NONE },
	};
	struct world *w = *state;
	struct preset p;

	for (size_t i = 0; i < sizeof SHIPPED / sizeof SHIPPED[0]; i++) {
		assert_int_equal(store_preset_find(w->s, SHIPPED[i].name, &p, &w->e), 1);
		assert_string_equal(p.name, SHIPPED[i].name);
		assert_string_equal(p.shelf, SHIPPED[i].shelf);
		assert_string_equal(p.place, SHIPPED[i].place);
		assert_int_equal(p.owner, SHIPPED[i].owner);
		assert_false(p.empties);
	}
	assert_int_equal(store_preset_find(w->s, "emptied", &p, &w->e), 1);
	assert_true(p.empties);
	assert_string_equal(p.place, "fridge");
	assert_int_equal(store_preset_find(w->s, "Today", &p, &w->e), 0);
}

static size_t
listed(struct world *w, struct label_query q)
{
	struct label *list;
	size_t n;

	OK(store_labels(w->s, &q, &list, &n, &w->e));
	for (size_t i = 1; i < n; i++)
		assert_true(list[i - 1].id < list[i].id);
	free(list);
	return n;
}

static void
lists_show_what_is_asked_for(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "Kim");
	struct label_new soon = thing(kim.id, 0);
	soon.expires_on = TODAY + 1;
	put_in(w, soon);
	struct label gone = put_in(w, thing(kim.id, 0));
	put_in(w, thing(0, 0));

	OK(store_print_void(w->s, gone.id, "no paper", TODAY, &w->e));
	assert_int_equal(listed(w, (struct label_query){ .expires_until = DAY_NONE }), 2);
	assert_int_equal(listed(w, (struct label_query){ .all = true, .expires_until = DAY_NONE }), 3);
	assert_int_equal(listed(w, (struct label_query){ .owner = kim.id, .expires_until = DAY_NONE }), 1);
	assert_int_equal(listed(w, (struct label_query){ .owner = kim.id, .all = true,
	    .expires_until = DAY_NONE }), 2);
	assert_int_equal(listed(w, (struct label_query){ .expires_until = TODAY + 1 }), 1);
	assert_int_equal(listed(w, (struct label_query){ .expires_until = TODAY }), 0);
}

static void
an_undated_label_of_this_boot_gets_its_own_day(void **state)
{
	struct world *w = *state;
	struct label_new n = thing(0, 0);
	int dated;

	assert_int_equal(setenv("TZ", "UTC", 1), 0);
	n.stored_on = n.expires_on = DAY_NONE;
	n.now = 5000;
	n.today = 0;
	n.boot_ms = 60000;
	struct label l = put_in(w, n);
	assert_false(l.clock_ok);
	n.shelf = (struct shelf){ .is_weekday = true, .weekday = MON };
	struct label monday = put_in(w, n);
	int64_t newest;
	OK(store_newest(w->s, &newest, &w->e));
	assert_int_equal(newest, 0);

	/* The clock is right 13 hours later: it went in the evening before. */
	OK(store_labels_date(w->s, BOOT, 60000 + 13 * 3600000LL, NOON, &dated, &w->e));
	assert_int_equal(dated, 2);
	assert_int_equal(store_label_get(w->s, l.id, &l, &w->e), 1);
	assert_int_equal(l.stored_on, TODAY - 1);
	assert_int_equal(l.expires_on, TODAY + 6);
	assert_true(l.clock_ok);
	assert_int_equal(l.made_at, NOON - 13 * 3600);
	assert_int_equal(store_label_get(w->s, monday.id, &monday, &w->e), 1);
	assert_int_equal(day_weekday(monday.expires_on), MON);
	OK(store_labels_date(w->s, BOOT, 60000, NOON, &dated, &w->e));
	assert_int_equal(dated, 0);
}

static void
an_undated_label_of_another_boot_gets_the_first_trusted_day_and_stays_flagged(void **state)
{
	struct world *w = *state;
	struct label_new n = thing(0, 0);
	struct totals t;
	int dated;

	assert_int_equal(setenv("TZ", "UTC", 1), 0);
	n.stored_on = n.expires_on = DAY_NONE;
	struct label l = put_in(w, n);
	OK(store_labels_date(w->s, "another boot", 99, NOON + 86400, &dated, &w->e));
	assert_int_equal(dated, 1);
	assert_int_equal(store_label_get(w->s, l.id, &l, &w->e), 1);
	assert_int_equal(l.stored_on, TODAY + 1);
	assert_int_equal(l.expires_on, TODAY + 8);
	assert_false(l.clock_ok);
	assert_int_equal(l.made_at, 0);
	OK(store_totals(w->s, TODAY, &t, &w->e));
	assert_int_equal(t.flagged, 1);
}

/* ---- prints ---- */

static void
a_print_goes_its_way_step_by_step(void **state)
{
	struct world *w = *state;
	struct label_new n = thing(0, 0);
	n.copies = 2;
	struct label l = put_in(w, n);
	struct print p;
	int attempts;

	assert_int_equal(store_print_next(w->s, &p, &w->e), 1);
	assert_int_equal(p.label, l.id);
	assert_int_equal(p.kind, PRINT_LABEL);
	assert_true(p.first);
	assert_int_equal(p.copies, 2);
	assert_int_equal(p.queued_at, NOON);
	assert_string_equal(p.boot_id, BOOT);
	assert_int_equal(p.boot_ms, 1000);
	OK(store_print_attempt(w->s, p.id, &attempts, &w->e));
	assert_int_equal(attempts, 1);
	OK(store_print_spooled(w->s, p.id, 12, &w->e));
	assert_int_equal(store_label_get(w->s, l.id, &l, &w->e), 1);
	assert_int_equal(l.print, PRINT_SPOOLED);
	OK(store_print_queued(w->s, p.id, "job 12 vanished", &w->e));
	assert_int_equal(store_print_get(w->s, p.id, &p, &w->e), 1);
	assert_int_equal(p.state, PRINT_QUEUED);
	assert_int_equal(p.job, 0);
	assert_string_equal(p.reason, "job 12 vanished");
	OK(store_print_attempt(w->s, p.id, &attempts, &w->e));
	assert_int_equal(attempts, 2);
	OK(store_print_spooled(w->s, p.id, 13, &w->e));
	OK(store_print_completed(w->s, p.id, &w->e));
	OK(store_print_completed(w->s, p.id, &w->e));
	assert_int_equal(store_print_get(w->s, p.id, &p, &w->e), 1);
	assert_int_equal(p.state, PRINT_COMPLETED);
	assert_int_equal(p.attempts, 2);
	assert_int_equal(p.job, 13);
	assert_string_equal(p.reason, "");
	assert_int_equal(store_print_next(w->s, &p, &w->e), 0);
	assert_int_equal(store_label_get(w->s, l.id, &l, &w->e), 1);
	assert_int_equal(l.fate, FATE_IN);
	/* There is no way back from the end. */
	REFUSED(store_print_queued(w->s, p.id == 0 ? 1 : p.id, "", &w->e), "completed already");
	REFUSED(store_print_void(w->s, 1, "late", TODAY, &w->e), "completed already");
	REFUSED(store_print_attempt(w->s, 1, &attempts, &w->e), "completed already");
	REFUSED(store_print_spooled(w->s, 99, 1, &w->e), "no print 99");
}

static void
the_oldest_waiting_print_comes_first(void **state)
{
	struct world *w = *state;
	struct print p;

	put_in(w, thing(0, 0));
	put_in(w, thing(0, 0));
	OK(store_print_spooled(w->s, 1, 5, &w->e));
	assert_int_equal(store_print_next(w->s, &p, &w->e), 1);
	assert_int_equal(p.id, 1);
	OK(store_print_completed(w->s, 1, &w->e));
	assert_int_equal(store_print_next(w->s, &p, &w->e), 1);
	assert_int_equal(p.id, 2);
	struct totals t;
	OK(store_totals(w->s, TODAY, &t, &w->e));
	assert_int_equal(t.queued, 1);
}

static void
a_void_first_print_voids_its_label_and_a_void_reprint_only_itself(void **state)
{
	struct world *w = *state;
	struct label l = put_in(w, thing(0, 0)), kept = put_in(w, thing(0, 0));
	int64_t again;
	struct print p;

	OK(store_print_void(w->s, 1, "waited too long", TODAY + 1, &w->e));
	assert_int_equal(store_label_get(w->s, l.id, &l, &w->e), 1);
	assert_int_equal(l.fate, FATE_VOID);
	assert_int_equal(l.closed_by, BY_AUTO);
	assert_int_equal(l.closed_on, TODAY + 1);
	assert_int_equal(l.print, PRINT_VOID);
	REFUSED(store_label_reprint(w->s, l.id, NOON, BOOT, 1, &again, &w->e), "closed: void");
	REFUSED(store_label_reprint(w->s, 99, NOON, BOOT, 1, &again, &w->e), "no label 99");

	OK(store_print_completed(w->s, 2, &w->e));
	OK(store_label_reprint(w->s, kept.id, NOON, BOOT, 1, &again, &w->e));
	OK(store_print_void(w->s, again, "waited too long", TODAY, &w->e));
	assert_int_equal(store_print_get(w->s, again, &p, &w->e), 1);
	assert_false(p.first);
	assert_int_equal(p.label, kept.id);
	assert_string_equal(p.reason, "waited too long");
	assert_int_equal(store_label_get(w->s, kept.id, &kept, &w->e), 1);
	assert_int_equal(kept.fate, FATE_IN);
	assert_int_equal(kept.print, PRINT_COMPLETED);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_check_digit_catches_every_wrong_digit_and_every_swap),
		cmocka_unit_test(a_code_is_read_with_and_without_its_prefix),
		cmocka_unit_test(what_is_no_code_is_told_from_what_is_mistyped),
		T(a_fifth_digit_comes_when_a_tenth_is_in_use),
		T(no_code_comes_again_within_180_days_or_while_its_thing_is_in),
		T(a_doubted_clock_does_not_let_codes_go),
		T(a_label_comes_back_as_it_was_made),
		T(a_code_that_was_drawn_twice_means_the_newer_label),
		T(shipped_presets_are_there),
		T(lists_show_what_is_asked_for),
		T(an_undated_label_of_this_boot_gets_its_own_day),
		T(an_undated_label_of_another_boot_gets_the_first_trusted_day_and_stays_flagged),
		T(a_print_goes_its_way_step_by_step),
		T(the_oldest_waiting_print_comes_first),
		T(a_void_first_print_voids_its_label_and_a_void_reprint_only_itself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
