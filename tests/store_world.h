/* store_world.h - a store of its own in a private folder, for the tests of the store */
#ifndef STORE_WORLD_H
#define STORE_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../firmware/store_impl.h"

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
		".v1", ".v1.new",
	};
	struct world *w = *state;

	store_close(w->s);
	for (size_t i = 0; i < sizeof SUFFIXES / sizeof SUFFIXES[0]; i++)
		unlink(beside(w, SUFFIXES[i]));
	assert_int_equal(rmdir(w->dir), 0);	/* nothing else was left behind */
	free(w);
	return 0;
}

/* Run SQL by another hand, as if time had gone by or much had happened. */
static inline void
meddle(struct world *w, const char *sql)
{
	sqlite3 *db;
	char *why = NULL;

	assert_int_equal(sqlite3_open(w->path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s", why);
	sqlite3_close(db);
}

/* The number that a query of this store's own connection gives. */
static inline int64_t
ask(struct world *w, const char *sql)
{
	sqlite3_stmt *st;

	if (sqlite3_prepare_v2(w->s->db, sql, -1, &st, NULL) != SQLITE_OK)
		fail_msg("%s", sqlite3_errmsg(w->s->db));
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	int64_t n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

static inline void
shut(struct world *w)
{
	store_close(w->s);
	w->s = NULL;
}

/* Start again from nothing. */
static inline void
clear(struct world *w)
{
	static const char *const SUFFIXES[] = { "", "-wal", "-shm" };

	shut(w);
	for (size_t i = 0; i < sizeof SUFFIXES / sizeof SUFFIXES[0]; i++)
		unlink(beside(w, SUFFIXES[i]));
}

/* Whether the bell was rung since this was asked last. */
static inline bool
rang(struct world *w)
{
	static const struct timespec LONG_AGO[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	struct stat st;

	assert_int_equal(stat(store_bell_path(w->s), &st), 0);
	assert_int_equal(utimensat(AT_FDCWD, store_bell_path(w->s), LONG_AGO, 0), 0);
	return st.st_mtim.tv_sec != 1;
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

/* A list of changes as a source of them. */
static inline void
change_of_list(void *list, size_t i, struct import_change *out)
{
	*out = ((const struct import_change *)list)[i];
}

static inline int
import_list(struct world *w, struct import_change *list, size_t n, size_t *bad)
{
	const struct import_source from = { .count = n, .get = change_of_list, .arg = list };

	return store_import(w->s, &from, TODAY, bad, &w->e);
}

#endif
