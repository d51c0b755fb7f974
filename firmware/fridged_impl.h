/* fridged_impl.h - what the files of the service share: one struct for all it has. */
#ifndef FRIDGED_IMPL_H
#define FRIDGED_IMPL_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "badge.h"
#include "child.h"
#include "command.h"
#include "config.h"
#include "outbox.h"
#include "store.h"
#include "tap.h"

enum { FD_SIGNAL, FD_TIMER, FD_BELL, FD_READER, FD_PRINTER, FD_COUNT };

struct fridged {
	const char *file;		/* -c, or NULL */
	struct config config;
	struct badge_key *key;
	struct store *store;
	int lock;			/* STORE.lock */
	struct tap *tap;
	struct outbox *outbox;
	struct child *reader, *printer;
	bool running;
	struct pollfd fd[FD_COUNT];
	int64_t armed_ms;		/* when the timer fires; 0: not set */
	enum printer_health printer_health;
	bool printer_babbled;		/* a line that makes no sense was told */
	struct service_state state;	/* what we say of ourselves, */
	struct service_state kept;	/* and what of it is in the store */

	struct {			/* fridged_reader.c */
		bool present;		/* a card is in the field */
		bool left;		/* one was when the reader was lost, */
		int64_t left_until_ms;	/* and is no new tap before then; 0: it is lost still */
		bool babbled;
		int failures;		/* since it worked */
		int64_t lost_ms;	/* since when it does not; 0: it works */
		bool reset;		/* the reset command was run for this loss */
		struct command command;	/* the reset command */
	} field;

	struct {			/* fridged_care.c */
		int64_t look_ms;	/* the next look */
		int64_t interval_ms;	/* from one to the next */
		bool watched;		/* systemd wants to hear from us */
		bool clock_ok;
		int64_t newest;		/* instant, as the store knows it */
		bool confirmed;		/* the clock, by somebody in this boot */
		day_t lapsed_on;	/* the day for which labels were lapsed */
		day_t slip_on;		/* and the one whose slip was printed */
		int64_t prune_ms;
		int64_t touched_ms;	/* the last write; 0: all of it is checkpointed */
		bool undated;		/* labels may wait for their dates */
		char trouble[400];	/* the store's, told once; "": it works */
		char backup[200];	/* the last one's; "": there was none */
	} care;

	struct {			/* fridged_signal.c */
		struct indicator *indicator;
		struct alert *alert;
		int64_t broken_ms;	/* since when a part does not work; 0: all do */
		bool broken;		/* and for so long that the lamp says so */
		bool armed;		/* a preset card waits, and the lamp says so */
	} signal;
};

/* ---- fridged_reader.c: the reader helper and its field ---- */

void reader_open(struct fridged *f);		/* (again), as configured */
void reader_configured(struct fridged *f);	/* send the settings */
int64_t reader_deadline(const struct fridged *f);
void reader_run(struct fridged *f, int64_t now_ms);
void reader_reap(struct fridged *f);		/* a child of ours may have ended */

/* ---- fridged_signal.c: lamps, buzzer, alerts ---- */

void signal_begin(struct fridged *f);
void signal_end(struct fridged *f);
/* The configuration is another one now. */
void signal_configured(struct fridged *f, const struct config *before);
void signal_tap(struct fridged *f, enum tap_signal signal);
int64_t signal_deadline(const struct fridged *f);
void signal_run(struct fridged *f, int64_t now_ms);
void signal_reap(struct fridged *f);		/* a child of ours may have ended */

/* ---- fridged_hold.c: while it cannot begin ---- */

/* The configuration (as far as it is in order), the key or the store cannot be used: light
 * the lamp, tell the alert command, and stay for a while; then it is time to end. */
void hold(struct fridged *f, const struct err *why);
/* It could begin after all: the store is open, and no alert is yet. */
void hold_over(struct fridged *f);

/* ---- fridged_care.c: the clock, the store's upkeep, and what is said of it all ---- */

/* The first look, at start; -1 if the store is not usable. */
int care_begin(struct fridged *f, struct err *e);
int64_t care_deadline(const struct fridged *f);
void care_run(struct fridged *f, int64_t now_ms);
void care_touched(struct fridged *f);		/* something was written */
day_t care_today(void *f);			/* DAY_NONE while the clock is doubted */
/* A text of f->state: log it and tell systemd if it changed; the store follows. */
void care_say(struct fridged *f, const char *part, char text[static 200], const char *now);
void care_clock(struct fridged *f);		/* judge the clock again */

#endif
