/* config_world.h - what the tests of config share: a private folder and its file. */
#ifndef FRIDGE_CONFIG_WORLD_H
#define FRIDGE_CONFIG_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../firmware/config.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static char folder[] = "/tmp/config_test.XXXXXX";
static char path[64];

static inline int
set_up(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof path, "%s/fridge.conf", folder);
	return 0;
}

static inline int
tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static inline void
write_conf(const char *text, size_t n)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static inline int
load_bytes(const char *text, size_t n, struct config *c, struct err *e)
{
	write_conf(text, n);
	return config_load(path, c, NULL, e);
}

static inline int
load(const char *text, struct config *c, struct err *e)
{
	return load_bytes(text, strlen(text), c, e);
}

/* A configuration that must be taken. */
static inline struct config
good(const char *text)
{
	struct config c;
	struct err e = { 0 };

	if (load(text, &c, &e) == -1)
		fail_msg("%s\nin: %s", e.what, text);
	return c;
}

/* A configuration that must be refused at the line, with the piece in the message. */
static inline struct err
bad_bytes(const char *text, size_t n, int line, const char *piece)
{
	struct config c, before;
	struct err e = { 0 };
	char place[128];

	memset(&c, 0x5a, sizeof c);
	before = c;
	if (load_bytes(text, n, &c, &e) != -1)
		fail_msg("taken: %s", text);
	assert_int_equal(e.kind, ERR_USAGE);
	snprintf(place, sizeof place, "%s:%d: ", path, line);
	if (strncmp(e.what, place, strlen(place)) != 0)
		fail_msg("\"%s\" does not start with %s", e.what, place);
	if (strstr(e.what, piece) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", e.what, piece);
	assert_memory_equal(&c, &before, sizeof c);
	return e;
}

static inline struct err
bad(const char *text, int line, const char *piece)
{
	return bad_bytes(text, strlen(text), line, piece);
}

#endif
