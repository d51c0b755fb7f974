/* out_table.c - an answer for people: lines of "Title: value", and tables.
 *
 * A list of objects is a table with a column for each title, in the order of their
 * first appearance; a column in which nothing stands is left out. Cells are padded
 * by columns of the terminal, not by bytes, so that wide names stay in line. On a
 * terminal long texts are cut until the table fits; where that does not do, rows stand
 * one below the other.
 */
#include "out_impl.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 24
#define INDENT 2
#define GAP 2			/* between two columns */
#define NARROWEST 12		/* no text column is made narrower: dates and codes stay whole */

#define BOLD "\x1b[1m"
#define RED "\x1b[31m"
#define PLAIN "\x1b[0m"

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
put_blanks(const struct paper *to, int n)
{
	if (n > 0)
		fprintf(to->file, "%*s", n, "");
}

static void
put_text(const struct paper *to, const char *text)
{
	char out[ERR_ESCAPE];

	while (*text != '\0')
		fwrite(out, 1, err_escape(&text, out), to->file);
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
	case OUT_WARN:
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
	*c = (struct column){ .title = title, .width = paper_width(title), .number = true };
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
			int width = paper_width(text);
			c->used = true;
			c->number = c->number && (n->type == OUT_INT || n->type == OUT_REAL);
			if (width > c->width)
				c->width = width;
		}
	}
}

/* Make the columns narrower, the widest first, until the table fits. False if it cannot
 * without making short texts unreadable. */
static bool
fit(struct table *t, int indent, int columns)
{
	int total = indent - GAP;

	for (size_t i = 0; i < t->columns; i++)
		total += t->column[i].used ? t->column[i].width + GAP : 0;
	for (; columns > 0 && total > columns; total--) {
		struct column *widest = NULL;
		for (size_t i = 0; i < t->columns; i++) {
			struct column *c = &t->column[i];
			if (c->used && !c->number && c->width > NARROWEST &&
			    (widest == NULL || c->width > widest->width))
				widest = c;
		}
		if (widest == NULL)
			return false;
		widest->width--;
	}
	return true;
}

/* One cell of a line; *gap is what is owed before it, so that no line ends in blanks. */
static void
put_cell(const struct paper *to, const struct column *c, const char *text, int *gap)
{
	char *piece = paper_width(text) > c->width ? paper_cut(text, c->width) : NULL;

	if (piece != NULL)
		text = piece;
	int pad = c->width - paper_width(text);
	if (text[0] == '\0') {
		*gap += c->width + GAP;
		return;
	}
	put_blanks(to, *gap + (c->number ? pad : 0));
	put_text(to, text);
	*gap = GAP + (c->number ? 0 : pad);
	free(piece);
}

static void
put_heading(const struct table *t, int indent, const struct paper *to)
{
	int gap = indent;

	if (to->colours)
		fputs(BOLD, to->file);
	for (size_t i = 0; i < t->columns; i++)
		if (t->column[i].used)
			put_cell(to, &t->column[i], t->column[i].title, &gap);
	fputs(to->colours ? PLAIN "\n" : "\n", to->file);
}

static void put_object(const struct out_node *n, int indent, const struct paper *to);

/* A table that fits no terminal so narrow: its rows one below the other. */
static void
put_rows(const struct out_node *list, int indent, const struct paper *to)
{
	bool first = true;

	for (size_t r = 0; r < list->count; r++) {
		if (list->child[r]->type != OUT_OBJECT)
			continue;
		if (!first)
			fputc('\n', to->file);
		first = false;
		put_object(list->child[r], indent, to);
	}
}

static void
put_table(const struct out_node *list, int indent, const struct paper *to)
{
	struct table t = { .columns = 0 };
	char buf[CELL_NUMBER];
	int gap;

	measure(list, &t);
	if (t.columns == 0)
		return;		/* rows for JSON only */
	if (!fit(&t, indent, to->columns)) {
		put_rows(list, indent, to);
		return;
	}
	put_heading(&t, indent, to);
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
		fputc('\n', to->file);
	}
}

static void
put_say(const struct out_node *n, int indent, const struct paper *to)
{
	bool red = to->colours && n->type == OUT_WARN;

	if (n->text[0] != '\0')
		put_blanks(to, indent);
	if (red)
		fputs(RED, to->file);
	put_text(to, n->text);
	fputs(red ? PLAIN "\n" : "\n", to->file);
}

/* A list: a table of objects, with what was said in it below; or plain values one a
 * line. */
static void
put_list(const struct out_node *list, int indent, const struct paper *to)
{
	char buf[CELL_NUMBER];
	bool objects = false;

	for (size_t i = 0; i < list->count; i++)
		objects = objects || list->child[i]->type == OUT_OBJECT;
	if (objects)
		put_table(list, indent, to);
	for (size_t i = 0; i < list->count; i++) {
		const struct out_node *n = list->child[i];
		if (out_is_line(n)) {
			put_say(n, indent, to);
		} else if (n->type != OUT_OBJECT) {
			put_blanks(to, indent);
			put_text(to, cell(n, buf));
			fputc('\n', to->file);
		}
	}
}

static void
put_object(const struct out_node *n, int indent, const struct paper *to)
{
	char buf[CELL_NUMBER];
	int widest = 0;

	for (size_t i = 0; i < n->count; i++) {
		const struct out_node *c = n->child[i];
		if (c->title == NULL || cell(c, buf)[0] == '\0')
			continue;
		int width = paper_width(c->title);
		if (width > widest)
			widest = width;
	}
	for (size_t i = 0; i < n->count; i++) {
		const struct out_node *c = n->child[i];
		if (out_is_line(c)) {
			put_say(c, indent, to);
		} else if (c->title == NULL) {
			continue;
		} else if (c->type == OUT_LIST || c->type == OUT_OBJECT) {
			put_blanks(to, indent);
			put_text(to, c->title);
			fputs(c->count == 0 ? ": none\n" : ":\n", to->file);
			if (c->count > 0 && c->type == OUT_LIST)
				put_list(c, indent + INDENT, to);
			else
				put_object(c, indent + INDENT, to);
		} else if (cell(c, buf)[0] != '\0') {
			put_blanks(to, indent);
			put_text(to, c->title);
			fputc(':', to->file);
			put_blanks(to, widest - paper_width(c->title) + 1);
			put_text(to, cell(c, buf));
			fputc('\n', to->file);
		}
	}
}

bool
out_print_text(const struct out_node *top, FILE *file)
{
	struct paper paper, *to = &paper;

	paper_look(file, &paper);
	for (size_t i = 0; i < top->count; i++) {
		const struct out_node *n = top->child[i];
		if (out_is_line(n))
			put_say(n, 0, to);
		else if (n->type == OUT_LIST)
			put_list(n, 0, to);
		else if (n->type == OUT_OBJECT)
			put_object(n, 0, to);
	}
	return !ferror(file);
}
