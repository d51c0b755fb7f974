/* ctl_bench.c - fridgectl bench: how long the stages of a label take on this machine
 * and on its printer. fridge-print measures; here its figures become a table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

#define HELPER "fridge-print"
#define SAMPLE_CODE "2481"	/* without its check digit */
#define LABELS 300
#define LABELS_MAX 100000
#define COPIES_MAX 20
#define START_S 30		/* until all fonts are read, on a slow card */
#define LABELS_PER_S 20		/* drawn at least */
#define COPY_S 25		/* for a printed one */

/* What is known of a stage beside its name. */
static const struct {
	const char *name, *title, *text;
} STAGES[] = {
	{ "layout", "layout", "fields filled in, texts fitted to their boxes" },
	{ "draw", "draw", "art, glyphs and codes drawn" },
	{ "threshold", "threshold", "grey to dots, and dots to the page" },
	{ "encode", "encode", "dots in the printer's language" },
	{ "render", "render", "layout, draw and threshold together" },
	{ "render-cpu", "render (CPU)", "the processor's time for that" },
	{ "submit", "submit", "handed to CUPS" },
	{ "first-byte", "first byte", "from submit until the printer says that it works" },
	{ "completed", "completed", "from submit until CUPS says so" },
	{ "tidy", "tidy", "memory given back between labels, when nobody waits" },
};

/* A label as it is configured, on the queue that is configured. */
static void
add_label(struct call *l, const struct ctl *c)
{
	const struct config *config = &c->session.config;
	const struct media *m = &config->printer.media;
	day_t today = c->session.today;
	char text[DAY_TEXT], code[ROW_CODE_SIZE], digits[CODE_SIZE], media[MEDIA_TEXT];

	snprintf(digits, sizeof digits, "%s%c", SAMPLE_CODE, code_check_digit(SAMPLE_CODE));
	call_templates(l, config);
	call_addf(l, "template=%s", config->label.template);
	call_addf(l, "lang=%s", config->fridge.language);
	call_addf(l, "fridge=%s", config->fridge.name);
	call_addf(l, "code=%s", row_code(config->fridge.code, digits, code));
	call_addf(l, "qr=%s", config->label.qr);
	call_addf(l, "stored=%s", day_text(today, text));
	call_addf(l, "expires=%s", day_text(shelf_expires(&config->label.shelf, today), text));
	call_addf(l, "queue=%s", config->printer.queue);
	call_addf(l, "language=%s", config->printer.language);
	call_addf(l, "red=%s", config->printer.red ? "1" : "0");
	call_addf(l, "rotate=%d", config->printer.rotate);
	call_addf(l, "media=%s", media_text(m, media));
}

static void
show_stage(struct ctl *c, const char *name, double median, double p95)
{
	size_t i = 0;

	while (i < sizeof STAGES / sizeof *STAGES && strcmp(STAGES[i].name, name) != 0)
		i++;
	bool known = i < sizeof STAGES / sizeof *STAGES;
	out_object(c->out, NULL, NULL);
	out_text(c->out, "stage", NULL, name);
	out_text(c->out, NULL, "Stage", known ? STAGES[i].title : name);
	out_real(c->out, "median_ms", "Median, ms", median);
	out_real(c->out, "p95_ms", "95 of 100 within, ms", p95);
	out_text(c->out, NULL, "What it is", known ? STAGES[i].text : NULL);
	out_end(c->out);
}

/* What the helper printed. */
struct measured {
	int labels, width, height, dpi;
	long rss, pss, highest;	/* KB */
	const char *note;	/* NULL: none */
};

static void
read_all(const char *text, struct measured *m, char note[static 256])
{
	for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		sscanf(line, "labels %d %d %d %d", &m->labels, &m->width, &m->height, &m->dpi);
		sscanf(line, "memory %ld %ld %ld", &m->rss, &m->pss, &m->highest);
		if (sscanf(line, "note %255[^\n]", note) == 1)
			m->note = note;
	}
}

static void
show_stages(struct ctl *c, const char *text)
{
	out_list(c->out, "stages", "Stages");
	for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
		char name[32];
		double median, p95;
		line += *line == '\n';
		if (sscanf(line, "stage %31s %lf %lf", name, &median, &p95) == 3)
			show_stage(c, name, median, p95);
	}
	out_end(c->out);
}

static void
show(struct ctl *c, const char *text, int printed)
{
	struct measured m = { .labels = 0 };
	char note[256];

	read_all(text, &m, note);
	out_object(c->out, NULL, NULL);
	out_int(c->out, "labels", NULL, m.labels);
	out_int(c->out, "printed", NULL, printed);
	out_text(c->out, "template", NULL, c->session.config.label.template);
	out_int(c->out, "width", NULL, m.width);
	out_int(c->out, "height", NULL, m.height);
	out_int(c->out, "dpi", NULL, m.dpi);
	out_int(c->out, "rss_kb", NULL, m.rss);
	out_int(c->out, "pss_kb", NULL, m.pss);
	out_int(c->out, "highest_rss_kb", NULL, m.highest);
	out_text(c->out, "note", NULL, m.note);
	show_stages(c, text);
	out_end(c->out);
	out_say(c->out, "%s", "");
	out_say(c->out, "%d labels with random names, %d x %d dots at %d dpi, template %s.",
	    m.labels, m.width, m.height, m.dpi, c->session.config.label.template);
	out_say(c->out, "The renderer held %.1f MB at most, and %.1f MB at the end (its share of "
	    "that: %.1f MB).", (double)m.highest / 1024, (double)m.rss / 1024,
	    (double)m.pss / 1024);
	if (m.note != NULL)
		out_say(c->out, "%s.", m.note);
	if (printed == 0)
		out_say(c->out, "No paper was used, so nothing was submitted; see bench --print.");
	else
		out_say(c->out, "%d label%s marked as a test came out.", printed,
		    printed == 1 ? "" : "s");
}

int
cmd_bench(struct ctl *c, struct err *e)
{
	bool prints = ctl_value(c, "print") != NULL;
	struct call l = { .count = 0 };
	struct helped h = { .out = NULL };
	struct err ignored;
	int labels, copies;

	if (ctl_value_int(c, "labels", 1, LABELS_MAX, LABELS, &labels, e) == -1 ||
	    ctl_value_int(c, "copies", 1, COPIES_MAX, 1, &copies, e) == -1)
		return -1;
	if (!prints && ctl_value(c, "copies") != NULL)
		return err_set(e, ERR_USAGE, "fridgectl bench --print --copies 3",
		    "without --print no label comes out, so there are no copies");
	session_become(&c->session, &ignored);	/* no harm if there is no folder yet */
	call_add(&l, HELPER);
	call_add(&l, "--bench");
	call_add(&l, "--labels");
	call_addf(&l, "%d", labels);
	if (prints) {
		call_add(&l, "--print");
		call_addf(&l, "%d", copies);
	}
	add_label(&l, c);
	int rc = l.failed ? err_set(e, ERR_SYSTEM, NULL, "out of memory") :
	    ctl_helper_within(l.arg, START_S + labels / LABELS_PER_S + (prints ? copies * COPY_S : 0),
	    &h, e);
	if (rc == 0)
		show(c, h.out != NULL ? h.out : "", prints ? copies : 0);
	helped_free(&h);
	call_free(&l);
	return rc;
}
