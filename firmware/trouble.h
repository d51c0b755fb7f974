/* trouble.h - what is wrong with the printer, in words for people: what happened, then
 * what to do, short enough for a status line.
 *
 * Knows the keywords of CUPS and of proto.h, and nothing else: what the printer helper
 * said goes in. What is not known is said as unknown, never as ok.
 */
#ifndef FRIDGE_TROUBLE_H
#define FRIDGE_TROUBLE_H

#include <stdbool.h>
#include <stdint.h>

#define TROUBLE_SIZE 200	/* as in struct service_state */

/* Whether it can print. Unknown is never said as ok. */
enum printer_health { PRINTER_UNKNOWN, PRINTER_OK, PRINTER_TROUBLE };

/* How a part of the service is, as it says of itself in struct service_state: so, or a
 * trouble in words. */
#define STATE_OK "ok"
#define STATE_NOT_KNOWN "not known yet"
#define STATE_UNKNOWN "the printer's state is unknown"
/* What such a text means, of the printer and of any other part. "": nothing was said yet. */
enum printer_health trouble_health(const char *text);

/* What the printer helper said last. */
struct printer_words {
	char state[32];		/* "" : nothing yet */
	char reasons[512];
	char want[32], have[32];	/* labels that are drawn and that are in it; "" */
	char why[TROUBLE_SIZE];	/* no page can be made for the queue */
	char queue[128];	/* which it is, where the default one is meant */
	char model[128];
	int64_t job;		/* ours */
	char job_state[32];	/* "" : there is none */
	char job_reasons[512];
	int64_t job_waits_ms;	/* how long it has been there */
	char refused[TROUBLE_SIZE];	/* a print is, again and again; "" */
};
/* "ok", or the trouble in words. queue is the configured one, "" for the default. */
enum printer_health trouble_text(const struct printer_words *w, const char *queue,
    char out[static TROUBLE_SIZE]);
/* Part a trouble, as any part of fridged words it, into its cause and what to do ("" if it
 * does not say): "paper is out: put in a new roll", "the print queue is paused: run: sudo
 * cupsenable label", "no reader found at /dev/x (try: plug it in)" with "try: " in todo. */
void trouble_part(const char *trouble, char cause[static TROUBLE_SIZE],
    char todo[static TROUBLE_SIZE]);
/* Whether a text begins as what a person is told to do: with a verb of ours. */
bool trouble_is_order(const char *text);
/* From when on a job that does not end is a trouble. */
#define TROUBLE_STUCK_MS 60000

#endif
