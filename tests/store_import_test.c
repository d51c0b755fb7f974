/* store_import_test.c - many changes at once: all or none, and a tap before them */
#include "store_world.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#define PEOPLE 200
#define SLOW_MS 10		/* a slow disk: so long for a change ... */
#define PATIENCE_MS 800		/* ... and fridged's, after a tap */
#define TAPS 8
#define BEGIN_MS 30000	/* so long the import may take to begin */
#define QUIET_MS 250		/* an import that gave way has begun again by then */
#define KILLS 15

static void
rest(int64_t ms)
{
	nanosleep(&(struct timespec){ (time_t)(ms / 1000), (long)(ms % 1000 * 1000000) }, NULL);
}

/* Change 2k adds person k, change 2k + 1 gives the badge. */
static void
newcomer(void *slow, size_t i, struct import_change *out)
{
	*out = (struct import_change){ .what = i % 2 == 0 ? IMPORT_ADD : IMPORT_BADGE };
	if (i % 2 == 0) {
		snprintf(out->owner.name, sizeof out->owner.name, "Person %zu", i / 2);
		snprintf(out->owner.email, sizeof out->owner.email, "p%zu@example.com", i / 2);
	} else {
		out->added = i;
		out->readings.count = 1;
		memcpy(out->readings.r[0].hash, &i, sizeof i);
		out->readings.r[0].exact = true;
	}
	if (slow != NULL)
		rest(SLOW_MS);
}

/* In a process of its own, once something comes through go (-1: at once); its exit status
 * says how it went. */
static pid_t
import_apart(const char *path, void *slow, int go)
{
	const struct import_source from = { .count = 2 * PEOPLE, .get = newcomer, .arg = slow };
	struct store *s;
	struct err e;
	size_t bad;
	char byte;
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	if (go != -1 && read(go, &byte, 1) != 1)
		_exit(3);
	if (store_open(path, STORE_TOOL, &s, &e) == -1)
		_exit(1);
	_exit(store_import(s, &from, TODAY, &bad, &e) == -1 ? 2 : 0);
}

/* As fridged keeps a tap: it tries until its patience is at an end. How long it took. */
static int64_t
tap(struct world *w, bool *waited)
{
	struct label_new n = thing(0, 0);
	int64_t since = clock_mono_ms();
	struct label l;

	*waited = false;
	while (store_label_add(w->s, &n, &l, &w->e) == -1) {
		if (w->e.kind != ERR_BUSY || clock_mono_ms() - since >= PATIENCE_MS)
			fail_msg("after %d ms: %s", (int)(clock_mono_ms() - since), w->e.what);
		*waited = true;
		rest(5);
	}
	return clock_mono_ms() - since;
}

/* The import alone would hold the lock for two seconds. */
static void
a_tap_goes_before_an_import_that_is_long(void **state)
{
	struct world *w = *state;
	int status, waits = 0, taps = 0, go[2];
	int64_t began;
	bool waited;

	shut(w);
	assert_int_equal(pipe(go), 0);
	pid_t pid = import_apart(w->path, w, go[0]);
	/* fridged runs already: to begin, it would wait for all of the import. */
	assert_int_equal(world_open(w, STORE_DAEMON), 0);
	assert_int_equal(write(go[1], "", 1), 1);
	began = clock_mono_ms();
	srandom(5);
	/* However long the other process takes to begin: the lock was held, and given up. */
	for (; taps < TAPS || (waits < 2 && clock_mono_ms() - began < BEGIN_MS); taps++) {
		/* A slow machine's import gets more and more time to begin again. */
		rest(QUIET_MS + random() % 200 + (taps > TAPS ? (taps - TAPS) * 20 : 0));
		tap(w, &waited);
		waits += waited;
	}
	assert_true(waits > 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(ask(w, "SELECT count(*) FROM owner"), PEOPLE);
	assert_int_equal(ask(w, "SELECT count(*) FROM label"), taps);
	close(go[0]);
	close(go[1]);
}

static void
killed_at_any_point_an_import_leaves_all_or_nothing(void **state)
{
	struct world *w = *state;
	int64_t takes, people, badges;
	int status, none = 0;

	shut(w);
	srandom(9);
	for (int round = 0; round < KILLS; round++) {
		int64_t since = clock_mono_ms();
		pid_t pid = import_apart(w->path, NULL, -1);
		/* The first one goes through, and shows how long it takes. */
		if (round > 0) {
			rest(random() % (takes + 1));
			kill(pid, SIGKILL);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (round == 0)
			takes = clock_mono_ms() - since;
		assert_int_equal(world_open(w, STORE_TOOL), 0);
		OK(store_verify(w->s, &w->e));
		people = ask(w, "SELECT count(*) FROM owner");
		badges = ask(w, "SELECT count(*) FROM reading");
		if ((people != 0 && people != PEOPLE) || badges != people)
			fail_msg("%d people with %d badges are left", (int)people, (int)badges);
		none += people == 0;
		clear(w);
	}
	assert_true(none > 0);
}

static void
a_badge_comes_with_all_that_was_kept_of_it(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "Kim");
	struct import_change list[] = { { .what = IMPORT_BADGE, .owner_id = kim.id,
	    .kind = BADGE_FELICA, .readings = card(1, 2, 3) } };
	struct readings by_number = number(3), other_card = card(9, 2, 3);
	struct badge_reading *all;
	struct badge b;
	enum badge_match how;
	size_t bad, n;
	bool learn;

	OK(import_list(w, list, 1, &bad));
	OK(store_badge_readings(w->s, &all, &n, &w->e));
	assert_int_equal(n, 3);
	assert_true(all[0].reading.exact);
	assert_int_equal(all[0].owner, kim.id);
	assert_int_equal(all[0].kind, BADGE_FELICA);
	assert_false(all[0].revoked || all[0].left);
	free(all);
	/* A list that has it by its number means this one; another card that shares it not. */
	OK(store_badge_match(w->s, &by_number, &how, &b, &learn, &w->e));
	assert_int_equal(how, MATCH_OWNER);
	OK(store_badge_match(w->s, &other_card, &how, &b, &learn, &w->e));
	assert_int_equal(how, MATCH_NONE);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		T(a_tap_goes_before_an_import_that_is_long),
		T(killed_at_any_point_an_import_leaves_all_or_nothing),
		T(a_badge_comes_with_all_that_was_kept_of_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
