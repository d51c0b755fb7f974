/* label_child.c - the art of a template is drawn in a child process.
 *
 * librsvg keeps what it ever needed, and a template may ask for more memory or time
 * than there is. The child has limits of its own, hands the dots back through shared
 * memory and takes all else with it; if it dies, the label has another way to come out.
 */
#include "label_impl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CPU_S 4
#define DEADLINE_S 8			/* on a machine that has other things to do */
#define BAD_MOMENT_MS 30000		/* what the machine was to blame for may go then */
#define OTHERS_MS 1000
#define MEMORY_MAX ((rlim_t)256 << 20)

/* What the child hands back; the dots stand behind it. */
struct share {
	int rc;
	struct err e;
	uint8_t dots[];
};

/* The last template whose child died, as its file was then: nobody waits for that twice. One
 * that only met a bad moment is tried again after it. */
static struct {
	struct stat file;
	struct err why;
	int64_t until_ms;		/* INT64_MAX: as long as the file is that one */
} hopeless;

static void (*tell_busy)(void *arg, int seconds);
static void *busy_arg;

void
label_on_busy(void (*busy)(void *arg, int seconds), void *arg)
{
	tell_busy = busy;
	busy_arg = arg;
}

static void
limit(enum __rlimit_resource what, rlim_t most, rlim_t at_last)
{
	struct rlimit l = { most, at_last };

	setrlimit(what, &l);
}

/* Draw, and never come back: what the parent has open and wants to do is its own. */
static _Noreturn void
draw_in_child(const struct template *t, unsigned present, const struct page *canvas,
    struct share *s, pid_t parent)
{
	struct page shared = *canvas;
	size_t plane = canvas->stride * (size_t)canvas->height;

	/* Our parent's lock is in our hands too: not a moment longer than it lives. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	/* By a signal of its own, which SIGKILL is not: that comes from others as well. */
	limit(RLIMIT_CPU, CPU_S, CPU_S + 1);
	limit(RLIMIT_CORE, 0, 0);
#ifndef __SANITIZE_ADDRESS__
	limit(RLIMIT_DATA, MEMORY_MAX, MEMORY_MAX);
#endif
	shared.bits = s->dots;
	if (canvas->red != NULL)
		shared.red = s->dots + plane;
	s->rc = art_draw_here(t, present, &shared, &s->e);
	_exit(0);
}

/* Wait for the child's end: its pipe is closed then. False: it took too long. */
static bool
wait_for_end(int pipe)
{
	int64_t end = clock_mono_ms() + DEADLINE_S * 1000;
	int64_t left;

	while ((left = end - clock_mono_ms()) > 0) {
		struct pollfd p = { .fd = pipe, .events = POLLIN };
		if (poll(&p, 1, (int)left) == 1)
			return true;
	}
	return false;
}

static bool
is_hopeless(const struct template *t)
{
	const struct stat *a = &t->stat, *b = &hopeless.file;

	return clock_mono_ms() < hopeless.until_ms && a->st_ino != 0 &&
	    a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
	    a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* How the child ended: 0 if it came to its end. Kind ERR_REFUSED is the template's fault,
 * ERR_BUSY the machine's. */
static int
follow(pid_t pid, int pipe, const char *path, struct err *e)
{
	static const char SIMPLER[] = "fridgectl template check; then make its drawing simpler";
	bool ended = wait_for_end(pipe);
	int status = 0;

	if (!ended)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	int killed_by = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	if (!ended)
		return err_set(e, ERR_BUSY, "look what else the machine does: top",
		    "template %.150s was not drawn within %d s: the machine or its disk is too "
		    "busy", path, DEADLINE_S);
	if (killed_by == SIGKILL)
		return err_set(e, ERR_BUSY, "journalctl -k | grep -i 'out of memory'",
		    "somebody killed what drew template %.150s: the machine may be out of memory",
		    path);
	if (killed_by == SIGXCPU)
		return err_set(e, ERR_REFUSED, SIMPLER, "template %.150s takes longer than %d s to draw",
		    path, CPU_S);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return err_set(e, ERR_REFUSED, SIMPLER,
		    "template %.150s needs more than %d MB to draw, or cannot be drawn (signal %d)",
		    path, (int)(MEMORY_MAX >> 20), killed_by);
	return 0;
}

/* Whether a thread of ours is at work, as Pango's is that sorts fonts. */
static bool
others_work(void)
{
	DIR *tasks = opendir("/proc/self/task");
	bool work = false;

	for (struct dirent *d; tasks != NULL && !work && (d = readdir(tasks)) != NULL; ) {
		char path[64], state = 'S';
		if (d->d_name[0] == '.' || atoi(d->d_name) == gettid())
			continue;
		snprintf(path, sizeof path, "/proc/self/task/%.20s/stat", d->d_name);
		FILE *from = fopen(path, "re");
		if (from == NULL)
			continue;		/* it has ended */
		if (fscanf(from, "%*[^)]) %c", &state) == 1)
			work = state != 'S';
		fclose(from);
	}
	if (tasks != NULL)
		closedir(tasks);
	return work;
}

/* A child has no other threads, and waits for ever for a lock that one of them held. */
static void
wait_for_others(void)
{
	const struct timespec nap = { .tv_nsec = 1000000 };

	for (int i = 0; i < OTHERS_MS && others_work(); i++)
		nanosleep(&nap, NULL);
}

/* Run a child on shared memory. 0 if it came to its end. */
static int
run(const struct template *t, unsigned present, const struct page *canvas, struct share *s,
    struct err *e)
{
	pid_t parent = getpid();
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) == -1)
		return err_set(e, ERR_SYSTEM, NULL, "no pipe: %s", strerror(errno));
	if (tell_busy != NULL)
		tell_busy(busy_arg, DEADLINE_S + 2);
	wait_for_others();
	pid_t pid = fork();
	if (pid == 0)
		draw_in_child(t, present, canvas, s, parent);
	int why = errno;
	close(ends[1]);
	int rc;
	if (pid == -1) {
		rc = err_set(e, ERR_SYSTEM, NULL, "cannot start a child to draw in: %s",
		    strerror(why));
	} else if ((rc = follow(pid, ends[0], t->path, &hopeless.why)) == -1) {
		hopeless.file = t->stat;
		hopeless.until_ms = hopeless.why.kind == ERR_BUSY ?
		    clock_mono_ms() + BAD_MOMENT_MS : INT64_MAX;
		if (e != NULL)
			*e = hopeless.why;
	}
	close(ends[0]);
	return rc;
}

int
art_draw(const struct template *t, unsigned present, struct page *canvas, struct err *e)
{
	size_t plane = canvas->stride * (size_t)canvas->height;
	size_t size = sizeof(struct share) + 2 * plane;

	if (is_hopeless(t)) {
		if (e != NULL)
			*e = hopeless.why;
		return -1;
	}
	struct share *s = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
	    -1, 0);
	if (s == MAP_FAILED)
		return err_set(e, ERR_SYSTEM, NULL, "no memory for a page of %d by %d dots",
		    canvas->width, canvas->height);
	int rc = run(t, present, canvas, s, e);
	if (rc == 0 && s->rc == -1) {
		if (e != NULL)
			*e = s->e;
		rc = -1;
	}
	if (rc == 0) {
		memcpy(canvas->bits, s->dots, plane);
		if (canvas->red != NULL)
			memcpy(canvas->red, s->dots + plane, plane);
	}
	munmap(s, size);
	return rc;
}
