/* ctl_publish.c - a file for others, such as node-exporter's, an export or a backup:
 * always whole, because it is written beside and renamed.
 *
 * The folder may be one that only root may write, and everything else is done as the
 * service's user. So the file beside is opened first of all, and a child that stays what
 * we were waits for the word to give it its name.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctl.h"
#include "disk.h"

static int
cannot(const char *path, struct err *e)
{
	return err_set(e, ERR_SYSTEM, errno == EACCES ? "sudo fridgectl" : NULL,
	    "cannot write %s: %s", path, strerror(errno));
}

/* Open a new file beside it, whose name is in made. Descriptor or -1. */
static int
make_beside(const char *path, mode_t mode, char made[static PATH_MAX], struct err *e)
{
	if (snprintf(made, PATH_MAX, "%s.new", path) >= PATH_MAX)
		return err_set(e, ERR_USAGE, NULL, "the file's name is too long");
	unlink(made);	/* of one that was killed */
	int fd = open(made, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd == -1)
		return cannot(made, e);
	/* Whatever the umask says. What we made and may not change is on a file system without
	 * owners, such as a stick's: then it is as its mount says. */
	if (fchmod(fd, mode) == 0 || errno == EPERM)
		return fd;
	cannot(made, e);
	close(fd);
	unlink(made);
	return -1;
}

/* Whether the name still means our file, and not one of another run of this program. */
static bool
is_ours(int file, const char *made)
{
	struct stat here, there;

	return fstat(file, &here) == 0 && lstat(made, &there) == 0 &&
	    here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

static int
sync_folder(const char *path, struct err *e)
{
	/* Some file systems of sticks and servers cannot sync a folder. */
	return disk_sync_folder(path) == 0 || errno == EINVAL || errno == EACCES ? 0 : cannot(path, e);
}

static int
name_file(int file, const char *made, const char *path, enum publish_how how, struct err *e)
{
	if (how == PUBLISH_LASTING && fsync(file) == -1)
		return cannot(path, e);
	if (!is_ours(file, made))
		return err_set(e, ERR_BUSY, "run it again", "another program writes %s", path);
	if (rename(made, path) == -1)
		return cannot(path, e);
	return how == PUBLISH_LASTING ? sync_folder(path, e) : 0;
}

/* The child: wait for the word, name the file or remove it, tell how that went. */
static void
serve(int fd, int file, const char *made, const char *path)
{
	struct err e = { .kind = ERR_NONE };
	enum publish_how how = PUBLISH_NOT;
	ssize_t n;

	ctl_ignore_signals();	/* they are the parent's; then there is something to tidy */
	while ((n = recv(fd, &how, sizeof how, 0)) == -1 && errno == EINTR)
		;
	if ((how == PUBLISH_NOT || name_file(file, made, path, how, &e) == -1) && is_ours(file, made))
		unlink(made);
	send(fd, &e, sizeof e, MSG_NOSIGNAL);
	_exit(0);
}

int
publish_begin(struct publish *p, const char *path, mode_t mode, struct err *e)
{
	char made[PATH_MAX];
	int fd[2];

	p->file = make_beside(path, mode, made, e);
	if (p->file == -1)
		return -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) == -1) {
		err_set(e, ERR_SYSTEM, NULL, "cannot open a descriptor: %s", strerror(errno));
		goto fail;
	}
	p->pid = fork();
	if (p->pid == 0) {
		close(fd[0]);
		serve(fd[1], p->file, made, path);
	}
	if (p->pid == -1)
		err_set(e, ERR_SYSTEM, NULL, "cannot start a process: %s", strerror(errno));
	close(fd[1]);
	p->fd = fd[0];
	if (p->pid != -1)
		return 0;
	close(fd[0]);
fail:
	close(p->file);
	unlink(made);
	return -1;
}

int
publish_write(struct publish *p, const void *bytes, size_t n, struct err *e)
{
	if (disk_write(p->file, bytes, n) == -1)
		return err_set(e, ERR_SYSTEM, NULL, "the file cannot be written: %s", strerror(errno));
	return 0;
}

int
publish_end(struct publish *p, enum publish_how how, struct err *e)
{
	struct err said = { .kind = ERR_SYSTEM, .what = "the file was not written" };

	if (send(p->fd, &how, sizeof how, MSG_NOSIGNAL) == sizeof how) {
		while (recv(p->fd, &said, sizeof said, 0) == -1 && errno == EINTR)
			;
	}
	close(p->fd);
	close(p->file);
	while (waitpid(p->pid, NULL, 0) == -1 && errno == EINTR)
		;
	if (how == PUBLISH_NOT || said.kind == ERR_NONE)
		return 0;
	if (e != NULL)
		*e = said;
	return -1;
}

int
publish_text(struct publish *p, const char *text, size_t n, enum publish_how how, struct err *e)
{
	int rc = text != NULL ? publish_write(p, text, n, e) : 0;

	if (rc == -1 || text == NULL)
		publish_end(p, PUBLISH_NOT, NULL);
	else
		rc = publish_end(p, how, e);
	return rc;
}
