/* report_csv.c - the report as a table for a spreadsheet. */
#include "report_impl.h"

#include "csvfile.h"

static const char *const COLUMNS[] = {
	"section", "code", "owner", "preset", "title", "place", "stored_on", "expires_on",
	"days_left", "copies", "clock_ok",
};

static void
put_day(struct csv_writer *w, day_t day)
{
	char text[DAY_TEXT];

	csvfile_text(w, day != DAY_NONE ? day_text(day, text) : NULL);
}

static void
put_label(struct csv_writer *w, const struct report *r, enum report_section section,
    const struct label *l)
{
	char code[ROW_CODE_SIZE];

	csvfile_text(w, report_key(section));
	csvfile_text(w, row_code(r->config->fridge.code, l->code, code));
	csvfile_text(w, l->owner_name);
	csvfile_text(w, l->preset);
	csvfile_text(w, l->title);
	csvfile_text(w, l->place);
	put_day(w, l->stored_on);
	put_day(w, l->expires_on);
	if (l->expires_on != DAY_NONE)
		csvfile_int(w, (int64_t)l->expires_on - r->as_of);
	else
		csvfile_text(w, NULL);
	csvfile_int(w, l->copies);
	csvfile_text(w, l->clock_ok ? "yes" : "no");
	csvfile_end(w);
}

static void
put_codes(const struct report *r, const struct label *labels, size_t n, void *arg)
{
	struct csv_writer *w = arg;
	char code[ROW_CODE_SIZE];

	for (size_t i = 0; i < n; i++) {
		csvfile_text(w, labels[i].place);
		csvfile_text(w, row_code(r->config->fridge.code, labels[i].code, code));
		csvfile_end(w);
	}
}

/* Each label once, in the first section that holds it. */
static void
put_labels(struct csv_writer *w, const struct report *r)
{
	for (int i = 0; i < REPORT_SECTIONS; i++)
		for (size_t l = 0; l < r->n; l++) {
			int first = 0;

			while (first < i && !report_holds(r, REPORT_ORDER[first], &r->labels[l]))
				first++;
			if (first == i && report_holds(r, REPORT_ORDER[i], &r->labels[l]))
				put_label(w, r, REPORT_ORDER[i], &r->labels[l]);
		}
}

int
report_csv(struct report *r, bool due, FILE *to, struct err *e)
{
	struct csv_writer w = { .to = to };

	csvfile_mark(&w);
	if (due) {
		csvfile_text(&w, "place");
		csvfile_text(&w, "code");
		csvfile_end(&w);
		report_places(r, put_codes, &w);
	} else {
		for (size_t i = 0; i < sizeof COLUMNS / sizeof COLUMNS[0]; i++)
			csvfile_text(&w, COLUMNS[i]);
		csvfile_end(&w);
		put_labels(&w, r);
	}
	if (fflush(to) != 0 || ferror(to))
		return err_set(e, ERR_SYSTEM, NULL, "the report cannot be written");
	return 0;
}
