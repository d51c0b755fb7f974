/* trouble.c - what is wrong with the printer, in words for people.
 *
 * Order of truth: what the printer itself says, then its queue, then our job. What is
 * not known is said as unknown, never as ok. A text says what happened, then what to
 * do, and is short enough for a status line. In the tables {queue} is the queue's name,
 * {labels} what to put in, {job} our job.
 */
#include "trouble.h"

#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define CLOSE "the cover is open: close it"
#define NO_ANSWER "the printer is not answering: check its power and cable"
#define WRONG "wrong labels: put in {labels}"

/* CUPS's keywords without their suffix, and the words of proto.h, the most useful to
 * know first. */
static const struct {
	const char *reason;
	const char *text;
} REASONS[] = {
	{ "cover-open", CLOSE },
	{ "door-open", CLOSE },
	{ "interlock-open", CLOSE },
	{ "wrong-media", WRONG },
	{ "media-mismatch", WRONG },
	{ "media-size-mismatch", WRONG },
	{ "media-jam", "labels are jammed: open the cover and clear them" },
	{ "cutter-jam", "the cutter is jammed: open the cover and clear it" },
	{ "trimmer-jam", "the cutter is jammed: open the cover and clear it" },
	{ "media-empty", "paper is out: put in {labels}" },
	{ "media-needed", "paper is out: put in {labels}" },
	{ "input-tray-missing", "the roll holder is missing: put it in" },
	{ "output-area-full", "labels are piled up at the printer: take them away" },
	{ "marker-supply-empty", "the ribbon or ink is out: put in a new one" },
	{ "marker-ribbon-empty", "the ribbon is out: put in a new one" },
	{ "marker-waste-full", "the printer's waste box is full: put in a new one" },
	{ "toner-empty", "the toner is out: put in a new one" },
	{ "device-paused", "the printer is paused: press its pause or feed button" },
	{ "offline", "the printer is offline: check its power and cable" },
	{ "shutdown", "the printer is switched off: switch it on" },
	{ "power-down", "the printer is switched off: switch it on" },
	{ "deactivated", "the printer is switched off: switch it on" },
	{ "not-answering", NO_ANSWER },
	{ "timed-out", NO_ANSWER },
	{ "in-use", "the printer is in use by another computer: wait, or end its job there" },
	{ "access-denied", "CUPS does not let us in: check <Location> and <Policy> in "
	    "/etc/cups/cupsd.conf" },
	{ "cups-held-for-authentication", "the print queue wants a password: "
	    "run: sudo lpadmin -p {queue} -o auth-info-required=none" },
	{ "account-authorization-failed", "the printer wants a password: switch that off in "
	    "its own settings" },
	{ "cups-missing-filter", "a part of the printer's driver is missing: install it again" },
	{ "cups-insecure-filter", "a part of the printer's driver has wrong permissions: "
	    "install it again" },
	{ "spool-area-full", "the print server's disk is full: make room" },
	{ "hold-new-jobs", "the print queue holds its jobs: "
	    "run: sudo cupsenable --release {queue}" },
	{ "not-accepting-jobs", "the print queue takes no jobs: run: sudo cupsaccept {queue}" },
	{ "paused", "the print queue is paused: run: sudo cupsenable {queue}" },
};

/* Printers whose words mean more than they say: reasons, and a part of the model's name. */
#define NOT_OURS "paper is out, or the roll is not Dymo's own: this model takes no other"
#define EDITOR "check its power and cable; if Editor Lite is lit, hold that button"
static const struct {
	const char *reasons, *model, *text;
} MODELS[] = {
	{ "media-empty media-needed", "LabelWriter 5", NOT_OURS },
	{ "offline not-answering", "QL-7", "the printer is offline: " EDITOR },
	{ "offline not-answering", "QL-8", "the printer is offline: " EDITOR },
	{ "offline not-answering", "QL-11", "the printer is offline: " EDITOR },
};

/* What the state of the queue alone says. */
static const struct {
	const char *state, *text;
} STATES[] = {
	{ "paused", "the print queue is paused: run: sudo cupsenable {queue}" },
	{ "stopped", "the print queue is stopped: run: sudo cupsenable {queue}" },
	{ "offline", "the printer is offline: check its power and cable" },
	{ "missing", "there is no print queue {queue}: run: sudo fridgectl setup" },
	{ "down", "CUPS is not running: run: sudo systemctl start cups" },
};

/* Reasons that tell nothing is wrong, or nothing yet. */
static const char *const HARMLESS[] = {
	"none", "connecting-to-device", "media-low", "marker-supply-low", "toner-low",
	"marker-waste-almost-full", "moving-to-paused", "output-area-almost-full",
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
#define IS_IN(list, word) is_in(list, COUNT(list), word)

/* ---- texts ---- */

/* "62x29mm" as people write it: "62x29 mm". */
static void
say_size(const char *size, char *out, size_t room)
{
	size_t n = strlen(size);

	if (n > 2 && strcmp(size + n - 2, "mm") == 0)
		n -= 2;
	snprintf(out, room, "%.*s mm", (int)n, size);
}

static const char *
queue_of(const struct printer_words *w, const char *queue)
{
	return queue[0] != '\0' ? queue : w->queue;
}

/* What {NAME} stands for. */
static void
say_value(const struct printer_words *w, const char *queue, const char *name, char *out,
    size_t room)
{
	char size[32];

	if (strncmp(name, "queue}", 6) == 0) {
		snprintf(out, room, "%.100s", queue_of(w, queue));
	} else if (strncmp(name, "job}", 4) == 0) {
		snprintf(out, room, "%lld", (long long)w->job);
	} else if (w->want[0] == '\0') {
		snprintf(out, room, "a new roll");
	} else {
		say_size(w->want, size, sizeof size);
		/* A roll has one measure, a label two. */
		snprintf(out, room, strchr(size, 'x') != NULL ? "%s labels" : "a %s roll", size);
	}
}

static void
fill(const struct printer_words *w, const char *queue, const char *text,
    char out[static TROUBLE_SIZE])
{
	char value[128];
	size_t n = 0;

	for (const char *p = text; *p != '\0' && n < TROUBLE_SIZE - 1; p++) {
		if (*p != '{') {
			out[n++] = *p;
			continue;
		}
		say_value(w, queue, p + 1, value, sizeof value);
		n += (size_t)snprintf(out + n, TROUBLE_SIZE - n, "%s", value);
		p = strchr(p, '}');
	}
	out[n < TROUBLE_SIZE ? n : TROUBLE_SIZE - 1] = '\0';
}

/* ---- reasons ---- */

/* Cut "-report", "-warning" or "-error" off. Returns whether it was "-error". */
static bool
cut_suffix(char *reason)
{
	static const char *const SUFFIX[] = { "-error", "-warning", "-report" };

	for (size_t i = 0; i < COUNT(SUFFIX); i++) {
		size_t n = strlen(reason), m = strlen(SUFFIX[i]);
		if (n > m && strcmp(reason + n - m, SUFFIX[i]) == 0) {
			reason[n - m] = '\0';
			return i == 0;
		}
	}
	return false;
}

/* The words for one reason that has some. */
static void
explain_one(const struct printer_words *w, const char *queue, size_t at,
    char out[static TROUBLE_SIZE])
{
	const char *text = REASONS[at].text;
	char have[32], want[32], wrong[128];

	for (size_t i = 0; i < COUNT(MODELS); i++)
		if (strstr(MODELS[i].reasons, REASONS[at].reason) != NULL &&
		    strstr(w->model, MODELS[i].model) != NULL)
			text = MODELS[i].text;
	if (strcmp(text, WRONG) == 0 && w->have[0] != '\0' && w->want[0] != '\0') {
		say_size(w->have, have, sizeof have);
		say_size(w->want, want, sizeof want);
		snprintf(wrong, sizeof wrong, "wrong labels: %s is in the printer, %s is expected: "
		    "put in {labels}", have, want);
		text = wrong;
	}
	fill(w, queue, text, out);
}

/* Whether a text tells enough: which queue is meant may not be known. */
static bool
is_useful(const struct printer_words *w, const char *queue, const char *text)
{
	return queue_of(w, queue)[0] != '\0' || strstr(text, "{queue}") == NULL;
}

/* The words for the most useful of some reasons; false if none is a trouble. A
 * reason without words of ours is one only if CUPS calls it an error. */
static bool
explain(const struct printer_words *w, const char *queue, const char *reasons,
    char out[static TROUBLE_SIZE])
{
	size_t best = COUNT(REASONS);
	char copy[512], unknown[64] = "";
	char *save = NULL;

	snprintf(copy, sizeof copy, "%s", reasons);
	for (char *r = strtok_r(copy, ", ", &save); r != NULL; r = strtok_r(NULL, ", ", &save)) {
		bool is_error = cut_suffix(r);
		size_t i = 0;
		while (i < COUNT(REASONS) && strcmp(REASONS[i].reason, r) != 0)
			i++;
		if (i < best && is_useful(w, queue, REASONS[i].text))
			best = i;
		else if (is_error && i == COUNT(REASONS) && !IS_IN(HARMLESS, r) &&
		    !IS_IN(ON_ITS_WAY, r))
			snprintf(unknown, sizeof unknown, "%s", r);
	}
	if (best < COUNT(REASONS))
		explain_one(w, queue, best, out);
	else if (unknown[0] != '\0')
		snprintf(out, TROUBLE_SIZE, "the printer reports an error: %s: look at its display",
		    unknown);
	else
		return false;
	return true;
}

/* ---- the queue and the job ---- */

static bool
explain_state(const struct printer_words *w, const char *queue, char out[static TROUBLE_SIZE])
{
	const char *text = NULL;

	for (size_t i = 0; i < COUNT(STATES) && text == NULL; i++)
		if (strcmp(w->state, STATES[i].state) == 0)
			text = STATES[i].text;
	if (text == NULL)
		return false;
	if (strcmp(w->state, "missing") == 0 && queue[0] == '\0')
		snprintf(out, TROUBLE_SIZE, "there is no default print queue: run: sudo fridgectl setup");
	else if (is_useful(w, queue, text))
		fill(w, queue, text, out);
	else
		snprintf(out, TROUBLE_SIZE, "the default print queue is paused: see: lpstat -d -p");
	return true;
}

static bool
explain_job(const struct printer_words *w, const char *queue, char out[static TROUBLE_SIZE])
{
	const char *text = NULL;

	if (w->job_state[0] == '\0')
		return false;
	if (explain(w, queue, w->job_reasons, out))
		return true;
	if (strcmp(w->job_state, "held") == 0)
		text = "the print job is held: run: sudo lp -i {job} -H resume";
	else if (w->job_waits_ms >= TROUBLE_STUCK_MS)
		text = strcmp(w->job_state, "pending") != 0 ? NO_ANSWER :
		    "another print job is before ours: see: lpstat -o {queue}";
	if (text == NULL)
		return false;
	fill(w, queue, text, out);
	return true;
}

enum printer_health
trouble_health(const char *text)
{
	if (strcmp(text, STATE_OK) == 0)
		return PRINTER_OK;
	return text[0] == '\0' || strcmp(text, STATE_NOT_KNOWN) == 0 ||
	    strcmp(text, STATE_UNKNOWN) == 0 ? PRINTER_UNKNOWN : PRINTER_TROUBLE;
}

enum printer_health
trouble_text(const struct printer_words *w, const char *queue, char out[static TROUBLE_SIZE])
{
	/* A queue that cannot be asked has no reasons, only old ones. */
	bool asked = strcmp(w->state, "down") != 0 && strcmp(w->state, "missing") != 0;

	if (asked && w->why[0] != '\0') {
		snprintf(out, TROUBLE_SIZE, "%s", w->why);
		return PRINTER_TROUBLE;
	}
	if ((asked && explain(w, queue, w->reasons, out)) || explain_state(w, queue, out) ||
	    explain_job(w, queue, out))
		return PRINTER_TROUBLE;
	if (w->refused[0] != '\0') {
		snprintf(out, TROUBLE_SIZE, "%s", w->refused);
		return PRINTER_TROUBLE;
	}
	if (strcmp(w->state, "ready") != 0) {
		snprintf(out, TROUBLE_SIZE, "%s", w->state[0] == '\0' ? STATE_NOT_KNOWN :
		    STATE_UNKNOWN);
		return PRINTER_UNKNOWN;
	}
	snprintf(out, TROUBLE_SIZE, STATE_OK);
	return PRINTER_OK;
}

/* ---- cause and remedy ---- */

/* What a person is told to do begins with one of these; a colon in a trouble may also
 * stand before a detail. */
static const char *const VERBS[] = {
	"add", "check", "choose", "clear", "close", "connect", "correct", "empty", "end",
	"fix", "free", "give", "install", "leave", "let", "load", "look", "make", "mount", "move",
	"open", "plug", "press", "put", "remove", "replace", "restart", "restore", "run",
	"see", "set", "start", "switch", "take", "try", "turn", "unplug", "update", "use",
	"wait", "write",
};

bool
trouble_is_order(const char *text)
{
	size_t n = strcspn(text, " :;,.");

	for (size_t i = 0; i < COUNT(VERBS); i++)
		if (strlen(VERBS[i]) == n && strncmp(text, VERBS[i], n) == 0)
			return true;
	return false;
}

void
trouble_part(const char *trouble, char cause[static TROUBLE_SIZE],
    char todo[static TROUBLE_SIZE])
{
	size_t n = strnlen(trouble, TROUBLE_SIZE - 1);
	const char *try = strstr(trouble, " (try: ");

	todo[0] = '\0';
	snprintf(cause, TROUBLE_SIZE, "%.*s", (int)n, trouble);
	if (try != NULL && trouble[n - 1] == ')') {
		cause[try - trouble] = '\0';
		snprintf(todo, TROUBLE_SIZE, "%.*s", (int)(trouble + n - 1 - (try + 2)), try + 2);
		return;
	}
	for (const char *colon = strstr(trouble, ": "); colon != NULL;
	    colon = strstr(colon + 1, ": ")) {
		if (colon == trouble || !trouble_is_order(colon + 2))
			continue;
		cause[colon - trouble] = '\0';
		snprintf(todo, TROUBLE_SIZE, "%s", colon + 2);
		return;
	}
}
