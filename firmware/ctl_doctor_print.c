/* ctl_doctor_print.c - is there a queue, does its printer print, do the labels fit, and
 * have the fonts what names are made of. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../drivers/proto.h"
#include "ctl_doctor.h"
#include "trouble.h"

#define TROUBLES_MAX 4

/* ---- the queue ---- */

static void
take_pairs(struct queue_line *q, const struct proto_parts *p)
{
	const struct {
		const char *key;
		char *text;
		size_t size;
	} pairs[] = {
		{ "device", q->device, sizeof q->device }, { "model", q->model, sizeof q->model },
		{ "error_policy", q->error_policy, sizeof q->error_policy },
		{ "op_policy", q->op_policy, sizeof q->op_policy },
		{ "why", q->why, sizeof q->why }, { "todo", q->todo, sizeof q->todo },
	};

	snprintf(q->name, sizeof q->name, "%s", p->part[0].value);
	snprintf(q->state, sizeof q->state, "%s", proto_arg(p, 1));
	snprintf(q->reasons, sizeof q->reasons, "%s", proto_arg(p, 2));
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		snprintf(pairs[i].text, pairs[i].size, "%s", proto_get(p, pairs[i].key));
	q->feedback = strcmp(proto_get(p, "feedback"), "yes") == 0;
	q->wants_network = strcmp(proto_get(p, "network"), "yes") == 0;
}

/* The configured queue among all lines, or the default one; names gets all of them. */
static bool
find_queue(struct doctor *d, char *lines, char *names, size_t size)
{
	const char *wanted = d->c->session.config.printer.queue;
	struct proto_parts p;
	char *line;
	size_t n = 0;
	bool got = false;

	while ((line = strsep(&lines, "\n")) != NULL) {
		if (proto_parse(line, &p) == -1)
			continue;
		n += (size_t)snprintf(names + n, size - n, "%s%s", n > 0 ? ", " : "",
		    p.part[0].value);
		n = n < size ? n : size - 1;
		if (wanted[0] != '\0' ? strcmp(p.part[0].value, wanted) == 0 :
		    strcmp(proto_arg(&p, 3), "default") == 0) {
			take_pairs(&d->queue, &p);
			got = true;
		}
	}
	return got;
}

void
doctor_ask_queue(struct doctor *d)
{
	static const char *const ARGV[] = { "fridge-print", "--queues", NULL };
	const char *wanted = d->c->session.config.printer.queue;
	struct helped h = { .out = NULL };
	char names[160] = "";

	if (ctl_helper_within(ARGV, DOCTOR_SECONDS, &h, &d->no_queue) == -1) {
		d->queue_late = d->no_queue.kind == ERR_BUSY;
		return;
	}
	d->queues = h.out != NULL ? strdup(h.out) : NULL;
	bool got = find_queue(d, h.out, names, sizeof names);
	helped_free(&h);
	if (got)
		return;
	if (names[0] == '\0')
		err_set(&d->no_queue, ERR_REFUSED, "sudo fridgectl setup, which finds printers and makes "
		    "a queue", "CUPS has no print queue");
	else if (wanted[0] == '\0')
		err_set(&d->no_queue, ERR_REFUSED, "sudo fridgectl config set printer.queue NAME",
		    "no queue is configured and CUPS has no default one; there is: %s", names);
	else
		err_set(&d->no_queue, ERR_REFUSED, "sudo fridgectl config set printer.queue NAME",
		    "print queue %s does not exist; there is: %s", wanted, names);
}

/* Whether a printer is named by the number of its address, which is another's one day: not
 * this machine's own. host gets it. */
static bool
is_by_number(const char *uri, char *host, size_t size)
{
	struct in6_addr v6;
	struct in_addr v4;
	const char *at = strstr(uri, "://");

	if (at == NULL)
		return false;
	at += 3;
	const char *user = memchr(at, '@', strcspn(at, "/"));
	at = user != NULL ? user + 1 : at;
	if (*at == '[') {
		snprintf(host, size, "%.*s", (int)strcspn(at + 1, "]%/"), at + 1);
		return inet_pton(AF_INET6, host, &v6) == 1 && !IN6_IS_ADDR_LOOPBACK(&v6);
	}
	snprintf(host, size, "%.*s", (int)strcspn(at, ":/?"), at);
	return inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 != IN_LOOPBACKNET;
}

/* What CUPS has as its device is not in the helper's line, which may be logged. */
static void
look_at_address(struct doctor *d)
{
	const struct queue_line *q = &d->queue;
	const char *argv[] = { "lpstat", "-v", q->name, NULL };
	struct helped h = { .out = NULL };
	struct err ignored;
	char host[64];

	if (strcmp(q->device, "usb") == 0 ||
	    ctl_program(argv, DOCTOR_SECONDS, &h, &ignored) != 1)
		return;
	if (h.out != NULL && is_by_number(h.out, host, sizeof host))
		found(d, FOUND_WARNING, "sudo fridgectl setup, or sudo lpadmin with its host name; or "
		    "give it that address for good in the router", "%s is at %s by number: another "
		    "device may have that after a power cut", q->name, host);
	helped_free(&h);
}

void
doctor_queue(struct doctor *d)
{
	const struct queue_line *q = &d->queue;
	bool spoken = d->c->session.config.printer.language[0] != '\0';
	int before = d->findings;
	char todo[300];

	if (d->no_queue.kind != ERR_NONE) {
		found_err(d, d->queue_late ? FOUND_UNKNOWN : FOUND_BROKEN, &d->no_queue);
		return;
	}
	if (strstr(q->reasons, "not-accepting-jobs") != NULL) {
		snprintf(todo, sizeof todo, "sudo cupsaccept %s", q->name);
		found(d, FOUND_BROKEN, todo, "%s takes no jobs", q->name);
	}
	if (q->why[0] != '\0' && !spoken)
		found(d, FOUND_BROKEN, q->todo, "%.280s", q->why);
	if (strcmp(q->error_policy, "abort-job") != 0) {
		snprintf(todo, sizeof todo, "sudo lpadmin -p %s -o printer-error-policy=abort-job",
		    q->name);
		found(d, FOUND_WARNING, todo, "%s has the error policy %s: a failed label stops it or "
		    "comes again", q->name, q->error_policy);
	}
	if (strcmp(q->op_policy, "default") != 0) {
		snprintf(todo, sizeof todo, "sudo lpadmin -p %s -o printer-op-policy=default", q->name);
		found(d, FOUND_WARNING, todo, "%s has the policy %s: it may ask for a password, or keep "
		    "the service from its own jobs", q->name, q->op_policy);
	}
	if (q->wants_network && d->unit[UNIT_FRIDGED].no_network)
		found(d, FOUND_WARNING, "sudo fridgectl setup", "fridged has no network to ask %s by: a "
		    "printer without paper shows only at a tap", q->name);
	look_at_address(d);
	if (d->findings == before)
		found(d, FOUND_OK, NULL, "%s by %s: %s", q->name, q->device, q->model);
}

/* ---- the printer ---- */

/* What to do is a command, or words for people: "run: " and the like go before it. */
static void
tell_trouble(struct doctor *d, const char *text)
{
	static const char *const BEFORE[] = { "run: ", "see: ", "try: " };
	char cause[TROUBLE_SIZE], todo[TROUBLE_SIZE];
	size_t skip = 0;

	trouble_part(text, cause, todo);
	for (size_t i = 0; i < sizeof BEFORE / sizeof *BEFORE; i++)
		if (strncmp(todo, BEFORE[i], strlen(BEFORE[i])) == 0)
			skip = strlen(BEFORE[i]);
	found(d, FOUND_BROKEN, todo + skip, "%s", cause);
}

static void
tell_health(struct doctor *d, enum printer_health health, const char *text)
{
	const struct queue_line *q = &d->queue;

	if (health == PRINTER_TROUBLE)
		tell_trouble(d, text);
	else if (health == PRINTER_UNKNOWN)
		found(d, FOUND_UNKNOWN, NULL, "%s", text);
	else if (d->running)
		found(d, FOUND_OK, NULL, "%s", q->feedback || d->no_queue.kind != ERR_NONE ?
		    "ready" : "the queue is ready; this printer tells nothing of itself");
	else
		found(d, FOUND_UNKNOWN, ctl_service(d->c, "start"), "the queue is ready; the printer "
		    "itself is asked by fridged, and that does not run");
}

void
doctor_printer(struct doctor *d)
{
	struct queue_line *q = &d->queue;
	struct printer_words w = { .job = 0 };
	struct host_trouble t[TROUBLES_MAX];
	char text[TROUBLE_SIZE], uri[40];
	int before = d->findings;

	snprintf(uri, sizeof uri, "%s:", q->device);
	int n = host_printer_troubles(&d->host, q->device[0] != '\0' ? uri : "", t, TROUBLES_MAX);
	for (int i = 0; i < n; i++)
		found(d, t[i].certain ? FOUND_BROKEN : FOUND_WARNING, t[i].todo, "%s", t[i].what);
	snprintf(text, sizeof text, "%s", d->said.printer);
	if (d->running && text[0] != '\0') {
		tell_health(d, trouble_health(text), text);
	} else if (d->no_queue.kind == ERR_NONE) {
		snprintf(w.state, sizeof w.state, "%s", q->state);
		snprintf(w.reasons, sizeof w.reasons, "%s", q->reasons);
		snprintf(w.queue, sizeof w.queue, "%s", q->name);
		snprintf(w.model, sizeof w.model, "%s", q->model);
		enum printer_health health = trouble_text(&w, q->name, text);
		tell_health(d, health, text);
	} else if (d->findings == before) {
		found(d, FOUND_UNKNOWN, NULL, "without its queue it cannot be asked");
	}
}

/* ---- labels and fonts ---- */

struct template_view {
	int errors, warnings;
	char what[280], todo[240];	/* of the first, the worst */
};

static void
take_finding(void *arg, const struct template_finding *f)
{
	struct template_view *v = arg;

	if (v->errors + v->warnings == 0 || (f->is_error && v->errors == 0)) {
		snprintf(v->what, sizeof v->what, "%s", f->what);
		snprintf(v->todo, sizeof v->todo, "%s", f->todo);
	}
	v->errors += f->is_error;
	v->warnings += !f->is_error;
}

void
doctor_media(struct doctor *d)
{
	const struct config *config = &d->c->session.config;
	const char *template = config->label.template, *lang = config->fridge.language;
	struct template_view v = { .errors = 0 };
	char sheet[SHEET_TEXT], todo[sizeof v.todo + 80];
	struct err e;

	if (ctl_template_look(d->c, template, lang[0] != '\0' ? lang : NULL, sheet, take_finding, &v, &e) == -1) {
		found_err(d, e.kind == ERR_BUSY ? FOUND_UNKNOWN : FOUND_BROKEN, &e);
		return;
	}
	if (v.errors + v.warnings > 0) {
		snprintf(todo, sizeof todo, "%s%sfridgectl template check %.40s", v.todo,
		    v.todo[0] != '\0' ? "; all: " : "", template);
		found(d, v.errors > 0 ? FOUND_BROKEN : FOUND_WARNING, todo, "template %.40s on %s: %s",
		    template, sheet, v.what);
	} else if (d->no_queue.kind != ERR_NONE && config->printer.media.width == 0) {
		found(d, FOUND_UNKNOWN, NULL, "without its queue the labels' size is not known");
	} else {
		found(d, FOUND_OK, NULL, "template %.40s fits %s", template, sheet);
	}
}

/* A word in each script, and what brings it where it is missing. */
static const struct {
	const char *script, *word, *package;
} SCRIPTS[] = {
	{ "Latin", "Łódź Nguyễn", "fonts-noto-core" }, { "Greek", "Αθήνα", "fonts-noto-core" },
	{ "Cyrillic", "Київ", "fonts-noto-core" }, { "Hebrew", "שלום", "fonts-noto-core" },
	{ "Arabic", "سلام", "fonts-noto-core" }, { "Devanagari", "नमस्ते", "fonts-noto-core" },
	{ "Thai", "สวัสดี", "fonts-noto-core" }, { "Korean", "한글", "fonts-noto-cjk" },
	{ "Japanese", "かな漢", "fonts-noto-cjk" }, { "Chinese", "简体繁體", "fonts-noto-cjk" },
	{ "emoji", "\xf0\x9f\x98\x80", "fonts-symbola" },
};
#define SCRIPT_COUNT (sizeof SCRIPTS / sizeof *SCRIPTS)

/* All at once where that is enough: each label costs a start of the helper. */
void
doctor_fonts(struct doctor *d)
{
	char all[NAME_SIZE] = "", missing[160] = "", todo[120] = "sudo apt install";
	size_t n = 0, m = 0;
	struct err e;

	for (size_t i = 0; i < SCRIPT_COUNT; i++)
		n += (size_t)snprintf(all + n, sizeof all - n, "%s ", SCRIPTS[i].word);
	int gone = ctl_missing_in(d->c, all, &e);
	if (gone == -1) {
		found_err(d, FOUND_UNKNOWN, &e);
		return;
	}
	for (size_t i = 0; gone > 0 && i < SCRIPT_COUNT; i++) {
		if (ctl_missing_in(d->c, SCRIPTS[i].word, &e) <= 0)
			continue;
		m += (size_t)snprintf(missing + m, sizeof missing - m, "%s%s", m > 0 ? ", " : "",
		    SCRIPTS[i].script);
		if (strstr(todo, SCRIPTS[i].package) == NULL) {
			size_t t = strlen(todo);
			snprintf(todo + t, sizeof todo - t, " %s", SCRIPTS[i].package);
		}
	}
	if (gone > 0)
		found(d, FOUND_WARNING, todo, "names would print as boxes in: %s", missing);
	else
		found(d, FOUND_OK, NULL, "names in all %zu kinds of script can print",
		    SCRIPT_COUNT);
}

/* ---- CUPS's own settings ---- */

void
doctor_browsed(struct doctor *d)
{
	if (d->host.runs[HOST_CUPS_BROWSED])
		found(d, FOUND_WARNING, HOST_BROWSED_TODO, "it runs: " HOST_BROWSED_WHY);
	else if (!d->host.programs_told)
		found(d, FOUND_UNKNOWN, "sudo fridgectl doctor", "the kernel does not tell what runs");
	else
		found(d, FOUND_OK, NULL, "it does not run");
}

void
doctor_jobs(struct doctor *d)
{
	char path[4096], line[512], key[64], value[64], kept[64] = "a day";
	const char *server = getenv("CUPS_SERVER");

	if (server != NULL && server[0] != '/' && server[0] != '\0') {
		found(d, FOUND_UNKNOWN, NULL, "the print server is another machine (CUPS_SERVER)");
		return;
	}
	snprintf(path, sizeof path, "%s/etc/cups/cupsd.conf", d->host.root);
	FILE *f = fopen(path, "re");
	if (f == NULL && errno == ENOENT) {
		found(d, FOUND_UNKNOWN, NULL, "there is no /etc/cups/cupsd.conf");
		return;
	}
	if (f == NULL) {
		found_closed(d, "/etc/cups/cupsd.conf");
		return;
	}
	while (fgets(line, sizeof line, f) != NULL)
		if (sscanf(line, "%63s %63s", key, value) == 2 &&
		    strcasecmp(key, "PreserveJobFiles") == 0)
			snprintf(kept, sizeof kept, "%s", value);
	fclose(f);
	if (strcasecmp(kept, "no") == 0 || strcasecmp(kept, "off") == 0 ||
	    strcasecmp(kept, "false") == 0)
		found(d, FOUND_OK, NULL, "CUPS keeps no label that was printed");
	else
		found(d, FOUND_WARNING, "sudo cupsctl PreserveJobFiles=No", "CUPS keeps the labels that "
		    "it printed, with names (%s)", kept);
}
