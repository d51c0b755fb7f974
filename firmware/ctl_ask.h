/* ctl_ask.h - questions to whoever sits at the terminal.
 *
 * They go to standard error, so that the answer of a command stays alone on standard
 * output; each answer is a line of standard input. Ctrl-C ends a question like the end of
 * the input, where ctl_catch_signals was called. An empty line takes what stands in
 * brackets; what is not understood is asked again.
 */
#ifndef FRIDGE_CTL_ASK_H
#define FRIDGE_CTL_ASK_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

/* The line as it was typed, without its end; freed with free(). NULL: there is none. */
char *ask_line(const char *question);
/* "Is that right? [Y/n] ": 1 yes, 0 no, -1 there is no answer. */
int ask_yes(const char *question, bool usual);
/* A list with numbers from 1: the index of the chosen one, or -1. */
int ask_choice(const char *question, const char *const *list, size_t n, size_t usual);
/* "Name [Fridge]: ": a text that check takes (0; -1 with *e, which is told). usual is taken
 * for an empty line, and "-" means an empty text, where that is another. 0, or -1 there is
 * no answer. */
typedef int ask_check(void *arg, const char *text, struct err *e);
int ask_text(const char *question, const char *usual, ask_check *check, void *arg);

#endif
