/* child.c - see child.h
 *
 * What a helper says arrives through one pipe, which also tells of its death; a
 * helper that could not be started at all says so through the same pipe, in a line
 * that no program writes by accident (EXEC_FAILED).
 */
#include "child.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../drivers/proto.h"
#include "day.h"
#include "log.h"

#define EXEC_FAILED '\001'
#define BUSY_MAX_S 30
#define GOOD_RUN_MS 60000	/* after so long its restarts begin anew */
#define STEADY_MS 5000		/* after so long a lost helper counts as back */
#define ENDING_MS 200		/* from the end of its output to SIGKILL */
#define REAP_MS 50		/* how often a dying child is looked at */
#define STUCK_MS 3000		/* from SIGKILL until it is told that it does not die */
#define STUCK_REAP_MS 1000
#define KILLED_MS 1000		/* the same, where nobody will look again */
#define READS_A_RUN 16		/* so that a chatterer cannot hold the loop */

static const int BACK_OFF_S[] = { 0, 1, 2, 5, 10, 30, 60 };
#define BACK_OFFS ((int)(sizeof BACK_OFF_S / sizeof BACK_OFF_S[0]))

enum state {
	WAITING,	/* in back-off: start it at due_ms */
	RUNNING,
	LEAVING,	/* ending by itself: kill it at due_ms */
	DYING,		/* killed: reap it */
};

struct child {
	struct child_spec spec;
	char **argv;
	enum state state;
	int64_t due_ms;
	pid_t pid;
	int to, from;			/* its standard input and output, or -1 */
	int64_t started_ms;
	int64_t silent_at_ms;		/* without another line it is killed then */
	int failures;			/* index into BACK_OFF_S of the next start */
	bool spoke;			/* a line came since its start */
	char why[200];			/* why we end it; "" if it ends by itself */
	int64_t killed_ms;		/* while DYING, */
	bool stuck;			/* and for so long that its end was told */
	/* For the log, which tells changes only. */
	bool lost;
	int64_t lost_ms;
	char told[200];
	size_t fill;
	char buffer[PROTO_LINE];
};

static char **
copy_argv(char *const *argv)
{
	size_t n = 0;

	while (argv[n] != NULL)
		n++;
	char **copy = calloc(n + 1, sizeof *copy);
	for (size_t i = 0; copy != NULL && i < n; i++) {
		copy[i] = strdup(argv[i]);
		if (copy[i] == NULL)
			abort();
	}
	return copy;
}

struct child *
child_new(const struct child_spec *spec)
{
	struct child *c = calloc(1, sizeof *c);

	assert(spec->argv[0] != NULL);
	if (c == NULL || (c->argv = copy_argv(spec->argv)) == NULL)
		abort();	/* at start or reload: nothing to fall back to */
	c->spec = *spec;
	c->spec.argv = c->argv;
	c->to = c->from = -1;
	c->state = WAITING;
	c->due_ms = 0;
	/* A helper that died must not take us along when we write to it. */
	signal(SIGPIPE, SIG_IGN);
	return c;
}

int
child_fd(const struct child *c)
{
	return c->from;
}

pid_t
child_pid(const struct child *c)
{
	return c->pid;
}

int64_t
child_deadline(const struct child *c)
{
	switch (c->state) {
	case RUNNING:
		if (c->lost && c->spoke && c->started_ms + STEADY_MS < c->silent_at_ms)
			return c->started_ms + STEADY_MS;
		return c->silent_at_ms;
	case LEAVING:
	case DYING:
	case WAITING:
		break;
	}
	return c->due_ms;
}

bool
child_alive(const struct child *c)
{
	return c->state != RUNNING || clock_mono_ms() < c->silent_at_ms;
}

static void
shut(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

/* In the new process: become the helper, or say why not. */
static void __attribute__((noreturn))
become(const struct child *c, pid_t parent, int in, int out)
{
	struct sigaction plain = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		sigaction(sig, &plain, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* Its own group, so that what it started can be killed with it. */
	setpgid(0, 0);
	/* It must not outlive us; if we died before this call, it has no parent. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
	if (dup2(in, STDIN_FILENO) != -1 && dup2(out, STDOUT_FILENO) != -1 &&
	    (c->spec.keep_fd == -1 || fcntl(c->spec.keep_fd, F_SETFD, 0) != -1))
		execv(c->argv[0], c->argv);

	char text[32];
	int n = snprintf(text, sizeof text, "%c%d\n", EXEC_FAILED, errno);
	if (write(out, text, (size_t)n) == -1)
		_exit(126);
	_exit(127);
}

/* Start it. Returns 0, or -1 with the reason in c->why. */
static int
start(struct child *c)
{
	int in[2] = { -1, -1 }, out[2] = { -1, -1 };
	pid_t parent = getpid();

	c->why[0] = '\0';
	if (pipe2(in, O_CLOEXEC) == -1 || pipe2(out, O_CLOEXEC) == -1 ||
	    fcntl(in[1], F_SETFL, O_NONBLOCK) == -1 ||
	    fcntl(out[0], F_SETFL, O_NONBLOCK) == -1 || (c->pid = fork()) == -1) {
		snprintf(c->why, sizeof c->why, "cannot start it: %s", strerror(errno));
		c->pid = 0;
		shut(&in[0]);
		shut(&in[1]);
		shut(&out[0]);
		shut(&out[1]);
		return -1;
	}
	if (c->pid == 0)
		become(c, parent, in[0], out[1]);
	setpgid(c->pid, c->pid);	/* whoever of the two comes first */
	close(in[0]);
	close(out[1]);
	c->to = in[1];
	c->from = out[0];
	c->fill = 0;
	c->spoke = false;
	c->state = RUNNING;
	c->started_ms = clock_mono_ms();
	c->silent_at_ms = c->started_ms + c->spec.silence_ms;
	return 0;
}

/* It is no more: tell, and set the time of its next start. */
static void
ended(struct child *c, const char *why)
{
	int64_t now = clock_mono_ms();
	char said[sizeof c->why];

	snprintf(said, sizeof said, "%s", why);
	shut(&c->to);
	shut(&c->from);
	c->pid = 0;
	if (now - c->started_ms >= GOOD_RUN_MS)
		c->failures = 0;
	c->state = WAITING;
	c->due_ms = now + BACK_OFF_S[c->failures] * 1000;
	if (c->failures < BACK_OFFS - 1)
		c->failures++;
	if (!c->lost) {
		c->lost = true;
		c->lost_ms = now;
		c->told[0] = '\0';
	}
	if (strcmp(c->told, said) != 0) {
		snprintf(c->told, sizeof c->told, "%s", said);
		log_warn("%s helper lost: %s; it is started again", c->spec.name, said);
	}
	if (c->spec.on_end != NULL && !c->stuck)
		c->spec.on_end(c->spec.arg, said);
	c->stuck = false;
}

/* A process that waits in the kernel for a device dies when that answers, or never. Nothing
 * comes from it any more, and no other may be started beside it. */
static void
tell_stuck(struct child *c)
{
	static const char WHY[] = "it hangs in the kernel and cannot be ended "
	    "(try: sudo reboot)";

	c->stuck = true;
	log_error("%s helper (process %d): %s; %s", c->spec.name, c->pid, c->why, WHY);
	if (c->spec.on_end != NULL)
		c->spec.on_end(c->spec.arg, WHY);
}

/* Kill it and what it started. child_run sees it die. */
static void
put_down(struct child *c, const char *why)
{
	if (c->state == DYING)
		return;
	if (why != c->why)
		snprintf(c->why, sizeof c->why, "%s", why);
	if (c->pid != 0) {	/* else it is being reaped */
		kill(-c->pid, SIGKILL);
		kill(c->pid, SIGKILL);
	}
	shut(&c->to);
	c->state = DYING;
	c->due_ms = c->killed_ms = clock_mono_ms();
}

/* Most likely it is ending: let it, to learn its exit status. */
static void
leave(struct child *c, const char *why)
{
	snprintf(c->why, sizeof c->why, "%s", why);
	c->state = LEAVING;
	c->due_ms = clock_mono_ms() + ENDING_MS;
}

/* The first line of one that could not become the helper. */
static void
exec_failed(struct child *c, const char *line)
{
	char why[sizeof c->why];

	snprintf(why, sizeof why, "cannot start %s: %s", c->argv[0], strerror(atoi(line + 1)));
	put_down(c, why);
}

static void
take_line(struct child *c, char *line)
{
	int64_t now = clock_mono_ms();
	int64_t allowed = c->spec.silence_ms;
	int busy;
	char end;

	if (!c->spoke && line[0] == EXEC_FAILED) {
		exec_failed(c, line);
		return;
	}
	c->spoke = true;
	if (sscanf(line, "busy %d%c", &busy, &end) == 1) {
		busy = busy < 0 ? 0 : busy > BUSY_MAX_S ? BUSY_MAX_S : busy;
		if (busy * INT64_C(1000) > allowed)
			allowed = busy * INT64_C(1000);
		c->silent_at_ms = now + allowed;
		return;
	}
	c->silent_at_ms = now + allowed;
	if (strcmp(line, "alive") == 0)
		return;
	c->spec.on_line(c->spec.arg, line);
}

/* Pass on the whole lines in the buffer; what is left begins the next one. */
static void
take_lines(struct child *c)
{
	char *from = c->buffer;
	char *end;

	/* A line may make the caller restart or kill the child. One that is ending has said it
	 * all the same. */
	while ((c->state == RUNNING || c->state == LEAVING) &&
	    (end = memchr(from, '\n', c->fill - (size_t)(from - c->buffer))) != NULL) {
		*end = '\0';
		if (strlen(from) != (size_t)(end - from))
			put_down(c, "it wrote a NUL byte");
		else
			take_line(c, from);
		from = end + 1;
	}
	c->fill -= (size_t)(from - c->buffer);
	memmove(c->buffer, from, c->fill);
	if (c->fill == sizeof c->buffer && c->state == RUNNING)
		put_down(c, "it wrote a line that is too long");
}

/* Read what is there. Returns whether the pipe has ended. */
static bool
drain(struct child *c)
{
	for (int i = 0; c->from != -1 && i < READS_A_RUN; i++) {
		if (c->fill == sizeof c->buffer)
			c->fill = 0;	/* it is being killed: nobody reads this */
		ssize_t n = read(c->from, c->buffer + c->fill, sizeof c->buffer - c->fill);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return errno != EAGAIN;
		if (n == 0)
			return true;
		c->fill += (size_t)n;
		take_lines(c);
	}
	return c->from == -1;
}

/* Whether it has died: then everything it said has been read, and its end told. */
static bool
reap(struct child *c)
{
	char why[sizeof c->why];
	siginfo_t dead = { 0 };
	int status = 0;

	if (waitid(P_PID, (id_t)c->pid, &dead, WEXITED | WNOHANG | WNOWAIT) == -1 ||
	    dead.si_pid != c->pid)
		return false;
	/* What it started must not live on, least of all with its lock. The number
	 * is still its own: it is not reaped yet. */
	kill(-c->pid, SIGKILL);
	waitpid(c->pid, &status, 0);
	c->pid = 0;
	/* Its last words may have come between the last read and its death. */
	drain(c);
	if (c->state == DYING)
		snprintf(why, sizeof why, "%s", c->why);
	else if (WIFSIGNALED(status))
		snprintf(why, sizeof why, "killed by signal %d (%s)", WTERMSIG(status),
		    strsignal(WTERMSIG(status)));
	else
		snprintf(why, sizeof why, "it ended with status %d", WEXITSTATUS(status));
	ended(c, why);
	return true;
}

/* A lost helper that stays is back. */
static void
notice_back(struct child *c, int64_t now)
{
	if (!c->lost || !c->spoke || now < c->started_ms + STEADY_MS)
		return;
	log_info("%s helper back, away %lld s", c->spec.name,
	    (long long)(c->started_ms - c->lost_ms + 500) / 1000);
	c->lost = false;
}

static void
run_started(struct child *c)
{
	bool closed = drain(c);
	int64_t now = clock_mono_ms();

	if (reap(c))
		return;
	if (closed)
		shut(&c->from);
	if (c->state == RUNNING && closed)
		leave(c, "it closed its output");
	else if (c->state == RUNNING && now >= c->silent_at_ms)
		put_down(c, "it said nothing for too long");
	else if (c->state == RUNNING)
		notice_back(c, now);
	else if (c->state == LEAVING && now >= c->due_ms)
		put_down(c, c->why);
	if (c->state != DYING || reap(c))
		return;
	if (!c->stuck && now >= c->killed_ms + STUCK_MS)
		tell_stuck(c);
	c->due_ms = now + (c->stuck ? STUCK_REAP_MS : REAP_MS);
}

void
child_run(struct child *c)
{
	if (c->state != WAITING)
		run_started(c);
	if (c->state == WAITING && clock_mono_ms() >= c->due_ms) {
		if (start(c) == -1) {
			c->started_ms = clock_mono_ms();
			ended(c, c->why);
		} else if (c->spec.on_start != NULL) {
			c->spec.on_start(c->spec.arg);
		}
	}
}

int
child_send(struct child *c, const char *line)
{
	char text[PROTO_LINE];
	size_t n = strlen(line);

	assert(n < sizeof text && strchr(line, '\n') == NULL);
	if (c->state != RUNNING)
		return -1;
	memcpy(text, line, n);
	text[n++] = '\n';
	/* At most PIPE_BUF bytes: all of it is written, or nothing. */
	if (write(c->to, text, n) == (ssize_t)n)
		return 0;
	if (errno == EAGAIN)
		put_down(c, "it does not read");
	else
		leave(c, "it closed its input");
	return -1;
}

void
child_free(struct child *c, int64_t grace_ms)
{
	if (c == NULL)
		return;
	shut(&c->to);
	shut(&c->from);
	if (c->pid != 0) {
		struct pollfd death = { .fd = pidfd_open(c->pid, 0), .events = POLLIN };
		if (c->state == RUNNING)
			kill(c->pid, SIGTERM);
		if (c->state != DYING && death.fd != -1)
			poll(&death, 1, (int)grace_ms);
		kill(-c->pid, SIGKILL);
		kill(c->pid, SIGKILL);
		/* One that hangs in the kernel is not waited for. */
		poll(&death, 1, KILLED_MS);
		waitpid(c->pid, NULL, WNOHANG);
		shut(&death.fd);
	}
	for (size_t i = 0; c->argv[i] != NULL; i++)
		free(c->argv[i]);
	free(c->argv);
	free(c);
}
