/* day_test.c - civil days, shelf life, zones and the clock's evidence */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../firmware/day.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static day_t
day(const char *text)
{
	day_t d;

	assert_int_equal(day_parse(text, &d), 0);
	return d;
}

/* ---- the calendar ---- */

static void
every_day_from_1970_to_9999_follows_the_one_before(void **state)
{
	static const int LENGTH[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int year = 1970, month = 1, dom = 1;
	int y, m, d;
	char text[DAY_TEXT];
	day_t parsed;

	(void)state;
	for (day_t n = 0; year < 10000; n++) {
		day_split(n, &y, &m, &d);
		if (y != year || m != month || d != dom)
			fail_msg("day %d is %d-%d-%d, not %d-%d-%d", n, y, m, d, year, month, dom);
		if (day_of(y, m, d) != n || (int)day_weekday(n) != (n + 3) % 7)
			fail_msg("%d-%d-%d does not come back as day %d", y, m, d, n);
		if (n % 97 == 0 || dom == 1) {
			assert_int_equal(day_parse(day_text(n, text), &parsed), 0);
			assert_int_equal(parsed, n);
		}
		bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
		if (++dom > LENGTH[month - 1] + (month == 2 && leap)) {
			dom = 1;
			if (++month > 12) {
				month = 1;
				year++;
			}
		}
	}
}

static void
known_days_have_their_number_and_weekday(void **state)
{
	static const struct {
		const char *text;
		day_t number;
		enum weekday weekday;
	} T[] = {
		{ "1970-01-01", 0, THU },
		{ "1999-12-31", 10956, FRI },
		{ "2000-02-29", 11016, TUE },
		{ "2000-03-01", 11017, WED },
		{ "2024-02-29", 19782, THU },
		{ "2026-03-20", 20532, FRI },
		{ "2038-01-19", 24855, TUE },
		{ "2100-03-01", 47541, MON },
		{ "9999-12-31", 2932896, FRI },
	};
	char text[DAY_TEXT];

	(void)state;
	for (size_t i = 0; i < COUNT(T); i++) {
		assert_int_equal(day(T[i].text), T[i].number);
		assert_int_equal(day_weekday(T[i].number), T[i].weekday);
		assert_string_equal(day_text(T[i].number, text), T[i].text);
	}
}

static void
days_that_are_in_no_calendar_are_refused(void **state)
{
	static const char *const BAD[] = {
		"2026-02-29", "1900-02-29", "2100-02-29", "2026-04-31", "2026-13-01",
		"2026-00-10", "2026-01-00", "2026-01-32", "1969-12-31", "0000-01-01",
		"", "2026", "2026-1-1", "2026-01-1", "26-01-01", "2026/01/01",
		" 2026-01-01", "2026-01-01 ", "2026-01-01T00:00", "+026-01-01",
		"2026-01--1", "20260101", "10000-01-01", "2026-0a-01", "２026-01-01",
	};
	day_t d = 4711;

	(void)state;
	for (size_t i = 0; i < COUNT(BAD); i++) {
		if (day_parse(BAD[i], &d) != -1)
			fail_msg("\"%s\" was taken for a day", BAD[i]);
		assert_int_equal(d, 4711);
	}
	assert_int_equal(day_of(1969, 12, 31), DAY_NONE);
	assert_int_equal(day_of(10000, 1, 1), DAY_NONE);
	assert_int_equal(day_of(2026, 1, -5), DAY_NONE);
	assert_int_equal(day_of(INT_MAX, INT_MAX, INT_MAX), DAY_NONE);
	assert_int_equal(day_of(INT_MIN, INT_MIN, INT_MIN), DAY_NONE);
}

static void
an_unknown_day_has_no_text(void **state)
{
	char text[DAY_TEXT] = "x";
	int y, m, d;

	(void)state;
	assert_string_equal(day_text(DAY_NONE, text), "");
	day_split(DAY_NONE, &y, &m, &d);
	assert_int_equal(y, 0);
}

static void
weekdays_are_named_by_three_letters_or_in_full_of_any_case(void **state)
{
	static const char *const BAD[] = { "", "m", "mo", "mond", "mondays", "fr", "xyz", " mon", "mon " };
	enum weekday w;

	(void)state;
	for (int i = MON; i <= SUN; i++) {
		assert_int_equal(weekday_parse(weekday_text((enum weekday)i), &w), 0);
		assert_int_equal(w, i);
	}
	assert_int_equal(weekday_parse("monday", &w), 0);
	assert_int_equal(w, MON);
	assert_int_equal(weekday_parse("Wednesday", &w), 0);
	assert_int_equal(w, WED);
	assert_int_equal(weekday_parse("FrI", &w), 0);
	assert_int_equal(w, FRI);
	for (size_t i = 0; i < COUNT(BAD); i++)
		assert_int_equal(weekday_parse(BAD[i], &w), -1);
}

/* ---- shelf life ---- */

static void
the_last_good_day_follows_from_shelf_life_and_storing_day(void **state)
{
	static const struct {
		const char *shelf, *stored, *expires;
	} T[] = {
		{ "0", "2026-03-17", "2026-03-17" },
		{ "0d", "2026-03-17", "2026-03-17" },
		{ "1d", "2026-03-17", "2026-03-18" },
		{ "7d", "2026-03-17", "2026-03-24" },
		{ "7", "2026-03-17", "2026-03-24" },
		{ "7D", "2026-03-17", "2026-03-24" },
		{ "007d", "2026-03-17", "2026-03-24" },
		{ "1d", "2026-01-31", "2026-02-01" },	/* month end */
		{ "1d", "2026-12-31", "2027-01-01" },	/* year end */
		{ "1d", "2024-02-28", "2024-02-29" },	/* leap day */
		{ "1d", "2026-02-28", "2026-03-01" },
		{ "1d", "2100-02-28", "2100-03-01" },
		{ "90d", "2026-11-15", "2027-02-13" },
		{ "3650d", "2026-01-01", "2035-12-30" },
		{ "1d", "9999-12-31", "9999-12-31" },	/* the calendar ends here */
		{ "fri", "9999-12-30", "9999-12-31" },
		/* 2026-03-16 is a Monday */
		{ "fri", "2026-03-16", "2026-03-20" },
		{ "fri", "2026-03-17", "2026-03-20" },
		{ "fri", "2026-03-18", "2026-03-20" },	/* two days away: still this one */
		{ "fri", "2026-03-19", "2026-03-27" },	/* tomorrow is too soon */
		{ "FRI", "2026-03-20", "2026-03-27" },
		{ "fri", "2026-03-21", "2026-03-27" },
		{ "sun", "2026-03-20", "2026-03-22" },
		{ "sun", "2026-03-21", "2026-03-29" },
		{ "mon", "2026-02-28", "2026-03-02" },
	};
	struct shelf s;
	char text[DAY_TEXT];

	(void)state;
	for (size_t i = 0; i < COUNT(T); i++) {
		assert_int_equal(shelf_parse(T[i].shelf, &s, NULL), 0);
		assert_string_equal(day_text(shelf_expires(&s, day(T[i].stored)), text), T[i].expires);
	}
	assert_int_equal(shelf_expires(&s, DAY_NONE), DAY_NONE);
}

static void
a_weekday_shelf_gives_that_weekday_two_to_eight_days_away(void **state)
{
	(void)state;
	for (int w = MON; w <= SUN; w++) {
		struct shelf s = { .is_weekday = true, .weekday = (enum weekday)w };
		for (day_t d = day("2023-12-20"); d < day("2024-03-20"); d++) {
			day_t until = shelf_expires(&s, d);
			assert_int_equal(day_weekday(until), w);
			assert_in_range(until - d, 2, 8);
		}
	}
}

static void
a_wrong_shelf_life_is_refused_with_what_is_allowed(void **state)
{
	static const char *const BAD[] = {
		"", " ", "d", "-1", "-1d", "3651", "3651d", "99999999999999999999d", "7w",
		"7 d", " 7d", "7d ", "7dd", "1.5d", "7h", "frida", "fr", "0x7", "７d",
	};
	struct shelf s = { .days = 42 };
	struct err e;

	(void)state;
	for (size_t i = 0; i < COUNT(BAD); i++) {
		if (shelf_parse(BAD[i], &s, &e) != -1)
			fail_msg("\"%s\" was taken for a shelf life", BAD[i]);
		assert_int_equal(e.kind, ERR_USAGE);
		assert_non_null(strstr(e.todo, "3650d"));
		assert_int_equal(s.days, 42);
	}
}

/* ---- zones ---- */

static void
an_instant_is_the_day_on_the_wall_of_its_zone(void **state)
{
	static const struct {
		const char *zone;
		int64_t instant;
		const char *day;
	} T[] = {
		{ "Etc/UTC", 0, "1970-01-01" },
		{ "Asia/Seoul", 1773932399, "2026-03-19" },
		{ "Asia/Seoul", 1773932400, "2026-03-20" },
		{ "Etc/UTC", 1773932400, "2026-03-19" },
		{ "Pacific/Kiritimati", 1773957600, "2026-03-20" },
		{ "Asia/Kathmandu", 1773932400, "2026-03-19" },
		/* Berlin, the nights of 29 March and 25 October 2026 */
		{ "Europe/Berlin", 1774737000, "2026-03-28" },
		{ "Europe/Berlin", 1774737000 + 86400, "2026-03-30" },
		{ "Europe/Berlin", 1792877400, "2026-10-24" },
		{ "Europe/Berlin", 1792877400 + 86400, "2026-10-25" },
		/* Samoa had no 30 December 2011 */
		{ "Pacific/Apia", 1325239199, "2011-12-29" },
		{ "Pacific/Apia", 1325239200, "2011-12-31" },
		{ "Etc/UTC", 253402300799, "9999-12-31" },
	};
	char text[DAY_TEXT];

	(void)state;
	for (size_t i = 0; i < COUNT(T); i++) {
		time_t instant = (time_t)T[i].instant;
		if (instant != T[i].instant)
			continue;	/* a machine of 32 bits has no such instant */
		assert_int_equal(day_zone(T[i].zone, NULL), 0);
		assert_string_equal(day_text(day_at(instant), text), T[i].day);
	}
	if (sizeof(time_t) == sizeof(int64_t)) {
		assert_int_equal(day_at((time_t)INT64_C(253402300800)), DAY_NONE);
		assert_int_equal(day_at((time_t)(INT64_C(1) << 62)), DAY_NONE);
	}
	assert_int_equal(day_at(-1), DAY_NONE);
}

static void
food_put_in_at_half_past_eleven_expires_by_the_calendar_over_a_clock_change(void **state)
{
	struct shelf tomorrow = { .days = 1 };
	char text[DAY_TEXT];

	(void)state;
	assert_int_equal(day_zone("Europe/Berlin", NULL), 0);
	assert_string_equal(day_text(shelf_expires(&tomorrow, day_at(1774737000)), text),
	    "2026-03-29");
	assert_string_equal(day_text(shelf_expires(&tomorrow, day_at(1792877400)), text),
	    "2026-10-25");
}

static void
a_zone_that_is_no_file_is_refused_and_the_old_one_stays(void **state)
{
	static const char *const BAD[] = {
		"Mars/Phobos", "Asia", "Asia/", ".", "../zoneinfo/Asia/Seoul",
		"/usr/share/zoneinfo/Asia/Seoul", ":Asia/Seoul", "zone.tab", "KST-9", " ",
		"Asia/Seoul/x", "posix/../Asia/Seoul", "Asia/Seoul ",
	};
	char text[DAY_TEXT];
	char long_name[6000];
	struct err e;

	(void)state;
	assert_int_equal(day_zone("Asia/Seoul", NULL), 0);
	for (size_t i = 0; i < COUNT(BAD); i++) {
		if (day_zone(BAD[i], &e) != -1)
			fail_msg("\"%s\" was taken for a zone", BAD[i]);
		assert_int_equal(e.kind, ERR_USAGE);
		assert_true(e.todo[0] != '\0');
	}
	memset(long_name, 'a', sizeof long_name - 1);
	long_name[sizeof long_name - 1] = '\0';
	assert_int_equal(day_zone(long_name, &e), -1);
	assert_string_equal(day_text(day_at(1773932400), text), "2026-03-20");
}

static void
an_empty_zone_is_the_one_of_the_environment(void **state)
{
	char text[DAY_TEXT];

	(void)state;
	setenv("TZ", "UTC", 1);
	assert_int_equal(day_zone("Asia/Seoul", NULL), 0);
	assert_int_equal(day_zone("Asia/Tokyo", NULL), 0);
	assert_int_equal(day_zone("", NULL), 0);
	assert_string_equal(day_text(day_at(1773932400), text), "2026-03-19");
	assert_int_equal(day_zone("", NULL), 0);
	assert_string_equal(getenv("TZ"), "UTC");
	unsetenv("TZ");
	assert_int_equal(day_zone("Asia/Seoul", NULL), 0);
	assert_int_equal(day_zone("", NULL), 0);
	assert_null(getenv("TZ"));
	setenv("TZ", "Asia/Seoul", 1);
	assert_int_equal(day_zone("", NULL), 0);
	assert_string_equal(day_text(day_at(1773932400), text), "2026-03-20");
}

static void
a_private_zone_folder_is_honoured(void **state)
{
	(void)state;
	setenv("TZDIR", "/nonexistent", 1);
	assert_int_equal(day_zone("Asia/Seoul", NULL), -1);
	setenv("TZDIR", "/usr/share/zoneinfo/Asia", 1);
	assert_int_equal(day_zone("Seoul", NULL), 0);
	unsetenv("TZDIR");
	assert_int_equal(day_zone("Seoul", NULL), -1);
}

/* ---- the clock ---- */

#define BUILT 1770000000	/* 2026-02-02 */

static void
the_clock_is_doubted_only_on_evidence(void **state)
{
	enum { LATER = BUILT + 1000000 };
	static const struct {
		const char *what;
		enum clock_mode mode;
		struct clock_evidence ev;	/* built is filled in below */
		const char *doubt;		/* a piece of the reason; NULL: trusted */
	} T[] = {
		{ "nothing speaks against it", CLOCK_AUTO, { .now = LATER }, NULL },
		{ "the second of the build", CLOCK_AUTO, { .now = BUILT }, NULL },
		{ "before the build", CLOCK_AUTO, { .now = BUILT - 1 }, "before this program" },
		{ "the epoch", CLOCK_AUTO, { .now = 0 }, "1970-01-01" },
		{ "before the epoch", CLOCK_AUTO, { .now = -86400 }, "before 1970" },
		{ "synchronized, yet before the build", CLOCK_AUTO,
		    { .now = 5, .timesyncd = true, .synchronized = true }, "before this program" },
		{ "ten minutes back", CLOCK_AUTO, { .now = LATER, .newest = LATER + 600 }, NULL },
		{ "more than ten minutes back", CLOCK_AUTO,
		    { .now = LATER, .newest = LATER + 601 }, "went back" },
		{ "back, as a time server says", CLOCK_AUTO,
		    { .now = LATER, .newest = (time_t)LATER + 400000000, .timesyncd = true,
		      .synchronized = true }, NULL },
		{ "back, and no time server has said so yet", CLOCK_AUTO,
		    { .now = LATER, .newest = LATER + 601, .timesyncd = true }, "went back" },
		{ "the store is older", CLOCK_AUTO, { .now = LATER, .newest = 5 }, NULL },
		{ "the store is empty", CLOCK_AUTO, { .now = LATER, .newest = 0 }, NULL },
		{ "not synchronized, no hardware clock", CLOCK_AUTO,
		    { .now = LATER, .timesyncd = true }, "no hardware clock" },
		{ "not synchronized, hardware clock", CLOCK_AUTO,
		    { .now = LATER, .timesyncd = true, .rtc = LATER }, NULL },
		{ "a hardware clock that was not set for years", CLOCK_AUTO,
		    { .now = LATER, .timesyncd = true, .rtc = LATER - 3600 }, NULL },
		{ "a hardware clock that the time was not taken from", CLOCK_AUTO,
		    { .now = LATER, .timesyncd = true, .rtc = LATER + 3601 }, "says another time" },
		{ "a hardware clock without a battery", CLOCK_AUTO,
		    { .now = LATER, .timesyncd = true, .rtc = 42 }, "clock says 1970-01-01" },
		{ "a hardware clock without a battery, synchronized", CLOCK_AUTO,
		    { .now = LATER, .timesyncd = true, .synchronized = true, .rtc = 42 }, NULL },
		{ "synchronized", CLOCK_AUTO,
		    { .now = LATER, .timesyncd = true, .synchronized = true }, NULL },
		{ "no time server in use, no hardware clock", CLOCK_AUTO, { .now = LATER }, NULL },
		{ "trusted against everything", CLOCK_TRUSTED,
		    { .now = 0, .newest = LATER, .timesyncd = true }, NULL },
		{ "synced without proof", CLOCK_SYNCED,
		    { .now = LATER, .rtc = LATER }, "not synchronized" },
		{ "synced with proof", CLOCK_SYNCED,
		    { .now = LATER, .timesyncd = true, .synchronized = true }, NULL },
		{ "synced, but before the build", CLOCK_SYNCED,
		    { .now = 0, .timesyncd = true, .synchronized = true }, "before this program" },
	};

	(void)state;
	assert_int_equal(day_zone("Etc/UTC", NULL), 0);
	for (size_t i = 0; i < COUNT(T); i++) {
		struct clock_evidence ev = T[i].ev;
		ev.built = BUILT;
		const char *why = clock_doubt(T[i].mode, &ev);
		if ((why == NULL) != (T[i].doubt == NULL))
			fail_msg("%s: %s", T[i].what, why != NULL ? why : "trusted");
		if (why == NULL)
			continue;
		if (strstr(why, T[i].doubt) == NULL)
			fail_msg("%s: %s", T[i].what, why);
		assert_non_null(strstr(why, "run: sudo fridgectl clock confirm"));
		assert_true(strlen(why) < 200);
	}
}

static void
touch(const char *root, const char *path, bool dir)
{
	char full[4096];

	snprintf(full, sizeof full, "%s%s", root, path);
	if (dir) {
		assert_int_equal(mkdir(full, 0700), 0);
	} else {
		int fd = open(full, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		assert_true(fd != -1);
		close(fd);
	}
}

static void
the_evidence_is_read_from_the_machine(void **state)
{
	enum { SYNCHRONIZED = 3 };
	static const struct {
		const char *path;
		bool dir;
	} MADE[] = {
		{ "/run", true }, { "/run/systemd", true }, { "/run/systemd/timesync", true },
		{ "/run/systemd/timesync/synchronized", false },
		{ "/sys", true }, { "/sys/class", true }, { "/sys/class/rtc", true },
		{ "/sys/class/rtc/rtc0", true }, { "/sys/class/rtc/rtc0/since_epoch", false },
	};
	static const struct {
		const char *text;
		time_t rtc;
		bool counts;
	} CLOCKS[] = {
		{ "", 0, false }, { "17\n", 17, false }, { "x\n", 0, false }, { NULL, -1, true },
	};
	char root[] = "/tmp/day_test.XXXXXX", full[4096], text[32];
	struct clock_evidence ev = { .newest = 42 };

	(void)state;
	assert_non_null(mkdtemp(root));
	clock_look(root, &ev);
	assert_false(ev.timesyncd || ev.synchronized || clock_has_rtc(&ev));
	assert_in_range(time(NULL) - ev.now, 0, 60);
	assert_true(ev.built > 0);
	assert_int_equal(ev.newest, 42);	/* the caller's */
	for (size_t i = 0; i < COUNT(MADE); i++) {
		touch(root, MADE[i].path, MADE[i].dir);
		clock_look(root, &ev);
		assert_int_equal(ev.timesyncd, i >= 2);
		assert_int_equal(ev.synchronized, i >= SYNCHRONIZED);
		assert_int_equal(ev.rtc, 0);
	}
	snprintf(full, sizeof full, "%s%s", root, MADE[SYNCHRONIZED].path);
	assert_int_equal(remove(full), 0);
	/* It is there on each Raspberry Pi 5: what counts is what it says. */
	for (size_t i = 0; i < COUNT(CLOCKS); i++) {
		snprintf(text, sizeof text, "%lld\n", (long long)time(NULL));
		snprintf(full, sizeof full, "%s%s", root, MADE[COUNT(MADE) - 1].path);
		FILE *f = fopen(full, "we");
		assert_non_null(f);
		fputs(CLOCKS[i].text != NULL ? CLOCKS[i].text : text, f);
		assert_int_equal(fclose(f), 0);
		clock_look(root, &ev);
		assert_int_equal(clock_has_rtc(&ev), CLOCKS[i].counts);
		if (CLOCKS[i].rtc != -1)
			assert_int_equal(ev.rtc, CLOCKS[i].rtc);
	}
	touch(root, MADE[SYNCHRONIZED].path, false);
	clock_look(root, &ev);
	assert_int_equal(ev.rtc, 0);	/* it is not asked then */
	for (size_t i = COUNT(MADE); i-- > 0;) {
		snprintf(full, sizeof full, "%s%s", root, MADE[i].path);
		assert_int_equal(remove(full), 0);
	}
	assert_int_equal(rmdir(root), 0);
}

static void
waiting_clocks_never_go_back_and_the_boot_has_a_name(void **state)
{
	char a[BOOT_ID_SIZE], b[BOOT_ID_SIZE];
	int64_t mono = clock_mono_ms(), boot = clock_boot_ms();

	(void)state;
	assert_true(mono > 0);
	assert_true(clock_mono_ms() >= mono);
	assert_true(clock_boot_ms() >= boot);
	clock_boot_id(a);
	clock_boot_id(b);
	assert_string_equal(a, b);
	assert_true(strlen(a) == BOOT_ID_SIZE - 1 || a[0] == '\0');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_day_from_1970_to_9999_follows_the_one_before),
		cmocka_unit_test(known_days_have_their_number_and_weekday),
		cmocka_unit_test(days_that_are_in_no_calendar_are_refused),
		cmocka_unit_test(an_unknown_day_has_no_text),
		cmocka_unit_test(weekdays_are_named_by_three_letters_or_in_full_of_any_case),
		cmocka_unit_test(the_last_good_day_follows_from_shelf_life_and_storing_day),
		cmocka_unit_test(a_weekday_shelf_gives_that_weekday_two_to_eight_days_away),
		cmocka_unit_test(a_wrong_shelf_life_is_refused_with_what_is_allowed),
		cmocka_unit_test(an_instant_is_the_day_on_the_wall_of_its_zone),
		cmocka_unit_test(food_put_in_at_half_past_eleven_expires_by_the_calendar_over_a_clock_change),
		cmocka_unit_test(a_zone_that_is_no_file_is_refused_and_the_old_one_stays),
		cmocka_unit_test(an_empty_zone_is_the_one_of_the_environment),
		cmocka_unit_test(a_private_zone_folder_is_honoured),
		cmocka_unit_test(the_clock_is_doubted_only_on_evidence),
		cmocka_unit_test(the_evidence_is_read_from_the_machine),
		cmocka_unit_test(waiting_clocks_never_go_back_and_the_boot_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
