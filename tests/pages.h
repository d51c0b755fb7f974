/* pages.h - what the decoders of printers' languages share. */
#ifndef FRIDGE_TESTS_PAGES_H
#define FRIDGE_TESTS_PAGES_H

#include "../firmware/label.h"

#define PAGES_MAX 200

struct pages {
	int count;
	bool loose;		/* white at the right and at the bottom does not count */
	struct page page[PAGES_MAX];
};

struct bytes {
	unsigned char *data;
	size_t size;
};

/* ---- pages.c ---- */

void pages_die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
struct page *pages_new(struct pages *to, int width, int height, int dpi);
/* Give the page a plane for red. */
void pages_add_red(struct page *p);
/* A dot of a plane of the page. */
void pages_set(const struct page *p, uint8_t *plane, int x, int y);

/* ---- pages_ql.c: Brother's raster ---- */

enum ql_how {
	QL_STRICT,
	QL_TRACE,		/* and its commands on standard output, a line each */
	QL_THEIRS,		/* another driver's: a row more or less is its own affair */
};
void pages_read_ql(const struct bytes *b, struct pages *out, enum ql_how how);

#endif
