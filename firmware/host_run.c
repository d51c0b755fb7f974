/* host_run.c - which of the programs that matter to us run */
#include "host_impl.h"

#include <ctype.h>
#include <dirent.h>
#include <string.h>

/* As the kernel names a process: at most 15 characters. */
static const char *const NAMES[HOST_PROGRAMS] = {
	[HOST_FRIDGED] = "fridged", [HOST_CUPSD] = "cupsd",
	[HOST_CUPS_BROWSED] = "cups-browsed", [HOST_IPP_USB] = "ipp-usb",
	[HOST_PCSCD] = "pcscd", [HOST_MODEM_MANAGER] = "ModemManager",
	[HOST_BRLTTY] = "brltty",
};

const char *
host_program_name(enum host_program p)
{
	return NAMES[p];
}

void
host_look_programs(struct host *h)
{
	char path[HOST_PATH], name[64];
	DIR *dir;

	/* A /proc with hidepid shows one's own alone. */
	h->programs_told = host_line(h, name, sizeof name, "/proc/1/comm");
	host_path(h, path, "/proc");
	dir = opendir(path);
	for (struct dirent *d; dir != NULL && (d = readdir(dir)) != NULL;) {
		if (!isdigit((unsigned char)d->d_name[0]) ||
		    !host_line(h, name, sizeof name, "/proc/%s/comm", d->d_name))
			continue;
		for (int i = 0; i < HOST_PROGRAMS; i++)
			h->runs[i] = h->runs[i] || strcmp(name, NAMES[i]) == 0;
	}
	if (dir != NULL)
		closedir(dir);
}
