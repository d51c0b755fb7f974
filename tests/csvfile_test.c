/* csvfile_test.c - tables as others write them, and texts that come back as they were */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "../firmware/csvfile.h"

#define COUNT(a) (sizeof (a) / sizeof *(a))
#define ROUNDS 3000

/* The records of a text as "LINE:value|value" lines; or the message, after "!". */
static const char *
read_all(const char *text, size_t size, char separator)
{
	static char said[8192];
	struct csv_record rec;
	struct err e = { .kind = ERR_NONE };
	size_t at = 0;
	int rc;

	char *exact = malloc(size > 0 ? size : 1);	/* for the sanitizer */
	memcpy(exact, text, size);
	struct csv_reader *r = csvfile_open(exact, size, separator);
	assert_non_null(r);
	said[0] = '\0';
	while ((rc = csvfile_next(r, &rec, &e)) == 1) {
		at += (size_t)snprintf(said + at, sizeof said - at, "%zu:", rec.line);
		for (size_t i = 0; i < rec.fields; i++)
			at += (size_t)snprintf(said + at, sizeof said - at, "%s%s", i > 0 ? "|" : "",
			    rec.field[i]);
		at += (size_t)snprintf(said + at, sizeof said - at, "\n");
	}
	if (rc == -1)
		snprintf(said + at, sizeof said - at, "!%s", e.what);
	else
		assert_int_equal(csvfile_done(r), size);
	csvfile_close(r);
	free(exact);
	return said;
}

static void
check(const char *text, char separator, const char *want)
{
	assert_string_equal(read_all(text, strlen(text), separator), want);
}

static void
records_come_with_the_line_they_begin_in(void **state)
{
	(void)state;
	check("a,b\nc,d\n", ',', "1:a|b\n2:c|d\n");
	check("a,b\r\nc,d", ',', "1:a|b\n2:c|d\n");
	check("a,b\rc,d\r", ',', "1:a|b\n2:c|d\n");
	check("\n\na\n  \n\nb\n", ',', "3:a\n6:b\n");
	check("\"x\ny\",1\nz,2\n", ',', "1:x\ny|1\n3:z|2\n");
	check("a\n\"x\r\n\r\ny\"\r\nz\n", ',', "1:a\n2:x\r\n\r\ny\n5:z\n");
	check("", ',', "");
	check("\n\n", ',', "");
}

static void
quotes_hold_separators_and_quotes(void **state)
{
	(void)state;
	check("\"a,b\",\"say \"\"hi\"\"\",\"\"\n", ',', "1:a,b|say \"hi\"|\n");
	check(" a ,  b c\t,\" d \"\n", ',', "1:a|b c| d \n");
	check("a\t\tb\t\n\tc\n", '\t', "1:a||b|\n2:|c\n");
	check("a;;b;\n;\n", ';', "1:a||b|\n2:|\n");
}

static void
a_quotation_mark_out_of_place_is_told_with_its_line(void **state)
{
	(void)state;
	check("a,b\nc\"d,e\n", ',', "1:a|b\n!line 2: a quotation mark stands in the middle of a value");
	check("a\n\"b\"c\n", ',', "1:a\n!line 2: a quotation mark stands in the middle of a value");
	check("a\n\nb,\"c\nd\ne\n", ',',
	    "1:a\n!line 3: a quotation mark opens in this record and is never closed");
}

static void
a_nul_byte_is_no_text(void **state)
{
	(void)state;
	assert_string_equal(read_all("a\nb\0c\n", 6, ','), "1:a\n!line 2: a NUL byte, which no text has");
}

static void
nothing_is_without_end(void **state)
{
	const size_t size = 10 << 20;
	char *text = malloc(size);

	(void)state;
	memset(text, 'x', size);
	memcpy(text, "a\n", 2);
	assert_non_null(strstr(read_all(text, size, ','), "!line 2: a value without end"));
	text[2] = '"';
	assert_non_null(strstr(read_all(text, size, ','), "!line 2: a value without end"));
	for (size_t i = 2; i < size; i++)
		text[i] = i % 80 == 0 ? '\n' : 'y';
	text[2] = '"';
	assert_non_null(strstr(read_all(text, size, ','), "!line 2: a value without end"));
	memset(text + 2, ',', size - 2);
	assert_non_null(strstr(read_all(text, size, ','), "!line 2: columns without end"));
	free(text);
	/* Up to the limit it is a value. */
	text = malloc(CSV_FIELD_MAX + 1);
	memset(text, 'x', CSV_FIELD_MAX + 1);
	struct csv_record rec;
	struct csv_reader *r = csvfile_open(text, CSV_FIELD_MAX, ',');
	assert_int_equal(csvfile_next(r, &rec, NULL), 1);
	assert_int_equal(strlen(rec.field[0]), CSV_FIELD_MAX);
	csvfile_close(r);
	free(text);
}

static void
the_separator_shows_in_the_first_lines(void **state)
{
	static const struct {
		const char *text;
		char want;
	} CASES[] = {
		{ "name,email\nKim,a@b\n", ',' },
		{ "name;email\nKim, Minsu;a@b\n", ';' },
		{ "name\temail\nKim, M.; Dr\ta@b\n", '\t' },
		{ "Kim, Minsu;a@b\nLee, Sora;c@d\n", ';' },
		{ "\"a;b;c\",d\n\"e;f\",g\n", ',' },
		{ "\"a\n;b;\",d\n\"e\",g\n", ',' },
		{ "name\nKim\nLee, Sora\n", ',' },
		{ "sep=;\r\na,b;c,d\r\n", ';' },
		{ "\n\nname;n\n", ';' },
		{ "", ',' },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(CASES); i++)
		if (csvfile_separator(CASES[i].text, strlen(CASES[i].text)) != CASES[i].want)
			fail_msg("%s", CASES[i].text);
	check("sep=;\r\na,b;c\r\n", ';', "2:a,b|c\n");
}

/* What the writer makes of one record, freed by the caller. */
static char *
written(const char *const *values, size_t n, size_t *size)
{
	char *text = NULL;
	struct csv_writer w = { .to = open_memstream(&text, size) };

	assert_non_null(w.to);
	for (size_t i = 0; i < n; i++)
		csvfile_text(&w, values[i]);
	csvfile_end(&w);
	fclose(w.to);
	return text;
}

static void
only_what_must_be_is_quoted_and_no_value_is_a_formula(void **state)
{
	static const char *const VALUES[] = {
		"Kim", "-Kim", "=1+1", "+82", "@home", "\tx", "a=b", "'t Hooft", "'-x", "Lee, S.",
		"say \"hi\"", " x", "", "\uff1d1", NULL,
	};
	size_t size;
	char *text = written(VALUES, COUNT(VALUES), &size);

	(void)state;
	assert_string_equal(text, "Kim,\"'-Kim\",\"'=1+1\",\"'+82\",\"'@home\",\"'\tx\",a=b,'t Hooft,"
	    "\"''-x\",\"Lee, S.\",\"say \"\"hi\"\"\",\" x\",,\"'\uff1d1\",\r\n");
	free(text);
	text = NULL;
	struct csv_writer w = { .to = open_memstream(&text, &size) };
	csvfile_mark(&w);
	csvfile_int(&w, -3);
	csvfile_text(&w, "b");
	csvfile_end(&w);
	csvfile_text(&w, "");
	csvfile_end(&w);
	fclose(w.to);
	assert_string_equal(text, "\xef\xbb\xbf-3,b\r\n\"\"\r\n");
	free(text);
}

static void
any_text_comes_back_as_it_was(void **state)
{
	static const char *const PIECES[] = {
		"=", "+", "-", "@", "'", "''", "\t", "\r", "\n", "\r\n", "\"", "\"\"", ",", ";", " ", "",
		"Kim", "김민수", "山田", "é", "مريم", "\uff1d", "\uff20", "👩‍🍳", "sep=;",
	};

	(void)state;
	srandom(7);
	for (int round = 0; round < ROUNDS; round++) {
		char value[4][64];
		const char *values[4];
		size_t n = 1 + (size_t)random() % 4, size;
		for (size_t i = 0; i < n; i++) {
			value[i][0] = '\0';
			for (long k = random() % 5; k > 0; k--)
				strcat(value[i], PIECES[(size_t)random() % COUNT(PIECES)]);
			values[i] = value[i];
		}
		char *text = written(values, n, &size);
		struct csv_record rec;
		struct err e = { .what = "nothing there" };
		struct csv_reader *r = csvfile_open(text, size, ',');
		if (csvfile_next(r, &rec, &e) != 1)
			fail_msg("%s: %s", text, e.what);
		assert_int_equal(rec.fields, n);
		for (size_t i = 0; i < n; i++)
			assert_string_equal(rec.field[i], values[i]);
		assert_int_equal(csvfile_next(r, &rec, &e), 0);
		csvfile_close(r);
		free(text);
	}
}

/* No text makes the reader say nothing, crash or run on. */
static void
whatever_bytes_come_they_are_read_or_refused(void **state)
{
	static const char BYTES[] = "\"\",;\t\r\n '=ab\xea\xb0\x80";

	(void)state;
	srandom(11);
	for (int round = 0; round < ROUNDS; round++) {
		char text[64];
		size_t size = (size_t)random() % sizeof text;
		for (size_t i = 0; i < size; i++)
			text[i] = BYTES[(size_t)random() % sizeof BYTES];
		read_all(text, size, csvfile_separator(text, size));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_come_with_the_line_they_begin_in),
		cmocka_unit_test(quotes_hold_separators_and_quotes),
		cmocka_unit_test(a_quotation_mark_out_of_place_is_told_with_its_line),
		cmocka_unit_test(a_nul_byte_is_no_text),
		cmocka_unit_test(nothing_is_without_end),
		cmocka_unit_test(the_separator_shows_in_the_first_lines),
		cmocka_unit_test(only_what_must_be_is_quoted_and_no_value_is_a_formula),
		cmocka_unit_test(any_text_comes_back_as_it_was),
		cmocka_unit_test(whatever_bytes_come_they_are_read_or_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
