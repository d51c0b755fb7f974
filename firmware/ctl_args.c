/* ctl_args.c - the command line of fridgectl, taken apart by its table.
 *
 * Options may stand before or after arguments; "--" ends them. An option's value
 * follows it or an equals sign. Options of a command come after its words, those of
 * every command anywhere.
 */
#include "ctl.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define USAGE 200

/* Find the option that text (after its dashes) names, with n the length of its name. */
static const struct option_def *
find(const struct option_def *table, bool is_long, const char *text, size_t n)
{
	for (const struct option_def *o = table; o != NULL && o->name != NULL; o++) {
		if (is_long ? strlen(o->name) == n && strncmp(o->name, text, n) == 0
		    : o->letter != 0 && o->letter == text[0])
			return o;
	}
	return NULL;
}

static int
set_global(struct ctl *c, const struct option_def *o, const char *value)
{
	if (strcmp(o->name, "config") == 0)
		c->config_file = value;
	else if (strcmp(o->name, "json") == 0)
		c->json = true;
	else if (strcmp(o->name, "help") == 0)
		c->help = true;
	else
		c->version = true;
	return 0;
}

static int
unknown_option(const struct ctl *c, const char *typed, struct err *e)
{
	char todo[USAGE];

	if (c->command == NULL)
		return err_set(e, ERR_USAGE, "fridgectl --help",
		    "there is no option %s before a command", typed);
	snprintf(todo, sizeof todo, "fridgectl %s --help", c->command->name);
	return err_set(e, ERR_USAGE, todo, "%s has no option %s", c->command->name, typed);
}

/* How the command is used, once it is known; else where that can be read. */
static const char *
usage(const struct ctl *c, char text[static USAGE])
{
	if (c->command == NULL)
		return "fridgectl --help";
	ctl_usage(c->command, text, USAGE);
	return text;
}

/* One option at argv[*at]; *at is moved over a value that stands apart. */
static int
take_option(struct ctl *c, int argc, char **argv, int *at, struct err *e)
{
	const char *typed = argv[*at];
	bool is_long = typed[1] == '-';
	const char *name = typed + (is_long ? 2 : 1);
	size_t n = is_long ? strcspn(name, "=") : 1;
	const char *value = NULL;
	char text[USAGE];
	const struct option_def *global = find(CTL_GLOBAL, is_long, name, n);
	const struct option_def *o = global;

	if (o == NULL && c->command == NULL)
		ctl_lookup(c->word, c->words, &c->command);
	if (o == NULL && c->command != NULL)
		o = find(c->command->options, is_long, name, n);
	if (o == NULL)
		return unknown_option(c, typed, e);
	if (name[n] != '\0')
		value = name + n + (is_long ? 1 : 0);
	if (o->value == NULL && value != NULL)
		return err_set(e, ERR_USAGE, usage(c, text), "--%s takes no value", o->name);
	if (o->value != NULL && value == NULL) {
		if (*at + 1 >= argc)
			return err_set(e, ERR_USAGE, usage(c, text), "--%s needs a value: %s",
			    o->name, o->value);
		value = argv[++*at];
	}
	if (o->value == NULL)
		value = "";
	if (global != NULL)
		return set_global(c, o, value);
	size_t i = (size_t)(o - c->command->options);
	assert(i < CTL_OPTIONS_MAX);
	if (c->value[i] != NULL)
		return err_set(e, ERR_USAGE, usage(c, text), "--%s is given twice", o->name);
	c->value[i] = value;
	return 0;
}

static int
check_count(const struct ctl *c, struct err *e)
{
	char text[USAGE];

	if (c->args < c->command->min)
		return err_set(e, ERR_USAGE, usage(c, text), "%s needs %s", c->command->name,
		    c->command->args);
	if (c->args > c->command->max)
		return err_set(e, ERR_USAGE, usage(c, text),
		    "%s does not take \"%s\"; a name with blanks needs quotes",
		    c->command->name, c->arg[c->command->max]);
	return 0;
}

int
ctl_parse(struct ctl *c, int argc, char **argv, struct err *e)
{
	char status[] = "status";
	char *const usual[] = { status };
	bool options = true;

	for (int i = 1; i < argc; i++) {
		if (options && strcmp(argv[i], "--") == 0) {
			options = false;
		} else if (options && argv[i][0] == '-' && argv[i][1] != '\0') {
			if (take_option(c, argc, argv, &i, e) == -1)
				return -1;
		} else if (c->words == CTL_WORDS_MAX) {
			return err_set(e, ERR_USAGE, "fridgectl --help", "too many arguments");
		} else {
			c->word[c->words++] = argv[i];
		}
	}
	if (c->words > 0 && strcmp(c->word[0], "help") == 0) {
		c->help = true;
		memmove(c->word, c->word + 1, (size_t)--c->words * sizeof(char *));
	}
	if (c->help || c->version)
		return 0;
	if (c->words == 0) {
		ctl_lookup(usual, 1, &c->command);
		return 0;
	}
	int used = ctl_lookup(c->word, c->words, &c->command);
	if (c->command == NULL)
		return ctl_unknown(c->word, c->words, e);
	c->arg = c->word + used;
	c->args = c->words - used;
	return check_count(c, e);
}

const char *
ctl_value(const struct ctl *c, const char *name)
{
	const struct option_def *o = find(c->command->options, true, name, strlen(name));

	assert(o != NULL);
	return c->value[o - c->command->options];
}

/* A whole number and nothing else. Returns 0 or -1. */
static int
whole_number(const char *text, int64_t min, int64_t max, int64_t *out)
{
	char *end;

	if (text[0] == '\0' || strspn(text, "0123456789") != strlen(text))
		return -1;
	errno = 0;
	long long v = strtoll(text, &end, 10);
	if (errno != 0 || *end != '\0' || v < min || v > max)
		return -1;
	*out = v;
	return 0;
}

/* The configuration of a fridge of one's own; NULL: it is the service's. */
static const char *
own_file(const struct ctl *c)
{
	const char *env = getenv("FRIDGE_CONFIG");
	const char *file = c->config_file != NULL ? c->config_file : env != NULL ? env : "";

	return file[0] == '\0' || strcmp(file, CONFIG_DEFAULT_FILE) == 0 ? NULL : file;
}

const char *
ctl_self(const struct ctl *c)
{
	static char text[PATH_MAX + 16];
	const char *file = own_file(c);

	if (file == NULL)
		return "sudo fridgectl";
	snprintf(text, sizeof text, "fridgectl -c %s", file);
	return text;
}

const char *
ctl_service(const struct ctl *c, const char *verb)
{
	static char text[CONFIG_TEXT + 64];
	const char *file = own_file(c);

	if (file == NULL)
		snprintf(text, sizeof text, "sudo systemctl %s fridged", verb);
	else if (strcmp(verb, "reload") == 0)
		snprintf(text, sizeof text, "kill -HUP its fridged");
	else
		snprintf(text, sizeof text, "%sfridged -c %s", strcmp(verb, "start") == 0 ? "" :
		    "end its fridged, and start it again: ", file);
	return text;
}

int
ctl_value_number(const struct ctl *c, const char *name, int64_t min, int64_t max,
    int64_t fallback, int64_t *out, struct err *e)
{
	const char *typed = ctl_value(c, name);
	char text[USAGE];

	*out = fallback;
	if (typed == NULL || whole_number(typed, min, max, out) == 0)
		return 0;
	return err_set(e, ERR_USAGE, usage(c, text), "--%s is a whole number from %lld to %lld, not \"%s\"",
	    name, (long long)min, (long long)max, typed);
}

int
ctl_value_int(const struct ctl *c, const char *name, int min, int max, int fallback,
    int *out, struct err *e)
{
	int64_t v;

	if (ctl_value_number(c, name, min, max, fallback, &v, e) == -1)
		return -1;
	*out = (int)v;
	return 0;
}

int
ctl_id(const char *what, const char *text, int64_t *out, struct err *e)
{
	char todo[USAGE];

	if (whole_number(text, 1, INT64_MAX, out) == 0)
		return 0;
	snprintf(todo, sizeof todo, "fridgectl %s list", what);
	return err_set(e, ERR_USAGE, todo, "a %s is meant by its ID, a number, not by \"%s\"",
	    what, text);
}
