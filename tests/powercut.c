/* powercut.c - cut the power at a chosen moment, for one store. Preloaded.
 *
 * Counts every write, truncation, sync and removal of the store's files (the file
 * itself, its -wal and -journal, its folder). Before number $POWERCUT_AT it leaves on
 * the disk what a power cut could: all that was synced, and of the rest whatever
 * sectors the disk had happened to write; names that came or went without a sync of
 * the folder may be there or not. Then it kills the process.
 *
 *	POWERCUT_STORE	path of the store
 *	POWERCUT_AT	number of the moment; 0 or none: never
 *	POWERCUT_SEED	which sectors: 0 none of them, 1 all of them, else by chance
 *	POWERCUT_COUNT	file that gets how many moments there were, at the end
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTOR 512
#define FDS 1024

/* What is surely on the disk of one file. */
struct disk {
	char path[PATH_MAX];
	bool known;		/* was looked at in this process */
	bool named;		/* its name is on the disk */
	char *data;		/* as of its last sync */
	size_t size;
};

static struct disk disks[3];
static char folder[PATH_MAX];
static struct disk *opened[FDS];
static bool opened_folder[FDS];
static long moments, cut_at;
static uint64_t chance;

static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_write)(int, const void *, size_t);
static int (*real_open)(const char *, int, ...);
static int (*real_close)(int);
static int (*real_ftruncate)(int, off_t);
static int (*real_unlink)(const char *);
static int (*real_fsync)(int);

static void
start(void)
{
	static const char *const SUFFIXES[3] = { "", "-wal", "-journal" };
	static bool started;
	const char *store = getenv("POWERCUT_STORE"), *at = getenv("POWERCUT_AT");
	const char *seed = getenv("POWERCUT_SEED");

	if (started)
		return;
	started = true;
	*(void **)&real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
	*(void **)&real_write = dlsym(RTLD_NEXT, "write");
	*(void **)&real_open = dlsym(RTLD_NEXT, "open64");
	*(void **)&real_close = dlsym(RTLD_NEXT, "close");
	*(void **)&real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
	*(void **)&real_unlink = dlsym(RTLD_NEXT, "unlink");
	*(void **)&real_fsync = dlsym(RTLD_NEXT, "fsync");
	if (store == NULL)
		return;
	cut_at = at != NULL ? atol(at) : 0;
	chance = seed != NULL ? (uint64_t)atol(seed) : 0;
	for (int i = 0; i < 3; i++)
		snprintf(disks[i].path, sizeof disks[i].path, "%s%s", store, SUFFIXES[i]);
	snprintf(folder, sizeof folder, "%s", store);
	char *slash = strrchr(folder, '/');
	if (slash != NULL)
		*slash = '\0';
}

__attribute__((destructor)) static void
tell(void)
{
	const char *to = getenv("POWERCUT_COUNT");
	FILE *f = to != NULL ? fopen(to, "w") : NULL;

	if (f != NULL) {
		fprintf(f, "%ld\n", moments);
		fclose(f);
	}
}

static struct disk *
disk_of(const char *path)
{
	for (int i = 0; i < 3; i++)
		if (disks[i].path[0] != '\0' && strcmp(path, disks[i].path) == 0)
			return &disks[i];
	return NULL;
}

/* All of a file, through a descriptor that is open anyway: closing another one would
 * drop SQLite's locks. */
static void
remember(struct disk *d, int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		abort();
	d->size = (size_t)st.st_size;
	d->data = realloc(d->data, d->size + 1);
	if (d->data == NULL || pread(fd, d->data, d->size, 0) != (ssize_t)d->size)
		abort();
}

/* xorshift: the same cut again for the same seed. */
static bool
heads(void)
{
	if (chance <= 1)
		return chance == 1;
	chance ^= chance << 13;
	chance ^= chance >> 7;
	chance ^= chance << 17;
	return (chance >> 20) & 1;
}

static void
cut_file(struct disk *d)
{
	struct stat st;
	int fd = real_open(d->path, O_RDWR);

	if (!d->known)
		return;
	/* A name that came or went and was not synced. */
	if (fd == -1) {
		if (!d->named || heads())
			return;
		fd = real_open(d->path, O_RDWR | O_CREAT, 0640);
	} else if (!d->named && !heads()) {
		real_unlink(d->path);
		return;
	}
	if (fd == -1 || fstat(fd, &st) == -1)
		abort();
	size_t now = (size_t)st.st_size;
	size_t room = now > d->size ? now : d->size;
	char *next = calloc(1, room + SECTOR), *old = calloc(1, room + SECTOR);
	if (next == NULL || old == NULL || pread(fd, next, now, 0) != (ssize_t)now)
		abort();
	memcpy(old, d->data != NULL ? d->data : "", d->size);
	for (size_t at = 0; at < room; at += SECTOR)
		if (memcmp(next + at, old + at, SECTOR) != 0 && !heads())
			memcpy(next + at, old + at, SECTOR);
	size_t size = heads() ? now : d->size;
	if (real_ftruncate(fd, 0) == -1 || real_pwrite(fd, next, size, 0) != (ssize_t)size)
		abort();
}

static void
moment(void)
{
	moments++;
	if (moments != cut_at)
		return;
	/* Mix the seed: neighbours shall not toss alike. */
	if (chance > 1)
		chance = chance * 0x9e3779b97f4a7c15u + (uint64_t)moments;
	for (int i = 0; i < 3; i++)
		cut_file(&disks[i]);
	kill(getpid(), SIGKILL);
}

static int
do_open(const char *path, int flags, mode_t mode)
{
	struct stat st;

	start();
	struct disk *d = disk_of(path);
	bool there = d != NULL && stat(path, &st) == 0;
	int fd = real_open(path, flags, mode);

	if (fd < 0 || fd >= FDS)
		return fd;
	opened[fd] = d;
	opened_folder[fd] = folder[0] != '\0' && strcmp(path, folder) == 0;
	/* What was there before this process is on the disk. */
	if (d != NULL && !d->known) {
		d->known = true;
		d->named = there;
		if (there)
			remember(d, fd);
	}
	return fd;
}

int
open(const char *path, int flags, ...)
{
	va_list ap;

	va_start(ap, flags);
	mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return do_open(path, flags, mode);
}

int
open64(const char *path, int flags, ...)
{
	va_list ap;

	va_start(ap, flags);
	mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return do_open(path, flags, mode);
}

int
close(int fd)
{
	start();
	if (fd >= 0 && fd < FDS) {
		opened[fd] = NULL;
		opened_folder[fd] = false;
	}
	return real_close(fd);
}

static struct disk *
watched(int fd)
{
	start();
	return fd >= 0 && fd < FDS ? opened[fd] : NULL;
}

ssize_t
write(int fd, const void *data, size_t n)
{
	if (watched(fd) != NULL)
		moment();
	return real_write(fd, data, n);
}

ssize_t
pwrite(int fd, const void *data, size_t n, off_t at)
{
	if (watched(fd) != NULL)
		moment();
	return real_pwrite(fd, data, n, at);
}

ssize_t
pwrite64(int fd, const void *data, size_t n, off64_t at)
{
	if (watched(fd) != NULL)
		moment();
	return real_pwrite(fd, data, n, at);
}

int
ftruncate(int fd, off_t size)
{
	if (watched(fd) != NULL)
		moment();
	return real_ftruncate(fd, size);
}

int
ftruncate64(int fd, off64_t size)
{
	if (watched(fd) != NULL)
		moment();
	return real_ftruncate(fd, size);
}

int
unlink(const char *path)
{
	start();
	if (disk_of(path) != NULL)
		moment();
	return real_unlink(path);
}

static int
do_sync(int fd)
{
	struct disk *d = watched(fd);

	if (d != NULL) {
		moment();
		remember(d, fd);
		return 0;
	}
	if (fd >= 0 && fd < FDS && opened_folder[fd]) {
		moment();
		for (int i = 0; i < 3; i++)
			disks[i].named = access(disks[i].path, F_OK) == 0;
		return 0;
	}
	return real_fsync(fd);
}

int
fsync(int fd)
{
	return do_sync(fd);
}

int
fdatasync(int fd)
{
	return do_sync(fd);
}
