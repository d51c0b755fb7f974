/* recovery.c - see recovery.h */
#include "recovery.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "secret.h"
#include "store.h"

#define DIGITS (RECOVERY_GROUPS * RECOVERY_GROUP)
#define MAKE "sudo fridgectl backup --print-code"

/* The check digit of a group: its number counts, so that two that changed places do not
 * pass. */
static char
check_digit(size_t group, const char *digits)
{
	char text[RECOVERY_GROUP + 1];

	snprintf(text, sizeof text, "%c%.*s", (char)('1' + group), RECOVERY_GROUP - 1, digits);
	char check = code_check_digit(text);
	secret_wipe(text, sizeof text);
	return check;
}

/* The digit that a character was meant to be, ' ' for what may stand between digits. */
static char
meant(char c)
{
	if (c == 'O' || c == 'o')
		return '0';
	if (c == 'I' || c == 'l' || c == 'i')
		return '1';
	if (isspace((unsigned char)c) || c == '-' || c == '.' || c == '\0')
		return ' ';
	return c;
}

static void
write_groups(const char digits[static DIGITS], struct recovery_code *out)
{
	char *to = out->text;

	for (size_t i = 0; i < DIGITS; i++) {
		if (i > 0 && i % RECOVERY_GROUP == 0)
			*to++ = ' ';
		*to++ = digits[i];
	}
	*to = '\0';
}

int
recovery_path(const char *key_file, char *out, size_t size, struct err *e)
{
	const char *slash = strrchr(key_file, '/');
	int folder = slash != NULL ? (int)(slash - key_file) + 1 : 0;

	if (snprintf(out, size, "%.*s%s", folder, key_file, RECOVERY_FILE) >= (int)size)
		return err_set(e, ERR_USAGE, NULL, "the path of the recovery code is too long");
	return 0;
}

int
recovery_parse(const char *typed, struct recovery_code *out, struct err *e)
{
	static const char READ_AGAIN[] = "read it again from the recovery label";
	char digits[DIGITS];
	size_t n = 0;
	int rc = -1;

	for (; *typed != '\0'; typed++) {
		char c = meant(*typed);
		if (c == ' ')
			continue;
		if (!isdigit((unsigned char)c)) {
			err_set(e, ERR_USAGE, READ_AGAIN, "a recovery code is all digits");
			goto done;
		}
		if (n < DIGITS)
			digits[n] = c;
		n++;
	}
	if (n != DIGITS) {
		err_set(e, ERR_USAGE, READ_AGAIN, "a recovery code has %d digits, and these are %zu",
		    DIGITS, n);
		goto done;
	}
	for (size_t g = 0; g < RECOVERY_GROUPS; g++) {
		const char *group = digits + g * RECOVERY_GROUP;
		if (group[RECOVERY_GROUP - 1] == check_digit(g, group))
			continue;
		err_set(e, ERR_USAGE, READ_AGAIN, "group %zu of the recovery code has a typing error",
		    g + 1);
		goto done;
	}
	write_groups(digits, out);
	rc = 0;
done:
	secret_wipe(digits, sizeof digits);
	return rc;
}

static struct secret_file
code_file(const char *path)
{
	return (struct secret_file){ .path = path, .credential = "recovery-code",
	    .what = "recovery code", .make = MAKE };
}

int
recovery_load(const char *key_file, struct recovery_code *out, struct err *e)
{
	char path[PATH_MAX], text[RECOVERY_SIZE + 8];
	const struct secret_file file = code_file(path);
	size_t n = 0;
	int rc = -1;

	if (recovery_path(key_file, path, sizeof path, e) == 0 && secret_begin(e) == 0 &&
	    secret_file_read(&file, text, sizeof text - 1, &n, e) == 0) {
		text[n] = '\0';
		rc = recovery_parse(text, out, e);
		if (rc == -1 && e != NULL) {
			e->kind = ERR_REFUSED;
			snprintf(e->todo, sizeof e->todo, "write the code of the recovery label into it, "
			    "or remove it and print a new label: " MAKE);
			err_within(e, "%s", path);
		}
	}
	secret_wipe(text, sizeof text);
	return rc;
}

/* Write it down, for people to read as well. */
static int
save(const char *path, const struct recovery_code *code, struct err *e)
{
	const struct secret_file file = code_file(path);
	char line[RECOVERY_SIZE + 1];
	int n = snprintf(line, sizeof line, "%s\n", code->text);
	int rc = secret_file_make(&file, line, (size_t)n, NULL, e);

	secret_wipe(line, sizeof line);
	return rc;
}

static void
draw(struct recovery_code *out)
{
	char digits[DIGITS];

	for (size_t i = 0; i < DIGITS; i++)
		digits[i] = i % RECOVERY_GROUP < RECOVERY_GROUP - 1
		    ? (char)('0' + secret_random_below(10))
		    : check_digit(i / RECOVERY_GROUP, digits + i + 1 - RECOVERY_GROUP);
	write_groups(digits, out);
	secret_wipe(digits, sizeof digits);
}

int
recovery_ensure(const char *key_file, struct recovery_code *out, bool *made, struct err *e)
{
	char path[PATH_MAX];
	struct err first;

	if (made != NULL)
		*made = false;
	if (recovery_load(key_file, out, &first) == 0)
		return 0;
	if (recovery_path(key_file, path, sizeof path, e) == -1)
		return -1;
	/* One that is there, and cannot be read, is never replaced. */
	if (access(path, F_OK) == 0 || errno != ENOENT) {
		if (e != NULL)
			*e = first;
		return -1;
	}
	draw(out);
	if (save(path, out, e) == -1) {
		if (e != NULL && access(path, F_OK) == -1 && e->todo[0] == '\0')
			snprintf(e->todo, sizeof e->todo, MAKE);
		return -1;
	}
	if (made != NULL)
		*made = true;
	return 0;
}

int
recovery_keep(const char *key_file, const struct recovery_code *code, struct err *e)
{
	char path[PATH_MAX];

	if (recovery_path(key_file, path, sizeof path, e) == -1 || secret_begin(e) == -1)
		return -1;
	if (access(path, F_OK) == 0) {
		struct recovery_code there;
		bool same = recovery_load(key_file, &there, NULL) == 0 &&
		    strcmp(there.text, code->text) == 0;
		recovery_wipe(&there);
		return same;
	}
	return save(path, code, e) == 0 ? 1 : -1;
}

void
recovery_wipe(struct recovery_code *code)
{
	secret_wipe(code, sizeof *code);
}
