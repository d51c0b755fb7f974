/* print_media.c - printers whose own language is spoken here, and what lies in them.
 *
 * Brother publishes a raster command reference for each QL printer (chapters "Page size"
 * and "Raster line"). Widths, printable dots and pins here are those figures as free
 * drivers carry them; a model gets only the commands that it surely knows. All Brother QL
 * print 300 dots an inch.
 */
#include "print_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define QL_DPI 300
#define NEAR 100		/* hundredths of a mm: rolls are called 38 or 39 mm wide */
#define ROLL_MM_MAX 1000	/* of [printer] media */

/* How wide the head is, and which rolls a printer knows. */
enum { NARROW, WIDE, WIDER };

/* Commands that not every model knows. */
enum {
	MODE = QL_MODE, CUT = QL_CUT, EACH = QL_CUT_EACH, EXPANDED = QL_EXPANDED,
	PACKED = QL_PACKED, RED = QL_RED,
	ALL_CUTS = CUT | EACH | EXPANDED,
};

static const struct ql_model MODELS[] = {
	/* head: class, pins, offset; NUL bytes; dots of a piece; commands */
	{ "ql-500", NARROW, 720, 0, 200, 295, 11811, 0 },
	{ "ql-550", NARROW, 720, 0, 200, 295, 11811, CUT },
	{ "ql-560", NARROW, 720, 0, 200, 295, 11811, CUT },
	{ "ql-570", NARROW, 720, 0, 200, 150, 11811, ALL_CUTS },
	{ "ql-580n", NARROW, 720, 0, 200, 150, 11811, ALL_CUTS | MODE | PACKED },
	/* Its USB port takes no packed lines. */
	{ "ql-650td", NARROW, 720, 0, 200, 295, 11811, CUT | EXPANDED | MODE },
	{ "ql-700", NARROW, 720, 0, 200, 150, 11811, ALL_CUTS },
	{ "ql-710w", NARROW, 720, 0, 200, 150, 11811, ALL_CUTS | MODE | PACKED },
	{ "ql-720nw", NARROW, 720, 0, 200, 150, 11811, ALL_CUTS | MODE | PACKED },
	{ "ql-800", NARROW, 720, 0, 400, 150, 11811, ALL_CUTS | MODE | RED },
	{ "ql-810w", NARROW, 720, 0, 400, 150, 11811, ALL_CUTS | MODE | PACKED | RED },
	{ "ql-820nwb", NARROW, 720, 0, 400, 150, 11811, ALL_CUTS | MODE | PACKED | RED },
	{ "ql-1050", WIDE, 1296, 44, 200, 295, 35433, ALL_CUTS | MODE | PACKED },
	{ "ql-1060n", WIDE, 1296, 44, 200, 295, 35433, ALL_CUTS | MODE | PACKED },
	{ "ql-1100", WIDER, 1296, 44, 350, 295, 35433, ALL_CUTS | MODE },
	{ "ql-1110nwb", WIDER, 1296, 44, 350, 295, 35433, ALL_CUTS | MODE | PACKED },
};

static const struct ql_label LABELS[] = {
	/* mm: by name, as the printer calls it; printable dots; pins right of them */
	{ "12", QL_CONTINUOUS, NARROW, 12, 0, 12, 0, 106, 0, 29, false },
	{ "29", QL_CONTINUOUS, NARROW, 29, 0, 29, 0, 306, 0, 6, false },
	{ "38", QL_CONTINUOUS, NARROW, 38, 0, 38, 0, 413, 0, 12, false },
	{ "50", QL_CONTINUOUS, NARROW, 50, 0, 50, 0, 554, 0, 12, false },
	{ "54", QL_CONTINUOUS, NARROW, 54, 0, 54, 0, 590, 0, 0, false },
	/* The only width that there is in black and red. */
	{ "62", QL_CONTINUOUS, NARROW, 62, 0, 62, 0, 696, 0, 12, true },
	{ "102", QL_CONTINUOUS, WIDE, 102, 0, 102, 0, 1164, 0, 12, false },
	{ "103", QL_CONTINUOUS, WIDER, 103, 0, 104, 0, 1200, 0, 12, false },
	{ "17x54", QL_DIE_CUT, NARROW, 17, 54, 17, 54, 165, 566, 0, false },
	{ "17x87", QL_DIE_CUT, NARROW, 17, 87, 17, 87, 165, 956, 0, false },
	{ "23x23", QL_DIE_CUT, NARROW, 23, 23, 23, 23, 202, 202, 42, false },
	{ "29x42", QL_DIE_CUT, NARROW, 29, 42, 29, 42, 306, 425, 6, false },
	{ "29x90", QL_DIE_CUT, NARROW, 29, 90, 29, 90, 306, 991, 6, false },
	{ "38x90", QL_DIE_CUT, NARROW, 38, 90, 38, 90, 413, 991, 12, false },
	{ "39x48", QL_DIE_CUT, NARROW, 39, 48, 39, 48, 425, 495, 6, false },
	{ "52x29", QL_DIE_CUT, NARROW, 52, 29, 52, 29, 578, 271, 0, false },
	{ "62x29", QL_DIE_CUT, NARROW, 62, 29, 62, 29, 696, 271, 12, false },
	{ "62x100", QL_DIE_CUT, NARROW, 62, 100, 62, 100, 696, 1109, 12, false },
	{ "102x51", QL_DIE_CUT, WIDE, 102, 51, 102, 51, 1164, 526, 12, false },
	{ "102x152", QL_DIE_CUT, WIDE, 102, 152, 102, 153, 1164, 1660, 12, false },
	{ "103x164", QL_DIE_CUT, WIDER, 103, 164, 104, 164, 1200, 1822, 12, false },
	{ "12x12", QL_ROUND, NARROW, 12, 12, 12, 12, 94, 94, 113, false },
	{ "24x24", QL_ROUND, NARROW, 24, 24, 24, 24, 236, 236, 42, false },
	{ "58x58", QL_ROUND, NARROW, 58, 58, 58, 58, 618, 618, 51, false },
};
#define COUNT(a) (sizeof (a) / sizeof *(a))

/* ZPL is one language at several dots an inch. */
static const struct {
	const char *name;
	int dpi;
} ZPL[] = {
	{ "zpl", 203 }, { "zpl-300", 300 }, { "zpl-600", 600 },
};

int
raw_find(const char *language, struct raw *out)
{
	struct raw r = { 0 };

	for (size_t i = 0; i < COUNT(MODELS); i++)
		if (strcasecmp(MODELS[i].name, language) == 0)
			r = (struct raw){ .way = WAY_QL, .dpi = QL_DPI, .model = &MODELS[i] };
	for (size_t i = 0; i < COUNT(ZPL); i++)
		if (strcmp(ZPL[i].name, language) == 0)
			r = (struct raw){ .way = WAY_ZPL, .dpi = ZPL[i].dpi };
	if (r.dpi == 0)
		return -1;
	*out = r;
	return 0;
}

/* Which label of the model is of that size; the nearest one, NULL if there is none. */
static const struct ql_label *
find_label(const struct ql_model *model, const struct print_media *media)
{
	const struct ql_label *best = NULL;
	int best_off = NEAR + 1;

	for (size_t i = 0; i < COUNT(LABELS); i++) {
		const struct ql_label *l = &LABELS[i];
		int off = abs(l->width_mm * 100 - media->width);
		if (l->head > model->head || (l->kind == QL_CONTINUOUS) != media->roll)
			continue;
		if (!media->roll && abs(l->length_mm * 100 - media->length) > off)
			off = abs(l->length_mm * 100 - media->length);
		if (off < best_off) {
			best = l;
			best_off = off;
		}
	}
	return best;
}

static int
no_such_label(const struct ql_model *model, const struct print_media *media, struct err *e)
{
	char list[200] = "";
	size_t n = 0;

	for (size_t i = 0; i < COUNT(LABELS) && n < sizeof list; i++)
		if (LABELS[i].head <= model->head)
			n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", n > 0 ? " " : "",
			    LABELS[i].id);
	return err_set(e, ERR_REFUSED, NULL, "a Brother %s has no %s of %gx%s%g mm; it has, in "
	    "mm: %s (a roll as 62xMAX300mm)", model->name, media->roll ? "roll" : "labels",
	    media->width / 100.0, media->roll ? "MAX" : "", media->length / 100.0, list);
}

int
raw_load(struct raw *r, const struct print_media *media, bool red, struct err *e)
{
	if (media->width == 0)
		return err_set(e, ERR_REFUSED, "set [printer] media, as in 62x29mm or 62xMAX100mm",
		    "nobody says which labels lie in the printer");
	r->media = *media;
	if (r->way == WAY_ZPL)
		return 0;
	r->label = find_label(r->model, media);
	if (r->label == NULL) {
		no_such_label(r->model, media, e);
		if (e != NULL)
			snprintf(e->todo, sizeof e->todo, "correct [printer] media");
		return -1;
	}
	r->red = red && r->label->red && (r->model->knows & QL_RED) != 0;
	return 0;
}

/* Rows that a piece of a roll may have: its ends are fed past the cutter. */
static int
rows_max(const struct raw *r)
{
	int rows = (int)lround(r->media.length * r->dpi / 2540.0) - 2 * QL_MARGIN;

	if (rows > r->model->rows_max)
		rows = r->model->rows_max;
	return rows < r->model->rows_min ? r->model->rows_min : rows;
}

void
raw_sheet(const struct raw *r, struct sheet *out)
{
	*out = (struct sheet){ .dpi_x = r->dpi, .dpi_y = r->dpi, .roll = r->media.roll };
	if (r->way == WAY_ZPL) {
		out->width = (int)lround(r->media.width * r->dpi / 2540.0);
		out->height = (int)lround(r->media.length * r->dpi / 2540.0);
		return;
	}
	out->width = r->label->dots;
	out->height = r->media.roll ? rows_max(r) : r->label->rows;
	out->red = r->red;
	if (r->label->kind == QL_ROUND) {
		/* What lies in the largest square is seen. */
		int beside = (int)ceil(out->width * (1 - M_SQRT1_2) / 2);
		out->left = out->right = out->top = out->bottom = beside;
	}
}

int
print_language_sheet(const char *language, const struct print_media *media, bool red,
    struct sheet *out, struct err *e)
{
	struct raw r;

	if (raw_find(language, &r) == -1)
		return err_set(e, ERR_USAGE, NULL, "language=%s is not known", language);
	if (raw_load(&r, media, red, e) == -1)
		return -1;
	raw_sheet(&r, out);
	return 0;
}

void
print_list_media(FILE *to)
{
	static const char *const KINDS[] = {
		[QL_CONTINUOUS] = "continuous", [QL_DIE_CUT] = "die-cut", [QL_ROUND] = "round",
	};

	for (size_t i = 0; i < COUNT(LABELS); i++) {
		const struct ql_label *l = &LABELS[i];
		bool roll = l->kind == QL_CONTINUOUS;
		fprintf(to, "%s %s %dx%s%dmm %dx%d\n", l->id, KINDS[l->kind], l->width_mm,
		    roll ? "MAX" : "", roll ? ROLL_MM_MAX : l->length_mm, l->dots, l->rows);
	}
}
