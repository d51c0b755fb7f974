/* confine.h - what a helper can do from now on, once it knows what it needs.
 *
 * A helper takes in what others made: cards' answers, templates, names, what a printer
 * says. Whoever takes it over that way must find nothing to go on with: no program to
 * start, no file but the helper's own, no port to listen at. This holds whoever starts
 * it; the unit's shields come on top. The only module that knows Landlock and seccomp
 * (libseccomp). Nothing here can be taken back, and children inherit all of it.
 */
#ifndef FRIDGE_CONFINE_H
#define FRIDGE_CONFINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../firmware/err.h"

struct confine_limits {
	uint64_t memory;	/* bytes of address space; not with sanitizers */
	unsigned files;		/* open at a time */
};

/* Set limits, leave no core file (it would hold names or numbers), gain no rights by
 * starting something. There is no limit of time: the kernel counts a whole life, and a
 * helper lives for months; fridged ends one that does not answer. */
void confine_limits(const struct confine_limits *limits);

/* Refuse, with EPERM, what no helper has a use for: starting programs, listening,
 * looking into other processes, mounts, name spaces, modules, keys, clocks. Unless
 * network, sockets of the Internet too. 0, or -1 with ERR_SYSTEM: the kernel has no
 * filters, and nothing was changed. */
int confine_calls(bool network, struct err *e);

enum confine_use {
	CONFINE_READ,		/* files and folders */
	CONFINE_KEEP,		/* and make, change and remove files: a cache */
	CONFINE_DEVICE,		/* read, write and ioctl what is there already */
};
/* A file, or a folder with all that is or comes below it. */
struct confine_path {
	const char *path;	/* one that does not exist is passed over; NULL too */
	enum confine_use use;
};

/* Open no file but these from now on, and start no program. Sockets that have a name in
 * the file system can be reached as before. 1, 0 with *e: this kernel has no Landlock,
 * nothing was changed; -1 with ERR_SYSTEM. Before other threads start: it holds for the
 * one that calls and those it starts. */
int confine_files(const struct confine_path *paths, size_t count, struct err *e);

#endif
