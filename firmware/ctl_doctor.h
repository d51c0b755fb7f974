/* ctl_doctor.h - what the files of fridgectl doctor share: the patient, and what was
 * found.
 *
 * A check looks at one thing and tells at least one finding. It changes nothing, waits for
 * nothing without a deadline, and never says ok of what it could not look at.
 */
#ifndef FRIDGE_CTL_DOCTOR_H
#define FRIDGE_CTL_DOCTOR_H

#include "ctl.h"
#include "host.h"

enum finding_state { FOUND_OK, FOUND_UNKNOWN, FOUND_WARNING, FOUND_BROKEN };
#define FINDING_STATES (FOUND_BROKEN + 1)
const char *finding_text(enum finding_state s);		/* "warning" */

#define FINDINGS_MAX 64
struct finding {
	const char *name;		/* of its check */
	int check;			/* its place among them */
	enum finding_state state;
	char found[320];
	char fix[400];			/* "" where there is nothing to do */
};

/* How a unit of systemd stands, in its own words. */
struct unit {
	const char *name;		/* "fridged.service" */
	char load[16];			/* "loaded", "not-found"; "": not told */
	char active[16];		/* "active", "inactive", "failed" */
	char enabled[16];		/* "enabled", "disabled", "static" */
	char result[24];		/* of its last run: "success", "exit-code", "timeout" */
	bool no_network;
};
enum { UNIT_FRIDGED, UNIT_REPORT, UNIT_MAIL, UNIT_BACKUP, UNIT_REPORT_RUN, UNIT_MAIL_RUN, UNITS };

/* A queue of CUPS, from fridge-print's line. */
struct queue_line {
	char name[128], state[32], reasons[512];
	char device[32], model[128];	/* the scheme of its address */
	char error_policy[32], op_policy[32];
	char why[320], todo[240];	/* no page can be made for it; "" */
	bool feedback;
	bool wants_network;		/* to ask the printer, or CUPS */
};

struct doctor {
	struct ctl *c;
	struct host host;
	bool root;			/* who asks is root, or has become the service's user */
	char user[64];			/* the service's: who owns the store's folder; or "" */
	struct err no_config;		/* why the configuration is all defaults; or ERR_NONE */
	struct err no_store;		/* why there is no open store; or ERR_NONE */
	bool has_store;			/* its file is there */
	bool running;			/* fridged: it holds the store's lock */
	struct service_state said;	/* what it said last; only where it runs */
	struct err no_units;		/* why units are not known; or ERR_NONE */
	struct unit unit[UNITS];
	struct err no_queue;		/* why queue is not known; or ERR_NONE */
	bool queue_late;		/* because no answer came in time */
	struct queue_line queue;
	char *queues;			/* the lines of all; NULL */

	const char *check;		/* which is being made */
	int at;
	struct finding finding[FINDINGS_MAX];
	int findings;
};

/* Tell a finding of the check that is being made. todo NULL: nothing to do. */
void found(struct doctor *d, enum finding_state s, const char *todo, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* Tell a failure: what could not be done and why. */
void found_err(struct doctor *d, enum finding_state s, const struct err *e);
/* The same of what only root or the service's user may look at. */
void found_closed(struct doctor *d, const char *what);

#define DOCTOR_SECONDS 10		/* for one program */

/* ctl_doctor_reader.c: the machine, and what reads badges and shows signals */
void doctor_machine(struct doctor *d);
void doctor_reader(struct doctor *d);
void doctor_driver(struct doctor *d);
void doctor_permissions(struct doctor *d);
void doctor_lamps(struct doctor *d);
void doctor_watchdog(struct doctor *d);

/* ctl_doctor_print.c: what prints */
void doctor_ask_queue(struct doctor *d);	/* fills d->queue */
void doctor_queue(struct doctor *d);
void doctor_printer(struct doctor *d);
void doctor_media(struct doctor *d);
void doctor_fonts(struct doctor *d);
void doctor_browsed(struct doctor *d);
void doctor_jobs(struct doctor *d);

/* ctl_doctor_store.c: what is kept, and the clock */
void doctor_config(struct doctor *d);
void doctor_clock(struct doctor *d);
void doctor_zone(struct doctor *d);
void doctor_disk(struct doctor *d);
void doctor_store(struct doctor *d);
void doctor_key(struct doctor *d);
void doctor_backup(struct doctor *d);

/* ctl_doctor_service.c: what runs, and who is told */
void doctor_ask_units(struct doctor *d);	/* fills d->unit */
/* A timer that is wanted: whether a finding was told, that it is not on (what that means)
 * or that this is not known. */
bool doctor_timer_is_off(struct doctor *d, int unit, const char *means);
void doctor_fridged(struct doctor *d);
void doctor_boot(struct doctor *d);
void doctor_report(struct doctor *d);
void doctor_mail(struct doctor *d);
void doctor_alert(struct doctor *d);

/* ctl_doctor_mask.c: whatever may tell of a person goes out of a text: what the n people
 * are called, the fridge's name, addresses of mail and of devices, long numbers. Returns a
 * new text that the caller frees, NULL if memory ran out. */
char *mask_text(const char *text, const struct owner *people, size_t n, const char *fridge);

/* ctl_doctor_bundle.c: all that a helper needs to know, and nothing of anybody. Begin
 * before rights are given up. */
struct bundle {
	struct publish file;
	char *journal;			/* of our units; NULL if it cannot be read */
	struct err no_journal;
};
int bundle_begin(struct bundle *b, const char *path, struct err *e);
/* Once, always; d NULL: leave the file as it was. */
int bundle_end(struct bundle *b, struct doctor *d, struct err *e);

#endif
