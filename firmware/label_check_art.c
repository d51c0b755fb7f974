/* label_check_art.c - what a template's drawing itself says: fonts that are not there,
 * colours and lines that one bit cannot show, attributes that mean nothing. */
#include "label_impl.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define DOT_MM (MM_PER_INCH / 203)
#define NEARLY_BLACK 48			/* of 255: nobody sees that it is not */
#define NEARLY_WHITE 224
#define ART_TEXTS_MAX 100
#define TODO_SIZE 160
#define TODO_COLOUR "black and white print as they are, and red where the roll has it"

/* Where a font of labels comes from. */
static const struct {
	const char *begins, *todo;
} FONTS[] = {
	{ "Noto Sans CJK", "sudo apt install fonts-noto-cjk" },
	{ "Noto Serif CJK", "sudo apt install fonts-noto-cjk" },
	{ "Noto", "sudo apt install fonts-noto-core, or fonts-noto-extra for the rarer ones" },
	{ "Symbola", "sudo apt install fonts-symbola" },
	{ "", "name Noto Sans; labels take their fonts from the folders in fonts.conf alone" },
};

static bool
is_any(const xmlNode *n, const char *const *names)
{
	for (; *names != NULL; names++)
		if (svg_is(n, *names))
			return true;
	return false;
}

/* ---- attributes ---- */

static bool
is_known(const char *name)
{
	const struct attribute_def *a = LABEL_ATTRIBUTES;

	while (a->name != NULL && strcmp(a->name, name) != 0)
		a++;
	return a->name != NULL;
}

/* "data-box, data-fit, … or data-small" */
static const char *
known_names(char out[static TODO_SIZE])
{
	size_t n = 0;

	for (const struct attribute_def *a = LABEL_ATTRIBUTES; a->name != NULL; a++)
		n += (size_t)snprintf(out + n, TODO_SIZE - n, "%s%s", n == 0 ? "" :
		    a[1].name != NULL ? ", " : " or ", a->name);
	return out;
}

static void
inspect_data(struct inspection *in, const xmlNode *n)
{
	char todo[TODO_SIZE];

	for (const xmlAttr *a = n->properties; a != NULL; a = a->next) {
		const char *name = (const char *)a->name;
		if (a->ns == NULL && strncmp(name, "data-", 5) == 0 && !is_known(name))
			inspection_note(in, false, xmlGetLineNo(n), known_names(todo),
			    "%.60s means nothing", name);
	}
	if (!svg_is(n, "text") && xmlHasProp(n, (const xmlChar *)"data-box") != NULL)
		inspection_note(in, false, xmlGetLineNo(n), "write it at its <text>",
		    "data-box means nothing at <%.40s>", n->name);
	if (!svg_is(n, "rect") && xmlHasProp(n, (const xmlChar *)"data-qr") != NULL)
		inspection_note(in, false, xmlGetLineNo(n), "write it at a <rect>",
		    "data-qr means nothing at <%.40s>", n->name);
}

/* ---- fonts ---- */

static bool
is_generic(const char *family)
{
	return g_ascii_strcasecmp(family, "sans-serif") == 0 ||
	    g_ascii_strcasecmp(family, "sans") == 0;
}

/* The first family that is named, without its quotes. */
static char *
first_family(const xmlNode *n)
{
	char *all = svg_property(n, "font-family");
	char *first = NULL;

	if (all != NULL) {
		g_strdelimit(all, "'\"", ' ');
		first = g_strndup(all, strcspn(all, ","));
		g_strstrip(first);
	}
	g_free(all);
	return first;
}

/* One that is not there is told once, where it is met first. */
static void
inspect_font(struct inspection *in, const xmlNode *n, GHashTable *known)
{
	char *family = first_family(n);
	size_t i = 0;

	if (family == NULL || family[0] == '\0' || is_generic(family) ||
	    !g_hash_table_add(known, g_strdup(family)) ||
	    pen_has_family(in->engine.pen, family)) {
		g_free(family);
		return;
	}
	while (g_ascii_strncasecmp(family, FONTS[i].begins, strlen(FONTS[i].begins)) != 0)
		i++;
	inspection_note(in, false, xmlGetLineNo(n), FONTS[i].todo,
	    "the font %.60s is not among those of labels: another one stands in", family);
	g_free(family);
}

/* ---- colours ---- */

/* What a paint comes out as, if that is not what it says; NULL if it is. */
static const char *
paint_becomes(const char *paint)
{
	PangoColor c;

	if (strncmp(paint, "url(", 4) == 0)
		return "black and white without shades";
	if (strcmp(paint, "none") == 0 || strcmp(paint, "currentColor") == 0 ||
	    strcmp(paint, "transparent") == 0 || strncmp(paint, "context-", 8) == 0)
		return NULL;
	int v[3] = { 0 };
	if (sscanf(paint, "rgb( %d , %d , %d )", &v[0], &v[1], &v[2]) != 3) {
		if (!pango_color_parse(&c, paint))
			return "black or not at all: it is no colour";
		v[0] = c.red >> 8;
		v[1] = c.green >> 8;
		v[2] = c.blue >> 8;
	}
	int high = MAX(v[0], MAX(v[1], v[2])), low = MIN(v[0], MIN(v[1], v[2]));
	if (high <= NEARLY_BLACK || low >= NEARLY_WHITE || colour_is_red(v))
		return NULL;
	return colour_is_white(v) ? "white" : "black";
}

static void
inspect_paint(struct inspection *in, const xmlNode *n, const char *what, const char *paint)
{
	const char *becomes = paint_becomes(paint);

	if (becomes != NULL)
		inspection_note(in, false, xmlGetLineNo(n), TODO_COLOUR,
		    "the %s %.40s prints as %s", what, paint, becomes);
}

static double
number_of(const xmlNode *n, const char *property, double fallback)
{
	char *text = svg_property(n, property);
	double value = fallback;

	if (text != NULL && !svg_length(text, &value))
		value = fallback;
	g_free(text);
	return value;
}

static void
inspect_opacity(struct inspection *in, const xmlNode *n)
{
	static const char *const NAMES[] = { "opacity", "fill-opacity", "stroke-opacity" };

	for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
		double value = number_of(n, NAMES[i], 1);
		if (value > 0.05 && value < 0.95)
			inspection_note(in, false, xmlGetLineNo(n), "make it opaque",
			    "%s %.2g is a grey: it prints as black or white", NAMES[i], value);
	}
}

/* ---- lines ---- */

static void
inspect_line(struct inspection *in, const xmlNode *n, const char *what, double width)
{
	double mm = width * svg_scale(n) * in->unit_mm;

	if (mm < 0.95 * DOT_MM)
		inspection_note(in, false, xmlGetLineNo(n), "0.3 mm is a fine line",
		    "%s of %.2g mm is thinner than a dot at 203 dpi (%.3f mm): it may vanish", what, mm,
		    DOT_MM);
}

static bool
is_hidden(const xmlNode *n)
{
	char *display = svg_property(n, "display"), *visibility = svg_property(n, "visibility");
	bool hidden = (display != NULL && strcmp(display, "none") == 0) ||
	    (visibility != NULL && strcmp(visibility, "hidden") == 0) ||
	    number_of(n, "opacity", 1) <= 0.05;

	g_free(display);
	g_free(visibility);
	return hidden;
}

static void
inspect_rect(struct inspection *in, const xmlNode *n)
{
	double w, h;

	if (svg_attr_length(n, "width", 0, &w) && svg_attr_length(n, "height", 0, &h) && w > 0 &&
	    h > 0)
		inspect_line(in, n, "a rectangle", MIN(w, h));
}

/* What is drawn of one element: black unless it says otherwise, and no stroke. */
static void
inspect_drawn(struct inspection *in, const xmlNode *n)
{
	char *fill = svg_property(n, "fill"), *stroke = svg_property(n, "stroke");
	bool is_filled = (fill == NULL || strcmp(fill, "none") != 0) && !svg_is(n, "line") &&
	    number_of(n, "fill-opacity", 1) > 0.05;
	bool is_stroked = stroke != NULL && strcmp(stroke, "none") != 0 &&
	    number_of(n, "stroke-opacity", 1) > 0.05;

	if (is_filled && fill != NULL)
		inspect_paint(in, n, "colour", fill);
	if (is_filled && !is_stroked && svg_is(n, "rect"))
		inspect_rect(in, n);
	if (is_stroked) {
		inspect_paint(in, n, "line's colour", stroke);
		inspect_line(in, n, "a line", number_of(n, "stroke-width", 1));
	}
	if (is_filled || is_stroked)
		inspect_opacity(in, n);
	g_free(fill);
	g_free(stroke);
}

static bool
is_within(const xmlNode *n, const char *const *names)
{
	for (; n != NULL; n = n->parent)
		if (is_any(n, names))
			return true;
	return false;
}

void
inspect_styles(struct inspection *in, xmlNode *root)
{
	static const char *const UNSEEN[] = {
		"defs", "clipPath", "mask", "metadata", "symbol", "pattern", "marker", NULL,
	};
	static const char *const SHAPES[] = {
		"rect", "circle", "ellipse", "line", "polyline", "polygon", "path", "text", NULL,
	};
	GHashTable *known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (xmlNode *n = root; n != NULL; n = svg_next(n, root)) {
		if (n->type != XML_ELEMENT_NODE || !svg_is(n, (const char *)n->name))
			continue;
		inspect_data(in, n);
		if (svg_is(n, "style"))
			inspection_note(in, false, xmlGetLineNo(n), "write colours and fonts as "
			    "attributes", "what a <style> sets is neither checked nor taken for texts "
			    "with fields");
		if (is_within(n, UNSEEN) || is_hidden(n))
			continue;
		if (svg_is(n, "text") || svg_is(n, "tspan"))
			inspect_font(in, n, known);
		if (is_any(n, SHAPES) && xmlHasProp(n, (const xmlChar *)"data-qr") == NULL &&
		    xmlHasProp(n, (const xmlChar *)"data-ruler") == NULL)
			inspect_drawn(in, n);
	}
	g_hash_table_destroy(known);
}

/* ---- the art's own texts ---- */

/* Characters that no font has, in a text that librsvg draws. */
static void
inspect_glyphs(struct inspection *in, xmlNode *n)
{
	char *content = (char *)xmlNodeGetContent(n), *family = svg_property(n, "font-family");
	char *weight = svg_property(n, "font-weight");
	struct label_text t = { .weight = svg_weight(weight), .size = 20, .words = 1, .lines = 1 };
	struct phrase p = { .blank = SIZE_MAX };
	struct page canvas = { .width = SIDE_MAX, .height = 100, .dpi_x = 203, .dpi_y = 203 };
	struct box box = { 0, 0, SIDE_MAX, 100 };
	struct fitting f = { .missing = 0 };

	t.family = g_strdelimit(g_strdup(family != NULL ? family : ""), "'\"", ' ');
	if (content != NULL) {
		g_strlcpy(p.text, g_strdelimit(content, "\t\r\n", ' '), sizeof p.text);
		p.len = strlen(p.text);
		if (g_utf8_validate(p.text, -1, NULL))
			pen_measure(in->engine.pen, &canvas, &t, &p, &box, 1, "en", &f);
	}
	if (f.missing > 0)
		inspection_note(in, false, xmlGetLineNo(n), LABEL_FONTS,
		    "no font has %d character%s of the text \"%.60s\"", f.missing,
		    f.missing == 1 ? "" : "s", p.text);
	xmlFree(content);
	g_free(t.family);
	g_free(family);
	g_free(weight);
}

static void
inspect_place(struct inspection *in, xmlNode *n, const char *id)
{
	const struct page *c = &in->canvas;
	struct box ink;

	/* With all fields, or where that hides it, with none. */
	if (art_where(in->template, ~0u, id, c, &ink) != 1 &&
	    art_where(in->template, 0, id, c, &ink) != 1)
		return;
	if (ink.w <= 0 || ink.h <= 0 || (ink.x >= -1 && ink.y >= -1 && ink.x + ink.w <= c->width + 1 &&
	    ink.y + ink.h <= c->height + 1))
		return;
	char *content = (char *)xmlNodeGetContent(n);
	inspection_note(in, true, xmlGetLineNo(n), "move it, or make it smaller",
	    "the text \"%.60s\" leaves the page", content != NULL ? g_strstrip(content) : "");
	xmlFree(content);
}

void
inspect_art(struct inspection *in)
{
	static const char *const ELSEWHERE[] = { "defs", "clipPath", "mask", "symbol", "pattern",
		"marker", NULL };
	xmlNode *root = xmlDocGetRootElement(in->template->art);
	int count = 0;

	for (xmlNode *n = root; n != NULL && count < ART_TEXTS_MAX; n = svg_next(n, root)) {
		char id[40];
		if (!svg_is(n, "text") || is_within(n, ELSEWHERE) || is_hidden(n))
			continue;
		/* A name of our own: what looks for the text's id is of no matter here. */
		snprintf(id, sizeof id, "fridge-label-text-%d", count++);
		xmlSetProp(n, (const xmlChar *)"id", (const xmlChar *)id);
		inspect_glyphs(in, n);
		inspect_place(in, n, id);
	}
}
