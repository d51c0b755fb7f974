/* option.h - the options of a program: one table that its parser, its --help and its
 * manual page read.
 *
 * fridgectl has a table of its own for every command (ctl.h) and takes its command line
 * apart by itself (ctl_args.c); the tables look alike.
 */
#ifndef FRIDGE_OPTION_H
#define FRIDGE_OPTION_H

#include <stdio.h>

#include "err.h"

struct option_def {
	const char *name;		/* "timeout"; NULL ends the table */
	char letter;			/* 'o' for -o; 0 for none */
	const char *value;		/* what it takes, "S"; NULL for a flag */
	const char *text;
};
#define OPTIONS_MAX 16

/* Those of the programs that have no commands: fridged_options.c and
 * fridge-report_options.c. */
extern const struct option_def FRIDGED_OPTIONS[], REPORT_OPTIONS[];

/* What a command line gave to each option of a table: "" to a flag, NULL: not given. */
struct options {
	const struct option_def *table;
	const char *value[OPTIONS_MAX];
};
/* Take the command line of a program that has options alone. The values point into
 * argv. ERR_USAGE. */
int options_take(const char *program, const struct option_def *table, int argc, char **argv,
    struct options *out, struct err *e);
/* The value of an option that is in the table. */
const char *options_value(const struct options *o, const char *name);

#endif
