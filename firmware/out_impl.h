/* out_impl.h - the tree of an answer, shared by out.c and out_table.c alone. */
#ifndef FRIDGE_OUT_IMPL_H
#define FRIDGE_OUT_IMPL_H

#include "out.h"

enum out_type {
	OUT_NULL, OUT_TEXT, OUT_INT, OUT_REAL, OUT_BOOL, OUT_LIST, OUT_OBJECT,
	OUT_SAY,			/* a line for people */
	OUT_WARN,			/* one that must not be overlooked */
};

struct out_node {
	enum out_type type;
	char *key;			/* NULL: for people only, or in a list */
	char *title;			/* NULL: for JSON only, or in a list */
	char *text;			/* OUT_TEXT, OUT_SAY, OUT_WARN; OUT_REAL in digits */
	int64_t number;			/* OUT_INT, OUT_BOOL */
	struct out_node **child;	/* OUT_LIST, OUT_OBJECT */
	size_t count, room;
};

static inline bool
out_is_line(const struct out_node *n)
{
	return n->type == OUT_SAY || n->type == OUT_WARN;
}

/* out_paper.c: what is printed on. */
struct paper {
	FILE *file;
	int columns;			/* of the terminal; 0: no terminal, as wide as it gets */
	bool colours;
};
void paper_look(FILE *file, struct paper *out);
/* The beginning of a text that fits into so many columns, with "…" where it was cut.
 * The caller frees it; NULL if memory ran out. */
char *paper_cut(const char *text, int columns);
/* Columns that a text takes as it is printed. */
int paper_width(const char *text);

/* Print the tree for people: false if memory or the disk ran out. */
bool out_print_text(const struct out_node *top, FILE *to);

#endif
