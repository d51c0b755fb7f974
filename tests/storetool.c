/* storetool.c - use a store as fridged does, and tell what was acknowledged.
 *
 *	storetool work STORE	make labels; a line on standard output after each commit
 *	storetool check STORE	read those lines: is all that they say in the store?
 *	storetool compare A B N	what a tap costs on two stores, N times in turns: lines
 *				"WHAT A B", medians in microseconds
 *	storetool taps STORE MS	tap every so many ms until SIGTERM, as patient as fridged is;
 *				a line "WAITED WHOLE" for each, in ms: for the lock, and
 *				until it was kept
 *
 * Lines: "tap" before a label is made, "label ID CODE" and "owner ID" after it is.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../firmware/store.h"

#define TODAY 20000
#define TAPS 9

static struct err e;

static void
must(int rc)
{
	if (rc != -1)
		return;
	err_print("storetool", &e);
	exit(1);
}

static void
must_be(bool so, const char *what)
{
	if (so)
		return;
	fprintf(stderr, "storetool: %s\n", what);
	exit(1);
}

/* Unbuffered: an acknowledgement is out before the next step. */
static void
say(const char *text)
{
	must_be(write(STDOUT_FILENO, text, strlen(text)) == (ssize_t)strlen(text), "cannot tell");
}

static void
tap(struct store *s, int64_t owner)
{
	struct label_new n = {
		.owner = owner, .stored_on = TODAY, .expires_on = TODAY + 7, .shelf = { .days = 7 },
		.now = TODAY * 86400LL, .today = TODAY, .boot_id = "boot", .boot_ms = 1,
	};
	struct label l;
	char line[64];

	say("tap\n");
	must(store_label_add(s, &n, &l, &e));
	snprintf(line, sizeof line, "label %lld %s\n", (long long)l.id, l.code);
	say(line);
}

static void
work(struct store *s)
{
	struct owner o = { .name = "Kim" };
	struct print p;
	char line[64];
	int attempts;
	struct pruned pruned;

	tap(s, 0);
	must(store_owner_add(s, &o, TODAY, &e));
	snprintf(line, sizeof line, "owner %lld\n", (long long)o.id);
	say(line);
	for (int i = 1; i <= TAPS; i++) {
		if (i > 1)
			tap(s, o.id);
		must_be(store_print_next(s, &p, &e) == 1, "no print waits");
		must(store_print_attempt(s, p.id, &attempts, &e));
		must(store_print_spooled(s, p.id, 100 + i, &e));
		must(store_print_completed(s, p.id, &e));
		if (i % 3 == 0)
			must(store_checkpoint(s, &e));
		if (i == TAPS / 2)
			must(store_prune(s, (TODAY + 2) * 86400LL, TODAY + 2, 90, &pruned, &e));
	}
}

static void
check(struct store *s)
{
	char line[64], code[CODE_SIZE];
	long long id;

	must(store_verify(s, &e));
	while (fgets(line, sizeof line, stdin) != NULL) {
		struct label l;
		struct owner o;

		if (sscanf(line, "label %lld %11s", &id, code) == 2)
			must_be(store_label_get(s, id, &l, &e) == 1 && strcmp(l.code, code) == 0,
			    "an acknowledged label is lost");
		else if (sscanf(line, "owner %lld", &id) == 1)
			must_be(store_owner_get(s, id, &o, &e) == 1, "an acknowledged person is lost");
	}
	/* And it goes on from here. */
	tap(s, 0);
	must(store_checkpoint(s, &e));
	must(store_verify(s, &e));
}

/* ---- what it costs ---- */

#define PATIENCE_US 800000	/* a tap is refused then */
#define LOCK_EVERY_MS 1
#define CALLS_MAX 1000

static void
rest_ms(long ms)
{
	nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000L }, NULL);
}

static int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

/* A card with as many readings as one has, and its label. */
static void
a_card(struct readings *r)
{
	*r = (struct readings){ .count = READINGS_MAX };
	for (size_t i = 0; i < READINGS_MAX; i++)
		memset(r->r[i].hash, 'a' + (int)i, READING_SIZE);
	r->r[0].exact = true;
}

static struct label_new
a_label(const struct badge *b)
{
	return (struct label_new){
		.owner = 1, .badge = b->id, .stored_on = TODAY, .expires_on = TODAY + 7,
		.shelf = { .days = 7 }, .now = time(NULL), .today = (day_t)(time(NULL) / 86400),
		.boot_id = "boot", .boot_ms = 1,
	};
}

static int
by_time(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void
compare(const char *const path[2], int rounds)
{
	static int64_t took[2][2][CALLS_MAX];	/* look-up, insert; store; round */
	static const char *const WHAT[2] = { "tap:-look-up", "tap:-insert" };
	struct store *s[2];
	struct readings card;
	enum badge_match how;
	struct badge badge[2];
	struct label l;
	bool learn;

	a_card(&card);
	for (int i = 0; i < 2; i++) {
		must(store_open(path[i], STORE_DAEMON, &s[i], &e));
		must(store_badge_add(s[i], 1, BADGE_ISO14443A, &card, TODAY, &badge[i], &e));
	}
	for (int n = 0; n < rounds && n < CALLS_MAX; n++)
		for (int i = 0; i < 2; i++) {
			struct label_new new = a_label(&badge[i]);
			int64_t began = now_us();

			must(store_badge_match(s[i], &card, &how, &badge[i], &learn, &e));
			int64_t looked = now_us();
			must_be(how == MATCH_OWNER, "the badge is not found");
			must(store_label_add(s[i], &new, &l, &e));
			took[0][i][n] = looked - began;
			took[1][i][n] = now_us() - looked;
		}
	for (int w = 0; w < 2; w++) {
		for (int i = 0; i < 2; i++)
			qsort(took[w][i], (size_t)rounds, sizeof(int64_t), by_time);
		printf("%s %lld %lld\n", WHAT[w], (long long)took[w][0][rounds / 2],
		    (long long)took[w][1][rounds / 2]);
	}
	store_close(s[0]);
	store_close(s[1]);
}

static volatile sig_atomic_t ended;

static void
end(int signal)
{
	(void)signal;
	ended = 1;
}

static void
taps(struct store *s, int every_ms)
{
	const struct badge none = { .id = 0 };
	struct label l;
	char line[64];

	signal(SIGTERM, end);
	while (!ended) {
		struct label_new new = a_label(&none);
		new.owner = 0;	/* a guest */
		int64_t began = now_us(), tried = began;

		while (store_label_add(s, &new, &l, &e) == -1) {
			must_be(e.kind == ERR_BUSY && tried - began < PATIENCE_US, e.what);
			rest_ms(LOCK_EVERY_MS);
			tried = now_us();
		}
		snprintf(line, sizeof line, "%.1f %.1f\n", (double)(tried - began) / 1000,
		    (double)(now_us() - began) / 1000);
		say(line);
		rest_ms(every_ms);
	}
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(struct store *s);
	} DOES[] = { { "work", work }, { "check", check } };
	struct store *s;

	if (argc == 5 && strcmp(argv[1], "compare") == 0) {
		int rounds = atoi(argv[4]);

		must_be(rounds > 0 && rounds <= CALLS_MAX, "so many rounds are not possible");
		compare((const char *const *)argv + 2, rounds);
		return 0;
	}
	if (argc == 4 && strcmp(argv[1], "taps") == 0) {
		must(store_open(argv[2], STORE_DAEMON, &s, &e));
		taps(s, atoi(argv[3]));
		store_close(s);
		return 0;
	}
	for (size_t i = 0; argc == 3 && i < sizeof DOES / sizeof DOES[0]; i++) {
		if (strcmp(argv[1], DOES[i].name) != 0)
			continue;
		must(store_open(argv[2], STORE_DAEMON, &s, &e));
		DOES[i].run(s);
		store_close(s);
		return 0;
	}
	fputs("usage: storetool work|check STORE | taps STORE MS | compare STORE STORE ROUNDS\n", stderr);
	return 2;
}
