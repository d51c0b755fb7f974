/* recovery_test.c - the recovery code: made once, typed by hand, errors told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../firmware/recovery.h"

static char folder[40], key[64], path[80];

static struct recovery_code
fresh(void)
{
	struct recovery_code code;

	unlink(path);
	assert_int_equal(recovery_ensure(key, &code, NULL, NULL), 0);
	return code;
}

static void
a_code_is_made_once_and_read_again(void **state)
{
	struct recovery_code made, again;
	struct stat st;
	struct err e;
	bool new;

	(void)state;
	unlink(path);
	assert_int_equal(recovery_load(key, &again, &e), -1);
	assert_non_null(strstr(e.todo, "fridgectl backup --print-code"));
	assert_int_equal(recovery_ensure(key, &made, &new, NULL), 0);
	assert_true(new);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(recovery_ensure(key, &again, &new, NULL), 0);
	assert_false(new);
	assert_string_equal(made.text, again.text);
	assert_string_not_equal(made.text, fresh().text);
}

static void
a_code_can_be_typed_with_any_blanks_dashes_and_look_alikes(void **state)
{
	struct recovery_code code = fresh(), got;
	char typed[2 * RECOVERY_SIZE] = "  ";
	size_t n = 2;

	(void)state;
	for (const char *c = code.text; *c != '\0'; c++)
		typed[n++] = *c == ' ' ? '-' : *c == '0' ? 'o' : *c == '1' ? 'l' : *c;
	strcpy(typed + n, " \n");
	assert_int_equal(recovery_parse(typed, &got, NULL), 0);
	assert_string_equal(got.text, code.text);
	for (char *c = typed; *c != '\0'; c++)
		if (*c == '-')
			memmove(c, c + 1, strlen(c));
	assert_int_equal(recovery_parse(typed, &got, NULL), 0);
	assert_string_equal(got.text, code.text);
}

/* Whether that is refused, and the words of it name that group. */
static void
refused(const char *typed, size_t group)
{
	struct recovery_code got;
	struct err e;
	char where[32];

	assert_int_equal(recovery_parse(typed, &got, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	snprintf(where, sizeof where, "group %zu ", group);
	assert_non_null(strstr(e.what, where));
	/* A message may end in a log. */
	assert_null(strstr(e.what, typed + (group - 1) * (RECOVERY_GROUP + 1)));
}

static void
every_wrong_digit_and_every_swap_is_told_with_its_group(void **state)
{
	struct recovery_code code = fresh();

	(void)state;
	for (size_t i = 0; code.text[i] != '\0'; i++) {
		char right = code.text[i], next = code.text[i + 1];
		if (right == ' ')
			continue;
		for (char wrong = '0'; wrong <= '9'; wrong++) {
			code.text[i] = wrong;
			if (wrong != right)
				refused(code.text, i / (RECOVERY_GROUP + 1) + 1);
		}
		code.text[i] = right;
		if (next == ' ' || next == '\0' || next == right)
			continue;
		code.text[i] = next;
		code.text[i + 1] = right;
		refused(code.text, i / (RECOVERY_GROUP + 1) + 1);
		code.text[i] = right;
		code.text[i + 1] = next;
	}
}

static void
groups_that_changed_places_are_told(void **state)
{
	struct recovery_code code = fresh(), got;

	(void)state;
	for (size_t a = 0; a < RECOVERY_GROUPS; a++) {
		for (size_t b = a + 1; b < RECOVERY_GROUPS; b++) {
			struct recovery_code turned = code;
			memcpy(turned.text + a * 6, code.text + b * 6, RECOVERY_GROUP);
			memcpy(turned.text + b * 6, code.text + a * 6, RECOVERY_GROUP);
			if (memcmp(turned.text + a * 6, turned.text + b * 6, RECOVERY_GROUP) != 0)
				assert_int_equal(recovery_parse(turned.text, &got, NULL), -1);
		}
	}
}

static void
what_is_too_short_too_long_or_no_code_is_told(void **state)
{
	struct recovery_code code = fresh(), got;
	char longer[RECOVERY_SIZE + 8];
	struct err e;

	(void)state;
	snprintf(longer, sizeof longer, "%s 1", code.text);
	assert_int_equal(recovery_parse(longer, &got, &e), -1);
	assert_non_null(strstr(e.what, "has 40 digits, and these are 41"));
	code.text[RECOVERY_SIZE - 2] = '\0';
	assert_int_equal(recovery_parse(code.text, &got, &e), -1);
	assert_non_null(strstr(e.what, "these are 39"));
	assert_int_equal(recovery_parse("", &got, &e), -1);
	assert_int_equal(recovery_parse("correct horse", &got, &e), -1);
	assert_non_null(strstr(e.what, "all digits"));
}

static void
a_file_that_is_no_code_is_never_replaced(void **state)
{
	struct recovery_code code;
	struct stat st;
	struct err e;

	(void)state;
	unlink(path);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_int_equal(write(fd, "half a c", 8), 8);
	close(fd);
	assert_int_equal(recovery_ensure(key, &code, NULL, &e), -1);
	assert_non_null(strstr(e.what, path));
	assert_non_null(strstr(e.todo, "recovery label"));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 8);
}

static void
a_code_that_was_typed_is_kept_where_there_is_none(void **state)
{
	struct recovery_code code = fresh(), other, got;

	(void)state;
	unlink(path);
	assert_int_equal(recovery_keep(key, &code, NULL), 1);
	assert_int_equal(recovery_load(key, &got, NULL), 0);
	assert_string_equal(got.text, code.text);
	assert_int_equal(recovery_keep(key, &code, NULL), 1);
	other = fresh();
	assert_int_equal(recovery_keep(key, &code, NULL), 0);
	assert_int_equal(recovery_load(key, &got, NULL), 0);
	assert_string_equal(got.text, other.text);
}

static int
set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/recovery_test.XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(key, sizeof key, "%s/uid.key", folder);
	return recovery_path(key, path, sizeof path, NULL);
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_code_is_made_once_and_read_again),
		cmocka_unit_test(a_code_can_be_typed_with_any_blanks_dashes_and_look_alikes),
		cmocka_unit_test(every_wrong_digit_and_every_swap_is_told_with_its_group),
		cmocka_unit_test(groups_that_changed_places_are_told),
		cmocka_unit_test(what_is_too_short_too_long_or_no_code_is_told),
		cmocka_unit_test(a_file_that_is_no_code_is_never_replaced),
		cmocka_unit_test(a_code_that_was_typed_is_kept_where_there_is_none),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
