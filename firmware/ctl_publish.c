/* ctl_publish.c - a file for others, such as node-exporter's or an export: always whole,
 * because it is written beside and renamed.
 *
 * The folder may be one that only root may write, and everything else is done as the
 * service's user. So a child that stays what we were waits for the text.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctl.h"

#define GROW 65536
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

/* The same, as much as there is; NULL: no memory. */
static char *
read_text(int fd, size_t *n)
{
	char *text = NULL, *more;
	size_t size = GROW;

	for (*n = 0; (more = realloc(text, size)) != NULL; size *= 2) {
		text = more;
		*n += read_all(fd, text + *n, size - *n);
		if (*n < size)
			return text;
	}
	free(text);
	return NULL;
}

static int
put_file(const char *path, mode_t mode, const char *text, size_t n, struct err *e)
{
	char made[4096];

	if (snprintf(made, sizeof made, "%s.new", path) >= (int)sizeof made)
		return err_set(e, ERR_USAGE, NULL, "the file's name is too long");
	unlink(made);	/* of one that was killed */
	int fd = open(made, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd == -1)
		return cannot(made, e);
	bool ok = fchmod(fd, mode) == 0 && write_all(fd, text, n);
	ok = close(fd) == 0 && ok;
	if (ok && rename(made, path) == 0)
		return 0;
	cannot(path, e);
	unlink(made);
	return -1;
}

/* The child: wait for the text, write it, tell how that went. */
static void
serve(int fd, const char *path, mode_t mode)
{
	struct err e = { .kind = ERR_NONE };
	size_t n;
	char *text = read_text(fd, &n);

	if (text == NULL || n == 0 || text[n - 1] != END)
		_exit(1);	/* there was no answer: the file stays as it was */
	put_file(path, mode, text, n - 1, &e);
	write_all(fd, (const char *)&e, sizeof e);
	_exit(0);
}

int
publish_begin(struct publish *p, const char *path, mode_t mode, struct err *e)
{
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) == -1)
		return err_set(e, ERR_SYSTEM, NULL, "cannot open a descriptor: %s", strerror(errno));
	p->pid = fork();
	if (p->pid == 0) {
		close(fd[0]);
		serve(fd[1], path, mode);
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
publish_end(struct publish *p, const char *text, struct err *e)
{
	struct err said = { .kind = ERR_SYSTEM, .what = "the file was not written" };
	size_t n = text != NULL ? strlen(text) : 0;
	const char end = END;

	if (n > 0 && (!write_all(p->fd, text, n) || !write_all(p->fd, &end, 1)))
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
