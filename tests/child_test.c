/* child_test.c - helpers that end, hang, chatter or cannot be started. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../firmware/child.h"
#include "../firmware/day.h"

#define LIMIT_MS 10000

/* What was seen of one child. */
struct seen {
	struct child *child;
	int started, ended;
	char lines[4096];		/* each with its newline */
	char why[256];
	const char *greeting;		/* sent at each start, if not NULL */
	const char *answer;		/* sent at each line, if not NULL */
};

static void
on_line(void *arg, char *line)
{
	struct seen *s = arg;
	size_t n = strlen(s->lines);

	snprintf(s->lines + n, sizeof s->lines - n, "%s\n", line);
	if (s->answer != NULL)
		child_send(s->child, s->answer);
}

static void
on_start(void *arg)
{
	struct seen *s = arg;

	s->started++;
	if (s->greeting != NULL)
		child_send(s->child, s->greeting);
}

static void
on_end(void *arg, const char *why)
{
	struct seen *s = arg;

	s->ended++;
	snprintf(s->why, sizeof s->why, "%s", why);
}

static void
begin(struct seen *s, const char *script, int64_t silence_ms, int keep_fd)
{
	char *argv[] = { "/bin/bash", "-c", (char *)(uintptr_t)script, NULL };
	struct child_spec spec = {
		.name = "test", .argv = argv, .silence_ms = silence_ms, .keep_fd = keep_fd,
		.on_line = on_line, .on_start = on_start, .on_end = on_end, .arg = s,
	};

	s->child = child_new(&spec);
}

/* Run the caller's loop until a condition holds. */
#define RUN_UNTIL(s, condition) do { \
	int64_t limit_ = clock_mono_ms() + LIMIT_MS; \
	while (!(condition)) { \
		turn(s); \
		assert_true(clock_mono_ms() < limit_); \
	} \
} while (0)

static void
turn(struct seen *s)
{
	struct pollfd fd = { .fd = child_fd(s->child), .events = POLLIN };
	int64_t wait = child_deadline(s->child) - clock_mono_ms();

	poll(&fd, 1, wait < 0 ? 0 : wait > 20 ? 20 : (int)wait);
	child_run(s->child);
}

static void
whole_lines_are_passed_on_and_the_heartbeat_is_not(void **state)
{
	struct seen s = { 0 };

	(void)state;
	begin(&s, "echo hello; echo alive; echo busy 1; printf 'tap '; sleep 0.05; echo one; "
	    "read x", LIMIT_MS, -1);
	RUN_UNTIL(&s, strstr(s.lines, "one") != NULL);
	assert_string_equal(s.lines, "hello\ntap one\n");
	assert_true(child_alive(s.child));
	child_free(s.child, 1000);
}

static void
settings_sent_at_the_start_arrive(void **state)
{
	struct seen s = { .greeting = "setup device= poll_ms=100" };

	(void)state;
	begin(&s, "read -r line; echo \"got $line\"; read x", LIMIT_MS, -1);
	RUN_UNTIL(&s, s.lines[0] != '\0');
	assert_string_equal(s.lines, "got setup device= poll_ms=100\n");
	child_free(s.child, 1000);
}

static void
the_last_words_of_a_child_that_ends_are_heard(void **state)
{
	struct seen s = { 0 };

	(void)state;
	begin(&s, "echo goodbye; exit 3", LIMIT_MS, -1);
	RUN_UNTIL(&s, s.ended == 1);
	assert_string_equal(s.lines, "goodbye\n");
	assert_string_equal(s.why, "it ended with status 3");
	child_free(s.child, 0);
}

static void
the_first_restart_is_at_once_and_the_second_waits_a_second(void **state)
{
	struct seen s = { 0 };
	int64_t before = clock_mono_ms();

	(void)state;
	begin(&s, "exit 1", LIMIT_MS, -1);
	RUN_UNTIL(&s, s.ended == 2);
	assert_int_equal(s.started, 2);
	assert_true(child_fd(s.child) == -1);
	assert_int_equal(child_pid(s.child), 0);
	assert_true(child_alive(s.child));
	assert_true(child_deadline(s.child) >= before + 1000);
	assert_true(child_deadline(s.child) <= clock_mono_ms() + 1000);
	child_free(s.child, 0);
}

static void
one_that_died_is_told_by_its_death_although_its_last_words_are_answered(void **state)
{
	struct seen s = { .answer = "good" };
	siginfo_t dead;

	(void)state;
	begin(&s, "ulimit -c 0; printf 'last\nwords\n'; kill -SEGV $$", LIMIT_MS, -1);
	child_run(s.child);
	assert_int_equal(waitid(P_PID, (id_t)child_pid(s.child), &dead, WEXITED | WNOWAIT), 0);
	RUN_UNTIL(&s, s.ended == 1);
	assert_string_equal(s.lines, "last\nwords\n");
	assert_non_null(strstr(s.why, "killed by signal 11"));
	child_free(s.child, 0);
}

static void
a_silent_child_is_killed_with_all_that_it_started(void **state)
{
	struct seen s = { 0 };
	char *end;

	(void)state;
	begin(&s, "trap '' TERM; sleep 30 & echo $!; wait", 300, -1);
	RUN_UNTIL(&s, s.lines[0] != '\0');
	pid_t grandchild = (pid_t)strtol(s.lines, &end, 10);
	assert_true(grandchild > 1);
	assert_int_equal(kill(grandchild, 0), 0);
	RUN_UNTIL(&s, s.ended == 1);
	assert_string_equal(s.why, "it said nothing for too long");
	/* A zombie of init's for a moment at most. */
	RUN_UNTIL(&s, kill(grandchild, 0) == -1);
	child_free(s.child, 0);
}

static void
busy_allows_a_longer_silence(void **state)
{
	struct seen s = { 0 };

	(void)state;
	begin(&s, "echo busy 20; sleep 0.6; echo done; read x", 250, -1);
	RUN_UNTIL(&s, s.lines[0] != '\0');
	assert_string_equal(s.lines, "done\n");
	assert_int_equal(s.ended, 0);
	child_free(s.child, 1000);
}

static void
nobody_is_busy_for_more_than_thirty_seconds(void **state)
{
	struct seen s = { 0 };

	(void)state;
	begin(&s, "echo busy 999999999; echo done; read x", 250, -1);
	int64_t before = clock_mono_ms();
	turn(&s);
	RUN_UNTIL(&s, child_deadline(s.child) > before + 20000 || s.lines[0] != '\0');
	assert_true(child_deadline(s.child) <= clock_mono_ms() + 30000);
	child_free(s.child, 1000);
}

static void
a_program_that_does_not_exist_is_told_with_path_and_reason(void **state)
{
	struct seen s = { 0 };
	char *argv[] = { "/nonexistent/fridge-reader", NULL };
	struct child_spec spec = {
		.name = "test", .argv = argv, .silence_ms = LIMIT_MS, .keep_fd = -1,
		.on_line = on_line, .on_end = on_end, .arg = &s,
	};

	(void)state;
	s.child = child_new(&spec);
	RUN_UNTIL(&s, s.ended == 1);
	assert_string_equal(s.why,
	    "cannot start /nonexistent/fridge-reader: No such file or directory");
	assert_string_equal(s.lines, "");
	child_free(s.child, 0);
}

static void
a_line_that_never_ends_kills_its_writer(void **state)
{
	struct seen s = { 0 };

	(void)state;
	begin(&s, "while printf xxxxxxxxxxxxxxxx; do :; done", LIMIT_MS, -1);
	RUN_UNTIL(&s, s.ended == 1);
	assert_string_equal(s.why, "it wrote a line that is too long");
	assert_string_equal(s.lines, "");
	child_free(s.child, 0);
}

static void
a_line_of_the_longest_length_is_taken(void **state)
{
	struct seen s = { 0 };

	(void)state;
	begin(&s, "printf '%4095s\\n' x; read x", LIMIT_MS, -1);
	RUN_UNTIL(&s, s.lines[0] != '\0');
	assert_int_equal(strlen(s.lines), 4095);
	assert_int_equal(s.ended, 0);
	child_free(s.child, 1000);
}

static void
a_zero_byte_kills_its_writer(void **state)
{
	struct seen s = { 0 };

	(void)state;
	begin(&s, "printf 'a\\0b\\n'; read x", LIMIT_MS, -1);
	RUN_UNTIL(&s, s.ended == 1);
	assert_string_equal(s.why, "it wrote a NUL byte");
	child_free(s.child, 0);
}

static void
a_child_that_closes_its_output_is_replaced(void **state)
{
	struct seen s = { 0 };

	(void)state;
	begin(&s, "exec >&-; read x", LIMIT_MS, -1);
	RUN_UNTIL(&s, s.ended == 1);
	assert_string_equal(s.why, "it closed its output");
	child_free(s.child, 0);
}

static void
a_child_that_does_not_read_is_killed_and_not_waited_for(void **state)
{
	struct seen s = { 0 };
	char line[4000];
	int sent = 0;

	(void)state;
	memset(line, 'x', sizeof line - 1);
	line[sizeof line - 1] = '\0';
	begin(&s, "echo up; exec sleep 30", LIMIT_MS, -1);
	RUN_UNTIL(&s, s.lines[0] != '\0');
	while (sent < 1000 && child_send(s.child, line) == 0)
		sent++;
	assert_in_range(sent, 8, 100);
	assert_int_equal(child_send(s.child, line), -1);
	RUN_UNTIL(&s, s.ended == 1);
	assert_string_equal(s.why, "it does not read");
	child_free(s.child, 0);
}

static void
nothing_can_be_sent_to_a_child_that_does_not_run(void **state)
{
	struct seen s = { 0 };

	(void)state;
	begin(&s, "exit 0", LIMIT_MS, -1);
	assert_int_equal(child_send(s.child, "setup"), -1);
	RUN_UNTIL(&s, s.ended == 2);
	assert_int_equal(child_send(s.child, "setup"), -1);
	child_free(s.child, 0);
}

static void
the_child_has_only_its_pipes_and_the_descriptor_to_keep(void **state)
{
	struct seen s = { 0 };
	int lock = open("/dev/null", O_RDONLY);
	int other = open("/dev/zero", O_RDONLY);	/* not close-on-exec on purpose */
	char script[200], expected[200];

	(void)state;
	assert_true(lock > 2 && other > lock);
	/* "ls" itself holds the folder open. */
	snprintf(script, sizeof script, "for fd in 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do "
	    "[ -e /proc/$$/fd/$fd ] && echo $fd $(readlink /proc/$$/fd/$fd); done; echo end; read x");
	snprintf(expected, sizeof expected, "%d /dev/null\nend\n", lock);
	begin(&s, script, LIMIT_MS, lock);
	RUN_UNTIL(&s, strstr(s.lines, "end") != NULL);
	assert_string_equal(s.lines, expected);
	child_free(s.child, 1000);
	close(lock);
	close(other);
}

static void
blocked_and_ignored_signals_are_not_inherited(void **state)
{
	struct seen s = { 0 };
	sigset_t term, before;

	(void)state;
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigaddset(&term, SIGCHLD);
	sigprocmask(SIG_BLOCK, &term, &before);
	begin(&s, "exec sed -n 's/^Sig\\(Blk\\|Ign\\):[[:blank:]]*//p' /proc/self/status",
	    LIMIT_MS, -1);
	RUN_UNTIL(&s, s.ended >= 1);
	unsigned long long blocked, ignored;
	assert_int_equal(sscanf(s.lines, "%llx %llx", &blocked, &ignored), 2);
	/* 32 and 33 are the C library's own: nobody can set them back. */
	assert_true(blocked == 0);
	assert_true((ignored & ~0x180000000ULL) == 0);
	sigprocmask(SIG_SETMASK, &before, NULL);
	child_free(s.child, 0);
}

/* A process with a child of ours, killed: the child must go with it. */
static void
a_child_dies_with_its_parent(void **state)
{
	int tell[2];
	pid_t child = 0;

	(void)state;
	assert_int_equal(pipe(tell), 0);
	pid_t parent = fork();
	assert_true(parent != -1);
	if (parent == 0) {
		struct seen s = { 0 };
		begin(&s, "echo up; exec sleep 30", LIMIT_MS, -1);
		while (s.lines[0] == '\0')
			turn(&s);
		child = child_pid(s.child);
		if (write(tell[1], &child, sizeof child) == -1)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(tell[0], &child, sizeof child), sizeof child);
	assert_int_equal(kill(child, 0), 0);
	kill(parent, SIGKILL);
	waitpid(parent, NULL, 0);
	/* Whoever adopts it may leave a zombie: that is dead enough. */
	int64_t limit = clock_mono_ms() + LIMIT_MS;
	for (bool dead = false; !dead;) {
		char path[64], text[512] = "";
		snprintf(path, sizeof path, "/proc/%d/stat", (int)child);
		FILE *f = fopen(path, "r");
		dead = f == NULL || fgets(text, sizeof text, f) == NULL ||
		    strstr(text, ") Z ") != NULL || strstr(text, ") X ") != NULL;
		if (f != NULL)
			fclose(f);
		assert_true(clock_mono_ms() < limit);
		poll(NULL, 0, 5);
	}
	close(tell[0]);
	close(tell[1]);
}

static void
freeing_asks_first_and_kills_after_the_grace(void **state)
{
	struct seen polite = { 0 }, stubborn = { 0 };

	(void)state;
	begin(&polite, "trap 'exit 0' TERM; echo up; read x", LIMIT_MS, -1);
	begin(&stubborn, "trap '' TERM; echo up; while :; do sleep 0.05; done", LIMIT_MS, -1);
	RUN_UNTIL(&polite, polite.lines[0] != '\0');
	RUN_UNTIL(&stubborn, stubborn.lines[0] != '\0');
	int64_t before = clock_mono_ms();
	child_free(polite.child, 60000);
	assert_true(clock_mono_ms() - before < 30000);
	before = clock_mono_ms();
	child_free(stubborn.child, 100);
	assert_true(clock_mono_ms() - before >= 100);
	/* Both are reaped. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* A process that somebody traces cannot be reaped before that one lets go: like one that
 * waits in the kernel, it was killed and is still there. Returns the tracer, which lets go at
 * the end of *hold; 0 if that is not allowed here. */
static pid_t
keep_from_dying(pid_t pid, int *hold)
{
	int held[2], ready[2];
	char byte;

	assert_int_equal(pipe2(held, O_CLOEXEC), 0);
	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	pid_t tracer = fork();
	assert_true(tracer != -1);
	if (tracer == 0) {
		close(held[1]);
		if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) == -1 || write(ready[1], "", 1) != 1)
			_exit(1);
		_exit(read(held[0], &byte, 1) == 0 ? 0 : 1);
	}
	close(held[0]);
	close(ready[1]);
	bool ok = read(ready[0], &byte, 1) == 1;
	close(ready[0]);
	*hold = held[1];
	if (ok)
		return tracer;
	close(*hold);
	waitpid(tracer, NULL, 0);
	return 0;
}

static void
let_die(pid_t tracer, int hold)
{
	close(hold);
	assert_int_equal(waitpid(tracer, NULL, 0), tracer);
}

static void
one_that_does_not_die_is_told_and_started_again_when_it_did(void **state)
{
	struct seen s = { 0 };
	int hold;

	(void)state;
	begin(&s, "echo up; read x", 1000, -1);
	RUN_UNTIL(&s, s.lines[0] != '\0');
	pid_t tracer = keep_from_dying(child_pid(s.child), &hold);
	if (tracer == 0) {
		child_free(s.child, 0);
		skip();
	}
	RUN_UNTIL(&s, s.ended == 1);
	assert_non_null(strstr(s.why, "cannot be ended"));
	assert_int_equal(child_send(s.child, "hello"), -1);
	assert_true(child_alive(s.child));
	assert_int_equal(s.started, 1);
	let_die(tracer, hold);
	RUN_UNTIL(&s, s.started == 2);
	assert_int_equal(s.ended, 1);
	child_free(s.child, 1000);
}

static void
freeing_does_not_wait_for_one_that_does_not_die(void **state)
{
	struct seen s = { 0 };
	int hold;

	(void)state;
	begin(&s, "echo up; read x", LIMIT_MS, -1);
	RUN_UNTIL(&s, s.lines[0] != '\0');
	pid_t child = child_pid(s.child), tracer = keep_from_dying(child, &hold);
	if (tracer == 0) {
		child_free(s.child, 0);
		skip();
	}
	int64_t began = clock_mono_ms();
	child_free(s.child, 100);
	assert_in_range(clock_mono_ms() - began, 0, LIMIT_MS / 2);
	let_die(tracer, hold);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_lines_are_passed_on_and_the_heartbeat_is_not),
		cmocka_unit_test(settings_sent_at_the_start_arrive),
		cmocka_unit_test(the_last_words_of_a_child_that_ends_are_heard),
		cmocka_unit_test(the_first_restart_is_at_once_and_the_second_waits_a_second),
		cmocka_unit_test(one_that_died_is_told_by_its_death_although_its_last_words_are_answered),
		cmocka_unit_test(a_silent_child_is_killed_with_all_that_it_started),
		cmocka_unit_test(busy_allows_a_longer_silence),
		cmocka_unit_test(nobody_is_busy_for_more_than_thirty_seconds),
		cmocka_unit_test(a_program_that_does_not_exist_is_told_with_path_and_reason),
		cmocka_unit_test(a_line_that_never_ends_kills_its_writer),
		cmocka_unit_test(a_line_of_the_longest_length_is_taken),
		cmocka_unit_test(a_zero_byte_kills_its_writer),
		cmocka_unit_test(a_child_that_closes_its_output_is_replaced),
		cmocka_unit_test(a_child_that_does_not_read_is_killed_and_not_waited_for),
		cmocka_unit_test(nothing_can_be_sent_to_a_child_that_does_not_run),
		cmocka_unit_test(the_child_has_only_its_pipes_and_the_descriptor_to_keep),
		cmocka_unit_test(blocked_and_ignored_signals_are_not_inherited),
		cmocka_unit_test(a_child_dies_with_its_parent),
		cmocka_unit_test(freeing_asks_first_and_kills_after_the_grace),
		cmocka_unit_test(one_that_does_not_die_is_told_and_started_again_when_it_did),
		cmocka_unit_test(freeing_does_not_wait_for_one_that_does_not_die),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
