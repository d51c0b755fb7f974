/* disk.c - see disk.h */
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

int
disk_write(int fd, const void *bytes, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t some = write(fd, (const uint8_t *)bytes + done, n - done);
		if (some == -1 && errno != EINTR)
			return -1;
		done += some > 0 ? (size_t)some : 0;
	}
	return 0;
}

ssize_t
disk_read(int fd, void *out, size_t n)
{
	size_t have = 0;

	while (have < n) {
		ssize_t some = read(fd, (uint8_t *)out + have, n - have);
		if (some == -1 && errno == EINTR)
			continue;
		if (some == -1)
			return -1;
		if (some == 0)
			break;
		have += (size_t)some;
	}
	return (ssize_t)have;
}

int
disk_open_folder(const char *path)
{
	char buf[PATH_MAX];

	snprintf(buf, sizeof buf, "%s", path);
	return open(dirname(buf), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int
disk_sync_folder(const char *path)
{
	int fd = disk_open_folder(path);
	int rc = fd != -1 ? fsync(fd) : -1;
	int reason = errno;

	if (fd != -1)
		close(fd);
	errno = reason;
	return rc;
}
