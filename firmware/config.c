/* config.c - see config.h */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config_impl.h"

void
config_defaults(struct config *out)
{
	memset(out, 0, sizeof *out);
	for (const struct setting_def *d = CONFIG_SETTINGS; d->section != NULL; d++)
		if (d->type->parse(d, d->fallback, (char *)out + d->offset, NULL) == -1)
			abort();	/* the table is wrong */
}

/* fopen that tells a folder from a file, and a lack of rights from a lack of a file:
 * 1 with *in, 0 if there is no such file, -1 with *e. */
static int
open_file(const char *path, FILE **in, struct err *e)
{
	struct stat st;
	char todo[80] = "";
	FILE *f = fopen(path, "re");

	if (f == NULL && errno == ENOENT)
		return 0;
	if (f == NULL) {
		if (errno == EACCES)
			snprintf(todo, sizeof todo, "sudo %s", program_invocation_short_name);
		return err_set(e, ERR_USAGE, todo, "configuration file %s: %s", path,
		    strerror(errno));
	}
	if (fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode)) {
		fclose(f);
		return err_set(e, ERR_USAGE, NULL, "configuration file %s: it is a folder", path);
	}
	*in = f;
	return 1;
}

/* The file that counts. *may_miss: nobody named it. */
static const char *
file_name(const char *path, bool *may_miss)
{
	*may_miss = false;
	if (path != NULL)
		return path;
	path = getenv("FRIDGE_CONFIG");
	if (path != NULL && path[0] != '\0')
		return path;
	*may_miss = true;
	return CONFIG_DEFAULT_FILE;
}

int
config_load(const char *path, struct config *out, FILE *more, struct err *e)
{
	struct config_errors errors = { .more = more, .first = e };
	struct config c;
	bool may_miss;

	path = file_name(path, &may_miss);
	config_defaults(&c);
	if (strlen(path) >= sizeof c.file)
		return err_set(e, ERR_USAGE, NULL, "the configuration file's name is too long");

	FILE *in = NULL;
	int found = open_file(path, &in, e);
	if (found == -1)
		return -1;
	if (found == 0 && !may_miss)
		return err_set(e, ERR_USAGE, NULL,
		    "configuration file %s: there is no such file", path);
	if (found == 0) {
		*out = c;
		return 0;
	}
	int rc = config_read(path, in, &c, &errors);
	fclose(in);
	if (rc == -1)
		return -1;
	strcpy(c.file, path);
	*out = c;
	return 0;
}

void
config_rescue(const char *path, struct config *out)
{
	struct config_errors errors = { .more = NULL };
	FILE *in = NULL;
	bool may_miss;

	config_defaults(out);
	path = file_name(path, &may_miss);
	snprintf(out->file, sizeof out->file, "%s", path);
	if (open_file(path, &in, NULL) != 1)
		return;
	config_read(path, in, out, &errors);
	fclose(in);
}

int
config_setting(const struct config *c, int index, struct setting *out,
    char value[static CONFIG_TEXT])
{
	for (const struct setting_def *d = CONFIG_SETTINGS; d->section != NULL; d++) {
		if (index-- > 0)
			continue;
		d->type->format(d, (const char *)c + d->offset, value);
		*out = (struct setting){ d->section, d->key, value, d->fallback, d->unit,
		    d->allowed, d->text };
		return 1;
	}
	return 0;
}

int
config_find(const char *name)
{
	const char *dot = strchr(name, '.');

	for (const struct setting_def *d = CONFIG_SETTINGS; d->section != NULL && dot != NULL; d++) {
		size_t n = strlen(d->section);
		if (name + n == dot && strncmp(d->section, name, n) == 0 &&
		    strcmp(d->key, dot + 1) == 0)
			return (int)(d - CONFIG_SETTINGS);
	}
	return -1;
}

/* Whoever gives one value knows where, and to which setting: without ":2: key: ". */
static void
take_off(char *text, const char *line, const char *key)
{
	size_t n = strlen(line), k = strlen(key);

	if (strncmp(text, line, n) != 0)
		return;
	if (strncmp(text + n, key, k) == 0 && strncmp(text + n + k, ": ", 2) == 0)
		n += k + 2;
	memmove(text, text + n, strlen(text + n) + 1);
}

int
config_put(struct config *c, int index, const char *value, struct err *e)
{
	const struct setting_def *d = &CONFIG_SETTINGS[index];
	struct config_errors errors = { .first = e };
	struct config next = *c;
	char *text = NULL;
	int rc = -1;

	if (strpbrk(value, "\r\n") != NULL)
		return err_set(e, ERR_USAGE, NULL, "a value is one line");
	/* Read as the file is: there is one set of rules. */
	int n = asprintf(&text, "[%s]\n%s = %s\n", d->section, d->key, value);
	FILE *in = n == -1 ? NULL : fmemopen(text, (size_t)n, "r");
	if (in == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
	} else {
		rc = config_read("", in, &next, &errors);
		fclose(in);
	}
	if (n != -1)
		free(text);
	if (rc == 0)
		*c = next;
	else if (e != NULL)
		take_off(e->what, ":2: ", d->key);
	return rc;
}
