/* ctl_sweep.c - fridgectl sweep: the fridge gone through by hand, label by label.
 *
 * Codes come as lines of standard input, typed or from a scanner; each is told at once
 * on standard error, with bells on a terminal. Nothing changes before the end, and then
 * only what was confirmed.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "ctl.h"
#include "ctl_ask.h"

#define BELL_GAP_MS 130		/* two bells are heard as two */
#define BELL_LONG 4		/* so many at half the gap are heard as a long one */
#define TELL_SIZE 200

enum verdict { FINE, UNDATED, DUE, EXPIRED, CLOSED, UNKNOWN, VERDICTS };

/* How many of each are named, in JSON and to people, and how each is heard. */
static const struct {
	const char *key, *words;
	int bells;
} VERDICT[VERDICTS] = {
	[FINE] = { "fine", "fine", 1 },
	[UNDATED] = { "undated", "without a date", 1 },
	[DUE] = { "due", "due today", 2 },
	[EXPIRED] = { "expired", "expired", 2 },
	[CLOSED] = { "closed", "closed before", BELL_LONG },
	[UNKNOWN] = { "unknown", "unknown", BELL_LONG },
};

/* A code that was read. A label stands here once; label.id is 0 for one that is unknown. */
struct seen {
	struct label label;
	enum verdict verdict;
	bool discarded;			/* at the end, by this sweep */
};

struct sweep {
	struct ctl *c;
	struct seen *seen;		/* in the order they came */
	size_t n, room;
	bool bells;			/* a terminal hears them */
	bool asks;			/* somebody types: there is a prompt, and a question */
};

static int
count(const struct sweep *w, enum verdict v)
{
	int n = 0;

	for (size_t i = 0; i < w->n; i++)
		n += w->seen[i].verdict == v;
	return n;
}

/* ---- one code ---- */

static void
ring(const struct sweep *w, enum verdict v)
{
	int n = VERDICT[v].bells;
	long gap_ms = n == BELL_LONG ? BELL_GAP_MS / 2 : BELL_GAP_MS;

	for (int i = 0; w->bells && i < n; i++) {
		if (i > 0)
			nanosleep(&(struct timespec){ .tv_nsec = gap_ms * 1000000L }, NULL);
		fputc('\a', stderr);
	}
}

static enum verdict
judge(const struct label *l, day_t today)
{
	if (l->fate != FATE_IN)
		return CLOSED;
	if (l->expires_on == DAY_NONE)
		return UNDATED;
	return l->expires_on > today ? FINE : l->expires_on == today ? DUE : EXPIRED;
}

/* "fine until 2026-03-24", with whose it is: two labels are told apart by more than a
 * number. */
static void
tell(const struct sweep *w, const struct seen *s)
{
	const struct label *l = &s->label;
	const char *whose = l->owner_name[0] != '\0' ? l->owner_name :
	    l->owner != 0 ? "(removed)" : "(guest)";
	char code[ROW_CODE_SIZE], day[DAY_TEXT], what[TELL_SIZE];

	row_code(w->c->session.config.fridge.code, l->code, code);
	day_text(s->verdict == CLOSED ? l->closed_on : l->expires_on, day);
	switch (s->verdict) {
	case FINE:
		snprintf(what, sizeof what, "fine until %s", day);
		break;
	case DUE:
		snprintf(what, sizeof what, "due today");
		break;
	case EXPIRED:
		snprintf(what, sizeof what, "EXPIRED, was good until %s", day);
		break;
	case CLOSED:
		snprintf(what, sizeof what, "CLOSED%s%s, as %s%s", day[0] != '\0' ? " on " : "", day,
		    fate_text(l->fate), l->fate == FATE_TAKEN ? "" :
		    ": it should not be here any more");
		break;
	default:
		snprintf(what, sizeof what, "without a date: look at the label");
	}
	fprintf(stderr, "%s  %s  %s\n", code, what, whose);
}

static void
tell_unknown(const struct err *e)
{
	fprintf(stderr, "UNKNOWN: %s%s%s\n", e->what, e->todo[0] != '\0' ? "; " : "", e->todo);
}

/* Room for one more at the end: a label that was read before moves there. */
static struct seen *
place_for(struct sweep *w, int64_t label)
{
	for (size_t i = 0; label != 0 && i < w->n; i++) {
		if (w->seen[i].label.id != label)
			continue;
		memmove(&w->seen[i], &w->seen[i + 1], (w->n - i - 1) * sizeof *w->seen);
		w->n--;
		break;
	}
	if (w->n == w->room) {
		size_t room = w->room == 0 ? 64 : 2 * w->room;
		struct seen *more = reallocarray(w->seen, room, sizeof *more);
		if (more == NULL)
			return NULL;
		w->seen = more;
		w->room = room;
	}
	return &w->seen[w->n++];
}

static int
take_code(struct sweep *w, const char *typed, struct err *e)
{
	struct seen now = { .verdict = UNKNOWN };
	char code[CODE_SIZE];
	struct err why;

	if (ctl_code(w->c, typed, code, &why) == 0) {
		int got = store_label_by_code(w->c->session.store, code, &now.label, e);
		if (got == -1)
			return -1;
		if (got == 1)	/* a sweep may pass midnight */
			now.verdict = judge(&now.label, day_at(time(NULL)));
		else
			err_set(&why, ERR_REFUSED, NULL, "no label has the code %s", typed);
	}
	if (now.verdict == UNKNOWN) {
		now.label = (struct label){ .id = 0 };
		tell_unknown(&why);
	} else {
		tell(w, &now);
	}
	ring(w, now.verdict);
	struct seen *s = place_for(w, now.label.id);
	if (s == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "out of memory");
	*s = now;
	return 0;
}

/* ---- lines ---- */

static void
take_back(struct sweep *w)
{
	char code[ROW_CODE_SIZE];

	if (w->n == 0) {
		fputs("There is nothing to take back.\n", stderr);
		return;
	}
	const struct seen *s = &w->seen[--w->n];
	fprintf(stderr, "Taken back: %s\n", s->label.id == 0 ? "the unknown code" :
	    row_code(w->c->session.config.fridge.code, s->label.code, code));
}

static void
help(void)
{
	fputs("Type or scan the code of each label, with or without the fridge's prefix.\n"
	    "  u      take the last one back\n"
	    "  ?      this\n"
	    "  empty  the end: a summary, and what is to be thrown away is asked\n"
	    "Nothing changes before that.\n", stderr);
}

/* Cut blanks at both ends; scanners add tabs and carriage returns. */
static char *
trim(char *line)
{
	size_t n = strlen(line);

	while (n > 0 && strchr(" \t\r\n", line[n - 1]) != NULL)
		line[--n] = '\0';
	return line + strspn(line, " \t");
}

static int
take_lines(struct sweep *w, struct err *e)
{
	char *buffer = NULL;
	size_t size = 0;
	int rc = 0;

	while (rc == 0) {
		if (w->asks)
			fputs("Code (? for help, empty to end): ", stderr);
		if (getline(&buffer, &size, stdin) == -1)
			break;
		char *line = trim(buffer);
		if (line[0] == '\0')
			break;
		if (strcmp(line, "?") == 0)
			help();
		else if (strcmp(line, "u") == 0 || strcmp(line, "U") == 0)
			take_back(w);
		else
			rc = take_code(w, line, e);
	}
	free(buffer);
	return rc;
}

/* ---- the end ---- */

/* The answer to one question; only a clear one counts. */
static char
ask(const char *question)
{
	clearerr(stdin);		/* Ctrl-D ended the codes, not the talk */
	char *line = ask_line(question);
	char answer = line != NULL ? trim(line)[0] : 'n';
	free(line);
	return answer;
}

/* Which of the two kinds are to be thrown away. */
static void
confirm(const struct sweep *w, bool *expired, bool *due)
{
	int ne = count(w, EXPIRED), nd = count(w, DUE);
	char question[TELL_SIZE];

	*expired = *due = ctl_value(w->c, "yes") != NULL;
	if (*expired || ne + nd == 0)
		return;
	if (!w->asks) {
		fprintf(stderr, "%d label%s to throw away stay as they are: --yes closes them\n",
		    ne + nd, ne + nd == 1 ? "" : "s");
		return;
	}
	if (ne > 0 && nd > 0)
		snprintf(question, sizeof question, "Thrown away: the %d expired and the %d due "
		    "today? [y/N, e: the expired ones only] ", ne, nd);
	else
		snprintf(question, sizeof question, "Thrown away: the %d %s? [y/N] ", ne + nd,
		    ne > 0 ? "expired" : "due today");
	char answer = ask(question);
	*due = answer == 'y' || answer == 'Y';
	*expired = *due || ((answer == 'e' || answer == 'E') && ne > 0);
}

/* Close them. One that somebody else closed meanwhile is told, and no failure. */
static int
discard(struct sweep *w, bool expired, bool due, struct err *e)
{
	for (size_t i = 0; i < w->n; i++) {
		struct seen *s = &w->seen[i];
		if ((s->verdict != EXPIRED || !expired) && (s->verdict != DUE || !due))
			continue;
		s->discarded = store_label_close(w->c->session.store, s->label.id, FATE_DISCARDED,
		    BY_SWEEP, day_at(time(NULL)), e) == 0;
		if (!s->discarded && e->kind != ERR_REFUSED)
			return -1;
		if (!s->discarded)
			err_print("fridgectl", e);
	}
	return 0;
}

static bool
was_seen(const struct sweep *w, int64_t label)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->seen[i].label.id == label)
			return true;
	return false;
}

/* What should be in and was not seen, of one place or of all. */
static int
show_missing(const struct sweep *w, struct err *e)
{
	const struct session *s = &w->c->session;
	const char *place = ctl_value(w->c, "place");
	struct label_query q = { .expires_until = DAY_NONE };
	struct label *labels = NULL;
	size_t n = 0;

	if (ctl_value(w->c, "missing") == NULL) {
		out_null(w->c->out, "missing", NULL);
		return 0;
	}
	if (store_labels(s->store, &q, &labels, &n, e) == -1)
		return -1;
	row_sort_labels(labels, n, s->config.fridge.language);
	out_list(w->c->out, "missing", "Not seen");
	for (size_t i = 0; i < n; i++) {
		if (was_seen(w, labels[i].id) ||
		    (place != NULL && strcmp(place, labels[i].place) != 0))
			continue;
		out_object(w->c->out, NULL, NULL);
		row_label(w->c->out, &labels[i], s->config.fridge.code, s->today, ROW_DATES);
		out_end(w->c->out);
	}
	out_end(w->c->out);
	free(labels);
	return 0;
}

/* "12 labels: 9 fine, 2 due today, 1 expired" */
static void
say_summary(const struct sweep *w)
{
	char text[TELL_SIZE] = "";
	size_t len = 0;

	for (int v = 0; v < VERDICTS; v++) {
		int n = count(w, (enum verdict)v);
		if (n > 0)
			len += (size_t)snprintf(text + len, sizeof text - len, "%s %d %s",
			    len > 0 ? "," : "", n, VERDICT[v].words);
	}
	if (w->n == 0)
		out_say(w->c->out, "No code was read.");
	else
		out_say(w->c->out, "%zu label%s:%s", w->n, w->n == 1 ? "" : "s", text);
}

static int
show(const struct sweep *w, struct err *e)
{
	struct out *o = w->c->out;
	char code[ROW_CODE_SIZE];
	int64_t gone = 0;

	say_summary(w);
	out_object(o, NULL, NULL);
	for (int v = 0; v < VERDICTS; v++)
		out_int(o, VERDICT[v].key, NULL, count(w, (enum verdict)v));
	out_list(o, "discarded", NULL);
	for (size_t i = 0; i < w->n; i++) {
		if (!w->seen[i].discarded)
			continue;
		gone++;
		out_text(o, NULL, NULL, row_code(w->c->session.config.fridge.code,
		    w->seen[i].label.code, code));
	}
	out_end(o);
	int rc = show_missing(w, e);
	out_end(o);
	if (gone > 0)
		out_say(o, "%lld discarded. By mistake? fridgectl label close CODE --undo",
		    (long long)gone);
	return rc;
}

int
cmd_sweep(struct ctl *c, struct err *e)
{
	struct sweep w = {
		.c = c, .asks = isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1,
		.bells = isatty(STDERR_FILENO) == 1 && ctl_value(c, "quiet") == NULL,
	};
	bool expired, due;
	int rc = -1;

	if (ctl_value(c, "place") != NULL && ctl_value(c, "missing") == NULL)
		return err_set(e, ERR_USAGE, "fridgectl sweep --missing --place freezer",
		    "--place says of where --missing tells: it does not go alone");
	const char *doubt = session_clock_doubt(&c->session);
	if (doubt != NULL)
		return err_set(e, ERR_REFUSED, "sudo fridgectl clock confirm, if it is right",
		    "what is due depends on the day, and the clock is doubted: %s", doubt);
	if (take_lines(&w, e) == -1)
		goto done;
	confirm(&w, &expired, &due);
	if (discard(&w, expired, due, e) == -1)
		goto done;
	rc = show(&w, e);
done:
	free(w.seen);
	return rc;
}
