/* ctl_setup_start.c - what setup does when all is asked: the key, the units, the first
 * prints. Whatever does not work is a thing to do; setup can be run again. */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ctl_ask.h"
#include "ctl_setup.h"

#define WAIT_S 30
#define LOOK_MS 100
#define SYSTEMCTL_S 60
#define DROP_INS "/etc/systemd/system/fridged.service.d"

/* By the command that makes it for everybody: it knows whose the key is. */
static bool
make_key(struct setup *s)
{
	const char *const argv[] = {
		"fridgectl", "-c", s->file.path, "key", "create", NULL,
	};
	struct helped h;
	struct err e;

	if (access(s->next.store.key_file, F_OK) == 0)
		return false;
	if (ctl_helper(argv, &h, &e) == -1) {
		setup_failed(s, &e);
		return false;
	}
	helped_free(&h);
	return true;
}

void
setup_make_secrets(struct setup *s)
{
	struct err e;

	s->key_made = make_key(s);
	if (session_begin(&s->c->session, s->file.path, &e) == -1 ||
	    ctl_recovery_code(s->c, &s->code_made, &e) == -1) {
		err_within(&e, "no recovery code for backups");
		setup_failed(s, &e);
	}
	s->code_owed = s->code_made;
}

/* ---- units ---- */

static bool
wants_mail(const struct setup *s)
{
	return s->next.report.mail_to[0] != '\0' || s->next.report.owner_mail;
}

static bool
always(const struct setup *s)
{
	(void)s;
	return true;
}

/* In the order in which they start. One that is not installed is none of ours. */
static const struct {
	const char *unit;
	bool (*wanted)(const struct setup *s);
} UNITS[] = {
	{ SETUP_SERVICE, always },
	{ "fridge-report.timer", always },
	{ "fridge-backup.timer", always },
	{ "fridge-mail.timer", wants_mail },
};

static int
systemctl(const char *verb, const char *option, const char *unit, struct err *e)
{
	const char *const argv[] = { "systemctl", "--no-ask-password", verb, option, unit, NULL };
	struct helped h;
	int rc = ctl_program(argv, SYSTEMCTL_S, &h, e);

	if (rc == 0)
		return err_set(e, ERR_SYSTEM, NULL, "there is no systemctl");
	if (rc == -1)
		return -1;
	helped_free(&h);
	return 0;
}

static void
start_units(struct setup *s)
{
	struct err e;

	for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++) {
		const char *unit = UNITS[i].unit;
		bool wanted = UNITS[i].wanted(s), service = strstr(unit, ".service") != NULL;
		if (systemctl("cat", "--no-pager", unit, &e) == -1) {
			if (service)
				setup_todo(s, "the unit %s is not installed", unit);
			continue;
		}
		bool other = service && setup_network(s, DROP_INS);
		int rc = other ? systemctl("daemon-reload", "--quiet", NULL, &e) : 0;
		if (rc == 0)
			rc = systemctl(wanted ? "enable" : "disable", "--now", unit, &e);
		/* It reads its settings and its secrets anew. */
		if (rc == 0 && service && s->running && (s->changes > 0 || s->code_made || other))
			rc = systemctl("restart", "--no-pager", unit, &e);
		if (rc == -1)
			setup_todo(s, "%s: %s", unit, e.what);
	}
}

static void
say_how_to_start(struct setup *s)
{
	if (s->private && s->running && s->changes > 0)
		setup_todo(s, "fridged has the old settings: kill -HUP its process, then run setup again");
	else if (s->private && !s->running)
		setup_todo(s, "start it: fridged -c %s", s->file.path);
	else if (!s->private)
		setup_todo(s, "systemd does not run here: start fridged by your own means");
}

/* ---- does it work? ---- */

static bool
is_known(const char *state)
{
	return state[0] != '\0' && strcmp(state, "not known yet") != 0;
}

/* Until fridged has looked at reader and printer. */
static void
await_fridged(struct setup *s, int seconds)
{
	struct ctl *c = s->c;
	int64_t end = clock_mono_ms() + (int64_t)seconds * 1000;
	struct service_state said = { .reader = "" };
	struct err e;

	setup_say("Waiting for fridged ...");
	while (clock_mono_ms() < end && !ctl_cancelled()) {
		if (store_is_locked(s->next.store.path) &&
		    store_state_get(c->session.store, &said, &e) == 0 && is_known(said.reader) &&
		    is_known(said.printer))
			return;
		nanosleep(&(struct timespec){ .tv_nsec = LOOK_MS * 1000000L }, NULL);
	}
	setup_todo(s, store_is_locked(s->next.store.path) ? "fridged has not found reader and "
	    "printer yet: fridgectl status" : "fridged does not start: sudo journalctl -u fridged");
}

bool
setup_start(struct setup *s)
{
	struct session *session = &s->c->session;
	struct err e;
	int seconds;

	if (!s->private && access("/run/systemd/system", F_OK) == 0)
		start_units(s);
	else
		say_how_to_start(s);
	if (session_begin(session, s->file.path, &e) == -1 || session_become(session, &e) == -1 ||
	    session_store(session, &e) == -1 ||
	    ctl_value_int(s->c, "wait", 0, SETUP_WAIT_MAX_S, WAIT_S, &seconds, &e) == -1) {
		setup_failed(s, &e);
		return false;
	}
	s->code_owed |= store_recovery_owed(session->store, &e) == 1;
	if (s->code_made && store_recovery_owe(session->store, true, &e) == -1)
		setup_failed(s, &e);
	/* Nobody starts it, or lets it read its settings, while this waits. */
	if (s->private && (!store_is_locked(s->next.store.path) || s->changes > 0))
		return false;
	await_fridged(s, seconds);
	return store_is_locked(s->next.store.path);
}

/* ---- the first prints ---- */

/* Wait for one that is queued; out becomes "completed", or why it is not. */
static void
await_print(struct setup *s, int64_t id, const char *what, char out[static SETUP_PRINT])
{
	struct print p;
	struct err e;
	int seconds;

	ctl_value_int(s->c, "wait", 0, SETUP_WAIT_MAX_S, WAIT_S, &seconds, NULL);
	if (ctl_print_await(s->c, id, what, seconds, &p, &e) == 0) {
		snprintf(out, SETUP_PRINT, "completed");
		setup_say("The %s is printed.", what);
		return;
	}
	snprintf(out, SETUP_PRINT, "%.*s", SETUP_PRINT - 1, e.what);
	setup_failed(s, &e);
}

static void
print_sheet(struct setup *s, enum print_kind kind, const char *what,
    char out[static SETUP_PRINT])
{
	struct err e;
	int64_t id;

	if (ctl_print_sheet(s->c, kind, &id, &e) == 0)
		await_print(s, id, what, out);
	else
		setup_failed(s, &e);
}

/* Whether the label with the recovery code is wanted: one that has its label in a safe
 * already needs no second one, and who asks nothing wants none. */
static bool
wants_recovery(struct setup *s)
{
	return s->code_owed || (s->asks && ask_yes("And the label with the recovery code again, for "
	    "the safe?", false) == 1);
}

static void
print_recovery(struct setup *s)
{
	struct err e;
	int64_t id;

	if (ctl_recovery_label(s->c, &id, &e) == -1) {
		setup_failed(s, &e);
		return;
	}
	await_print(s, id, "recovery label", s->recovery);
	if (strcmp(s->recovery, "completed") == 0 &&
	    store_recovery_owe(s->c->session.store, false, &e) == -1)
		setup_failed(s, &e);
}

void
setup_print(struct setup *s)
{
	if (ctl_value(s->c, "no-print") != NULL || s->next.printer.queue[0] == '\0')
		return;
	if (s->asks && ask_yes(s->code_owed ? "Print a test label, the sign for the door and the "
	    "label for the safe?" : "Print a test label and the sign for the door?", true) != 1)
		return;
	print_sheet(s, PRINT_TEST, "test label", s->test);
	if (strcmp(s->test, "completed") != 0)
		return;
	if (s->asks && ask_yes("Has a label come out?", true) == 0) {
		setup_todo(s, "CUPS says that a label was printed, and none came out: look at the "
		    "printer's display and its roll, then: sudo fridgectl setup");
		return;
	}
	print_sheet(s, PRINT_SIGN, "sign for the door", s->sign);
	if (wants_recovery(s))
		print_recovery(s);
}
