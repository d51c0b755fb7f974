/* label_dots.c - black, red and white dots: a page's memory, and moving them about. */
#include "label_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int
page_new(struct page *p, int width, int height, int dpi_x, int dpi_y, struct err *e)
{
	size_t stride = ((size_t)width + 7) / 8;
	uint8_t *bits = calloc((size_t)height, stride);

	if (bits == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "no memory for a page of %d by %d dots",
		    width, height);
	*p = (struct page){ width, height, dpi_x, dpi_y, stride, bits, NULL };
	return 0;
}

void
page_free(struct page *p)
{
	free(p->bits);
	free(p->red);
	*p = (struct page){ 0 };
}

int
page_add_red(struct page *p, struct err *e)
{
	p->red = calloc((size_t)p->height, p->stride);
	if (p->red == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "no memory for the red of a page of %d by %d dots",
		    p->width, p->height);
	return 0;
}

size_t
page_bytes(const struct page *p)
{
	return p->stride * (size_t)p->height * (p->red != NULL ? 2 : 1);
}

static inline bool
is_set(const struct page *p, const uint8_t *plane, int x, int y)
{
	return (plane[(size_t)y * p->stride + (size_t)x / 8] & (0x80 >> (x % 8))) != 0;
}

static inline void
dot_dye(struct page *p, int x, int y, enum dye dye)
{
	size_t at = (size_t)y * p->stride + (size_t)x / 8;
	uint8_t bit = (uint8_t)(0x80 >> (x % 8));
	bool red = dye == DYE_RED && p->red != NULL;

	if (dye != DYE_WHITE && !red)
		p->bits[at] |= bit;
	else
		p->bits[at] &= (uint8_t)~bit;
	if (red)
		p->red[at] |= bit;
	else if (p->red != NULL)
		p->red[at] &= (uint8_t)~bit;
}

void
dots_stamp(struct page *to, int x, int y, const uint8_t *ink, int w, int h, int stride,
    enum dye dye)
{
	int left = x < 0 ? -x : 0, top = y < 0 ? -y : 0;
	int right = x + w > to->width ? to->width - x : w;
	int bottom = y + h > to->height ? to->height - y : h;

	for (int row = top; row < bottom; row++) {
		const uint8_t *from = ink + (ptrdiff_t)row * stride;
		for (int col = left; col < right; col++)
			if (from[col] >= 128)
				dot_dye(to, x + col, y + row, dye);
	}
}

void
dots_fill(struct page *to, int x, int y, int w, int h)
{
	for (int row = y < 0 ? 0 : y; row < y + h && row < to->height; row++)
		for (int col = x < 0 ? 0 : x; col < x + w && col < to->width; col++)
			dot_dye(to, col, row, DYE_BLACK);
}

int
dots_bottom(const struct page *p)
{
	for (size_t at = p->stride * (size_t)p->height; at-- > 0;)
		if (p->bits[at] != 0 || (p->red != NULL && p->red[at] != 0))
			return (int)(at / p->stride) + 1;
	return 0;
}

/* Upright and dot for dot, which is nearly every label: whole bytes at a time. */
static void
place_upright(struct page *to, uint8_t *plane, int x, int y, const struct page *canvas,
    const uint8_t *dots)
{
	int shift = x % 8;

	for (int row = 0; row < canvas->height; row++) {
		const uint8_t *from = dots + (size_t)row * canvas->stride;
		uint8_t *into = plane + (size_t)(y + row) * to->stride + x / 8;
		size_t room = to->stride - (size_t)(x / 8);
		for (size_t i = 0; i < canvas->stride && i < room; i++) {
			into[i] |= (uint8_t)(from[i] >> shift);
			if (shift != 0 && i + 1 < room)
				into[i + 1] |= (uint8_t)(from[i] << (8 - shift));
		}
	}
}

void
dots_ruler(struct page *to, const struct box *box)
{
	double dots_mm = to->dpi_x / MM_PER_INCH;
	int thick = MAX((int)rint(0.2 * dots_mm), 1);
	int left = (int)ceil(box->x), top = (int)ceil(box->y), height = (int)box->h;

	for (int mm = 0; mm * dots_mm + thick <= box->w; mm++) {
		int part = mm % 10 == 0 ? 10 : mm % 5 == 0 ? 7 : 4;
		dots_fill(to, left + (int)rint(mm * dots_mm), top, thick, height * part / 10);
	}
}

/* Turned and dot for dot: only where there is ink, which is little of a label. */
static void
place_turned(struct page *to, int x, int y, const struct page *canvas,
    const uint8_t *bits, int rotate, enum dye dye)
{
	for (int row = 0; row < canvas->height; row++) {
		const uint8_t *from = bits + (size_t)row * canvas->stride;
		for (int col = 0; col < canvas->width; col++) {
			if (from[col / 8] == 0) {
				col |= 7;	/* none of these eight */
				continue;
			}
			if ((from[col / 8] & (0x80 >> col % 8)) == 0)
				continue;
			int u = col, v = row;
			if (rotate == 90) {
				u = canvas->height - 1 - row;
				v = col;
			} else if (rotate == 180) {
				u = canvas->width - 1 - col;
				v = canvas->height - 1 - row;
			} else if (rotate == 270) {
				u = row;
				v = canvas->width - 1 - col;
			}
			dot_dye(to, x + u, y + v, dye);
		}
	}
}

void
dots_place(struct page *to, int x, int y, int w, int h, const struct page *canvas, int rotate)
{
	bool lies = rotate == 90 || rotate == 270;
	bool exact = w == (lies ? canvas->height : canvas->width) &&
	    h == (lies ? canvas->width : canvas->height);

	if (rotate == 0 && exact) {
		place_upright(to, to->bits, x, y, canvas, canvas->bits);
		if (canvas->red != NULL && to->red != NULL)
			place_upright(to, to->red, x, y, canvas, canvas->red);
		return;
	}
	if (exact) {
		place_turned(to, x, y, canvas, canvas->bits, rotate, DYE_BLACK);
		if (canvas->red != NULL)
			place_turned(to, x, y, canvas, canvas->red, rotate, DYE_RED);
		return;
	}
	for (int row = 0; row < h; row++) {
		for (int col = 0; col < w; col++) {
			/* The canvas as it is seen on the page, then where that is on it. */
			int u = (int)((int64_t)col * (lies ? canvas->height : canvas->width) / w);
			int v = (int)((int64_t)row * (lies ? canvas->width : canvas->height) / h);
			int cx = u, cy = v;
			if (rotate == 90) {
				cx = v;
				cy = canvas->height - 1 - u;
			} else if (rotate == 180) {
				cx = canvas->width - 1 - u;
				cy = canvas->height - 1 - v;
			} else if (rotate == 270) {
				cx = canvas->width - 1 - v;
				cy = u;
			}
			if (is_set(canvas, canvas->bits, cx, cy))
				dot_dye(to, x + col, y + row, DYE_BLACK);
			else if (canvas->red != NULL && is_set(canvas, canvas->red, cx, cy))
				dot_dye(to, x + col, y + row, DYE_RED);
		}
	}
}
