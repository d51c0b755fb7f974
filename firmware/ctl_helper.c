/* ctl_helper.c - a helper program, or one of the system's, run once, to its end, with a
 * deadline.
 *
 * Only the helper knows fonts and pictures, and those can hang: at its deadline, usually
 * after 10 s, it is killed and the command fails.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../drivers/proto.h"
#include "ctl.h"

#define DEADLINE_S 10
#define OUTPUT_MAX (4 << 20)

#define ARG_SIZE 20000		/* three folders of templates */

/* ---- its command line ---- */

void
call_add(struct call *l, const char *arg)
{
	if (l->count == CALL_ARGS_MAX)
		l->failed = true;
	else
		l->arg[l->count++] = arg;
}

void
call_addf(struct call *l, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	int n = l->mades < CALL_ARGS_MAX ? vasprintf(&text, fmt, ap) : -1;
	va_end(ap);
	if (n == -1) {
		l->failed = true;
		return;
	}
	l->made[l->mades++] = text;
	call_add(l, text);
}

void
call_free(struct call *l)
{
	for (size_t i = 0; i < l->mades; i++)
		free(l->made[i]);
}

void
call_templates(struct call *l, const struct config *config)
{
	struct template_dirs dirs;
	char text[ARG_SIZE] = "";
	size_t n = 0;

	config_templates(config, &dirs);
	for (size_t i = 0; dirs.list[i] != NULL && n < sizeof text; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", i > 0 ? "," : "",
		    dirs.list[i]);
	call_addf(l, "templates=%s", text);
}

int
call_run(struct call *l, struct helped *h, struct err *e)
{
	if (l->failed)
		return err_set(e, ERR_SYSTEM, NULL, "out of memory");
	return ctl_helper_within(l->arg, l->seconds > 0 ? l->seconds : DEADLINE_S, h, e);
}

/* ---- a run of it ---- */

/* What comes out of one of the helper's descriptors. */
struct stream {
	int fd;
	char *text;		/* NUL after size bytes, once something came */
	size_t size;
};

/* Start it with its output on two pipes. Returns its pid or -1. */
static pid_t
start(const char *path, const char *const *argv, int out[2], int err[2], struct err *e)
{
	pid_t pid = fork();

	if (pid == -1) {
		err_set(e, ERR_SYSTEM, NULL, "cannot start %s: %s", path, strerror(errno));
		return -1;
	}
	if (pid == 0) {
		int null = open("/dev/null", O_RDONLY);
		if (null == -1 || dup2(null, STDIN_FILENO) == -1 ||
		    dup2(out[1], STDOUT_FILENO) == -1 || dup2(err[1], STDERR_FILENO) == -1)
			_exit(127);
		execv(path, (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	return pid;
}

/* Take what is there. Closes the descriptor at its end. -1: too much, or failed. */
static int
take(struct stream *s)
{
	char chunk[65536];
	ssize_t n = read(s->fd, chunk, sizeof chunk);

	if (n == -1)
		return errno == EINTR || errno == EAGAIN ? 0 : -1;
	if (n == 0) {
		close(s->fd);
		s->fd = -1;
		return 0;
	}
	if (s->size + (size_t)n > OUTPUT_MAX)
		return -1;
	char *more = realloc(s->text, s->size + (size_t)n + 1);
	if (more == NULL)
		return -1;
	s->text = more;
	memcpy(s->text + s->size, chunk, (size_t)n);
	s->size += (size_t)n;
	s->text[s->size] = '\0';
	return 0;
}

/* Read both streams to their ends. 0, or -1 at the deadline or on trouble. */
static int
read_all(struct stream *out, struct stream *err, int seconds)
{
	int64_t end = clock_mono_ms() + seconds * 1000;

	while (out->fd != -1 || err->fd != -1) {
		struct pollfd p[2] = {
			{ .fd = out->fd, .events = POLLIN },
			{ .fd = err->fd, .events = POLLIN },
		};
		int64_t left = end - clock_mono_ms();
		if (left <= 0)
			return -1;
		if (poll(p, 2, (int)left) == -1 && errno != EINTR)
			return -1;
		if (p[0].revents != 0 && take(out) == -1)
			return -1;
		if (p[1].revents != 0 && take(err) == -1)
			return -1;
	}
	return 0;
}

int
ctl_said(const char *text, struct err *e)
{
	static const char TRY[] = " (try: ";
	const char *todo = strstr(text, TRY);
	char copy[sizeof e->todo];

	if (todo == NULL)
		return err_set(e, ERR_REFUSED, NULL, "%s", text);
	int n = snprintf(copy, sizeof copy, "%s", todo + sizeof TRY - 1);
	/* The end of one that was too long is gone. */
	if (n > 0 && n < (int)sizeof copy && copy[n - 1] == ')')
		copy[n - 1] = '\0';
	return err_set(e, ERR_REFUSED, copy, "%.*s", (int)(todo - text), text);
}

/* A helper's line of proto.h, "error KIND TEXT". */
static int
tell_error_line(char *said, struct err *e)
{
	struct proto_parts p;

	said[strcspn(said, "\n")] = '\0';
	if (proto_parse(said, &p) == -1 || proto_arg(&p, 2)[0] == '\0')
		return err_set(e, ERR_SYSTEM, NULL, "an answer that cannot be read");
	return ctl_said(proto_arg(&p, 2), e);
}

/* Words for a failed run: the helper's own, "fridge-print: what" and "  try: todo",
 * or how it ended. */
static int
tell_failure(const char *name, int status, char *answered, const char *said, struct err *e)
{
	char what[sizeof e->what], todo[sizeof e->todo] = "";
	const char *line = said, *next;
	size_t n = strlen(name);

	if ((line == NULL || line[0] == '\0') && answered != NULL &&
	    strncmp(answered, "error ", 6) == 0)
		return tell_error_line(answered, e);
	if (line == NULL || line[0] == '\0') {
		if (WIFSIGNALED(status))
			return err_set(e, ERR_SYSTEM, NULL, "%s was ended by signal %d", name,
			    WTERMSIG(status));
		return err_set(e, ERR_SYSTEM, NULL, "%s ended with status %d", name,
		    WEXITSTATUS(status));
	}
	if (strncmp(line, name, n) == 0 && strncmp(line + n, ": ", 2) == 0)
		line += n + 2;
	next = strchr(line, '\n');
	snprintf(what, sizeof what, "%.*s", (int)strcspn(line, "\n"), line);
	if (next != NULL && strncmp(next + 1, "  try: ", 7) == 0)
		snprintf(todo, sizeof todo, "%.*s", (int)strcspn(next + 8, "\n"), next + 8);
	return err_set(e, WIFEXITED(status) && WEXITSTATUS(status) == 2 ? ERR_USAGE
	    : ERR_REFUSED, todo, "%s", what);
}

/* Follow a started helper to its end. Returns 0, or -1 with *e. */
static int
finish(const char *name, pid_t pid, struct stream *out, struct stream *err, int seconds,
    struct err *e)
{
	int status = 0;
	int rc = read_all(out, err, seconds);

	if (rc == -1)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	if (rc == -1)
		return err_set(e, ERR_BUSY, NULL, "%s did not answer in %d s", name,
		    seconds);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return tell_failure(name, status, out->text, err->text, e);
	return 0;
}

/* Run the program of that path; argv[0] is what it is called. */
static int
run(const char *path, const char *const *argv, int seconds, struct helped *h, struct err *e)
{
	int out[2] = { -1, -1 }, err[2] = { -1, -1 };
	int rc = -1;

	*h = (struct helped){ .out = NULL };
	if (pipe2(out, O_CLOEXEC) == -1 || pipe2(err, O_CLOEXEC) == -1) {
		err_set(e, ERR_SYSTEM, NULL, "no pipe: %s", strerror(errno));
	} else {
		struct stream so = { .fd = out[0] }, se = { .fd = err[0] };
		pid_t pid = start(path, argv, out, err, e);
		close(out[1]);
		close(err[1]);
		out[1] = err[1] = -1;
		if (pid != -1)
			rc = finish(argv[0], pid, &so, &se, seconds, e);
		out[0] = so.fd;
		err[0] = se.fd;
		h->out = so.text;
		h->out_size = so.size;
		h->err = se.text;
	}
	for (int i = 0; i < 2; i++) {
		if (out[i] != -1)
			close(out[i]);
		if (err[i] != -1)
			close(err[i]);
	}
	if (rc == -1)
		helped_free(h);
	return rc;
}

int
ctl_helper(const char *const *argv, struct helped *h, struct err *e)
{
	return ctl_helper_within(argv, DEADLINE_S, h, e);
}

int
ctl_helper_within(const char *const *argv, int seconds, struct helped *h, struct err *e)
{
	char path[4096];

	*h = (struct helped){ .out = NULL };
	if (config_helper(argv[0], path, sizeof path, e) == -1)
		return -1;
	return run(path, argv, seconds, h, e);
}

bool
ctl_find_program(const char *name, char *out, size_t size)
{
	const char *path = getenv("PATH");

	if (name[0] == '/')
		return snprintf(out, size, "%s", name) < (int)size && access(out, X_OK) == 0;
	for (const char *p = path != NULL ? path : "/usr/sbin:/usr/bin:/sbin:/bin"; *p != '\0';) {
		int n = (int)strcspn(p, ":");
		if (snprintf(out, size, "%.*s/%s", n, p, name) < (int)size && access(out, X_OK) == 0)
			return true;
		p += n + (p[n] == ':');
	}
	return false;
}

int
ctl_program(const char *const *argv, int seconds, struct helped *h, struct err *e)
{
	char path[4096];

	*h = (struct helped){ .out = NULL };
	if (!ctl_find_program(argv[0], path, sizeof path))
		return 0;
	return run(path, argv, seconds, h, e) == -1 ? -1 : 1;
}

void
helped_free(struct helped *h)
{
	free(h->out);
	free(h->err);
	*h = (struct helped){ .out = NULL };
}
