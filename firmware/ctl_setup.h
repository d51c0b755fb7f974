/* ctl_setup.h - what the parts of fridgectl setup share.
 *
 * First everything is found out and asked, and nothing is changed; then it is done, in steps
 * of which each happens whole or not at all. So whatever ends setup leaves a fridge as it was
 * or as it is to be, and setup can be run again.
 */
#ifndef FRIDGE_CTL_SETUP_H
#define FRIDGE_CTL_SETUP_H

#include "ctl.h"
#include "host.h"

/* What the service is to reach beside this machine. */
enum setup_network {
	NETWORK_UNKNOWN,		/* the queue could not be asked */
	NETWORK_NONE,
	NETWORK_OFFICE,			/* a printer or CUPS */
	NETWORK_ALL,			/* whatever [alert] command sends to */
};

/* The queue to print to. */
struct setup_queue {
	char name[128];			/* "": none */
	char uri[1024], driver[256];	/* of one that is to be made; "": it is there */
	char info[128];
	enum setup_network network;
};

#define SETUP_TODOS 12
#define SETUP_PRINT 160
#define SETUP_WAIT_MAX_S 3600
struct setup {
	struct ctl *c;
	bool asks;			/* somebody sits at a terminal */
	bool again;			/* the questions come once more: the answers are proposed */
	int part;			/* of the questions, from 1 */
	struct conf file;
	bool private;			/* not the configuration that the service reads */
	bool by_systemd;		/* it is, and systemd starts the service */
	bool anew;			/* there is none that could be changed */
	struct config now, next;	/* as it is, and as it is to be */
	struct host host;
	bool running;			/* fridged, while this was asked */
	bool move_machine;		/* to the fridge's time zone */
	struct setup_queue queue;
	bool reader_told, printer_told;	/* there are things to do about it */
	bool reader_is_back;		/* it answers, and fridged did not find it yet */
	/* What is in use, or was tried and arrived. */
	char mail_proved[CONFIG_TEXT], alert_proved[CONFIG_TEXT];
	char changed[SETTINGS_MAX][64];	/* settings that are others now */
	size_t changes;
	bool key_made, code_made;	/* of badges, of backups */
	bool code_owed;			/* there is no label with that of backups yet */
	char test[SETUP_PRINT], sign[SETUP_PRINT], recovery[SETUP_PRINT];	
					/* what became of them; "": not tried */
	char todo[SETUP_TODOS][240];	/* what is left to do */
	size_t todos;
};

/* ---- ctl_setup_ask.c: questions, each of a setting and an option ---- */

/* A line for people beside the questions. */
void setup_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The same, and kept for the end, once. */
void setup_todo(struct setup *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same of what failed. */
void setup_failed(struct setup *s, const struct err *e);
/* The same of a trouble in the words of fridged, about what stands before them. */
void setup_complain(struct setup *s, const char *before, const char *said);
/* The same of what is in a device's way, and how to get it out of there. */
void setup_troubles(struct setup *s, const struct host_trouble *t, int n);
/* A printer's address as it may be told: without name and password, as CUPS shows it. */
#define SETUP_URI 1001
const char *setup_uri(const char *uri, char out[static SETUP_URI]);
/* The heading of a part. */
void setup_part(struct setup *s, const char *title);
/* The value of a setting as it is to be. */
const char *setup_get(const struct setup *s, const char *setting,
    char value[static CONFIG_TEXT]);
int setup_put(struct setup *s, const char *setting, const char *value, struct err *e);
/* Whether all options may have their values, before anything is looked for. ERR_USAGE. */
int setup_check_options(const struct setup *s, struct err *e);
/* The value that the setting's option was given, or NULL. */
const char *setup_option(const struct setup *s, const char *setting);
/* Take a setting's value from its option, else ask for it, else take the proposed one (NULL:
 * as it is). ERR_USAGE: the option's value is not allowed. */
int setup_answer(struct setup *s, const char *setting, const char *proposed, struct err *e);
/* Somebody pressed Ctrl-C, or the input ended: -1 with *e. */
int setup_cancelled(const struct setup *s, struct err *e);
/* A state that fridged gives of reader or printer: whether it is one, good or bad. */
bool setup_is_known(const char *state);

/* ---- the parts, in their order: each asks, and changes nothing ---- */

/* A zone as it is called, or by its city, for fridge.timezone: an ask_check. */
int setup_zone(void *setup, const char *typed, struct err *e);
int setup_clock(struct setup *s, struct err *e);
int setup_reader(struct setup *s, struct err *e);
int setup_printer(struct setup *s, struct err *e);
int setup_fridge(struct setup *s, struct err *e);
int setup_tell(struct setup *s, struct err *e);

/* ---- ctl_setup_try.c: a command of the configuration, as its unit will run it ---- */

#define SETUP_SERVICE "fridged.service"
#define SETUP_MAILER "fridge-mail.service"
struct setup_trial {
	const char *what;		/* "the alert command" */
	const char *line, *text;	/* and what it gets on its standard input */
	int seconds;			/* it may take */
};
/* Run it by the unit's user behind the unit's shields; without systemd, or for a fridge that
 * is not the service's, by the store's user. Whether it ended well; if not, it was said. */
bool setup_try(const struct setup *s, const char *unit, const struct setup_trial *trial);

/* ---- and what is done then ---- */

/* Make the queue, or make the one that is there fit. What fails is a thing to do. */
void setup_make_queue(struct setup *s);
/* Write what is another. -1: nothing was written. */
int setup_write(struct setup *s, struct err *e);
/* The key of badges and the code of backups, where there are none. */
void setup_make_secrets(struct setup *s);
/* Start the units, or say how; wait until fridged works. From here on we are the service's
 * user: whether there is a store to print by. */
bool setup_start(struct setup *s);
/* ctl_setup_network.c: open or close a network for the unit, whose own has none, by a drop-in
 * in that folder. Returns whether it is another now; what fails is a thing to do. */
bool setup_network(struct setup *s, const char *folder);
/* What that drop-in says where there is an alert command; false: it is not installed. */
#define SETUP_DROP_IN 8400
bool setup_network_for_alert(const struct setup *s, char out[static SETUP_DROP_IN]);
void setup_print(struct setup *s);

#endif
