/* child.h - a helper program that speaks lines, started, watched and started again.
 *
 * One child at a time. Lines come in whole; a child that ends, says nothing for
 * too long, or writes a line that is too long is killed and started again after
 * 1, 2, 5, 10, 30, then 60 s (a child that ran for 60 s starts at the beginning
 * of that row; its first restart is at once). The caller owns the poll loop: it
 * watches child_fd() for reading and calls child_run() when that is readable or
 * child_deadline() has come. All times are clock_mono_ms().
 */
#ifndef FRIDGE_CHILD_H
#define FRIDGE_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "err.h"

struct child;

struct child_spec {
	const char *name;		/* "reader": for the log */
	char *const *argv;		/* argv[0] is the path; copied */
	int64_t silence_ms;		/* without a line for so long it is killed */
	int keep_fd;			/* stays open in the child (STORE.lock), or -1 */
	/* Called for every line from the child, without its newline; "busy N" and
	 * "alive" are handled before and not passed on. */
	void (*on_line)(void *arg, char *line);
	/* Called after each start: the place to send the settings. */
	void (*on_start)(void *arg);
	/* Called when it has ended, with what happened in words; or when it hangs in the
	 * kernel and does not die, and not again once it does. */
	void (*on_end)(void *arg, const char *why);
	void *arg;
};

struct child *child_new(const struct child_spec *spec);
/* Ask it to end (SIGTERM, closed standard input), then free the handle. Waits at
 * most grace_ms, then kills and waits for a second. */
void child_free(struct child *c, int64_t grace_ms);

int child_fd(const struct child *c);		/* -1 while it does not run */
pid_t child_pid(const struct child *c);		/* 0 while it does not run */
int64_t child_deadline(const struct child *c);	/* when child_run() wants to be called */
/* Read what is there, reap, restart, kill: whatever is due. Never blocks. */
void child_run(struct child *c);
/* Whether it moved: beat in time, said busy, or is in back-off. One that does not die is no
 * reason to begin anew: the next run could not start it either. */
bool child_alive(const struct child *c);
/* Send a line (proto_* makes it; the newline is added). -1 if it is not running
 * or does not read; it is then ended, and on_end called from child_run. */
int child_send(struct child *c, const char *line);

#endif
