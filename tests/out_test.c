/* out_test.c - one answer, for people and as JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../firmware/out.h"

/* An answer under test and what it printed. */
struct sheet {
	char *text;
	size_t size;
	FILE *to;
	struct out *o;
};

static void
sheet_open(struct sheet *s, bool json)
{
	s->to = open_memstream(&s->text, &s->size);
	assert_non_null(s->to);
	s->o = out_new(s->to, json);
	assert_non_null(s->o);
}

static void
sheet_shows(struct sheet *s, const char *want)
{
	assert_int_equal(out_finish(s->o), 0);
	fclose(s->to);
	assert_string_equal(s->text, want);
	free(s->text);
}

static void
person(struct out *o, int64_t id, const char *name, const char *group)
{
	out_object(o, NULL, NULL);
	out_int(o, "id", "ID", id);
	out_text(o, "name", "Name", name);
	out_text(o, "group", "Group", group);
	out_day(o, "since", NULL, DAY_NONE);
	out_end(o);
}

static void
a_list_of_objects_is_a_table_for_people(void **state)
{
	struct sheet s;

	(void)state;
	sheet_open(&s, false);
	out_list(s.o, NULL, NULL);
	person(s.o, 7, "Kim", "3F");
	person(s.o, 12, "Bartholomew", NULL);
	out_end(s.o);
	sheet_shows(&s,
	    "ID  Name         Group\n"
	    " 7  Kim          3F\n"
	    "12  Bartholomew\n");
}

static void
wide_names_keep_the_columns_in_line(void **state)
{
	struct sheet s;

	(void)state;
	sheet_open(&s, false);
	out_list(s.o, NULL, NULL);
	person(s.o, 1, "김민준", "A");
	person(s.o, 2, "Ann", "B");
	out_end(s.o);
	sheet_shows(&s,
	    "ID  Name    Group\n"
	    " 1  김민준  A\n"
	    " 2  Ann     B\n");
}

static void
a_column_in_which_nothing_stands_is_left_out(void **state)
{
	struct sheet s;

	(void)state;
	sheet_open(&s, false);
	out_list(s.o, NULL, NULL);
	person(s.o, 1, "Ann", "");
	out_end(s.o);
	sheet_shows(&s, "ID  Name\n 1  Ann\n");
}

static void
json_has_every_key_and_null_for_what_is_unknown(void **state)
{
	struct sheet s;

	(void)state;
	sheet_open(&s, true);
	out_list(s.o, NULL, NULL);
	person(s.o, 1, "a\"b/c\n", "");
	out_end(s.o);
	out_say(s.o, "for people only");
	sheet_shows(&s,
	    "[\n  {\n"
	    "    \"id\":1,\n"
	    "    \"name\":\"a\\\"b/c\\n\",\n"
	    "    \"group\":null,\n"
	    "    \"since\":null\n"
	    "  }\n]\n");
}

static void
an_empty_list_is_an_empty_array_and_no_text(void **state)
{
	struct sheet s;

	(void)state;
	sheet_open(&s, true);
	out_list(s.o, NULL, NULL);
	out_end(s.o);
	sheet_shows(&s, "[]\n");
	sheet_open(&s, false);
	out_list(s.o, NULL, NULL);
	out_end(s.o);
	out_say(s.o, "Nobody yet.");
	sheet_shows(&s, "Nobody yet.\n");
}

/* The same thing both ways: members for people only, for JSON only, for both. */
static void
thing(struct out *o)
{
	out_object(o, NULL, NULL);
	out_int(o, "id", "ID", 5000000000);
	out_text(o, NULL, "Shown", "only here");
	out_text(o, "hidden", NULL, "only there");
	out_bool(o, "clock_ok", "Clock trusted", true);
	out_day(o, "on", "On", day_of(2026, 3, 20));
	out_null(o, "none", "None");
	out_object(o, "owner", NULL);
	out_int(o, "id", NULL, 3);
	out_end(o);
	out_list(o, "badges", "Badges");
	person(o, 1, "Ann", "A");
	out_end(o);
	out_list(o, "labels", "Labels");
	out_end(o);
	out_list(o, "codes", "Codes");
	out_text(o, NULL, NULL, "24818");
	out_text(o, NULL, NULL, "24795");
	out_end(o);
	out_end(o);
}

static void
an_object_is_lines_of_title_and_value(void **state)
{
	struct sheet s;

	(void)state;
	sheet_open(&s, false);
	thing(s.o);
	sheet_shows(&s,
	    "ID:            5000000000\n"
	    "Shown:         only here\n"
	    "Clock trusted: yes\n"
	    "On:            2026-03-20\n"
	    "Badges:\n"
	    "  ID  Name  Group\n"
	    "   1  Ann   A\n"
	    "Labels: none\n"
	    "Codes:\n"
	    "  24818\n"
	    "  24795\n");
}

static void
an_object_is_one_document_of_keys(void **state)
{
	struct sheet s;

	(void)state;
	sheet_open(&s, true);
	thing(s.o);
	sheet_shows(&s,
	    "{\n"
	    "  \"id\":5000000000,\n"
	    "  \"hidden\":\"only there\",\n"
	    "  \"clock_ok\":true,\n"
	    "  \"on\":\"2026-03-20\",\n"
	    "  \"none\":null,\n"
	    "  \"owner\":{\n    \"id\":3\n  },\n"
	    "  \"badges\":[\n    {\n      \"id\":1,\n      \"name\":\"Ann\",\n"
	    "      \"group\":\"A\",\n      \"since\":null\n    }\n  ],\n"
	    "  \"labels\":[],\n"
	    "  \"codes\":[\n    \"24818\",\n    \"24795\"\n  ]\n"
	    "}\n");
}

static void
control_characters_never_reach_the_terminal(void **state)
{
	struct sheet s;

	(void)state;
	sheet_open(&s, false);
	out_list(s.o, NULL, NULL);
	person(s.o, 1, "a\x1b[2Jb", "x");
	person(s.o, 2, "c\xc2\x9b" "d", "y");
	out_end(s.o);
	sheet_shows(&s,
	    "ID  Name       Group\n"
	    " 1  a\\x1b[2Jb  x\n"
	    " 2  c\\x9bd     y\n");
}

static void
nothing_is_printed_before_the_end(void **state)
{
	struct sheet s;

	(void)state;
	sheet_open(&s, false);
	out_say(s.o, "a line");
	thing(s.o);
	fflush(s.to);
	assert_int_equal(s.size, 0);
	out_discard(s.o);
	fclose(s.to);
	assert_int_equal(s.size, 0);
	free(s.text);
}

static void
a_failed_write_is_told(void **state)
{
	static const bool both[] = { false, true };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		FILE *full = fopen("/dev/full", "w");
		assert_non_null(full);
		struct out *o = out_new(full, both[i]);
		thing(o);
		assert_int_equal(out_finish(o), -1);
		fclose(full);
	}
}

/* ---- streams ---- */

static void
a_number(struct out *o, int64_t n)
{
	out_say(o, "n = %lld", (long long)n);
	out_object(o, NULL, NULL);
	out_int(o, "n", NULL, n);
	out_end(o);
}

static void
stream_shows(bool json, enum out_stream how, int count, const char *want)
{
	struct sheet s;

	sheet_open(&s, json);
	out_begin_stream(s.o, how);
	for (int i = 1; i <= count; i++) {
		a_number(s.o, i);
		assert_int_equal(out_line(s.o), 0);
	}
	sheet_shows(&s, want);
}

static void
a_stream_is_an_array_or_a_document_a_line(void **state)
{
	(void)state;
	stream_shows(true, OUT_ARRAY, 2, "[\n  {\"n\":1},\n  {\"n\":2}\n]\n");
	stream_shows(true, OUT_ARRAY, 0, "[]\n");
	stream_shows(true, OUT_LINES, 2, "{\"n\":1}\n{\"n\":2}\n");
	stream_shows(true, OUT_LINES, 0, "");
	stream_shows(false, OUT_LINES, 2, "n = 1\nn = 2\n");
	stream_shows(false, OUT_ARRAY, 0, "");
}

static void
a_line_of_a_stream_is_printed_at_once(void **state)
{
	struct sheet s;

	(void)state;
	sheet_open(&s, true);
	out_begin_stream(s.o, OUT_LINES);
	a_number(s.o, 1);
	assert_int_equal(out_line(s.o), 0);
	fflush(s.to);
	assert_string_equal(s.text, "{\"n\":1}\n");
	a_number(s.o, 2);
	out_discard(s.o);	/* what was not told yet never is */
	fclose(s.to);
	assert_string_equal(s.text, "{\"n\":1}\n");
	free(s.text);
}

static void
a_warning_is_a_line_for_people(void **state)
{
	struct sheet s;

	(void)state;
	sheet_open(&s, false);
	out_warn(s.o, "No labels: %s.", "paper is out\x1b[0m");
	out_object(s.o, NULL, NULL);
	out_end(s.o);
	sheet_shows(&s, "No labels: paper is out\\x1b[0m.\n");	/* no terminal, no colour */
	sheet_open(&s, true);
	out_warn(s.o, "No labels.");
	out_object(s.o, NULL, NULL);
	out_int(s.o, "n", "N", 1);
	out_end(s.o);
	sheet_shows(&s, "{\n  \"n\":1\n}\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_of_objects_is_a_table_for_people),
		cmocka_unit_test(wide_names_keep_the_columns_in_line),
		cmocka_unit_test(a_column_in_which_nothing_stands_is_left_out),
		cmocka_unit_test(json_has_every_key_and_null_for_what_is_unknown),
		cmocka_unit_test(an_empty_list_is_an_empty_array_and_no_text),
		cmocka_unit_test(an_object_is_lines_of_title_and_value),
		cmocka_unit_test(an_object_is_one_document_of_keys),
		cmocka_unit_test(control_characters_never_reach_the_terminal),
		cmocka_unit_test(nothing_is_printed_before_the_end),
		cmocka_unit_test(a_failed_write_is_told),
		cmocka_unit_test(a_stream_is_an_array_or_a_document_a_line),
		cmocka_unit_test(a_line_of_a_stream_is_printed_at_once),
		cmocka_unit_test(a_warning_is_a_line_for_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
