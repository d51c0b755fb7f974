/* pages.c - decode what a label printer was sent into the pages it would print.
 *
 *	pages FILE... [-o PREFIX]	PREFIX-N.png for each page, N from 1
 *	pages FILE... --show [--columns N]	on the terminal
 *	pages FILE... --info		"page N WIDTH HEIGHT DPI INK", "red N INK" and
 *					"pages COUNT"
 *	pages --equal A B		exit status 0 if both hold the same pages
 *	pages --find A B		where in A, another driver's Brother raster, the page B
 *					stands dot for dot: "found RIGHT DOWN"
 *	pages --trace FILE		the commands of Brother's raster, a line each
 *
 * It reads CUPS raster, PWG raster and URF (through libcups), Zebra's ZPL graphics,
 * Dymo LabelWriter's raster, Brother QL's raster, and PNG. ZPL knows rows of whole bytes
 * only and a LabelWriter no page width: white beside a page of theirs does not count.
 */
#include <cairo/cairo.h>
#include <cups/cups.h>
#include <cups/raster.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pages.h"

#define die pages_die

void
pages_die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("pages: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	exit(1);
}

struct page *
pages_new(struct pages *to, int width, int height, int dpi)
{
	if (to->count == PAGES_MAX)
		die("more than %d pages", PAGES_MAX);
	if (width < 1 || height < 0 || width > 20000 || height > 100000)
		die("a page of %dx%d dots", width, height);
	struct page *p = &to->page[to->count++];
	*p = (struct page){
		.width = width, .height = height, .dpi_x = dpi, .dpi_y = dpi,
		.stride = ((size_t)width + 7) / 8,
	};
	p->bits = calloc((size_t)height + 1, p->stride);
	if (p->bits == NULL)
		die("out of memory");
	return p;
}

void
pages_add_red(struct page *p)
{
	if (p->red == NULL)
		p->red = calloc((size_t)p->height + 1, p->stride);
	if (p->red == NULL)
		die("out of memory");
}

void
pages_set(const struct page *p, uint8_t *plane, int x, int y)
{
	plane[(size_t)y * p->stride + (size_t)x / 8] |= (unsigned char)(0x80 >> x % 8);
}

static void
set_black(struct page *p, int x, int y)
{
	pages_set(p, p->bits, x, y);
}

enum colour { WHITE, BLACK, RED, BOTH };
static const char *const COLOURS[] = { "white", "black", "red", "black and red" };

static enum colour
colour_at(const struct page *p, int x, int y)
{
	size_t at = (size_t)y * p->stride + (size_t)x / 8;
	int bit = 0x80 >> x % 8;

	if (x >= p->width || y >= p->height)
		return WHITE;
	return ((p->bits[at] & bit) != 0 ? BLACK : WHITE) |
	    (p->red != NULL && (p->red[at] & bit) != 0 ? RED : WHITE);
}

/* ---- raster of libcups ---- */

static void
read_raster(const char *path, struct pages *out)
{
	cups_page_header2_t h;
	int fd = open(path, O_RDONLY);
	cups_raster_t *r = fd == -1 ? NULL : cupsRasterOpen(fd, CUPS_RASTER_READ);

	if (r == NULL)
		die("%s: %s", path, cupsRasterErrorString());
	while (cupsRasterReadHeader2(r, &h)) {
		bool paper = h.cupsColorSpace == CUPS_CSPACE_W || h.cupsColorSpace == CUPS_CSPACE_SW;
		if (h.cupsBitsPerPixel != 1 && h.cupsBitsPerPixel != 8)
			die("%s: %u bits a dot", path, h.cupsBitsPerPixel);
		struct page *p = pages_new(out, (int)h.cupsWidth, (int)h.cupsHeight,
		    (int)h.HWResolution[0]);
		p->dpi_y = (int)h.HWResolution[1];
		unsigned char *row = malloc(h.cupsBytesPerLine);
		for (int y = 0; y < p->height; y++) {
			if (cupsRasterReadPixels(r, row, h.cupsBytesPerLine) != h.cupsBytesPerLine)
				die("%s: cut short in row %d", path, y);
			for (int x = 0; x < p->width; x++) {
				bool one = h.cupsBitsPerPixel == 1 ?
				    (row[x / 8] & (0x80 >> x % 8)) != 0 : row[x] >= 128;
				if (one != paper)
					set_black(p, x, y);
			}
		}
		free(row);
	}
	cupsRasterClose(r);
	close(fd);
}

/* ---- ZPL ---- */

static int
hex(int c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* One row of a graphic: hexadecimal digits, G to Y and g to z repeat the next one 1 to
 * 19 and 20 to 400 times, a comma fills up with white, ! with black, a colon repeats
 * the row above. Returns where the row ends. */
static const unsigned char *
read_zpl_row(const unsigned char *p, const unsigned char *end, int digits, unsigned char *row,
    const unsigned char *above)
{
	int at = 0, repeat = 0;

	for (; p < end && at < digits; p++) {
		int c = *p, digit = hex(c);
		if (c == ':' && at == 0) {
			memcpy(row, above, (size_t)digits);
			return p + 1;
		}
		if (c == ',' || c == '!') {
			memset(row + at, c == '!' ? 15 : 0, (size_t)(digits - at));
			return p + 1;
		}
		if (c >= 'G' && c <= 'Y') {
			repeat += c - 'G' + 1;
		} else if (c >= 'g' && c <= 'z') {
			repeat += (c - 'g' + 1) * 20;
		} else if (digit >= 0) {
			for (int n = repeat > 0 ? repeat : 1; n > 0 && at < digits; n--)
				row[at++] = (unsigned char)digit;
			repeat = 0;
		} else if (c != '\n' && c != '\r') {
			die("ZPL: 0x%02x in a graphic", c);
		}
	}
	return p;
}

/* The rows of a graphic; returns where it ends. */
static const unsigned char *
read_zpl_graphic(const unsigned char *p, const unsigned char *end, int bytes, struct page *page)
{
	unsigned char rows[2][4000] = { 0 };

	for (int y = 0; y < page->height; y++) {
		unsigned char *row = rows[y % 2];
		p = read_zpl_row(p, end, bytes * 2, row, rows[(y + 1) % 2]);
		for (int i = 0; i < bytes; i++)
			page->bits[(size_t)y * page->stride + (size_t)i] =
			    (unsigned char)(row[2 * i] << 4 | row[2 * i + 1]);
	}
	return p;
}

/* Labels of one ^GFA each, as we write them, and strictly so; ^PQ is how many pages. */
static void
read_zpl_fields(const struct bytes *b, struct pages *out)
{
	const unsigned char *end = b->data + b->size, *p = b->data;
	int width, height, all, total, bytes, copies, used, ending;

	while (p < end) {
		if (strncmp((const char *)p, "^XA", 3) != 0)
			die("ZPL: a label does not begin with ^XA");
		p += 3;
		if (strncmp((const char *)p, "^MNN", 4) == 0)
			p += 4;
		if (sscanf((const char *)p, "^LH0,0^PW%d^LL%d^FO0,0^GFA,%d,%d,%d,%n", &width,
		    &height, &all, &total, &bytes, &used) != 5)
			die("ZPL: a label without its size and graphic");
		if (bytes != (width + 7) / 8 || total != bytes * height || all != total ||
		    bytes < 1 || bytes > 2000)
			die("ZPL: a graphic of %d bytes, %d a row, for %dx%d dots", total, bytes,
			    width, height);
		struct page *first = pages_new(out, width, height, 0);
		p = read_zpl_graphic(p + used, end, bytes, first);
		ending = 0;
		if (sscanf((const char *)p, "^FS^PQ%d^XZ%n", &copies, &ending) != 1 ||
		    ending == 0 || copies < 1)
			die("ZPL: a graphic does not end with ^FS^PQ^XZ");
		p += ending;
		while (p < end && *p == '\n')
			p++;
		for (int i = 1; i < copies; i++) {
			struct page *copy = pages_new(out, width, height, 0);
			memcpy(copy->bits, first->bits, first->stride * (size_t)height);
		}
	}
}

static void
read_zpl(const struct bytes *b, struct pages *out)
{
	const unsigned char *end = b->data + b->size, *p = b->data;

	out->loose = true;
	while ((p = memmem(p, (size_t)(end - p), "~DGR:", 5)) != NULL) {
		int total, bytes, used;
		if (sscanf((const char *)p, "~DGR:%*[^,],%d,%d,%n", &total, &bytes, &used) != 2 ||
		    bytes < 1 || bytes > 2000)
			die("ZPL: a graphic without its size");
		p += used;
		struct page *page = pages_new(out, bytes * 8, total / bytes, 0);
		p = read_zpl_graphic(p, end, bytes, page);
	}
}

/* ---- Dymo LabelWriter ---- */

/* How many bytes follow ESC and the letter. */
static int
dymo_arguments(int letter)
{
	switch (letter) {
	case 'B': case 'D': case 'C': case 'q': return 1;
	case 'L': case 'Q': case 'f': return 2;
	default: return 0;
	}
}

struct dymo {
	struct page *page;	/* NULL between pages */
	int tab, bytes;		/* white bytes before a row; bytes a row */
	int room;		/* rows */
	int rows;
};

static void
dymo_row(struct dymo *d, struct pages *out)
{
	if (d->page == NULL) {
		d->page = pages_new(out, 2048, 0, 0);
		d->room = d->rows = 0;
	}
	if (d->rows >= d->room) {
		size_t stride = d->page->stride;
		d->room = d->room * 2 + 512;
		d->page->bits = realloc(d->page->bits, (size_t)d->room * stride);
		if (d->page->bits == NULL)
			die("out of memory");
		memset(d->page->bits + (size_t)d->rows * stride, 0,
		    (size_t)(d->room - d->rows) * stride);
	}
	d->rows++;
	d->page->height = d->rows;
}

/* SYN: the bytes as they are; ETB: runs, the top bit the colour. */
static size_t
dymo_read_row(struct dymo *d, const struct bytes *b, size_t i, struct pages *out)
{
	int x = d->tab * 8, end = x + d->bytes * 8;
	bool runs = b->data[i++] == 0x17;

	dymo_row(d, out);
	while (x < end && i < b->size) {
		int n = runs ? (b->data[i] & 0x7f) + 1 : 8;
		for (int k = 0; k < n && x < end && x < d->page->width; k++, x++)
			if (runs ? (b->data[i] & 0x80) != 0 : (b->data[i] & (0x80 >> k)) != 0)
				set_black(d->page, x, d->rows - 1);
		i++;
	}
	return i;
}

static void
read_dymo(const struct bytes *b, struct pages *out)
{
	struct dymo d = { 0 };

	out->loose = true;
	for (size_t i = 0; i < b->size; ) {
		int c = b->data[i];
		if (c == 0x16 || c == 0x17) {
			i = dymo_read_row(&d, b, i, out);
			continue;
		}
		if (c != 0x1b || i + 1 == b->size) {
			i++;
			continue;
		}
		int letter = b->data[i + 1];
		if (letter == 0x1b) {	/* ESC after ESC wakes it up */
			i++;
			continue;
		}
		int argument = i + 2 < b->size ? b->data[i + 2] : 0;
		if (letter == 'B')
			d.tab = argument;
		else if (letter == 'D')
			d.bytes = argument;
		else if (letter == 'f' && i + 3 < b->size)
			for (int n = b->data[i + 3]; n > 0; n--)
				dymo_row(&d, out);
		else if (letter == 'E' || letter == 'G')
			d.page = NULL;
		i += 2 + (size_t)dymo_arguments(letter);
	}
}

/* ---- PNG ---- */

static void
read_png(const char *path, struct pages *out)
{
	cairo_surface_t *s = cairo_image_surface_create_from_png(path);

	if (cairo_surface_status(s) != CAIRO_STATUS_SUCCESS)
		die("%s: %s", path, cairo_status_to_string(cairo_surface_status(s)));
	cairo_format_t format = cairo_image_surface_get_format(s);
	if (format != CAIRO_FORMAT_RGB24 && format != CAIRO_FORMAT_ARGB32)
		die("%s: a PNG of an unknown form", path);
	struct page *p = pages_new(out, cairo_image_surface_get_width(s),
	    cairo_image_surface_get_height(s), 0);
	const unsigned char *data = cairo_image_surface_get_data(s);
	int stride = cairo_image_surface_get_stride(s);
	for (int y = 0; y < p->height; y++) {
		for (int x = 0; x < p->width; x++) {
			uint32_t dot;
			memcpy(&dot, data + (ptrdiff_t)y * stride + (ptrdiff_t)x * 4, 4);
			bool red = (dot >> 16 & 0xff) >= 128 && (dot >> 8 & 0xff) < 128;
			if ((dot & 0xff) >= 128 ||
			    (format == CAIRO_FORMAT_ARGB32 && dot >> 24 < 128))
				continue;
			if (red)
				pages_add_red(p);
			pages_set(p, red ? p->red : p->bits, x, y);
		}
	}
	cairo_surface_destroy(s);
}

/* ---- files ---- */

static struct bytes
read_all(const char *path)
{
	struct bytes b = { 0 };
	FILE *f = fopen(path, "rb");

	if (f == NULL || fseek(f, 0, SEEK_END) != 0)
		die("%s: %m", path);
	b.size = (size_t)ftell(f);
	rewind(f);
	b.data = calloc(1, b.size + 1);	/* with an end for sscanf */
	if (b.data == NULL || fread(b.data, 1, b.size, f) != b.size)
		die("%s: %m", path);
	fclose(f);
	return b;
}

static bool
begins(const struct bytes *b, const char *with, size_t n)
{
	return b->size >= n && memcmp(b->data, with, n) == 0;
}

static void
read_file(const char *path, struct pages *out)
{
	struct bytes b = read_all(path);

	if (begins(&b, "RaS", 3) || begins(&b, "3SaR", 4) || begins(&b, "2SaR", 4) ||
	    begins(&b, "tSaR", 4) || begins(&b, "UNIRAST", 7))
		read_raster(path, out);
	else if (begins(&b, "\x89PNG", 4))
		read_png(path, out);
	else if (b.size > 0 && memmem(b.data, b.size, "~DGR:", 5) != NULL)
		read_zpl(&b, out);
	else if (begins(&b, "^XA", 3))
		read_zpl_fields(&b, out);
	else if (begins(&b, "\0\0\0\0", 4))
		pages_read_ql(&b, out, QL_STRICT);
	else if (begins(&b, "\x1b", 1))
		read_dymo(&b, out);
	else
		die("%s: no language of a printer that is known here", path);
	free(b.data);
}

/* How many dots are of any colour, or of that one. */
static long
ink(const struct page *p, enum colour colour)
{
	long n = 0;

	for (int y = 0; y < p->height; y++)
		for (int x = 0; x < p->width; x++)
			n += (colour_at(p, x, y) & colour) != WHITE;
	return n;
}

/* Whether the pages are the same; says where not. */
static bool
same_page(const struct page *a, const struct page *b, bool loose, int number)
{
	int width = a->width > b->width ? a->width : b->width;
	int height = a->height > b->height ? a->height : b->height;
	long different = 0;

	if (!loose && (a->width != b->width || a->height != b->height)) {
		printf("page %d: %dx%d and %dx%d dots\n", number, a->width, a->height,
		    b->width, b->height);
		return false;
	}
	for (int y = 0; y < height; y++) {
		for (int x = 0; x < width; x++) {
			enum colour of_a = colour_at(a, x, y), of_b = colour_at(b, x, y);
			if (of_a == of_b)
				continue;
			if (different++ == 0)
				printf("page %d: dot %d,%d is %s and not %s\n", number, x, y,
				    COLOURS[of_a], COLOURS[of_b]);
		}
	}
	if (different > 0)
		printf("page %d: %ld dots differ\n", number, different);
	return different == 0;
}

/* A single page in b stands for every page of a: copies. */
static int
compare(const char *path_a, const char *path_b)
{
	static struct pages a, b;
	bool same = true;

	read_file(path_a, &a);
	read_file(path_b, &b);
	if (a.count == 0 || b.count == 0 || (b.count != 1 && a.count != b.count)) {
		printf("%d and %d pages\n", a.count, b.count);
		return 1;
	}
	for (int i = 0; i < a.count; i++)
		same &= same_page(&a.page[i], &b.page[b.count == 1 ? 0 : i],
		    a.loose || b.loose, i + 1);
	return same ? 0 : 1;
}

/* Whether b stands in a, moved by so many dots, and nothing else stands there. */
static bool
stands_at(const struct page *a, const struct page *b, int right, int down)
{
	for (int y = 0; y < b->height; y++) {
		for (int x = 0; x < b->width; x++) {
			int to_x = x + right, to_y = y + down;
			bool in = to_x >= 0 && to_y >= 0 && to_x < a->width && to_y < a->height;
			if (colour_at(b, x, y) != (in ? colour_at(a, to_x, to_y) : WHITE))
				return false;
		}
	}
	return true;
}

#define FIND_DOTS 60
static int
find(const char *path_a, const char *path_b)
{
	static struct pages a, b;
	struct bytes theirs = read_all(path_a);

	pages_read_ql(&theirs, &a, QL_THEIRS);
	free(theirs.data);
	read_file(path_b, &b);
	if (a.count != 1 || b.count != 1)
		die("%d and %d pages", a.count, b.count);
	for (int down = -FIND_DOTS; down <= FIND_DOTS; down++) {
		for (int right = -FIND_DOTS; right <= FIND_DOTS; right++) {
			if (!stands_at(&a.page[0], &b.page[0], right, down))
				continue;
			printf("found %d %d\n", right, down);
			return 0;
		}
	}
	printf("not found\n");
	return 1;
}

static void
put_out(const struct pages *all, const char *prefix, bool show, int columns)
{
	struct err e;
	char path[4096];

	for (int i = 0; i < all->count; i++) {
		const struct page *p = &all->page[i];
		int rc = 0;
		if (prefix != NULL) {
			snprintf(path, sizeof path, "%s-%d.png", prefix, i + 1);
			rc = page_write_png(p, path, &e);
		}
		if (rc == 0 && show)
			rc = page_write_text(p, columns, STDOUT_FILENO, &e);
		if (rc == -1)
			die("%s", e.what);
		if (prefix == NULL && !show)
			printf("page %d %d %d %d %ld\n", i + 1, p->width, p->height, p->dpi_x,
			    ink(p, BOTH));
		if (prefix == NULL && !show && p->red != NULL)
			printf("red %d %ld\n", i + 1, ink(p, RED));
	}
	if (prefix == NULL && !show)
		printf("pages %d\n", all->count);
}

int
main(int argc, char **argv)
{
	static struct pages all;
	const char *prefix = NULL;
	bool show = false;
	int columns = 80, files = 0;

	if (argc == 4 && strcmp(argv[1], "--equal") == 0)
		return compare(argv[2], argv[3]);
	if (argc == 4 && strcmp(argv[1], "--find") == 0)
		return find(argv[2], argv[3]);
	if (argc == 3 && strcmp(argv[1], "--trace") == 0) {
		struct bytes b = read_all(argv[2]);
		pages_read_ql(&b, &all, QL_TRACE);
		free(b.data);
		return 0;
	}
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-o") == 0 && i + 1 < argc) {
			prefix = argv[++i];
		} else if (strcmp(argv[i], "--columns") == 0 && i + 1 < argc) {
			columns = atoi(argv[++i]);
		} else if (strcmp(argv[i], "--show") == 0) {
			show = true;
		} else if (strcmp(argv[i], "--info") != 0) {
			read_file(argv[i], &all);
			files++;
		}
	}
	if (files == 0) {
		fputs("usage: pages FILE... [-o PREFIX | --show [--columns N] | --info]\n"
		    "       pages --equal A B | --find A B | --trace FILE\n", stderr);
		return 2;
	}
	put_out(&all, prefix, show, columns);
	return 0;
}
