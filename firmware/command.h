/* command.h - a command line of the configuration, run beside everything else.
 *
 * It runs by /bin/sh in a process group of its own, with nothing of ours open but the
 * text on its standard input (a memory file: a command that does not read it holds up
 * nobody) and our standard error, where what it prints goes too: to the journal. One
 * struct command runs one at a time. Its owner hears of SIGCHLD and calls command_reap;
 * times are clock_mono_ms().
 */
#ifndef FRIDGE_COMMAND_H
#define FRIDGE_COMMAND_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "err.h"

struct command {
	const char *what;	/* in the log: "the reader's reset command" */
	int limit_ms;		/* how long it may run */
	/* The rest is command.c's; it starts as 0. */
	pid_t pid;		/* 0: none runs */
	int64_t kill_ms;	/* when it has run too long, and is killed */
	bool late;		/* it was */
	int told;		/* the failure that is in the log, as waitpid gives it; 0: none */
};

/* What it is given besides the command line. */
struct command_with {
	const char *input;		/* on its standard input; NULL: nothing */
	const char *const *env;		/* "KEY=VALUE" beside our own, NULL at the end; or NULL */
};
/* Start it. with may be NULL. Returns 0, or -1 with *e if it cannot be started: ERR_BUSY
 * if one runs. */
int command_start(struct command *c, const char *line, const struct command_with *with,
    int64_t now_ms, struct err *e);
bool command_runs(const struct command *c);
/* A child may have ended. Returns 1 if it was this one, with *ok (if not NULL) whether
 * it exited with 0; else 0. A failure is logged, the same one after another once. */
int command_reap(struct command *c, bool *ok);
int64_t command_deadline(const struct command *c);	/* INT64_MAX: none runs */
void command_run(struct command *c, int64_t now_ms);	/* kill what ran too long */
/* At our own end: kill and wait. */
void command_stop(struct command *c);

#endif
