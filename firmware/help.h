/* help.h - how a program's --help is laid out: what is explained on the left, its text
 * wrapped on the right.
 */
#ifndef FRIDGE_HELP_H
#define FRIDGE_HELP_H

#include <stdio.h>

#include "option.h"

void help_entry(FILE *to, const char *what, const char *text);
/* A text alone, wrapped from the left margin. */
void help_text(FILE *to, const char *text);
/* All options of a table; NULL is an empty one. */
void help_options(FILE *to, const struct option_def *table);

#endif
