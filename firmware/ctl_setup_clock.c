/* ctl_setup_clock.c - setup's first part: does this machine know what day it is here? */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ctl_ask.h"
#include "ctl_setup.h"

#define ZONE_TABLE "/usr/share/zoneinfo/zone.tab"
#define SHOWN_MAX 6
#define ZONE_SIZE 64
#define HALF_A_YEAR_S (182 * 86400)

/* ---- a zone by its city ---- */

/* "New York" as zones are written. */
static void
underscored(const char *typed, char out[static ZONE_SIZE])
{
	snprintf(out, ZONE_SIZE, "%s", typed);
	for (char *p = out; *p != '\0'; p++)
		if (*p == ' ')
			*p = '_';
}

/* The zones whose name has that piece; a whole city counts before a piece of one. Returns
 * how many there are, with the first of them parted by blanks. */
static int
find_zones(const char *typed, char *out, size_t size)
{
	FILE *f = fopen(ZONE_TABLE, "re");
	char piece[ZONE_SIZE], zone[ZONE_SIZE];
	char *line = NULL;
	size_t room = 0, n = 0;
	int found = 0;
	bool whole = false;

	underscored(typed, piece);
	out[0] = '\0';
	while (f != NULL && !whole && piece[0] != '\0' && getline(&line, &room, f) != -1) {
		/* "KR\t+3733+12658\tAsia/Seoul\tcomments" */
		if (line[0] == '#' || sscanf(line, "%*s %*s %63s", zone) != 1 ||
		    strcasestr(zone, piece) == NULL)
			continue;
		const char *city = strrchr(zone, '/');
		whole = city != NULL && strcasecmp(city + 1, piece) == 0;
		if (whole) {
			n = 0;
			found = 0;
		}
		if (found++ < SHOWN_MAX && n < size)
			n += (size_t)snprintf(out + n, size - n, "%s%s", n > 0 ? " " : "", zone);
	}
	free(line);
	if (f != NULL)
		fclose(f);
	return found;
}

int
setup_zone(void *arg, const char *typed, struct err *e)
{
	struct setup *s = arg;
	char zones[SHOWN_MAX * ZONE_SIZE];

	if (setup_put(s, "fridge.timezone", typed, e) == 0)
		return 0;
	int n = find_zones(typed, zones, sizeof zones);
	if (n == 1)
		return setup_put(s, "fridge.timezone", zones, e);
	if (n > 1)
		err_set(e, ERR_USAGE, NULL, "that may be one of %d: %s%s", n, zones,
		    n > SHOWN_MAX ? " ..." : "");
	return -1;
}

/* ---- is it right? ---- */

/* The system's, "UTC" where nobody set one. */
static const char *
machine_zone(const struct setup *s)
{
	return s->host.zone[0] != '\0' ? s->host.zone : "UTC";
}

static const char *
zone_of(const struct setup *s)
{
	const char *own = s->next.fridge.timezone;

	return own[0] != '\0' ? own : machine_zone(s);
}

static bool
is_nowhere(const char *zone)
{
	return strcmp(zone, "UTC") == 0 || strcmp(zone, "Etc/UTC") == 0;
}

/* "It is Sunday, November 29, 2026, 16:20 in Asia/Seoul." */
static void
say_now(const struct setup *s)
{
	time_t now = time(NULL);
	char day[80], iso[DAY_TEXT];

	day_zone(s->next.fridge.timezone, NULL);
	if (words_date("en", day_at(now), "yMMMMEEEEd", day, sizeof day, NULL) == -1)
		snprintf(day, sizeof day, "%s", day_text(day_at(now), iso));
	int minute = day_minute(now);
	setup_say("%sIt is %s, %02d:%02d, in the time zone %s.", s->asks ? "  " : "", day,
	    minute / 60, minute % 60, zone_of(s));
	if (is_nowhere(zone_of(s)))
		setup_say("%sUTC is usual on a machine whose time zone was never set.",
		    s->asks ? "  " : "");
}

/* Ask until the time is right, or cannot be made so by a zone. */
static int
ask_until_right(struct setup *s, struct err *e)
{
	for (bool zone_told = false;; zone_told = true) {
		say_now(s);
		int right = ask_yes("  Is that right?", !is_nowhere(zone_of(s)));
		if (right == -1)
			return setup_cancelled(s, e);
		if (right == 1)
			return 0;
		if (zone_told && ask_yes("  Is the time zone right?", true) != 0) {
			setup_todo(s, "set the clock: with a network, sudo timedatectl set-ntp true; "
			    "without one, sudo timedatectl set-ntp false, then sudo timedatectl set-time "
			    "'YYYY-MM-DD HH:MM'");
			return 0;
		}
		setup_say("  Which time zone is it here? A large city of it will do, such as Seoul.");
		if (ask_text("  Time zone", zone_of(s), setup_zone, s) == -1)
			return setup_cancelled(s, e);
	}
}

/* ---- the machine's own zone ---- */

/* Whether clocks in both show the same, summer and winter; so they do where one is unknown. */
static bool
same_hours(const char *a, const char *b)
{
	time_t now = time(NULL);
	bool same = true;

	for (time_t t = now; same && t <= now + HALF_A_YEAR_S; t += HALF_A_YEAR_S) {
		if (day_zone(a, NULL) == -1)
			break;
		day_t day = day_at(t);
		int minute = day_minute(t);
		if (day_zone(b, NULL) == -1)
			break;
		same = day == day_at(t) && minute == day_minute(t);
	}
	return same;
}

/* The timers' hours are the machine's, and not the fridge's. */
static int
look_at_machine(struct setup *s, struct err *e)
{
	const char *fridge = s->next.fridge.timezone, *machine = machine_zone(s);
	char question[300];

	s->move_machine = false;
	bool same = !s->by_systemd || fridge[0] == '\0' || same_hours(s->host.zone, fridge);
	day_zone(fridge, NULL);
	if (same)
		return 0;
	if (!s->asks || geteuid() != 0) {
		setup_todo(s, "report, mail and backup come by the hours of this machine, which are %s's: "
		    "sudo timedatectl set-timezone %s", machine, fridge);
		return 0;
	}
	snprintf(question, sizeof question, "  Report, mail and backup come by the hours of this "
	    "machine, which are %.64s's.\n  Shall it have those of %.64s?", machine, fridge);
	int move = ask_yes(question, true);
	s->move_machine = move == 1;
	return move == -1 ? setup_cancelled(s, e) : 0;
}

int
setup_clock(struct setup *s, struct err *e)
{
	const char *zone = setup_option(s, "fridge.timezone");
	struct clock_evidence ev = { .newest = 0 };

	setup_part(s, "Date and time");
	if (zone != NULL && setup_zone(s, zone, e) == -1)
		return -1;
	if (s->asks && zone == NULL) {
		if (ask_until_right(s, e) == -1)
			return -1;
	} else {
		say_now(s);
	}
	if (look_at_machine(s, e) == -1)
		return -1;
	clock_look("", &ev);
	const char *doubt = clock_doubt(s->next.fridge.clock, &ev);
	if (doubt != NULL)
		setup_todo(s, "%.*s; once it is right: %s clock confirm", (int)strcspn(doubt, ";"),
		    doubt, ctl_self(s->c));
	return 0;
}
