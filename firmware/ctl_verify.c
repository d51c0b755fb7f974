/* ctl_verify.c - fridgectl import --verify-tap: somebody whose number is in the file holds
 * the badge to the reader, and it shows how the file writes numbers.
 */
#include <string.h>
#include <strings.h>

#include "ctl.h"
#include "roster.h"

#define TIMEOUT_S 60
#define TIMEOUT_MAX_S 3600
#define ROWS_MAX 16		/* badges of one person in a list */

/* The rows of one person with a number; in most lists one. */
struct theirs {
	struct roster_row_view row[ROWS_MAX];
	size_t count;
};

static int
find_rows(const struct roster *r, const char *whom, struct theirs *t, struct err *e)
{
	char name[NAME_SIZE] = "";
	bool there = false;

	words_name("name", whom, name, NULL);
	t->count = 0;
	for (size_t i = 0; i < roster_rows(r); i++) {
		struct roster_row_view row = roster_row(r, i);
		if (strcmp(row.name, name) != 0 && strcasecmp(row.email, whom) != 0)
			continue;
		there = true;
		if (row.number[0] == '\0' || t->count == ROWS_MAX)
			continue;
		if (t->count > 0 && strcasecmp(row.email, t->row[0].email) != 0)
			return err_set(e, ERR_REFUSED, "say the e-mail address instead",
			    "the file has several people called \"%s\", in lines %zu and %zu", whom,
			    t->row[0].line, row.line);
		t->row[t->count++] = row;
	}
	if (!there)
		return err_set(e, ERR_REFUSED, "write the name as the file does, or the e-mail address",
		    "there is no \"%s\" in the file", whom);
	if (t->count == 0)
		return err_set(e, ERR_REFUSED, "take somebody with one, or say which column has it: "
		    "--columns name,email,-,number", "there is no badge number of \"%s\" in the file", whom);
	return 0;
}

/* Whether a number, written in that form, is one of the card's. */
static bool
fits(const struct badge_key *key, enum number_form f, const char *number,
    const struct readings *card)
{
	struct readings r;
	struct card ignored;

	if (badge_number(key, f, number, &ignored, &r, NULL) == -1)
		return false;
	for (size_t i = 0; i < card->count; i++)
		if (memcmp(card->r[i].hash, r.r[0].hash, READING_SIZE) == 0)
			return true;
	return false;
}

/* The forms that fit that row; returns how many. */
static size_t
forms_of(const struct badge_key *key, const char *number, const struct readings *card,
    enum number_form out[static FORM_COUNT])
{
	size_t n = 0;

	for (int f = 0; f < FORM_COUNT; f++)
		if (fits(key, (enum number_form)f, number, card))
			out[n++] = (enum number_form)f;
	return n;
}

static void
say_fit(struct ctl *c, const struct roster_row_view *row, const enum number_form *forms, size_t n)
{
	char also[160] = "";

	out_object(c->out, NULL, NULL);
	out_int(c->out, "line", NULL, (int64_t)row->line);
	out_text(c->out, "name", NULL, row->name);
	out_list(c->out, "forms", NULL);
	for (size_t i = 0; i < n; i++)
		out_text(c->out, NULL, NULL, number_form_text(forms[i]));
	out_end(c->out);
	out_end(c->out);
	for (size_t i = 1; i < n; i++) {
		size_t len = strlen(also);
		snprintf(also + len, sizeof also - len, "%s%s", i > 1 ? ", " : "",
		    number_form_text(forms[i]));
	}
	out_say(c->out, "The number of %s in line %zu is this badge's, written as %s%s%s%s.", row->name,
	    row->line, number_form_text(forms[0]), n > 1 ? " (it may also be " : "", also,
	    n > 1 ? "; a second badge would tell)" : "");
	out_say(c->out, "Now look at what the import would do: fridgectl import %s --as %s --dry-run",
	    c->arg[0], number_form_text(forms[0]));
}

static int
compare(struct ctl *c, const struct theirs *t, const struct card *card, struct err *e)
{
	enum number_form forms[FORM_COUNT];
	struct readings readings;

	badge_readings(c->session.key, card, &readings);
	for (size_t i = 0; i < t->count; i++) {
		size_t n = forms_of(c->session.key, t->row[i].number, &readings, forms);
		if (n > 0) {
			say_fit(c, &t->row[i], forms, n);
			return 0;
		}
	}
	return err_set(e, ERR_REFUSED, "try another person; if none fits, the badge has a second chip "
	    "that the list counts by: enrol by tap then (fridgectl enroll). All its numbers: fridgectl "
	    "badge explain", "no way to write this badge's number is the number of %s in line %zu",
	    t->row[0].name, t->row[0].line);
}

int
ctl_verify_tap(struct ctl *c, const struct roster *r, const char *whom, struct err *e)
{
	struct wait_answer a = { .state = WAIT_OPEN };
	struct theirs t;
	struct card card;
	int timeout_s;

	if (ctl_value_int(c, "timeout", 1, TIMEOUT_MAX_S, TIMEOUT_S, &timeout_s, e) == -1 ||
	    find_rows(r, whom, &t, e) == -1 || ctl_wait_begin(c, e) == -1 ||
	    ctl_wait_number(c, timeout_s, &card, &a, e) == -1)
		return -1;
	int rc = compare(c, &t, &card, e);
	explicit_bzero(&card, sizeof card);
	return rc;
}
