/* ctl_doctor_bundle.c - fridgectl doctor --bundle: one text with all that somebody needs
 * who is to help from afar, and with nothing of the people at the fridge.
 *
 * A setting whose value is a free text is told as set or not: it may be an address, a
 * name, or hold a password. What goes into the text is chosen so that nothing personal is
 * in it; then it goes through ctl_doctor_mask.c as well.
 */
#include <stdlib.h>
#include <string.h>

#include "ctl_doctor.h"

#define JOURNAL_LINES "400"
#define BUNDLE_MODE 0644	/* it is to be sent on, and nothing in it is private */

/* Settings that tell nothing of anybody. What is not here is told as set or not. */
static const char *const SHOWN[] = {
	"fridge.code", "fridge.language", "fridge.timezone", "fridge.clock", "reader.device",
	"reader.technologies", "reader.poll_ms", "reader.rearm_ms", "reader.again_s",
	"printer.queue", "printer.media", "printer.language", "printer.red", "printer.rotate",
	"printer.stale_after_s", "label.template", "label.shelf", "label.burst_per_min",
	"store.path", "store.key_file", "store.keep_days", "store.lapse_days", "report.empty",
	"report.warn_days", "report.quiet_days", "report.owner_mail", "alert.after_min",
	"indicator.leds", "indicator.ok", "indicator.name", "indicator.fault",
	"indicator.buzzer",
};

int
bundle_begin(struct bundle *b, const char *path, struct err *e)
{
	static const char *const ARGV[] = { "journalctl", "--no-pager", "--no-hostname", "--quiet",
		"--output=short-iso", "--lines=" JOURNAL_LINES, "--unit=fridged", "--unit=fridge-report",
		"--unit=fridge-mail", "--unit=fridge-backup", NULL };
	struct helped h;

	*b = (struct bundle){ .journal = NULL };
	if (publish_begin(&b->file, path, BUNDLE_MODE, e) == -1)
		return -1;
	int rc = ctl_program(ARGV, DOCTOR_SECONDS, &h, &b->no_journal);
	if (rc == 0)
		err_set(&b->no_journal, ERR_REFUSED, NULL, "there is no journalctl");
	if (rc == 1) {
		b->journal = h.out != NULL ? h.out : strdup("");
		h.out = NULL;
		helped_free(&h);
	}
	return 0;
}

static void
put_findings(const struct doctor *d, FILE *to)
{
	fprintf(to, "\n== doctor ==\n");
	for (int i = 0; i < d->findings; i++) {
		const struct finding *f = &d->finding[i];
		/* An error of the configuration has a piece of its file between quotes. */
		bool quotes = strcmp(f->name, "config") == 0;
		const char *quote = quotes ? strchr(f->found, '"') : NULL;
		fprintf(to, "%-8s %-12s %.*s%s\n", finding_text(f->state), f->name,
		    (int)(quote != NULL ? (size_t)(quote - f->found) : strlen(f->found)), f->found,
		    quote != NULL ? "<cut>" : "");
		if (f->fix[0] != '\0')
			fprintf(to, "%21s try: %s\n", "", f->fix);
	}
}

static void
put_versions(const struct doctor *d, FILE *to)
{
	static const char *const ARGV[] = { "dpkg-query", "--show",
		"--showformat=${Package} ${Version} ${Architecture}\\n", "fridge-label", "libnfc6",
		"cups-daemon", "libcups2", "libsqlite3-0", "librsvg2-2", "libpango-1.0-0", "systemd",
		"fonts-noto-core", "fonts-noto-cjk", NULL };
	struct helped h = { .out = NULL };
	struct err ignored;

	fprintf(to, "\n== versions ==\nfridgectl %s\n", FRIDGE_VERSION);
	if (d->said.version[0] != '\0')
		fprintf(to, "fridged %s\n", d->said.version);
	/* Packages that are not installed are an error beside the others' lines. */
	if (ctl_program(ARGV, DOCTOR_SECONDS, &h, &ignored) == 1 && h.out != NULL)
		fputs(h.out, to);
	helped_free(&h);
}

static void
put_machine(const struct doctor *d, FILE *to)
{
	const struct host *h = &d->host;
	struct clock_evidence ev = { .newest = 0 };
	struct host_node rtc;

	clock_look(h->root, &ev);
	const struct {
		const char *name;
		bool value;
	} flags[] = {
		{ "uart", h->uart_on }, { "i2c", h->i2c_on }, { "spi", h->spi_on },
		{ "rtc", host_node(h, "/sys/class/rtc/rtc0", &rtc) == 1 }, { "timesyncd", ev.timesyncd },
		{ "synchronized", ev.synchronized }, { "watchdog", h->has_watchdog },
		{ "root read-only", h->root_readonly },
	};

	fprintf(to, "\n== machine ==\nboard %s\nsystem %s\nkernel %s\nzone %s\noverlays %s\n",
	    h->board, h->system, h->kernel, h->zone, h->overlays);
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		fprintf(to, "%s %s\n", flags[i].name, flags[i].value ? "yes" : "no");
	for (int i = 0; i < h->consoles; i++)
		fprintf(to, "console on %s\n", h->console[i]);
	for (int i = 0; i < h->ports; i++)
		if (h->port[i].there)
			fprintf(to, "port %s is %s\n", h->port[i].node, h->port[i].real);
	for (int i = 0; i < HOST_PROGRAMS; i++)
		if (h->runs[i])
			fprintf(to, "runs %s\n", host_program_name((enum host_program)i));
	/* A phone that charges there has its owner's name. */
	for (int i = 0; i < h->usbs; i++)
		fprintf(to, "usb %04x:%04x driver=%s %s\n", h->usb[i].vendor, h->usb[i].product,
		    h->usb[i].driver, h->usb[i].kind != HOST_OTHER ? h->usb[i].name : "");
}

static bool
is_shown(const struct setting *set)
{
	char name[80];

	snprintf(name, sizeof name, "%s.%s", set->section, set->key);
	for (size_t i = 0; i < sizeof SHOWN / sizeof *SHOWN; i++)
		if (strcmp(SHOWN[i], name) == 0)
			return true;
	return false;
}

static void
put_settings(const struct doctor *d, FILE *to)
{
	char value[CONFIG_TEXT];
	struct setting set;

	fprintf(to, "\n== settings ==\n");
	for (int i = 0; config_setting(&d->c->session.config, i, &set, value) == 1; i++)
		fprintf(to, "%s.%s = %s\n", set.section, set.key, is_shown(&set) ? set.value :
		    set.value[0] == '\0' ? "" : strcmp(set.value, set.fallback) == 0 ? "<the default>" :
		    "<set>");
}

static void
put_counts(const struct doctor *d, FILE *to)
{
	struct session *s = &d->c->session;
	struct totals t;
	struct err e;

	fprintf(to, "\n== counts ==\n");
	if (s->store == NULL || store_totals(s->store, s->today, &t, &e) == -1)
		fprintf(to, "the store is not open\n");
	else
		fprintf(to, "in %lld\ndue %lld\nexpired %lld\nqueued %lld\nunclaimed %lld\nflagged %lld\n",
		    (long long)t.in, (long long)t.due, (long long)t.expired, (long long)t.queued,
		    (long long)t.unclaimed, (long long)t.flagged);
}

static void
put_rest(const struct doctor *d, const char *journal, FILE *to)
{
	fprintf(to, "\n== queues ==\n%s", d->queues != NULL ? d->queues : d->no_queue.what);
	fprintf(to, "\n== units ==\n");
	for (int i = 0; i < UNITS; i++)
		fprintf(to, "%s %s %s %s\n", d->unit[i].name, d->unit[i].load, d->unit[i].active,
		    d->unit[i].enabled);
	fprintf(to, "\n== journal ==\n%s\n", journal);
}

/* Who must not be in it: everybody that is in the store, removed or not. False if that
 * cannot be known. */
static bool
know_people(const struct doctor *d, struct owner **people, size_t *n)
{
	struct err ignored;

	*people = NULL;
	*n = 0;
	if (d->c->session.store == NULL)
		return d->no_config.kind == ERR_NONE && !d->has_store && d->root;
	return store_owners(d->c->session.store, true, people, n, &ignored) == 0;
}

/* The whole text, masked; NULL if memory ran out. */
static char *
compose(const struct doctor *d, const struct bundle *b)
{
	const char *journal = b->journal != NULL ? b->journal : b->no_journal.what;
	char *text = NULL, *masked = NULL;
	struct owner *people;
	size_t size, n;
	FILE *to = open_memstream(&text, &size);

	if (to == NULL)
		return NULL;
	if (!know_people(d, &people, &n))
		journal = "who is in the store is not known: the journal is left out";
	put_findings(d, to);
	put_versions(d, to);
	put_machine(d, to);
	put_settings(d, to);
	put_counts(d, to);
	put_rest(d, journal, to);
	if (fclose(to) == 0)
		masked = mask_text(text, people, n, d->c->session.config.fridge.name);
	free(people);
	free(text);
	return masked;
}

int
bundle_end(struct bundle *b, struct doctor *d, struct err *e)
{
	char *text = d != NULL ? compose(d, b) : NULL;
	int rc = publish_text(&b->file, text, text != NULL ? strlen(text) : 0, PUBLISH_LASTING, e);

	if (rc == 0 && d != NULL && text == NULL)
		rc = err_set(e, ERR_SYSTEM, NULL, "no memory left");
	free(text);
	free(b->journal);
	b->journal = NULL;
	return rc;
}
