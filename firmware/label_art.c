/* label_art.c - the part of a template that is the same on every label, by librsvg. */
#include "label_impl.h"

#include <gio/gio.h>
#include <librsvg/rsvg.h>
#include <string.h>

/* Dots drawn at a time: a large page is drawn in bands, so that memory stays small. */
#define BAND_DOTS (1 << 20)

/* Walk over the parts of the document with conditions of their own. */
static xmlNode *
next_conditional(xmlNode *at, const xmlNode *top)
{
	do
		at = svg_next(at, top);
	while (at != NULL && (at->type != XML_ELEMENT_NODE ||
	    xmlHasProp(at, (const xmlChar *)"data-if") == NULL));
	return at;
}

static bool
condition_of(const xmlNode *n, struct cond *out)
{
	char *text = svg_attr(n, "data-if");

	*out = (struct cond){ 0 };
	bool ok = text == NULL || cond_parse(text, out, NULL) == 0;
	xmlFree(text);
	return ok;
}

unsigned
art_conditions(const struct template *t)
{
	xmlNode *root = xmlDocGetRootElement(t->art);
	unsigned all = 0;
	struct cond c;

	for (xmlNode *n = next_conditional(root, root); n != NULL; n = next_conditional(n, root))
		if (condition_of(n, &c))
			all |= c.need | c.lack;
	return all;
}

/* The document without what these fields hide, to fill whatever page it is given. */
static xmlDoc *
variant(const struct template *t, unsigned present)
{
	xmlDoc *doc = xmlCopyDoc(t->art, 1);
	xmlNode *root = xmlDocGetRootElement(doc);
	char view[160], number[4][G_ASCII_DTOSTR_BUF_SIZE];
	const double v[4] = { t->view.x, t->view.y, t->view.w, t->view.h };
	struct cond c;

	for (xmlNode *n = next_conditional(root, root), *next; n != NULL; n = next) {
		if (!condition_of(n, &c) || cond_holds(&c, present)) {
			next = next_conditional(n, root);
			continue;
		}
		/* The walk goes on behind the hidden part, found before it is freed. */
		xmlNode *last = n;
		while (last->last != NULL && last->type == XML_ELEMENT_NODE)
			last = last->last;
		next = next_conditional(last, root);
		svg_drop(n);
	}
	for (int i = 0; i < 4; i++)
		g_ascii_dtostr(number[i], sizeof number[i], v[i]);
	snprintf(view, sizeof view, "%s %s %s %s", number[0], number[1], number[2], number[3]);
	xmlSetProp(root, (const xmlChar *)"viewBox", (const xmlChar *)view);
	xmlSetProp(root, (const xmlChar *)"width", (const xmlChar *)"100%");
	xmlSetProp(root, (const xmlChar *)"height", (const xmlChar *)"100%");
	xmlSetProp(root, (const xmlChar *)"preserveAspectRatio", (const xmlChar *)"none");
	return doc;
}

static RsvgHandle *
load(const struct template *t, unsigned present, struct err *e)
{
	xmlDoc *doc = variant(t, present);
	xmlChar *text = NULL;
	int len = 0;
	GError *why = NULL;

	xmlDocDumpMemoryEnc(doc, &text, &len, "UTF-8");
	xmlFreeDoc(doc);
	if (text == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "no memory for a template");
		return NULL;
	}
	GInputStream *from = g_memory_input_stream_new_from_data(text, len, NULL);
	GFile *base = g_file_new_for_path(t->path);
	RsvgHandle *handle = rsvg_handle_new_from_stream_sync(from, base, RSVG_HANDLE_FLAGS_NONE,
	    NULL, &why);
	g_object_unref(base);
	g_object_unref(from);
	xmlFree(text);
	if (handle == NULL) {
		err_set(e, ERR_REFUSED, NULL, "template %.150s: %.200s", t->path, why->message);
		g_error_free(why);
		return NULL;
	}
	rsvg_handle_set_dpi(handle, MM_PER_INCH * PX_PER_MM);
	return handle;
}

/* Black where the picture is nearer to black, and red where it is red by the rule that
 * texts go by. Never dithered: that frays every edge. */
static void
take_band(struct page *canvas, cairo_surface_t *band, int top, int height)
{
	int stride = cairo_image_surface_get_stride(band), width = canvas->width;
	uint8_t *black = g_malloc(2 * (size_t)width), *red = black + width;

	cairo_surface_flush(band);
	for (int row = 0; row < height; row++) {
		const uint32_t *from = (const uint32_t *)(const void *)
		    (cairo_image_surface_get_data(band) + (ptrdiff_t)row * stride);
		bool any[2] = { false, false };
		memset(black, 0, 2 * (size_t)width);
		for (int col = 0; col < width; col++) {
			uint32_t p = from[col] & 0xffffff;
			const int rgb[3] = { p >> 16 & 255, p >> 8 & 255, p & 255 };
			if (p == 0xffffff)	/* nearly every one */
				continue;
			bool is_red = colour_is_red(rgb);
			if (!is_red && colour_is_white(rgb))
				continue;
			(is_red ? red : black)[col] = 255;
			any[is_red] = true;
		}
		if (any[false])
			dots_stamp(canvas, 0, top + row, black, width, 1, width, DYE_BLACK);
		if (any[true])
			dots_stamp(canvas, 0, top + row, red, width, 1, width, DYE_RED);
	}
	g_free(black);
}

static int
draw_band(RsvgHandle *handle, struct page *canvas, int top, int height, struct err *e)
{
	RsvgRectangle whole = { 0, -top, canvas->width, canvas->height };
	cairo_surface_t *band = cairo_image_surface_create(CAIRO_FORMAT_RGB24, canvas->width,
	    height);
	cairo_t *cr = cairo_create(band);
	GError *why = NULL;
	int rc = 0;

	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_paint(cr);
	if (!rsvg_handle_render_document(handle, cr, &whole, &why)) {
		rc = err_set(e, ERR_REFUSED, NULL, "%.200s", why->message);
		g_error_free(why);
	} else if (cairo_status(cr) != CAIRO_STATUS_SUCCESS) {
		rc = err_set(e, ERR_SYSTEM, NULL, "%s", cairo_status_to_string(cairo_status(cr)));
	} else {
		take_band(canvas, band, top, height);
	}
	cairo_destroy(cr);
	cairo_surface_destroy(band);
	return rc;
}

int
art_draw_here(const struct template *t, unsigned present, struct page *canvas, struct err *e)
{
	RsvgHandle *handle = load(t, present, e);
	int rc = 0;

	if (handle == NULL)
		return -1;
	int height = BAND_DOTS / canvas->width + 1;
	for (int top = 0; top < canvas->height && rc == 0; top += height)
		rc = draw_band(handle, canvas, top, MIN(height, canvas->height - top), e);
	g_object_unref(handle);
	return rc == 0 ? 0 : err_within(e, "template %.150s", t->path);
}

int
art_where(const struct template *t, unsigned present, const char *id,
    const struct page *canvas, struct box *out)
{
	RsvgRectangle page = { 0, 0, canvas->width, canvas->height }, ink, logical;
	RsvgHandle *handle = load(t, present, NULL);
	char *ref = g_strconcat("#", id, NULL);
	int found = handle != NULL && rsvg_handle_has_sub(handle, ref) &&
	    rsvg_handle_get_geometry_for_layer(handle, ref, &page, &ink, &logical, NULL);

	if (found == 1)
		*out = (struct box){ ink.x, ink.y, ink.width, ink.height };
	g_free(ref);
	if (handle != NULL)
		g_object_unref(handle);
	return found;
}
