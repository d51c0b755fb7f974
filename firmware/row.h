/* row.h - an owner, a badge and a label as they stand in an answer.
 *
 * fridgectl and fridge-report show the same things with the same keys; the keys
 * stand here alone. Each function writes the members into the object that is open.
 */
#ifndef FRIDGE_ROW_H
#define FRIDGE_ROW_H

#include "out.h"
#include "store.h"

/* A label's code as it is printed: "F3-24818", without prefix "24818". */
#define ROW_CODE_SIZE (CODE_SIZE + 8)
const char *row_code(const char *prefix, const char *digits,
    char buf[static ROW_CODE_SIZE]);

void row_owner(struct out *o, const struct owner *w);
/* whose: its owner's name for people; NULL or "" if nobody's. */
void row_badge(struct out *o, const struct badge *b, const char *whose);
/* How much of a label people see; JSON has every key always. */
enum row_detail {
	ROW_DATES,	/* whose, where, until when */
	ROW_TABLE,	/* and what became of it */
	ROW_ALL,
};
/* today is for the days left: DAY_NONE if it is not known. */
void row_label(struct out *o, const struct label *l, const char *prefix, day_t today,
    enum row_detail detail);

/* The order of a list of labels or owners for people: by the owner's name as the
 * language sorts it, those without a name last, then by id. */
void row_sort_owners(struct owner *owners, size_t n, const char *lang);
void row_sort_labels(struct label *labels, size_t n, const char *lang);

#endif
