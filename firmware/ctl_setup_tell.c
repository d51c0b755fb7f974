/* ctl_setup_tell.c - setup's fifth part: who hears what by mail, and of faults; both are
 * tried before they are believed. */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "ctl_ask.h"
#include "ctl_setup.h"
#include "mail.h"

#define MAIL_S 60
#define ALERT_S 30
#define LOOK_MS 50
#define TRIES 3

/* Give a command line of the configuration a text, and await its end. */
static bool
run_here(const char *what, const char *line, const char *text, int seconds)
{
	struct command command = { .what = what, .limit_ms = seconds * 1000 };
	struct command_with with = { .input = text };
	bool ok = false;
	struct err e;

	if (command_start(&command, line, &with, clock_mono_ms(), &e) == -1) {
		setup_say("  %s", e.what);
		return false;
	}
	while (command_reap(&command, &ok) == 0) {
		command_run(&command, clock_mono_ms());
		nanosleep(&(struct timespec){ .tv_nsec = LOOK_MS * 1000000L }, NULL);
	}
	return ok;
}

/* The user that the service runs as, with the home that its commands look for settings in. */
static int
become_service(const struct setup *s, struct err *e)
{
	struct session as = { .config = s->next };

	if (session_become(&as, e) == -1)
		return -1;
	const struct passwd *pw = getpwuid(geteuid());
	if (pw != NULL)
		setenv("HOME", pw->pw_dir, 1);
	return 0;
}

/* Run it as the service will: what root may read, and the service may not, would work now and
 * never again. */
static bool
run(const struct setup *s, const char *what, const char *line, const char *text, int seconds)
{
	int status = 1;
	struct err e;
	pid_t pid = fork();

	if (pid == 0) {
		if (geteuid() == 0 && become_service(s, &e) == -1) {
			setup_say("  %s", e.what);
			_exit(1);
		}
		_exit(run_here(what, line, text, seconds) ? 0 : 1);
	}
	if (pid == -1) {
		setup_say("  %s cannot be tried: %s", what, strerror(errno));
		return false;
	}
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	return status == 0;
}

/* ---- mail ---- */

/* Whether the program that the setting begins with is there. */
static bool
has_sendmail(const struct setup *s)
{
	const char *line = s->next.report.sendmail;
	char program[CONFIG_TEXT], path[4096];

	snprintf(program, sizeof program, "%.*s", (int)strcspn(line, " "), line);
	return ctl_find_program(program, path, sizeof path);
}

static bool
send_code(struct setup *s, int code)
{
	char body[300], *text = NULL;
	struct mail mail = {
		.from = s->next.report.mail_from, .to = s->next.report.mail_to,
		.subject = "fridge-label: does this arrive?", .body = body, .now = time(NULL),
	};
	struct err e;

	snprintf(body, sizeof body, "Somebody sets up the fridge \"%.100s\" and wants to know whether "
	    "its mail arrives.\n\nThe code to type is %d.\n", s->next.fridge.name, code);
	if (mail_write(&mail, &text, &e) == -1) {
		setup_say("  %s", e.what);
		return false;
	}
	bool sent = run(s, "the mail command", s->next.report.sendmail, text, MAIL_S);
	free(text);
	return sent;
}

static bool
is_code(const char *typed, int code)
{
	char *end;

	typed += strspn(typed, " ");
	return typed[0] != '\0' && strtol(typed, &end, 10) == code &&
	    end[strspn(end, " ")] == '\0';
}

/* 1: the code was typed back, 0: it was not, -1: no answer. */
static int
try_mail(struct setup *s)
{
	unsigned random;
	int right = 0;

	if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
		random = (unsigned)time(NULL);
	int code = 1000 + (int)(random % 9000);
	setup_say("  A mail with a code is on its way to %s.", s->next.report.mail_to);
	if (!send_code(s, code)) {
		setup_say("  It could not be sent.");
		return 0;
	}
	for (int i = 0; i < TRIES && right == 0; i++) {
		char *typed = ask_line("  Which code is in it? (Enter: it does not come) ");
		if (typed == NULL)
			return -1;
		bool gave_up = typed[0] == '\0';
		right = is_code(typed, code);
		free(typed);
		if (gave_up)
			break;
		if (right == 0)
			setup_say("  That is not the code.");
	}
	return right;
}

/* Ask for an address until its mail arrives or there is to be none. */
static int
ask_mail(struct setup *s, struct err *e)
{
	for (;;) {
		if (setup_answer(s, "report.mail_to", NULL, e) == -1)
			return -1;
		const char *to = s->next.report.mail_to;
		if (to[0] == '\0' || !s->asks || strcmp(to, s->now.report.mail_to) == 0)
			return 0;
		if (!mail_address_ok(to)) {
			setup_say("  That is no address.");
		} else {
			int arrived = try_mail(s);
			if (arrived == -1)
				return setup_cancelled(e);
			if (arrived == 1)
				return 0;
		}
		if (setup_option(s, "report.mail_to") != NULL) {
			setup_todo(s, "no mail arrives at %s: see to the mail command (%s)", to,
			    s->next.report.sendmail);
			return 0;
		}
		setup_say("  Then another address, or - for none; the mail command is %s.",
		    s->next.report.sendmail);
	}
}

static int
setup_mail(struct setup *s, struct err *e)
{
	const char *to = setup_option(s, "report.mail_to");

	if (!has_sendmail(s)) {
		if (to == NULL && s->now.report.mail_to[0] == '\0' &&
		    setup_option(s, "report.owner_mail") == NULL) {
			setup_say("%sThis machine has no mail command: without msmtp-mta or postfix it sends "
			    "none.", s->asks ? "  " : "");
			return 0;
		}
		setup_todo(s, "mail needs a mail command (%s is not there): sudo apt install "
		    "msmtp-mta", s->next.report.sendmail);
		/* Nothing is asked that cannot be tried; what an option says is taken. */
		if (to != NULL && setup_answer(s, "report.mail_to", NULL, e) == -1)
			return -1;
		return setup_option(s, "report.owner_mail") == NULL ? 0 :
		    setup_answer(s, "report.owner_mail", NULL, e);
	}
	if (ask_mail(s, e) == -1)
		return -1;
	/* With nobody's address the people's need no question. */
	if (s->next.report.mail_to[0] == '\0' && setup_option(s, "report.owner_mail") == NULL)
		return 0;
	return setup_answer(s, "report.owner_mail", NULL, e);
}

/* ---- faults ---- */

static int
setup_alert(struct setup *s, struct err *e)
{
	const char *command = s->next.alert.command;

	for (;;) {
		if (setup_answer(s, "alert.command", NULL, e) == -1)
			return -1;
		if (command[0] == '\0' || strcmp(command, s->now.alert.command) == 0)
			return 0;
		bool ok = run(s, "the alert command", command, "fridge-label: a test. Everything works; "
		    "faults will be told like this.\n", ALERT_S);
		setup_say("  The command %s.", ok ? "took a test text" : "failed");
		if (!s->asks || setup_option(s, "alert.command") != NULL) {
			if (!ok)
				setup_todo(s, "the alert command fails: %s", command);
			return 0;
		}
		int came = ok ? ask_yes("  Did the text arrive?", true) : 0;
		if (came == -1)
			return setup_cancelled(e);
		if (came == 1)
			return 0;
		setup_say("  Then another command, or - for none.");
	}
}

int
setup_tell(struct setup *s, struct err *e)
{
	setup_part(s, "Mail and alerts");
	if (setup_mail(s, e) == -1)
		return -1;
	return setup_alert(s, e);
}
