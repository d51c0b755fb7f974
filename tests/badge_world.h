/* badge_world.h - a private folder with a key, for tests of badge numbers. */
#ifndef BADGE_WORLD_H
#define BADGE_WORLD_H

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

#include "../firmware/badge.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static char folder[] = "/tmp/badge_test.XXXXXX";
static char key_path[64];
static struct badge_key *key;

static inline void
write_file(const char *path, const void *bytes, size_t n, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd != -1);
	assert_int_equal(write(fd, bytes, n), n);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

/* The key of the known answers: bytes 0 to 31. */
static inline int
set_up(void **state)
{
	unsigned char bytes[32];

	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(key_path, sizeof key_path, "%s/uid.key", folder);
	for (int i = 0; i < 32; i++)
		bytes[i] = (unsigned char)i;
	write_file(key_path, bytes, sizeof bytes, 0600);
	return badge_key_load(key_path, &key, NULL);
}

static inline int
tear_down(void **state)
{
	(void)state;
	badge_key_free(key);
	unlink(key_path);
	return rmdir(folder);
}

static inline struct card
card(const char *hex)
{
	struct card c;

	assert_int_equal(card_parse(BADGE_UNKNOWN_KIND, hex, &c, NULL), 0);
	return c;
}

#endif
