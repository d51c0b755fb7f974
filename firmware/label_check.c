/* label_check.c - what is wrong with a template, or may be, before it prints.
 *
 * Reading a template finds what it refers to; label_check_text.c tries its texts with
 * the longest names, label_check_art.c looks at what the drawing itself says. Here all
 * of it is gathered and told in the order of lines.
 */
#include "label_impl.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define SMALL 0.6		/* drawn at less than this, a label is another one */
#define FINDINGS_MAX 200	/* more help nobody */
#define WORDS_PREFIX "words."

int
hear(struct hearer *h, long line, const struct err *e)
{
	struct finding f = { .error = true, .line = (int)line };

	if (h == NULL)
		return -1;
	snprintf(f.what, sizeof f.what, "%.*s", (int)sizeof f.what - 1, e->what);
	snprintf(f.todo, sizeof f.todo, "%.*s", (int)sizeof f.todo - 1, e->todo);
	h->errors++;
	h->found(h, &f);
	return 0;
}

/* ---- findings ---- */

/* The same said of the same line is said once. */
static void
note(struct inspection *in, const struct finding *f)
{
	for (guint i = 0; i < in->findings->len; i++) {
		const struct finding *g = &g_array_index(in->findings, struct finding, i);
		if (g->line == f->line && strcmp(g->what, f->what) == 0)
			return;
	}
	if (in->findings->len < FINDINGS_MAX)
		g_array_append_val(in->findings, *f);
}

static void
note_heard(struct hearer *h, const struct finding *f)
{
	note((struct inspection *)(void *)h, f);
}

void
inspection_note(struct inspection *in, bool error, long line, const char *todo,
    const char *fmt, ...)
{
	struct finding f = { .error = error, .line = (int)line };
	struct err text;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text.what, sizeof text.what, fmt, ap);
	va_end(ap);
	/* err_set cuts at whole characters. */
	err_set(&text, ERR_REFUSED, todo, "%s", g_strdelimit(text.what, "\n", ' '));
	g_strlcpy(f.what, text.what, sizeof f.what);
	g_strlcpy(f.todo, text.todo, sizeof f.todo);
	note(in, &f);
}

/* Those of the whole file last: what stands on a line may be why. */
static gint
by_line(gconstpointer a, gconstpointer b)
{
	const struct finding *f = a, *g = b;

	if ((f->line == 0) != (g->line == 0))
		return f->line == 0 ? 1 : -1;
	if (f->line != g->line)
		return f->line < g->line ? -1 : 1;
	return (int)g->error - (int)f->error;
}

/* ---- languages ---- */

/* Every language that there are words of: "words.ko" in one of the folders. */
static char **
languages(const char *const *dirs)
{
	GPtrArray *all = g_ptr_array_new();

	for (; *dirs != NULL; dirs++) {
		DIR *d = opendir(*dirs);
		const struct dirent *entry;
		while (d != NULL && (entry = readdir(d)) != NULL) {
			const char *lang = entry->d_name + strlen(WORDS_PREFIX);
			if (strncmp(entry->d_name, WORDS_PREFIX, strlen(WORDS_PREFIX)) == 0 &&
			    words_lang_exists(lang) &&
			    !g_ptr_array_find_with_equal_func(all, lang, g_str_equal, NULL))
				g_ptr_array_add(all, g_strdup(lang));
		}
		if (d != NULL)
			closedir(d);
	}
	if (all->len == 0)
		g_ptr_array_add(all, g_strdup("en"));
	g_ptr_array_add(all, NULL);
	return (char **)g_ptr_array_free(all, FALSE);
}

/* ---- the sheet ---- */

/* Put the label on the sheet; one that comes out too small there is looked at in its
 * own size, since all that is wrong with it is the sheet. */
static bool
place_label(struct inspection *in, const struct sheet *sheet)
{
	const struct template *t = in->template;
	struct place place;
	struct stat st;
	struct err e;
	char path[PATH_SIZE];

	if (t->small != NULL && template_find(in->engine.dirs, t->small, path, &st, &e) == -1)
		inspection_note(in, true, 0, e.todo, "data-small: %s", e.what);
	if (sheet_place(sheet, t->width_mm, t->height_mm, &place, &e) == -1) {
		inspection_note(in, true, 0, "take another template for these labels",
		    "it does not go onto %.4g x %.4g mm: %s", sheet->width * MM_PER_INCH / sheet->dpi_x,
		    sheet->height * MM_PER_INCH / sheet->dpi_y, e.what);
		return false;
	}
	double own = t->width_mm / MM_PER_INCH * place.dpi, k = place.width / own;
	if (k < SMALL && t->small == NULL)
		inspection_note(in, false, 0, "take another template for these labels, or name one "
		    "with data-small", "it comes out at %d %% of its size of %.4g x %.4g mm",
		    (int)(100 * k), t->width_mm, t->height_mm);
	if (k < SMALL) {
		place.width = (int)own;
		place.height = (int)(t->height_mm / MM_PER_INCH * place.dpi);
	}
	if (place.width < 1 || place.height < 1 || place.width > SIDE_MAX || place.height > SIDE_MAX)
		return false;
	in->canvas = (struct page){ .width = place.width, .height = place.height,
	    .dpi_x = place.dpi, .dpi_y = place.dpi };
	in->scale = place.width / t->view.w;
	in->unit_mm = in->scale / place.dpi * MM_PER_INCH;
	return true;
}

/* ---- the whole ---- */

static void
inspect(struct inspection *in, const char *path, const struct sheet *sheet)
{
	struct template *t = NULL;
	struct err e;
	guint heard;

	if (template_hear(path, in->engine.words, &in->hearer, &t, &e) == -1) {
		heard = in->findings->len;
		if (heard == 0 || strcmp(g_array_index(in->findings, struct finding,
		    heard - 1).what, e.what) != 0)
			inspection_note(in, true, 0, e.todo, "%s", e.what);
		return;
	}
	in->template = t;
	bool is_safe = in->hearer.errors == 0;
	bool has_page = t->width_mm > 0 && place_label(in, sheet);
	if (has_page)
		inspect_texts(in);
	if (has_page && is_safe)
		inspect_art(in);
	/* Again as it was written: what is drawn by this program is gone from the art. */
	xmlDoc *doc = template_document(path, NULL, &e);
	if (doc != NULL && has_page)
		inspect_styles(in, xmlDocGetRootElement(doc));
	xmlFreeDoc(doc);
	template_free(t);
}

static void
hear_nothing(struct hearer *h, const struct finding *f)
{
	(void)h, (void)f;
}

int
label_check_size(struct label_engine *g, const char *template, double *width_mm,
    double *height_mm)
{
	struct engine_parts engine = engine_parts(g);
	struct hearer deaf = { .found = hear_nothing };
	struct template *t = NULL;
	char path[PATH_SIZE];
	struct stat st;
	struct err e;

	if (template_find(engine.dirs, template, path, &st, &e) == -1 ||
	    template_hear(path, engine.words, &deaf, &t, &e) == -1)
		return -1;
	*width_mm = t->width_mm;
	*height_mm = t->height_mm;
	template_free(t);
	return *width_mm > 0 ? 0 : -1;
}

int
label_check(struct label_engine *g, const char *template, const char *lang,
    const struct sheet *sheet, void (*found)(void *arg, const struct finding *f), void *arg,
    struct err *e)
{
	struct inspection in = { .hearer = { .found = note_heard } };
	char path[PATH_SIZE];
	struct stat st;

	in.engine = engine_parts(g);
	if (sheet_check(sheet, e) == -1 ||
	    template_find(in.engine.dirs, template, path, &st, e) == -1)
		return -1;
	const char *const one[] = { lang, NULL };
	char **all = languages(in.engine.dirs);
	in.langs = lang != NULL && lang[0] != '\0' ? one : (const char *const *)all;
	in.findings = g_array_new(FALSE, FALSE, sizeof(struct finding));
	inspect(&in, path, sheet);
	g_array_sort(in.findings, by_line);
	for (guint i = 0; i < in.findings->len; i++)
		found(arg, &g_array_index(in.findings, struct finding, i));
	g_array_free(in.findings, TRUE);
	g_strfreev(all);
	return 0;
}
