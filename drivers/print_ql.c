/* print_ql.c - a page in the raster language of Brother's QL label printers.
 *
 * Written after Brother's raster command references (see print_media.c): NULs and
 * ESC @ once; then for each page its control codes, its lines, and FF, or ^Z behind the
 * last one. A line is a bit a pin of the head, and pin 0 is at the right of the paper.
 */
#include "print_impl.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX (1296 / 8)
#define PACKED_MAX (LINE_MAX + 2)	/* with two counts, nothing repeats */
#define CODES_MAX 48		/* control codes of a page */

/* ESC i z: what is told of the paper, and that it is to print well. */
enum { TELLS_KIND = 0x02, TELLS_WIDTH = 0x04, TELLS_LENGTH = 0x08, QUALITY = 0x40,
	RECOVER = 0x80 };
enum { KIND_CONTINUOUS = 0x0a, KIND_DIE_CUT = 0x0b };
/* ESC i M, ESC i K, M */
enum { AUTO_CUT = 0x40, TWO_COLOURS = 0x01, CUT_AT_END = 0x08, TIFF = 2 };
enum { BLACK = 1, RED = 2 };

/* The document is made with room for all of it. */
static void
put(struct document *d, const void *bytes, size_t n)
{
	assert(d->size + n <= d->room);
	memcpy(d->bytes + d->size, bytes, n);
	d->size += n;
}
#define PUT(d, ...) put(d, (const unsigned char[]){ __VA_ARGS__ }, \
    sizeof (const unsigned char[]){ __VA_ARGS__ })

/* Dots from left to right become pins from right to left. */
static void
pins_of(const uint8_t *dots, int width, int offset, unsigned char line[static LINE_MAX])
{
	memset(line, 0, LINE_MAX);
	if (dots == NULL)
		return;
	for (int x = 0; x < width; x++) {
		if (dots[x / 8] == 0) {
			x |= 7;
			continue;
		}
		int pin = offset + width - 1 - x;
		if ((dots[x / 8] & (0x80 >> x % 8)) != 0)
			line[pin / 8] |= (unsigned char)(0x80 >> pin % 8);
	}
}

/* TIFF's PackBits: n bytes repeat the next one 257 - n times, or n + 1 bytes follow. */
static size_t
pack(const unsigned char *line, size_t n, unsigned char out[static PACKED_MAX])
{
	size_t at = 0, to = 0;

	while (at < n) {
		size_t same = 1, differ = 0;
		while (at + same < n && same < 128 && line[at + same] == line[at])
			same++;
		if (same > 2) {
			out[to++] = (unsigned char)(257 - same);
			out[to++] = line[at];
			at += same;
			continue;
		}
		/* Up to the next three alike. */
		while (at + differ < n && differ < 128 && (at + differ + 2 >= n ||
		    line[at + differ] != line[at + differ + 1] ||
		    line[at + differ] != line[at + differ + 2]))
			differ++;
		out[to++] = (unsigned char)(differ - 1);
		memcpy(out + to, line + at, differ);
		to += differ;
		at += differ;
	}
	return to;
}

static bool
is_blank(const unsigned char *line, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (line[i] != 0)
			return false;
	return true;
}

/* colour 0: the printer has one alone. */
static void
put_line(struct document *d, const struct raw *r, int colour, const unsigned char *line)
{
	size_t n = (size_t)r->model->pins / 8;
	bool packs = (r->model->knows & QL_PACKED) != 0;
	unsigned char packed[PACKED_MAX];

	if (colour == 0 && packs && is_blank(line, n)) {
		PUT(d, 'Z');
		return;
	}
	if (packs) {
		n = pack(line, n, packed);
		line = packed;
	}
	if (colour == 0)
		PUT(d, 'g', 0, (unsigned char)n);
	else
		PUT(d, 'w', (unsigned char)colour, (unsigned char)n);
	put(d, line, n);
}

static void
put_lines(struct document *d, const struct raw *r, const struct page *page, int rows)
{
	int offset = r->label->offset + r->model->offset;
	unsigned char line[LINE_MAX];

	for (int y = 0; y < rows; y++) {
		size_t at = (size_t)y * page->stride;
		bool drawn = y < page->height;
		pins_of(drawn ? page->bits + at : NULL, page->width, offset, line);
		put_line(d, r, r->red ? BLACK : 0, line);
		if (!r->red)
			continue;
		/* The two-colour roll wants both, also where nothing is red. */
		pins_of(drawn && page->red != NULL ? page->red + at : NULL, page->width, offset,
		    line);
		put_line(d, r, RED, line);
	}
}

static void
put_codes(struct document *d, const struct raw *r, int rows, bool first)
{
	const struct ql_label *l = r->label;
	unsigned knows = r->model->knows;
	bool roll = l->kind == QL_CONTINUOUS;
	unsigned char told = TELLS_KIND | TELLS_WIDTH | QUALITY | RECOVER;

	if (!roll)
		told |= TELLS_LENGTH;
	if ((knows & QL_MODE) != 0)
		PUT(d, 0x1b, 'i', 'a', 1);
	PUT(d, 0x1b, 'i', 'z', told, roll ? KIND_CONTINUOUS : KIND_DIE_CUT,
	    (unsigned char)l->told_width_mm, (unsigned char)l->told_length_mm,
	    (unsigned char)rows, (unsigned char)(rows >> 8), (unsigned char)(rows >> 16),
	    (unsigned char)(rows >> 24), !first, 0);
	if ((knows & QL_CUT) != 0)
		PUT(d, 0x1b, 'i', 'M', AUTO_CUT);
	if ((knows & QL_CUT_EACH) != 0)
		PUT(d, 0x1b, 'i', 'A', 1);
	if ((knows & QL_EXPANDED) != 0)
		PUT(d, 0x1b, 'i', 'K', r->red ? CUT_AT_END | TWO_COLOURS : CUT_AT_END);
	PUT(d, 0x1b, 'i', 'd', roll ? QL_MARGIN : 0, 0);
	if ((knows & QL_PACKED) != 0)
		PUT(d, 'M', TIFF);
}

/* The rows to send: a label's own, a roll's piece at least the shortest. */
static int
rows_of(const struct raw *r, const struct page *page)
{
	if (r->label->kind != QL_CONTINUOUS)
		return r->label->rows;
	return page->height < r->model->rows_min ? r->model->rows_min : page->height;
}

int
ql_write(const struct raw *r, const struct page *page, int copies, struct document *out,
    struct err *e)
{
	int rows = rows_of(r, page);
	size_t planes = r->red ? 2 : 1, nuls = (size_t)r->model->nuls;
	size_t page_max = CODES_MAX + planes * (size_t)rows * (3 + PACKED_MAX) + 1;

	if (page->width != r->label->dots || page->height > rows)
		return err_set(e, ERR_BUSY, NULL, "the labels in the printer were changed while "
		    "one was drawn");
	out->room = nuls + 2 + (size_t)copies * page_max;
	out->bytes = calloc(1, out->room);
	if (out->bytes == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "out of memory");
	out->size = nuls;
	PUT(out, 0x1b, '@');
	size_t lines_at = 0, lines_size = 0;
	for (int i = 0; i < copies; i++) {
		put_codes(out, r, rows, i == 0);
		if (i == 0) {
			lines_at = out->size;
			put_lines(out, r, page, rows);
			lines_size = out->size - lines_at;
		} else {
			put(out, out->bytes + lines_at, lines_size);
		}
		PUT(out, i + 1 < copies ? 0x0c : 0x1a);
	}
	return 0;
}
