/* log_test.c - what is told on standard error moves no cursor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../firmware/err.h"
#include "../firmware/log.h"

/* C0, DEL, C1 (two bytes in UTF-8), and what only looks like it. */
#define OUTSIDE "a\x1b[2J\x7f\xc2\x9b" "2J\xc2\xa0\xc3\x9b\n\xc2"
#define ESCAPED "a\\x1b[2J\\x7f\\x9b2J\xc2\xa0\xc3\x9b\\x0a\xc2"

/* Standard error from here on goes into a pipe; heard gives it back. */
static int ends[2], before;

static void
listen(void)
{
	assert_int_equal(pipe(ends), 0);
	before = dup(STDERR_FILENO);
	assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
	close(ends[1]);
}

static const char *
heard(void)
{
	static char text[400];

	fflush(stderr);
	dup2(before, STDERR_FILENO);
	close(before);
	ssize_t n = read(ends[0], text, sizeof text - 1);
	close(ends[0]);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void
a_line_of_the_log_has_no_controls(void **state)
{
	(void)state;
	unsetenv("JOURNAL_STREAM");
	log_open("test");
	listen();
	log_warn("%s", OUTSIDE);
	assert_string_equal(heard(), "test: " ESCAPED "\n");
}

static void
an_error_has_no_controls(void **state)
{
	struct err e;

	(void)state;
	err_set(&e, ERR_USAGE, OUTSIDE, "%s", OUTSIDE);
	listen();
	err_print("test", &e);
	assert_string_equal(heard(), "test: " ESCAPED "\n  try: " ESCAPED "\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_of_the_log_has_no_controls),
		cmocka_unit_test(an_error_has_no_controls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
