/* disk_place.c - which disk a file is on, and whether that is there; see disk.h */
#include "disk.h"

#include <dirent.h>
#include <limits.h>
#include <linux/magic.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#define DISKS_MAX 8		/* that a volume lies on */
#define LAYERS_MAX 6		/* a partition of a volume on a cipher on a partition */

/* ---- the disks below a device ---- */

struct disks {
	char name[DISKS_MAX][64];	/* "mmcblk0" */
	size_t n;
};

static void add_disks(struct disks *out, const char *device, int layers);

/* What it is laid over, where it is. */
static bool
add_slaves(struct disks *out, const char *device, int layers)
{
	char path[PATH_MAX];
	struct dirent *entry;
	bool any = false;

	snprintf(path, sizeof path, "%s/slaves", device);
	DIR *dir = opendir(path);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.' || snprintf(path, sizeof path, "%s/slaves/%s", device,
		    entry->d_name) >= (int)sizeof path)
			continue;
		add_disks(out, path, layers);
		any = true;
	}
	if (dir != NULL)
		closedir(dir);
	return any;
}

/* Those of a device by its folder in /sys; of more than there is room for, the first. */
static void
add_disks(struct disks *out, const char *device, int layers)
{
	char path[PATH_MAX];

	if (layers == 0)
		return;
	if (snprintf(path, sizeof path, "%s/partition", device) < (int)sizeof path &&
	    access(path, F_OK) == 0) {
		snprintf(path, sizeof path, "%s/..", device);
		add_disks(out, path, layers - 1);
		return;
	}
	char *real = realpath(device, NULL);
	if (real != NULL && !add_slaves(out, real, layers - 1) && out->n < DISKS_MAX)
		snprintf(out->name[out->n++], sizeof out->name[0], "%s", strrchr(real, '/') + 1);
	free(real);
}

static void
find_disks(const char *root, dev_t dev, struct disks *out)
{
	char path[PATH_MAX];

	out->n = 0;
	if (snprintf(path, sizeof path, "%s/sys/dev/block/%u:%u", root, major(dev), minor(dev)) <
	    (int)sizeof path)
		add_disks(out, path, LAYERS_MAX);
}

bool
disk_is_one(const char *root, dev_t a, dev_t b)
{
	struct disks ours, its;

	if (a == b)
		return true;
	find_disks(root, a, &ours);
	find_disks(root, b, &its);
	for (size_t i = 0; i < ours.n; i++)
		for (size_t k = 0; k < its.n; k++)
			if (strcmp(ours.name[i], its.name[k]) == 0)
				return true;
	return false;
}

/* ---- a file's place ---- */

static bool
forgets(const struct statfs *fs)
{
	return fs->f_type == TMPFS_MAGIC || fs->f_type == RAMFS_MAGIC ||
	    fs->f_type == OVERLAYFS_SUPER_MAGIC;
}

/* Its parts have devices of their own, which /sys does not know; the first half of the
 * identity is that of the whole. */
static bool
is_one_btrfs(const struct statfs *a, const struct statfs *b)
{
	return a->f_type == BTRFS_SUPER_MAGIC && b->f_type == BTRFS_SUPER_MAGIC &&
	    memcmp(&a->f_fsid, &b->f_fsid, sizeof a->f_fsid / 2) == 0;
}

enum disk_place
disk_place(int fd, int other)
{
	struct stat a, b;
	struct statfs fs, other_fs;

	if (fstat(fd, &a) == -1 || fstat(other, &b) == -1 || fstatfs(fd, &fs) == -1 ||
	    fstatfs(other, &other_fs) == -1 || a.st_dev == b.st_dev)
		return DISK_SAME;
	if (forgets(&fs))
		return DISK_FORGETS;
	return is_one_btrfs(&fs, &other_fs) || disk_is_one("", a.st_dev, b.st_dev) ? DISK_SAME :
	    DISK_OTHER;
}

/* ---- a disk that is not there ---- */

/* Whether a path is that folder, or in it. */
static bool
is_below(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	return strncmp(path, folder, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

/* The mount point of fstab that a path is below, "" if none but the root. */
static void
find_place(const char *fstab, const char *path, char out[static PATH_MAX])
{
	FILE *f = setmntent(fstab, "re");

	out[0] = '\0';
	for (const struct mntent *m; f != NULL && (m = getmntent(f)) != NULL;) {
		char *real = m->mnt_dir[0] == '/' ? realpath(m->mnt_dir, NULL) : NULL;
		if (real != NULL && real[1] != '\0' && is_below(path, real) &&
		    strlen(real) > strlen(out))
			snprintf(out, PATH_MAX, "%s", real);
		free(real);
	}
	if (f != NULL)
		endmntent(f);
}

static bool
is_same_device(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev;
}

bool
disk_is_unplugged(const char *fstab, const char *folder)
{
	char place[PATH_MAX], parent[PATH_MAX + 3];
	char *real = realpath(folder, NULL);
	bool unplugged = false;

	if (real == NULL)
		return false;
	find_place(fstab, real, place);
	snprintf(parent, sizeof parent, "%s/..", place);
	if (place[0] != '\0')
		unplugged = is_same_device(place, parent);
	else if (is_below(real, "/media") || is_below(real, "/mnt"))
		unplugged = is_same_device(real, "/");
	free(real);
	return unplugged;
}
