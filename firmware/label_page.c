/* label_page.c - a page of dots becomes a file: PNG, PDF, or text for a terminal. */
#include "label_impl.h"

#include <cairo-pdf.h>
#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#define POINTS_PER_INCH 72.0
#define INCHES_PER_METRE 39.3700787

/* ---- between our dots and cairo's ---- */

/* cairo's 1-bit pixels are in words of the machine's own order. */
static void
copy_row(uint8_t *to, const uint8_t *from, size_t n, uint8_t flip)
{
	static const uint32_t ONE = 1;
	bool little = *(const uint8_t *)&ONE == 1;

	for (size_t i = 0; i < n; i++) {
		uint8_t byte = from[i] ^ flip;
		if (little) {
			byte = (uint8_t)((byte & 0x0f) << 4 | (byte & 0xf0) >> 4);
			byte = (uint8_t)((byte & 0x33) << 2 | (byte & 0xcc) >> 2);
			byte = (uint8_t)((byte & 0x55) << 1 | (byte & 0xaa) >> 1);
		}
		to[i] = byte;
	}
}

/* flip 0: black dots are opaque. flip 0xff: white dots are 1, as in a PNG. */
static cairo_surface_t *
surface_of(const struct page *p, uint8_t flip, struct err *e)
{
	cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_A1, p->width, p->height);

	if (cairo_surface_status(s) != CAIRO_STATUS_SUCCESS) {
		err_set(e, ERR_SYSTEM, NULL, "a page of %d by %d dots: %s", p->width, p->height,
		    cairo_status_to_string(cairo_surface_status(s)));
		cairo_surface_destroy(s);
		return NULL;
	}
	cairo_surface_flush(s);
	uint8_t *to = cairo_image_surface_get_data(s);
	int stride = cairo_image_surface_get_stride(s);
	for (int y = 0; y < p->height; y++)
		copy_row(to + (ptrdiff_t)y * stride, p->bits + (size_t)y * p->stride, p->stride, flip);
	cairo_surface_mark_dirty(s);
	return s;
}

static int
failed(struct err *e, const char *path, const char *why)
{
	return err_set(e, ERR_SYSTEM, NULL, "%.250s cannot be written: %s", path, why);
}

struct piece {
	const uint8_t *bytes;
	size_t size;
};

static int
write_file(const char *path, const struct piece *pieces, size_t count, struct err *e)
{
	FILE *to = fopen(path, "wbe");
	bool ok = to != NULL;

	for (size_t i = 0; i < count && ok; i++)
		ok = fwrite(pieces[i].bytes, 1, pieces[i].size, to) == pieces[i].size;
	if (ok && fflush(to) == EOF)
		ok = false;
	int why = errno;
	if (to != NULL && fclose(to) == EOF && ok) {
		ok = false;
		why = errno;
	}
	return ok ? 0 : failed(e, path, strerror(why));
}

static cairo_status_t
collect(void *arg, const unsigned char *bytes, unsigned n)
{
	g_byte_array_append(arg, bytes, n);
	return CAIRO_STATUS_SUCCESS;
}

/* ---- PNG ---- */

static uint32_t
crc_of(const uint8_t *bytes, size_t n)
{
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < n; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static void
put_number(uint8_t *to, uint32_t n)
{
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(n >> (24 - 8 * i));
}

/* The chunk that says how many dots a metre has; cairo writes none. */
static void
make_resolution(const struct page *p, uint8_t out[static 21])
{
	put_number(out, 9);
	memcpy(out + 4, "pHYs", 4);
	put_number(out + 8, (uint32_t)lrint(p->dpi_x * INCHES_PER_METRE));
	put_number(out + 12, (uint32_t)lrint(p->dpi_y * INCHES_PER_METRE));
	out[16] = 1;
	put_number(out + 17, crc_of(out + 4, 13));
}

int
page_write_png(const struct page *p, const char *path, struct err *e)
{
	const size_t head = 8 + 25;	/* signature and IHDR; pHYs comes before the dots */
	cairo_surface_t *s = surface_of(p, 0xff, e);
	GByteArray *png = g_byte_array_new();
	uint8_t resolution[21];
	int rc = -1;

	if (s == NULL)
		goto done;
	if (cairo_surface_write_to_png_stream(s, collect, png) != CAIRO_STATUS_SUCCESS ||
	    png->len < head) {
		failed(e, path, "cairo made no PNG");
		goto done;
	}
	make_resolution(p, resolution);
	rc = write_file(path, (const struct piece[]){
		{ png->data, head },
		{ resolution, sizeof resolution },
		{ png->data + head, png->len - head },
	}, 3, e);
done:
	g_byte_array_unref(png);
	if (s != NULL)
		cairo_surface_destroy(s);
	return rc;
}

/* ---- PDF ---- */

int
page_write_pdf(const struct page *p, int copies, const char *path, struct err *e)
{
	double width = p->width * POINTS_PER_INCH / p->dpi_x;
	double height = p->height * POINTS_PER_INCH / p->dpi_y;
	cairo_surface_t *dots = surface_of(p, 0, e);
	int rc;

	if (dots == NULL)
		return -1;
	/* Into memory first: cairo's own files do not tell of a full disk. */
	GByteArray *bytes = g_byte_array_new();
	cairo_surface_t *pdf = cairo_pdf_surface_create_for_stream(collect, bytes, width, height);
	cairo_t *cr = cairo_create(pdf);
	cairo_pattern_t *mask = cairo_pattern_create_for_surface(dots);
	cairo_pattern_set_filter(mask, CAIRO_FILTER_NEAREST);
	cairo_scale(cr, POINTS_PER_INCH / p->dpi_x, POINTS_PER_INCH / p->dpi_y);
	cairo_set_source_rgb(cr, 0, 0, 0);
	for (int i = 0; i < copies; i++) {
		cairo_mask(cr, mask);
		cairo_show_page(cr);
	}
	cairo_pattern_destroy(mask);
	cairo_destroy(cr);
	cairo_surface_finish(pdf);
	cairo_status_t status = cairo_surface_status(pdf);
	rc = status != CAIRO_STATUS_SUCCESS ? failed(e, path, cairo_status_to_string(status)) :
	    write_file(path, &(struct piece){ bytes->data, bytes->len }, 1, e);
	g_byte_array_unref(bytes);
	cairo_surface_destroy(pdf);
	cairo_surface_destroy(dots);
	return rc;
}

/* ---- text ---- */

/* Whether a part of the page is black enough to show: thin strokes must not vanish
 * when many dots become one. */
static bool
is_dark(const struct page *p, double left, double top, double w, double h)
{
	int x0 = (int)left, y0 = (int)top;
	int x1 = MIN(MAX((int)(left + w), x0 + 1), p->width);
	int y1 = MIN(MAX((int)(top + h), y0 + 1), p->height);
	int black = 0, all = (x1 - x0) * (y1 - y0);

	for (int y = y0; y < y1; y++)
		for (int x = x0; x < x1; x++)
			black += p->bits[(size_t)y * p->stride + (size_t)x / 8] >> (7 - x % 8) & 1;
	return all > 0 && black * 5 >= all * 2;
}

int
page_write_text(const struct page *p, int columns, int fd, struct err *e)
{
	static const char *const HALVES[] = { " ", "\xe2\x96\x80", "\xe2\x96\x84", "\xe2\x96\x88" };
	columns = CLAMP(columns, 8, p->width);
	double w = (double)p->width / columns;
	double h = w * p->dpi_y / p->dpi_x;	/* a half cell is about as high as wide */
	int rows = (int)ceil(p->height / (2 * h));
	GString *text = g_string_new(NULL);
	int rc = 0;

	for (int row = 0; row < rows; row++) {
		for (int col = 0; col < columns; col++) {
			bool upper = is_dark(p, col * w, 2 * row * h, w, h);
			bool lower = is_dark(p, col * w, (2 * row + 1) * h, w, h);
			g_string_append(text, HALVES[upper + 2 * lower]);
		}
		g_string_append_c(text, '\n');
	}
	for (gsize at = 0; at < text->len && rc == 0;) {
		ssize_t n = write(fd, text->str + at, text->len - at);
		if (n == -1 && errno != EINTR)
			rc = failed(e, "the page", strerror(errno));
		at += n > 0 ? (gsize)n : 0;
	}
	g_string_free(text, TRUE);
	return rc;
}
