/* fridge-reader_port.c - see fridge-reader_port.h */
#include "fridge-reader_port.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODYS ((gid_t)65534)		/* the kernel's number for a group unknown here */

const char *
trouble_text(enum trouble t)
{
	static const char *const TEXTS[] = {
		"none", "missing", "denied", "busy", "offline", "failed",
	};

	return TEXTS[t];
}

/* The file in "pn532_uart:/dev/ttyAMA0:115200", or for "acr122_usb:001:004" the
 * device file of that USB address; "" if it names none. */
static void
path_of(const char *connstring, char out[static PATH_MAX])
{
	const char *path = strchr(connstring, ':');
	unsigned bus, device;

	out[0] = '\0';
	if (path == NULL)
		return;
	path++;
	if (path[0] == '/')
		snprintf(out, PATH_MAX, "%.*s", (int)strcspn(path, ":"), path);
	else if (sscanf(path, "%3u:%3u", &bus, &device) == 2)
		snprintf(out, PATH_MAX, "/dev/bus/usb/%03u/%03u", bus, device);
}

static enum trouble
say_missing(const char *path, struct err *e)
{
	if (strncmp(path, "/dev/bus/usb/", 13) == 0)
		err_set(e, ERR_SYSTEM, "leave [reader] device empty: the numbers change "
		    "whenever a USB reader is plugged in", "no USB device at %s", path);
	else
		err_set(e, ERR_SYSTEM, "plug the reader in, or correct [reader] device",
		    "%s does not exist", path);
	return TROUBLE_MISSING;
}

static enum trouble
say_denied(const char *path, struct err *e)
{
	struct stat st;
	char todo[sizeof e->todo] = "give the service access to it";
	const struct passwd *user = getpwuid(geteuid());
	const struct group *group = stat(path, &st) == 0 ? getgrgid(st.st_gid) : NULL;

	/* Root's group is given to nobody: udev has not been at the device. In a service's own
	 * name space of users other groups than its own show as nobody's. */
	if (group != NULL && (group->gr_gid == 0 || (st.st_mode & 060) != 060))
		snprintf(todo, sizeof todo, "plug the reader in again, or: sudo udevadm trigger "
		    "--action=add");
	else if (group != NULL && group->gr_gid == NOBODYS)
		snprintf(todo, sizeof todo, "put the service's user into the group that "
		    "ls -l %.100s names, then start the service again", path);
	else if (user != NULL && group != NULL)
		snprintf(todo, sizeof todo, "sudo usermod -aG %s %s, then start the service again",
		    group->gr_name, user->pw_name);
	err_set(e, ERR_SYSTEM, todo, "no permission to use %s", path);
	return TROUBLE_DENIED;
}

static enum trouble
say_busy(const char *path, struct err *e)
{
	char todo[sizeof e->todo];

	snprintf(todo, sizeof todo, "end the program that \"sudo fuser -v %.150s\" names",
	    path);
	err_set(e, ERR_BUSY, todo, "another program is using %s", path);
	return TROUBLE_BUSY;
}

static enum trouble
say_open_failed(const char *path, int error, struct err *e)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
	case ENXIO:
	case ENODEV:
		return say_missing(path, e);
	case EACCES:
	case EPERM:
		return say_denied(path, e);
	case EBUSY:
		return say_busy(path, e);
	default:
		err_set(e, ERR_SYSTEM, NULL, "%s cannot be opened: %s", path, strerror(error));
		return TROUBLE_FAILED;
	}
}

static enum trouble
say_no_device(const char *path, bool serial, struct err *e)
{
	err_set(e, ERR_SYSTEM, "correct [reader] device", "%s is not a %s", path,
	    serial ? "serial port" : "device");
	return TROUBLE_FAILED;
}

/* Whether the connstring's driver talks to a serial port. */
static bool
wants_serial(const char *connstring)
{
	return strncmp(connstring, "pn532_uart:", 11) == 0 ||
	    strncmp(connstring, "acr122s:", 8) == 0 || strncmp(connstring, "arygon:", 7) == 0;
}

enum trouble
port_open(struct port *p, const char *connstring, struct err *e)
{
	struct stat st;

	p->fd = -1;
	path_of(connstring, p->path);
	if (p->path[0] == '\0')
		return TROUBLE_NONE;
	/* A file of another kind may not be opened by us at all. */
	if (stat(p->path, &st) == 0 && !S_ISCHR(st.st_mode))
		return say_no_device(p->path, wants_serial(connstring), e);
	int fd = open(p->path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		return say_open_failed(p->path, errno, e);
	if (fstat(fd, &st) == -1 || !S_ISCHR(st.st_mode) ||
	    (wants_serial(connstring) && !isatty(fd))) {
		close(fd);
		return say_no_device(p->path, wants_serial(connstring), e);
	}
	if (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		close(fd);
		return say_busy(p->path, e);
	}
	p->fd = fd;
	return TROUBLE_NONE;
}

void
port_close(struct port *p)
{
	if (p->fd != -1)
		close(p->fd);
	p->fd = -1;
}

bool
port_hung_up(const struct port *p)
{
	struct pollfd look = { .fd = p->fd };

	return p->fd != -1 && poll(&look, 1, 0) == 1 &&
	    (look.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}
