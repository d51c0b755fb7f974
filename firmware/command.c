/* command.c - see command.h */
#include "command.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log.h"

extern char **environ;

/* A file of the text in memory alone, to be read from its beginning. Descriptor or -1. */
static int
input_file(const char *text)
{
	size_t left = strlen(text);
	int fd = memfd_create("input", MFD_CLOEXEC);

	while (fd != -1 && left > 0) {
		ssize_t n = write(fd, text, left);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			int why = errno;
			close(fd);
			errno = why;
			return -1;
		}
		text += n;
		left -= (size_t)n;
	}
	if (fd != -1)
		lseek(fd, 0, SEEK_SET);
	return fd;
}

static bool
same_key(const char *a, const char *b)
{
	size_t n = strcspn(a, "=");

	return strncmp(a, b, n) == 0 && b[n] == '=';
}

/* Our environment with more in it. Freed with free(), its texts are others'; NULL: no
 * memory. */
static char **
environment(const char *const *more)
{
	size_t ours = 0, extra = 0, n = 0;

	while (environ[ours] != NULL)
		ours++;
	while (more != NULL && more[extra] != NULL)
		extra++;
	char **all = calloc(ours + extra + 1, sizeof *all);
	if (all == NULL)
		return NULL;
	for (size_t i = 0; i < ours; i++) {
		size_t k = 0;
		while (k < extra && !same_key(more[k], environ[i]))
			k++;
		if (k == extra)
			all[n++] = environ[i];
	}
	for (size_t k = 0; k < extra; k++)
		all[n++] = (char *)(uintptr_t)more[k];	/* posix_spawn only reads them */
	return all;
}

/* Run argv with fd (-1: nothing) as its standard input. Returns 0 or an errno. */
static int
spawn(pid_t *pid, char *const *argv, int fd, char *const *env)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&files);
	if (fd == -1)
		posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	else
		posix_spawn_file_actions_adddup2(&files, fd, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
	posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
	    POSIX_SPAWN_SETPGROUP);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setpgroup(&attr, 0);
	int failed = posix_spawn(pid, argv[0], &files, &attr, argv, env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return failed;
}

int
command_start(struct command *c, const char *line, const struct command_with *with,
    int64_t now_ms, struct err *e)
{
	char *argv[] = { "/bin/sh", "-c", (char *)(uintptr_t)line, NULL };
	const char *input = with != NULL ? with->input : NULL;
	char **env = NULL;
	int fd = -1, rc = -1;

	assert(c->what != NULL && c->limit_ms > 0);
	if (c->pid != 0)
		return err_set(e, ERR_BUSY, NULL, "%s runs already", c->what);
	if (input != NULL && (fd = input_file(input)) == -1) {
		err_set(e, ERR_SYSTEM, NULL, "%s cannot be given its text: %s", c->what,
		    strerror(errno));
		goto done;
	}
	env = environment(with != NULL ? with->env : NULL);
	int failed = env == NULL ? ENOMEM : spawn(&c->pid, argv, fd, env);
	if (failed != 0) {
		c->pid = 0;
		err_set(e, ERR_SYSTEM, NULL, "%s cannot be run: %s", c->what, strerror(failed));
		goto done;
	}
	c->late = false;
	c->kill_ms = now_ms + c->limit_ms;
	rc = 0;
done:
	free(env);
	if (fd != -1)
		close(fd);
	return rc;
}

bool
command_runs(const struct command *c)
{
	return c->pid != 0;
}

static void
tell_failure(struct command *c, int status)
{
	bool again = status == c->told;

	c->told = status;
	if (status == 0 || again)
		return;
	if (c->late)
		log_error("%s ran for longer than %d s and was killed", c->what, c->limit_ms / 1000);
	else
		log_error("%s failed with %s %d", c->what, WIFEXITED(status) ? "status" : "signal",
		    WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

int
command_reap(struct command *c, bool *ok)
{
	int status = 0;

	if (c->pid == 0 || waitpid(c->pid, &status, WNOHANG) != c->pid)
		return 0;
	c->pid = 0;
	tell_failure(c, status);
	if (ok != NULL)
		*ok = status == 0;
	return 1;
}

int64_t
command_deadline(const struct command *c)
{
	return c->pid != 0 ? c->kill_ms : INT64_MAX;
}

void
command_run(struct command *c, int64_t now_ms)
{
	if (c->pid == 0 || now_ms < c->kill_ms)
		return;
	c->late = true;
	kill(-c->pid, SIGKILL);
	c->kill_ms = now_ms + c->limit_ms;	/* unless it cannot be killed now */
}

void
command_stop(struct command *c)
{
	if (c->pid == 0)
		return;
	kill(-c->pid, SIGKILL);
	waitpid(c->pid, NULL, 0);
	c->pid = 0;
}
