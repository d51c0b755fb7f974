/* badge_key.c - the key of the readings, and the file it lives in; see badge.h */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "badge_impl.h"

#define CREDENTIAL "uid-key"

/* Whether the file is the service manager's credential. It gives a service's user access
 * through an ACL, which looks like group rights, in a folder nobody else can enter. */
static bool
is_credential(const struct stat *file)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	char path[PATH_MAX];
	struct stat st;

	return dir != NULL && dir[0] == '/'
	    && snprintf(path, sizeof path, "%s/%s", dir, CREDENTIAL) < (int)sizeof path
	    && stat(path, &st) == 0 && st.st_dev == file->st_dev && st.st_ino == file->st_ino;
}

/* Read up to size bytes, whatever the pieces. */
static ssize_t
read_all(int fd, uint8_t *buf, size_t size)
{
	size_t have = 0;

	while (have < size) {
		ssize_t n = read(fd, buf + have, size - have);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

/* Open a key file; where there is none, the credential that the service manager hands us. */
static int
open_key(const char *path)
{
	const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	char credential[PATH_MAX];
	int fd = open(path, flags);

	if (fd != -1 || errno != ENOENT || dir == NULL || dir[0] != '/')
		return fd;
	if (snprintf(credential, sizeof credential, "%s/%s", dir, CREDENTIAL)
	    < (int)sizeof credential)
		fd = open(credential, flags);
	if (fd == -1)
		errno = ENOENT;
	return fd;
}

static int
cannot_open(const char *path, struct err *e)
{
	if (errno == ENOENT)
		return err_set(e, ERR_SYSTEM, "sudo fridgectl key create",
		    "there is no key file %s", path);
	return err_set(e, ERR_SYSTEM, errno == EACCES ? "sudo fridgectl" : NULL,
	    "key file %s: %s", path, strerror(errno));
}

int
badge_key_load(const char *path, struct badge_key **out, struct err *e)
{
	uint8_t bytes[BADGE_KEY_SIZE + 1];	/* one more shows a file too long */
	char todo[PATH_MAX + 16];
	struct badge_key *k = NULL;
	struct stat st;
	int rc = -1;

	if (sodium_init() == -1)
		return err_set(e, ERR_SYSTEM, NULL, "libsodium cannot start");
	int fd = open_key(path);
	if (fd == -1)
		return cannot_open(path, e);
	if (fstat(fd, &st) == -1) {
		cannot_open(path, e);
		goto done;
	}
	if (!S_ISREG(st.st_mode)) {
		err_set(e, ERR_REFUSED, NULL, "key file %s is not a file", path);
		goto done;
	}
	if ((st.st_mode & 077) != 0 && !is_credential(&st)) {
		snprintf(todo, sizeof todo, "chmod 600 %s", path);
		err_set(e, ERR_REFUSED, todo,
		    "key file %s can be read or changed by others (mode %03o)", path,
		    (unsigned)st.st_mode & 0777);
		goto done;
	}
	ssize_t n = read_all(fd, bytes, sizeof bytes);
	if (n == -1) {
		cannot_open(path, e);
		goto done;
	}
	if (n != BADGE_KEY_SIZE) {
		err_set(e, ERR_REFUSED, "put the right key back from a safe copy; with a new "
		    "one every badge must be enrolled again",
		    "key file %s has %s 32 bytes: it is damaged, or no key", path,
		    n < BADGE_KEY_SIZE ? "less than" : "more than");
		goto done;
	}
	/* Locked in memory where the limits allow it, and in no core file. */
	k = sodium_malloc(sizeof *k);
	if (k == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto done;
	}
	memcpy(k->bytes, bytes, sizeof k->bytes);
	sodium_mprotect_readonly(k);
	*out = k;
	rc = 0;
done:
	sodium_memzero(bytes, sizeof bytes);
	close(fd);
	return rc;
}

void
badge_key_free(struct badge_key *k)
{
	sodium_free(k);
}

static int
write_all(int fd, const uint8_t *buf, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t n = write(fd, buf + done, size - done);
		if (n == -1 && errno != EINTR)
			return -1;
		if (n > 0)
			done += (size_t)n;
	}
	return 0;
}

/* The name of a new file counts only once its folder is on the disk too. */
static int
sync_folder(const char *path)
{
	char dir[PATH_MAX];
	const char *slash = strrchr(path, '/');
	int len = slash == NULL ? 1 : slash == path ? 1 : (int)(slash - path);

	snprintf(dir, sizeof dir, "%.*s", len, slash == NULL ? "." : path);
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	int rc = fsync(fd);
	close(fd);
	return rc;
}

int
badge_key_create(const char *path, struct err *e)
{
	char temp[PATH_MAX];
	uint8_t bytes[BADGE_KEY_SIZE];
	bool linked = false;
	int rc = -1;

	if (sodium_init() == -1)
		return err_set(e, ERR_SYSTEM, NULL, "libsodium cannot start");
	if (snprintf(temp, sizeof temp, "%s.XXXXXX", path) >= (int)sizeof temp)
		return err_set(e, ERR_USAGE, NULL, "the name of the key file is too long");
	int fd = mkostemp(temp, O_CLOEXEC);	/* O_EXCL, mode 0600 */
	if (fd == -1)
		return err_set(e, ERR_SYSTEM, NULL, "cannot make key file %s: %s", path,
		    strerror(errno));
	randombytes_buf(bytes, sizeof bytes);
	if (write_all(fd, bytes, sizeof bytes) == -1 || fsync(fd) == -1) {
		err_set(e, ERR_SYSTEM, NULL, "cannot write key file %s: %s", path,
		    strerror(errno));
		goto done;
	}
	/* link, unlike rename, never takes the place of a file that is there. */
	if (link(temp, path) == -1) {
		if (errno == EEXIST)
			err_set(e, ERR_REFUSED,
			    "keep it: with a new key every badge must be enrolled again",
			    "key file %s exists already", path);
		else
			err_set(e, ERR_SYSTEM, NULL, "cannot make key file %s: %s", path,
			    strerror(errno));
		goto done;
	}
	linked = true;
	rc = 0;
done:
	unlink(temp);
	close(fd);
	sodium_memzero(bytes, sizeof bytes);
	if (linked && sync_folder(path) == -1)
		rc = err_set(e, ERR_SYSTEM, NULL, "key file %s: its folder cannot be synced: %s",
		    path, strerror(errno));
	return rc;
}
