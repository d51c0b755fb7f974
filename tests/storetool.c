/* storetool.c - use a store as fridged does, and tell what was acknowledged.
 *
 *	storetool work STORE	make labels; a line on standard output after each commit
 *	storetool check STORE	read those lines: is all that they say in the store?
 *	storetool taps STORE	tap until standard input ends, as patient as fridged is; a line
 *				for each tap: how long it waited, in ms
 *
 * Lines: "tap" before a label is made, "label ID CODE" and "owner ID" after it is.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../firmware/store.h"

#define TODAY 20000
#define TAPS 9
#define EVERY_MS 500
#define PATIENCE_MS 800

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

/* A person every half second. */
static void
taps(struct store *s)
{
	struct label_new n = {
		.stored_on = TODAY, .expires_on = TODAY + 7, .shelf = { .days = 7 }, .copies = 1,
		.now = TODAY * 86400LL, .today = TODAY, .boot_id = "boot", .boot_ms = 1,
	};
	struct pollfd end = { .fd = STDIN_FILENO, .events = POLLIN };
	char line[32];

	do {
		int64_t since = clock_mono_ms();
		struct label l;
		while (store_label_add(s, &n, &l, &e) == -1) {
			must_be(e.kind == ERR_BUSY && clock_mono_ms() - since < PATIENCE_MS, "a tap failed");
			usleep(5000);
		}
		snprintf(line, sizeof line, "%lld\n", (long long)(clock_mono_ms() - since));
		say(line);
	} while (poll(&end, 1, EVERY_MS) == 0);
}

int
main(int argc, char **argv)
{
	struct store *s;

	static const struct {
		const char *name;
		void (*run)(struct store *s);
	} WORK[] = { { "work", work }, { "check", check }, { "taps", taps } };
	size_t i = 0;

	while (argc == 3 && i < 3 && strcmp(argv[1], WORK[i].name) != 0)
		i++;
	if (argc != 3 || i == 3) {
		fputs("usage: storetool work|check|taps STORE\n", stderr);
		return 2;
	}
	must(store_open(argv[2], STORE_DAEMON, &s, &e));
	WORK[i].run(s);
	store_close(s);
	return 0;
}
