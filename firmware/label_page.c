/* label_page.c - a page of dots becomes a file: PNG, PDF, or text for a terminal. */
#include "label_impl.h"

#include <cairo-pdf.h>
#include <errno.h>
#include <gio/gio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#define POINTS_PER_INCH 72.0
#define INCHES_PER_METRE 39.3700787

/* ---- between our dots and cairo's ---- */

/* cairo's 1-bit pixels are in words of the machine's own order. */
static void
copy_row(uint8_t *to, const uint8_t *from, size_t n)
{
	static const uint32_t ONE = 1;
	bool little = *(const uint8_t *)&ONE == 1;

	for (size_t i = 0; i < n; i++) {
		uint8_t byte = from[i];
		if (little) {
			byte = (uint8_t)((byte & 0x0f) << 4 | (byte & 0xf0) >> 4);
			byte = (uint8_t)((byte & 0x33) << 2 | (byte & 0xcc) >> 2);
			byte = (uint8_t)((byte & 0x55) << 1 | (byte & 0xaa) >> 1);
		}
		to[i] = byte;
	}
}

/* A plane of the page, its dots opaque. */
static cairo_surface_t *
surface_of(const struct page *p, const uint8_t *plane, struct err *e)
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
		copy_row(to + (ptrdiff_t)y * stride, plane + (size_t)y * p->stride, p->stride);
	cairo_surface_mark_dirty(s);
	return s;
}

static int
failed(struct err *e, const char *path, const char *why)
{
	return err_set(e, ERR_SYSTEM, NULL, "%.250s cannot be written: %s", path, why);
}

static int
write_file(const char *path, const uint8_t *bytes, size_t n, struct err *e)
{
	FILE *to = fopen(path, "wbe");
	bool ok = to != NULL && fwrite(bytes, 1, n, to) == n && fflush(to) != EOF;
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

/* A dot's number in the palette; each has two bits where there is red. */
enum { PNG_WHITE, PNG_BLACK, PNG_RED };
static const uint8_t PALETTE[] = { 255, 255, 255, 0, 0, 0, 255, 0, 0 };

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

static void
put_chunk(GByteArray *png, const char *name, const uint8_t *bytes, size_t n)
{
	guint from = png->len + 4;
	uint8_t number[4];

	put_number(number, (uint32_t)n);
	g_byte_array_append(png, number, 4);
	g_byte_array_append(png, (const uint8_t *)name, 4);
	g_byte_array_append(png, bytes, (guint)n);
	put_number(number, crc_of(png->data + from, png->len - from));
	g_byte_array_append(png, number, 4);
}

static bool
dot_of(const uint8_t *row, int x)
{
	return (row[x / 8] >> (7 - x % 8) & 1) != 0;
}

/* The rows as a PNG has them, each behind the number of its filter: none. */
static GByteArray *
rows_of(const struct page *p)
{
	GByteArray *rows = g_byte_array_new();
	size_t stride = p->red != NULL ? ((size_t)p->width + 3) / 4 : p->stride;
	uint8_t *to = g_malloc(stride + 1);

	to[0] = 0;
	for (int y = 0; y < p->height; y++) {
		const uint8_t *black = p->bits + (size_t)y * p->stride;
		memset(to + 1, 0, stride);
		for (size_t i = 0; i < stride && p->red == NULL; i++)
			to[1 + i] = black[i];
		for (int x = 0; x < p->width && p->red != NULL; x++) {
			const uint8_t *red = p->red + (size_t)y * p->stride;
			int dot = dot_of(red, x) ? PNG_RED : dot_of(black, x) ? PNG_BLACK : PNG_WHITE;
			to[1 + x / 4] |= (uint8_t)(dot << (6 - 2 * (x % 4)));
		}
		g_byte_array_append(rows, to, (guint)stride + 1);
	}
	g_free(to);
	return rows;
}

static int
put_dots(GByteArray *png, const struct page *p, struct err *e)
{
	GZlibCompressor *z = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 6);
	GOutputStream *into = g_memory_output_stream_new_resizable();
	GOutputStream *out = g_converter_output_stream_new(into, G_CONVERTER(z));
	GMemoryOutputStream *memory = G_MEMORY_OUTPUT_STREAM(into);
	GByteArray *rows = rows_of(p);
	GError *why = NULL;
	int rc = 0;

	if (!g_output_stream_write_all(out, rows->data, rows->len, NULL, NULL, &why) ||
	    !g_output_stream_close(out, NULL, &why)) {
		rc = err_set(e, ERR_SYSTEM, NULL, "the dots of a PNG: %s", why->message);
		g_error_free(why);
	} else {
		put_chunk(png, "IDAT", g_memory_output_stream_get_data(memory),
		    g_memory_output_stream_get_data_size(memory));
	}
	g_byte_array_unref(rows);
	g_object_unref(out);
	g_object_unref(into);
	g_object_unref(z);
	return rc;
}

int
page_write_png(const struct page *p, const char *path, struct err *e)
{
	enum { PALETTED = 3 };
	bool red = p->red != NULL;
	GByteArray *png = g_byte_array_new();
	uint8_t head[13] = { [8] = red ? 2 : 1, [9] = PALETTED };
	uint8_t resolution[9] = { [8] = 1 };	/* a metre */
	int rc = -1;

	put_number(head, (uint32_t)p->width);
	put_number(head + 4, (uint32_t)p->height);
	put_number(resolution, (uint32_t)lrint(p->dpi_x * INCHES_PER_METRE));
	put_number(resolution + 4, (uint32_t)lrint(p->dpi_y * INCHES_PER_METRE));
	g_byte_array_append(png, (const uint8_t *)"\x89PNG\r\n\x1a\n", 8);
	put_chunk(png, "IHDR", head, sizeof head);
	put_chunk(png, "pHYs", resolution, sizeof resolution);
	put_chunk(png, "PLTE", PALETTE, red ? sizeof PALETTE : sizeof PALETTE - 3);
	if (put_dots(png, p, e) == 0) {
		put_chunk(png, "IEND", NULL, 0);
		rc = write_file(path, png->data, png->len, e);
	}
	g_byte_array_unref(png);
	return rc;
}

/* ---- PDF ---- */

/* Put the dots of a plane onto the page in one colour. */
static int
paint_plane(cairo_t *cr, const struct page *p, const uint8_t *plane, double red, struct err *e)
{
	cairo_surface_t *dots = surface_of(p, plane, e);

	if (dots == NULL)
		return -1;
	cairo_pattern_t *mask = cairo_pattern_create_for_surface(dots);
	cairo_pattern_set_filter(mask, CAIRO_FILTER_NEAREST);
	cairo_set_source_rgb(cr, red, 0, 0);
	cairo_mask(cr, mask);
	cairo_pattern_destroy(mask);
	cairo_surface_destroy(dots);
	return 0;
}

int
page_write_pdf(const struct page *p, int copies, const char *path, struct err *e)
{
	double width = p->width * POINTS_PER_INCH / p->dpi_x;
	double height = p->height * POINTS_PER_INCH / p->dpi_y;
	int rc = 0;

	/* Into memory first: cairo's own files do not tell of a full disk. */
	GByteArray *bytes = g_byte_array_new();
	cairo_surface_t *pdf = cairo_pdf_surface_create_for_stream(collect, bytes, width, height);
	/* The oldest, with all that a picture needs: what reads it need not be new either. */
	cairo_pdf_surface_restrict_to_version(pdf, CAIRO_PDF_VERSION_1_4);
	cairo_t *cr = cairo_create(pdf);
	cairo_scale(cr, POINTS_PER_INCH / p->dpi_x, POINTS_PER_INCH / p->dpi_y);
	for (int i = 0; i < copies && rc == 0; i++) {
		rc = paint_plane(cr, p, p->bits, 0, e);
		if (rc == 0 && p->red != NULL)
			rc = paint_plane(cr, p, p->red, 1, e);
		cairo_show_page(cr);
	}
	cairo_destroy(cr);
	cairo_surface_finish(pdf);
	cairo_status_t status = cairo_surface_status(pdf);
	if (rc == 0)
		rc = status != CAIRO_STATUS_SUCCESS ?
		    failed(e, path, cairo_status_to_string(status)) :
		    write_file(path, bytes->data, bytes->len, e);
	g_byte_array_unref(bytes);
	cairo_surface_destroy(pdf);
	return rc;
}

/* ---- text ---- */

/* What a part of the page shows as: thin strokes must not vanish when many dots become
 * one. */
static enum dye
shade_of(const struct page *p, double left, double top, double w, double h)
{
	int x0 = (int)left, y0 = (int)top;
	int x1 = MIN(MAX((int)(left + w), x0 + 1), p->width);
	int y1 = MIN(MAX((int)(top + h), y0 + 1), p->height);
	int black = 0, red = 0, all = (x1 - x0) * (y1 - y0);

	for (int y = y0; y < y1; y++) {
		for (int x = x0; x < x1; x++) {
			black += dot_of(p->bits + (size_t)y * p->stride, x);
			red += p->red != NULL && dot_of(p->red + (size_t)y * p->stride, x);
		}
	}
	if (all <= 0 || (black + red) * 5 < all * 2)
		return DYE_WHITE;
	return red > black ? DYE_RED : DYE_BLACK;
}

/* Two halves of a cell, in colour for a terminal; *style is what it was set to. */
static void
put_cell(GString *text, enum dye upper, enum dye lower, bool colour, const char **style)
{
	static const char *const HALVES[] = { " ", "\xe2\x96\x80", "\xe2\x96\x84", "\xe2\x96\x88" };
	bool red = upper == DYE_RED || lower == DYE_RED;
	bool both = red && (upper == DYE_BLACK || lower == DYE_BLACK);
	const char *wanted = both ? "\033[41m" : red ? "\033[31m" : "\033[0m";
	int half = (upper != DYE_WHITE) + 2 * (lower != DYE_WHITE);

	/* Black over red: the black half on a red ground. */
	if (both)
		half = upper == DYE_BLACK ? 1 : 2;
	if (colour && strcmp(wanted, *style) != 0) {
		if (strcmp(*style, "\033[0m") != 0 && red)
			g_string_append(text, "\033[0m");
		g_string_append(text, wanted);
		*style = wanted;
	}
	g_string_append(text, HALVES[half]);
}

static int
write_text(int fd, const GString *text, struct err *e)
{
	for (gsize at = 0; at < text->len;) {
		ssize_t n = write(fd, text->str + at, text->len - at);
		if (n == -1 && errno != EINTR)
			return failed(e, "the page", strerror(errno));
		at += n > 0 ? (gsize)n : 0;
	}
	return 0;
}

int
page_write_text(const struct page *p, int columns, int fd, struct err *e)
{
	columns = CLAMP(columns, 8, p->width);
	double w = (double)p->width / columns;
	double h = w * p->dpi_y / p->dpi_x;	/* a half cell is about as high as wide */
	int rows = (int)ceil(p->height / (2 * h));
	bool colour = p->red != NULL && isatty(fd) == 1;
	GString *text = g_string_new(NULL);

	for (int row = 0; row < rows; row++) {
		const char *style = "\033[0m";
		for (int col = 0; col < columns; col++) {
			enum dye upper = shade_of(p, col * w, 2 * row * h, w, h);
			enum dye lower = shade_of(p, col * w, (2 * row + 1) * h, w, h);
			put_cell(text, upper, lower, colour, &style);
		}
		if (colour)
			g_string_append(text, "\033[0m");
		g_string_append_c(text, '\n');
	}
	int rc = write_text(fd, text, e);
	g_string_free(text, TRUE);
	return rc;
}
