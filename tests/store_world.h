/* store_world.h - a store of its own in a private folder, for the tests of the store */
#ifndef STORE_WORLD_H
#define STORE_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../firmware/store.h"

#define TODAY 20000		/* 2024-10-04 */
#define NOON (TODAY * 86400LL + 43200)
#define BOOT "11111111-2222-3333-4444-555555555555"

struct world {
	char dir[64];
	char path[96];
	struct store *s;
	struct err e;
};

static inline const char *
beside(const struct world *w, const char *suffix)
{
	static char name[128];

	snprintf(name, sizeof name, "%s%s", w->path, suffix);
	return name;
}

static inline int
world_open(struct world *w, enum store_role role)
{
	return store_open(w->path, role, &w->s, &w->e);
}

static inline int
world_setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	snprintf(w->dir, sizeof w->dir, "/tmp/fridge-store.XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->path, sizeof w->path, "%s/fridge.db", w->dir);
	*state = w;
	if (world_open(w, STORE_TOOL) == -1)
		fail_msg("%s", w->e.what);
	return 0;
}

static inline int
world_teardown(void **state)
{
	static const char *const SUFFIXES[] = {
		"", "-wal", "-shm", "-journal", ".wlock", ".lock", ".bell", ".wait", ".v0", ".v0.new",
	};
	struct world *w = *state;

	store_close(w->s);
	for (size_t i = 0; i < sizeof SUFFIXES / sizeof SUFFIXES[0]; i++)
		unlink(beside(w, SUFFIXES[i]));
	assert_int_equal(rmdir(w->dir), 0);	/* nothing else was left behind */
	free(w);
	return 0;
}

#define OK(call) do { \
	if ((call) == -1) \
		fail_msg("%s: %s", #call, w->e.what); \
} while (0)

/* It is refused, in these words. */
#define REFUSED(call, words) do { \
	memset(&w->e, 0, sizeof w->e); \
	assert_int_equal((call), -1); \
	if (w->e.kind != ERR_REFUSED || strstr(w->e.what, words) == NULL) \
		fail_msg("kind %d: %s", w->e.kind, w->e.what); \
} while (0)

static inline struct owner
person(struct world *w, const char *name)
{
	struct owner o = { 0 };

	snprintf(o.name, sizeof o.name, "%s", name);
	OK(store_owner_add(w->s, &o, TODAY, &w->e));
	return o;
}

/* A card as the reader sees it: an exact reading, and other forms that it may share
 * with other cards. */
static inline struct readings
card(uint8_t number, uint8_t form1, uint8_t form2)
{
	struct readings r = { .count = 3 };

	memset(r.r[0].hash, number, READING_SIZE);
	r.r[0].exact = true;
	memset(r.r[1].hash, form1, READING_SIZE);
	memset(r.r[2].hash, form2, READING_SIZE);
	return r;
}

/* A number from a list in some other form than the UID. */
static inline struct readings
number(uint8_t form)
{
	struct readings r = { .count = 1 };

	memset(r.r[0].hash, form, READING_SIZE);
	return r;
}

static inline struct label_new
thing(int64_t owner, int64_t badge)
{
	return (struct label_new){
		.owner = owner, .badge = badge, .stored_on = TODAY, .expires_on = TODAY + 7,
		.shelf = { .days = 7 }, .copies = 1, .now = NOON, .today = TODAY,
		.boot_id = BOOT, .boot_ms = 1000,
	};
}

static inline struct label
put_in(struct world *w, struct label_new n)
{
	struct label l;

	OK(store_label_add(w->s, &n, &l, &w->e));
	return l;
}

#endif
