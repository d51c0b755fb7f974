/* report_mail.c - the report to the office, and to people what of theirs goes soon.
 *
 * A mail is noted in the store before it is handed over, and the note taken back if that
 * fails: however often the report runs, and even if it is killed, nobody gets the same
 * mail twice.
 */
#include "report_impl.h"

#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "log.h"
#include "mail.h"

#define LIMIT_MS 60000		/* for a sendmail to take one mail */
#define LOOK_MS 20
#define FAILURES_MAX 3		/* in a row: then the sendmail itself is at fault */

struct mailing {
	struct store *store;
	const struct config *config;
	day_t today;
	day_t from;			/* the first day whose emptying is mailed about */
	struct words *words, *report_words;
	struct command command;
	struct mailed *done;
	int failures;			/* in a row */
};

/* ---- when ---- */

day_t
report_emptying(const struct config *c, day_t from)
{
	if (c->report.empty.how == EMPTY_NEVER)
		return DAY_NONE;
	while (c->report.empty.how == EMPTY_WEEKLY && day_weekday(from) != c->report.empty.weekday)
		from++;
	return from;
}

static bool
is_quiet(const struct config *c, day_t day)
{
	return (c->report.quiet_days & 1u << day_weekday(day)) != 0;
}

/* The last of the emptyings from that day on that today is the working day before of, or
 * that were to be mailed about earlier; DAY_NONE if of none. */
static day_t
last_emptying(const struct config *c, day_t today, day_t from)
{
	day_t next = today + 1, last = DAY_NONE;

	while (is_quiet(c, next) && next < today + 7)
		next++;
	for (day_t d = report_emptying(c, from); d != DAY_NONE && d <= next;
	    d = report_emptying(c, d + 1))
		last = d;
	return last;
}

/* Whether the emptying of today is still ahead and nobody was mailed about it: the machine
 * was off, or had no way to mail, on the working day before. Where it has never mailed,
 * nothing was missed. 1, 0 or -1. */
static int
missed(struct store *s, const struct config *c, day_t today, struct err *e)
{
	int minute = c->report.empty.hour * 60 + c->report.empty.minute;
	struct mail_note run;
	day_t due = today - 1;

	if (report_emptying(c, today) != today || day_minute(time(NULL)) >= minute)
		return 0;
	while (is_quiet(c, due) && due > today - 7)
		due--;
	if (store_mail_get(s, MAIL_RUN, &run, e) == -1)
		return -1;
	return run.day != DAY_NONE && run.day < due;
}

/* ---- handing over ---- */

/* Give it to the sendmail and wait. Returns 0 or -1, with the reason in the log. */
static int
hand_over(struct mailing *m, const char *text)
{
	struct command_with with = { .input = text };
	bool ok = false;
	struct err e;

	if (command_start(&m->command, m->config->report.sendmail, &with, clock_mono_ms(), &e) == -1) {
		log_error("%s", e.what);
		return -1;
	}
	while (command_reap(&m->command, &ok) == 0) {
		command_run(&m->command, clock_mono_ms());
		nanosleep(&(struct timespec){ .tv_nsec = LOOK_MS * 1000000L }, NULL);
	}
	return ok ? 0 : -1;
}

/* One mail to an owner or the office, unless it has one already. 1 sent, 0 not, -1 the
 * store failed. */
static int
send_once(struct mailing *m, int64_t owner, const struct mail_note *note, const char *to,
    const char *subject, const char *body, struct err *e)
{
	struct mail mail = {
		.from = m->config->report.mail_from, .to = to, .subject = subject, .body = body,
		.now = time(NULL),
	};
	struct mail_note before;
	char *text = NULL;
	int rc;

	if (store_mail_get(m->store, owner, &before, e) == -1)
		return -1;
	if (mail_write(&mail, &text, e) == -1) {
		if (owner == MAIL_OFFICE || e->kind != ERR_REFUSED)
			return -1;
		/* One person's address is nobody else's trouble. */
		log_warn("owner %lld gets no mail: %s", (long long)owner, e->what);
		return 0;
	}
	rc = store_mail_claim(m->store, owner, note, e);
	if (rc == 1 && hand_over(m, text) == -1) {
		m->failures++;
		m->done->failed++;
		rc = store_mail_unclaim(m->store, owner, &before, e) == -1 ? -1 : 0;
	} else if (rc == 1) {
		m->failures = 0;
	}
	free(text);
	return rc;
}

/* ---- the office ---- */

static int
mail_office(struct mailing *m, const struct report *r, struct err *e)
{
	int64_t expired = report_count(r, REPORT_EXPIRED), due = report_count(r, REPORT_DUE);
	int64_t soon = report_count(r, REPORT_SOON);
	char numbers[3][24], subject[TEXT_SIZE], *body = NULL;
	struct mail_note note = { .day = m->today };
	size_t size;

	if (m->config->report.mail_to[0] == '\0' || expired + due + soon == 0)
		return 0;
	snprintf(numbers[0], sizeof numbers[0], "%lld", (long long)expired);
	snprintf(numbers[1], sizeof numbers[1], "%lld", (long long)due);
	snprintf(numbers[2], sizeof numbers[2], "%lld", (long long)soon);
	const struct field fields[] = {
		{ .name = "fridge", .text = m->config->fridge.name },
		{ .name = "expired", .text = numbers[0] }, { .name = "due", .text = numbers[1] },
		{ .name = "soon", .text = numbers[2] }, { .name = NULL },
	};
	text_line(m->words, m->config->fridge.language, "office_subject", fields, subject);
	FILE *f = open_memstream(&body, &size);
	if (f == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "out of memory");
	report_plain(r, m->report_words, f);
	int rc = fclose(f) != 0 ? err_set(e, ERR_SYSTEM, NULL, "out of memory") :
	    send_once(m, MAIL_OFFICE, &note, m->config->report.mail_to, subject, body, e);
	m->done->office = rc == 1;
	free(body);
	return rc == -1 ? -1 : 0;
}

/* ---- owners ---- */

static void
put_label(FILE *f, const struct mailing *m, const char *lang, const struct label *l)
{
	char code[ROW_CODE_SIZE];
	day_t from = l->expires_on > m->from ? l->expires_on : m->from;
	const struct field fields[] = {
		{ .name = "code", .text = row_code(m->config->fridge.code, l->code, code) },
		{ .name = "title", .text = l->title },
		{ .name = "expires", .day = l->expires_on },
		{ .name = "emptied", .day = report_emptying(m->config, from) },
		{ .name = NULL },
	};

	fputs("  ", f);
	text_put(f, m->words, lang, l->title[0] != '\0' ? "label_title" : "label", fields);
	fputc('\n', f);
}

/* The body: a key's text each, parted by empty lines, the labels in the middle. */
static char *
owner_body(const struct mailing *m, const char *lang, const struct field *fields,
    const struct label *labels, size_t n)
{
	static const char *const ABOVE[] = { "hello", "about" }, *const BELOW[] = { "ignore", "once" };
	char *body = NULL;
	size_t size;
	FILE *f = open_memstream(&body, &size);

	if (f == NULL)
		return NULL;
	for (size_t i = 0; i < 2; i++)
		if (text_put(f, m->words, lang, ABOVE[i], fields))
			fputs("\n\n", f);
	for (size_t i = 0; i < n; i++)
		put_label(f, m, lang, &labels[i]);
	for (size_t i = 0; i < 2; i++) {
		fputc('\n', f);
		if (text_put(f, m->words, lang, BELOW[i], fields))
			fputc('\n', f);
	}
	if (fclose(f) != 0) {
		free(body);
		body = NULL;
	}
	return body;
}

/* One person's labels that go in the emptyings up to last. */
static int
mail_owner(struct mailing *m, const struct label *labels, size_t n, day_t last, struct err *e)
{
	const struct config *c = m->config;
	struct mail_note before, note = { .day = last };
	char subject[TEXT_SIZE], at[8];
	struct owner owner;
	bool news = false;

	int got = store_owner_get(m->store, labels[0].owner, &owner, e);
	if (got != 1 || owner.removed || owner.email[0] == '\0')
		return got == -1 ? -1 : 0;
	if (store_mail_get(m->store, owner.id, &before, e) == -1)
		return -1;
	/* A thing that was in the last mail and is still in was eaten, as a rule. */
	for (size_t i = 0; i < n; i++) {
		news = news || before.day == DAY_NONE || labels[i].expires_on > before.day ||
		    labels[i].id > before.label;
		note.label = labels[i].id > note.label ? labels[i].id : note.label;
	}
	if (!news)
		return 0;
	snprintf(at, sizeof at, "%02d:%02d", c->report.empty.hour % 24, c->report.empty.minute % 60);
	day_t from = labels[0].expires_on > m->from ? labels[0].expires_on : m->from;
	const struct field fields[] = {
		{ .name = "owner", .text = owner.name },
		{ .name = "fridge", .text = c->fridge.name }, { .name = "time", .text = at },
		{ .name = "emptied", .day = report_emptying(c, from) }, { .name = NULL },
	};
	const char *lang = owner.lang[0] != '\0' ? owner.lang : c->fridge.language;
	text_line(m->words, lang, "subject", fields, subject);
	char *body = owner_body(m, lang, fields, labels, n);
	if (body == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "out of memory");
	int rc = send_once(m, owner.id, &note, owner.email, subject, body, e);
	m->done->owners += rc == 1;
	free(body);
	return rc == -1 ? -1 : 0;
}

static int
by_owner_and_day(const void *pa, const void *pb)
{
	const struct label *a = pa, *b = pb;

	if (a->owner != b->owner)
		return a->owner < b->owner ? -1 : 1;
	if (a->expires_on != b->expires_on)
		return a->expires_on < b->expires_on ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

/* Each person once; labels are ordered by that. */
static int
mail_each(struct mailing *m, const struct label *labels, size_t n, day_t last, struct err *e)
{
	int rc = 0;

	for (size_t i = 0, next; rc == 0 && m->failures < FAILURES_MAX && i < n; i = next) {
		for (next = i + 1; next < n && labels[next].owner == labels[i].owner; next++)
			;
		rc = mail_owner(m, &labels[i], next - i, last, e);
	}
	return rc;
}

static int
mail_due(struct mailing *m, day_t last, struct err *e)
{
	struct label_query q = { .expires_until = last };
	struct label *labels = NULL;
	size_t n = 0, kept = 0;

	if (store_labels(m->store, &q, &labels, &n, e) == -1)
		return -1;
	/* The emptyings of the calendar are those of the usual place. */
	for (size_t i = 0; i < n; i++)
		if (labels[i].owner != 0 && strcmp(labels[i].place, PLACE_DEFAULT) == 0)
			labels[kept++] = labels[i];
	if (kept > 1)
		qsort(labels, kept, sizeof *labels, by_owner_and_day);
	int rc = mail_each(m, labels, kept, last, e);
	free(labels);
	return rc;
}

static int
mail_owners(struct mailing *m, struct err *e)
{
	struct mail_note run = { .day = m->today };

	if (!m->config->report.owner_mail)
		return 0;
	int late = missed(m->store, m->config, m->today, e);
	if (late == -1)
		return -1;
	m->from = late == 1 ? m->today : m->today + 1;
	day_t last = last_emptying(m->config, m->today, m->from);
	if (last != DAY_NONE && mail_due(m, last, e) == -1)
		return -1;
	/* What could not be handed over is tried again, tomorrow too. */
	return m->done->failed == 0 && store_mail_claim(m->store, MAIL_RUN, &run, e) == -1 ? -1 : 0;
}

/* ---- the whole ---- */

int
report_mail(struct store *s, const struct report *r, struct mailed *out, struct err *e)
{
	struct mailing m = {
		.store = s, .config = r->config, .today = r->as_of, .done = out,
		.command = { .what = "the command [report] sendmail", .limit_ms = LIMIT_MS },
	};
	struct template_dirs dirs;

	*out = (struct mailed){ .office = false };
	if (m.config->report.mail_to[0] == '\0' && !m.config->report.owner_mail)
		return err_set(e, ERR_REFUSED, "in [report]: mail_to = ADDRESS, or owner_mail = yes",
		    "nobody is to be mailed");
	if (m.config->report.mail_from[0] != '\0' && !mail_address_ok(m.config->report.mail_from))
		return err_set(e, ERR_REFUSED, "mail_from = fridge@example.com",
		    "[report] mail_from is no e-mail address");
	out->quiet = is_quiet(m.config, m.today);
	if (out->quiet)
		return 0;
	config_templates(m.config, &dirs);
	m.words = words_open_named("mail", dirs.list);
	m.report_words = words_open_named("report", dirs.list);
	int rc = mail_office(&m, r, e) == -1 || mail_owners(&m, e) == -1 ? -1 : 0;
	words_close(m.words);
	words_close(m.report_words);
	if (rc == 0 && out->failed > 0)
		return err_set(e, ERR_SYSTEM, "run it again: what went out is not sent twice",
		    "%d mail%s could not be handed over", out->failed, out->failed == 1 ? "" : "s");
	return rc;
}
