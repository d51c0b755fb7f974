/* disk_test.c - which disk a file is on, by trees of /sys that this test makes */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "../firmware/disk.h"

static char root[] = "/tmp/disk_test.XXXXXX";

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

/* A folder below the root, with those that lead to it. */
static void
folder(const char *path)
{
	char whole[PATH_MAX];

	int n = snprintf(whole, sizeof whole, "%s/", root);
	for (const char *p = path; *p != '\0'; p++) {
		if (*p == '/')
			mkdir(whole, 0755);
		whole[n++] = *p;
		whole[n] = '\0';
	}
	mkdir(whole, 0755);
}

static void
make_link(const char *to, const char *path)
{
	char whole[PATH_MAX];

	snprintf(whole, sizeof whole, "%s/%s", root, path);
	assert_int_equal(symlink(to, whole), 0);
}

/* A device by its numbers, as /sys has it; of = "mmcblk0/" for a partition. */
static void
device(const char *numbers, const char *of, const char *name)
{
	char path[256], to[256];

	snprintf(path, sizeof path, "sys/devices/block/%s%s", of, name);
	folder(path);
	if (of[0] != '\0') {
		snprintf(path, sizeof path, "sys/devices/block/%s%s/partition", of, name);
		folder(path);
	}
	snprintf(path, sizeof path, "sys/dev/block/%s", numbers);
	snprintf(to, sizeof to, "../../devices/block/%s%s", of, name);
	make_link(to, path);
}

/* Volume NAME lies on a device. */
static void
lies_on(const char *name, const char *slave)
{
	char path[256], to[256];

	snprintf(path, sizeof path, "sys/devices/block/%s/slaves", name);
	folder(path);
	snprintf(to, sizeof to, "../../%s", slave);
	snprintf(path, sizeof path, "sys/devices/block/%s/slaves/%s", name, strrchr(to, '/') + 1);
	make_link(to, path);
}

/* A card of two partitions, a stick of one, a disk, and a cipher on each of card and stick. */
static int
make_tree(void **state)
{
	(void)state;
	if (mkdtemp(root) == NULL)
		return -1;
	folder("sys/dev/block");
	device("179:0", "", "mmcblk0");
	device("179:1", "mmcblk0/", "mmcblk0p1");
	device("179:2", "mmcblk0/", "mmcblk0p2");
	device("8:0", "", "sda");
	device("8:1", "sda/", "sda1");
	device("8:16", "", "sdb");
	device("253:0", "", "dm-0");
	lies_on("dm-0", "mmcblk0/mmcblk0p2");
	device("253:1", "", "dm-1");
	lies_on("dm-1", "sda/sda1");
	/* A volume on a cipher and on a disk. */
	device("253:2", "", "dm-2");
	lies_on("dm-2", "dm-1");
	lies_on("dm-2", "sdb");
	return 0;
}

static int
remove_tree(void **state)
{
	(void)state;
	return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static bool
is_one(unsigned a, unsigned b, unsigned c, unsigned d)
{
	bool is = disk_is_one(root, makedev(a, b), makedev(c, d));

	assert_int_equal(disk_is_one(root, makedev(c, d), makedev(a, b)), is);
	return is;
}

static void
another_partition_is_the_same_disk(void **state)
{
	(void)state;
	assert_true(is_one(179, 1, 179, 1));
	assert_true(is_one(179, 1, 179, 2));
	assert_true(is_one(179, 0, 179, 2));
	assert_false(is_one(179, 2, 8, 1));
	assert_false(is_one(8, 0, 8, 16));
}

static void
what_lies_on_a_disk_is_on_it(void **state)
{
	(void)state;
	assert_true(is_one(253, 0, 179, 1));
	assert_false(is_one(253, 0, 253, 1));
	assert_true(is_one(253, 2, 8, 1));
	assert_true(is_one(253, 2, 8, 16));
	assert_false(is_one(253, 2, 253, 0));
}

static void
what_is_on_no_disk_is_the_same_only_as_itself(void **state)
{
	(void)state;
	assert_true(is_one(0, 45, 0, 45));
	assert_false(is_one(0, 45, 0, 46));
	assert_false(is_one(0, 45, 179, 2));
	assert_false(disk_is_one("/nowhere", makedev(179, 1), makedev(179, 2)));
}

static void
memory_forgets(void **state)
{
	int here = open(root, O_PATH | O_CLOEXEC), memory = memfd_create("copy", MFD_CLOEXEC);

	(void)state;
	assert_int_equal(disk_place(here, here), DISK_SAME);
	assert_int_equal(disk_place(memory, here), DISK_FORGETS);
	assert_int_equal(disk_place(-1, here), DISK_SAME);
	close(here);
	close(memory);
}

static void
a_place_of_fstab_without_its_disk_is_told(void **state)
{
	char fstab[64], path[128];

	(void)state;
	snprintf(fstab, sizeof fstab, "%s/fstab", root);
	FILE *f = fopen(fstab, "we");
	assert_non_null(f);
	fprintf(f, "# a comment\n/dev/root / ext4 defaults 0 1\nUUID=A-B %s/stick vfat nofail 0 0\n"
	    "none /proc proc defaults\n", root);
	fclose(f);
	folder("stick/copies");
	folder("sticky");
	snprintf(path, sizeof path, "%s/stick", root);
	assert_true(disk_is_unplugged(fstab, path));
	strcat(path, "/copies");
	assert_true(disk_is_unplugged(fstab, path));
	assert_false(disk_is_unplugged("/nowhere", path));
	snprintf(path, sizeof path, "%s/sticky", root);
	assert_false(disk_is_unplugged(fstab, path));
	/* Where something is mounted. */
	assert_false(disk_is_unplugged(fstab, "/proc"));
	assert_false(disk_is_unplugged(fstab, "/nowhere"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_partition_is_the_same_disk),
		cmocka_unit_test(what_lies_on_a_disk_is_on_it),
		cmocka_unit_test(what_is_on_no_disk_is_the_same_only_as_itself),
		cmocka_unit_test(memory_forgets),
		cmocka_unit_test(a_place_of_fstab_without_its_disk_is_told),
	};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
