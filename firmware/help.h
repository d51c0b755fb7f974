/* help.h - how a program's --help is laid out: what is explained on the left, its text
 * wrapped on the right.
 */
#ifndef FRIDGE_HELP_H
#define FRIDGE_HELP_H

#include <stdio.h>

void help_entry(FILE *to, const char *what, const char *text);
/* letter 0: there is no short form; value NULL: a flag. */
void help_option(FILE *to, char letter, const char *name, const char *value,
    const char *text);

#endif
