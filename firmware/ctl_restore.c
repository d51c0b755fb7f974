/* ctl_restore.c - fridgectl restore: a fridge out of its backup, on a blank machine or in
 * the place of what is there.
 *
 * First the whole file is read, and nothing is written; then everything is put beside its
 * place; then it is asked for, and only then anything changes. It stays what it was
 * started as, as much of what it puts back is root's; what is the store's is put back by a
 * process that becomes the store's user.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl_ask.h"
#include "ctl_restore.h"
#include "secret.h"

#define STOP_S 30		/* fridged ends its helpers, and has ten seconds for it */
#define TRIES 3			/* typing the code */

/* ---- the code ---- */

static int
read_code(FILE *from, struct recovery_code *out, struct err *e)
{
	char *line = NULL;
	size_t room = 0;
	int rc = -1;

	if (getline(&line, &room, from) == -1)
		err_set(e, ERR_USAGE, "fridgectl restore FILE --code-file CODE",
		    "the recovery code is needed, and nobody typed it");
	else
		rc = recovery_parse(line, out, e);
	if (line != NULL)
		secret_wipe(line, room);
	free(line);
	return rc;
}

static int
ask_code(struct ctl *c, struct recovery_code *out, struct err *e)
{
	const char *file = ctl_value(c, "code-file");
	int rc = -1;

	if (file != NULL && strcmp(file, "-") != 0) {
		FILE *from = fopen(file, "re");
		if (from == NULL)
			return err_set(e, ERR_SYSTEM, NULL, "the recovery code %s: %s", file,
			    strerror(errno));
		rc = read_code(from, out, e);
		fclose(from);
		return rc;
	}
	if (isatty(STDIN_FILENO) != 1)
		return read_code(stdin, out, e);
	for (int i = 0; i < TRIES && rc == -1; i++) {
		if (i > 0)
			fprintf(stderr, "%s: %s.\n", e->what, e->todo);
		fputs("The digits on the recovery label: ", stderr);
		rc = read_code(stdin, out, e);
		if (rc == -1 && feof(stdin))
			break;
	}
	return rc;
}

/* ---- what will happen ---- */

static void
say_plan(struct ctl *c, const struct restoring *r)
{
	const struct restore_plan *p = &r->plan;
	FILE *to = c->json ? stderr : stdout;

	fprintf(to, "The backup of %s", r->about.made_on[0] != '\0' ? r->about.made_on :
	    "an unknown day");
	if (strcmp(r->about.version, FRIDGE_VERSION) != 0)
		fprintf(to, ", by version %s,", r->about.version);
	fputs(" is whole, and its code is right.\n", to);
	for (size_t i = 0; i < p->steps; i++)
		fprintf(to, p->step[i].kept[0] != '\0' ? "%s is replaced, and kept as %s\n" :
		    "%s is made\n", p->step[i].place, p->step[i].kept);
	fputs("Labels that were printed after the backup get unknown to the fridge: their codes mean "
	    "nothing to it. What waited to be printed then is not printed now.\n", to);
	fflush(to);
}

/* Whoever breaks off here has said no: what was put beside its place must go, too. */
static int
confirm(struct ctl *c, struct err *e)
{
	bool yes = ctl_value(c, "yes") != NULL;

	if (!yes && isatty(STDIN_FILENO) != 1)
		return err_set(e, ERR_USAGE, "fridgectl restore FILE --yes",
		    "nothing was changed: nobody is there to say yes");
	if (!yes && !ctl_cancelled())
		yes = ask_yes("Restore it?", false) == 1;
	return yes ? 0 : err_set(e, ERR_REFUSED, NULL, "nothing was changed");
}

/* ---- fridged ---- */

static bool
systemctl(const char *verb)
{
	const char *argv[] = { "systemctl", verb, "fridged.service", NULL };
	struct helped h = { .out = NULL };
	struct err e;
	int rc = ctl_program(argv, STOP_S, &h, &e);

	helped_free(&h);
	return rc == 1;
}

/* Without a key it ends, and is started again and again: it waits for us. */
static bool
waits_for_key(const struct restoring *r)
{
	return strcmp(r->config_place, CONFIG_DEFAULT_FILE) == 0 &&
	    restoring_unit_is("fridged.service", "ActiveState", "activating");
}

/* Take STORE.lock: from now on no fridged runs on it. Only the one that has it is
 * stopped: another fridge may be on this machine. */
static int
stop_fridged(struct restoring *r, struct err *e)
{
	const char *store = r->plan.store;

	if (store_is_locked(store) ? restoring_unit_is("fridged.service", "ActiveState", "active") :
	    waits_for_key(r))
		r->stopped = systemctl("stop");
	r->lock = store_lock(store, e);
	if (r->lock != -1)
		return 0;
	if (r->stopped)
		systemctl("start");
	if (e->kind == ERR_BUSY)
		err_set(e, ERR_BUSY, "end it (sudo systemctl stop fridged), then again",
		    "nothing was changed: fridged runs on the store %s", store);
	return -1;
}

/* From here on nobody breaks it off: fridged would stay as it is, stopped, and half of all
 * in its place. */
static int
begin_changing(struct restoring *r, struct err *e)
{
	ctl_ignore_signals();
	if (ctl_cancelled())
		return err_set(e, ERR_REFUSED, NULL, "nothing was changed");
	return r->lock != -1 ? 0 : stop_fridged(r, e);
}

/* Whether it runs again, where it ran. */
static bool
start_fridged(struct restoring *r)
{
	if (r->lock != -1)
		close(r->lock);
	r->lock = -1;
	bool stopped = r->stopped;
	r->stopped = false;
	return stopped && systemctl("start");
}

/* ---- the answer ---- */

static void
put_restored(struct ctl *c, const struct restoring *r, bool runs, const char *todo)
{
	const struct restore_plan *p = &r->plan;
	bool kept = r->damage[0] != '\0';

	out_object(c->out, NULL, NULL);
	out_text(c->out, "made_on", NULL, r->about.made_on);
	out_text(c->out, "store", NULL, p->store);
	out_bool(c->out, "fridged", NULL, runs);
	out_list(c->out, "kept", NULL);
	for (size_t i = 0; i < p->steps; i++) {
		if (p->step[i].kept[0] == '\0')
			continue;
		out_text(c->out, NULL, NULL, p->step[i].kept);
		kept = true;
	}
	out_end(c->out);
	out_list(c->out, "todo", NULL);
	if (todo[0] != '\0')
		out_text(c->out, NULL, NULL, todo);
	out_end(c->out);
	out_end(c->out);
	out_say(c->out, "The fridge is restored as it was on %s.", r->about.made_on);
	if (r->damage[0] != '\0')
		out_say(c->out, "What was there is kept as it was: %s", r->damage);
	if (r->code_kept == 0)
		out_say(c->out, "This machine had a recovery code before, and keeps it for its own "
		    "backups; its label: sudo fridgectl backup --print-code");
	out_say(c->out, "%s%s", runs ? "fridged runs again." : "Now start it: ",
	    runs ? "" : ctl_service(c, "start"));
	if (kept)
		out_say(c->out, "If all is well, what was kept can be deleted; it holds names.");
	if (todo[0] != '\0')
		out_say(c->out, "Still to do: %s", todo);
}

/* All is in its place. */
static int
finish(struct ctl *c, struct restoring *r, struct err *e)
{
	char todo[RESTORE_TODO];

	r->code_kept = recovery_keep(r->config.store.key_file, &r->code, e);
	bool runs = start_fridged(r);
	if (r->code_kept == -1)
		return err_within(e, "the fridge is restored, but its recovery code is not kept here");
	restoring_next(r, c, todo);
	put_restored(c, r, runs, todo);
	return 0;
}

/* ---- the command ---- */

/* Before anything else: what a power cut left half done on that store. 1: it was of this
 * very backup, and is done now; 0 there is nothing more to do about it. */
static int
finish_earlier(struct ctl *c, struct restoring *r, const char *store, struct err *e)
{
	int got = restore_pending(store, &r->plan, e);

	if (got != 1)
		return got;
	if (begin_changing(r, e) == -1)
		return -1;
	fprintf(stderr, "A restore of %s was cut off before its end: it is finished now.\n", store);
	if (restore_resume(&r->plan, e) == -1)
		return -1;
	if (strcmp(r->plan.backup, r->id) == 0)
		return finish(c, r, e) == 0 ? 1 : -1;
	ctl_catch_signals();
	return 0;
}

static int
carry_out(struct ctl *c, struct restoring *r, struct err *e)
{
	bool undone = true;
	int rc = -1;

	if (begin_changing(r, e) == -1)
		return -1;
	if (restoring_keep_store(r, e) == 0)
		rc = restore_carry_out(&r->plan, &undone, e);
	if (rc == 0)
		return finish(c, r, e);
	/* It may be out of step with what is there: then it does not start anyway. */
	start_fridged(r);
	if (undone)
		return err_within(e, "nothing was changed");
	snprintf(e->todo, sizeof e->todo, "mend that, then: sudo fridgectl restore FILE, "
	    "with the same file");
	return -1;
}

int
cmd_restore(struct ctl *c, struct err *e)
{
	struct restoring r = { .lock = -1, .plan = { .folder = -1 } };
	int rc = -1, earlier;

	r.fd = open(c->arg[0], O_RDONLY | O_CLOEXEC);
	if (r.fd == -1)
		return err_set(e, ERR_SYSTEM, errno == EACCES ? "sudo fridgectl" : NULL,
		    "the backup %s: %s", c->arg[0], strerror(errno));
	if (ask_code(c, &r.code, e) == -1 || restoring_look(&r, c, e) == -1)
		goto done;
	ctl_catch_signals();	/* nothing was written up to here */
	if ((earlier = finish_earlier(c, &r, r.config.store.path, e)) == -1)
		goto done;
	if (earlier == 1) {
		rc = 0;
		goto done;
	}
	if (restoring_stage(&r, e) == -1) {
		err_within(e, "nothing was changed");
	} else {
		say_plan(c, &r);
		rc = confirm(c, e);
		if (rc == 0)
			rc = carry_out(c, &r, e);
	}
	if (rc == -1)
		restore_give_up(&r.plan);
done:
	ctl_ignore_signals();
	start_fridged(&r);
	recovery_wipe(&r.code);
	secret_wipe(r.key, sizeof r.key);
	free(r.config_text);
	close(r.fd);
	return rc;
}
