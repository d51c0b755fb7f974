/* ctl_leave.c - somebody leaves: fridgectl owner remove and owner forget.
 *
 * Removed, a person can come back: only the label no longer says whose it is. Forgotten,
 * nothing leads to them any more, neither here nor in what CUPS keeps.
 */
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"
#include "ctl_ask.h"

#define HELPER "fridge-print"
/* One argument of a program has at most 128 KB: so many numbers of prints fit. */
#define PRINTS_A_RUN 5000
#define PURGE_S 60

/* ---- remove ---- */

/* "2 in the fridge, 1 in the freezer"; labels are in any order. */
static void
where_in_words(const struct label *labels, size_t n, char *out, size_t size)
{
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < n && at < size; i++) {
		size_t here = 0, before = 0;
		for (size_t k = 0; k < n; k++) {
			bool same = strcmp(labels[k].place, labels[i].place) == 0;
			here += same;
			before += same && k < i;
		}
		if (before == 0)
			at += (size_t)snprintf(out + at, size - at, "%s%zu in the %s",
			    at > 0 ? ", " : "", here, labels[i].place);
	}
}

/* The person, and the labels that are in. */
static int
put_leaver(struct ctl *c, const struct owner *o, struct err *e)
{
	const struct session *s = &c->session;
	struct label_query q = { .owner = o->id, .expires_until = DAY_NONE };
	struct label *labels = NULL;
	char where[400];
	size_t n = 0;

	if (store_labels(s->store, &q, &labels, &n, e) == -1)
		return -1;
	out_object(c->out, NULL, NULL);
	row_owner(c->out, o);
	out_list(c->out, "labels", "Labels that are in");
	for (size_t i = 0; i < n; i++) {
		out_object(c->out, NULL, NULL);
		row_label(c->out, &labels[i], s->config.fridge.code, s->today, ROW_DATES);
		out_end(c->out);
	}
	out_end(c->out);
	out_end(c->out);
	where_in_words(labels, n, where, sizeof where);
	if (ctl_value(c, "undo") != NULL)
		out_say(c->out, "%s is back, with badges and labels.", o->name);
	else if (n == 0)
		out_say(c->out, "%s is removed; none of their labels is in.", o->name);
	else
		out_say(c->out, "%s is removed. %zu of their labels %s still in, now without the "
		    "name: %s.", o->name, n, n == 1 ? "is" : "are", where);
	free(labels);
	return 0;
}

int
cmd_owner_remove(struct ctl *c, struct err *e)
{
	struct session *s = &c->session;
	struct owner o;

	if (ctl_value(c, "undo") != NULL) {
		if (ctl_owner_find_removed(c, c->arg[0], &o, e) == -1 ||
		    store_owner_restore(s->store, o.id, e) == -1)
			return -1;
		return put_leaver(c, &o, e);
	}
	if (ctl_owner_find(c, c->arg[0], &o, e) == -1 ||
	    store_owner_remove(s->store, o.id, s->today, NULL, e) == -1 ||
	    put_leaver(c, &o, e) == -1)
		return -1;
	out_say(c->out, "Their badges give guest labels, and may be enrolled for others.");
	out_say(c->out, "To take that back: fridgectl owner remove %lld --undo", (long long)o.id);
	out_say(c->out, "To erase them for good: fridgectl owner forget %lld", (long long)o.id);
	return 0;
}

/* ---- forget ---- */

/* Whether the person is really meant: 0, or -1 with *e. */
static int
confirm(struct ctl *c, const struct owner *o, struct err *e)
{
	char typed_name[NAME_SIZE], todo[64];

	if (ctl_value(c, "yes") != NULL)
		return 0;
	snprintf(todo, sizeof todo, "fridgectl owner forget %lld --yes", (long long)o->id);
	if (isatty(STDIN_FILENO) != 1)
		return err_set(e, ERR_USAGE, todo,
		    "owner forget asks for the name again, and nobody is there to type it");
	fprintf(stderr, "This erases %s (ID %lld%s%s) with badges and all that leads to them. It "
	    "cannot be undone.\n", o->name, (long long)o->id,
	    o->email[0] != '\0' ? ", " : "", o->email);
	char *line = ask_line("Type the name to go on: ");
	bool same = line != NULL && words_name("name", line, typed_name, NULL) == 0 &&
	    strcmp(typed_name, o->name) == 0;
	free(line);
	if (!same)
		return err_set(e, ERR_REFUSED, NULL, "that is not the name: nothing was erased");
	return 0;
}

/* -1: nothing was erased. Else *clean tells whether the file is clean, too: a program that
 * reads old pages holds that up, and after some seconds it is not waited for any more. */
static int
erase(struct ctl *c, int64_t owner, struct forgotten *gone, int64_t **prints, size_t *n,
    bool *clean, struct err *e)
{
	struct store *store = c->session.store;
	struct err ignored;
	struct owner o;

	*clean = store_owner_forget(store, owner, gone, prints, n, e) == 0;
	return *clean || store_owner_get(store, owner, &o, &ignored) == 0 ? 0 : -1;
}

/* Take the jobs of some prints out of CUPS's history; *purged grows. */
static int
purge_some(struct ctl *c, const int64_t *prints, size_t n, int *purged, struct err *e)
{
	char *list = NULL;
	size_t size;
	FILE *to = open_memstream(&list, &size);
	struct call call = { .count = 0 };
	struct helped h = { .out = NULL };
	int rc = -1, some = 0;

	for (size_t i = 0; i < n && to != NULL; i++)
		fprintf(to, "%s%lld", i > 0 ? "," : "", (long long)prints[i]);
	if (to == NULL || fclose(to) != 0) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto done;
	}
	call_add(&call, HELPER);
	call_add(&call, "--purge");
	call_addf(&call, "jobs=fridge-%s", store_id(c->session.store));
	call_addf(&call, "prints=%s", list);
	if (call.failed)
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
	else if (ctl_helper_within(call.arg, PURGE_S, &h, e) == 0)
		rc = 0;
	if (rc == 0 && (h.out == NULL || sscanf(h.out, "purged %d", &some) != 1))
		rc = err_set(e, ERR_SYSTEM, NULL, HELPER " gave an answer that is none");
	*purged += some;
done:
	helped_free(&h);
	call_free(&call);
	free(list);
	return rc;
}

static int
purge(struct ctl *c, const int64_t *prints, size_t n, int *purged, struct err *e)
{
	int rc = 0;

	*purged = 0;
	for (size_t at = 0; at < n && rc == 0; at += PRINTS_A_RUN)
		rc = purge_some(c, prints + at, n - at < PRINTS_A_RUN ? n - at : PRINTS_A_RUN,
		    purged, e);
	return rc;
}

/* The copies that were made beside the store when its version changed, or when a backup
 * took its place; and what a restore left that was killed. */
static void
put_copies(struct ctl *c)
{
	const char *store = c->session.config.store.path;
	char pattern[CONFIG_TEXT + 32], folder[CONFIG_TEXT + sizeof STORE_RESTORING];
	glob_t found;

	snprintf(pattern, sizeof pattern, "%s.{v[0-9],before-restore-}*", store);
	snprintf(folder, sizeof folder, "%s" STORE_RESTORING, store);
	bool restoring = access(folder, F_OK) == 0;
	int rc = glob(pattern, GLOB_BRACE, NULL, &found);
	out_list(c->out, "copies", NULL);
	for (size_t i = 0; rc == 0 && i < found.gl_pathc; i++)
		out_text(c->out, NULL, NULL, found.gl_pathv[i]);
	if (restoring)
		out_text(c->out, NULL, NULL, folder);
	out_end(c->out);
	for (size_t i = 0; rc == 0 && i < found.gl_pathc; i++)
		out_say(c->out, "A copy from before an upgrade or a restore may still hold them; it is "
		    "not used any more. Delete it: sudo rm %s", found.gl_pathv[i]);
	if (restoring)
		out_say(c->out, "A restore that was broken off left a copy that may hold them. If none "
		    "runs, delete it: sudo rm -r %s", folder);
	globfree(&found);
}

static const char *
plural(int64_t n)
{
	return n == 1 ? "" : "s";
}

/* What is gone, and what is not. jobs -1: CUPS could not be asked. */
static void
put_forgotten(struct ctl *c, const struct owner *o, const struct forgotten *gone, int jobs)
{
	struct out *out = c->out;
	char until[DAY_TEXT];
	day_t last = c->session.today + BACKUP_NIGHTS;

	out_object(out, NULL, NULL);
	out_int(out, "id", NULL, o->id);
	out_int(out, "badges", NULL, gone->badges);
	out_int(out, "labels", NULL, gone->labels);
	out_int(out, "in", NULL, gone->in);
	if (jobs == -1)
		out_null(out, "jobs", NULL);
	else
		out_int(out, "jobs", NULL, jobs);
	out_day(out, "backups_until", NULL, last);
	out_say(out, "Forgotten: the name, the e-mail address, %lld badge%s.",
	    (long long)gone->badges, plural(gone->badges));
	if (gone->labels > 0)
		out_say(out, "%lld label%s no owner any more; %lld of them %s in.",
		    (long long)gone->labels, gone->labels == 1 ? " has" : "s have",
		    (long long)gone->in, gone->in == 1 ? "is" : "are");
	if (jobs > 0)
		out_say(out, "CUPS forgot %d job%s of theirs, with all documents.", jobs,
		    plural(jobs));
	put_copies(c);
	out_say(out, "Backups from before today still hold them; the last that is kept from "
	    "a night goes after %s, if each night makes one. Other backups, and copies of the store, "
	    "are yours to find.", day_text(last, until));
	out_end(out);
}

int
cmd_owner_forget(struct ctl *c, struct err *e)
{
	struct forgotten gone = { 0 };
	int64_t *prints = NULL;
	struct err trouble;
	char todo[sizeof trouble.todo];
	size_t n = 0;
	struct owner o;
	bool clean;
	int jobs;

	if (ctl_owner_find_any(c, c->arg[0], &o, e) == -1 || confirm(c, &o, e) == -1 ||
	    erase(c, o.id, &gone, &prints, &n, &clean, e) == -1)
		return -1;
	int rc = purge(c, prints, n, &jobs, &trouble);
	free(prints);
	put_forgotten(c, &o, &gone, rc == 0 ? jobs : -1);
	/* The person is gone all the same: it is the answer, and not all is well. */
	if (rc == -1) {
		c->status = 1;
		err_within(&trouble, "CUPS may still keep pictures of their labels");
		/* Nothing leads from the person to these jobs any more. */
		size_t len = strlen(trouble.todo);
		if (strncmp(trouble.todo, "sudo cancel", 11) != 0)
			snprintf(trouble.todo + len, sizeof trouble.todo - len, "%ssudo cancel -a -x",
			    len > 0 ? "; " : "");
		err_print("fridgectl", &trouble);
	}
	if (!clean) {
		c->status = 1;
		snprintf(todo, sizeof todo, "end it, and then: %s", ctl_service(c, "restart"));
		err_set(&trouble, ERR_BUSY, todo,
		    "a program that reads the store for long keeps erased pages in %s-wal",
		    c->session.config.store.path);
		err_print("fridgectl", &trouble);
	}
	return 0;
}
