/* ctl_doctor_reader.c - is the reader there, may it be used, and what is in its way; and
 * the lamps. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ctl_doctor.h"
#include "trouble.h"

#define TROUBLES_MAX 6

void
doctor_machine(struct doctor *d)
{
	const struct host *h = &d->host;

	if (h->board[0] == '\0' && h->system[0] == '\0' && h->kernel[0] == '\0')
		found(d, FOUND_UNKNOWN, NULL, "it does not tell what it is");
	else
		found(d, FOUND_OK, NULL, "%s%s%s, kernel %s", h->board, h->board[0] != '\0' ? ", " : "",
		    h->system[0] != '\0' ? h->system : "an unknown system",
		    h->kernel[0] != '\0' ? h->kernel : "unknown");
}

/* ---- the reader ---- */

/* "what (try: todo)", as fridged hears it from the reader. */
static void
tell_said(struct doctor *d, const char *said)
{
	char what[sizeof d->said.reader];

	snprintf(what, sizeof what, "%s", said);
	char *todo = strstr(what, " (try: ");
	if (todo != NULL) {
		*todo = '\0';
		todo += strlen(" (try: ");
		todo[strcspn(todo, ")")] = '\0';
	}
	found(d, FOUND_BROKEN, todo, "%s", what);
}

/* Ask it ourselves: fridged does not. */
static void
try_reader(struct doctor *d)
{
	const char *device = d->c->session.config.reader.device;
	const char *const probe[] = { "fridge-reader", "--probe", device, NULL };
	const char *const list[] = { "fridge-reader", "--list", NULL };
	struct helped h = { .out = NULL };
	struct err e;

	if (ctl_helper_within(device[0] != '\0' ? probe : list, DOCTOR_SECONDS, &h, &e) == -1) {
		if (!d->root && strstr(e.what, "no permission") != NULL)
			found_closed(d, e.what);
		else if (device[0] == '\0' && e.kind == ERR_REFUSED)
			found(d, FOUND_BROKEN, "plug it in; one on a port must be named: sudo fridgectl "
			    "config set reader.device pn532_uart:/dev/serial0", "%.*s",
			    (int)strcspn(e.what, ";"), e.what);
		else
			found_err(d, e.kind == ERR_BUSY ? FOUND_UNKNOWN : FOUND_BROKEN, &e);
		return;
	}
	const char *name = h.out != NULL ? h.out : "";
	if (strncmp(name, "ready ", 6) == 0)
		name += 6;
	found(d, FOUND_OK, NULL, "%.*s answers", (int)strcspn(name, "\n"), name);
	helped_free(&h);
}

void
doctor_reader(struct doctor *d)
{
	const struct config *config = &d->c->session.config;

	if (d->running && d->no_store.kind != ERR_NONE)
		found_closed(d, "fridged has the reader, and what it says of it is in the store");
	else if (d->running && trouble_health(d->said.reader) == PRINTER_OK)
		found(d, FOUND_OK, NULL, "fridged reads badges");
	else if (d->running && trouble_health(d->said.reader) == PRINTER_UNKNOWN)
		found(d, FOUND_UNKNOWN, "fridgectl doctor, in a moment", "fridged is opening it");
	else if (d->running)
		tell_said(d, d->said.reader);
	else if (config->reader.helper[0] != '\0')
		found(d, FOUND_UNKNOWN, ctl_service(d->c, "start"), "[reader] helper names another "
		    "program, and only fridged runs it");
	else
		try_reader(d);
}

void
doctor_driver(struct doctor *d)
{
	const struct host *h = &d->host;
	const struct config *config = &d->c->session.config;
	struct host_trouble t[TROUBLES_MAX];
	int n;

	if (config->reader.helper[0] != '\0') {
		found(d, FOUND_UNKNOWN, NULL, "[reader] helper names another program: what is in its way "
		    "is not known here");
		return;
	}
	n = host_reader_troubles(h, config->reader.device, t, TROUBLES_MAX);
	for (int i = 0; i < n; i++)
		found(d, t[i].certain ? FOUND_BROKEN : FOUND_WARNING, t[i].todo, "%s", t[i].what);
	if (n > 0)
		return;
	if (!h->programs_told || (!h->usb_told && config->reader.device[0] == '\0'))
		found(d, FOUND_UNKNOWN, h->programs_told ? NULL : "sudo fridgectl doctor",
		    "the kernel does not tell %s", h->programs_told ? "what is on USB" : "what runs");
	else
		found(d, FOUND_OK, NULL, "nothing else holds the reader");
}

/* ---- permissions ---- */

/* Whether the service's user may read and write it: 1, 0, -1 nobody knows that user. */
static int
may_use(const struct doctor *d, const struct host_node *n)
{
	if (strcmp(d->user, "root") == 0 || (n->mode & 06) == 06)
		return 1;
	if (strcmp(d->user, n->user) == 0)
		return (n->mode & 0600) == 0600;
	int in = host_in_group(&d->host, d->user, n->group);
	return in == 1 ? (n->mode & 060) == 060 : in;
}

/* The file of the reader's device; false if there is none to look at. */
static bool
reader_node(const struct doctor *d, char *out, size_t size)
{
	const char *device = d->c->session.config.reader.device;
	const char *path = strchr(device, ':');

	if (path != NULL && path[1] == '/') {
		path++;
		snprintf(out, size, "%.*s", (int)strcspn(path, ":"), path);
		return true;
	}
	for (int i = 0; i < d->host.usbs; i++) {
		if (d->host.usb[i].kind != HOST_READER)
			continue;
		snprintf(out, size, "%s", d->host.usb[i].node);
		return out[0] != '\0';
	}
	return false;
}

/* What udev calls a device's kind. Its rules for owners count when one is added. */
static const char *
subsystem_of(const char *node)
{
	static const struct {
		const char *begins, *subsystem;
	} KINDS[] = {
		{ "/dev/bus/usb/", "usb" }, { "/dev/i2c-", "i2c-dev" }, { "/dev/spidev", "spidev" },
	};

	for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
		if (strncmp(node, KINDS[i].begins, strlen(KINDS[i].begins)) == 0)
			return KINDS[i].subsystem;
	return "tty";
}

void
doctor_permissions(struct doctor *d)
{
	char node[CONFIG_TEXT], todo[300];
	struct host_node n;

	if (d->user[0] == '\0') {
		found(d, FOUND_UNKNOWN, NULL, "the store's folder is not there, and with it the "
		    "service's user");
		return;
	}
	int got = reader_node(d, node, sizeof node) ? host_node(&d->host, node, &n) : 0;
	if (got == -1) {
		found_closed(d, node);
		return;
	}
	if (got == 0) {
		found(d, FOUND_UNKNOWN, NULL, "there is no reader's device to look at");
		return;
	}
	int may = may_use(d, &n);
	if (may == 1) {
		found(d, FOUND_OK, NULL, "user %s may use %s", d->user, node);
	} else if (may == -1) {
		found(d, FOUND_BROKEN, "sudo systemd-sysusers", "there is no user %s in /etc/passwd",
		    d->user);
	} else if (host_in_group(&d->host, d->user, n.group) == 0 && (n.mode & 060) == 060 &&
	    strcmp(n.group, "root") != 0) {
		snprintf(todo, sizeof todo, "sudo usermod -aG %s %s; %s", n.group, d->user,
		    ctl_service(d->c, "restart"));
		found(d, FOUND_BROKEN, todo, "user %s may not use %s: it is not in group %s", d->user,
		    node, n.group);
	} else {
		snprintf(todo, sizeof todo, "sudo udevadm trigger --action=add --subsystem-match=%s; or "
		    "plug the reader in again", subsystem_of(node));
		found(d, FOUND_BROKEN, todo, "user %s may not use %s: it belongs to %s:%s with mode %04o",
		    d->user, node, n.user, n.group, n.mode & 07777);
	}
}

/* ---- lamps and the watchdog ---- */

static void
look_at_lamp(struct doctor *d, const char *key, const char *name, int *good)
{
	const struct config *config = &d->c->session.config;
	char path[3 * CONFIG_TEXT], todo[300];
	struct host_node n;

	snprintf(path, sizeof path, "%s/%s/brightness", config->indicator.leds, name);
	int got = host_node(&d->host, path, &n);
	if (got == -1) {
		found_closed(d, path);
	} else if (got == 0) {
		snprintf(todo, sizeof todo, "ls %.150s; a lamp on a pin is a line of config.txt: "
		    "dtoverlay=gpio-led,gpio=17,label=%.40s", config->indicator.leds, name);
		found(d, FOUND_WARNING, todo, "[indicator] %s: there is no lamp %s", key, name);
	} else if (d->user[0] != '\0' && may_use(d, &n) == 0) {
		found(d, FOUND_WARNING, "sudo udevadm trigger --subsystem-match=leds",
		    "[indicator] %s: user %s may not switch %s", key, d->user, name);
	} else {
		(*good)++;
	}
}

void
doctor_lamps(struct doctor *d)
{
	const struct config *config = &d->c->session.config;
	const struct {
		const char *key, *name;
	} lamps[] = {
		{ "ok", config->indicator.ok }, { "name", config->indicator.name },
		{ "fault", config->indicator.fault }, { "buzzer", config->indicator.buzzer },
	};
	int good = 0, before = d->findings;

	for (size_t i = 0; i < sizeof lamps / sizeof *lamps; i++)
		if (lamps[i].name[0] != '\0')
			look_at_lamp(d, lamps[i].key, lamps[i].name, &good);
	if (good > 0)
		found(d, FOUND_OK, NULL, "%d of [indicator] can be switched", good);
	else if (d->findings == before)
		found(d, FOUND_OK, NULL, "none in [indicator]");
}

/* Whether a line of this file, "RuntimeWatchdogSec=1min", lets systemd feed it. */
static bool
is_fed(const struct host *h, const char *folder, const char *name)
{
	char path[4096], line[256], value[64];
	bool fed = false;

	snprintf(path, sizeof path, "%s%s/%s", h->root, folder, name);
	FILE *f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		if (sscanf(line, " RuntimeWatchdogSec = %63s", value) == 1)
			fed = strcmp(value, "0") != 0 && strcmp(value, "off") != 0;
	if (f != NULL)
		fclose(f);
	return fed;
}

static bool
is_fed_by_any(const struct host *h)
{
	static const char *const FOLDERS[] = {
		"/etc/systemd/system.conf.d", "/run/systemd/system.conf.d",
		"/usr/lib/systemd/system.conf.d", "/lib/systemd/system.conf.d",
	};
	bool fed = is_fed(h, "/etc/systemd", "system.conf");
	char path[4096];

	for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++) {
		snprintf(path, sizeof path, "%s%s", h->root, FOLDERS[i]);
		DIR *dir = opendir(path);
		for (struct dirent *e; !fed && dir != NULL && (e = readdir(dir)) != NULL;)
			fed = e->d_name[0] != '.' && is_fed(h, FOLDERS[i], e->d_name);
		if (dir != NULL)
			closedir(dir);
	}
	return fed;
}

void
doctor_watchdog(struct doctor *d)
{
	const struct host *h = &d->host;

	if (!h->has_watchdog)
		found(d, FOUND_OK, NULL, "this machine has none");
	else if (is_fed_by_any(h))
		found(d, FOUND_OK, NULL, "it restarts the machine if that hangs");
	else if (h->pi != 0)
		found(d, FOUND_WARNING, "sudo mkdir -p /etc/systemd/system.conf.d; printf "
		    "'[Manager]\\nRuntimeWatchdogSec=15s\\n' | sudo tee "
		    "/etc/systemd/system.conf.d/watchdog.conf; sudo systemctl daemon-reexec",
		    "the board has one, and systemd does not use it: a hang stays");
	else
		found(d, FOUND_OK, NULL, "there is one, and systemd does not use it");
}
