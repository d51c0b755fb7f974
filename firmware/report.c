/* report.c - see report.h */
#include "report_impl.h"

#include <stdlib.h>
#include <string.h>

#define CODES_A_LINE 8

static const struct {
	const char *key, *title;
} SECTIONS[REPORT_SECTIONS] = {
	[REPORT_DUE] = { "due", "Last good day" },
	[REPORT_EXPIRED] = { "expired", "Expired" },
	[REPORT_SOON] = { "soon", "Soon" },
	[REPORT_GUESTS] = { "guests", "Without an owner" },
	[REPORT_FLAGGED] = { "flagged", "Made while the clock was doubted" },
};

/* What must go comes first. */
const enum report_section REPORT_ORDER[REPORT_SECTIONS] = {
	REPORT_EXPIRED, REPORT_DUE, REPORT_SOON, REPORT_GUESTS, REPORT_FLAGGED,
};

const char *
report_key(enum report_section section)
{
	return SECTIONS[section].key;
}

int
report_make(struct store *s, const struct config *config, day_t as_of, day_t today,
    int days, struct report *out, struct err *e)
{
	struct label_query now = { .expires_until = DAY_NONE };
	struct label *labels = NULL;
	size_t n = 0;

	if ((as_of < today ? store_labels_then(s, as_of, &labels, &n, e) :
	    store_labels(s, &now, &labels, &n, e)) == -1)
		return -1;
	row_sort_labels(labels, n, config->fridge.language);
	*out = (struct report){
		.as_of = as_of, .days = days, .config = config, .labels = labels, .n = n,
	};
	return 0;
}

void
report_free(struct report *r)
{
	free(r->labels);
	r->labels = NULL;
}

bool
report_holds(const struct report *r, enum report_section section, const struct label *l)
{
	bool dated = l->expires_on != DAY_NONE;

	switch (section) {
	case REPORT_DUE:
		return dated && l->expires_on == r->as_of;
	case REPORT_EXPIRED:
		return dated && l->expires_on < r->as_of;
	case REPORT_SOON:
		return dated && l->expires_on > r->as_of &&
		    l->expires_on - r->as_of <= r->days;
	case REPORT_GUESTS:
		return l->owner == 0;
	case REPORT_FLAGGED:
		return !dated || !l->clock_ok;
	case REPORT_SECTIONS:
		break;
	}
	return false;
}

int64_t
report_count(const struct report *r, enum report_section section)
{
	int64_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += report_holds(r, section, &r->labels[i]);
	return n;
}

static void
say_head(const struct report *r, struct out *o)
{
	char day[120], iso[DAY_TEXT];
	struct err ignored;

	/* The report's own words are English; the day's go with them. */
	if (words_date("en", r->as_of, "yMMMMEEEEd", day, sizeof day, &ignored) == -1)
		snprintf(day, sizeof day, "%s", day_text(r->as_of, iso));
	out_say(o, "%s%s%s", r->config->fridge.name,
	    r->config->fridge.name[0] != '\0' ? ", " : "", day);
	out_say(o, "%zu in the fridge: %lld expired, %lld on the last good day, %lld within "
	    "%d day%s", r->n, (long long)report_count(r, REPORT_EXPIRED),
	    (long long)report_count(r, REPORT_DUE), (long long)report_count(r, REPORT_SOON), r->days,
	    r->days == 1 ? "" : "s");
}

static void
show_section(const struct report *r, struct out *o, enum report_section section)
{
	/* People are not told of what is not there. */
	const char *title = report_count(r, section) > 0 ? SECTIONS[section].title : NULL;

	if (title != NULL)
		out_say(o, "%s", "");
	out_list(o, SECTIONS[section].key, title);
	for (size_t i = 0; i < r->n; i++) {
		if (!report_holds(r, section, &r->labels[i]))
			continue;
		out_object(o, NULL, NULL);
		row_label(o, &r->labels[i], r->config->fridge.code, r->as_of, ROW_DATES);
		out_end(o);
	}
	out_end(o);
}

void
report_show(const struct report *r, struct out *o)
{
	say_head(r, o);
	out_object(o, NULL, NULL);
	out_day(o, "as_of", NULL, r->as_of);
	out_text(o, "fridge", NULL, r->config->fridge.name);
	out_null(o, "place", NULL);		/* all of them; each label has its own */
	for (int i = 0; i < REPORT_SECTIONS; i++)
		show_section(r, o, REPORT_ORDER[i]);
	out_object(o, "totals", NULL);
	out_int(o, "in", NULL, (int64_t)r->n);
	for (int i = 0; i < REPORT_SECTIONS; i++)
		out_int(o, SECTIONS[i].key, NULL, report_count(r, (enum report_section)i));
	out_end(o);
	out_end(o);
}

static int
by_place(const void *pa, const void *pb)
{
	const struct label *a = pa, *b = pb;
	int c = strcmp(a->place, b->place);

	if (c == 0)
		c = strcmp(a->code, b->code);
	return c != 0 ? c : a->id < b->id ? -1 : a->id > b->id;
}

static bool
must_go(const struct report *r, const struct label *l)
{
	return report_holds(r, REPORT_DUE, l) || report_holds(r, REPORT_EXPIRED, l);
}

/* One place's codes: those of labels[0] to labels[n - 1]. */
static void
show_codes(const struct report *r, const struct label *labels, size_t n, void *arg)
{
	struct out *o = arg;
	char code[ROW_CODE_SIZE];

	out_object(o, NULL, NULL);
	out_text(o, "place", NULL, labels[0].place);
	out_int(o, "count", NULL, (int64_t)n);
	out_list(o, "codes", NULL);
	for (size_t i = 0; i < n; i++)
		out_text(o, NULL, NULL, row_code(r->config->fridge.code, labels[i].code, code));
	out_end(o);
	out_end(o);
}

/* The same for people, in lines that fit a slip. */
static void
say_codes(const struct report *r, const struct label *labels, size_t n, void *arg)
{
	struct out *o = arg;
	char code[ROW_CODE_SIZE], line[CODES_A_LINE * ROW_CODE_SIZE] = "";
	size_t at = 0;

	out_say(o, "%s, %zu label%s:", labels[0].place, n, n == 1 ? "" : "s");
	for (size_t i = 0; i < n; i++) {
		at += (size_t)snprintf(line + at, sizeof line - at, " %s",
		    row_code(r->config->fridge.code, labels[i].code, code));
		if (i + 1 < n && (i + 1) % CODES_A_LINE != 0)
			continue;
		out_say(o, " %s", line);
		at = 0;
	}
}

size_t
report_places(struct report *r, each_place *call, void *arg)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++) {
		if (!must_go(r, &r->labels[i]))
			continue;
		struct label l = r->labels[n];
		r->labels[n++] = r->labels[i];
		r->labels[i] = l;
	}
	if (n > 1)
		qsort(r->labels, n, sizeof *r->labels, by_place);
	for (size_t i = 0, next; i < n; i = next) {
		for (next = i + 1; next < n; next++)
			if (strcmp(r->labels[next].place, r->labels[i].place) != 0)
				break;
		call(r, &r->labels[i], next - i, arg);
	}
	return n;
}

static void
nothing(const struct report *r, const struct label *labels, size_t n, void *arg)
{
	(void)r, (void)labels, (void)n, (void)arg;
}

void
report_show_due(struct report *r, struct out *o)
{
	char day[DAY_TEXT];

	out_say(o, report_places(r, nothing, NULL) > 0 ? "Dated %s or earlier" :
	    "Nothing is dated %s or earlier.", day_text(r->as_of, day));
	report_places(r, say_codes, o);
	out_object(o, NULL, NULL);
	out_day(o, "as_of", NULL, r->as_of);
	out_text(o, "fridge", NULL, r->config->fridge.name);
	out_list(o, "places", NULL);
	report_places(r, show_codes, o);
	out_end(o);
	out_end(o);
}
