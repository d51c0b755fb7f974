/* ctl_publish.c - a small file for other programs, such as node-exporter, or a backup:
 * always whole, because it is written beside and renamed.
 *
 * The folder may be one that only root may write, and everything else is done as the
 * service's user. So a child that stays what we were waits for the text, or for the word
 * that the file beside it is right.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctl.h"

#define MODE 0644		/* whatever the umask says: others read it */
#define PRIVATE_MODE 0600
#define TEXT_MAX (4 << 20)
#define END '\0'		/* behind a text that is whole */

static int
cannot(const char *path, struct err *e)
{
	return err_set(e, ERR_SYSTEM, errno == EACCES ? "sudo fridgectl" : NULL,
	    "cannot write %s: %s", path, strerror(errno));
}

static bool
write_all(int fd, const char *text, size_t n)
{
	while (n > 0) {
		ssize_t done = send(fd, text, n, MSG_NOSIGNAL);
		if (done == -1 && errno == ENOTSOCK)
			done = write(fd, text, n);
		if (done == -1 && errno != EINTR)
			return false;
		if (done > 0) {
			text += done;
			n -= (size_t)done;
		}
	}
	return true;
}

/* Up to the end of the stream. */
static size_t
read_all(int fd, char *text, size_t size)
{
	size_t n = 0;
	ssize_t got;

	while (n < size && ((got = read(fd, text + n, size - n)) > 0 ||
	    (got == -1 && errno == EINTR)))
		n += got > 0 ? (size_t)got : 0;
	return n;
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
	if (fchmod(fd, mode) == 0)
		return fd;
	cannot(made, e);
	close(fd);
	return -1;
}

static int
put_file(const char *path, const char *text, size_t n, struct err *e)
{
	char made[PATH_MAX];
	int fd = make_beside(path, MODE, made, e);

	if (fd == -1)
		return -1;
	bool ok = write_all(fd, text, n);
	ok = close(fd) == 0 && ok;
	if (ok && rename(made, path) == 0)
		return 0;
	cannot(path, e);
	unlink(made);
	return -1;
}

/* A file that is on the disk already gets its name there, too. */
static int
name_file(const char *made, const char *path, struct err *e)
{
	char folder[PATH_MAX];

	if (rename(made, path) == -1)
		return cannot(path, e);
	snprintf(folder, sizeof folder, "%s", path);
	int fd = open(dirname(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* Some file systems of sticks and servers cannot sync a folder. */
	bool ok = fd == -1 || fsync(fd) == 0 || errno == EINVAL;
	if (fd != -1)
		close(fd);
	return ok ? 0 : cannot(path, e);
}

/* The child: wait for the text, write it (or name what was made), tell how that went. */
static void
serve(int fd, const char *path, const char *made)
{
	static char text[TEXT_MAX];
	struct err e = { .kind = ERR_NONE };

	signal(SIGINT, SIG_IGN);	/* it is the parent's; then there is something to tidy */
	signal(SIGTERM, SIG_IGN);
	size_t n = read_all(fd, text, sizeof text);
	bool whole = n > 0 && text[n - 1] == END;
	if (!whole && made != NULL)
		unlink(made);
	if (!whole)
		_exit(1);	/* there was no answer: the file stays as it was */
	if (made == NULL)
		put_file(path, text, n - 1, &e);
	else if (name_file(made, path, &e) == -1)
		unlink(made);
	write_all(fd, (const char *)&e, sizeof e);
	_exit(0);
}

static int
start(struct publish *p, const char *path, const char *made, struct err *e)
{
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) == -1)
		return err_set(e, ERR_SYSTEM, NULL, "cannot open a descriptor: %s", strerror(errno));
	p->pid = fork();
	if (p->pid == 0) {
		close(fd[0]);
		serve(fd[1], path, made);
	}
	int reason = errno;
	close(fd[1]);
	if (p->pid == -1) {
		close(fd[0]);
		return err_set(e, ERR_SYSTEM, NULL, "cannot start a process: %s", strerror(reason));
	}
	p->fd = fd[0];
	return 0;
}

int
publish_begin(struct publish *p, const char *path, struct err *e)
{
	return start(p, path, NULL, e);
}

int
publish_file_begin(struct publish *p, const char *path, int *file, struct err *e)
{
	char made[PATH_MAX];
	int fd = make_beside(path, PRIVATE_MODE, made, e);

	if (fd == -1)
		return -1;
	if (start(p, path, made, e) == -1) {
		close(fd);
		unlink(made);
		return -1;
	}
	*file = fd;
	return 0;
}

int
publish_end(struct publish *p, const char *text, struct err *e)
{
	struct err said = { .kind = ERR_SYSTEM, .what = "the file was not written" };
	size_t n = text != NULL ? strlen(text) : 0;
	const char end = END;

	if (n > 0 && (n >= TEXT_MAX || !write_all(p->fd, text, n) || !write_all(p->fd, &end, 1)))
		n = 0;
	shutdown(p->fd, SHUT_WR);
	read_all(p->fd, (char *)&said, sizeof said);
	close(p->fd);
	while (waitpid(p->pid, NULL, 0) == -1 && errno == EINTR)
		;
	if (text == NULL || (n > 0 && said.kind == ERR_NONE))
		return 0;
	if (e != NULL)
		*e = said;
	return -1;
}
