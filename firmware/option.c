/* option.c - see option.h */
#include "option.h"

#include <assert.h>
#include <getopt.h>
#include <stdbool.h>
#include <string.h>

#define LONG 1000		/* getopt's number of the first option */

/* Say the table as getopt wants it; letters begins with ":", so that a missing value
 * is told apart. */
static int
make_table(const struct option_def *table, struct option *names, char *letters)
{
	int n = 0;

	*letters++ = ':';
	for (; table[n].name != NULL; n++) {
		assert(n < OPTIONS_MAX);
		names[n] = (struct option){ .name = table[n].name, .val = LONG + n,
			.has_arg = table[n].value != NULL };
		if (table[n].letter != 0)
			*letters++ = table[n].letter;
		if (table[n].letter != 0 && table[n].value != NULL)
			*letters++ = ':';
	}
	*letters = '\0';
	return n;
}

static int
of_letter(const struct option_def *table, int letter)
{
	int i = 0;

	while (table[i].letter != letter)
		i++;
	return i;
}

int
options_take(const char *program, const struct option_def *table, int argc, char **argv,
    struct options *out, struct err *e)
{
	struct option names[OPTIONS_MAX + 1] = { { NULL, 0, NULL, 0 } };
	char letters[2 * OPTIONS_MAX + 2], todo[80];
	int c;

	*out = (struct options){ .table = table };
	make_table(table, names, letters);
	snprintf(todo, sizeof todo, "%s --help", program);
	opterr = 0;
	while ((c = getopt_long(argc, argv, letters, names, NULL)) != -1) {
		if (c == '?' || c == ':')
			return err_set(e, ERR_USAGE, todo, c == '?'
			    ? "there is no option %s, or not of that form" : "%s needs a value",
			    argv[optind - 1]);
		out->value[c >= LONG ? c - LONG : of_letter(table, c)] =
		    optarg != NULL ? optarg : "";
	}
	if (optind < argc)
		return err_set(e, ERR_USAGE, todo, "\"%s\" is too much", argv[optind]);
	return 0;
}

const char *
options_value(const struct options *o, const char *name)
{
	for (int i = 0; o->table[i].name != NULL; i++)
		if (strcmp(o->table[i].name, name) == 0)
			return o->value[i];
	assert(false);	/* it is not in the table */
	return NULL;
}
