/* command_test.c - command lines that read, fail, hang or leave children behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../firmware/command.h"
#include "../firmware/day.h"

#define LIMIT_MS 10000

/* A folder for what commands leave, which is also what they are told in $DIR. */
struct world {
	char dir[64];
	char log[96];			/* standard error goes there */
	int stderr_was;
	struct command c;
	struct err e;
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	assert_non_null(w);
	snprintf(w->dir, sizeof w->dir, "/tmp/fridge-command.XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	setenv("DIR", w->dir, 1);
	snprintf(w->log, sizeof w->log, "%s/log", w->dir);
	w->stderr_was = dup(STDERR_FILENO);
	int fd = open(w->log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
	assert_true(fd != -1 && dup2(fd, STDERR_FILENO) != -1);
	close(fd);
	w->c = (struct command){ .what = "the test's command", .limit_ms = 60000 };
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;
	char command[128];

	command_stop(&w->c);
	dup2(w->stderr_was, STDERR_FILENO);
	close(w->stderr_was);
	snprintf(command, sizeof command, "rm -r %s", w->dir);
	assert_int_equal(system(command), 0);
	free(w);
	return 0;
}

static void
start(struct world *w, const char *line, const struct command_with *with)
{
	if (command_start(&w->c, line, with, clock_mono_ms(), &w->e) == -1)
		fail_msg("%s", w->e.what);
	assert_true(command_runs(&w->c));
}

/* Wait for its end, as one that hears of SIGCHLD does. */
static bool
ends_well(struct world *w)
{
	int64_t limit = clock_mono_ms() + LIMIT_MS;
	bool ok = false;

	while (command_reap(&w->c, &ok) == 0) {
		assert_true(clock_mono_ms() < limit);
		poll(NULL, 0, 2);
	}
	assert_false(command_runs(&w->c));
	assert_true(command_deadline(&w->c) == INT64_MAX);
	return ok;
}

/* What stands in a file of the folder. */
static const char *
content(const struct world *w, const char *file)
{
	static char text[8192];
	char path[128];

	snprintf(path, sizeof path, "%s/%s", w->dir, file);
	FILE *f = fopen(path, "r");
	size_t n = f != NULL ? fread(text, 1, sizeof text - 1, f) : 0;
	if (f != NULL)
		fclose(f);
	text[n] = '\0';
	return text;
}

static int
times_logged(const struct world *w, const char *what)
{
	int n = 0;

	for (const char *at = content(w, "log"); (at = strstr(at, what)) != NULL; at++)
		n++;
	return n;
}

static void
it_reads_its_text_and_finds_its_environment(void **state)
{
	struct world *w = *state;
	const char *const env[] = { "FRIDGE_NAME=3F pantry = \xea\xb9\x80", "HOME=/elsewhere", NULL };
	const struct command_with with = { "one\ntwo\n", env };

	setenv("HOME", "/home/of/ours", 1);
	start(w, "cat >\"$DIR/got\"; echo \"$FRIDGE_NAME $HOME\" >>\"$DIR/got\"", &with);
	assert_true(ends_well(w));
	assert_string_equal(content(w, "got"), "one\ntwo\n3F pantry = \xea\xb9\x80 /elsewhere\n");
}

static void
a_long_text_holds_up_nobody_who_does_not_read_it(void **state)
{
	struct world *w = *state;
	static char text[1 << 20];
	const struct command_with with = { text, NULL };

	memset(text, 'x', sizeof text - 1);
	start(w, "true", &with);
	assert_true(ends_well(w));
	start(w, "wc -c >\"$DIR/got\"", &with);
	assert_true(ends_well(w));
	assert_int_equal(atoi(content(w, "got")), sizeof text - 1);
}

static void
without_a_text_it_reads_the_end_at_once(void **state)
{
	struct world *w = *state;

	start(w, "cat >\"$DIR/got\"", NULL);
	assert_true(ends_well(w));
	assert_string_equal(content(w, "got"), "");
}

static void
nothing_of_ours_is_open_in_it_and_no_signal_is_blocked(void **state)
{
	struct world *w = *state;
	sigset_t all, before;
	int fd = open("/dev/null", O_RDONLY);	/* not close-on-exec */

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	start(w, "ls /proc/self/fd | tr '\\n' ' ' >\"$DIR/got\"; "
	    "grep SigBlk /proc/self/status >>\"$DIR/got\"", NULL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	assert_true(ends_well(w));
	close(fd);
	/* 3 is the folder that ls reads. */
	assert_string_equal(content(w, "got"), "0 1 2 3 SigBlk:\t0000000000000000\n");
}

static void
what_it_prints_goes_to_the_journal(void **state)
{
	struct world *w = *state;

	start(w, "echo to-stdout; echo to-stderr >&2", NULL);
	assert_true(ends_well(w));
	assert_int_equal(times_logged(w, "to-stdout\n"), 1);
	assert_int_equal(times_logged(w, "to-stderr\n"), 1);
}

static void
a_failure_is_told_and_the_same_one_again_is_not(void **state)
{
	struct world *w = *state;

	for (int n = 0; n < 3; n++) {
		start(w, "exit 3", NULL);
		assert_false(ends_well(w));
	}
	assert_int_equal(times_logged(w, "the test's command failed with status 3"), 1);
	start(w, "true", NULL);
	assert_true(ends_well(w));
	start(w, "exit 3", NULL);
	assert_false(ends_well(w));
	assert_int_equal(times_logged(w, "the test's command failed with status 3"), 2);
	start(w, "kill -TERM $$", NULL);
	assert_false(ends_well(w));
	assert_int_equal(times_logged(w, "the test's command failed with signal 15"), 1);
}

static void
one_runs_at_a_time(void **state)
{
	struct world *w = *state;

	start(w, "sleep 60", NULL);
	assert_int_equal(command_start(&w->c, "true", NULL, clock_mono_ms(), &w->e), -1);
	assert_int_equal(w->e.kind, ERR_BUSY);
	assert_true(command_runs(&w->c));
}

static void
one_that_hangs_is_killed_with_all_that_it_started(void **state)
{
	struct world *w = *state;
	int64_t now = clock_mono_ms();
	int64_t limit = now + LIMIT_MS;

	w->c.limit_ms = 30000;
	start(w, "sleep 60 & echo $! >\"$DIR/pid.new\"; mv \"$DIR/pid.new\" \"$DIR/pid\"; wait", NULL);
	while (content(w, "pid")[0] == '\0') {
		assert_true(clock_mono_ms() < limit);
		poll(NULL, 0, 2);
	}
	pid_t child = (pid_t)atoi(content(w, "pid"));
	assert_true(command_deadline(&w->c) >= now + 30000);
	command_run(&w->c, command_deadline(&w->c) - 1);
	assert_int_equal(kill(child, 0), 0);
	command_run(&w->c, command_deadline(&w->c));
	assert_false(ends_well(w));
	assert_int_equal(times_logged(w, "ran for longer than 30 s and was killed"), 1);
	/* An orphan's end is init's to see; dead it is in any case. */
	char stat[64];
	snprintf(stat, sizeof stat, "/proc/%d/stat", child);
	for (;;) {
		char text[256] = "";
		FILE *f = fopen(stat, "r");
		if (f == NULL || fgets(text, sizeof text, f) == NULL || strstr(text, ") Z ") != NULL) {
			if (f != NULL)
				fclose(f);
			break;
		}
		fclose(f);
		assert_true(clock_mono_ms() < limit);
		poll(NULL, 0, 2);
	}
}

static void
another_child_is_not_mistaken_for_it(void **state)
{
	struct world *w = *state;
	bool ok;

	assert_int_equal(command_reap(&w->c, &ok), 0);
	start(w, "sleep 60", NULL);
	assert_int_equal(command_reap(&w->c, &ok), 0);
	assert_true(command_runs(&w->c));
	command_stop(&w->c);
	assert_false(command_runs(&w->c));
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(it_reads_its_text_and_finds_its_environment),
		T(a_long_text_holds_up_nobody_who_does_not_read_it),
		T(without_a_text_it_reads_the_end_at_once),
		T(nothing_of_ours_is_open_in_it_and_no_signal_is_blocked),
		T(what_it_prints_goes_to_the_journal),
		T(a_failure_is_told_and_the_same_one_again_is_not),
		T(one_runs_at_a_time),
		T(one_that_hangs_is_killed_with_all_that_it_started),
		T(another_child_is_not_mistaken_for_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
