/* alert_text.c - what an alert says: a trouble, as the parts word it, in sentences.
 *
 * A trouble is a cause, mostly with what to do behind it; trouble_part parts them.
 */
#include "alert_impl.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "day.h"
#include "trouble.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *fault, *end;
} PARTS[ALERT_PARTS] = {
	[ALERT_READER] = { "No badge is read", "Badges are read again" },
	[ALERT_PRINTER] = { "No labels", "Labels come out again" },
	[ALERT_CLOCK] = { "Labels have no dates", "Labels have dates again" },
	[ALERT_STORE] = { "No label can be kept", "Labels are kept again" },
	[ALERT_BACKUP] = { "No whole backup", "Backups are whole again" },
	[ALERT_SERVICE] = { "The service does not start", "The service runs again" },
};

/* "put in a new roll" -> " Put in a new roll; it continues by itself."
 * "run: sudo cupsenable label" -> " Run "sudo cupsenable label"; it ...": a command is marked off
 * from the sentence. */
static void
add_todo(const char *todo, char *out, size_t size)
{
	size_t n = strlen(out);
	const char *colon = strstr(todo, ": ");

	if (strncmp(todo, "try: ", 5) == 0 && trouble_is_order(todo + 5))
		todo += 5;		/* words for people, not a command */
	if (todo[0] == '\0')
		snprintf(out + n, size - n, " Once that is mended it continues by itself.");
	else if (colon == todo + strcspn(todo, " :"))
		snprintf(out + n, size - n, " %c%.*s \"%s\"; it continues by itself.",
		    toupper((unsigned char)todo[0]), (int)(colon - todo - 1), todo + 1, colon + 2);
	else
		snprintf(out + n, size - n, " %c%s; it continues by itself.",
		    toupper((unsigned char)todo[0]), todo + 1);
}

/* "09:12", or with its day where that is not today: "Mon 23 Mar, 09:12". */
static void
add_time(int64_t instant, int64_t now, char *out, size_t size)
{
	bool today = day_at((time_t)instant) == day_at((time_t)now);
	time_t t = (time_t)instant;
	size_t n = strlen(out);
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL ||
	    strftime(out + n, size - n, today ? "%H:%M" : "%a %e %b, %H:%M", &tm) == 0)
		out[n] = '\0';
}

static void
add_duration(int64_t seconds, char *out, size_t size)
{
	static const struct {
		int64_t from_s, unit_s;		/* in this unit from so many seconds */
		const char *one;
	} UNITS[] = {
		{ 2 * 86400, 86400, "day" }, { 2 * 3600, 3600, "hour" }, { 60, 60, "minute" },
		{ 0, 1, "second" },
	};
	size_t n = strlen(out), i = 0;

	while (i < COUNT(UNITS) - 1 && seconds < UNITS[i].from_s)
		i++;
	long long many = seconds > 0 ? (long long)(seconds / UNITS[i].unit_s) : 0;
	snprintf(out + n, size - n, "%lld %s%s", many, UNITS[i].one, many == 1 ? "" : "s");
}

void
alert_fault_text(enum alert_part part, const char *trouble, const struct alert_span *t,
    char out[static ALERT_SENTENCE])
{
	char cause[TROUBLE_SIZE], todo[TROUBLE_SIZE];
	size_t n;

	trouble_part(trouble, cause, todo);
	snprintf(out, ALERT_SENTENCE, "%s %s ", PARTS[part].fault, t->clock_ok ? "since" : "for");
	if (t->clock_ok)
		add_time(t->began, t->ended, out, ALERT_SENTENCE);
	else
		add_duration(t->lasted_s, out, ALERT_SENTENCE);
	n = strlen(out);
	snprintf(out + n, ALERT_SENTENCE - n, ": %s.", cause);
	add_todo(todo, out, ALERT_SENTENCE);
}

/* Put what is into what was: the first of these words. */
static void
add_past(const char *cause, char *out, size_t size)
{
	static const struct {
		const char *is, *was;
	} VERB[] = {
		{ " is ", " was " }, { " are ", " were " }, { " has ", " had " },
		{ " does ", " did " }, { " reports ", " reported " }, { " wants ", " wanted " },
		{ " needs ", " needed " }, { " cannot ", " could not " }, { " holds ", " held " },
		{ " answers", " answered" }, { " says ", " said " },
	};
	const char *at = NULL;
	size_t n = strlen(out), best = 0;

	for (size_t i = 0; i < COUNT(VERB); i++) {
		const char *found = strstr(cause, VERB[i].is);
		if (found != NULL && (at == NULL || found < at)) {
			at = found;
			best = i;
		}
	}
	if (at == NULL)
		snprintf(out + n, size - n, "%s", cause);
	else
		snprintf(out + n, size - n, "%.*s%s%s", (int)(at - cause), cause, VERB[best].was,
		    at + strlen(VERB[best].is));
}

void
alert_end_text(enum alert_part part, const char *trouble, const struct alert_span *t,
    int64_t now, char out[static ALERT_SENTENCE])
{
	char cause[TROUBLE_SIZE], todo[TROUBLE_SIZE];
	size_t n;

	trouble_part(trouble, cause, todo);
	snprintf(out, ALERT_SENTENCE, "%s%s", PARTS[part].end, t->clock_ok ? " since " : "");
	if (t->clock_ok)
		add_time(t->ended, now, out, ALERT_SENTENCE);
	n = strlen(out);
	snprintf(out + n, ALERT_SENTENCE - n, ", after ");
	add_duration(t->lasted_s, out, ALERT_SENTENCE);
	n = strlen(out);
	snprintf(out + n, ALERT_SENTENCE - n, ": ");
	add_past(cause, out, ALERT_SENTENCE - 1);
	n = strlen(out);
	snprintf(out + n, ALERT_SENTENCE - n, ".");
}
