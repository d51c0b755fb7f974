/* proto_test.c - the lines between fridged and its helpers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../drivers/proto.h"

/* Numbers that are the same in every run. */
static uint32_t seed;
static uint32_t
draw(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % below;
}

/* Parse a copy; the copy must live as long as the parts. */
static int
parse(const char *line, struct proto_parts *out)
{
	static char copy[2 * PROTO_LINE];

	assert_true(strlen(line) < sizeof copy);
	strcpy(copy, line);
	return proto_parse(copy, out);
}

static void
put_utf8(char *out, uint32_t c)
{
	size_t n = strlen(out);

	if (c < 0x80) {
		out[n++] = (char)c;
	} else if (c < 0x800) {
		out[n++] = (char)(0xc0 | c >> 6);
		out[n++] = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		out[n++] = (char)(0xe0 | c >> 12);
		out[n++] = (char)(0x80 | (c >> 6 & 0x3f));
		out[n++] = (char)(0x80 | (c & 0x3f));
	} else {
		out[n++] = (char)(0xf0 | c >> 18);
		out[n++] = (char)(0x80 | (c >> 12 & 0x3f));
		out[n++] = (char)(0x80 | (c >> 6 & 0x3f));
		out[n++] = (char)(0x80 | (c & 0x3f));
	}
	out[n] = '\0';
}

/* Random text: any Unicode character but NUL and surrogates, most often short ones. */
static void
draw_text(char *out, size_t max_characters)
{
	static const uint32_t LIMITS[] = { 0x80, 0x80, 0x800, 0x10000, 0x110000 };
	size_t n = draw((uint32_t)max_characters + 1);

	out[0] = '\0';
	while (n > 0) {
		uint32_t c = draw(LIMITS[draw(5)]);
		if (c == 0 || (c >= 0xd800 && c < 0xe000))
			continue;
		put_utf8(out, c);
		n--;
	}
}

static void
words_and_pairs_are_told_apart(void **state)
{
	struct proto_parts p;

	(void)state;
	assert_int_equal(parse("print id=7 now queue= later", &p), 0);
	assert_int_equal(p.count, 5);
	assert_null(p.part[0].key);
	assert_string_equal(p.part[0].value, "print");
	assert_string_equal(proto_get(&p, "id"), "7");
	assert_string_equal(proto_get(&p, "queue"), "");
	assert_string_equal(proto_get(&p, "nothing"), "");
	assert_string_equal(proto_arg(&p, 1), "now");
	assert_string_equal(proto_arg(&p, 2), "later");
	assert_string_equal(proto_arg(&p, 3), "");
}

static void
the_first_word_is_never_a_pair(void **state)
{
	struct proto_parts p;

	(void)state;
	assert_int_equal(parse("setup=1 x=2", &p), 0);
	assert_null(p.part[0].key);
	assert_string_equal(p.part[0].value, "setup=1");
	assert_string_equal(proto_get(&p, "setup"), "");
}

static void
a_line_is_what_the_header_shows(void **state)
{
	struct proto_line l;

	(void)state;
	proto_start(&l, "tap");
	proto_word(&l, "iso14443a");
	proto_word(&l, "04a1b2c3d4e5f6");
	assert_true(l.ok);
	assert_string_equal(l.text, "tap iso14443a 04a1b2c3d4e5f6");

	proto_start(&l, "setup");
	proto_pair(&l, "device", "pn532_uart:/dev/ttyAMA0");
	proto_pair(&l, "queue", "");
	proto_pair(&l, "media", NULL);
	proto_pair_int(&l, "rearm_ms", -800);
	assert_true(l.ok);
	assert_string_equal(l.text,
	    "setup device=pn532_uart:/dev/ttyAMA0 queue= media= rearm_ms=-800");
	assert_int_equal(l.len, strlen(l.text));
}

static void
what_would_break_a_line_is_encoded(void **state)
{
	struct proto_line l;

	(void)state;
	proto_start(&l, "print");
	proto_pair(&l, "owner", "a b=c%d\n\t\x7f\"\\\xea\xb9\x80");
	assert_string_equal(l.text, "print owner=a%20b%3Dc%25d%0A%09%7F%22%5C%EA%B9%80");
	proto_start(&l, "error");
	proto_word(&l, "AZaz09-._~:/,+@");
	assert_string_equal(l.text, "error AZaz09-._~:/,+@");
}

static void
any_text_comes_back_as_it_was(void **state)
{
	struct proto_line l;
	struct proto_parts p;
	char word[200], first[200], second[200];

	(void)state;
	seed = 20260320;
	for (int i = 0; i < 3000; i++) {
		do
			draw_text(word, 40);
		while (word[0] == '\0');
		draw_text(first, 40);
		draw_text(second, 40);
		proto_start(&l, "x");
		proto_word(&l, word);
		proto_pair(&l, "a", first);
		proto_pair(&l, "b", second);
		assert_true(l.ok);
		assert_null(strpbrk(l.text, "\n\r\t\"\x7f"));
		assert_int_equal(proto_parse(l.text, &p), 0);
		assert_int_equal(p.count, 4);
		assert_string_equal(proto_arg(&p, 1), word);
		assert_string_equal(proto_get(&p, "a"), first);
		assert_string_equal(proto_get(&p, "b"), second);
	}
}

static void
a_line_that_is_too_long_is_marked_and_not_cut(void **state)
{
	struct proto_line l;
	char text[PROTO_LINE];

	(void)state;
	/* "x a=" and the value fill a line but for newline and NUL. */
	memset(text, 'y', sizeof text);
	text[PROTO_LINE - 2 - 4] = '\0';
	proto_start(&l, "x");
	proto_pair(&l, "a", text);
	assert_true(l.ok);
	assert_int_equal(l.len, PROTO_LINE - 2);
	assert_int_equal(l.text[l.len], '\0');

	text[PROTO_LINE - 2 - 4] = 'y';
	text[PROTO_LINE - 2 - 3] = '\0';
	proto_start(&l, "x");
	proto_pair(&l, "a", text);
	assert_false(l.ok);
	/* Something short after it does not make it good again. */
	proto_word(&l, "z");
	assert_false(l.ok);
	assert_true(strlen(l.text) < PROTO_LINE - 1);
	proto_start(&l, "x");
	assert_true(l.ok);
}

static void
a_character_that_grows_over_the_end_marks_the_line_too(void **state)
{
	struct proto_line l;
	char text[PROTO_LINE];

	(void)state;
	memset(text, 'y', sizeof text);
	text[PROTO_LINE - 2 - 4 - 2] = ' ';	/* three bytes as %20, where two are left */
	text[PROTO_LINE - 2 - 4 - 1] = '\0';
	proto_start(&l, "x");
	proto_pair(&l, "a", text);
	assert_false(l.ok);
}

static void
bad_escapes_are_refused(void **state)
{
	static const char *const BAD[] = {
		"x a=%", "x a=%2", "x a=%zz", "x a=%2g", "x a=%g2", "x a=% 20", "x a=%%",
		"x %", "%", "x a=ok%2", "x a=%-1", "x a=%+1", "x a=%0x", "x a=b c%4",
	};
	struct proto_parts p;

	(void)state;
	for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
		if (parse(BAD[i], &p) != -1)
			fail_msg("accepted: %s", BAD[i]);
	assert_int_equal(parse("x a=%2f%2F", &p), 0);
	assert_string_equal(proto_get(&p, "a"), "//");
}

static void
an_encoded_nul_is_refused(void **state)
{
	struct proto_parts p;

	(void)state;
	assert_int_equal(parse("x a=%00", &p), -1);
	assert_int_equal(parse("x a=ab%00cd", &p), -1);
	assert_int_equal(parse("%00", &p), -1);
	assert_int_equal(parse("x a=%01", &p), 0);
}

static void
bytes_that_are_no_utf8_are_refused(void **state)
{
	static const char *const BAD[] = {
		"%80", "%BF", "%C0%80", "%C1%BF", "%C2", "%C2%20", "%E0%80%80", "%E0%9F%BF",
		"%ED%A0%80", "%ED%BF%BF", "%E4%BD", "%F0%80%80%80", "%F0%8F%BF%BF",
		"%F4%90%80%80", "%F5%80%80%80", "%FF", "%FE", "%F0%9F%8D", "a%C3",
		"\xc3", "\xff", "\xe4\xbd", "\xed\xa0\x80",
	};
	static const char *const GOOD[] = {
		"%C2%80", "%DF%BF", "%E0%A0%80", "%ED%9F%BF", "%EE%80%80", "%EF%BF%BD",
		"%F0%90%80%80", "%F4%8F%BF%BF", "\xea\xb9\x80", "%EA\xb9%80",
	};
	struct proto_parts p;
	char line[64];

	(void)state;
	for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
		snprintf(line, sizeof line, "x a=%s", BAD[i]);
		if (parse(line, &p) != -1)
			fail_msg("accepted: %s", line);
		snprintf(line, sizeof line, "x %s", BAD[i]);
		assert_int_equal(parse(line, &p), -1);
	}
	for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
		snprintf(line, sizeof line, "x a=%s", GOOD[i]);
		if (parse(line, &p) != 0)
			fail_msg("refused: %s", line);
	}
}

static void
every_two_byte_text_is_utf8_or_refused(void **state)
{
	struct proto_parts p;
	char line[32];

	(void)state;
	for (unsigned a = 1; a < 256; a++) {
		for (unsigned b = 1; b < 256; b++) {
			bool good = (a < 0x80 && b < 0x80) ||
			    (a >= 0xc2 && a < 0xe0 && b >= 0x80 && b < 0xc0);
			snprintf(line, sizeof line, "x a=%%%02X%%%02x", a, b);
			if ((parse(line, &p) == 0) != good)
				fail_msg("%s", line);
		}
	}
}

static void
an_empty_line_is_refused(void **state)
{
	struct proto_parts p;

	(void)state;
	assert_int_equal(parse("", &p), -1);
	assert_int_equal(parse("   ", &p), -1);
	assert_int_equal(parse("alive", &p), 0);
	assert_int_equal(p.count, 1);
}

static void
as_many_parts_as_fit_and_no_more(void **state)
{
	struct proto_parts p;
	char line[8 * PROTO_PARTS] = "x";

	(void)state;
	for (int i = 1; i < PROTO_PARTS; i++)
		snprintf(line + strlen(line), sizeof line - strlen(line), " k%d=%d", i, i);
	assert_int_equal(parse(line, &p), 0);
	assert_int_equal(p.count, PROTO_PARTS);
	assert_string_equal(proto_get(&p, "k63"), "63");
	strcat(line, " y");
	assert_int_equal(parse(line, &p), -1);
}

static void
the_first_of_two_equal_keys_counts(void **state)
{
	struct proto_parts p;

	(void)state;
	assert_int_equal(parse("x a=1 a=2 ab=3", &p), 0);
	assert_string_equal(proto_get(&p, "a"), "1");
	assert_string_equal(proto_get(&p, "ab"), "3");
}

static void
a_value_may_hold_an_equals_sign(void **state)
{
	struct proto_parts p;

	(void)state;
	assert_int_equal(parse("x a=b=c =d", &p), 0);
	assert_string_equal(proto_get(&p, "a"), "b=c");
	assert_string_equal(proto_get(&p, ""), "d");
}

static void
a_number_is_a_whole_number_or_the_fallback(void **state)
{
	static const char *const BAD[] = {
		"x n=", "x n=abc", "x n=12x", "x n=1.5", "x n=99999999999999999999",
		"x n=0x10", "x m=1", "x n", "x n=-", "x n=1%20",
	};
	struct proto_parts p;

	(void)state;
	assert_int_equal(parse("x a=0 b=-12 c=9223372036854775807 d=007", &p), 0);
	assert_int_equal(proto_get_int(&p, "a", 5), 0);
	assert_int_equal(proto_get_int(&p, "b", 5), -12);
	assert_true(proto_get_int(&p, "c", 5) == INT64_MAX);
	assert_int_equal(proto_get_int(&p, "d", 5), 7);
	for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
		assert_int_equal(parse(BAD[i], &p), 0);
		if (proto_get_int(&p, "n", 5) != 5)
			fail_msg("taken for a number: %s", BAD[i]);
	}
}

/* Whatever comes in, the parts lie inside the line and are ended. */
static void
random_bytes_never_break_the_parser(void **state)
{
	static const char LIKELY[] = "  ==%%%0aF\xc3\xbf\xed";
	struct proto_parts p;

	(void)state;
	seed = 4096;
	for (int i = 0; i < 20000; i++) {
		/* On the heap and just as long, so that a sanitizer sees a byte too far. */
		size_t n = draw(40);
		char *line = malloc(n + 1);
		assert_non_null(line);
		for (size_t k = 0; k < n; k++)
			line[k] = draw(2) == 0 ? LIKELY[draw(sizeof LIKELY - 1)] :
			    (char)(1 + draw(255));
		line[n] = '\0';
		if (proto_parse(line, &p) == 0) {
			assert_in_range(p.count, 1, PROTO_PARTS);
			for (size_t k = 0; k < p.count; k++) {
				const char *v = p.part[k].value;
				assert_true(v >= line && v + strlen(v) <= line + n);
			}
		}
		free(line);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_and_pairs_are_told_apart),
		cmocka_unit_test(the_first_word_is_never_a_pair),
		cmocka_unit_test(a_line_is_what_the_header_shows),
		cmocka_unit_test(what_would_break_a_line_is_encoded),
		cmocka_unit_test(any_text_comes_back_as_it_was),
		cmocka_unit_test(a_line_that_is_too_long_is_marked_and_not_cut),
		cmocka_unit_test(a_character_that_grows_over_the_end_marks_the_line_too),
		cmocka_unit_test(bad_escapes_are_refused),
		cmocka_unit_test(an_encoded_nul_is_refused),
		cmocka_unit_test(bytes_that_are_no_utf8_are_refused),
		cmocka_unit_test(every_two_byte_text_is_utf8_or_refused),
		cmocka_unit_test(an_empty_line_is_refused),
		cmocka_unit_test(as_many_parts_as_fit_and_no_more),
		cmocka_unit_test(the_first_of_two_equal_keys_counts),
		cmocka_unit_test(a_value_may_hold_an_equals_sign),
		cmocka_unit_test(a_number_is_a_whole_number_or_the_fallback),
		cmocka_unit_test(random_bytes_never_break_the_parser),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
