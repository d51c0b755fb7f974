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
#define STEADY_MS 1000		/* what is older a fridged said that was ended */
#define QUEUE_MS 8000		/* in which fridged sees that its queue was made to fit */
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
wants_mail(const struct config *c)
{
	return c->report.mail_to[0] != '\0' || c->report.owner_mail;
}

static bool
always(const struct config *c)
{
	(void)c;
	return true;
}

/* In the order in which they start. One that is not installed is none of ours. */
static const struct unit {
	const char *name;
	bool is_service;
	bool (*wanted)(const struct config *c);
} UNITS[] = {
	{ SETUP_SERVICE, true, always },
	{ "fridge-report.timer", false, always },
	{ "fridge-backup.timer", false, always },
	{ "fridge-mail.timer", false, wants_mail },
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

/* Whether this is the first setup here: later ones leave a timer as somebody switched it, but
 * where an answer is another one. */
static bool
is_first(const struct setup *s)
{
	return (s->anew && s->file.kept[0] == '\0') || s->key_made || s->code_made;
}

static int
start_service(struct setup *s, struct err *e)
{
	bool other = setup_network(s, DROP_INS);

	if ((other && systemctl("daemon-reload", "--quiet", NULL, e) == -1) ||
	    systemctl("enable", "--now", SETUP_SERVICE, e) == -1)
		return -1;
	/* It reads its settings and its secrets anew, and looks for its reader at once. */
	if (!s->running || (s->changes == 0 && !s->code_made && !other && !s->reader_is_back))
		return 0;
	return systemctl("restart", "--no-pager", SETUP_SERVICE, e);
}

static int
switch_timer(struct setup *s, const struct unit *u, struct err *e)
{
	bool wanted = u->wanted(&s->next);

	if (is_first(s) || wanted != u->wanted(&s->now))
		return systemctl(wanted ? "enable" : "disable", "--now", u->name, e);
	if (wanted && systemctl("is-enabled", "--quiet", u->name, e) == -1)
		setup_say("%s is switched off, and stays so. To switch it on: sudo systemctl enable --now "
		    "%s", u->name, u->name);
	return 0;
}

static void
start_units(struct setup *s)
{
	struct err e;

	for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++) {
		const struct unit *u = &UNITS[i];
		if (systemctl("cat", "--no-pager", u->name, &e) == -1) {
			if (u->is_service)
				setup_todo(s, "the unit %s is not installed", u->name);
			continue;
		}
		if ((u->is_service ? start_service(s, &e) : switch_timer(s, u, &e)) == -1)
			setup_todo(s, "%s: %s", u->name, e.what);
	}
}

/* The machine's own time zone, by which timers come. */
static void
move_machine(struct setup *s)
{
	const char *zone = s->next.fridge.timezone;
	const char *const argv[] = {
		"timedatectl", "--no-ask-password", "set-timezone", zone, NULL,
	};
	struct helped h;
	struct err e;

	switch (ctl_program(argv, SYSTEMCTL_S, &h, &e)) {
	case 1:
		helped_free(&h);
		setup_say("This machine has the time zone %s now.", zone);
		return;
	case 0:
		err_set(&e, ERR_SYSTEM, NULL, "there is no timedatectl");
	}
	setup_todo(s, "the machine's time zone is as it was (%s): sudo timedatectl set-timezone %s",
	    e.what, zone);
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

/* Whether fridged has looked at reader and printer, and that after what was done to them. */
static bool
has_looked(const struct setup *s, const struct service_state *said, int64_t waited_ms)
{
	bool fits = strcmp(said->printer, "ok") == 0 || s->queue.name[0] == '\0' ||
	    waited_ms >= QUEUE_MS;

	return setup_is_known(said->reader) && setup_is_known(said->printer) && fits &&
	    (!s->reader_is_back || strcmp(said->reader, "ok") == 0);
}

/* Until it has, and says so for a moment where it may just have started. */
static void
await_fridged(struct setup *s, int seconds)
{
	int64_t began = clock_mono_ms(), end = began + (int64_t)seconds * 1000;
	int64_t since = began;
	struct service_state said = { .reader = "" };
	struct err e;

	setup_say("Waiting for fridged ...");
	for (int64_t now = began; now < end && !ctl_cancelled(); now = clock_mono_ms()) {
		bool looked = store_is_locked(s->next.store.path) &&
		    store_state_get(s->c->session.store, &said, &e) == 0 &&
		    has_looked(s, &said, now - began);
		if (!looked)
			since = now;
		else if (!s->by_systemd || now - since >= STEADY_MS)
			return;
		nanosleep(&(struct timespec){ .tv_nsec = LOOK_MS * 1000000L }, NULL);
	}
	if (!store_is_locked(s->next.store.path))
		setup_todo(s, "fridged does not start: sudo journalctl -u fridged");
	else if (!setup_is_known(said.reader) || !setup_is_known(said.printer))
		setup_todo(s, "fridged has not found reader and printer yet: %s status",
		    ctl_self(s->c));
}

bool
setup_start(struct setup *s)
{
	struct session *session = &s->c->session;
	struct err e;
	int seconds;

	if (s->move_machine)
		move_machine(s);
	if (s->by_systemd)
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
		    "printer's display and its roll, then: %s setup", ctl_self(s->c));
		return;
	}
	print_sheet(s, PRINT_SIGN, "sign for the door", s->sign);
	if (wants_recovery(s))
		print_recovery(s);
}
