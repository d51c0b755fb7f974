/* secret_test.c - what the world must not read, and what must stay readable for us. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../firmware/badge.h"
#include "../firmware/secret.h"

#define NOBODY 65534

static char folder[64];

static void
put(const char *path, const void *bytes, size_t n, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, mode);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, bytes, n), (ssize_t)n);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

/* Exported readings carry it, so that it must stay what it is; computed with another
 * implementation of BLAKE2b. Those of the readings themselves stand in badge_test.c. */
static void
a_key_is_told_by_the_same_digits_for_ever(void **state)
{
	char path[96], check[KEY_CHECK_SIZE];
	uint8_t bytes[BADGE_KEY_SIZE];
	struct badge_key *k;

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)i;
	snprintf(path, sizeof path, "%s/same.key", folder);
	put(path, bytes, sizeof bytes, 0600);
	assert_int_equal(badge_key_load(path, &k, NULL), 0);
	badge_key_check(k, check);
	assert_string_equal(check, "4a2c98c9");
	assert_memory_equal(badge_key_bytes(k), bytes, sizeof bytes);
	badge_key_free(k);
}

/* As the packaged installation has it: the file is root's, the service has the credential. */
static void
where_the_file_is_not_for_us_the_credential_is_read(void **state)
{
	const struct secret_file f = { .path = "root.code", .credential = "recovery-code",
	    .what = "recovery code", .make = "sudo fridgectl backup" };
	char credentials[96], buf[16];
	struct err e;
	size_t n = 0;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(chdir(folder), 0);
	snprintf(credentials, sizeof credentials, "%s/credentials", folder);
	assert_int_equal(mkdir(credentials, 0755), 0);
	assert_int_equal(chmod(folder, 0755), 0);
	put("root.code", "of root", 7, 0600);
	put("credentials/recovery-code", "of the service", 14, 0444);
	assert_int_equal(seteuid(NOBODY), 0);
	int alone = secret_file_read(&f, buf, sizeof buf, &n, &e);
	setenv("CREDENTIALS_DIRECTORY", credentials, 1);
	int handed = secret_file_read(&f, buf, sizeof buf, &n, NULL);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(alone, -1);
	assert_non_null(strstr(e.what, "Permission denied"));
	assert_int_equal(handed, 0);
	assert_int_equal(n, 14);
	assert_memory_equal(buf, "of the service", 14);
	/* Who may read the file reads the file. */
	assert_int_equal(secret_file_read(&f, buf, sizeof buf, &n, NULL), 0);
	assert_int_equal(n, 7);
	unsetenv("CREDENTIALS_DIRECTORY");
}

static void
pieces_open_in_their_order_and_no_other(void **state)
{
	uint8_t key[SECRET_KEY_SIZE], begin[SECRET_STREAM_BEGIN], out[16];
	uint8_t piece[3][5 + SECRET_PIECE_MORE];

	(void)state;
	secret_random(key, sizeof key);
	struct secret_stream *s = secret_stream_seal(key, begin);
	assert_non_null(s);
	for (size_t i = 0; i < 3; i++)
		secret_piece_seal(s, piece[i], "piece", 5, "with", i == 0 ? 4 : 0, i == 2);
	secret_stream_end(s);

	assert_non_null(s = secret_stream_open(key, begin));
	assert_int_equal(secret_piece_open(s, out, piece[1], sizeof piece[1], NULL, 0), -1);
	assert_int_equal(secret_piece_open(s, out, piece[0], sizeof piece[0], "wish", 4), -1);
	assert_int_equal(secret_piece_open(s, out, piece[0], SECRET_PIECE_MORE - 1, "with", 4), -1);
	assert_int_equal(secret_piece_open(s, out, piece[0], sizeof piece[0], "with", 4), 1);
	assert_memory_equal(out, "piece", 5);
	assert_int_equal(secret_piece_open(s, out, piece[2], sizeof piece[2], NULL, 0), -1);
	assert_int_equal(secret_piece_open(s, out, piece[1], sizeof piece[1], NULL, 0), 1);
	assert_int_equal(secret_piece_open(s, out, piece[2], sizeof piece[2], NULL, 0), 0);
	secret_stream_end(s);

	key[0] ^= 1;
	assert_non_null(s = secret_stream_open(key, begin));
	assert_int_equal(secret_piece_open(s, out, piece[0], sizeof piece[0], "with", 4), -1);
	secret_stream_end(s);
}

static int
set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/secret_test.XXXXXX");
	return mkdtemp(folder) == NULL ? -1 : secret_begin(NULL);
}

static int
tear_down(void **state)
{
	char command[96];

	(void)state;
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_is_told_by_the_same_digits_for_ever),
		cmocka_unit_test(where_the_file_is_not_for_us_the_credential_is_read),
		cmocka_unit_test(pieces_open_in_their_order_and_no_other),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
