/* ctl_restore_next.c - what a restored fridge lacks on this machine, because no backup holds
 * it: the print queue, and what setup makes of the units. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../drivers/proto.h"
#include "ctl_restore.h"

#define QUEUES_S 20
#define SYSTEMCTL_S 30
#define LACKS 300
#define SERVICE "fridged.service"
#define MAIL_TIMER "fridge-mail.timer"

bool
restoring_unit_is(const char *unit, const char *property, const char *value)
{
	char wanted[64];
	const char *argv[] = { "systemctl", "show", wanted, "--value", unit, NULL };
	struct helped h = { .out = NULL };
	size_t n = strlen(value);
	struct err e;

	if (geteuid() != 0 || access("/run/systemd/system", F_OK) == -1)
		return false;
	snprintf(wanted, sizeof wanted, "--property=%s", property);
	bool is = ctl_program(argv, SYSTEMCTL_S, &h, &e) == 1 && h.out != NULL &&
	    strncmp(h.out, value, n) == 0 && h.out[n] == '\n';
	helped_free(&h);
	return is;
}

static void __attribute__((format(printf, 2, 3)))
lack(char lacks[static LACKS], const char *fmt, ...)
{
	size_t n = strlen(lacks);
	va_list ap;

	n += (size_t)snprintf(lacks + n, LACKS - n, "%s", n > 0 ? ", " : "");
	if (n >= LACKS)
		return;
	va_start(ap, fmt);
	vsnprintf(lacks + n, LACKS - n, fmt, ap);
	va_end(ap);
}

/* The queue of that name, or the default one where it is "": 1, 0 there is none; -1 CUPS
 * does not say. *network: who prints to it wants one. */
static int
find_queue(const char *name, bool *network, struct err *e)
{
	static const char *const ARGV[] = { "fridge-print", "--queues", NULL };
	struct helped h = { .out = NULL };
	struct proto_parts parts;
	char *rest, *line;
	bool found = false;

	if (ctl_helper_within(ARGV, QUEUES_S, &h, e) == -1)
		return -1;
	rest = h.out;
	while (!found && (line = strsep(&rest, "\n")) != NULL) {
		found = proto_parse(line, &parts) == 0 && (name[0] != '\0' ?
		    strcmp(parts.part[0].value, name) == 0 :
		    strcmp(proto_arg(&parts, 3), "default") == 0);
		*network = found && strcmp(proto_get(&parts, "network"), "yes") == 0;
	}
	helped_free(&h);
	return found;
}

static void
look_at_units(const struct config *c, bool network, char lacks[static LACKS])
{
	if ((c->report.mail_to[0] != '\0' || c->report.owner_mail) &&
	    restoring_unit_is(MAIL_TIMER, "UnitFileState", "disabled"))
		lack(lacks, MAIL_TIMER);
	if ((network || c->alert.command[0] != '\0') &&
	    restoring_unit_is(SERVICE, "PrivateNetwork", "yes"))
		lack(lacks, "a network for " SERVICE);
}

void
restoring_next(const struct restoring *r, const struct ctl *c, char todo[static RESTORE_TODO])
{
	const char *queue = r->config.printer.queue;
	bool service = strcmp(r->config_place, CONFIG_DEFAULT_FILE) == 0, network = false;
	char lacks[LACKS] = "", setup[PATH_MAX + 40];
	struct err why;
	int found = find_queue(queue, &network, &why);

	todo[0] = '\0';
	snprintf(setup, sizeof setup, "%sfridgectl%s%s setup", service ? "sudo " : "",
	    c->config_file != NULL ? " -c " : "", c->config_file != NULL ? c->config_file : "");
	if (found == 0 && queue[0] != '\0')
		lack(lacks, "the print queue %s", queue);
	else if (found == 0)
		lack(lacks, "a print queue");
	if (service)
		look_at_units(&r->config, network, lacks);
	if (found == -1)
		snprintf(todo, RESTORE_TODO, "%s; %s, then: %s", why.what,
		    why.todo[0] != '\0' ? why.todo : "mend that", setup);
	else if (lacks[0] != '\0')
		snprintf(todo, RESTORE_TODO, "this machine lacks %s: %s, which makes that and takes the "
		    "restored settings as defaults", lacks, setup);
}
