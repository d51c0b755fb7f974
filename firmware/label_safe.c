/* label_safe.c - what a template must not hold before librsvg sees it.
 *
 * librsvg cannot be interrupted, and some files keep it busy for minutes or fill the
 * memory: thousands of copies of copies, a picture of a gigapixel. It also leaves out
 * in silence what it cannot find. So a template is looked through first, and refused
 * with the reason.
 */
#include "label_impl.h"

#include <ctype.h>
#include <fcntl.h>
#include <librsvg/rsvg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Elements that librsvg may come to draw, counting a copy as often as it is made. */
#define WORK_MAX 4000
#define IMAGE_BYTES_MAX (4 << 20)
#define IMAGE_DOTS_MAX (16 << 20)
#define IMAGE_WORK 50		/* a picture against a rectangle */
#define IMAGES_MAX (WORK_MAX / IMAGE_WORK)
#define NODES_MAX 50000		/* a label has a few hundred */

struct check {
	const char *path;
	struct hearer *hearer;
	GHashTable *named;	/* element by id, the first of that id */
	GHashTable *used;	/* ids that something points at */
	int images;
};

/* What may stand in a template. */
static const char *const DRAWN[] = {
	"svg", "g", "defs", "style", "rect", "circle", "ellipse", "line", "polyline",
	"polygon", "path", "text", "tspan", "use", "symbol", "image", "clipPath", "mask",
	"linearGradient", "radialGradient", "stop", "pattern", "marker", "a", NULL,
};
/* What may stand there and prints nothing. */
static const char *const SILENT[] = { "title", "desc", "metadata", NULL };

bool
svg_is(const xmlNode *n, const char *name)
{
	return n->type == XML_ELEMENT_NODE && n->ns != NULL &&
	    strcmp((const char *)n->ns->href, "http://www.w3.org/2000/svg") == 0 &&
	    strcmp((const char *)n->name, name) == 0;
}

static bool
svg_is_any(const xmlNode *n, const char *const *names)
{
	for (; *names != NULL; names++)
		if (svg_is(n, *names))
			return true;
	return false;
}

/* The node after at in document order, behind its own content. */
static xmlNode *
after_content(xmlNode *at, const xmlNode *top)
{
	while (at != top && at->next == NULL)
		at = at->parent;
	return at == top ? NULL : at->next;
}

xmlNode *
svg_next(xmlNode *at, const xmlNode *top)
{
	/* The children of an entity reference are the entity's: not ours to walk. */
	if (at->children != NULL && at->type == XML_ELEMENT_NODE)
		return at->children;
	return after_content(at, top);
}

void
svg_drop(xmlNode *n)
{
	xmlUnlinkNode(n);
	xmlFreeNode(n);
}

char *
svg_attr(const xmlNode *n, const char *name)
{
	return (char *)xmlGetNoNsProp((xmlNode *)n, (const xmlChar *)name);
}

/* ---- references ---- */

static xmlNode *
node_named(const struct check *c, const char *id, size_t len)
{
	char *key = g_strndup(id, len);
	xmlNode *found = g_hash_table_lookup(c->named, key);

	g_free(key);
	return found;
}

/* Find the next url(...) in a style; *text then stands behind it. Returns 1 with the
 * reference, 0 for none. */
static int
next_url(const char **text, const char **ref, size_t *len)
{
	const char *p = strcasestr(*text, "url(");

	if (p == NULL)
		return 0;
	p += 4;
	p += strspn(p, " \t\r\n'\"");
	*ref = p;
	*len = strcspn(p, ")'\" \t\r\n");
	*text = p + *len;
	return 1;
}

/* A style may point at this file's own parts and nothing else. Escapes could hide
 * what it says, and no drawing program writes them. */
static int
check_style(const char *text, struct err *e)
{
	const char *ref;
	size_t len;

	if (strcasestr(text, "@import") != NULL || strchr(text, '\\') != NULL)
		return err_set(e, ERR_REFUSED, NULL, "a style reads another file");
	while (next_url(&text, &ref, &len) == 1)
		if (*ref != '#')
			return err_set(e, ERR_REFUSED, NULL, "a style points at %.*s, outside the "
			    "file", len < 60 ? (int)len : 60, ref);
	return 0;
}

/* ---- pictures ---- */

static void
on_size(GdkPixbufLoader *loader, int w, int h, gpointer arg)
{
	int64_t *dots = arg;

	*dots = (int64_t)w * h;
	gdk_pixbuf_loader_set_size(loader, 1, 1);
}

/* Whether the bytes are a PNG or JPEG, and one of a sensible size. An SVG in an SVG
 * would be a second template that nobody looked through. */
static int
check_picture(const uint8_t *bytes, size_t n, const char *what, struct err *e)
{
	GdkPixbufLoader *loader;
	int64_t dots = 0;

	if (n < 8 || (memcmp(bytes, "\x89PNG", 4) != 0 && memcmp(bytes, "\xff\xd8\xff", 3) != 0))
		return err_set(e, ERR_REFUSED, "use a PNG",
		    "the picture %.80s is neither PNG nor JPEG", what);
	loader = gdk_pixbuf_loader_new();
	g_signal_connect(loader, "size-prepared", G_CALLBACK(on_size), &dots);
	for (size_t at = 0; at < n && dots == 0; at += 512)
		if (!gdk_pixbuf_loader_write(loader, bytes + at, n - at < 512 ? n - at : 512, NULL))
			break;
	gdk_pixbuf_loader_close(loader, NULL);
	g_object_unref(loader);
	if (dots <= 0)
		return err_set(e, ERR_REFUSED, "use a PNG", "the picture %.80s cannot be read", what);
	if (dots > IMAGE_DOTS_MAX)
		return err_set(e, ERR_REFUSED, "make it smaller", "the picture %.80s is too large", what);
	return 0;
}

static int
check_embedded(const char *href, struct err *e)
{
	const char *comma = strchr(href, ',');
	gsize n = 0;

	if (comma == NULL || memmem(href, (size_t)(comma - href), ";base64", 7) == NULL ||
	    strncmp(href, "data:image/", 11) != 0 || strncmp(href, "data:image/svg", 14) == 0)
		return err_set(e, ERR_REFUSED, "embed it as a PNG",
		    "an embedded picture is not in base64, or of a kind that does not print");
	guchar *bytes = g_base64_decode(comma + 1, &n);
	int rc = check_picture(bytes, n, "embedded in it", e);
	g_free(bytes);
	return rc;
}

/* A picture in a file of its own lies beside the template. */
static int
check_beside(const struct check *c, const char *href, struct err *e)
{
	char path[PATH_SIZE];
	struct stat st;
	uint8_t *bytes = NULL;
	int rc = -1, fd = -1;
	const char *slash = strrchr(c->path, '/');

	if (strchr(href, '/') != NULL || strchr(href, ':') != NULL || strchr(href, '%') != NULL ||
	    href[0] == '.' || href[0] == '\0')
		return err_set(e, ERR_REFUSED, "put the picture beside the template, or embed it",
		    "it reads %.80s, outside its folder", href);
	if (snprintf(path, sizeof path, "%.*s/%s", slash == NULL ? 1 : (int)(slash - c->path),
	    slash == NULL ? "." : c->path, href) >= (int)sizeof path)
		return err_set(e, ERR_REFUSED, NULL, "the name of a picture is too long");
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd == -1 || fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		err_set(e, ERR_REFUSED, "put the picture beside the template, or embed it",
		    "the picture %.80s is missing", href);
		goto done;
	}
	if (st.st_size > IMAGE_BYTES_MAX) {
		err_set(e, ERR_REFUSED, "make it smaller", "the picture %.80s is too large", href);
		goto done;
	}
	bytes = g_malloc((gsize)st.st_size + 1);
	ssize_t n = read(fd, bytes, (size_t)st.st_size);
	rc = check_picture(bytes, n > 0 ? (size_t)n : 0, href, e);
done:
	g_free(bytes);
	if (fd != -1)
		close(fd);
	return rc;
}

/* ---- attributes ---- */

static int
check_href(struct check *c, const xmlNode *n, const char *href, struct err *e)
{
	href += strspn(href, " \t\r\n");
	if (svg_is(n, "a"))
		return 0;	/* a link leads a reader, not the renderer */
	if (href[0] == '#') {
		if (href[1] != '\0' && node_named(c, href + 1, strlen(href + 1)) == NULL)
			return err_set(e, ERR_REFUSED, NULL, "it points at %.60s, which is not in it",
			    href);
		return 0;
	}
	if (!svg_is(n, "image"))
		return err_set(e, ERR_REFUSED, NULL, "it points at %.60s, outside the file", href);
	if (++c->images > IMAGES_MAX)
		return err_set(e, ERR_REFUSED, "simplify it", "it has more than %d pictures",
		    IMAGES_MAX);
	return strncmp(href, "data:", 5) == 0 ? check_embedded(href, e) :
	    check_beside(c, href, e);
}

static int
check_attribute(struct check *c, const xmlNode *n, const xmlAttr *a, const char *value,
    struct err *e)
{
	const char *name = (const char *)a->name;

	if (strcmp(name, "href") == 0)
		return check_href(c, n, value, e);
	if (a->ns == NULL && strncmp(name, "on", 2) == 0)
		return err_set(e, ERR_REFUSED, "take it out", "it holds a script (%.40s)", name);
	if (a->ns == NULL && strncmp(name, "data-", 5) != 0)
		return check_style(value, e);
	return 0;
}

static int
check_attributes(struct check *c, xmlNode *n, struct err *e)
{
	bool has_href = false;
	int rc = 0;

	for (xmlAttr *a = n->properties; a != NULL && rc == 0; a = a->next) {
		char *value = (char *)xmlNodeGetContent((xmlNode *)a);
		has_href = has_href || strcmp((const char *)a->name, "href") == 0;
		if (value != NULL && check_attribute(c, n, a, value, e) == -1)
			rc = hear(c->hearer, xmlGetLineNo(n), e);
		xmlFree(value);
	}
	if (rc == 0 && svg_is(n, "image") && !has_href) {
		err_set(e, ERR_REFUSED, NULL, "a picture names no file");
		rc = hear(c->hearer, xmlGetLineNo(n), e);
	}
	return rc;
}

/* ---- work ---- */

#define UNKNOWN_WORK ((void *)0)
#define BEING_COUNTED ((void *)-1)

static long work_of(const struct check *c, xmlNode *n);

/* The work of what an attribute refers to: once, but a marker stands at every point. */
static long
work_of_attribute(const struct check *c, const xmlNode *n, const xmlAttr *a)
{
	char *value = (char *)xmlNodeGetContent((const xmlNode *)a);
	const char *text = value, *ref;
	size_t len;
	long work = 0;

	if (value == NULL)
		return 0;
	if (strcmp((const char *)a->name, "href") == 0 && value[0] == '#') {
		xmlNode *to = node_named(c, value + 1, strlen(value + 1));
		work = to != NULL ? work_of(c, to) : 0;
	}
	while (text != NULL && work < WORK_MAX && next_url(&text, &ref, &len) == 1) {
		xmlNode *to = *ref == '#' ? node_named(c, ref + 1, len - 1) : NULL;
		if (to == NULL)
			continue;
		long times = 1;
		if (svg_is(to, "marker")) {
			char *path = svg_attr(n, svg_is(n, "path") ? "d" : "points");
			times += path != NULL ? (long)strlen(path) / 3 : 2;
			xmlFree(path);
		}
		long once = work_of(c, to);
		work += once > WORK_MAX / times ? WORK_MAX : once * times;
	}
	xmlFree(value);
	return work;
}

/* How many elements come to be drawn for this one; beyond WORK_MAX it is not looked
 * at closer. Something that contains itself counts as too much. */
static long
work_of(const struct check *c, xmlNode *n)
{
	if (n->type != XML_ELEMENT_NODE)
		return 0;
	if (n->_private == BEING_COUNTED)
		return WORK_MAX;
	if (n->_private != UNKNOWN_WORK)
		return (long)(intptr_t)n->_private;
	n->_private = BEING_COUNTED;
	long work = svg_is(n, "image") ? IMAGE_WORK : 1;
	for (const xmlAttr *a = n->properties; a != NULL && work < WORK_MAX; a = a->next)
		if (a->ns == NULL || strcmp((const char *)a->name, "href") == 0)
			work += work_of_attribute(c, n, a);
	for (xmlNode *child = n->children; child != NULL && work < WORK_MAX; child = child->next)
		work += work_of(c, child);
	if (work > WORK_MAX)
		work = WORK_MAX;
	n->_private = (void *)(intptr_t)work;
	return work;
}

/* ---- the whole ---- */

/* Note the ids that an attribute points at: "#id" and "url(#id)". */
static void
collect_uses(struct check *c, const char *value)
{
	for (const char *p = strchr(value, '#'); p != NULL; p = strchr(p + 1, '#'))
		g_hash_table_add(c->used, g_strndup(p + 1, strcspn(p + 1, ")'\" \t\r\n;#")));
}

static int
collect(struct check *c, xmlNode *root, struct err *e)
{
	int nodes = 0;

	for (xmlNode *n = root; n != NULL; n = svg_next(n, root)) {
		if (++nodes > NODES_MAX)
			return err_set(e, ERR_REFUSED, "simplify it", "it has too many elements");
		char *id = n->type == XML_ELEMENT_NODE ? svg_attr(n, "id") : NULL;
		if (id != NULL && !g_hash_table_contains(c->named, id))
			g_hash_table_insert(c->named, g_strdup(id), n);
		xmlFree(id);
		for (xmlAttr *a = n->type == XML_ELEMENT_NODE ? n->properties : NULL; a != NULL;
		    a = a->next) {
			char *value = (char *)xmlNodeGetContent((xmlNode *)a);
			if (value != NULL)
				collect_uses(c, value);
			xmlFree(value);
		}
	}
	return 0;
}

static bool
is_in_defs(const xmlNode *n)
{
	for (; n != NULL; n = n->parent)
		if (svg_is(n, "defs"))
			return true;
	return false;
}

/* Whether a style or attribute uses the element; drawing programs leave unused filters
 * and effects behind in <defs>. */
static bool
is_used(const struct check *c, const xmlNode *element)
{
	char *id = svg_attr(element, "id");
	bool used = id != NULL && g_hash_table_contains(c->used, id);

	xmlFree(id);
	return used;
}

/* Why an element cannot stay, in *e: -1. 0: it prints nothing, and goes in silence. */
static int
judge(const struct check *c, const xmlNode *root, const xmlNode *n, struct err *e)
{
	bool ours = n->type == XML_ELEMENT_NODE && svg_is(n, (const char *)n->name);

	if (n != root && svg_is(n, "svg"))
		return err_set(e, ERR_REFUSED, "use a group", "it has an <svg> in its <svg>");
	if (n->type == XML_ENTITY_REF_NODE)
		return err_set(e, ERR_REFUSED, "save it as a plain SVG", "it uses entities");
	if (ours && !svg_is_any(n, SILENT) && !(is_in_defs(n) && !is_used(c, n)))
		return err_set(e, ERR_REFUSED, "take it out", "<%.40s> cannot be printed", n->name);
	return 0;
}

/* Take out what is not drawn, refuse what is not known. */
static int
sieve(struct check *c, xmlNode *root, struct err *e)
{
	for (xmlNode *n = root, *next; n != NULL; n = next) {
		if (n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE || n == root ||
		    (svg_is_any(n, DRAWN) && !svg_is(n, "svg"))) {
			next = svg_next(n, root);
			continue;
		}
		next = after_content(n, root);
		if (judge(c, root, n, e) == -1 && hear(c->hearer, xmlGetLineNo(n), e) == -1)
			return -1;
		svg_drop(n);
	}
	return 0;
}

static int
check_all(struct check *c, xmlNode *root, struct err *e)
{
	for (xmlNode *n = root; n != NULL; n = svg_next(n, root)) {
		n->_private = UNKNOWN_WORK;
		if (n->type != XML_ELEMENT_NODE)
			continue;
		if (check_attributes(c, n, e) == -1)
			return -1;
		if (svg_is(n, "style")) {
			char *style = (char *)xmlNodeGetContent(n);
			int rc = style != NULL ? check_style(style, e) : 0;
			xmlFree(style);
			if (rc == -1 && hear(c->hearer, xmlGetLineNo(n), e) == -1)
				return -1;
		}
	}
	if (work_of(c, root) < WORK_MAX)
		return 0;
	err_set(e, ERR_REFUSED, "simplify it",
	    "it draws more than %d things, or a thing within itself", WORK_MAX);
	return hear(c->hearer, 0, e);
}

/* What stands beside the root: the reference to a DTD, and orders to the program that
 * shows the file. */
static int
clear_around(xmlDoc *doc, const xmlNode *root, struct err *e)
{
	if (doc->intSubset != NULL && (doc->intSubset->children != NULL ||
	    doc->intSubset->entities != NULL))
		return err_set(e, ERR_REFUSED, "save it as a plain SVG", "it declares entities");
	for (xmlNode *n = doc->children, *next; n != NULL; n = next) {
		next = n->next;
		if (n != root && n->type != XML_DTD_NODE)
			svg_drop(n);
	}
	if (doc->intSubset != NULL) {
		xmlDtd *dtd = doc->intSubset;
		xmlUnlinkNode((xmlNode *)dtd);
		xmlFreeDtd(dtd);
	}
	return 0;
}

static void
forget_names(struct check *c)
{
	g_hash_table_remove_all(c->named);
	g_hash_table_remove_all(c->used);
}

int
template_make_safe(xmlDoc *doc, const char *path, struct hearer *hearer, struct err *e)
{
	xmlNode *root = xmlDocGetRootElement(doc);
	struct check c = { .path = path, .hearer = hearer };
	int rc = -1;

	c.named = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	c.used = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	if (clear_around(doc, root, e) == -1 || collect(&c, root, e) == -1 ||
	    sieve(&c, root, e) == -1)
		goto done;
	/* Again, without what the sieve took out. */
	forget_names(&c);
	if (collect(&c, root, e) == 0 && check_all(&c, root, e) == 0)
		rc = 0;
done:
	g_hash_table_destroy(c.named);
	g_hash_table_destroy(c.used);
	return rc;
}
