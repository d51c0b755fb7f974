/* host_board.c - the board, what its firmware and its kernel were told, and its ports */
#include "host_impl.h"

#include <ctype.h>
#include <dirent.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- which board ---- */

/* By the beginning of what the device tree calls it, the longer ones first. */
static const struct {
	const char *name;
	int pi;
} BOARDS[] = {
	{ "Raspberry Pi Zero 2", 3 }, { "Raspberry Pi Zero", 1 }, { "Raspberry Pi Model", 1 },
	{ "Raspberry Pi Compute Module 3", 3 }, { "Raspberry Pi Compute Module 4", 4 },
	{ "Raspberry Pi Compute Module 5", 5 }, { "Raspberry Pi Compute Module", 1 },
	{ "Raspberry Pi 2", 2 }, { "Raspberry Pi 3", 3 }, { "Raspberry Pi 4", 4 },
	{ "Raspberry Pi 5", 5 },
};

static int
which_pi(const char *board)
{
	for (size_t i = 0; i < COUNT(BOARDS); i++)
		if (strncmp(board, BOARDS[i].name, strlen(BOARDS[i].name)) == 0)
			return BOARDS[i].pi;
	return 0;
}

/* ---- config.txt ---- */

/* Whether the lines below "[filter]" are for this board. What no file tells, such as a pin's
 * state, is taken for no. */
static bool
filter_fits(const struct host *h, const char *filter)
{
	static const struct {
		const char *filter, *boards;
		int pi;			/* 0: any */
	} FILTERS[] = {
		{ "all", "*", 0 },
		{ "pi0", "*Pi Zero*", 0 }, { "pi0w", "*Pi Zero*W*", 0 }, { "pi02", "*Pi Zero 2*", 0 },
		{ "pi1", "*", 1 }, { "pi2", "*", 2 }, { "pi3", "*", 3 }, { "pi4", "*", 4 },
		{ "pi5", "*", 5 }, { "pi3+", "*Pi 3 Model ? Plus*", 0 }, { "pi400", "*Pi 400*", 0 },
		{ "pi500", "*Pi 500*", 0 },
	};
	char boards[HOST_TEXT];

	for (size_t i = 0; i < COUNT(FILTERS); i++)
		if (strcmp(filter, FILTERS[i].filter) == 0)
			return (FILTERS[i].pi == 0 || (FILTERS[i].pi == h->pi &&
			    strstr(h->board, "Zero") == NULL)) &&
			    fnmatch(FILTERS[i].boards, h->board, 0) == 0;
	if (strncmp(filter, "cm", 2) != 0)
		return false;
	snprintf(boards, sizeof boards, "*Compute Module %.8s *", filter + 2);
	return fnmatch(boards, h->board, FNM_CASEFOLD) == 0;
}

static bool
is_on(const char *value)
{
	return value[0] == '\0' || strcmp(value, "on") == 0 || strcmp(value, "1") == 0 ||
	    strcmp(value, "true") == 0 || strcmp(value, "yes") == 0;
}

/* One of "dtparam=i2c_arm=on,spi=on", already apart. */
static void
take_param(struct host *h, char *param)
{
	static const struct {
		const char *name;
		size_t at;
	} FLAGS[] = {
		{ "i2c_arm", offsetof(struct host, i2c_on) }, { "i2c", offsetof(struct host, i2c_on) },
		{ "i2c1", offsetof(struct host, i2c_on) }, { "spi", offsetof(struct host, spi_on) },
		{ "uart0", offsetof(struct host, uart_on) },
	};
	char *value = strchr(param, '=');

	if (value != NULL)
		*value++ = '\0';
	for (size_t i = 0; i < COUNT(FLAGS); i++)
		if (strcmp(param, FLAGS[i].name) == 0)
			*(bool *)((char *)h + FLAGS[i].at) = is_on(value != NULL ? value : "");
	if (value != NULL && (strcmp(param, "i2c_arm_baudrate") == 0 ||
	    strcmp(param, "i2c_baudrate") == 0 || strcmp(param, "i2c1_baudrate") == 0))
		h->i2c_slow = atoi(value) <= 50000;
}

static void
take_overlay(struct host *h, const char *value)
{
	size_t n = strlen(h->overlays);

	snprintf(h->overlays + n, sizeof h->overlays - n, "%s%s", n > 0 ? " " : "", value);
	if (strncmp(value, "uart0", 5) == 0)
		h->uart_on = true;
	/* Made by software, it waits as long as the chip asks. */
	if (strncmp(value, "i2c-gpio", 8) == 0)
		h->i2c_slow = h->i2c_on = true;
}

static void
take_setting(struct host *h, char *line)
{
	char *value = strchr(line, '='), *save = NULL;

	if (value == NULL)
		return;
	*value++ = '\0';
	/* On a Raspberry Pi 5 that is the port between those of the screens: see port_is_debug. */
	if (strcmp(line, "enable_uart") == 0)
		h->uart_on = h->pi == 5 ? h->uart_on : atoi(value) != 0;
	else if (strcmp(line, "dtoverlay") == 0)
		take_overlay(h, value);
	else if (strcmp(line, "dtparam") == 0)
		for (char *p = strtok_r(value, ",", &save); p != NULL; p = strtok_r(NULL, ",", &save))
			take_param(h, p);
}

static void
look_boot(struct host *h)
{
	static const char *const FILES[] = { "/boot/firmware/config.txt", "/boot/config.txt" };
	char path[HOST_PATH], line[512];
	bool ours = true;
	FILE *f = NULL;

	for (size_t i = 0; i < COUNT(FILES) && f == NULL; i++) {
		host_path(h, path, "%s", FILES[i]);
		f = fopen(path, "re");
	}
	if (f == NULL)
		return;
	h->boot_told = true;
	while (fgets(line, sizeof line, f) != NULL) {
		char *text = line + strspn(line, " \t");
		text[strcspn(text, "#\r\n")] = '\0';
		for (size_t n = strlen(text); n > 0 && isspace((unsigned char)text[n - 1]);)
			text[--n] = '\0';
		if (text[0] == '[') {
			text[strcspn(text, "]")] = '\0';
			ours = filter_fits(h, text + 1);
		} else if (ours) {
			take_setting(h, text);
		}
	}
	fclose(f);
}

/* ---- the system ---- */

static void
look_system(struct host *h)
{
	char path[HOST_PATH], line[256];
	FILE *f;

	host_line(h, h->kernel, sizeof h->kernel, "/proc/sys/kernel/osrelease");
	host_path(h, path, "/etc/os-release");
	f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, "PRETTY_NAME=", 12) == 0) {
			const char *name = line + 12 + (line[12] == '"');
			snprintf(h->system, sizeof h->system, "%.*s", (int)strcspn(name, "\"\n"), name);
		}
	if (f != NULL)
		fclose(f);
}

/* /etc/localtime is a link into the zones; Debian has the name in a file too. */
static void
look_zone(struct host *h)
{
	static const char ZONES[] = "zoneinfo/";
	char path[HOST_PATH], target[HOST_PATH];

	host_path(h, path, "/etc/localtime");
	ssize_t n = readlink(path, target, sizeof target - 1);
	target[n > 0 ? n : 0] = '\0';
	const char *zone = strstr(target, ZONES);
	if (zone != NULL)
		snprintf(h->zone, sizeof h->zone, "%.*s", HOST_TEXT - 1, zone + sizeof ZONES - 1);
	else
		host_line(h, h->zone, sizeof h->zone, "/etc/timezone");
}

struct mount {
	char type[32], upper[HOST_PATH];	/* upper: of an overlay; "" */
	bool readonly;
};

static bool
is_below(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	return strcmp(folder, "/") == 0 ||
	    (strncmp(path, folder, n) == 0 && (path[n] == '/' || path[n] == '\0'));
}

static void
take_mount(char *options, const char *type, struct mount *out)
{
	char *save = NULL;

	*out = (struct mount){ .readonly = false };
	snprintf(out->type, sizeof out->type, "%s", type);
	for (char *o = strtok_r(options, ",\n", &save); o != NULL; o = strtok_r(NULL, ",\n", &save)) {
		out->readonly = out->readonly || strcmp(o, "ro") == 0;
		if (strncmp(o, "upperdir=", 9) == 0)
			snprintf(out->upper, sizeof out->upper, "%s", o + 9);
	}
}

/* The file system that a path is on: the last one mounted of the deepest. */
static bool
find_mount(const struct host *h, const char *path, struct mount *out)
{
	char list[HOST_PATH], *line = NULL;
	size_t size = 0, best = 0;

	host_path(h, list, "/proc/mounts");
	FILE *f = fopen(list, "re");
	while (f != NULL && getline(&line, &size, f) != -1) {
		char *save = NULL, *from = strtok_r(line, " ", &save);
		char *where = strtok_r(NULL, " ", &save), *type = strtok_r(NULL, " ", &save);
		char *options = strtok_r(NULL, " ", &save);
		if (from == NULL || options == NULL || !is_below(path, where) ||
		    strlen(where) < best)
			continue;
		best = strlen(where);
		take_mount(options, type, out);
	}
	if (f != NULL)
		fclose(f);
	free(line);
	return best > 0;
}

bool
host_forgets(const struct host *h, const char *path)
{
	struct mount m, upper;

	return find_mount(h, path, &m) && strcmp(m.type, "overlay") == 0 && m.upper[0] != '\0' &&
	    find_mount(h, m.upper, &upper) && strcmp(upper.type, "tmpfs") == 0;
}

void
host_look_board(struct host *h)
{
	struct mount root;

	if (!host_line(h, h->board, sizeof h->board, "/proc/device-tree/model"))
		host_line(h, h->board, sizeof h->board, "/sys/firmware/devicetree/base/model");
	h->pi = which_pi(h->board);
	look_boot(h);
	look_system(h);
	look_zone(h);
	h->root_readonly = find_mount(h, "/", &root) && root.readonly;
	h->has_watchdog = host_exists(h, "/sys/class/watchdog/watchdog0") ||
	    host_exists(h, "/dev/watchdog");
}

/* ---- ports without USB ---- */

static const struct {
	const char *driver, *node;
	bool pins;		/* of a board with pins; a PC has others of that name */
} PORTS[] = {
	{ "pn532_uart", "/dev/serial0", true }, { "pn532_uart", "/dev/ttyAMA0", true },
	{ "pn532_uart", "/dev/ttyS0", true }, { "pn532_uart", "/dev/ttyUSB0", false },
	{ "pn532_uart", "/dev/ttyACM0", false }, { "pn532_i2c", "/dev/i2c-1", true },
	{ "pn532_spi", "/dev/spidev0.0", true }, { "pn532_spi", "/dev/spidev0.1", true },
};
_Static_assert(COUNT(PORTS) <= HOST_PORTS, "room for each port");

static void
add_console(struct host *h, const char *port)
{
	char real[32] = "";

	if (strcmp(port, "serial0") == 0)
		host_link(h, real, sizeof real, "/dev/serial0");
	if (real[0] != '\0')
		port = real;
	for (int i = 0; i < h->consoles; i++)
		if (strcmp(h->console[i], port) == 0)
			return;
	if (h->consoles < HOST_CONSOLES_MAX)
		snprintf(h->console[h->consoles++], sizeof h->console[0], "%.31s", port);
}

/* The kernel's own, as in "console=serial0,115200". */
static void
look_kernel_consoles(struct host *h)
{
	char line[4096], *save = NULL;

	host_line(h, line, sizeof line, "/proc/cmdline");
	for (char *w = strtok_r(line, " ", &save); w != NULL; w = strtok_r(NULL, " ", &save)) {
		if (strncmp(w, "console=", 8) != 0)
			continue;
		w[strcspn(w, ",")] = '\0';
		/* tty1 and the like are on the screen. */
		if (strncmp(w + 8, "tty", 3) != 0 || !isdigit((unsigned char)w[11]))
			add_console(h, w + 8);
	}
}

/* Logins, as in serial-getty@ttyS0.service. */
static void
look_logins(struct host *h)
{
	static const char *const FOLDERS[] = {
		"/run/systemd/generator/getty.target.wants",
		"/etc/systemd/system/getty.target.wants",
	};
	static const char UNIT[] = "serial-getty@";
	char path[HOST_PATH], port[64], masked[64];

	for (size_t i = 0; i < COUNT(FOLDERS); i++) {
		host_path(h, path, "%s", FOLDERS[i]);
		DIR *dir = opendir(path);
		for (struct dirent *d; dir != NULL && (d = readdir(dir)) != NULL;) {
			if (strncmp(d->d_name, UNIT, sizeof UNIT - 1) != 0)
				continue;
			host_link(h, masked, sizeof masked, "/etc/systemd/system/%s", d->d_name);
			snprintf(port, sizeof port, "%.63s", d->d_name + sizeof UNIT - 1);
			port[strcspn(port, ".")] = '\0';
			if (strcmp(masked, "null") != 0)
				add_console(h, port);
		}
		if (dir != NULL)
			closedir(dir);
	}
}

bool
host_is_debug_socket(const struct host *h, const char *real)
{
	return h->pi == 5 && strcmp(real, "ttyAMA10") == 0;
}

bool
host_is_adapter(const char *node, const char *real)
{
	return strncmp(real, "ttyUSB", 6) == 0 || strncmp(real, "ttyACM", 6) == 0 ||
	    strncmp(node, "/dev/serial/by-", 15) == 0;
}

/* The name of an adapter's port that stays its own. */
static void
look_lasting(const struct host *h, struct host_port *p)
{
	static const char FOLDER[] = "/dev/serial/by-id";
	char path[HOST_PATH], real[sizeof p->real];

	host_path(h, path, "%s", FOLDER);
	DIR *dir = p->there && host_is_adapter(p->node, p->real) ? opendir(path) : NULL;
	for (struct dirent *d; dir != NULL && (d = readdir(dir)) != NULL;) {
		host_link(h, real, sizeof real, "%s/%s", FOLDER, d->d_name);
		if (strcmp(real, p->real) == 0 && snprintf(p->lasting, sizeof p->lasting, "%s/%s",
		    FOLDER, d->d_name) >= (int)sizeof p->lasting)
			p->lasting[0] = '\0';
	}
	if (dir != NULL)
		closedir(dir);
}

void
host_look_ports(struct host *h)
{
	host_link(h, h->bluetooth_port, sizeof h->bluetooth_port, "/dev/serial1");
	h->bluetooth_uart = h->bluetooth_port[0] != '\0';
	for (size_t i = 0; i < COUNT(PORTS); i++) {
		struct host_port *p = &h->port[h->ports++];
		p->driver = PORTS[i].driver;
		snprintf(p->node, sizeof p->node, "%s", PORTS[i].node);
		p->there = host_exists(h, "%s", p->node);
		host_link(h, p->real, sizeof p->real, "%s", p->node);
		if (p->real[0] == '\0')
			snprintf(p->real, sizeof p->real, "%.31s", strrchr(p->node, '/') + 1);
		/* A board with pins has a device tree, and that its name. */
		p->likely = p->there && (!PORTS[i].pins || h->board[0] != '\0') &&
		    strcmp(p->real, h->bluetooth_port) != 0 && !host_is_debug_socket(h, p->real);
		look_lasting(h, p);
	}
	look_kernel_consoles(h);
	look_logins(h);
}
