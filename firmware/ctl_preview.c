/* ctl_preview.c - fridgectl preview: fridge-print draws.
 *
 * The picture's file is opened first, with the rights of whoever asked; the helper
 * draws into a private folder with the rights of the service, and only a whole
 * picture replaces what was in the file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl.h"
#include "label.h"

#define HELPER "fridge-print"
#define COLUMNS 80		/* of a terminal that does not say */
#define COLUMNS_MIN 10
#define COLUMNS_MAX 1000
#define ASCII_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,-'"
#define SAMPLE_NAME "Your Name"
#define SAMPLE_CODE "2481"	/* without its check digit */
#define SAMPLE_PRESET "freezer"	/* on the face of a card */
#define SAMPLE_SHELF "90d"
#define SAMPLE_CODES "24818 24795 24759 24731 24662 24616 24580 24523 24509"

/* What is drawn. */
struct sample {
	char owner[2 * NAME_SIZE];
	char group[NAME_SIZE];
	char lang[LANG_SIZE];
	const char *template;
	struct preset preset;
	struct shelf shelf;
};

/* A label of that sample, as the helper's fields. */
static void
add_fields(struct call *l, const struct ctl *c, const struct sample *m)
{
	const struct config *config = &c->session.config;
	day_t today = c->session.today;
	char stored[DAY_TEXT], expires[DAY_TEXT], code[ROW_CODE_SIZE];
	char digits[CODE_SIZE];

	snprintf(digits, sizeof digits, "%s%c", SAMPLE_CODE, code_check_digit(SAMPLE_CODE));
	call_addf(l, "template=%s", m->template);
	call_addf(l, "lang=%s", m->lang[0] != '\0' ? m->lang : config->fridge.language);
	call_addf(l, "owner=%s", m->owner);
	call_addf(l, "group=%s", m->group);
	call_addf(l, "title=%s", m->preset.title);
	call_addf(l, "fridge=%s", config->fridge.name);
	call_addf(l, "code=%s", row_code(config->fridge.code, digits, code));
	call_addf(l, "claim=%s", m->preset.owner == PRESET_NONE ? "" : code);
	call_addf(l, "qr=%s", config->label.qr);
	call_addf(l, "stored=%s", day_text(today, stored));
	call_addf(l, "expires=%s", day_text(shelf_expires(&m->shelf, today), expires));
	call_addf(l, "place=%s", m->preset.place);
	call_addf(l, "preset=%s", m->preset.name[0] != '\0' ? m->preset.name : SAMPLE_PRESET);
	call_addf(l, "shelf=%s", m->preset.shelf[0] != '\0' ? m->preset.shelf : SAMPLE_SHELF);
	call_add(l, "time=16:00");
	call_add(l, "count=9");
	call_add(l, "codes=" SAMPLE_CODES);
	call_addf(l, "buzzer=%s", config->indicator.buzzer);
	call_templates(l, config);
}

/* Whose label: a person's if the name is one's, else the name as it is. */
static int
choose_owner(struct ctl *c, const char *name, struct sample *m, struct err *e)
{
	struct owner *found = NULL;
	char checked[NAME_SIZE];
	size_t n = 0;
	int rc = 0;

	if (words_name("owner", name, checked, e) == -1)
		return -1;
	snprintf(m->owner, sizeof m->owner, "%s", checked);
	if (c->session.store == NULL)
		return 0;
	if (store_owner_find(c->session.store, checked, &found, &n, e) == -1)
		return -1;
	if (n > 0) {
		rc = store_owner_print_name(c->session.store, &found[0], m->owner, e);
		snprintf(m->group, sizeof m->group, "%s", found[0].group);
		snprintf(m->lang, sizeof m->lang, "%s", found[0].lang);
		if (found[0].shelf[0] != '\0' && rc == 0)
			rc = shelf_parse(found[0].shelf, &m->shelf, e);
	}
	free(found);
	return rc;
}

static int
choose_preset(struct ctl *c, const char *name, struct sample *m, struct err *e)
{
	if (ctl_preset_find(c, name, &m->preset, e) == -1)
		return -1;
	/* Nobody's label has nothing of a person on it. */
	if (m->preset.owner == PRESET_EVERYONE || m->preset.owner == PRESET_NONE)
		m->owner[0] = m->group[0] = m->lang[0] = '\0';
	if (m->preset.owner == PRESET_TEAM && m->preset.title[0] == '\0')
		snprintf(m->preset.title, sizeof m->preset.title, "%s", m->group);
	if (m->preset.template[0] != '\0')
		m->template = m->preset.template;
	if (m->preset.shelf[0] != '\0')
		return shelf_parse(m->preset.shelf, &m->shelf, e);
	return 0;
}

/* The store is looked at if there is one that may be; a preset needs it. */
static int
open_store(struct ctl *c, bool needed, struct err *e)
{
	struct session *s = &c->session;
	struct err ignored;

	if (!needed && !session_has_store(s)) {
		/* Still: fonts and pictures are nothing for root, where that can be. */
		session_become(s, &ignored);
		return 0;
	}
	if (session_become(s, e) == 0 && session_store(s, e) == 0)
		return 0;
	return needed ? -1 : 0;
}

static int
choose(struct ctl *c, struct sample *m, struct err *e)
{
	const char *owner = ctl_value(c, "owner"), *preset = ctl_value(c, "preset");
	const char *shelf = ctl_value(c, "shelf"), *template = ctl_value(c, "template");
	const char *lang = ctl_value(c, "lang");

	m->template = c->session.config.label.template;
	m->shelf = c->session.config.label.shelf;
	if (choose_owner(c, owner != NULL ? owner : SAMPLE_NAME, m, e) == -1)
		return -1;
	if (preset != NULL && choose_preset(c, preset, m, e) == -1)
		return -1;
	if (template != NULL)
		m->template = template;
	if (lang != NULL)
		snprintf(m->lang, sizeof m->lang, "%s", lang);
	return shelf != NULL ? shelf_parse(shelf, &m->shelf, e) : 0;
}

int
ctl_lang(const char *lang, struct err *e)
{
	if (lang == NULL || (lang[0] != '\0' && words_lang_exists(lang)))
		return 0;
	return err_set(e, ERR_USAGE, "--lang ko", "\"%s\" is no language", lang);
}

int
ctl_add_size(struct call *l, const struct ctl *c, struct err *e)
{
	const char *text = ctl_value(c, "size");
	struct media media = c->session.config.printer.media;
	char size[MEDIA_TEXT];
	int dpi;

	if (ctl_value_int(c, "dpi", 72, 1200, 300, &dpi, e) == -1)
		return -1;
	if (text != NULL && (media_parse(text, &media) == -1 || media.width == 0))
		return err_set(e, ERR_USAGE, "--size 62x29mm", "\"%s\" is no size of a label", text);
	if (media.width != 0)
		call_addf(l, "size=%s", media_text(&media, size));
	call_addf(l, "dpi=%d", dpi);
	/* What the printer can print of that size, in its own dots. */
	if (media.width != 0 && ctl_value(c, "dpi") == NULL)
		call_addf(l, "language=%s", c->session.config.printer.language);
	return 0;
}

/* The picture's file: opened before rights are given up. */
struct target {
	const char *path;
	int fd;
	bool made;		/* it was not there before */
};

static int
target_open(struct target *t, struct err *e)
{
	t->fd = open(t->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	t->made = t->fd != -1;
	if (t->fd == -1 && errno == EEXIST)
		t->fd = open(t->path, O_WRONLY | O_CLOEXEC);
	if (t->fd == -1)
		return err_set(e, ERR_SYSTEM, NULL, "%s cannot be written: %s", t->path,
		    strerror(errno));
	return 0;
}

static int
copy_all(int from, int to)
{
	char chunk[65536];
	ssize_t n;

	while ((n = read(from, chunk, sizeof chunk)) > 0)
		for (ssize_t done = 0, w; done < n; done += w)
			if ((w = write(to, chunk + done, (size_t)(n - done))) == -1)
				return -1;
	return (int)n;
}

/* Put the whole picture in the target's file. */
static int
target_fill(struct target *t, const char *picture, struct err *e)
{
	struct stat st;
	int from = open(picture, O_RDONLY | O_CLOEXEC);
	int rc = -1;

	if (from != -1 && (fstat(t->fd, &st) == -1 || !S_ISREG(st.st_mode) ||
	    ftruncate(t->fd, 0) == 0))
		rc = copy_all(from, t->fd);
	int reason = errno;
	if (from != -1)
		close(from);
	if (close(t->fd) == -1 && rc == 0) {
		rc = -1;
		reason = errno;
	}
	t->fd = -1;
	if (rc == -1)
		return err_set(e, ERR_SYSTEM, NULL, "%s cannot be written: %s", t->path,
		    strerror(reason));
	return 0;
}

/* What the helper says of a picture: "preview WIDTH HEIGHT DPI missing=N", in dots. */
struct drawn {
	int width, height, dpi;
	int missing;		/* characters that no font has */
};

/* A folder of our own, for the helper to draw in. */
#define FOLDER_SIZE 4096
static int
folder_make(char out[static FOLDER_SIZE], struct err *e)
{
	const char *tmp = getenv("TMPDIR");

	/* Root's may be closed to the user that we have become. */
	if (tmp == NULL || tmp[0] != '/' || strlen(tmp) > FOLDER_SIZE - 64 ||
	    access(tmp, W_OK | X_OK) == -1)
		tmp = "/tmp";
	snprintf(out, FOLDER_SIZE, "%s/fridge-preview.XXXXXX", tmp);
	if (mkdtemp(out) == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "%s: %s", out, strerror(errno));
	return 0;
}

/* Draw a picture; fill the target with it if there is one. */
static int
draw_picture(struct ctl *c, const struct call *size, const struct sample *m,
    struct target *t, struct drawn *out, struct err *e)
{
	char folder[FOLDER_SIZE], picture[FOLDER_SIZE + 16];
	struct call l = { .count = 0 };
	struct helped h = { .out = NULL };

	*out = (struct drawn){ .width = 0 };
	l.seconds = size->seconds;
	if (folder_make(folder, e) == -1)
		return -1;
	snprintf(picture, sizeof picture, "%s/label.png", folder);
	call_add(&l, HELPER);
	call_add(&l, "--preview");
	call_add(&l, "-o");
	call_add(&l, picture);
	add_fields(&l, c, m);
	for (size_t i = 0; i < size->count; i++)
		call_add(&l, size->arg[i]);
	int rc = call_run(&l, &h, e);
	if (rc == 0 && h.out != NULL &&
	    sscanf(h.out, "preview %d %d %d missing=%d", &out->width, &out->height, &out->dpi,
		&out->missing) != 4)
		rc = err_set(e, ERR_SYSTEM, NULL, "%s speaks another language", HELPER);
	if (rc == 0 && t != NULL)
		rc = target_fill(t, picture, e);
	unlink(picture);
	rmdir(folder);
	helped_free(&h);
	call_free(&l);
	return rc;
}

/* Draw with half blocks, as wide as the terminal. */
static int
draw_text(struct ctl *c, const struct call *size, const struct sample *m, struct err *e)
{
	struct winsize window = { .ws_col = 0 };
	struct call l = { .count = 0 };
	struct helped h = { .out = NULL };
	int columns = COLUMNS;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col >= COLUMNS_MIN)
		columns = window.ws_col < COLUMNS_MAX ? window.ws_col : COLUMNS_MAX;
	call_add(&l, HELPER);
	call_add(&l, "--preview");
	call_add(&l, "--columns");
	call_addf(&l, "%d", columns);
	add_fields(&l, c, m);
	for (size_t i = 0; i < size->count; i++)
		call_add(&l, size->arg[i]);
	int rc = call_run(&l, &h, e);
	if (rc == 0) {
		char *rest = h.out, *row;
		while ((row = strsep(&rest, "\n")) != NULL)
			if (rest != NULL || row[0] != '\0')
				out_say(c->out, "%s", row);
	}
	helped_free(&h);
	call_free(&l);
	return rc;
}

void
ctl_warn_missing(int missing)
{
	if (missing > 0)
		fprintf(stderr, "fridgectl: %d character%s will print as empty boxes\n"
		    "  try: " LABEL_FONTS "\n", missing, missing == 1 ? "" : "s");
}

static void
show_file(struct ctl *c, const char *file, const struct sample *m, const struct drawn *d)
{
	out_object(c->out, NULL, NULL);
	out_text(c->out, "file", NULL, file);
	out_text(c->out, "template", NULL, m->template);
	out_int(c->out, "width", NULL, d->width);
	out_int(c->out, "height", NULL, d->height);
	out_int(c->out, "dpi", NULL, d->dpi);
	out_int(c->out, "missing", NULL, d->missing);
	out_end(c->out);
	out_say(c->out, "Wrote %s: %d x %d dots at %d dpi.", file, d->width, d->height, d->dpi);
}

/* Everything that was asked for is checked before a file is touched. */
int
cmd_preview(struct ctl *c, struct err *e)
{
	const char *shelf = ctl_value(c, "shelf"), *lang = ctl_value(c, "lang");
	struct target t = { .path = ctl_value(c, "output"), .fd = -1 };
	struct sample m = { .template = NULL };
	struct call size = { .count = 0 };
	struct shelf checked;
	struct drawn d;
	int rc = -1;

	if (t.path == NULL && c->json)
		return err_set(e, ERR_USAGE, "fridgectl --json preview -o label.png",
		    "as JSON a preview needs a file for its picture");
	if ((shelf != NULL && shelf_parse(shelf, &checked, e) == -1) || ctl_lang(lang, e) == -1)
		return -1;
	call_addf(&size, "red=%d", c->session.config.printer.red || ctl_value(c, "red") != NULL);
	if (ctl_add_size(&size, c, e) == -1 || (t.path != NULL && target_open(&t, e) == -1) ||
	    open_store(c, ctl_value(c, "preset") != NULL, e) == -1 || choose(c, &m, e) == -1)
		goto done;
	rc = draw_picture(c, &size, &m, t.path != NULL ? &t : NULL, &d, e);
	if (rc == 0 && t.path != NULL)
		show_file(c, t.path, &m, &d);
	else if (rc == 0)
		rc = draw_text(c, &size, &m, e);
	if (rc == 0)
		ctl_warn_missing(d.missing);
done:
	call_free(&size);
	if (t.fd != -1)
		close(t.fd);
	if (rc == -1 && t.made)
		unlink(t.path);		/* may fail for want of rights; it is empty then */
	return rc;
}

static int
count_missing(struct ctl *c, const char *owner, const char *lang, int seconds, struct err *e)
{
	struct sample m = { .template = c->session.config.label.template,
		.shelf = c->session.config.label.shelf };
	const struct call usual = { .seconds = seconds };
	struct drawn d;

	snprintf(m.owner, sizeof m.owner, "%s", owner);
	snprintf(m.lang, sizeof m.lang, "%s", lang);
	return draw_picture(c, &usual, &m, NULL, &d, e) == 0 ? d.missing : -1;
}

int
ctl_missing_glyphs(struct ctl *c, const struct owner *o)
{
	const char *name = o->label_name[0] != '\0' ? o->label_name : o->name;
	struct err ignored;

	/* Every font has these; most names need no drawing. */
	if (strspn(name, ASCII_LETTERS) == strlen(name))
		return 0;
	int missing = count_missing(c, name, o->lang, 0, &ignored);
	return missing > 0 ? missing : 0;
}

int
ctl_missing_in(struct ctl *c, const char *text, struct err *e)
{
	return count_missing(c, text, "", CTL_PATIENCE_S, e);
}
