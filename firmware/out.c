/* out.c - see out.h
 *
 * An answer is kept as a tree until it is whole; then it is printed once, as JSON by
 * json-c or as text by out_table.c.
 */
#include "out_impl.h"

#include <assert.h>
#include <json-c/json.h>
#include <json-c/printbuf.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 8

struct out {
	FILE *to;
	bool json;
	bool failed;			/* memory ran out: nothing is printed */
	enum { WHOLE, ARRAY, LINES } stream;
	int64_t elements;		/* printed of an array */
	struct out_node top;		/* holds the container and lines beside it */
	struct out_node *open[DEPTH_MAX];
	int depth;
};

struct out *
out_new(FILE *to, bool json)
{
	struct out *o = calloc(1, sizeof *o);

	if (o == NULL)
		return NULL;
	o->to = to;
	o->json = json;
	o->top.type = OUT_OBJECT;
	o->open[0] = &o->top;
	return o;
}

static void
node_clear(struct out_node *n)
{
	for (size_t i = 0; i < n->count; i++) {
		node_clear(n->child[i]);
		free(n->child[i]);
	}
	free(n->child);
	free(n->key);
	free(n->title);
	free(n->text);
}

/* strdup that keeps NULL; *ok becomes false where memory ran out. */
static char *
keep(const char *text, bool *ok)
{
	if (text == NULL)
		return NULL;
	char *copy = strdup(text);
	if (copy == NULL)
		*ok = false;
	return copy;
}

/* Add a node to the open container. NULL once memory ran out. */
static struct out_node *
add(struct out *o, enum out_type type, const char *key, const char *title, const char *text)
{
	if (o == NULL || o->failed)
		return NULL;
	struct out_node *in = o->open[o->depth];
	struct out_node *n = calloc(1, sizeof *n);
	bool ok = n != NULL;

	if (in->count == in->room) {
		size_t room = in->room == 0 ? 8 : in->room * 2;
		struct out_node **more = realloc(in->child, room * sizeof(struct out_node *));
		if (more != NULL) {
			in->child = more;
			in->room = room;
		} else {
			ok = false;
		}
	}
	if (ok) {
		n->type = type;
		n->key = keep(key, &ok);
		n->title = keep(title, &ok);
		n->text = keep(text, &ok);
	}
	if (!ok) {
		if (n != NULL)
			node_clear(n);
		free(n);
		o->failed = true;
		return NULL;
	}
	in->child[in->count++] = n;
	return n;
}

static void
begin(struct out *o, enum out_type type, const char *key, const char *title)
{
	struct out_node *n = add(o, type, key, title, NULL);

	if (n == NULL)
		return;
	assert(o->depth + 1 < DEPTH_MAX);
	o->open[++o->depth] = n;
}

void
out_list(struct out *o, const char *key, const char *title)
{
	begin(o, OUT_LIST, key, title);
}

void
out_object(struct out *o, const char *key, const char *title)
{
	begin(o, OUT_OBJECT, key, title);
}

void
out_end(struct out *o)
{
	if (o == NULL || o->failed)
		return;
	assert(o->depth > 0);
	o->depth--;
}

void
out_text(struct out *o, const char *key, const char *title, const char *v)
{
	bool empty = v == NULL || v[0] == '\0';

	add(o, empty ? OUT_NULL : OUT_TEXT, key, title, empty ? NULL : v);
}

void
out_int(struct out *o, const char *key, const char *title, int64_t v)
{
	struct out_node *n = add(o, OUT_INT, key, title, NULL);

	if (n != NULL)
		n->number = v;
}

void
out_real(struct out *o, const char *key, const char *title, double v)
{
	char text[64];

	snprintf(text, sizeof text, "%.2f", v);
	add(o, OUT_REAL, key, title, text);
}

void
out_bool(struct out *o, const char *key, const char *title, bool v)
{
	struct out_node *n = add(o, OUT_BOOL, key, title, NULL);

	if (n != NULL)
		n->number = v;
}

void
out_day(struct out *o, const char *key, const char *title, day_t v)
{
	char text[DAY_TEXT];

	out_text(o, key, title, day_text(v, text));
}

void
out_null(struct out *o, const char *key, const char *title)
{
	add(o, OUT_NULL, key, title, NULL);
}

static void __attribute__((format(printf, 3, 0)))
add_line(struct out *o, enum out_type type, const char *fmt, va_list ap)
{
	char *line = NULL;

	if (o == NULL || o->failed || o->json)
		return;
	if (vasprintf(&line, fmt, ap) == -1) {
		o->failed = true;
		return;
	}
	add(o, type, NULL, NULL, line);
	free(line);
}

void
out_say(struct out *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_line(o, OUT_SAY, fmt, ap);
	va_end(ap);
}

void
out_warn(struct out *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_line(o, OUT_WARN, fmt, ap);
	va_end(ap);
}

/* Whether a node of this container stands in the JSON document: members of an
 * object need a key, elements of a list have none unless they are for people. */
static bool
in_json(const struct out_node *container, const struct out_node *n)
{
	if (out_is_line(n))
		return false;
	return container->type == OUT_LIST || n->key != NULL;
}

/* json-c breaks the line inside an empty array. */
static int
print_empty(struct json_object *v, struct printbuf *to, int level, int flags)
{
	(void)v, (void)level, (void)flags;
	return printbuf_memappend(to, "[]", 2);
}

/* The node as json-c's value. json-c says null as NULL, so *ok tells a failure. */
static struct json_object *
to_json(const struct out_node *n, bool *ok)
{
	struct json_object *v = NULL;

	switch (n->type) {
	case OUT_NULL:
	case OUT_SAY:
	case OUT_WARN:
		return NULL;
	case OUT_TEXT:
		v = json_object_new_string(n->text);
		break;
	case OUT_INT:
		v = json_object_new_int64(n->number);
		break;
	case OUT_REAL:
		v = json_object_new_double_s(strtod(n->text, NULL), n->text);
		break;
	case OUT_BOOL:
		v = json_object_new_boolean(n->number != 0);
		break;
	case OUT_LIST:
		v = json_object_new_array();
		break;
	case OUT_OBJECT:
		v = json_object_new_object();
		break;
	}
	if (v == NULL) {
		*ok = false;
		return NULL;
	}
	for (size_t i = 0; i < n->count && *ok; i++) {
		const struct out_node *c = n->child[i];
		if (!in_json(n, c))
			continue;
		struct json_object *cv = to_json(c, ok);
		int rc = n->type == OUT_LIST ? json_object_array_add(v, cv)
		    : json_object_object_add(v, c->key, cv);
		if (rc != 0) {
			json_object_put(cv);
			*ok = false;
		}
	}
	if (n->type == OUT_LIST && json_object_array_length(v) == 0)
		json_object_set_serializer(v, print_empty, NULL, NULL);
	return v;
}

#define PRETTY (JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE)
#define PLAIN (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

static bool
print_json(const struct out *o, int how)
{
	const struct out_node *document = NULL;
	bool ok = true;

	for (size_t i = 0; i < o->top.count; i++) {
		if (o->top.child[i]->type != OUT_LIST && o->top.child[i]->type != OUT_OBJECT)
			continue;
		assert(document == NULL);	/* one document, no more */
		document = o->top.child[i];
	}
	assert(document != NULL);
	struct json_object *v = to_json(document, &ok);
	if (ok) {
		const char *text = json_object_to_json_string_ext(v, how);
		ok = text != NULL && fputs(text, o->to) != EOF;
	}
	json_object_put(v);
	return ok;
}

/* ---- streams ---- */

void
out_begin_stream(struct out *o, enum out_stream how)
{
	o->stream = how == OUT_ARRAY ? ARRAY : LINES;
}

int
out_line(struct out *o)
{
	bool ok = !o->failed;

	assert(o->stream != WHOLE && (!ok || o->depth == 0));
	if (ok && !o->json) {
		ok = out_print_text(&o->top, o->to);
	} else if (ok) {
		if (o->stream == ARRAY)
			ok = fputs(o->elements++ == 0 ? "[\n  " : ",\n  ", o->to) != EOF;
		ok = ok && print_json(o, PLAIN);
		if (o->stream == LINES)
			ok = ok && fputc('\n', o->to) != EOF;
	}
	node_clear(&o->top);
	o->top = (struct out_node){ .type = OUT_OBJECT };
	return ok ? 0 : -1;
}

static bool
end_stream(struct out *o)
{
	if (!o->json || o->stream == LINES)
		return true;
	return fputs(o->elements == 0 ? "[]\n" : "\n]\n", o->to) != EOF;
}

int
out_finish(struct out *o)
{
	if (o == NULL)
		return -1;
	bool ok = !o->failed;

	assert(!ok || o->depth == 0);
	if (ok && o->stream != WHOLE)
		ok = end_stream(o);
	else if (ok && o->json)
		ok = print_json(o, PRETTY) && fputc('\n', o->to) != EOF;
	else if (ok)
		ok = out_print_text(&o->top, o->to);
	/* A full disk may show only when the buffer is written. */
	if (fflush(o->to) != 0 || ferror(o->to))
		ok = false;
	out_discard(o);
	return ok ? 0 : -1;
}

void
out_discard(struct out *o)
{
	if (o == NULL)
		return;
	node_clear(&o->top);
	free(o);
}
