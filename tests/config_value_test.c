/* config_value_test.c - the values of settings: which are taken, and how they are told */
#include "../drivers/proto.h"
#include "config_world.h"

static void
values_out_of_their_range_are_refused_with_what_is_allowed(void **state)
{
	static const struct {
		const char *section, *line, *says, *allowed;
	} T[] = {
		{ "reader", "poll_ms = 100ms", "not a plain number (of ms)", "10 to 200" },
		{ "reader", "poll_ms = 0.1s", "not a plain number", "10 to 200" },
		{ "reader", "poll_ms =", "not a plain number", "10 to 200" },
		{ "reader", "poll_ms = 0", "out of range", "10 to 200" },
		{ "reader", "poll_ms = -100", "out of range", "10 to 200" },
		{ "reader", "poll_ms = 99999999999999999999", "out of range", "10 to 200" },
		{ "reader", "poll_ms = 0x64", "not a plain number", "10 to 200" },
		{ "reader", "poll_ms = +100", "not a plain number", "10 to 200" },
		{ "reader", "poll_ms = --5", "not a plain number", "10 to 200" },
		{ "reader", "poll_ms = 100 # fast", "not a plain number", "10 to 200" },
		{ "reader", "technologies =", "without a kind of card", "iso14443b" },
		{ "reader", "technologies = mifare", "no kind of card", "iso14443a" },
		{ "reader", "technologies = iso14443a,averyverylongword", "no kind of card", "felica" },
		{ "reader", "device = pn532_uart:/dev/x # uart", "a blank", "connstring" },
		{ "reader", "helper = /opt/x # mine", "its own line", "path" },
		{ "printer", "queue = my label", "a blank", "lpstat" },
		{ "printer", "media = 62x29", "no label size", "WxMAXmm" },
		{ "printer", "language = ql-600", "no printer's language", "ql-1110nwb" },
		{ "printer", "language = ql", "no printer's language", "ql-500" },
		{ "printer", "language = QL-700", "no printer's language", "zpl zpl-300" },
		{ "printer", "language = zpl ql-700", "no printer's language", "or empty" },
		{ "printer", "red = 1", "neither yes nor no", "yes or no" },
		{ "printer", "rotate = 45", "not known", "270" },
		{ "printer", "rotate = AUTO", "not known", "auto" },
		{ "printer", "stale_after_s = 2m", "not a plain number (of s)", "86400" },
		{ "label", "shelf = 1w", "no unit", "3650d" },
		{ "label", "shelf = someday", "no shelf life", "fri" },
		{ "label", "shelf = 3651d", "too long", "3650d" },
		{ "label", "template = ../secret", "not a bare name", "template list" },
		{ "label", "template = .hidden", "not a bare name", "template" },
		{ "label", "template =", "it is empty", "template" },
		{ "store", "path =", "it is empty", "path" },
		{ "store", "keep_days = 90d", "not a plain number (of days)", "3650" },
		{ "store", "keep_days = 0", "out of range", "1 to 3650" },
		{ "fridge", "name =", "", "64 characters" },
		{ "fridge", "name = a\xe2\x80\xae""b", "", "64 characters" },
		{ "fridge", "code = f3", "no prefix", "A-Z" },
		{ "fridge", "code = ABCDE", "no prefix", "0 to 4" },
		{ "fridge", "code = A-1", "no prefix", "A-Z" },
		{ "fridge", "language = klingon", "there is no language", "ko" },
		{ "fridge", "timezone = Mars/Phobos", "there is no time zone", "Asia/Seoul" },
		{ "fridge", "timezone = ../../etc/passwd", "there is no time zone", "Asia" },
		{ "fridge", "clock = maybe", "not known", "auto, trusted or synced" },
		{ "report", "empty = freitag 16:00", "no weekday", "daily" },
		{ "report", "empty = friday 4pm", "\"4pm\" is no time of day", "fri 16:00" },
		{ "report", "empty = friday", "\"friday\" has no time of day", "fri 16:00" },
		{ "report", "empty = fri", "no time of day", "never" },
		{ "report", "empty = fri 24:00", "no time of day", "never" },
		{ "report", "empty = fri 16:60", "no time of day", "never" },
		{ "report", "empty = fri 16", "no time of day", "never" },
		{ "report", "empty = fri 16:00 sharp", "no time of day", "never" },
		{ "report", "empty = 16:00", "no weekday", "daily" },
		{ "report", "empty =", "no time of emptying", "never" },
		{ "report", "quiet_days = sat holiday", "no weekday", "mon tue" },
		{ "report", "owner_mail = true", "neither yes nor no", "yes or no" },
		{ "indicator", "ok = ../../x", "not a bare name", "leds" },
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < COUNT(T); i++) {
		sprintf(text, "[%s]\n%s\n", T[i].section, T[i].line);
		struct err e = bad(text, 2, T[i].says);
		if (strstr(e.todo, T[i].allowed) == NULL)
			fail_msg("%s: \"%s\" does not say \"%s\"", T[i].line, e.todo, T[i].allowed);
	}
}

static void
numbers_are_taken_up_to_the_ends_of_their_range(void **state)
{
	struct config c;
	struct setting s;
	char value[CONFIG_TEXT], text[128];
	int min, max, seen = 0;

	(void)state;
	config_defaults(&c);
	for (int i = 0; config_setting(&c, i, &s, value) == 1; i++) {
		char end;
		if (sscanf(s.allowed, "%d to %d%c", &min, &max, &end) != 2)
			continue;
		seen++;
		for (int step = -1; step <= 1; step++) {
			sprintf(text, "[%s]\n%s = %d\n", s.section, s.key, min + step);
			if (step < 0)
				bad(text, 2, "out of range");
			else
				good(text);
			sprintf(text, "[%s]\n%s = %d\n", s.section, s.key, max + step);
			if (step > 0)
				bad(text, 2, "out of range");
			else
				good(text);
		}
	}
	assert_true(seen >= 9);
}

static void
label_sizes_are_read_to_a_hundredth_of_a_millimetre(void **state)
{
	static const struct {
		const char *text;
		int width, length;
		bool roll;
	} GOOD[] = {
		{ "62x29mm", 6200, 2900, false }, { "57.5x32mm", 5750, 3200, false },
		{ "17.25x54.05mm", 1725, 5405, false }, { "62X29MM", 6200, 2900, false },
		{ "62xMAX100mm", 6200, 10000, true }, { "62xmax100.5mm", 6200, 10050, true },
		{ "62xMAXmm", 6200, 100000, true }, { "6x6mm", 600, 600, false },
		{ "300x1000mm", 30000, 100000, false }, { "", 0, 0, false },
	};
	static const char *const BAD[] = {
		"62x29", "62mm", "x29mm", "62xmm", "62x29cm", "62 x 29mm", "62x29 mm", " 62x29mm",
		"62x29mm ", "-62x29mm", "62,5x29mm", "62.x29mm", "62.123x29mm", "5.99x29mm", "62x5mm",
		"301x29mm", "62x1001mm", "99999x29mm", "4294967358x29mm", "62x29x3mm", "MAXx29mm",
		"62xMAX", "62xMAX5mm", "0x0mm", "in", "2.4x1.1in",
	};
	struct media m;

	(void)state;
	for (size_t i = 0; i < COUNT(GOOD); i++) {
		if (media_parse(GOOD[i].text, &m) == -1)
			fail_msg("\"%s\" was refused", GOOD[i].text);
		assert_int_equal(m.width, GOOD[i].width);
		assert_int_equal(m.length, GOOD[i].length);
		assert_int_equal(m.roll, GOOD[i].roll);
	}
	m.width = 77;
	for (size_t i = 0; i < COUNT(BAD); i++) {
		if (media_parse(BAD[i], &m) != -1)
			fail_msg("\"%s\" was taken", BAD[i]);
		assert_int_equal(m.width, 77);
	}
}

static void
every_language_of_a_printer_is_taken(void **state)
{
	char all[] = PROTO_LANGUAGES, text[64], *rest = all, *word;
	int count = 0;

	(void)state;
	while ((word = strsep(&rest, " ")) != NULL) {
		sprintf(text, "[printer]\nlanguage = %s\nred = yes\n", word);
		struct config c = good(text);
		assert_string_equal(c.printer.language, word);
		assert_true(c.printer.red);
		count++;
	}
	assert_int_equal(count, 19);
	struct config c = good("[printer]\nlanguage =\n");
	assert_string_equal(c.printer.language, "");
	assert_false(c.printer.red);
}

static void
times_of_emptying_and_lists_of_days_are_read(void **state)
{
	struct config c = good("[report]\nempty = never\nquiet_days =\n");

	(void)state;
	assert_int_equal(c.report.empty.how, EMPTY_NEVER);
	assert_int_equal(c.report.quiet_days, 0);
	c = good("[report]\nempty = daily 0:00\nquiet_days = Mon, tue,SUN\n");
	assert_int_equal(c.report.empty.how, EMPTY_DAILY);
	assert_int_equal(c.report.empty.hour, 0);
	assert_int_equal(c.report.quiet_days, 1u << MON | 1u << TUE | 1u << SUN);
	c = good("[report]\nempty = Sun  23:59\n");
	assert_int_equal(c.report.empty.weekday, SUN);
	assert_int_equal(c.report.empty.hour, 23);
	assert_int_equal(c.report.empty.minute, 59);
	c = good("[report]\nempty = Friday 16:00\nquiet_days = saturday, Sunday\n");
	assert_int_equal(c.report.empty.weekday, FRI);
	assert_int_equal(c.report.quiet_days, 1u << SAT | 1u << SUN);
}

static void
a_name_is_kept_composed(void **state)
{
	/* Hangul as some systems export it, in parts. */
	struct config c = good("[fridge]\nname = \xe1\x84\x86\xe1\x85\xae\xe1\x86\xaf\n");

	(void)state;
	assert_string_equal(c.fridge.name, "\xeb\xac\xbc");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_out_of_their_range_are_refused_with_what_is_allowed),
		cmocka_unit_test(numbers_are_taken_up_to_the_ends_of_their_range),
		cmocka_unit_test(label_sizes_are_read_to_a_hundredth_of_a_millimetre),
		cmocka_unit_test(every_language_of_a_printer_is_taken),
		cmocka_unit_test(times_of_emptying_and_lists_of_days_are_read),
		cmocka_unit_test(a_name_is_kept_composed),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
