/* host.c - see host.h */
#include "host_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- files below the root ---- */

static void __attribute__((format(printf, 3, 0)))
path_to(const struct host *h, char out[static HOST_PATH], const char *fmt, va_list ap)
{
	size_t n = (size_t)snprintf(out, HOST_PATH, "%s", h->root);

	/* What is too long is no path of any system: it will not be there. */
	vsnprintf(out + n, HOST_PATH - n, fmt, ap);
}

void
host_path(const struct host *h, char out[static HOST_PATH], const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	path_to(h, out, fmt, ap);
	va_end(ap);
}

bool
host_exists(const struct host *h, const char *fmt, ...)
{
	char path[HOST_PATH];
	va_list ap;

	va_start(ap, fmt);
	path_to(h, path, fmt, ap);
	va_end(ap);
	return access(path, F_OK) == 0;
}

bool
host_line(const struct host *h, char *out, size_t size, const char *fmt, ...)
{
	char path[HOST_PATH];
	va_list ap;

	va_start(ap, fmt);
	path_to(h, path, fmt, ap);
	va_end(ap);
	out[0] = '\0';
	/* A file that nobody writes to, or a pipe in a strange tree, must not hold us up. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd == -1)
		return false;
	ssize_t got = read(fd, out, size - 1);
	close(fd);
	if (got < 0) {
		out[0] = '\0';
		return false;
	}
	out[got] = '\0';	/* a device tree's texts end in a NUL of their own */
	size_t n = strcspn(out, "\n");
	while (n > 0 && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
	for (char *p = out; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	return true;
}

void
host_link(const struct host *h, char *out, size_t size, const char *fmt, ...)
{
	char path[HOST_PATH], target[HOST_PATH];
	va_list ap;

	va_start(ap, fmt);
	path_to(h, path, fmt, ap);
	va_end(ap);
	ssize_t n = readlink(path, target, sizeof target - 1);
	target[n > 0 ? n : 0] = '\0';
	const char *slash = strrchr(target, '/');
	snprintf(out, size, "%s", slash != NULL ? slash + 1 : target);
}

/* ---- users and rights ---- */

static FILE *
open_list(const struct host *h, const char *name)
{
	char path[HOST_PATH];

	host_path(h, path, "%s", name);
	return fopen(path, "re");
}

void
host_user(const struct host *h, unsigned uid, char *out, size_t size)
{
	FILE *f = open_list(h, "/etc/passwd");
	const struct passwd *pw = NULL;

	snprintf(out, size, "%u", uid);
	if (f == NULL)
		return;
	do
		pw = fgetpwent(f);
	while (pw != NULL && pw->pw_uid != uid);
	if (pw != NULL)
		snprintf(out, size, "%s", pw->pw_name);
	fclose(f);
}

static void
name_group(const struct host *h, gid_t gid, char *out, size_t size)
{
	FILE *f = open_list(h, "/etc/group");
	const struct group *gr = NULL;

	snprintf(out, size, "%u", (unsigned)gid);
	if (f == NULL)
		return;
	do
		gr = fgetgrent(f);
	while (gr != NULL && gr->gr_gid != gid);
	if (gr != NULL)
		snprintf(out, size, "%s", gr->gr_name);
	fclose(f);
}

int
host_node(const struct host *h, const char *path, struct host_node *out)
{
	char full[HOST_PATH];
	struct stat st;

	host_path(h, full, "%s", path);
	*out = (struct host_node){ .size = 0 };
	if (stat(full, &st) == -1)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
	host_user(h, st.st_uid, out->user, sizeof out->user);
	name_group(h, st.st_gid, out->group, sizeof out->group);
	out->mode = st.st_mode;
	out->size = st.st_size;
	return 1;
}

int
host_in_group(const struct host *h, const char *user, const char *group)
{
	gid_t own = 0;
	bool known = false, in = false;
	FILE *f = open_list(h, "/etc/passwd");

	if (f == NULL)
		return -1;
	for (const struct passwd *pw; !known && (pw = fgetpwent(f)) != NULL;) {
		known = strcmp(pw->pw_name, user) == 0;
		own = pw->pw_gid;
	}
	fclose(f);
	f = known ? open_list(h, "/etc/group") : NULL;
	if (f == NULL)
		return -1;
	for (const struct group *gr; !in && (gr = fgetgrent(f)) != NULL;) {
		if (strcmp(gr->gr_name, group) != 0)
			continue;
		in = gr->gr_gid == own;
		for (char **m = gr->gr_mem; !in && *m != NULL; m++)
			in = strcmp(*m, user) == 0;
	}
	fclose(f);
	return in;
}

/* ---- all of it ---- */

void
host_look(const char *root, struct host *out)
{
	struct host new = { .pi = 0 };

	snprintf(new.root, sizeof new.root, "%s", root);
	*out = new;
	host_look_board(out);
	host_look_ports(out);
	host_look_usb(out);
	host_look_programs(out);
}
