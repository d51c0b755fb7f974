/* secret_file.c - the files that secrets live in, and the service manager's credentials
 * in their place; see secret.h */
#include "secret.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk.h"

/* Where the credential would be; false if nobody gave us any. */
static bool
credential_path(const struct secret_file *f, char out[static PATH_MAX])
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");

	return dir != NULL && dir[0] == '/' &&
	    snprintf(out, PATH_MAX, "%s/%s", dir, f->credential) < PATH_MAX;
}

/* Whether the file is the service manager's credential. It gives a service's user access
 * through an ACL, which looks like group rights, in a folder nobody else can enter. */
static bool
is_credential(const struct secret_file *f, const struct stat *file)
{
	char path[PATH_MAX];
	struct stat st;

	return credential_path(f, path) && stat(path, &st) == 0 &&
	    st.st_dev == file->st_dev && st.st_ino == file->st_ino;
}

/* What the unit gives us in place of a file that was not there when the service started. */
static bool
is_stand_in(int fd)
{
	static const char NONE[] = { 'n', 'o', 'n', 'e' };
	char text[sizeof NONE + 1];

	return pread(fd, text, sizeof text, 0) == sizeof NONE &&
	    memcmp(text, NONE, sizeof NONE) == 0;
}

/* The file is root's alone where the package is installed: then there is the credential.
 * errno is about the file, not about the credential. */
static int
open_file(const struct secret_file *f)
{
	const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	char credential[PATH_MAX];
	int fd = open(f->path, flags), reason = errno;

	if (fd == -1 && (reason == ENOENT || reason == EACCES) && credential_path(f, credential) &&
	    (fd = open(credential, flags)) != -1 && is_stand_in(fd)) {
		close(fd);
		fd = -1;
		reason = ENOENT;
	}
	errno = reason;
	return fd;
}

static int
cannot_open(const struct secret_file *f, struct err *e)
{
	if (errno == ENOENT)
		return err_set(e, ERR_SYSTEM, f->make, "there is no %s %s", f->what, f->path);
	return err_set(e, ERR_SYSTEM, errno == EACCES ? "sudo fridgectl" : NULL,
	    "%s %s: %s", f->what, f->path, strerror(errno));
}

int
secret_file_read(const struct secret_file *f, void *out, size_t size, size_t *n,
    struct err *e)
{
	char todo[PATH_MAX + 16];
	struct stat st;
	int rc = -1;
	int fd = open_file(f);

	if (fd == -1)
		return cannot_open(f, e);
	if (fstat(fd, &st) == -1) {
		cannot_open(f, e);
		goto done;
	}
	if (!S_ISREG(st.st_mode)) {
		err_set(e, ERR_REFUSED, NULL, "%s %s is not a file", f->what, f->path);
		goto done;
	}
	if ((st.st_mode & 077) != 0 && !is_credential(f, &st)) {
		snprintf(todo, sizeof todo, "chmod 600 %s", f->path);
		err_set(e, ERR_REFUSED, todo, "%s %s can be read or changed by others (mode %03o)",
		    f->what, f->path, (unsigned)st.st_mode & 0777);
		goto done;
	}
	ssize_t got = disk_read(fd, out, size);
	if (got == -1) {
		cannot_open(f, e);
		goto done;
	}
	*n = (size_t)got;
	rc = 0;
done:
	close(fd);
	return rc;
}

/* A secret that root makes belongs to whom its folder belongs: in root's the service gets
 * it as a credential, in one of its own it reads the file. */
static int
settle(int fd, int folder)
{
	struct stat st;

	if (geteuid() != 0)
		return 0;
	return fstat(folder, &st) == -1 ? -1 : fchown(fd, st.st_uid, st.st_gid);
}

int
secret_file_make(const struct secret_file *f, const void *bytes, size_t n,
    const char *todo, struct err *e)
{
	char temp[PATH_MAX];
	bool linked = false;
	int rc = -1;

	if (snprintf(temp, sizeof temp, "%s" SECRET_FILE_HALF "XXXXXX", f->path) >= (int)sizeof temp)
		return err_set(e, ERR_USAGE, NULL, "the name of the %s is too long", f->what);
	int folder = disk_open_folder(f->path);
	int fd = folder != -1 ? mkostemp(temp, O_CLOEXEC) : -1;	/* O_EXCL, mode 0600 */
	if (fd == -1) {
		err_set(e, ERR_SYSTEM, NULL, "cannot make %s %s: %s", f->what, f->path,
		    strerror(errno));
		goto done;
	}
	if (disk_write(fd, bytes, n) == -1 || settle(fd, folder) == -1 || fsync(fd) == -1) {
		err_set(e, ERR_SYSTEM, NULL, "cannot write %s %s: %s", f->what, f->path,
		    strerror(errno));
		goto done;
	}
	/* link, unlike rename, never takes the place of a file that is there. */
	if (link(temp, f->path) == -1) {
		if (errno == EEXIST)
			err_set(e, ERR_REFUSED, todo, "%s %s exists already", f->what, f->path);
		else
			err_set(e, ERR_SYSTEM, NULL, "cannot make %s %s: %s", f->what, f->path,
			    strerror(errno));
		goto done;
	}
	linked = true;
	rc = 0;
done:
	if (fd != -1) {
		unlink(temp);
		close(fd);
	}
	/* The name of a new file counts only once its folder is on the disk too. */
	if (linked && fsync(folder) == -1)
		rc = err_set(e, ERR_SYSTEM, NULL, "%s %s: its folder cannot be synced: %s",
		    f->what, f->path, strerror(errno));
	if (folder != -1)
		close(folder);
	return rc;
}
