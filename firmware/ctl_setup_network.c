/* ctl_setup_network.c - a network for the service: its unit has none, and network.conf, a
 * drop-in that is installed with it, opens one where something needs it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl_setup.h"

#define FILE_MAX 8192
#define NAME "network.conf"
/* What the drop-in as it is shipped does not open, and an alert may need. */
#define INTERNET "# [alert] command may send anywhere.\nIPAddressAllow=any\n"
_Static_assert(FILE_MAX + sizeof INTERNET <= SETUP_DROP_IN, "room for both");

static enum setup_network
wanted(const struct setup *s)
{
	return s->next.alert.command[0] != '\0' ? NETWORK_ALL :
	    s->next.printer.queue[0] != '\0' ? s->queue.network : NETWORK_UNKNOWN;
}

/* A whole small file as a text: 1; 0 there is none; -1 it cannot be read, or is too long. */
static int
read_text(const char *path, char out[static FILE_MAX])
{
	FILE *f = fopen(path, "re");

	out[0] = '\0';
	if (f == NULL)
		return errno == ENOENT ? 0 : -1;
	size_t n = fread(out, 1, FILE_MAX - 1, f);
	bool whole = n < FILE_MAX - 1 && ferror(f) == 0;
	fclose(f);
	out[n] = '\0';
	return whole ? 1 : -1;
}

/* The drop-in as it is shipped: beside the templates, or where the sources have it. */
static bool
read_shipped(const struct setup *s, char out[static FILE_MAX])
{
	static const char *const BESIDE[] = { "..", "../systemd" };
	struct template_dirs dirs;
	char path[PATH_MAX + 40];
	const char *last = "";

	config_templates(&s->next, &dirs);
	for (size_t i = 0; dirs.list[i] != NULL; i++)
		last = dirs.list[i];
	for (size_t i = 0; i < sizeof BESIDE / sizeof *BESIDE; i++) {
		snprintf(path, sizeof path, "%s/%s/" NAME, last, BESIDE[i]);
		if (read_text(path, out) == 1)
			return true;
	}
	return false;
}

bool
setup_network_for_alert(const struct setup *s, char out[static SETUP_DROP_IN])
{
	if (!read_shipped(s, out))
		return false;
	strcat(out, INTERNET);
	return true;
}

/* Which of ours the file is; NETWORK_UNKNOWN: somebody else's. */
static enum setup_network
is_now(const char *path, const char *shipped, char have[static FILE_MAX])
{
	size_t n = strlen(shipped);

	switch (read_text(path, have)) {
	case 0:
		return NETWORK_NONE;
	case 1:
		if (strncmp(have, shipped, n) == 0 && have[n] == '\0')
			return NETWORK_OFFICE;
		if (strncmp(have, shipped, n) == 0 && strcmp(have + n, INTERNET) == 0)
			return NETWORK_ALL;
	}
	return NETWORK_UNKNOWN;
}

static int
put(const char *folder, const char *path, const char *shipped, enum setup_network want,
    struct err *e)
{
	char text[FILE_MAX + sizeof INTERNET];
	struct publish p;

	int n = snprintf(text, sizeof text, "%s%s", shipped, want == NETWORK_ALL ? INTERNET : "");
	if (mkdir(folder, 0755) == -1 && errno != EEXIST)
		return err_set(e, ERR_SYSTEM, NULL, "cannot make %s: %s", folder, strerror(errno));
	if (publish_begin(&p, path, 0644, e) == -1)
		return -1;
	return publish_text(&p, text, (size_t)n, PUBLISH_LASTING, e);
}

bool
setup_network(struct setup *s, const char *folder)
{
	static const char *const SAID[] = {
		[NETWORK_NONE] = "needs no network, and has none any more",
		[NETWORK_OFFICE] = "may use the office's network, to ask printer and CUPS",
		[NETWORK_ALL] = "may use the network, for the alert command",
	};
	enum setup_network want = wanted(s), now;
	char shipped[FILE_MAX], have[FILE_MAX], path[PATH_MAX];
	struct err e = { .kind = ERR_NONE };

	snprintf(path, sizeof path, "%s/" NAME, folder);
	if (want == NETWORK_UNKNOWN || !read_shipped(s, shipped) ||
	    (now = is_now(path, shipped, have)) == want)
		return false;
	if (now == NETWORK_UNKNOWN) {
		setup_say("%s is not as setup makes it: it stays.", path);
		return false;
	}
	if (want != NETWORK_NONE)
		put(folder, path, shipped, want, &e);
	else if (unlink(path) == -1)
		err_set(&e, ERR_SYSTEM, NULL, "cannot remove %s: %s", path, strerror(errno));
	else
		rmdir(folder);		/* unless somebody has more in it */
	if (e.kind != ERR_NONE) {
		err_within(&e, "fridged's network is as it was");
		setup_failed(s, &e);
		return false;
	}
	setup_say("fridged %s (%s).", SAID[want], path);
	return true;
}
