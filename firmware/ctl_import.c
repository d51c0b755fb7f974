/* ctl_import.c - fridgectl import: a list of people and badge numbers, as HR or the door's
 * system exports it, becomes owners and badges; all rows or none.
 *
 * The file is opened and read by whoever started us, before we become the service's user.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl.h"
#include "roster.h"

#define FILE_MAX WORDS_DECODE_MAX
#define GROW 65536
#define MISSING_SHOWN 20	/* of those who are not in the file, unless it is a dry run */

struct import {
	struct ctl *c;
	const char *file;
	const char *name;		/* of it, in messages */
	bool dry, remove;
	struct progress progress;
	char *bytes;
	size_t size;
	enum number_form form;
	struct err no_key;
	struct roster_how how;
	struct roster *roster;
	struct roster_counts n;
};

static const char *
plural(size_t n)
{
	return n == 1 ? "" : "s";
}

/* ---- the file ---- */

static int
read_stream(struct import *m, int fd, struct err *e)
{
	size_t room = 0;
	ssize_t got = 1;

	while (got > 0) {
		if (m->size + GROW > room) {
			char *more = realloc(m->bytes, room = 2 * room + 2 * GROW);
			if (more == NULL)
				return err_set(e, ERR_SYSTEM, NULL, "no memory left");
			m->bytes = more;
		}
		got = read(fd, m->bytes + m->size, GROW);
		if (got == -1 && errno == EINTR)
			got = 1;
		else if (got == -1)
			return err_set(e, ERR_SYSTEM, NULL, "%s: %s", m->name, strerror(errno));
		else
			m->size += (size_t)got;
		if (m->size > FILE_MAX)
			return err_set(e, ERR_REFUSED, "is it the right file?", "%s has more than %d MB",
			    m->name, FILE_MAX >> 20);
	}
	return 0;
}

static int
read_file(struct import *m, struct err *e)
{
	if (strcmp(m->file, "-") == 0)
		return read_stream(m, STDIN_FILENO, e);
	/* Without waiting for whoever might write to a pipe of that name. */
	int fd = open(m->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	if (fd == -1)
		return err_set(e, ERR_SYSTEM, errno == EACCES ? "sudo fridgectl" : NULL, "%s: %s",
		    m->file, strerror(errno));
	int rc = fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) ?
	    err_set(e, ERR_REFUSED, "give a file, or - for standard input", "%s is not a file", m->file) :
	    read_stream(m, fd, e);
	close(fd);
	return rc;
}

/* ---- options ---- */

static const struct {
	const char *word, *shown;
	char c;
} SEPARATORS[] = {
	{ "comma", ",", ',' }, { "semicolon", ";", ';' }, { "tab", "\t", '\t' },
};
#define SEPARATOR_COUNT (sizeof SEPARATORS / sizeof *SEPARATORS)

static const char *
separator_word(char c)
{
	for (size_t i = 0; i < SEPARATOR_COUNT; i++)
		if (SEPARATORS[i].c == c)
			return SEPARATORS[i].word;
	return "";
}

static int
take_separator(const char *text, char *out, struct err *e)
{
	for (size_t i = 0; text != NULL && i < SEPARATOR_COUNT; i++)
		if (strcmp(text, SEPARATORS[i].word) == 0 || strcmp(text, SEPARATORS[i].shown) == 0) {
			*out = SEPARATORS[i].c;
			return 0;
		}
	return text == NULL ? 0 : err_set(e, ERR_USAGE, "comma, semicolon or tab",
	    "--separator does not know \"%s\"", text);
}

static void
on_reading(void *arg, size_t done, size_t all)
{
	progress_show(&((struct import *)arg)->progress, "Reading", done, all);
}

static int
take_options(struct import *m, struct err *e)
{
	struct ctl *c = m->c;
	const char *as = ctl_value(c, "as");

	m->file = c->arg[0];
	m->name = strcmp(m->file, "-") == 0 ? "standard input" : m->file;
	m->dry = ctl_value(c, "dry-run") != NULL;
	m->remove = ctl_value(c, "remove-missing") != NULL;
	m->how = (struct roster_how){
		.columns = ctl_value(c, "columns"), .encoding = ctl_value(c, "encoding"),
		.no_badges = ctl_value(c, "no-badges") != NULL,
		.keep_numbers = ctl_value(c, "verify-tap") != NULL,
		.no_key = &m->no_key, .progress = on_reading, .arg = m,
	};
	if (as != NULL && number_form_parse(as, &m->form) == -1)
		return err_set(e, ERR_USAGE, NUMBER_FORMS, "--as does not know \"%s\"", as);
	if (as != NULL)
		m->how.form = &m->form;
	if (ctl_value(c, "timeout") != NULL && ctl_value(c, "verify-tap") == NULL)
		return err_set(e, ERR_USAGE, "fridgectl import FILE --verify-tap OWNER",
		    "--timeout is for --verify-tap, and nobody is to tap");
	return take_separator(ctl_value(c, "separator"), &m->how.separator, e);
}

/* ---- what is wrong with it ---- */

/* All bad rows, as a table below the error. */
static int
refuse_bad(struct import *m, struct err *e)
{
	size_t shown, all;
	const struct roster_bad *bad = roster_bad(m->roster, &shown, &all);
	FILE *to = ctl_more(m->c);
	struct out *o = to != NULL ? out_new(to, false) : NULL;

	out_list(o, NULL, NULL);
	for (size_t i = 0; i < shown; i++) {
		out_object(o, NULL, NULL);
		out_int(o, NULL, "  Line", (int64_t)bad[i].line);
		out_text(o, NULL, "Column", bad[i].column);
		out_text(o, NULL, "Value", bad[i].value);
		out_text(o, NULL, "What is wrong", bad[i].why);
		out_end(o);
	}
	out_end(o);
	if (all > shown)
		out_say(o, "  and %zu more", all - shown);
	if (o != NULL)
		out_finish(o);
	return err_set(e, ERR_REFUSED, "correct that in the file, and run it again",
	    "%s: %zu mistake%s in %zu row%s; nothing was changed", m->name, all, plural(all),
	    roster_rows(m->roster), plural(roster_rows(m->roster)));
}

static bool
has_bad(const struct import *m)
{
	size_t shown, all;

	roster_bad(m->roster, &shown, &all);
	return all > 0;
}

/* A list of another floor would take everybody's badge away. */
static bool
takes_many(const struct import *m)
{
	return 2 * m->n.remove > m->n.people && ctl_value(m->c, "yes") == NULL;
}

static int
check_removal(const struct import *m, struct err *e)
{
	if (m->dry || !takes_many(m))
		return 0;
	return err_set(e, ERR_REFUSED, "look first: --dry-run; and if that is right: --yes",
	    "%zu of %zu people are not in %s: is it the right file? Nothing was changed", m->n.remove,
	    m->n.people, m->name);
}

/* ---- the answer ---- */

/* "group Lab -> Ops, email a@example.com". */
static void
becomes_words(const struct plan_step *s, char *out, size_t size)
{
	size_t n = 0;

	out[0] = '\0';
	for (int f = 0; f < PERSON_FIELDS && n < size; f++) {
		const char *was = s->was != NULL ? person_text(s->was, (enum person_field)f) : "";
		if (s->becomes[f] == NULL || (f == PERSON_NAME && s->was == NULL))
			continue;
		n += (size_t)snprintf(out + n, size - n, "%s%s %s%s%s", n > 0 ? ", " : "",
		    person_key((enum person_field)f), was, was[0] != '\0' ? " -> " : "", s->becomes[f]);
	}
}

static void
put_step(struct out *o, const struct plan_step *s)
{
	static const char *const WHAT[][2] = {
		[PLAN_REMOVE] = { "remove", "remove" }, [PLAN_CHANGE] = { "change", "change" },
		[PLAN_ADD] = { "add", "add" }, [PLAN_BADGE] = { "badge", "give a badge to" },
	};
	char words[2 * NAME_SIZE];

	becomes_words(s, words, sizeof words);
	out_object(o, NULL, NULL);
	out_text(o, "do", "What", WHAT[s->what][0]);
	out_text(o, NULL, "Whom", s->name);
	if (s->was != NULL)
		out_int(o, "id", NULL, s->was->id);
	else
		out_null(o, "id", NULL);
	out_text(o, "name", NULL, s->name);
	if (s->line != 0)
		out_int(o, "line", "Line", (int64_t)s->line);
	else
		out_null(o, "line", "Line");
	out_object(o, "becomes", NULL);
	for (int f = 0; f < PERSON_FIELDS; f++)
		if (s->becomes[f] != NULL)
			out_text(o, person_key((enum person_field)f), NULL, s->becomes[f]);
	out_end(o);
	out_text(o, NULL, "Becomes", words);
	out_end(o);
}

static void
put_missing(const struct import *m)
{
	struct out *o = m->c->out;
	bool all = m->c->json || m->dry;
	size_t at = 0, shown = 0;
	const struct owner *w;

	out_list(o, "missing", m->n.missing > 0 && !m->remove ? "Not in the file" : NULL);
	while ((w = roster_missing(m->roster, &at)) != NULL && (all || shown < MISSING_SHOWN)) {
		out_object(o, NULL, NULL);
		out_int(o, "id", "ID", w->id);
		out_text(o, "name", "Name", w->name);
		out_text(o, "email", "E-mail", w->email);
		out_end(o);
		shown++;
	}
	out_end(o);
}

static void
put_file(const struct import *m)
{
	struct out *o = m->c->out;
	const char *unused = roster_unused(m->roster);

	out_bool(o, "dry_run", NULL, m->dry);
	out_text(o, "encoding", "Encoding", roster_encoding(m->roster));
	out_text(o, "separator", "Parted by", separator_word(roster_separator(m->roster)));
	out_int(o, "rows", "Rows", (int64_t)roster_rows(m->roster));
	out_text(o, "unused", "Columns not used", unused);
	out_int(o, "people", "People in it", (int64_t)m->n.named);
}

static void
put_counts(const struct import *m)
{
	const struct {
		const char *key, *title;
		size_t n;
	} all[] = {
		{ "added", m->dry ? "Would be added" : "Added", m->n.add },
		{ "changed", m->dry ? "Would change" : "Changed", m->n.change },
		{ "removed", m->dry ? "Would be removed" : "Removed", m->n.remove },
		{ "badges", m->dry ? "Badges to give" : "Badges given", m->n.badges },
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		out_int(m->c->out, all[i].key, all[i].n > 0 ? all[i].title : NULL, (int64_t)all[i].n);
	out_int(m->c->out, "revoked", NULL, (int64_t)m->n.revoked);
}

/* Whether a shell takes the name as it is: what is typed by it removes a file. */
static bool
is_plain(const char *file)
{
	return file[0] != '-' && file[strcspn(file, " \t\n\"'`$&|;<>()[]{}*?!#~\\")] == '\0';
}

static void
say_rest(const struct import *m)
{
	struct out *o = m->c->out;
	bool shred = is_plain(m->file);

	if (roster_rows(m->roster) == 0)
		out_say(o, "Nobody is in the file: nothing but headings.");
	else if (roster_steps(m->roster) == 0)
		out_say(o, "Nothing to change: everybody in the file is here as it says.");
	else if (m->dry)
		out_say(o, "Nothing was changed. To do it: the same without --dry-run%s.",
		    takes_many(m) ? ", with --yes, as more than half of the people would go" : "");
	if (m->n.missing > 0 && !m->remove)
		out_say(o, "%zu here %s not in the file, and stay%s; --remove-missing removes them.",
		    m->n.missing, m->n.missing == 1 ? "is" : "are", m->n.missing == 1 ? "s" : "");
	if (m->n.revoked > 0)
		out_say(o, "%zu badge%s in the file %s revoked here and stay%s so: fridgectl badge list",
		    m->n.revoked, plural(m->n.revoked), m->n.revoked == 1 ? "is" : "are",
		    m->n.revoked == 1 ? "s" : "");
	if (roster_numbers(m->roster) > 0 && !m->dry)
		out_warn(o, "The file holds numbers that open doors. Delete it, and the mail or the "
		    "download it came by%s%s", shred ? ": shred -u " : ".", shred ? m->file : "");
}

static void
say(const struct import *m)
{
	struct out *o = m->c->out;
	size_t steps = roster_steps(m->roster);
	struct plan_step step;

	out_object(o, NULL, NULL);
	put_file(m);
	put_counts(m);
	out_bool(o, "opens_doors", NULL, roster_numbers(m->roster) > 0);
	out_list(o, "changes", m->dry && steps > 0 ? "What would change" : NULL);
	for (size_t i = 0; i < steps && (m->dry || m->c->json); i++) {
		roster_step(m->roster, i, &step);
		put_step(o, &step);
	}
	out_end(o);
	put_missing(m);
	out_end(o);
	say_rest(m);
}

/* ---- doing it ---- */

static void
on_writing(void *arg, size_t done)
{
	struct import *m = arg;

	progress_show(&m->progress, "Writing", done, roster_steps(m->roster));
}

static void
change(void *arg, size_t i, struct import_change *out)
{
	roster_change(((struct import *)arg)->roster, i, out);
}

static int
write_all(struct import *m, struct err *e)
{
	const struct import_source from = {
		.count = roster_steps(m->roster), .get = change, .progress = on_writing, .arg = m,
	};
	struct plan_step step;
	size_t bad;

	if (from.count == 0)
		return 0;
	int rc = store_import(m->c->session.store, &from, m->c->session.today, &bad, e);
	if (rc == -1 && bad < from.count) {
		roster_step(m->roster, bad, &step);
		err_within(e, "%s, line %zu, %s; nothing was changed", m->name, step.line, step.name);
	}
	return rc;
}

static int
run(struct import *m, struct err *e)
{
	struct session *s = &m->c->session;
	const char *whom = ctl_value(m->c, "verify-tap");

	m->how.key = s->key;
	m->how.store_id = store_id(s->store);
	if (whom != NULL && s->key == NULL) {
		*e = m->no_key;
		return -1;
	}
	if (roster_read(m->bytes, m->size, &m->how, &m->roster, e) == -1)
		return err_within(e, "%s", m->name);
	if (whom != NULL) {
		progress_end(&m->progress);
		return ctl_verify_tap(m->c, m->roster, whom, e);
	}
	if (roster_plan(m->roster, s->store, m->remove, e) == -1)
		return -1;
	roster_count(m->roster, &m->n);
	if (has_bad(m))
		return refuse_bad(m, e);
	if (check_removal(m, e) == -1 || (!m->dry && write_all(m, e) == -1))
		return -1;
	progress_end(&m->progress);
	say(m);
	return 0;
}

int
cmd_import(struct ctl *c, struct err *e)
{
	struct session *s = &c->session;
	struct import m = { .c = c };
	int rc = -1;

	if (take_options(&m, e) == 0 && read_file(&m, e) == 0) {
		/* Only who has numbers in the file needs the key. */
		session_key(s, &m.no_key);
		if (session_become(s, e) == 0 && session_store(s, e) == 0)
			rc = run(&m, e);
	}
	progress_end(&m.progress);
	if (m.bytes != NULL)
		explicit_bzero(m.bytes, m.size);
	free(m.bytes);
	roster_free(m.roster);
	return rc;
}
