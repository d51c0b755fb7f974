/* report.h - what is in the fridge on a day: expired, due, soon, guests, flagged.
 *
 * A label's dates never change, so any day can be looked at: of a day to come what
 * is in now, of a day gone by what was in then.
 */
#ifndef FRIDGE_REPORT_H
#define FRIDGE_REPORT_H

#include <stdio.h>

#include "config.h"
#include "day.h"
#include "err.h"
#include "out.h"
#include "row.h"
#include "store.h"

enum report_section {
	REPORT_DUE,		/* its last good day is the day */
	REPORT_EXPIRED,		/* was before the day */
	REPORT_SOON,		/* is within some days after it */
	REPORT_GUESTS,		/* without an owner, whatever its dates */
	REPORT_FLAGGED,		/* made while the clock was doubted, or without dates */
	REPORT_SECTIONS,
};

struct report {
	day_t as_of;
	int days;			/* how far soon reaches */
	const struct config *config;	/* not copied */
	struct label *labels;		/* all that is in, by the owner's name */
	size_t n;
};

/* Gather it. today is the real day. Freed by report_free. */
int report_make(struct store *s, const struct config *config, day_t as_of, day_t today,
    int days, struct report *out, struct err *e);
void report_free(struct report *r);
/* Whether a label belongs to a section. A label may belong to several. */
bool report_holds(const struct report *r, enum report_section section,
    const struct label *l);

/* The whole, and the list of codes to throw away: dated as_of or earlier, by place,
 * without names. Each is one answer for out_finish. The second puts r->labels into
 * that order. */
void report_show(const struct report *r, struct out *o);
void report_show_due(struct report *r, struct out *o);

/* The same for other programs and other people: a table for a spreadsheet, one row a label
 * (or, due, the codes alone), and one page for a browser, in the fridge's language. -1:
 * the words cannot be had, or it cannot be written. */
int report_csv(struct report *r, bool due, FILE *to, struct err *e);
int report_html(struct report *r, bool due, FILE *to, struct err *e);

/* The first day from that one on at which the fridge is emptied; DAY_NONE: it is never. */
day_t report_emptying(const struct config *c, day_t from);

/* What went out. */
struct mailed {
	bool quiet;			/* it is a day without mail */
	bool office;
	int owners, failed;
};
/* Mail the report, which is of today, to the office, and to people what of theirs goes in
 * the emptyings that today is the working day before of, or in today's if that day was
 * missed; as far as that is configured, and nobody twice. ERR_REFUSED: nobody is to be
 * mailed. ERR_SYSTEM also if some mails could not be handed over. */
int report_mail(struct store *s, const struct report *r, struct mailed *out, struct err *e);

#endif
