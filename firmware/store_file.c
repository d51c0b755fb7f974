/* store_file.c - the files beside the store: its locks, its bell, and who watches it.
 *
 * A lock is a flock on an open file: it ends with its last holder, however that ends.
 */
#include "store_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "disk.h"

#define FILE_MODE 0640		/* whatever the umask says */
#define LOCK_STEP_NS 2000000	/* between two tries for a lock */
#define START_PATIENCE_MS 500	/* for a lock that somebody may just be testing */
#define DISK_QUICK_MS 20	/* a sync that takes longer stands behind other data */

/* The folder of a path, in buf. */
static const char *
folder_of(const char *path, char buf[static PATH_MAX])
{
	snprintf(buf, PATH_MAX, "%s", path);
	return dirname(buf);
}

static int
file_fail(const char *path, int no, struct err *e)
{
	char buf[PATH_MAX];

	switch (no) {
	case ENOENT:
	case ENOTDIR:
		return err_set(e, ERR_SYSTEM, "make the folder, or correct [store] path",
		    "the store's folder %s does not exist", folder_of(path, buf));
	case EACCES:
	case EPERM:
		if (faccessat(AT_FDCWD, folder_of(path, buf), W_OK | X_OK, AT_EACCESS) == -1)
			return err_set(e, ERR_SYSTEM, "run as the service's user: sudo fridgectl",
			    "the store's folder %s cannot be written: %s", folder_of(path, buf), strerror(no));
		return err_set(e, ERR_SYSTEM, "run as the service's user: sudo fridgectl",
		    "cannot write %s: %s", path, strerror(no));
	case EROFS:
		return err_set(e, ERR_SYSTEM, "look at the disk: dmesg; then mount it writable",
		    "cannot write %s: %s", path, strerror(no));
	default:
		return err_set(e, ERR_SYSTEM, NULL, "cannot write %s: %s", path, strerror(no));
	}
}

int
file_settle(int fd, const char *name, const char *like, struct err *e)
{
	char buf[PATH_MAX];
	struct stat owner;

	if (fchmod(fd, FILE_MODE) == -1)
		return file_fail(name, errno, e);
	if (geteuid() != 0)
		return 0;
	if ((like == NULL || stat(like, &owner) == -1) && stat(folder_of(name, buf), &owner) == -1)
		return file_fail(name, errno, e);
	if (fchown(fd, owner.st_uid, owner.st_gid) == -1)
		return file_fail(name, errno, e);
	return 0;
}

static int
name_beside(const char *path, const char *suffix, char out[static PATH_MAX], struct err *e)
{
	if (snprintf(out, PATH_MAX, "%s%s", path, suffix) >= PATH_MAX)
		return err_set(e, ERR_USAGE, NULL, "the path of the store is too long");
	return 0;
}

int
file_beside(const char *path, const char *suffix, int flags, struct err *e)
{
	char name[PATH_MAX];

	if (name_beside(path, suffix, name, e) == -1)
		return -1;
	for (;;) {
		int fd = open(name, O_RDWR | O_NOFOLLOW | flags);

		if (fd != -1)
			return fd;
		if (errno != ENOENT)
			return file_fail(name, errno, e);
		fd = open(name, O_RDWR | O_NOFOLLOW | O_CREAT | O_EXCL | flags, FILE_MODE);
		if (fd != -1) {
			if (file_settle(fd, name, path, e) == 0)
				return fd;
			close(fd);
			return -1;
		}
		if (errno != EEXIST)	/* somebody else just made it: open that */
			return file_fail(name, errno, e);
	}
}

int
file_create(const char *path, const char *like, struct err *e)
{
	int fd = open(path, O_RDWR | O_NOFOLLOW | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);

	if (fd == -1)
		return file_fail(path, errno, e);
	int rc = file_settle(fd, path, like, e);
	close(fd);
	return rc;
}

int
file_sync_folder(const char *path, struct err *e)
{
	return disk_sync_folder(path) == -1 ? file_fail(path, errno, e) : 0;
}

int
file_lock(int fd, int how, int64_t patience_ms)
{
	int64_t until_ms = patience_ms > 0 ? clock_mono_ms() + patience_ms : 0;

	while (flock(fd, how | LOCK_NB) == -1) {
		if (errno != EINTR && (patience_ms <= 0 || clock_mono_ms() >= until_ms))
			return 0;
		nanosleep(&(struct timespec){ .tv_nsec = LOCK_STEP_NS }, NULL);
	}
	return 1;
}

/* Whether it is a name's still: a lock on a file that somebody tidied away keeps nobody
 * out. */
static bool
has_name(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_nlink > 0;
}

int
wlock_take(struct store *s, int64_t patience_ms, struct err *e)
{
	for (;;) {
		if (!file_lock(s->wlock, LOCK_EX, patience_ms))
			return err_set(e, ERR_BUSY, "run it again in a moment",
			    "another program writes to the store %s", s->path);
		s->locked_ms = clock_mono_ms();
		if (has_name(s->wlock))
			return 0;
		int fd = file_beside(s->path, ".wlock", O_CLOEXEC, e);
		if (fd == -1) {
			wlock_drop(s);
			return -1;
		}
		close(s->wlock);
		s->wlock = fd;
	}
}

void
wlock_drop(struct store *s)
{
	int64_t held_ms = clock_mono_ms() - s->locked_ms;

	flock(s->wlock, LOCK_UN);
	if (held_ms > s->held_ms)
		s->held_ms = held_ms;
	if (held_ms > s->held_lately_ms)
		s->held_lately_ms = held_ms;
}

int64_t
store_held_ms(const struct store *s)
{
	return s->held_ms;
}

void
disk_await(struct store *s)
{
	char wal[PATH_MAX];
	int64_t took_ms;
	int fd;

	/* SQLite has no lock on this file that closing it would end. */
	if (s->role != STORE_TOOL || name_beside(s->path, "-wal", wal, NULL) == -1 ||
	    (fd = open(wal, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)) == -1)
		return;
	do {
		int64_t began = clock_mono_ms();

		/* What goes wrong here goes wrong under the lock as well, and is told then. */
		fdatasync(fd);
		took_ms = clock_mono_ms() - began;
		if (took_ms > DISK_QUICK_MS)
			s->disk_patience_ms -= took_ms;
	} while (took_ms > DISK_QUICK_MS && s->disk_patience_ms > 0);
	close(fd);
}

void
wlock_ask(const struct store *s)
{
	futimens(s->wlock, NULL);
}

void
bell_ring(const struct store *s)
{
	/* A bell that cannot be rung is no failure: fridged looks by itself too. */
	int fd = file_beside(s->path, ".bell", O_CLOEXEC, NULL);

	if (fd == -1)
		return;
	futimens(fd, NULL);
	close(fd);
}

/* ---- watching ---- */

/* The bell is rung by tools; fridged's commits show in the WAL alone. Both may be made
 * anew by a restore or a tidy hand, so that they are looked up by name each time. */
void
store_watch_again(const struct store *s, int fd)
{
	char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	char wal[PATH_MAX];

	while (read(fd, events, sizeof events) > 0)
		continue;
	inotify_add_watch(fd, s->bell, IN_ATTRIB | IN_MODIFY);
	if (name_beside(s->path, "-wal", wal, NULL) == 0)
		inotify_add_watch(fd, wal, IN_MODIFY);
}

int
store_watch(const struct store *s, struct err *e)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	if (fd == -1)
		return err_set(e, ERR_SYSTEM, NULL, "the store %s cannot be watched: %s", s->path,
		    strerror(errno));
	store_watch_again(s, fd);
	return fd;
}

/* ---- the service's lock ---- */

int
store_lock(const char *path, struct err *e)
{
	for (;;) {
		int fd = file_beside(path, ".lock", O_CLOEXEC, e);

		if (fd == -1)
			return -1;
		bool locked = file_lock(fd, LOCK_EX, START_PATIENCE_MS);
		if (locked && has_name(fd))
			return fd;
		close(fd);
		if (!locked)
			return err_set(e, ERR_BUSY, "systemctl status fridged",
			    "another fridged, or one of its helpers, runs on the store %s", path);
	}
}

bool
store_is_locked(const char *path)
{
	char name[PATH_MAX];

	if (name_beside(path, ".lock", name, NULL) == -1)
		return false;
	/* A pipe of that name would hold root up. */
	int fd = open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		return false;
	bool held = flock(fd, LOCK_SH | LOCK_NB) == -1 && errno == EWOULDBLOCK;
	close(fd);
	return held;
}
