/* day.c - see day.h */
#include "day.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The calendar repeats every 400 years. Counted from 1 March, the leap day is the
 * last of its year, so that the lengths of the months before it never change: five
 * months always have 153 days. (Howard Hinnant, "chrono-Compatible Low-Level Date
 * Algorithms", days_from_civil and civil_from_days.) */
#define ERA_YEARS 400
#define ERA_DAYS 146097
#define EPOCH_DAYS 719468	/* from 0000-03-01 to 1970-01-01 */

static const struct {
	const char *text, *full;
} WEEKDAYS[] = {
	{ "mon", "monday" }, { "tue", "tuesday" }, { "wed", "wednesday" }, { "thu", "thursday" },
	{ "fri", "friday" }, { "sat", "saturday" }, { "sun", "sunday" },
};

static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

day_t
day_of(int year, int month, int dom)
{
	static const int LENGTH[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (year < 1970 || year > 9999 || month < 1 || month > 12 || dom < 1)
		return DAY_NONE;
	if (dom > LENGTH[month - 1] + (month == 2 && is_leap(year)))
		return DAY_NONE;

	if (month < 3)
		year--;
	int era = year / ERA_YEARS;
	int year_of_era = year % ERA_YEARS;
	int month_from_march = (month + 9) % 12;
	int day_of_year = (153 * month_from_march + 2) / 5 + dom - 1;
	int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * ERA_DAYS + day_of_era - EPOCH_DAYS;
}

void
day_split(day_t d, int *year, int *month, int *dom)
{
	if (d == DAY_NONE) {
		*year = *month = *dom = 0;
		return;
	}
	int from_march = d + EPOCH_DAYS;
	int era = from_march / ERA_DAYS;
	int day_of_era = from_march % ERA_DAYS;
	/* Take out the leap days already seen (one in 1461 days, less one in 36524,
	 * plus the one that ends the era): then each year has 365. */
	int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524
	    - day_of_era / (ERA_DAYS - 1)) / 365;
	int day_of_year = day_of_era
	    - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int month_from_march = (5 * day_of_year + 2) / 153;

	*dom = day_of_year - (153 * month_from_march + 2) / 5 + 1;
	*month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
	*year = year_of_era + era * ERA_YEARS + (*month < 3);
}

enum weekday
day_weekday(day_t d)
{
	/* 1970-01-01 was a Thursday; the sum stays positive for every valid day. */
	return (enum weekday)((d % 7 + 7 + THU) % 7);
}

int
day_parse(const char *text, day_t *out)
{
	for (int i = 0; i < 10; i++)
		if (i == 4 || i == 7 ? text[i] != '-' : text[i] < '0' || text[i] > '9')
			return -1;
	if (text[10] != '\0')
		return -1;
	day_t d = day_of(atoi(text), atoi(text + 5), atoi(text + 8));
	if (d == DAY_NONE)
		return -1;
	*out = d;
	return 0;
}

const char *
day_text(day_t d, char buf[static DAY_TEXT])
{
	int year, month, dom;

	buf[0] = '\0';
	if (d == DAY_NONE)
		return buf;
	day_split(d, &year, &month, &dom);
	/* The remainders tell the compiler that it fits. */
	snprintf(buf, DAY_TEXT, "%04u-%02u-%02u", (unsigned)year % 10000,
	    (unsigned)month % 100, (unsigned)dom % 100);
	return buf;
}

int
weekday_parse(const char *text, enum weekday *out)
{
	for (int i = MON; i <= SUN; i++) {
		if (strcasecmp(text, WEEKDAYS[i].text) == 0 ||
		    strcasecmp(text, WEEKDAYS[i].full) == 0) {
			*out = (enum weekday)i;
			return 0;
		}
	}
	return -1;
}

const char *
weekday_text(enum weekday w)
{
	return WEEKDAYS[w].text;
}

/* Whether the name leads to a compiled zone and stays inside the zone folder. The
 * folder also holds tables for people (zone.tab), which glibc would take for UTC. */
bool
day_zone_exists(const char *zone)
{
	const char *dir = getenv("TZDIR");
	char path[4096];
	char magic[4];

	if (zone[0] == '/' || zone[0] == ':' || strstr(zone, "..") != NULL)
		return false;
	if (dir == NULL || dir[0] == '\0')
		dir = "/usr/share/zoneinfo";
	if (snprintf(path, sizeof path, "%s/%s", dir, zone) >= (int)sizeof path)
		return false;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd == -1)
		return false;
	ssize_t n = read(fd, magic, sizeof magic);
	close(fd);
	return n == (ssize_t)sizeof magic && memcmp(magic, "TZif", sizeof magic) == 0;
}

int
day_zone(const char *zone, struct err *e)
{
	/* What TZ was before we set it, so that a new configuration without a zone
	 * gives the system's back. */
	static char *ours, *before;
	const char *now = getenv("TZ");

	if (zone[0] != '\0' && !day_zone_exists(zone))
		return err_set(e, ERR_USAGE, "see: timedatectl list-timezones",
		    "there is no time zone \"%s\"", zone);

	bool is_ours = now != NULL && ours != NULL && strcmp(now, ours) == 0;
	if (zone[0] == '\0') {
		if (is_ours && before != NULL)
			setenv("TZ", before, 1);
		else if (is_ours)
			unsetenv("TZ");
		free(ours);
		ours = NULL;
		tzset();
		return 0;
	}
	if (!is_ours) {
		free(before);
		before = now != NULL ? strdup(now) : NULL;
	}
	free(ours);
	ours = strdup(zone);
	if (ours == NULL || setenv("TZ", zone, 1) == -1)
		return err_set(e, ERR_SYSTEM, NULL, "out of memory");
	tzset();
	return 0;
}

/* An instant on the wall of the fridge. tzset looks whether /etc/localtime has
 * changed since, which localtime_r does not. */
static bool
local(time_t instant, struct tm *out)
{
	tzset();
	return localtime_r(&instant, out) != NULL;
}

day_t
day_at(time_t instant)
{
	struct tm tm;

	if (!local(instant, &tm) || tm.tm_year > 9999 - 1900)
		return DAY_NONE;
	return day_of(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

int
day_minute(time_t instant)
{
	struct tm tm;

	return local(instant, &tm) ? tm.tm_hour * 60 + tm.tm_min : 0;
}

#define SHELF_MAX 3650
#define SHELF_ALLOWED "0d to 3650d, or mon, tue, wed, thu, fri, sat, sun"

int
shelf_parse(const char *text, struct shelf *out, struct err *e)
{
	struct shelf s = { 0 };
	size_t digits = strspn(text, "0123456789");

	if (digits == 0) {
		if (weekday_parse(text, &s.weekday) == -1)
			return err_set(e, ERR_USAGE, SHELF_ALLOWED,
			    "\"%s\" is no shelf life", text);
		s.is_weekday = true;
		*out = s;
		return 0;
	}
	const char *unit = text + digits;
	if (unit[0] != '\0' && strcasecmp(unit, "d") != 0)
		return err_set(e, ERR_USAGE, SHELF_ALLOWED,
		    "\"%s\" is no shelf life: \"%s\" is no unit for it", text, unit);
	for (size_t i = 0; i < digits && s.days <= SHELF_MAX; i++)
		s.days = s.days * 10 + (text[i] - '0');
	if (s.days > SHELF_MAX)
		return err_set(e, ERR_USAGE, SHELF_ALLOWED,
		    "a shelf life of %s is too long", text);
	*out = s;
	return 0;
}

day_t
shelf_expires(const struct shelf *s, day_t stored)
{
	day_t last = day_of(9999, 12, 31);
	day_t expires;

	if (stored == DAY_NONE)
		return DAY_NONE;
	if (!s->is_weekday) {
		expires = stored + s->days;
	} else {
		/* On a Thursday "fri" means next week's: what is put in today should
		 * not be thrown away tomorrow. */
		day_t earliest = stored + 2;
		expires = earliest + ((int)s->weekday - (int)day_weekday(earliest) + 7) % 7;
	}
	return expires > last ? last : expires;
}
