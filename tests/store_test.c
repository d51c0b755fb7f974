/* store_test.c - the store as a file: opening, locks, checkpoints */
#include "store_world.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#define COUNT(a) (sizeof (a) / sizeof *(a))

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* ---- opening ---- */

static void
a_new_store_has_an_id_that_stays(void **state)
{
	struct world *w = *state;
	char id[40];

	snprintf(id, sizeof id, "%s", store_id(w->s));
	assert_int_equal(strlen(id), 32);
	assert_int_equal(strspn(id, "0123456789abcdef"), 32);
	OK(store_verify(w->s, &w->e));
	shut(w);
	OK(world_open(w, STORE_DAEMON));
	assert_string_equal(store_id(w->s), id);
	clear(w);
	OK(world_open(w, STORE_TOOL));
	assert_string_not_equal(store_id(w->s), id);
}

static void
the_file_says_what_it_is_and_is_guarded(void **state)
{
	static const struct {
		const char *pragma;
		int64_t value;
	} EXPECTED[] = {
		{ "PRAGMA application_id", STORE_APPLICATION }, { "PRAGMA user_version", STORE_VERSION },
		{ "PRAGMA foreign_keys", 1 }, { "PRAGMA secure_delete", 1 }, { "PRAGMA synchronous", 2 },
		{ "PRAGMA trusted_schema", 0 }, { "PRAGMA wal_autocheckpoint", 0 },
	};
	struct world *w = *state;
	int on;

	for (size_t i = 0; i < COUNT(EXPECTED); i++)
		if (ask(w, EXPECTED[i].pragma) != EXPECTED[i].value)
			fail_msg("%s is %lld", EXPECTED[i].pragma, (long long)ask(w, EXPECTED[i].pragma));
	sqlite3_db_config(w->s->db, SQLITE_DBCONFIG_DEFENSIVE, -1, &on);
	assert_int_equal(on, 1);
	sqlite3_db_config(w->s->db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, -1, &on);
	assert_int_equal(on, 0);
	/* Every table refuses a value of the wrong type. */
	assert_int_equal(ask(w, "SELECT count(*) FROM pragma_table_list"
	    " WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' AND strict = 0"), 0);
}

static void
files_are_private_whatever_the_umask(void **state)
{
	static const char *const FILES[] = { "", "-wal", "-shm", ".wlock", ".bell", ".lock", ".wait" };
	static const mode_t UMASKS[] = { 0, 022, 077, 0777 };
	struct world *w = *state;
	struct wait wait = { .what = WAIT_ENROL };
	struct stat st;

	for (size_t u = 0; u < COUNT(UMASKS); u++) {
		clear(w);
		for (size_t i = 3; i < COUNT(FILES); i++)
			unlink(beside(w, FILES[i]));
		mode_t before = umask(UMASKS[u]);
		int rc = world_open(w, STORE_TOOL);
		int lock = store_lock(w->path, &w->e);
		if (rc == 0)
			rc = store_wait_begin(w->s, &wait, &w->e);
		umask(before);
		OK(rc);
		OK(lock);
		close(lock);
		for (size_t i = 0; i < COUNT(FILES); i++) {
			assert_int_equal(stat(beside(w, FILES[i]), &st), 0);
			if ((st.st_mode & 0777) != 0640)
				fail_msg("%s has mode %o", beside(w, FILES[i]), st.st_mode & 0777);
		}
	}
}

static void
root_leaves_files_to_the_owner_of_the_folder(void **state)
{
	static const char *const FILES[] = { "", "-wal", "-shm", ".wlock", ".bell" };
	struct world *w = *state;
	struct stat st;

	if (geteuid() != 0)
		skip();
	clear(w);
	unlink(beside(w, ".wlock"));
	unlink(beside(w, ".bell"));
	assert_int_equal(chown(w->dir, 12345, 12346), 0);
	OK(world_open(w, STORE_TOOL));
	for (size_t i = 0; i < COUNT(FILES); i++) {
		assert_int_equal(stat(beside(w, FILES[i]), &st), 0);
		if (st.st_uid != 12345 || st.st_gid != 12346)
			fail_msg("%s belongs to %d", beside(w, FILES[i]), (int)st.st_uid);
	}
}

static void
what_is_not_a_store_is_refused_and_left_alone(void **state)
{
	struct world *w = *state;
	char text[32] = "";

	clear(w);
	write_file(w->path, "milk, butter, cheese");
	REFUSED(world_open(w, STORE_TOOL), "is not a fridge-label store");
	FILE *f = fopen(w->path, "r");
	assert_non_null(fgets(text, sizeof text, f));
	fclose(f);
	assert_string_equal(text, "milk, butter, cheese");
	write_file(w->path, "milk");
	REFUSED(world_open(w, STORE_TOOL), "is not a fridge-label store");
	unlink(w->path);
	/* Another program's database keeps its journal mode, too. */
	meddle(w, "CREATE TABLE cheese (age); PRAGMA user_version = 1;");
	REFUSED(world_open(w, STORE_DAEMON), "is not a fridge-label store");
	meddle(w, "PRAGMA application_id = 77");
	REFUSED(world_open(w, STORE_DAEMON), "is not a fridge-label store");
	assert_int_equal(access(beside(w, "-wal"), F_OK), -1);
	unlink(w->path);
	assert_int_equal(mkdir(w->path, 0700), 0);
	REFUSED(world_open(w, STORE_DAEMON), "is not a fridge-label store");
	assert_int_equal(rmdir(w->path), 0);
}

static void
a_newer_store_is_refused_with_both_versions(void **state)
{
	struct world *w = *state;

	shut(w);
	meddle(w, "PRAGMA user_version = 7");
	REFUSED(world_open(w, STORE_DAEMON), "made by a newer version (7; this one knows 2)");
	assert_string_equal(w->e.todo, "install the newer fridge-label");
}

static void
an_older_store_is_copied_and_brought_up_by_who_holds_the_lock(void **state)
{
	struct world *w = *state;
	struct stat st;

	clear(w);
	/* Version 0 of ours: nothing but its mark. */
	meddle(w, "PRAGMA application_id = 0x46724c62");
	int lock = store_lock(w->path, &w->e);
	OK(lock);
	REFUSED(world_open(w, STORE_TOOL), "fridged still runs");
	assert_string_equal(w->e.todo, "systemctl restart fridged");
	assert_int_equal(access(beside(w, ".v0"), F_OK), -1);
	OK(world_open(w, STORE_DAEMON));
	assert_int_equal(ask(w, "PRAGMA user_version"), STORE_VERSION);
	assert_int_equal(stat(beside(w, ".v0"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	clear(w);
	close(lock);
	meddle(w, "PRAGMA application_id = 0x46724c62");
	OK(world_open(w, STORE_TOOL));
	person(w, "Kim");
	assert_false(store_is_locked(w->path));
}

static void
a_missing_folder_is_named(void **state)
{
	struct world *w = *state;
	struct store *s;
	char path[128];

	snprintf(path, sizeof path, "%s/away/fridge.db", w->dir);
	assert_int_equal(store_open(path, STORE_TOOL, &s, &w->e), -1);
	assert_int_equal(w->e.kind, ERR_SYSTEM);
	assert_non_null(strstr(w->e.what, "/away does not exist"));
	assert_non_null(strstr(w->e.todo, "make the folder"));
	assert_int_equal(store_lock(path, &w->e), -1);
	assert_int_equal(w->e.kind, ERR_SYSTEM);
	assert_false(store_is_locked(path));
}

static void
who_may_not_write_is_told_what_to_do(void **state)
{
	struct world *w = *state;

	if (geteuid() != 0)
		skip();
	clear(w);
	unlink(beside(w, ".wlock"));
	assert_int_equal(chmod(w->dir, 0755), 0);
	assert_int_equal(seteuid(65534), 0);
	int rc = world_open(w, STORE_TOOL);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(rc, -1);
	assert_int_equal(w->e.kind, ERR_SYSTEM);
	assert_non_null(strstr(w->e.what, "cannot be written: Permission denied"));
	assert_non_null(strstr(w->e.what, w->dir));
	assert_non_null(strstr(w->e.todo, "sudo fridgectl"));
}

static void
a_damaged_file_is_told(void **state)
{
	struct world *w = *state;
	char junk[4096];

	for (int i = 0; i < 50; i++)
		put_in(w, thing(0, 0));
	OK(store_checkpoint(w->s, &w->e));
	shut(w);
	memset(junk, 0x5a, sizeof junk);
	int fd = open(w->path, O_WRONLY);
	struct stat st;
	assert_int_equal(fstat(fd, &st), 0);
	/* Leave the header and the list of tables whole. */
	for (off_t at = 12 * 4096; at < st.st_size; at += 4096)
		assert_int_equal(pwrite(fd, junk, sizeof junk, at), sizeof junk);
	close(fd);
	unlink(beside(w, "-wal"));
	unlink(beside(w, "-shm"));
	if (world_open(w, STORE_TOOL) == 0)
		assert_int_equal(store_verify(w->s, &w->e), -1);
	assert_int_equal(w->e.kind, ERR_SYSTEM);
	assert_non_null(strstr(w->e.what, "damaged"));
	assert_non_null(strstr(w->e.todo, "fridgectl restore FILE"));
}

static void
a_full_disk_keeps_nothing_and_recovers(void **state)
{
	struct world *w = *state;
	struct label_new n = thing(0, 0);
	struct label l;
	int made = 0;
	char text[200];

	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	n.title = text;
	ask(w, "PRAGMA max_page_count = 40");
	while (made < 1000 && store_label_add(w->s, &n, &l, &w->e) == 0)
		made++;
	assert_in_range(made, 1, 999);
	assert_int_equal(w->e.kind, ERR_SYSTEM);
	assert_non_null(strstr(w->e.what, "the disk is full"));
	assert_int_equal(ask(w, "SELECT count(*) FROM label"), made);
	assert_int_equal(ask(w, "SELECT count(*) FROM print"), made);
	ask(w, "PRAGMA max_page_count = 100000");
	put_in(w, n);
	OK(store_verify(w->s, &w->e));
}

/* ---- locks and the bell ---- */

static void
only_one_fridged_runs_on_a_store(void **state)
{
	struct world *w = *state;
	struct err e;
	int ends[2];
	char c;

	assert_false(store_is_locked(w->path));
	int lock = store_lock(w->path, &w->e);
	OK(lock);
	assert_int_equal(fcntl(lock, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	assert_true(store_is_locked(w->path));
	assert_true(store_is_locked(w->path));
	assert_int_equal(store_lock(w->path, &e), -1);
	assert_int_equal(e.kind, ERR_BUSY);
	assert_non_null(strstr(e.what, "another fridged"));

	/* A helper that outlives fridged keeps the lock. */
	assert_int_equal(pipe(ends), 0);
	pid_t helper = fork();
	if (helper == 0) {
		close(ends[1]);
		_exit(read(ends[0], &c, 1) == 0 ? 0 : 1);
	}
	close(ends[0]);
	close(lock);
	assert_true(store_is_locked(w->path));
	close(ends[1]);
	assert_int_equal(waitpid(helper, NULL, 0), helper);
	assert_false(store_is_locked(w->path));
}

static void
a_lock_of_a_file_that_was_tidied_away_is_none(void **state)
{
	struct world *w = *state;
	const char *name = beside(w, ".lock");
	struct err e;
	char event[4096];
	int status;

	int first = store_lock(w->path, &w->e);
	OK(first);
	int watch = inotify_init1(IN_CLOEXEC);
	assert_int_not_equal(inotify_add_watch(watch, name, IN_OPEN), -1);
	pid_t second = fork();
	if (second == 0) {
		close(first);
		_exit(store_lock(w->path, &e) != -1 && store_is_locked(w->path) ? 0 : 1);
	}
	/* It waits for a file that has lost its name. */
	assert_true(read(watch, event, sizeof event) > 0);
	unlink(name);
	close(first);
	assert_int_equal(waitpid(second, &status, 0), second);
	assert_int_equal(status, 0);
	close(watch);
}

static void
a_copy_that_cannot_take_the_stores_place_is_told(void **state)
{
	struct world *w = *state;
	sqlite3 *other;
	char copy[300];

	snprintf(copy, sizeof copy, "%s", beside(w, ".copy"));
	person(w, "Kim");
	assert_int_equal(store_keep(w->path, copy, &w->e), 1);
	person(w, "Lee");
	shut(w);
	/* Somebody who knows SQLite's locks alone. */
	assert_int_equal(sqlite3_open(w->path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(store_replace(w->path, copy, &w->e), -1);
	assert_int_equal(w->e.kind, ERR_BUSY);
	assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(other);
	OK(store_replace(w->path, copy, &w->e));
	unlink(copy);
	OK(store_open(w->path, STORE_TOOL, &w->s, &w->e));
	assert_int_equal(ask(w, "SELECT count(*) FROM owner"), 1);
}

static void
fridged_waits_for_no_lock_and_a_tool_does(void **state)
{
	struct world *w = *state;
	struct label_new n = thing(0, 0);
	struct store *fridged;
	struct label l;
	int ready[2], told[2];
	char c;

	OK(store_open(w->path, STORE_DAEMON, &fridged, &w->e));
	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(told), 0);
	pid_t other = fork();
	if (other == 0) {
		int fd = open(beside(w, ".wlock"), O_RDWR);

		if (flock(fd, LOCK_EX) == -1 || write(ready[1], "x", 1) != 1 ||
		    read(told[0], &c, 1) != 1)
			_exit(1);
		nanosleep(&(struct timespec){ .tv_nsec = 300000000 }, NULL);
		_exit(0);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_int_equal(store_label_add(fridged, &n, &l, &w->e), -1);
	assert_int_equal(w->e.kind, ERR_BUSY);
	assert_int_equal(store_print_completed(fridged, 1, &w->e), -1);
	assert_int_equal(w->e.kind, ERR_BUSY);
	/* The lock is let go only now that the tool asks for it. */
	int64_t before_ms = clock_mono_ms();
	assert_int_equal(write(told[1], "x", 1), 1);
	put_in(w, n);
	assert_true(clock_mono_ms() - before_ms < 4000);
	assert_int_equal(waitpid(other, NULL, 0), other);
	OK(store_label_add(fridged, &n, &l, &w->e));
	assert_int_equal(ask(w, "SELECT count(*) FROM label"), 2);
	store_close(fridged);
	close(ready[0]);
	close(ready[1]);
	close(told[0]);
	close(told[1]);
}

static void
a_lock_file_that_was_tidied_away_is_made_anew(void **state)
{
	struct world *w = *state;

	assert_int_equal(unlink(beside(w, ".wlock")), 0);
	person(w, "Kim");
	assert_int_equal(access(beside(w, ".wlock"), F_OK), 0);
	int fd = open(beside(w, ".wlock"), O_RDWR);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	struct store *fridged;
	/* Now both programs mean the same file: a daemon is refused at once. */
	close(fd);
	OK(store_open(w->path, STORE_DAEMON, &fridged, &w->e));
	fd = open(beside(w, ".wlock"), O_RDWR);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	struct label_new n = thing(0, 0);
	struct label l;
	assert_int_equal(store_label_add(fridged, &n, &l, &w->e), -1);
	close(fd);
	store_close(fridged);
}

static void
a_tool_rings_the_bell_after_a_change_and_only_then(void **state)
{
	struct world *w = *state;
	struct store *fridged;
	struct label_new n = thing(0, 0);
	struct label l;
	struct pruned done;

	rang(w);
	person(w, "Kim");
	assert_true(rang(w));
	REFUSED(store_badge_revoke(w->s, 9, TODAY, &w->e), "no badge");
	assert_false(rang(w));
	do
		OK(store_prune(w->s, NOON, TODAY, 90, &done, &w->e));
	while (done.more);
	rang(w);
	OK(store_prune(w->s, NOON, TODAY, 90, &done, &w->e));
	assert_false(rang(w));
	OK(store_open(w->path, STORE_DAEMON, &fridged, &w->e));
	OK(store_label_add(fridged, &n, &l, &w->e));
	assert_false(rang(w));
	store_close(fridged);
}

/* How many labels stand in the file itself, without its WAL. */
static int64_t
labels_in_file(struct world *w)
{
	char uri[128];
	sqlite3 *db;
	sqlite3_stmt *st;

	snprintf(uri, sizeof uri, "file:%s?immutable=1", w->path);
	assert_int_equal(sqlite3_open_v2(uri, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM label", -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	int64_t n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return n;
}

static void
a_checkpoint_moves_all_and_a_second_one_does_nothing(void **state)
{
	struct world *w = *state;
	struct store *fridged;

	OK(store_open(w->path, STORE_DAEMON, &fridged, &w->e));
	for (int i = 0; i < 30; i++)
		put_in(w, thing(0, 0));
	assert_int_equal(labels_in_file(w), 0);
	OK(store_checkpoint(fridged, &w->e));
	assert_int_equal(labels_in_file(w), 30);
	int64_t done = ask(w, "SELECT value FROM meta WHERE key = 'checkpoints'");
	OK(store_checkpoint(fridged, &w->e));
	OK(store_checkpoint(fridged, &w->e));
	assert_int_equal(ask(w, "SELECT value FROM meta WHERE key = 'checkpoints'"), done);
	put_in(w, thing(0, 0));
	OK(store_checkpoint(fridged, &w->e));
	assert_int_equal(ask(w, "SELECT value FROM meta WHERE key = 'checkpoints'"), done + 1);
	store_close(fridged);
}

static bool
file_has(const char *path, const char *text)
{
	static char all[1 << 20];
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	size_t n = fread(all, 1, sizeof all, f);
	fclose(f);
	return memmem(all, n, text, strlen(text)) != NULL;
}

static void
what_was_erased_is_in_no_file_after_the_next_checkpoint(void **state)
{
	struct world *w = *state;
	struct label_new n = thing(0, 0);
	struct pruned done;

	n.boot_id = "zwyx-boot-zwyx";
	put_in(w, n);
	OK(store_checkpoint(w->s, &w->e));
	put_in(w, n);
	assert_true(file_has(w->path, n.boot_id));
	assert_true(file_has(beside(w, "-wal"), n.boot_id));
	do
		OK(store_prune(w->s, NOON + 2 * 86400, TODAY + 2, 90, &done, &w->e));
	while (done.more);
	OK(store_checkpoint(w->s, &w->e));
	assert_false(file_has(w->path, n.boot_id));
	assert_false(file_has(beside(w, "-wal"), n.boot_id));
}

static void
a_reader_holds_up_no_commit_and_a_checkpoint_only_says_busy(void **state)
{
	struct world *w = *state;
	struct store *fridged;
	struct label_new n = thing(0, 0);
	struct label l;
	sqlite3_stmt *reading;

	put_in(w, n);
	put_in(w, n);
	OK(store_open(w->path, STORE_DAEMON, &fridged, &w->e));
	assert_int_equal(sqlite3_prepare_v2(w->s->db, "SELECT * FROM label", -1, &reading, NULL), 0);
	assert_int_equal(sqlite3_step(reading), SQLITE_ROW);
	OK(store_label_add(fridged, &n, &l, &w->e));
	assert_int_equal(store_checkpoint(fridged, &w->e), -1);
	assert_int_equal(w->e.kind, ERR_BUSY);
	OK(store_label_add(fridged, &n, &l, &w->e));
	sqlite3_finalize(reading);
	OK(store_checkpoint(fridged, &w->e));
	assert_int_equal(ask(w, "SELECT count(*) FROM label"), 4);
	store_close(fridged);
}

/* Another handle, used by its own thread: it forgets a person, and can end only when the
 * reader of old pages has. */
struct elsewhere {
	struct store *tool;
	int64_t owner;
	int rc;
	struct err e;
};

static void *
forget_elsewhere(void *arg)
{
	struct elsewhere *x = arg;
	struct forgotten gone;

	x->rc = store_owner_forget(x->tool, x->owner, &gone, NULL, NULL, &x->e);
	return NULL;
}

static void
whoever_waits_for_a_reader_holds_up_no_tap(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "Kim");
	struct label_new n = thing(0, 0);
	struct store *fridged;
	struct owner got;
	struct label l;
	struct elsewhere x = { .owner = kim.id };
	sqlite3_stmt *reading;
	pthread_t thread;

	OK(store_open(w->path, STORE_DAEMON, &fridged, &w->e));
	OK(store_open(w->path, STORE_TOOL, &x.tool, &w->e));
	assert_int_equal(sqlite3_prepare_v2(w->s->db, "SELECT * FROM owner", -1, &reading, NULL), 0);
	assert_int_equal(sqlite3_step(reading), SQLITE_ROW);
	assert_int_equal(pthread_create(&thread, NULL, forget_elsewhere, &x), 0);
	while (store_owner_get(fridged, kim.id, &got, &w->e) == 1)
		sched_yield();
	/* It waits now, for up to 5 s. A tap tries for 800 ms, and taps a little apart meet it
	 * at every moment of that. */
	for (int64_t until = clock_mono_ms() + 2000; clock_mono_ms() < until;) {
		int64_t end = clock_mono_ms() + 800;
		while (store_label_add(fridged, &n, &l, &w->e) == -1) {
			assert_int_equal(w->e.kind, ERR_BUSY);
			assert_true(clock_mono_ms() < end);
			sched_yield();
		}
		poll(NULL, 0, 5);
	}
	sqlite3_finalize(reading);
	assert_int_equal(pthread_join(thread, NULL), 0);
	if (x.rc == -1)
		fail_msg("%s", x.e.what);
	store_close(x.tool);
	store_close(fridged);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		T(a_new_store_has_an_id_that_stays),
		T(the_file_says_what_it_is_and_is_guarded),
		T(files_are_private_whatever_the_umask),
		T(root_leaves_files_to_the_owner_of_the_folder),
		T(what_is_not_a_store_is_refused_and_left_alone),
		T(a_newer_store_is_refused_with_both_versions),
		T(an_older_store_is_copied_and_brought_up_by_who_holds_the_lock),
		T(a_missing_folder_is_named),
		T(who_may_not_write_is_told_what_to_do),
		T(a_damaged_file_is_told),
		T(a_full_disk_keeps_nothing_and_recovers),
		T(only_one_fridged_runs_on_a_store),
		T(a_lock_of_a_file_that_was_tidied_away_is_none),
		T(a_copy_that_cannot_take_the_stores_place_is_told),
		T(fridged_waits_for_no_lock_and_a_tool_does),
		T(a_lock_file_that_was_tidied_away_is_made_anew),
		T(a_tool_rings_the_bell_after_a_change_and_only_then),
		T(a_checkpoint_moves_all_and_a_second_one_does_nothing),
		T(what_was_erased_is_in_no_file_after_the_next_checkpoint),
		T(a_reader_holds_up_no_commit_and_a_checkpoint_only_says_busy),
		T(whoever_waits_for_a_reader_holds_up_no_tap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
