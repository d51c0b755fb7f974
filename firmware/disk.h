/* disk.h - whole reads and writes, whatever the pieces, and names that last. */
#ifndef FRIDGE_DISK_H
#define FRIDGE_DISK_H

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

#endif
