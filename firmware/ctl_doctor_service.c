/* ctl_doctor_service.c - does fridged run, does it come back after a boot, and who hears
 * of it when something is wrong. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl_doctor.h"

static const char *const UNIT_NAMES[UNITS] = {
	[UNIT_FRIDGED] = "fridged.service", [UNIT_REPORT] = "fridge-report.timer",
	[UNIT_MAIL] = "fridge-mail.timer", [UNIT_BACKUP] = "fridge-backup.timer",
	/* What the timers start. */
	[UNIT_REPORT_RUN] = "fridge-report.service", [UNIT_MAIL_RUN] = "fridge-mail.service",
};

/* ---- what systemd says ---- */

/* One line of "systemctl show", KEY=VALUE. */
static void
take_property(struct unit *u, char *line)
{
	const struct {
		const char *key;
		char *to;
		size_t size;
	} texts[] = {
		{ "LoadState", u->load, sizeof u->load },
		{ "ActiveState", u->active, sizeof u->active },
		{ "UnitFileState", u->enabled, sizeof u->enabled },
		{ "Result", u->result, sizeof u->result },
	};
	char *value = strchr(line, '=');

	if (value == NULL)
		return;
	*value++ = '\0';
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (strcmp(line, texts[i].key) == 0)
			snprintf(texts[i].to, texts[i].size, "%s", value);
	if (strcmp(line, "PrivateNetwork") == 0)
		u->no_network = strcmp(value, "yes") == 0;
	for (int i = 0; i < UNITS && strcmp(line, "Id") == 0; i++)
		if (strcmp(UNIT_NAMES[i], value) == 0)
			u->name = UNIT_NAMES[i];
}

/* All lines of one unit, in whatever order systemd has them. */
static void
take_unit(struct doctor *d, char *lines)
{
	struct unit u = { .name = NULL };
	char *line;

	while ((line = strsep(&lines, "\n")) != NULL)
		take_property(&u, line);
	for (int i = 0; i < UNITS && u.name != NULL; i++)
		if (d->unit[i].name == u.name)
			d->unit[i] = u;
}

void
doctor_ask_units(struct doctor *d)
{
	enum { SHOW = 4 };
	const char *argv[SHOW + UNITS + 1] = { "systemctl", "show", "--no-pager",
		"--property=Id,LoadState,ActiveState,UnitFileState,Result,PrivateNetwork" };
	char path[4096], *rest, *end;
	struct helped h = { .out = NULL };

	for (int i = 0; i < UNITS; i++)
		argv[SHOW + i] = d->unit[i].name = UNIT_NAMES[i];
	snprintf(path, sizeof path, "%s/run/systemd/system", d->host.root);
	if (access(path, F_OK) == -1) {
		err_set(&d->no_units, ERR_REFUSED, NULL, "systemd does not run here");
		return;
	}
	int rc = ctl_program(argv, DOCTOR_SECONDS, &h, &d->no_units);
	if (rc == 0)
		err_set(&d->no_units, ERR_REFUSED, NULL, "there is no systemctl");
	if (rc <= 0 || h.out == NULL)
		return;
	/* An empty line parts them. */
	for (rest = h.out; (end = strstr(rest, "\n\n")) != NULL; rest = end + 2) {
		*end = '\0';
		take_unit(d, rest);
	}
	take_unit(d, rest);
	helped_free(&h);
}

static bool
is(const char *word, const char *other)
{
	return strcmp(word, other) == 0;
}

/* ---- fridged ---- */

void
doctor_fridged(struct doctor *d)
{
	const struct unit *u = &d->unit[UNIT_FRIDGED];
	bool known = d->no_units.kind == ERR_NONE;

	if (!d->running && !d->root && !(known && is(u->active, "inactive")))
		found_closed(d, "whether fridged has its store");
	else if (!d->running && known && is(u->active, "active"))
		found(d, FOUND_BROKEN, ctl_service(d->c, "restart"), "it runs, but on another store "
		    "than %s", d->c->session.config.store.path);
	else if (!d->running && known && is(u->active, "failed"))
		found(d, FOUND_BROKEN, "journalctl -u fridged -n 20; then: sudo systemctl restart fridged",
		    "it failed: no labels");
	else if (!d->running && known && is(u->active, "activating"))
		found(d, FOUND_BROKEN, "journalctl -u fridged -n 20; then: sudo systemctl restart fridged",
		    "it cannot begin, and tries again and again: no labels");
	else if (!d->running)
		found(d, FOUND_BROKEN, ctl_service(d->c, "start"), "it does not run: no labels");
	else if (d->said.version[0] != '\0' && !is(d->said.version, FRIDGE_VERSION))
		found(d, FOUND_WARNING, ctl_service(d->c, "restart"), "it runs in version %s, and %s "
		    "is installed", d->said.version, FRIDGE_VERSION);
	else
		found(d, FOUND_OK, NULL, "it runs, version %s", FRIDGE_VERSION);
}

void
doctor_boot(struct doctor *d)
{
	const struct unit *u = &d->unit[UNIT_FRIDGED];

	if (d->no_units.kind != ERR_NONE)
		found(d, FOUND_UNKNOWN, NULL, "%.280s", d->no_units.what);
	else if (!is(u->load, "loaded"))
		found(d, FOUND_BROKEN, "install fridge-label again; sudo systemctl daemon-reload",
		    "systemd has no %s", u->name);
	else if (is(u->enabled, "enabled") || is(u->enabled, "enabled-runtime"))
		found(d, FOUND_OK, NULL, "fridged starts when the machine does");
	else
		found(d, FOUND_BROKEN, "sudo systemctl enable fridged", "fridged does not start when the "
		    "machine does (%s)", u->enabled);
}

/* ---- who is told ---- */

bool
doctor_timer_is_off(struct doctor *d, int unit, const char *means)
{
	const struct unit *u = &d->unit[unit];
	char todo[80];

	if (d->no_units.kind != ERR_NONE) {
		found(d, FOUND_UNKNOWN, NULL, "whether %s is on: %.200s", u->name, d->no_units.what);
		return true;
	}
	if (is(u->active, "active"))
		return false;
	snprintf(todo, sizeof todo, "sudo systemctl enable --now %s", u->name);
	found(d, FOUND_WARNING, todo, "%s is not on: %s", u->name, means);
	return true;
}

/* Whether the last run of what a timer starts failed: then it is told. */
static bool
has_failed(struct doctor *d, int unit, const char *means)
{
	const struct unit *u = &d->unit[unit];
	char todo[80];

	if (u->result[0] == '\0' || is(u->result, "success"))
		return false;
	snprintf(todo, sizeof todo, "journalctl -u %s -n 20", u->name);
	found(d, FOUND_WARNING, todo, "the last run of %s failed (%s): %s", u->name, u->result, means);
	return true;
}

void
doctor_report(struct doctor *d)
{
	const struct config *config = &d->c->session.config;
	char when[32] = "daily";

	if (config->report.empty.how == EMPTY_NEVER) {
		found(d, FOUND_OK, NULL, "the fridge is never emptied: no slip, no mail");
		return;
	}
	if (config->report.empty.how == EMPTY_WEEKLY)
		snprintf(when, sizeof when, "%s", weekday_text(config->report.empty.weekday));
	if (!doctor_timer_is_off(d, UNIT_REPORT, "no report is made") &&
	    !has_failed(d, UNIT_REPORT_RUN, "no report was made"))
		found(d, FOUND_OK, NULL, "the fridge is emptied %s %02d:%02d", when,
		    config->report.empty.hour, config->report.empty.minute);
}

/* A line's program, as the shell finds it. */
static bool
is_there(const char *line, char *program, size_t size)
{
	char path[4096];

	snprintf(program, size, "%.*s", (int)strcspn(line, " \t"), line);
	return ctl_find_program(program, path, sizeof path);
}

void
doctor_mail(struct doctor *d)
{
	const struct config *config = &d->c->session.config;
	char program[CONFIG_TEXT];

	if (!config->report.owner_mail && config->report.mail_to[0] == '\0')
		found(d, FOUND_OK, NULL, "off");
	else if (!is_there(config->report.sendmail, program, sizeof program))
		found(d, FOUND_BROKEN, "sudo apt install msmtp-mta, and tell it your mail server in "
		    "/etc/msmtprc", "mail is on, and there is no program %s", program);
	else if (!doctor_timer_is_off(d, UNIT_MAIL, "no mail goes out") &&
	    !has_failed(d, UNIT_MAIL_RUN, "not all mail went out"))
		found(d, FOUND_OK, NULL, "on, by %s", program);
}

/* The first word of a command line may be the shell's own, or a variable: only a path
 * can be looked for. */
void
doctor_alert(struct doctor *d)
{
	const struct config *config = &d->c->session.config;
	const char *line = config->alert.command;
	char program[CONFIG_TEXT];

	if (line[0] == '/' && !is_there(line, program, sizeof program))
		found(d, FOUND_BROKEN, "sudo fridgectl config set alert.command COMMAND", "[alert] command: "
		    "there is no program %s", program);
	else if (line[0] != '\0')
		found(d, FOUND_OK, NULL, "a command is told of a fault after %d min%s",
		    config->alert.after_min, d->unit[UNIT_FRIDGED].no_network ?
		    "; it has no network (sudo fridgectl setup opens one)" : "");
	else if (config->indicator.fault[0] != '\0')
		found(d, FOUND_OK, NULL, "no command; the fault lamp blinks");
	else
		found(d, FOUND_WARNING, "sudo fridgectl setup --yes --no-print --alert 'mail -s fridge "
		    "office@example.com'", "nobody is told when labels stop coming: no command, no "
		    "fault lamp");
}
