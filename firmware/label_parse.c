/* label_parse.c - an SVG file becomes a template: its texts, boxes and QR codes, and
 * what is left of it for librsvg.
 *
 * The texts that this program draws itself are those with a field in them or a
 * data-box; every other text is art.
 */
#include "label_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX (1 << 20)
#define MM_MIN 5.0
#define MM_MAX 1000.0
#define NO_PAGE 1e6		/* user units of a page whose size is a mistake */

/* ---- texts ---- */

/* Blanks as SVG has them: line breaks and tabs are blanks, many are one. */
static void
collapse(char *s)
{
	char *to = s;

	for (const char *p = s; *p != '\0'; p++) {
		char c = *p == '\t' || *p == '\n' || *p == '\r' ? ' ' : *p;
		if (c != ' ' || (to > s && to[-1] != ' ' && to[-1] != '\n'))
			*to++ = c;
	}
	while (to > s && to[-1] == ' ')
		to--;
	*to = '\0';
}

/* Whether a span begins a line: drawing programs give each line of a text its place. */
static bool
is_line(const xmlNode *n)
{
	return svg_is(n, "tspan") && xmlHasProp(n, (const xmlChar *)"y") != NULL;
}

/* How many lines a text is made of; 0 where something stands beside them. */
static int
lines_of(const xmlNode *text)
{
	int lines = 0;

	for (const xmlNode *n = text->children; n != NULL; n = n->next) {
		if (is_line(n))
			lines++;
		else if (!xmlIsBlankNode(n))
			return 0;
	}
	return lines;
}

/* The whole text of an element, its lines joined by blanks: where the text of a box
 * breaks is up to the box. */
static char *
content_of(xmlNode *text)
{
	GString *all = g_string_new(NULL);

	for (xmlNode *n = svg_next(text, text); n != NULL; n = svg_next(n, text)) {
		if (is_line(n))
			g_string_append_c(all, ' ');
		else if (n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE)
			g_string_append(all, (const char *)n->content);
	}
	collapse(all->str);
	return g_string_free(all, FALSE);
}

static const xmlNode *
first_span(xmlNode *text)
{
	for (xmlNode *n = text->children; n != NULL; n = n->next)
		if (svg_is(n, "tspan"))
			return n;
	return text;
}

static bool
is_art(const xmlNode *text, const char *content)
{
	char *box = svg_attr(text, "data-box");
	bool art = box == NULL && strpbrk(content, "{}") == NULL;

	xmlFree(box);
	return art;
}

/* data-align: across, then along the page: "start", "middle top", "end bottom". */
static int
parse_align(const char *text, enum align *across, enum align *along, struct err *e)
{
	char first[16] = "", second[16] = "", more[2];
	static const struct { const char *name; enum align align; } NAMES[] = {
		{ "start", ALIGN_START }, { "left", ALIGN_LEFT }, { "top", ALIGN_START },
		{ "middle", ALIGN_MIDDLE }, { "center", ALIGN_MIDDLE }, { "end", ALIGN_END },
		{ "right", ALIGN_END }, { "bottom", ALIGN_END },
	};
	const char *word[2] = { first, second };
	enum align *out[2] = { across, along };

	if (sscanf(text, "%15s %15s %1s", first, second, more) > 2)
		goto wrong;
	for (int i = 0; i < 2; i++) {
		bool known = word[i][0] == '\0' && i == 1;
		for (size_t k = 0; k < sizeof NAMES / sizeof *NAMES && !known; k++) {
			if (strcmp(NAMES[k].name, word[i]) != 0)
				continue;
			*out[i] = NAMES[k].align;
			known = true;
		}
		if (!known)
			goto wrong;
	}
	return 0;
wrong:
	return err_set(e, ERR_REFUSED, "start, middle or end, then top, middle or bottom",
	    "data-align=\"%.40s\" is not understood", text);
}

static xmlNode *
element_named(xmlNode *root, const char *id)
{
	for (xmlNode *n = root; n != NULL; n = svg_next(n, root)) {
		char *own = n->type == XML_ELEMENT_NODE ? svg_attr(n, "id") : NULL;
		bool same = own != NULL && strcmp(own, id) == 0;
		xmlFree(own);
		if (same)
			return n;
	}
	return NULL;
}

/* The conditions of an element itself are added to *out. */
static int
own_conditions(const xmlNode *n, struct cond *out, struct err *e)
{
	char *text = svg_attr(n, "data-if");
	int rc = text != NULL ? cond_parse(text, out, e) : 0;

	xmlFree(text);
	return rc;
}

/* The conditions of an element and of the groups it is in. */
static int
conditions_of(const xmlNode *n, struct cond *out, struct err *e)
{
	*out = (struct cond){ 0 };
	for (; n != NULL && n->type == XML_ELEMENT_NODE; n = n->parent)
		if (own_conditions(n, out, e) == -1)
			return -1;
	return 0;
}

static bool
is_within_defs(const xmlNode *n)
{
	static const char *const PLACES[] = {
		"defs", "symbol", "clipPath", "mask", "pattern", "marker",
	};

	for (; n != NULL; n = n->parent)
		for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++)
			if (svg_is(n, PLACES[i]))
				return true;
	return false;
}

/* Read font, weight, size and colour as seen from the first span. */
static int
read_font(xmlNode *n, double scale, struct label_text *t, struct err *e)
{
	const xmlNode *span = first_span(n);
	char *family = svg_property(span, "font-family"), *weight = svg_property(span, "font-weight");
	char *style = svg_property(span, "font-style"), *fill = svg_property(span, "fill");
	char *size = svg_property(span, "font-size");
	int colour[3], rc = 0;

	t->weight = svg_weight(weight);
	t->italic = style != NULL && (strcmp(style, "italic") == 0 || strcmp(style, "oblique") == 0);
	svg_colour(fill, colour);
	t->white = colour_is_white(colour);
	t->red = colour_is_red(colour);
	t->family = family != NULL ? g_strdelimit(g_strdup(family), "'\"", ' ') : g_strdup("");
	if (!svg_length(size, &t->size) || t->size <= 0)
		rc = err_set(e, ERR_REFUSED, "give it a font-size in its style",
		    "the text \"%.40s\" has no font-size", t->text);
	t->size *= scale;
	g_free(family);
	g_free(weight);
	g_free(style);
	g_free(fill);
	g_free(size);
	return rc;
}

/* A text that stands in no box: from its anchor to the edge of the page, on its own
 * baseline. */
static int
free_box(xmlNode *n, const struct template *tpl, struct label_text *t, struct err *e)
{
	const xmlNode *span = first_span(n);
	struct box at = { 0 };
	double scale = 1;
	char *anchor = svg_property(span, "text-anchor");

	if (!svg_attr_length(n, "x", 0, &at.x) || !svg_attr_length(n, "y", 0, &at.y) ||
	    !svg_attr_length(span, "x", at.x, &at.x) || !svg_attr_length(span, "y", at.y, &at.y)) {
		g_free(anchor);
		return err_set(e, ERR_REFUSED, "give it one x and one y, or a data-box",
		    "the text \"%.40s\" has no place", t->text);
	}
	/* Where it was drawn, whatever it is written in: its box was not. */
	t->across = anchor == NULL ? ALIGN_LEFT : strcmp(anchor, "middle") == 0 ? ALIGN_MIDDLE :
	    strcmp(anchor, "end") == 0 ? ALIGN_END : ALIGN_LEFT;
	g_free(anchor);
	if (box_place(n, "a text with fields", &at, &scale, e) == -1 ||
	    read_font(n, scale, t, e) == -1)
		return -1;
	double left = at.x - tpl->view.x, right = tpl->view.x + tpl->view.w - at.x;
	double half = MIN(left, right);
	t->box = t->across == ALIGN_LEFT ? (struct box){ at.x, 0, right, 0 } :
	    t->across == ALIGN_END ? (struct box){ tpl->view.x, 0, left, 0 } :
	    (struct box){ at.x - half, 0, 2 * half, 0 };
	t->box.y = at.y - 1.2 * t->size;
	t->box.h = 1.6 * t->size;
	t->along = ALIGN_BASELINE;
	if (t->box.w <= 0)
		return err_set(e, ERR_REFUSED, NULL, "the text \"%.40s\" lies beside the page",
		    t->text);
	return 0;
}

static int
boxed(xmlNode *root, xmlNode *n, const char *id, struct label_text *t, struct err *e)
{
	xmlNode *rect = element_named(root, id);
	struct box none = { 0 };
	double scale = 1;
	char what[80];

	snprintf(what, sizeof what, "the rectangle \"%.40s\"", id);
	if (rect == NULL || !svg_is(rect, "rect"))
		return err_set(e, ERR_REFUSED, "give a rectangle that id",
		    "data-box=\"%.40s\" names no rectangle", id);
	if (box_of_rect(rect, what, &t->box, e) == -1 ||
	    box_place(n, "a text with fields", &none, &scale, e) == -1)
		return -1;
	return read_font(n, scale, t, e);
}

/* data-fit, data-lines, data-align, data-words. */
static int
read_fit(xmlNode *n, struct label_text *t, struct hearer *h, struct err *e)
{
	char *fit = svg_attr(n, "data-fit"), *lines = svg_attr(n, "data-lines");
	char *align = svg_attr(n, "data-align"), *words = svg_attr(n, "data-words");
	char *end = NULL;
	int rc = 0;

	t->shrink = fit != NULL;
	bool wrap = fit != NULL && strcmp(fit, "wrap") == 0;
	long count = lines != NULL ? strtol(lines, &end, 10) : wrap ? 3 : 1;
	t->lines = count >= 1 && count <= LINES_MAX && (end == NULL || *end == '\0') ? (int)count : 0;
	t->words = words != NULL ? g_ascii_strtod(words, NULL) : 1;
	if (fit != NULL && !wrap && strcmp(fit, "shrink") != 0) {
		err_set(e, ERR_REFUSED, "shrink or wrap", "data-fit=\"%.40s\" is not understood", fit);
		rc = hear(h, t->line, e);
	}
	if (rc == 0 && t->lines == 0) {
		err_set(e, ERR_REFUSED, "1 to 80", "data-lines=\"%.40s\" is not understood", lines);
		rc = hear(h, t->line, e);
	}
	if (rc == 0 && !(t->words >= 0.2 && t->words <= 1)) {
		err_set(e, ERR_REFUSED, "0.2 to 1", "data-words=\"%.40s\" is not understood", words);
		rc = hear(h, t->line, e);
	}
	if (rc == 0 && align != NULL && parse_align(align, &t->across, &t->along, e) == -1)
		rc = hear(h, t->line, e);
	xmlFree(fit);
	xmlFree(lines);
	xmlFree(align);
	xmlFree(words);
	return rc;
}

static int
read_text(struct template *tpl, xmlNode *root, xmlNode *n, struct words *w,
    struct label_text *t, struct hearer *h, struct err *e)
{
	if (is_within_defs(n)) {
		err_set(e, ERR_REFUSED, "take it out of there",
		    "the text \"%.40s\" stands within <defs>", t->text);
		return hear(h, t->line, e);
	}
	if (phrase_check(t->text, w, h, t->line, e) == -1)
		return err_within(e, "the text \"%.40s\"", t->text);
	/* Whoever hears has heard of a bad condition where it stands. */
	if ((conditions_of(n, &t->when, e) == -1 && h == NULL) ||
	    read_fit(svg_is(n, "text") ? n : n->parent, t, h, e) == -1)
		return -1;
	char *id = svg_attr(n, "data-box");
	int rc = id != NULL ? boxed(root, n, id, t, e) : free_box(n, tpl, t, e);
	xmlFree(id);
	return rc == 0 ? 0 : hear(h, t->line, e);
}

static void
text_free(struct label_text *t)
{
	g_free(t->text);
	g_free(t->family);
}

static int
take_text(struct template *tpl, xmlNode *root, xmlNode *n, struct words *w, char *content,
    struct hearer *h, struct err *e)
{
	struct label_text *t = &tpl->text[tpl->texts];
	int before = h != NULL ? h->errors : 0;

	if (tpl->texts == TEXTS_MAX) {
		g_free(content);
		return err_set(e, ERR_REFUSED, "simplify it", "it has more than %d texts with fields",
		    TEXTS_MAX);
	}
	*t = (struct label_text){
		.text = content, .along = ALIGN_MIDDLE, .line = (int)xmlGetLineNo(n),
	};
	tpl->texts++;	/* from here on template_free frees it */
	if (read_text(tpl, root, n, w, t, h, e) == -1)
		return -1;
	if (h != NULL && h->errors > before)	/* half read: left out */
		text_free(&tpl->text[--tpl->texts]);
	return 0;
}

/* A text in no box shows each of its lines where it stands. */
static int
take_lines(struct template *tpl, xmlNode *root, xmlNode *text, struct words *w,
    struct hearer *h, struct err *e)
{
	for (xmlNode *n = text->children; n != NULL; n = n->next) {
		char *content = is_line(n) ? content_of(n) : NULL;
		if (content == NULL || content[0] == '\0')
			g_free(content);
		else if (take_text(tpl, root, n, w, content, h, e) == -1)
			return -1;
	}
	return 0;
}

/* The whole of a text element; *is_taken is false if it is art. */
static int
take_element(struct template *tpl, xmlNode *root, xmlNode *n, struct words *w,
    bool *is_taken, struct hearer *h, struct err *e)
{
	char *content = content_of(n);

	*is_taken = !is_art(n, content);
	if (!*is_taken) {
		g_free(content);
		return 0;
	}
	if (xmlHasProp(n, (const xmlChar *)"data-box") != NULL || lines_of(n) <= 1)
		return take_text(tpl, root, n, w, content, h, e);
	g_free(content);
	return take_lines(tpl, root, n, w, h, e);
}

static int
take_qr(struct template *tpl, const xmlNode *n, struct err *e)
{
	struct label_qr *q = &tpl->qr[tpl->qrs];

	if (tpl->qrs == QRS_MAX)
		return err_set(e, ERR_REFUSED, NULL, "it has more than %d QR codes", QRS_MAX);
	if (box_of_rect(n, "the rectangle of the QR code", &q->box, e) == -1 ||
	    conditions_of(n, &q->when, e) == -1)
		return -1;
	q->when.need |= 1u << FIELD_QR;
	q->line = (int)xmlGetLineNo(n);
	tpl->qrs++;
	return 0;
}

static int
take_ruler(struct template *tpl, const xmlNode *n, struct err *e)
{
	struct label_ruler *r = &tpl->ruler[tpl->rulers];

	if (tpl->rulers == RULERS_MAX)
		return err_set(e, ERR_REFUSED, NULL, "it has more than %d rulers", RULERS_MAX);
	if (box_of_rect(n, "the rectangle of the ruler", &r->box, e) == -1 ||
	    conditions_of(n, &r->when, e) == -1)
		return -1;
	tpl->rulers++;
	return 0;
}

static bool
is_rect_with(const xmlNode *n, const char *attribute)
{
	return svg_is(n, "rect") && xmlHasProp(n, (const xmlChar *)attribute) != NULL;
}

/* Take what this program draws itself; a rectangle may be the box of many texts, so
 * nothing is taken out of the document before all are read. */
static int
take_fields(struct template *tpl, xmlNode *root, struct words *w, struct hearer *h,
    struct err *e)
{
	GPtrArray *taken = g_ptr_array_new();
	int rc = 0;

	for (xmlNode *n = root; n != NULL && rc == 0; n = svg_next(n, root)) {
		struct cond unused = { 0 };
		bool is_taken = false;
		if (n->type == XML_ELEMENT_NODE && own_conditions(n, &unused, e) == -1)
			rc = hear(h, xmlGetLineNo(n), e);
		if (rc == -1)
			break;
		if (is_rect_with(n, "data-qr")) {
			is_taken = true;
			if (take_qr(tpl, n, e) == -1)
				rc = hear(h, xmlGetLineNo(n), e);
		} else if (is_rect_with(n, "data-ruler")) {
			is_taken = true;
			if (take_ruler(tpl, n, e) == -1)
				rc = hear(h, xmlGetLineNo(n), e);
		} else if (svg_is(n, "text")) {
			rc = take_element(tpl, root, n, w, &is_taken, h, e);
		}
		if (is_taken)
			g_ptr_array_add(taken, n);
	}
	for (guint i = 0; i < taken->len && rc == 0; i++)
		svg_drop(taken->pdata[i]);
	g_ptr_array_free(taken, TRUE);
	return rc;
}

/* ---- the page ---- */

/* A size of the root: an absolute length, which a percentage is not. */
static int
root_size(const xmlNode *root, const char *name, double *mm, struct err *e)
{
	double px;

	if (!svg_attr_length(root, name, -1, &px) || px <= 0)
		return err_set(e, ERR_REFUSED, "write it like width=\"62mm\" height=\"29mm\"",
		    "its %s is no length", name);
	*mm = px / PX_PER_MM;
	if (*mm < MM_MIN || *mm > MM_MAX)
		return err_set(e, ERR_REFUSED, NULL, "its %s of %.4g mm is not that of a label", name,
		    *mm);
	return 0;
}

static int
read_page(struct template *t, const xmlNode *root, struct err *e)
{
	char *view = svg_attr(root, "viewBox");
	const char *s = view;
	struct box *v = &t->view;
	bool ok = true;

	t->small = svg_attr(root, "data-small");
	if (root_size(root, "width", &t->width_mm, e) == -1 ||
	    root_size(root, "height", &t->height_mm, e) == -1) {
		xmlFree(view);
		return -1;
	}
	*v = (struct box){ 0, 0, t->width_mm * PX_PER_MM,
	    t->height_mm * PX_PER_MM };
	if (view != NULL)
		ok = svg_number(&s, &v->x) && svg_number(&s, &v->y) && svg_number(&s, &v->w) &&
		    svg_number(&s, &v->h) && v->w > 0 && v->h > 0;
	xmlFree(view);
	if (!ok)
		return err_set(e, ERR_REFUSED, NULL, "its viewBox is not understood");
	double ratio = (v->w / v->h) / (t->width_mm / t->height_mm);
	if (ratio < 0.98 || ratio > 1.02)
		return err_set(e, ERR_REFUSED, "make them alike",
		    "its viewBox has other proportions than its width and height");
	return 0;
}

/* Read a file of at most FILE_MAX bytes. */
static char *
read_file(const char *path, size_t *len, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	char *bytes = NULL;
	ssize_t n = 0;

	*len = 0;
	if (fd == -1)
		goto failed;
	bytes = g_malloc(FILE_MAX + 1);
	while (*len <= FILE_MAX && (n = read(fd, bytes + *len, FILE_MAX + 1 - *len)) != 0) {
		if (n == -1 && errno != EINTR)
			goto failed;
		*len += n > 0 ? (size_t)n : 0;
	}
	close(fd);
	if (*len <= FILE_MAX)
		return bytes;
	g_free(bytes);
	err_set(e, ERR_REFUSED, "simplify it", "it is longer than %d bytes", FILE_MAX);
	return NULL;
failed:
	err_set(e, ERR_REFUSED, NULL, "it cannot be read: %s", strerror(errno));
	g_free(bytes);
	if (fd != -1)
		close(fd);
	return NULL;
}

static xmlDoc *
parse(const char *bytes, size_t len, struct hearer *h, struct err *e)
{
	xmlParserCtxt *ctxt = xmlNewParserCtxt();
	xmlDoc *doc = NULL;

	if (ctxt != NULL)
		doc = xmlCtxtReadMemory(ctxt, bytes, (int)len, NULL, NULL, XML_PARSE_NONET |
		    XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
	if (doc == NULL) {
		const xmlError *why = ctxt != NULL ? xmlCtxtGetLastError(ctxt) : NULL;
		char reason[120] = "it is no XML";
		if (why != NULL && why->message != NULL)
			snprintf(reason, sizeof reason, "%.100s", why->message);
		reason[strcspn(reason, "\n")] = '\0';
		err_set(e, ERR_REFUSED, NULL, "%s", reason);
		if (hear(h, why != NULL ? why->line : 0, e) == -1)
			err_within(e, "line %d", why != NULL ? why->line : 0);
	}
	xmlFreeParserCtxt(ctxt);
	return doc;
}

int
template_read(const char *path, struct words *w, struct template **out, struct err *e)
{
	int rc = template_hear(path, w, NULL, out, e);

	return rc == 0 ? 0 : err_within(e, "template %.150s", path);
}

xmlDoc *
template_document(const char *path, struct hearer *h, struct err *e)
{
	size_t len;
	char *bytes = read_file(path, &len, e);
	xmlDoc *doc = NULL;

	if (bytes == NULL)
		return NULL;
	/* Before the parser sees it: entities grow while they are read. */
	if (memmem(bytes, len, "<!ENTITY", 8) != NULL)
		err_set(e, ERR_REFUSED, "save it as a plain SVG", "it declares entities");
	else
		doc = parse(bytes, len, h, e);
	g_free(bytes);
	const xmlNode *root = doc != NULL ? xmlDocGetRootElement(doc) : NULL;
	if (doc != NULL && (root == NULL || !svg_is(root, "svg"))) {
		err_set(e, ERR_REFUSED, NULL, "it is no SVG");
		xmlFreeDoc(doc);
		doc = NULL;
	}
	return doc;
}

int
template_hear(const char *path, struct words *w, struct hearer *h, struct template **out,
    struct err *e)
{
	struct template *t = g_new0(struct template, 1);
	xmlNode *root;

	t->path = g_strdup(path);
	t->art = template_document(path, h, e);
	if (t->art == NULL)
		goto failed;
	root = xmlDocGetRootElement(t->art);
	if (read_page(t, root, e) == -1) {
		if (hear(h, xmlGetLineNo(root), e) == -1)
			goto failed;
		t->width_mm = t->height_mm = 0;
		t->view = (struct box){ 0, 0, NO_PAGE, NO_PAGE };
	}
	if (template_make_safe(t->art, path, h, e) == -1 || take_fields(t, root, w, h, e) == -1)
		goto failed;
	*out = t;
	return 0;
failed:
	template_free(t);
	return -1;
}

void
template_free(struct template *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->texts; i++)
		text_free(&t->text[i]);
	xmlFreeDoc(t->art);
	xmlFree(t->small);
	g_free(t->path);
	g_free(t);
}
