/* report_impl.h - what the files of the report share: texts with fields, in a language. */
#ifndef FRIDGE_REPORT_IMPL_H
#define FRIDGE_REPORT_IMPL_H

#include <stdbool.h>
#include <stdio.h>

#include "report.h"

/* What stands for "{name}" or, a day, for "{name:FORM}" in a text. */
struct field {
	const char *name;		/* NULL ends a list */
	const char *text;		/* NULL: a day */
	day_t day;
};
/* Whether a key has a text in words: that goes to f, with its fields, in the words' own
 * language even where English stands in. */
bool text_put(FILE *f, struct words *words, const char *lang, const char *key,
    const struct field *fields);
/* The same as one line, cut to what fits. */
#define TEXT_SIZE 1200
void text_line(struct words *words, const char *lang, const char *key,
    const struct field *fields, char out[static TEXT_SIZE]);

/* report_plain.c: the report in the fridge's language, from report.LANG. */
void report_plain(const struct report *r, struct words *words, FILE *f);

/* What the report says besides labels, and of a label: fields for its texts. */
#define HEAD_FIELDS 10
struct head {
	char number[5][24], days[80];
	struct field field[HEAD_FIELDS];
};
void head_fill(struct head *h, const struct report *r, struct words *words);
struct line {
	char code[ROW_CODE_SIZE], owner[TEXT_SIZE], until[TEXT_SIZE], left[TEXT_SIZE];
};
void line_fill(struct line *l, const struct report *r, struct words *words,
    const struct label *label);
/* What a place is called in the words' language: one of ours by its word, another as its
 * office named it. Valid until the next call with these words. */
const char *place_in_words(const struct report *r, struct words *words, const char *place);

/* The sections in the order of their urgency, and their keys in JSON and texts. */
extern const enum report_section REPORT_ORDER[REPORT_SECTIONS];
const char *report_key(enum report_section section);
int64_t report_count(const struct report *r, enum report_section section);
/* Call for every place with the labels there that must go by r->as_of, by code; puts
 * r->labels into that order. Returns how many there are. */
typedef void each_place(const struct report *r, const struct label *labels, size_t n, void *arg);
size_t report_places(struct report *r, each_place *call, void *arg);

#endif
