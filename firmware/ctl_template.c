/* ctl_template.c - fridgectl template …: which templates there are, and what is wrong
 * with them. fridge-print looks; here it is told. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../drivers/proto.h"
#include "ctl.h"

#define HELPER "fridge-print"
#define FILE_SIZE 9000

/* ---- template list ---- */

/* The file that a template's name means: the first of that name. */
static const char *
template_file(const struct ctl *c, const char *name, char out[static FILE_SIZE])
{
	struct template_dirs dirs;

	config_templates(&c->session.config, &dirs);
	for (size_t i = 0; dirs.list[i] != NULL; i++) {
		snprintf(out, FILE_SIZE, "%s/%s.svg", dirs.list[i], name);
		if (access(out, R_OK) == 0)
			return out;
	}
	return NULL;
}

int
ctl_templates(struct ctl *c, struct helped *h, struct err *e)
{
	struct call l = { .count = 0 };

	call_add(&l, HELPER);
	call_add(&l, "--templates");
	call_templates(&l, &c->session.config);
	int rc = call_run(&l, h, e);
	call_free(&l);
	return rc;
}

int
cmd_template_list(struct ctl *c, struct err *e)
{
	const char *used = c->session.config.label.template;
	struct helped h = { .out = NULL };
	struct err ignored;
	char file[FILE_SIZE], *rest, *name;

	session_become(&c->session, &ignored);	/* no harm if there is no folder yet */
	if (ctl_templates(c, &h, e) == -1)
		return -1;
	out_list(c->out, NULL, NULL);
	rest = h.out;
	while ((name = strsep(&rest, "\n")) != NULL) {
		if (name[0] == '\0')
			continue;
		out_object(c->out, NULL, NULL);
		out_text(c->out, "name", "Name", name);
		out_text(c->out, "file", "File", template_file(c, name, file));
		out_bool(c->out, "used", NULL, strcmp(name, used) == 0);
		out_text(c->out, NULL, "Default", strcmp(name, used) == 0 ? "yes" : NULL);
		out_end(c->out);
	}
	out_end(c->out);
	helped_free(&h);
	return 0;
}

/* ---- template check ---- */

/* What was found in one template. */
struct report {
	struct ctl *c;
	const char *template;
	int errors, warnings;
	FILE *lines;			/* for people, below the headline */
};

static void
add_finding(void *arg, const struct template_finding *f)
{
	struct report *r = arg;
	struct ctl *c = r->c;
	const char *level = f->is_error ? "error" : "warning";

	r->errors += f->is_error;
	r->warnings += !f->is_error;
	out_object(c->out, NULL, NULL);
	out_text(c->out, "template", NULL, r->template);
	out_text(c->out, "level", NULL, level);
	if (f->line > 0)
		out_int(c->out, "line", NULL, f->line);
	else
		out_null(c->out, "line", NULL);
	out_text(c->out, "what", NULL, f->what);
	out_text(c->out, "todo", NULL, f->todo);
	out_end(c->out);
	if (f->line > 0)
		fprintf(r->lines, "  %s, line %ld: %s\n", level, f->line, f->what);
	else
		fprintf(r->lines, "  %s: %s\n", level, f->what);
	if (f->todo[0] != '\0')
		fprintf(r->lines, "    try: %s\n", f->todo);
}

/* "62x29mm", "62xMAX100mm" as people say it. */
static void
name_sheet(const char *size, char *out, size_t n)
{
	const char *roll = strstr(size, "xMAX");
	size_t len = strlen(size);

	if (roll != NULL)
		snprintf(out, n, "a %.*s mm roll", (int)(roll - size), size);
	else
		snprintf(out, n, "%.*s mm", (int)(len > 2 ? len - 2 : len), size);
}

/* One line of the helper. */
static void
take_line(char *line, char sheet[static SHEET_TEXT], template_found *found, void *arg)
{
	struct proto_parts p;

	if (proto_parse(line, &p) == -1)
		return;
	if (strcmp(p.part[0].value, "sheet") == 0)
		name_sheet(proto_arg(&p, 1), sheet, SHEET_TEXT);
	else if (strcmp(p.part[0].value, "finding") == 0)
		found(arg, &(struct template_finding){
		    .is_error = strcmp(proto_arg(&p, 1), "error") == 0,
		    .line = strtol(proto_arg(&p, 2), NULL, 10), .what = proto_arg(&p, 3),
		    .todo = proto_arg(&p, 4) });
}

/* The labels of the configured queue, unless others are asked for. */
static int
add_sheet(struct call *l, const struct ctl *c, bool asked, struct err *e)
{
	const struct config *config = &c->session.config;
	const struct media *m = &config->printer.media;
	char text[MEDIA_TEXT];

	if (config->printer.red)
		call_add(l, "red=1");
	if (config->printer.rotate != -1)
		call_addf(l, "rotate=%d", config->printer.rotate);
	if (asked)
		return ctl_add_size(l, c, e);
	if (config->printer.language[0] != '\0')
		call_addf(l, "language=%s", config->printer.language);
	if (config->printer.queue[0] != '\0')
		call_addf(l, "queue=%s", config->printer.queue);
	if (m->width != 0)
		call_addf(l, "media=%s", media_text(m, text));
	return 0;
}

/* lang NULL: all that have words; asked: by --size or --dpi. */
static int
check_one(struct ctl *c, const char *name, const char *lang, bool asked,
    char sheet[static SHEET_TEXT], template_found *found, void *arg, struct err *e)
{
	struct call l = { .seconds = CTL_PATIENCE_S };
	struct helped h = { .out = NULL };

	sheet[0] = '\0';
	call_add(&l, HELPER);
	call_add(&l, "--check");
	call_addf(&l, "template=%s", name);
	if (lang != NULL)
		call_addf(&l, "lang=%s", lang);
	call_templates(&l, &c->session.config);
	int rc = add_sheet(&l, c, asked, e);
	if (rc == 0)
		rc = call_run(&l, &h, e);
	if (rc == 0) {
		char *rest = h.out, *line;
		while ((line = strsep(&rest, "\n")) != NULL)
			take_line(line, sheet, found, arg);
	}
	helped_free(&h);
	call_free(&l);
	return rc;
}

int
ctl_template_look(struct ctl *c, const char *name, const char *lang,
    char sheet[static SHEET_TEXT], template_found *found, void *arg, struct err *e)
{
	return check_one(c, name, lang, false, sheet, found, arg, e);
}

static void
tell(struct ctl *c, const struct report *r, const char *sheet, char *lines)
{
	char *line;
	const char *at = strncmp(sheet, "a ", 2) == 0 ? "on" : "at";

	if (r->errors + r->warnings == 0)
		out_say(c->out, "%s: no findings %s %s", r->template, at, sheet);
	else
		out_say(c->out, "%s: %d error%s, %d warning%s%s%s%s%s", r->template, r->errors,
		    r->errors == 1 ? "" : "s", r->warnings, r->warnings == 1 ? "" : "s",
		    sheet[0] != '\0' ? " " : "", sheet[0] != '\0' ? at : "",
		    sheet[0] != '\0' ? " " : "", sheet);
	while ((line = strsep(&lines, "\n")) != NULL)
		if (line[0] != '\0')
			out_say(c->out, "%s", line);
}

/* Check it and tell. A helper that hung or crashed over it is a finding as well: such a
 * template must not print. */
static int
report_one(struct ctl *c, const char *name, bool alone, struct err *e)
{
	struct report r = { .c = c, .template = name };
	bool asked = ctl_value(c, "size") != NULL || ctl_value(c, "dpi") != NULL;
	char sheet[SHEET_TEXT], *lines = NULL;
	size_t size = 0;

	r.lines = open_memstream(&lines, &size);
	if (r.lines == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "out of memory");
	int rc = check_one(c, name, ctl_value(c, "lang"), asked, sheet, add_finding, &r, e);
	if (rc == -1 && e->kind != ERR_USAGE && (!alone || e->kind == ERR_SYSTEM ||
	    e->kind == ERR_BUSY)) {
		add_finding(&r, &(struct template_finding){ .is_error = true, .what = e->what,
		    .todo = e->todo });
		rc = 0;
	}
	fclose(r.lines);
	if (rc == 0)
		tell(c, &r, sheet, lines);
	if (r.errors > 0)
		c->status = 1;
	free(lines);
	return rc;
}

int
cmd_template_check(struct ctl *c, struct err *e)
{
	struct helped h = { .out = NULL };
	struct err ignored;
	int rc = 0;

	if (ctl_lang(ctl_value(c, "lang"), e) == -1)
		return -1;
	session_become(&c->session, &ignored);
	if (c->args == 0 && ctl_templates(c, &h, e) == -1)
		return -1;
	out_list(c->out, NULL, NULL);
	if (c->args > 0) {
		rc = report_one(c, c->arg[0], true, e);
	} else {
		char *rest = h.out, *name;
		while (rc == 0 && (name = strsep(&rest, "\n")) != NULL)
			if (name[0] != '\0')
				rc = report_one(c, name, false, e);
	}
	out_end(c->out);
	helped_free(&h);
	return rc;
}
