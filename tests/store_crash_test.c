/* store_crash_test.c - programs that are killed in the middle, and several at a time */
#include "store_world.h"

#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

/* One acknowledged label, as it goes through a pipe (less than PIPE_BUF: whole). */
struct ack {
	int64_t label;
	char code[CODE_SIZE];
};

/* Commit for ever, and say so after each. Never returns. */
static void
commit_and_tell(const char *path, int to)
{
	struct label_new n = thing(0, 0);
	struct store *s;
	struct err e;

	if (store_open(path, STORE_DAEMON, &s, &e) == -1)
		_exit(1);
	for (int i = 1;; i++) {
		struct label l;
		struct ack a = { 0 };
		int attempts;

		if (store_label_add(s, &n, &l, &e) == -1)
			_exit(2);
		a.label = l.id;
		memcpy(a.code, l.code, sizeof a.code);
		if (write(to, &a, sizeof a) != sizeof a)
			_exit(3);
		if (store_print_attempt(s, l.id, &attempts, &e) == -1 ||
		    store_print_completed(s, l.id, &e) == -1 ||
		    (i % 5 == 0 && store_checkpoint(s, &e) == -1))
			_exit(4);
	}
}

static void
nothing_acknowledged_is_lost_when_a_program_is_killed(void **state)
{
	static const int KILL_AFTER[] = { 1, 2, 4, 5, 6, 9, 13, 21 };
	struct world *w = *state;
	struct ack acks[600];
	size_t count = 0;

	shut(w);
	for (size_t round = 0; round < sizeof KILL_AFTER / sizeof KILL_AFTER[0]; round++) {
		int ends[2], status;

		assert_int_equal(pipe(ends), 0);
		pid_t pid = fork();
		if (pid == 0) {
			close(ends[0]);
			commit_and_tell(w->path, ends[1]);
		}
		close(ends[1]);
		for (int i = 0; i < KILL_AFTER[round]; i++)
			assert_int_equal(read(ends[0], &acks[count++], sizeof acks[0]), sizeof acks[0]);
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		while (count < 600 && read(ends[0], &acks[count], sizeof acks[0]) == sizeof acks[0])
			count++;
		close(ends[0]);

		OK(world_open(w, STORE_TOOL));
		OK(store_verify(w->s, &w->e));
		for (size_t i = 0; i < count; i++) {
			struct label l;

			assert_int_equal(store_label_get(w->s, acks[i].label, &l, &w->e), 1);
			assert_string_equal(l.code, acks[i].code);
		}
		assert_int_equal(ask(w, "SELECT count(*) FROM label WHERE id NOT IN"
		    " (SELECT label FROM print)"), 0);
		assert_int_equal(ask(w, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
		shut(w);
	}
}

enum { DAEMON_LABELS = 150, TOOL_OWNERS = 80, TOOL_LABELS = 80 };

/* fridged: never waits, tries again; checkpoints whenever it likes. */
static int
be_fridged(const char *path)
{
	struct label_new n = thing(0, 0);
	struct store *s;
	struct label l;
	struct err e;

	if (store_open(path, STORE_DAEMON, &s, &e) == -1)
		return 1;
	for (int i = 0; i < DAEMON_LABELS; i++) {
		while (store_label_add(s, &n, &l, &e) == -1) {
			if (e.kind != ERR_BUSY)
				return 2;
			sched_yield();	/* the other one holds it */
		}
		if (i % 3 == 0 && store_checkpoint(s, &e) == -1 && e.kind != ERR_BUSY)
			return 3;
	}
	store_close(s);
	return 0;
}

static int
be_a_tool(const char *path)
{
	struct store *s;
	struct err e;

	for (int i = 0; i < TOOL_OWNERS; i++) {
		struct owner o = { .name = "Kim" };
		struct label_new n = thing(0, 0);
		struct label l;

		/* As fridgectl does: one run, one thing. */
		if (store_open(path, STORE_TOOL, &s, &e) == -1)
			return 1;
		if (store_owner_add(s, &o, TODAY, &e) == -1 || store_label_add(s, &n, &l, &e) == -1)
			return 2;
		store_close(s);
	}
	return 0;
}

static void
programs_that_write_read_and_checkpoint_at_once_spoil_nothing(void **state)
{
	struct world *w = *state;
	int (*const roles[])(const char *) = { be_fridged, be_a_tool };
	pid_t pids[2];
	int64_t last = 0;

	shut(w);
	for (int i = 0; i < 2; i++)
		if ((pids[i] = fork()) == 0)
			_exit(roles[i](w->path));
	OK(world_open(w, STORE_TOOL));
	for (int running = 2; running > 0;) {
		int status;
		struct totals t;

		for (int i = 0; i < 2; i++) {
			if (pids[i] == 0 || waitpid(pids[i], &status, WNOHANG) == 0)
				continue;
			assert_true(WIFEXITED(status));
			assert_int_equal(WEXITSTATUS(status), 0);
			pids[i] = 0;
			running--;
		}
		OK(store_totals(w->s, TODAY, &t, &w->e));
		assert_true(t.in >= last);
		assert_int_equal(t.in, t.queued);
		last = t.in;
		OK(store_verify(w->s, &w->e));
	}
	assert_int_equal(ask(w, "SELECT count(*) FROM label"), DAEMON_LABELS + TOOL_LABELS);
	assert_int_equal(ask(w, "SELECT count(DISTINCT code) FROM label"), DAEMON_LABELS + TOOL_LABELS);
	assert_int_equal(ask(w, "SELECT count(*) FROM owner"), TOOL_OWNERS);
	assert_int_equal(ask(w, "SELECT count(*) FROM history WHERE noun = 'label'"),
	    DAEMON_LABELS + TOOL_LABELS);
	assert_int_equal(ask(w, "SELECT count(*) FROM pragma_integrity_check"
	    " WHERE integrity_check = 'ok'"), 1);
}

static void
programs_that_start_together_make_one_store(void **state)
{
	struct world *w = *state;
	pid_t pids[4];
	int go[2], status;
	char c;

	shut(w);
	unlink(w->path);
	unlink(beside(w, "-wal"));
	unlink(beside(w, "-shm"));
	assert_int_equal(pipe(go), 0);
	for (int i = 0; i < 4; i++)
		if ((pids[i] = fork()) == 0) {
			struct owner o = { .name = "Kim" };
			struct store *s;
			struct err e;

			close(go[1]);
			if (read(go[0], &c, 1) != 0)
				_exit(1);
			if (store_open(w->path, STORE_TOOL, &s, &e) == -1 ||
			    store_owner_add(s, &o, TODAY, &e) == -1)
				_exit(2);
			_exit(0);
		}
	close(go[1]);
	close(go[0]);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	OK(world_open(w, STORE_TOOL));
	assert_int_equal(ask(w, "SELECT count(*) FROM owner"), 4);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		T(nothing_acknowledged_is_lost_when_a_program_is_killed),
		T(programs_that_write_read_and_checkpoint_at_once_spoil_nothing),
		T(programs_that_start_together_make_one_store),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
