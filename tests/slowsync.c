/* slowsync.c - preload: every sync takes SLOWSYNC_MS more (as on an SD card) and leaves
 * a line in SLOWSYNC_LOG, so that the syncs of a tap can be counted. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void
slow(const char *what)
{
	const char *ms_text = getenv("SLOWSYNC_MS");
	const char *log = getenv("SLOWSYNC_LOG");
	long ms = ms_text != NULL ? atol(ms_text) : 0;
	struct timespec t = { ms / 1000, (ms % 1000) * 1000000L };

	nanosleep(&t, NULL);
	if (log == NULL)
		return;
	int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd == -1)
		return;
	if (write(fd, what, strlen(what)) == -1)
		_exit(70);	/* a count that is wrong is worse than none */
	close(fd);
}

static int
sync_by(const char *name, int fd)
{
	int (*real)(int);

	*(void **)&real = dlsym(RTLD_NEXT, name);
	int rc = real(fd);
	slow(name[1] == 's' ? "fsync\n" : "fdatasync\n");
	return rc;
}

int
fsync(int fd)
{
	return sync_by("fsync", fd);
}

int
fdatasync(int fd)
{
	return sync_by("fdatasync", fd);
}
