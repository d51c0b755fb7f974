/* err.h - one failure, told to whoever asked.
 *
 * Functions that can fail take a struct err as their last argument, fill it and
 * return -1. Three outcomes are kept apart everywhere: 1 (or more) got it, 0
 * there is nothing, -1 it failed and *e says why.
 */
#ifndef FRIDGE_ERR_H
#define FRIDGE_ERR_H

#include <stddef.h>

enum err_kind {
	ERR_NONE,
	ERR_USAGE,	/* the caller asked for something wrong: exit status 2 */
	ERR_REFUSED,	/* understood, and not allowed: exit status 1 */
	ERR_BUSY,	/* somebody else holds it: trying again may help */
	ERR_SYSTEM,	/* the world failed: disk, permission, missing part */
};

struct err {
	enum err_kind kind;
	char what[400];		/* "print queue label does not exist" */
	char todo[240];		/* "lpstat -e"; empty if there is nothing to do */
};

/* Fill *e (which may be NULL) and return -1, so that a caller can write
 * return err_set(e, ...). todo may be NULL. Text that does not fit is cut at a
 * whole UTF-8 character. */
int err_set(struct err *e, enum err_kind kind, const char *todo,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Put "PREFIX: " before e->what, to say in which file or row it happened.
 * Returns -1. */
int err_within(struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Text of others never moves the cursor of a terminal: what stands at *at, for people to
 * read. A control character (C0, DEL, or C1, two bytes in UTF-8) is shown as \xNN; anything
 * else is a byte as it is. Fills out, without a NUL, moves *at on, and returns how many. */
#define ERR_ESCAPE 4
size_t err_escape(const char **at, char out[static ERR_ESCAPE]);

/* Write "PROGRAM: what" and, if there is one, "  try: todo" to standard error.
 * Control characters are shown as \xNN. */
void err_print(const char *program, const struct err *e);

/* The exit status that belongs to the kind: 2 for ERR_USAGE, else 1. */
int err_status(const struct err *e);

#endif
