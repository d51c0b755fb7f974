/* disk.h - whole reads and writes, whatever the pieces, and names that last; and which disk
 * a file is on. */
#ifndef FRIDGE_DISK_H
#define FRIDGE_DISK_H

#include <stdbool.h>
#include <sys/types.h>

/* All n bytes. 0, or -1 with errno. */
int disk_write(int fd, const void *bytes, size_t n);
/* As many of n bytes as the file still has: how many, or -1 with errno. */
ssize_t disk_read(int fd, void *out, size_t n);
/* Open the folder that a path stands in. Descriptor or -1 with errno. */
int disk_open_folder(const char *path);
/* The name of a new, renamed or deleted file counts only once its folder is on the disk too.
 * 0, or -1 with errno. */
int disk_sync_folder(const char *path);

/* disk_place.c: where an open file is, seen from another. */
enum disk_place {
	DISK_SAME,			/* what ends the one disk ends both; or it is not known */
	DISK_FORGETS,			/* elsewhere, and gone with the power: memory, an overlay */
	DISK_OTHER,			/* on another disk, or another machine's */
};
enum disk_place disk_place(int fd, int other);
/* Whether two devices, as st_dev has them, are of one disk: its partitions, or what a cipher
 * or a volume manager lays over them. By /sys below the root folder ("" for this machine's);
 * where that knows them not, only the same is the same. */
bool disk_is_one(const char *root, dev_t a, dev_t b);
/* Whether a folder is where a disk is to be mounted, by the file fstab or by its place, and
 * none is: then it is on the disk that it stands on, and the next mount would hide what is
 * in it. */
bool disk_is_unplugged(const char *fstab, const char *folder);

#endif
