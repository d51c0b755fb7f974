/* out_table.c - an answer for people: lines of "Title: value", and tables.
 *
 * A list of objects is a table with a column for each title, in the order of their
 * first appearance; a column in which nothing stands is left out. Cells are padded
 * by columns of the terminal, not by bytes, so that wide names stay in line.
 */
#include "out_impl.h"

#include <stdlib.h>
#include <string.h>

#include "words.h"

#define COLUMNS_MAX 24
#define INDENT 2

struct column {
	const char *title;
	int width;
	bool used;			/* something stands in it */
	bool number;			/* flushed right */
};

struct table {
	struct column column[COLUMNS_MAX];
	size_t columns;
};

static void
put_blanks(FILE *to, int n)
{
	if (n > 0)
		fprintf(to, "%*s", n, "");
}

/* Text of others never moves the cursor: controls are shown as \xNN. C1 controls
 * are two bytes in UTF-8, c2 80 to c2 9f. */
static void
put_text(FILE *to, const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
		if (*p < 0x20 || *p == 0x7f)
			fprintf(to, "\\x%02x", *p);
		else if (*p == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f)
			fprintf(to, "\\x%02x", *++p);
		else
			fputc(*p, to);
	}
}

/* Columns that put_text takes: each escaped control is four wide. */
static int
text_width(const char *text)
{
	int escapes = 0;
	size_t n = strlen(text);
	char *plain = malloc(n + 1);
	size_t at = 0;

	if (plain == NULL)
		return (int)n;	/* out of line, but told */
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];
		unsigned char next = (unsigned char)text[i + 1];
		if (c < 0x20 || c == 0x7f) {
			escapes++;
		} else if (c == 0xc2 && next >= 0x80 && next <= 0x9f) {
			escapes++;
			i++;
		} else {
			plain[at++] = text[i];
		}
	}
	plain[at] = '\0';
	int width = words_columns(plain) + 4 * escapes;
	free(plain);
	return width;
}

#define CELL_NUMBER 24
/* What stands in a cell; a number is written into buf. "" for nothing. */
static const char *
cell(const struct out_node *n, char buf[static CELL_NUMBER])
{
	switch (n->type) {
	case OUT_TEXT:
	case OUT_REAL:
		return n->text;
	case OUT_INT:
		snprintf(buf, CELL_NUMBER, "%lld", (long long)n->number);
		return buf;
	case OUT_BOOL:
		return n->number != 0 ? "yes" : "no";
	case OUT_NULL:
	case OUT_LIST:
	case OUT_OBJECT:
	case OUT_SAY:
		break;
	}
	return "";
}

static struct column *
column_of(struct table *t, const char *title)
{
	for (size_t i = 0; i < t->columns; i++)
		if (strcmp(t->column[i].title, title) == 0)
			return &t->column[i];
	if (t->columns == COLUMNS_MAX)
		return NULL;
	struct column *c = &t->column[t->columns++];
	*c = (struct column){ .title = title, .width = text_width(title), .number = true };
	return c;
}

static void
measure(const struct out_node *list, struct table *t)
{
	char buf[CELL_NUMBER];

	for (size_t r = 0; r < list->count; r++) {
		const struct out_node *row = list->child[r];
		for (size_t i = 0; i < row->count; i++) {	/* none, if no object */
			const struct out_node *n = row->child[i];
			if (n->title == NULL)
				continue;
			struct column *c = column_of(t, n->title);
			const char *text = cell(n, buf);
			if (c == NULL || text[0] == '\0')
				continue;
			int width = text_width(text);
			c->used = true;
			c->number = c->number && (n->type == OUT_INT || n->type == OUT_REAL);
			if (width > c->width)
				c->width = width;
		}
	}
}

/* One cell of a line; *gap is what is owed before it, so that no line ends in blanks. */
static void
put_cell(FILE *to, const struct column *c, const char *text, int *gap)
{
	int pad = c->width - text_width(text);

	if (text[0] == '\0') {
		*gap += c->width + 2;
		return;
	}
	put_blanks(to, *gap + (c->number ? pad : 0));
	put_text(to, text);
	*gap = 2 + (c->number ? 0 : pad);
}

static void
put_table(const struct out_node *list, int indent, FILE *to)
{
	struct table t = { .columns = 0 };
	char buf[CELL_NUMBER];
	int gap = indent;

	measure(list, &t);
	if (t.columns == 0)
		return;		/* rows for JSON only */
	for (size_t i = 0; i < t.columns; i++)
		if (t.column[i].used)
			put_cell(to, &t.column[i], t.column[i].title, &gap);
	fputc('\n', to);
	for (size_t r = 0; r < list->count; r++) {
		const struct out_node *row = list->child[r];
		if (row->type != OUT_OBJECT)
			continue;
		gap = indent;
		for (size_t c = 0; c < t.columns; c++) {
			const char *text = "";
			if (!t.column[c].used)
				continue;
			for (size_t i = 0; i < row->count && text[0] == '\0'; i++)
				if (row->child[i]->title != NULL &&
				    strcmp(row->child[i]->title, t.column[c].title) == 0)
					text = cell(row->child[i], buf);
			put_cell(to, &t.column[c], text, &gap);
		}
		fputc('\n', to);
	}
}

static void put_object(const struct out_node *n, int indent, FILE *to);

static void
put_say(const struct out_node *n, int indent, FILE *to)
{
	if (n->text[0] != '\0')
		put_blanks(to, indent);
	put_text(to, n->text);
	fputc('\n', to);
}

/* A list: a table of objects, with what was said in it below; or plain values one a
 * line. */
static void
put_list(const struct out_node *list, int indent, FILE *to)
{
	char buf[CELL_NUMBER];
	bool objects = false;

	for (size_t i = 0; i < list->count; i++)
		objects = objects || list->child[i]->type == OUT_OBJECT;
	if (objects)
		put_table(list, indent, to);
	for (size_t i = 0; i < list->count; i++) {
		const struct out_node *n = list->child[i];
		if (n->type == OUT_SAY) {
			put_say(n, indent, to);
		} else if (n->type != OUT_OBJECT) {
			put_blanks(to, indent);
			put_text(to, cell(n, buf));
			fputc('\n', to);
		}
	}
}

static void
put_object(const struct out_node *n, int indent, FILE *to)
{
	char buf[CELL_NUMBER];
	int widest = 0;

	for (size_t i = 0; i < n->count; i++) {
		const struct out_node *c = n->child[i];
		if (c->title == NULL || cell(c, buf)[0] == '\0')
			continue;
		int width = text_width(c->title);
		if (width > widest)
			widest = width;
	}
	for (size_t i = 0; i < n->count; i++) {
		const struct out_node *c = n->child[i];
		if (c->type == OUT_SAY) {
			put_say(c, indent, to);
		} else if (c->title == NULL) {
			continue;
		} else if (c->type == OUT_LIST || c->type == OUT_OBJECT) {
			put_blanks(to, indent);
			put_text(to, c->title);
			fputs(c->count == 0 ? ": none\n" : ":\n", to);
			if (c->count > 0 && c->type == OUT_LIST)
				put_list(c, indent + INDENT, to);
			else
				put_object(c, indent + INDENT, to);
		} else if (cell(c, buf)[0] != '\0') {
			put_blanks(to, indent);
			put_text(to, c->title);
			fputc(':', to);
			put_blanks(to, widest - text_width(c->title) + 1);
			put_text(to, cell(c, buf));
			fputc('\n', to);
		}
	}
}

bool
out_print_text(const struct out_node *top, FILE *to)
{
	for (size_t i = 0; i < top->count; i++) {
		const struct out_node *n = top->child[i];
		if (n->type == OUT_SAY)
			put_say(n, 0, to);
		else if (n->type == OUT_LIST)
			put_list(n, 0, to);
		else if (n->type == OUT_OBJECT)
			put_object(n, 0, to);
	}
	return !ferror(to);
}
