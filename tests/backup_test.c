/* backup_test.c - the file of a backup: what goes in comes out, and nothing else does; and
 * which of the nights' are kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../firmware/backup.h"

#define PIECE 65536
#define HEAD 88			/* what stands before the pieces */
#define FULL (PIECE - 75)	/* of the long member: then all of it is one full piece */

static char folder[40], key[64];
static struct recovery_code code;

struct written {
	int fd;
	int64_t size;
};

/* A backup with a short member, and a long one of that many bytes. */
static struct written
write_backup(size_t size)
{
	struct written f = { memfd_create("backup", MFD_CLOEXEC), 0 };
	int from = memfd_create("store", MFD_CLOEXEC);
	struct backup_writer *w;
	struct err e;

	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)(i * 7 + i / 256);
		assert_int_equal(pwrite(from, &byte, 1, (off_t)i), 1);
	}
	assert_int_equal(backup_begin(f.fd, &code, &w, &e), 0);
	assert_int_equal(backup_put(w, BACKUP_KEY, "0123456789abcdef", 16, &e), 0);
	assert_int_equal(backup_put_file(w, BACKUP_STORE, from, &e), 0);
	assert_int_equal(backup_put(w, "templates/empty.svg", "", 0, &e), 0);
	assert_int_equal(backup_finish(w, &f.size, &e), 0);
	assert_int_equal(lseek(f.fd, 0, SEEK_END), f.size);
	backup_writer_free(w);
	close(from);
	return f;
}

/* Read to the end: 0, or -1 with *e. *members gets how many came out whole. */
static int
read_backup(int fd, const struct recovery_code *with, int *members, struct err *e)
{
	struct backup_reader *r = NULL;
	struct backup_member m;
	int got = -1;

	*members = 0;
	lseek(fd, 0, SEEK_SET);
	if (backup_open(fd, with, &r, e) == 0)
		while ((got = backup_next(r, &m, e)) == 1)
			(*members)++;
	backup_reader_free(r);
	return got;
}

static void
members_come_out_as_they_went_in(void **state)
{
	/* The sizes that end with, before and behind a piece. */
	static const size_t SIZES[] = { 0, 1, 1000, FULL - 1, FULL, FULL + 1, PIECE - 32, PIECE,
	    3 * PIECE + 17 };
	struct backup_reader *r;
	struct backup_member m;
	struct err e;
	char small[16];

	(void)state;
	for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
		struct written f = write_backup(SIZES[i]);
		int out = memfd_create("out", MFD_CLOEXEC);
		unsigned char byte;
		lseek(f.fd, 0, SEEK_SET);
		assert_int_equal(backup_open(f.fd, &code, &r, &e), 0);
		assert_int_equal(backup_next(r, &m, &e), 1);
		assert_string_equal(m.name, BACKUP_KEY);
		assert_int_equal(backup_take(r, small, 16, &e), 0);
		assert_memory_equal(small, "0123456789abcdef", 16);
		assert_int_equal(backup_next(r, &m, &e), 1);
		assert_string_equal(m.name, BACKUP_STORE);
		assert_int_equal(m.size, SIZES[i]);
		assert_int_equal(backup_take_file(r, out, &e), 0);
		assert_int_equal(lseek(out, 0, SEEK_END), SIZES[i]);
		for (size_t at = 0; at < SIZES[i]; at += 97) {
			assert_int_equal(pread(out, &byte, 1, (off_t)at), 1);
			assert_int_equal(byte, (unsigned char)(at * 7 + at / 256));
		}
		assert_int_equal(backup_next(r, &m, &e), 1);
		assert_int_equal(m.size, 0);
		assert_int_equal(backup_next(r, &m, &e), 0);
		backup_reader_free(r);
		close(out);
		close(f.fd);
	}
}

static void
every_bit_that_is_wrong_is_told(void **state)
{
	struct written f = write_backup(300);
	struct err e;
	int members;

	(void)state;
	assert_int_equal(read_backup(f.fd, &code, &members, &e), 0);
	assert_int_equal(members, 3);
	for (int64_t at = 0; at < f.size; at++) {
		for (int bit = 0; bit < 8; bit++) {
			unsigned char right, wrong;
			assert_int_equal(pread(f.fd, &right, 1, at), 1);
			wrong = (unsigned char)(right ^ 1 << bit);
			assert_int_equal(pwrite(f.fd, &wrong, 1, at), 1);
			assert_int_equal(read_backup(f.fd, &code, &members, &e), -1);
			assert_int_equal(e.kind, ERR_REFUSED);
			assert_int_equal(pwrite(f.fd, &right, 1, at), 1);
		}
	}
	close(f.fd);
}

static void
every_cut_is_told(void **state)
{
	struct written f = write_backup(2 * PIECE);
	struct err e;
	int members;

	(void)state;
	for (int64_t size = f.size - 1; size >= 0; size -= size > HEAD + 200 &&
	    size % (PIECE + 17) > HEAD + 40 && size % (PIECE + 17) < PIECE - 40 ? 977 : 1) {
		assert_int_equal(ftruncate(f.fd, size), 0);
		assert_int_equal(read_backup(f.fd, &code, &members, &e), -1);
		assert_int_equal(e.kind, ERR_REFUSED);
		assert_non_null(strstr(e.what, size < 16 ? "no backup" : "cut off"));
	}
	close(f.fd);
}

static void
pieces_of_two_backups_do_not_go_together_and_nothing_may_follow(void **state)
{
	struct written a = write_backup(2 * PIECE), b = write_backup(2 * PIECE);
	char *piece = malloc(PIECE + 17);
	struct err e;
	int members;

	(void)state;
	assert_int_equal(pread(b.fd, piece, PIECE + 17, HEAD + PIECE + 17), PIECE + 17);
	assert_int_equal(pwrite(a.fd, piece, PIECE + 17, HEAD + PIECE + 17), PIECE + 17);
	assert_int_equal(read_backup(a.fd, &code, &members, &e), -1);
	assert_non_null(strstr(e.what, "damaged"));
	/* Nor one of the same file at another place. */
	assert_int_equal(pwrite(b.fd, piece, PIECE + 17, HEAD), PIECE + 17);
	assert_int_equal(read_backup(b.fd, &code, &members, &e), -1);
	for (size_t size = FULL - 1; size <= FULL + 1; size++) {
		close(b.fd);
		b = write_backup(size);
		assert_int_equal(b.size == HEAD + PIECE + 17, size == FULL);
		assert_int_equal(pwrite(b.fd, "x", 1, b.size), 1);
		assert_int_equal(read_backup(b.fd, &code, &members, &e), -1);
	}
	free(piece);
	close(a.fd);
	close(b.fd);
}

static void
another_code_another_file_and_a_newer_version_are_told_apart(void **state)
{
	struct written f = write_backup(100);
	struct recovery_code other;
	char path[80];
	struct err e;
	int members;

	(void)state;
	snprintf(path, sizeof path, "%s/other/", folder);
	mkdir(path, 0700);
	assert_int_equal(recovery_ensure(path, &other, NULL, &e), 0);
	assert_int_equal(read_backup(f.fd, &other, &members, &e), -1);
	assert_non_null(strstr(e.what, "not the recovery code"));
	assert_int_equal(pwrite(f.fd, "\2", 1, 13), 1);
	assert_int_equal(read_backup(f.fd, &code, &members, &e), -1);
	assert_non_null(strstr(e.what, "newer version"));
	assert_int_equal(pwrite(f.fd, "SQLite format 3", 15, 0), 15);
	assert_int_equal(read_backup(f.fd, &code, &members, &e), -1);
	assert_non_null(strstr(e.what, "no backup"));
	close(f.fd);
}

/* Nobody who has the file alone learns anything from it. */
static void
nothing_of_it_stands_there_in_plain(void **state)
{
	struct written f = write_backup(100), again = write_backup(100);
	char *a = malloc((size_t)f.size), *b = malloc((size_t)f.size);

	(void)state;
	assert_int_equal(f.size, again.size);
	assert_int_equal(pread(f.fd, a, (size_t)f.size, 0), f.size);
	assert_int_equal(pread(again.fd, b, (size_t)f.size, 0), f.size);
	assert_null(memmem(a, (size_t)f.size, "0123456789", 10));
	assert_null(memmem(a, (size_t)f.size, "templates", 9));
	assert_null(memmem(a, (size_t)f.size, BACKUP_KEY, 7));
	/* Two of the same are not alike, from the salt on. */
	size_t alike = 0;
	for (size_t i = 16; i < (size_t)f.size; i++)
		alike += a[i] == b[i];
	assert_true(alike < (size_t)f.size / 8);
	free(a);
	free(b);
	close(f.fd);
	close(again.fd);
}

static void
a_full_disk_is_told(void **state)
{
	struct rlimit all, little;
	struct backup_writer *w = NULL;
	char path[64], *bytes = calloc(1, 4 * PIECE);
	struct err e;
	int64_t size;

	(void)state;
	snprintf(path, sizeof path, "%s/full", folder);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &all), 0);
	little = all;
	little.rlim_cur = 2 * PIECE;
	assert_int_equal(backup_begin(fd, &code, &w, &e), 0);
	setrlimit(RLIMIT_FSIZE, &little);
	int rc = backup_put(w, BACKUP_STORE, bytes, 4 * PIECE, &e);
	if (rc == 0)
		rc = backup_finish(w, &size, &e);
	setrlimit(RLIMIT_FSIZE, &all);
	assert_int_equal(rc, -1);
	assert_non_null(strstr(e.what, "cannot be written"));
	backup_writer_free(w);
	close(fd);
	free(bytes);
}

/* ---- nights ---- */

static void
touch_night(const char *store, day_t day)
{
	char name[64], path[128];

	backup_name(store, day, name, sizeof name);
	snprintf(path, sizeof path, "%s/%s", folder, name);
	close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

static bool
has_night(const char *store, day_t day)
{
	char name[64], path[128];

	backup_name(store, day, name, sizeof name);
	snprintf(path, sizeof path, "%s/%s", folder, name);
	return access(path, F_OK) == 0;
}

static void
the_seven_newest_nights_are_kept(void **state)
{
	const day_t today = day_of(2026, 3, 4);
	static const char STORE[] = "/var/lib/fridge/fridge.db", OTHER[] = "/srv/other.db";
	struct err e;
	int gone;

	(void)state;
	for (day_t day = today - 9; day <= today; day++)
		touch_night(STORE, day);
	touch_night(STORE, today + 400);	/* by a wrong clock */
	touch_night(OTHER, today - 50);
	assert_int_equal(backup_prune(folder, STORE, today, true, &gone, &e), 0);
	assert_int_equal(gone, 4);
	for (day_t day = today - 9; day <= today; day++)
		assert_int_equal(has_night(STORE, day), day > today - BACKUP_NIGHTS);
	assert_false(has_night(STORE, today + 400));
	assert_true(has_night(OTHER, today - 50));
	/* Weeks without one cost none but the oldest. */
	touch_night(STORE, today + 20);
	assert_int_equal(backup_prune(folder, STORE, today + 20, true, &gone, &e), 0);
	assert_int_equal(gone, 1);
	assert_false(has_night(STORE, today - 6));
}

static void
a_clock_that_was_wrong_for_a_night_costs_no_good_one(void **state)
{
	const day_t today = day_of(2026, 3, 4), wrong = day_of(2099, 1, 1), past = day_of(2020, 1, 1);
	static const char STORE[] = "jump.db";
	struct err e;
	int gone;

	(void)state;
	for (day_t day = today - 6; day <= today; day++)
		touch_night(STORE, day);
	touch_night(STORE, wrong);
	assert_int_equal(backup_prune(folder, STORE, wrong, true, &gone, &e), 0);
	assert_int_equal(gone, 1);
	assert_false(has_night(STORE, today - 6));
	/* Once it is right again the wrong one makes room for the next good one. */
	touch_night(STORE, today + 1);
	assert_int_equal(backup_prune(folder, STORE, today + 1, true, &gone, &e), 0);
	assert_int_equal(gone, 1);
	assert_false(has_night(STORE, wrong));
	for (day_t day = today - 5; day <= today + 1; day++)
		assert_true(has_night(STORE, day));
	/* One of the past makes all that is there one of days to come. */
	touch_night(STORE, past);
	assert_int_equal(backup_prune(folder, STORE, past, true, &gone, &e), 0);
	assert_int_equal(gone, 1);
	assert_true(has_night(STORE, past));
	assert_false(has_night(STORE, today - 5));
	/* And goes on for some nights: the newest of the good ones stay longest. */
	for (day_t day = past + 1; day < past + 4; day++) {
		touch_night(STORE, day);
		assert_int_equal(backup_prune(folder, STORE, day, true, &gone, &e), 0);
		assert_int_equal(gone, 1);
	}
	for (day_t day = today - 1; day <= today + 1; day++)
		assert_true(has_night(STORE, day));
	assert_false(has_night(STORE, today - 2));
}

static void
while_the_clock_is_doubted_the_oldest_go_and_never_the_one_just_made(void **state)
{
	const day_t today = day_of(2026, 3, 4);
	static const char STORE[] = "doubt.db";
	struct err e;
	int gone;

	(void)state;
	for (day_t day = today - 8; day <= today; day++)
		touch_night(STORE, day);
	assert_int_equal(backup_prune(folder, STORE, today, false, &gone, &e), 0);
	assert_int_equal(gone, 2);
	assert_false(has_night(STORE, today - 7));
	assert_true(has_night(STORE, today - 6));
	touch_night(STORE, today - 400);
	assert_int_equal(backup_prune(folder, STORE, today - 400, false, &gone, &e), 0);
	assert_int_equal(gone, 1);
	assert_true(has_night(STORE, today - 400));
	assert_false(has_night(STORE, today - 6));
}

static int
set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/backup_test.XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(key, sizeof key, "%s/uid.key", folder);
	return recovery_ensure(key, &code, NULL, NULL);
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
		cmocka_unit_test(members_come_out_as_they_went_in),
		cmocka_unit_test(every_bit_that_is_wrong_is_told),
		cmocka_unit_test(every_cut_is_told),
		cmocka_unit_test(pieces_of_two_backups_do_not_go_together_and_nothing_may_follow),
		cmocka_unit_test(another_code_another_file_and_a_newer_version_are_told_apart),
		cmocka_unit_test(nothing_of_it_stands_there_in_plain),
		cmocka_unit_test(a_full_disk_is_told),
		cmocka_unit_test(the_seven_newest_nights_are_kept),
		cmocka_unit_test(a_clock_that_was_wrong_for_a_night_costs_no_good_one),
		cmocka_unit_test(while_the_clock_is_doubted_the_oldest_go_and_never_the_one_just_made),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
