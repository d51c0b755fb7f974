/* label_sheet.c - where a label goes on the printer's sheet. */
#include "label_impl.h"

#include <math.h>

#define AREA_MAX (64 << 20)		/* dots */
#define ROLL_MM_MIN 12.0		/* no cutter cuts shorter pieces */
#define TURN_RATIO 1.505		/* 100 by 150 mm in whole dots is a little more than 1.5 */

struct box
box_on_canvas(const struct template *t, const struct page *canvas, const struct box *b)
{
	const struct box *view = &t->view;
	double kx = canvas->width / view->w, ky = canvas->height / view->h;

	/* It may be far beyond what an int can hold. */
	return (struct box){
		CLAMP((b->x - view->x) * kx, -SIDE_MAX, SIDE_MAX),
		CLAMP((b->y - view->y) * ky, -SIDE_MAX, SIDE_MAX),
		MIN(b->w * kx, SIDE_MAX), MIN(b->h * ky, SIDE_MAX),
	};
}

int
sheet_check(const struct sheet *s, struct err *e)
{
	if (s->width < 1 || s->height < 1 || s->width > SIDE_MAX || s->height > SIDE_MAX ||
	    (!s->roll && (int64_t)s->width * s->height > AREA_MAX) ||
	    s->dpi_x < 50 || s->dpi_y < 50 || s->dpi_x > 2400 || s->dpi_y > 2400)
		return err_set(e, ERR_REFUSED, "correct [printer] media",
		    "a page of %d by %d dots at %d by %d dpi cannot be printed", s->width, s->height,
		    s->dpi_x, s->dpi_y);
	if (s->left < 0 || s->top < 0 || s->right < 0 || s->bottom < 0 ||
	    s->left + s->right >= s->width || s->top + s->bottom >= s->height)
		return err_set(e, ERR_REFUSED, "correct [printer] media",
		    "the margins of the page leave nothing");
	return 0;
}

/* Landscape goes upright on a page that is much higher than wide; on a roll, whose
 * length is the label's, where the roll is much narrower than the label. */
int
sheet_rotation(const struct sheet *s, double width_mm, double height_mm)
{
	double width = (double)s->width / s->dpi_x, height = (double)s->height / s->dpi_y;

	if (s->rotate >= 0)
		return s->rotate;
	if (width_mm <= height_mm)
		return 0;
	if (s->roll)
		height = width_mm / MM_PER_INCH;
	return height > TURN_RATIO * width ? 90 : 0;
}

int
sheet_place(const struct sheet *s, double width_mm, double height_mm, struct place *p,
    struct err *e)
{
	p->rotate = sheet_rotation(s, width_mm, height_mm);
	p->dpi = MIN(s->dpi_x, s->dpi_y);
	bool lies = p->rotate == 90 || p->rotate == 270;
	int free_w = s->width - s->left - s->right, free_h = s->height - s->top - s->bottom;
	double across = (lies ? height_mm : width_mm) / MM_PER_INCH;
	double along = (lies ? width_mm : height_mm) / MM_PER_INCH;
	double k = MIN(free_w / (across * s->dpi_x), free_h / (along * s->dpi_y));

	p->width = (int)floor(k * width_mm / MM_PER_INCH * p->dpi + 1e-6);
	p->height = (int)floor(k * height_mm / MM_PER_INCH * p->dpi + 1e-6);
	p->w = MIN((int)((int64_t)(lies ? p->height : p->width) * s->dpi_x / p->dpi), free_w);
	p->h = MIN((int)((int64_t)(lies ? p->width : p->height) * s->dpi_y / p->dpi), free_h);
	if (p->w < 1 || p->h < 1 || p->width < 1 || p->height < 1)
		return err_set(e, ERR_REFUSED, NULL, "the page is too small for any label");
	p->page_height = s->roll ? s->top + p->h + s->bottom : s->height;
	p->x = s->left + (free_w - p->w) / 2;
	p->y = s->top + (s->roll ? 0 : (free_h - p->h) / 2);
	if ((int64_t)s->width * p->page_height > AREA_MAX)
		return err_set(e, ERR_REFUSED, NULL, "the page is too large");
	return 0;
}

void
sheet_cut(const struct sheet *s, struct place *p, struct page *canvas, int height)
{
	int unmarked = (s->top + s->bottom) * p->dpi / s->dpi_y;
	int least = (int)ceil(ROLL_MM_MIN / MM_PER_INCH * p->dpi) - unmarked;

	if (!s->roll || p->rotate == 90 || p->rotate == 270)
		return;
	height = MIN(MAX(height, MAX(least, 1)), canvas->height);
	canvas->height = p->height = height;
	p->h = MIN((int)((int64_t)height * s->dpi_y / p->dpi), p->h);
	p->page_height = s->top + p->h + s->bottom;
}

int
sheet_put(const struct sheet *s, const struct place *p, const struct page *canvas,
    struct page *out, struct err *e)
{
	if (page_new(out, s->width, p->page_height, s->dpi_x, s->dpi_y, e) == -1)
		return -1;
	if (canvas->red != NULL && page_add_red(out, e) == -1) {
		page_free(out);
		return -1;
	}
	dots_place(out, p->x, p->y, p->w, p->h, canvas, p->rotate);
	return 0;
}
