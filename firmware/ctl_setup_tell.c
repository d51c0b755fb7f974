/* ctl_setup_tell.c - setup's fifth part: who hears what by mail, and of faults; both are
 * tried before they are believed. */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "ctl_ask.h"
#include "ctl_setup.h"
#include "mail.h"

#define MAIL_S 60
#define ALERT_S 30
#define TRIES 3
#define TEST_TEXT "fridge-label: a test. Everything works; faults will be told like this.\n"

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
	bool sent = setup_try(s, SETUP_MAILER, &(struct setup_trial){
	    "the mail command", s->next.report.sendmail, text, MAIL_S });
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
	setup_say("  Sending a mail with a code to %s ...", s->next.report.mail_to);
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
		if (to[0] == '\0' || !s->asks || strcmp(to, s->mail_proved) == 0)
			return 0;
		if (!mail_address_ok(to)) {
			setup_say("  That is no address.");
		} else {
			int arrived = try_mail(s);
			if (arrived == -1)
				return setup_cancelled(s, e);
			if (arrived == 1) {
				memcpy(s->mail_proved, to, sizeof s->mail_proved);
				return 0;
			}
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
			const char *in = s->asks ? "  " : "";
			setup_say("%sThis machine has no mail command, and sends none. For mail:\n"
			    "%s  sudo apt install msmtp-mta, then: %s setup", in, in, ctl_self(s->c));
			return 0;
		}
		setup_todo(s, "mail needs a mail command (%s is not there): sudo apt install "
		    "msmtp-mta, then: %s setup", s->next.report.sendmail, ctl_self(s->c));
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
		if (command[0] == '\0' || strcmp(command, s->alert_proved) == 0)
			return 0;
		bool ok = setup_try(s, SETUP_SERVICE, &(struct setup_trial){
		    "the alert command", command, TEST_TEXT, ALERT_S });
		setup_say("  The command %s.", ok ? "took a test text" : "failed");
		if (!s->asks || setup_option(s, "alert.command") != NULL) {
			if (!ok)
				setup_todo(s, "the alert command fails: %s", command);
			return 0;
		}
		int came = ok ? ask_yes("  Did the text arrive?", true) : 0;
		if (came == -1)
			return setup_cancelled(s, e);
		if (came == 1) {
			memcpy(s->alert_proved, command, sizeof s->alert_proved);
			return 0;
		}
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
