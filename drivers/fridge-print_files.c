/* fridge-print_files.c - the files that drawing and printing need, and no others. */
#include "fridge-print_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "confine.h"

#define FIXED (sizeof NEEDED / sizeof *NEEDED)

/* The key and the store are not among them, whoever's they are; /run holds credentials. */
static const struct confine_path NEEDED[] = {
	/* Libraries, fonts, the shipped templates, time zones. */
	{ "/usr", CONFINE_READ }, { "/lib", CONFINE_READ }, { "/lib64", CONFINE_READ },
	{ "/etc/ld.so.cache", CONFINE_READ }, { "/etc/localtime", CONFINE_READ },
	{ "/etc/fonts", CONFINE_READ }, { "/var/cache/fontconfig", CONFINE_READ },
	/* libcups, and the names of hosts. */
	{ "/etc/cups/client.conf", CONFINE_READ }, { "/etc/ssl", CONFINE_READ },
	{ "/etc/gnutls", CONFINE_READ }, { "/etc/papersize", CONFINE_READ },
	{ "/etc/passwd", CONFINE_READ }, { "/etc/group", CONFINE_READ },
	{ "/etc/nsswitch.conf", CONFINE_READ }, { "/etc/hosts", CONFINE_READ },
	{ "/etc/host.conf", CONFINE_READ }, { "/etc/gai.conf", CONFINE_READ },
	{ "/etc/services", CONFINE_READ }, { "/etc/protocols", CONFINE_READ },
	{ "/etc/resolv.conf", CONFINE_READ }, { "/run/systemd/resolve", CONFINE_READ },
	{ "/run/resolvconf", CONFINE_READ }, { "/run/NetworkManager", CONFINE_READ },
	/* Sanitizers read the program, wherever it lies. */
	{ "/proc/self", CONFINE_READ }, { "/proc/self/exe", CONFINE_READ },
	{ "/dev/null", CONFINE_DEVICE },
	{ "/dev/urandom", CONFINE_READ },
};

/* Where fontconfig keeps what it knows of the fonts: made here, as it lies in a folder
 * that cannot be written to any more. "" where there is no such place. */
static void
cache_folder(char *out, size_t size)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	out[0] = '\0';
	if (cache != NULL && cache[0] == '/')
		snprintf(out, size, "%s", cache);
	else if (home != NULL && home[0] == '/')
		snprintf(out, size, "%s/.cache", home);
	else
		return;
	mkdir(out, 0700);
	size_t len = strlen(out);
	if (snprintf(out + len, size - len, "/fontconfig") >= (int)(size - len))
		out[len] = '\0';
	else
		mkdir(out, 0700);
}

int
files_confine(const struct dirs *templates, struct err *e)
{
	char cache[4096];
	struct confine_path paths[FIXED + DIRS_MAX + 1];
	size_t n = FIXED;

	memcpy(paths, NEEDED, sizeof NEEDED);
	cache_folder(cache, sizeof cache);
	if (cache[0] != '\0')
		paths[n++] = (struct confine_path){ cache, CONFINE_KEEP };
	for (size_t i = 0; i < DIRS_MAX && templates->list[i] != NULL; i++)
		paths[n++] = (struct confine_path){ templates->list[i], CONFINE_READ };
	return confine_files(paths, n, e);
}
