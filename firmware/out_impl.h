/* out_impl.h - the tree of an answer, shared by out.c and out_table.c alone. */
#ifndef FRIDGE_OUT_IMPL_H
#define FRIDGE_OUT_IMPL_H

#include "out.h"

enum out_type { OUT_NULL, OUT_TEXT, OUT_INT, OUT_REAL, OUT_BOOL, OUT_LIST, OUT_OBJECT, OUT_SAY };

struct out_node {
	enum out_type type;
	char *key;			/* NULL: for people only, or in a list */
	char *title;			/* NULL: for JSON only, or in a list */
	char *text;			/* OUT_TEXT, OUT_SAY; OUT_REAL in digits */
	int64_t number;			/* OUT_INT, OUT_BOOL */
	struct out_node **child;	/* OUT_LIST, OUT_OBJECT */
	size_t count, room;
};

/* Print the tree for people: false if memory or the disk ran out. */
bool out_print_text(const struct out_node *top, FILE *to);

#endif
