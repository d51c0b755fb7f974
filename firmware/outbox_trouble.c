/* outbox_trouble.c - what is wrong with the printer, in words for people.
 *
 * Order of truth: what the printer itself says, then its queue, then our job. What is
 * not known is said as unknown, never as ok.
 */
#include "outbox_impl.h"

#include <stdio.h>
#include <string.h>

/* CUPS's keywords without their suffix, the most useful to know first. */
static const struct {
	const char *reason;
	const char *text;
} REASONS[] = {
	{ "cover-open", "the cover is open: close it" },
	{ "door-open", "the cover is open: close it" },
	{ "interlock-open", "the cover is open: close it" },
	{ "wrong-media", "wrong labels: put in the roll that the queue is set up for" },
	{ "media-mismatch", "wrong labels: put in the roll that the queue is set up for" },
	{ "media-size-mismatch", "wrong labels: put in the roll that the queue is set up for" },
	{ "media-jam", "labels are jammed: open the cover and clear them" },
	{ "cutter-jam", "the cutter is jammed: open the cover and clear it" },
	{ "media-empty", "paper is out: put in a new roll" },
	{ "media-needed", "paper is out: put in a new roll" },
	{ "input-tray-missing", "the roll holder is missing: put it in" },
	{ "marker-supply-empty", "the ribbon or ink is out: put in a new one" },
	{ "toner-empty", "the toner is out: put in a new one" },
	{ "offline", "the printer is offline: check its power and cable" },
	{ "shutdown", "the printer is switched off: switch it on" },
	{ "not-answering", "the printer is not answering: check its power and cable" },
	{ "timed-out", "the printer is not answering: check its power and cable" },
	{ "cups-missing-filter", "a part of the printer's driver is missing: install it again" },
	{ "cups-insecure-filter", "a part of the printer's driver has wrong permissions" },
	{ "spool-area-full", "the print server's disk is full: make room" },
};

/* Reasons that tell nothing is wrong, or nothing yet. */
static const char *const HARMLESS[] = {
	"none", "connecting-to-device", "media-low", "marker-supply-low", "toner-low",
	"marker-waste-almost-full", "moving-to-paused", "paused", "hold-new-jobs",
	"cups-waiting-for-job-completed", "stopping", "stopped-partly",
};

/* Of a job: where it is, not what is wrong. */
static const char *const ON_ITS_WAY[] = {
	"job-incoming", "job-printing", "job-queued", "job-transforming", "job-spooling",
	"job-data-insufficient", "queued-in-device", "job-outgoing",
	"job-completed-successfully", "printer-stopped", "printer-stopped-partly",
	"processing-to-stop-point", "job-canceled-by-user", "aborted-by-system",
};

static bool
is_in(const char *const *list, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], word) == 0)
			return true;
	return false;
}
#define IS_IN(list, word) is_in(list, sizeof(list) / sizeof((list)[0]), word)

/* Cut "-report", "-warning" or "-error" off. Returns whether it was "-error". */
static bool
cut_suffix(char *reason)
{
	static const char *const SUFFIX[] = { "-error", "-warning", "-report" };

	for (size_t i = 0; i < sizeof SUFFIX / sizeof SUFFIX[0]; i++) {
		size_t n = strlen(reason), m = strlen(SUFFIX[i]);
		if (n > m && strcmp(reason + n - m, SUFFIX[i]) == 0) {
			reason[n - m] = '\0';
			return i == 0;
		}
	}
	return false;
}

/* The words for the most useful of some reasons; false if none is a trouble. A
 * reason without words of ours is one only if CUPS calls it an error. */
static bool
explain(const char *reasons, char out[static TROUBLE_SIZE])
{
	size_t best = sizeof REASONS / sizeof REASONS[0];
	char copy[512], unknown[64] = "";
	char *save = NULL;

	snprintf(copy, sizeof copy, "%s", reasons);
	for (char *r = strtok_r(copy, ", ", &save); r != NULL; r = strtok_r(NULL, ", ", &save)) {
		bool is_error = cut_suffix(r);
		size_t i = 0;
		while (i < sizeof REASONS / sizeof REASONS[0] && strcmp(REASONS[i].reason, r) != 0)
			i++;
		if (i < best)
			best = i;
		else if (is_error && !IS_IN(HARMLESS, r) && !IS_IN(ON_ITS_WAY, r))
			snprintf(unknown, sizeof unknown, "%s", r);
	}
	if (best < sizeof REASONS / sizeof REASONS[0])
		snprintf(out, TROUBLE_SIZE, "%s", REASONS[best].text);
	else if (unknown[0] != '\0')
		snprintf(out, TROUBLE_SIZE, "the printer reports an error: %s", unknown);
	else
		return false;
	return true;
}

/* What the state of the queue alone says; false if that is no trouble. */
static bool
explain_state(const char *state, const char *queue, char out[static TROUBLE_SIZE])
{
	if ((strcmp(state, "paused") == 0 || strcmp(state, "stopped") == 0) && queue[0] != '\0')
		snprintf(out, TROUBLE_SIZE, "the print queue is paused: run: cupsenable %.100s", queue);
	else if (strcmp(state, "paused") == 0 || strcmp(state, "stopped") == 0)
		snprintf(out, TROUBLE_SIZE, "the default print queue is paused: see: lpstat -d -p");
	else if (strcmp(state, "offline") == 0)
		snprintf(out, TROUBLE_SIZE, "the printer is offline: check its power and cable");
	else if (strcmp(state, "missing") == 0 && queue[0] != '\0')
		snprintf(out, TROUBLE_SIZE, "there is no print queue %.100s: see: lpstat -e", queue);
	else if (strcmp(state, "missing") == 0)
		snprintf(out, TROUBLE_SIZE, "there is no default print queue: see: lpstat -e");
	else if (strcmp(state, "down") == 0)
		snprintf(out, TROUBLE_SIZE, "CUPS is not running: run: systemctl start cups");
	else
		return false;
	return true;
}

static bool
explain_job(const struct printer_words *w, char out[static TROUBLE_SIZE])
{
	if (w->job_state[0] == '\0')
		return false;
	if (explain(w->job_reasons, out))
		return true;
	if (strcmp(w->job_state, "held") == 0) {
		snprintf(out, TROUBLE_SIZE, "the print job is held: see: lpstat -o");
		return true;
	}
	if (w->job_waits_ms >= TROUBLE_STUCK_MS) {
		snprintf(out, TROUBLE_SIZE,
		    "the printer is not answering: check its power and cable");
		return true;
	}
	return false;
}

enum printer_health
trouble_text(const struct printer_words *w, const char *queue, char out[static TROUBLE_SIZE])
{
	/* A queue that cannot be asked has no reasons, only old ones. */
	bool asked = strcmp(w->state, "down") != 0 && strcmp(w->state, "missing") != 0;

	if ((asked && explain(w->reasons, out)) || explain_state(w->state, queue, out) ||
	    explain_job(w, out))
		return PRINTER_TROUBLE;
	if (strcmp(w->state, "ready") != 0) {
		snprintf(out, TROUBLE_SIZE, w->state[0] == '\0' ? "not known yet" :
		    "the printer's state is unknown");
		return PRINTER_UNKNOWN;
	}
	snprintf(out, TROUBLE_SIZE, "ok");
	return PRINTER_OK;
}
