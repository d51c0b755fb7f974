/* drawings.h - what the files of drawings share: an engine, sample labels, and eyes
 * for dots. Any ink counts here, black or red. */
#ifndef FRIDGE_DRAWINGS_H
#define FRIDGE_DRAWINGS_H

#include "../firmware/label_impl.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TUE_17_MAR_2026 20529
#define TUE_24_MAR_2026 20536
#define MON_15_JUN_2026 20619

extern struct label_engine *engine;
extern const char *const *template_dirs;	/* NULL-ended */
extern const char *const LANGS[];		/* NULL-ended: of the shipped words */

void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
/* Say what is wrong; the program goes on, and ends with status 1. */
void wrong(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
extern long wrongs;

/* What a label by that template carries in that language, as fridged would fill it in. */
struct label_fields sample_fields(const char *template, const char *lang);

/* A sheet from "62x29mm", "62xMAX100mm", "own" (the template's own size); no margins. */
struct sheet sheet_of(const char *template, const char *size, int dpi);
struct page draw(const char *template, const struct label_fields *f, const struct sheet *s);
/* A template as the engine reads it; freed by template_free. */
struct template *template_of(const char *name);
struct words *words_of_templates(void);
/* Where a box of the template lies on a sheet that the template fills. */
struct box box_on(const struct template *t, const struct page *p, const struct box *b);

/* ---- dots ---- */

static inline bool
black_at(const struct page *p, int x, int y)
{
	return (p->bits[(size_t)y * p->stride + (size_t)x / 8] & (0x80 >> x % 8)) != 0;
}

static inline bool
red_at(const struct page *p, int x, int y)
{
	return p->red != NULL &&
	    (p->red[(size_t)y * p->stride + (size_t)x / 8] & (0x80 >> x % 8)) != 0;
}

static inline bool
ink_at(const struct page *p, int x, int y)
{
	return black_at(p, x, y) || red_at(p, x, y);
}

/* Dots of ink from left, top to before right, bottom; beyond the page there is none. */
long ink_in(const struct page *p, int left, int top, int right, int bottom);
long ink_on(const struct page *p);
/* Dots of ink in the margins of the sheet that the page was drawn on. */
long ink_in_margins(const struct page *p, const struct sheet *s);

/* ---- commands: 0, or they say what is wrong ---- */

void golden_write(const char *dir, const char *only);
void golden_compare(const char *dir, const char *diff_dir);
/* count labels of random names; label first of the seed comes out alike each time. */
void names_check(long count, uint64_t seed, long first);
/* Every template on every sheet whose size stands in that file. */
void sizes_check(const char *list, bool all);
void qr_check(void);
void grey_check(void);
void strokes_check(void);
void letters_check(void);

#endif
