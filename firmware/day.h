/* day.h - civil days, shelf life, and whether the clock can be believed.
 *
 * A day is a number: whole days since 1970-01-01 in the proleptic Gregorian
 * calendar, as people at the fridge read it from a wall calendar. Days are never
 * computed from seconds: glibc alone turns an instant into a civil day, and only
 * here. Valid years are 1970 to 9999.
 */
#ifndef FRIDGE_DAY_H
#define FRIDGE_DAY_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "err.h"

typedef int32_t day_t;
#define DAY_NONE INT32_MIN	/* not known: an empty date line on the label */

enum weekday { MON, TUE, WED, THU, FRI, SAT, SUN };	/* ISO 8601 order */

/* The day of a year (1970 to 9999), month (1 to 12) and day of month, or
 * DAY_NONE if there is no such day. */
day_t day_of(int year, int month, int dom);
void day_split(day_t d, int *year, int *month, int *dom);
enum weekday day_weekday(day_t d);

/* "YYYY-MM-DD" exactly. Returns 0, or -1 for anything else. */
int day_parse(const char *text, day_t *out);
#define DAY_TEXT 11
/* Write "YYYY-MM-DD" and return buf; DAY_NONE gives "". */
const char *day_text(day_t d, char buf[static DAY_TEXT]);

/* "mon" to "sun", or "monday" to "sunday", any case. Returns 0 or -1. */
int weekday_parse(const char *text, enum weekday *out);
const char *weekday_text(enum weekday w);	/* "mon" */

/* Whether there is such a zone: a compiled zone under $TZDIR or /usr/share/zoneinfo. */
bool day_zone_exists(const char *zone);
/* Make TZ the given zone, or leave the system's for "". -1 with *e set if the
 * zone does not exist as a file (glibc alone would silently use UTC). */
int day_zone(const char *zone, struct err *e);
/* The civil day of an instant in that zone, and the minutes of that day gone by. */
day_t day_at(time_t instant);
int day_minute(time_t instant);

/* Shelf life: a number of days (0 to 3650; 0 is today only, 7 the same weekday
 * next week), or a weekday: the next such day at least two days away. */
struct shelf {
	bool is_weekday;
	int days;
	enum weekday weekday;
};
/* "7d", "0", "fri". Returns 0, or -1 with *e saying what is allowed. */
int shelf_parse(const char *text, struct shelf *out, struct err *e);
/* The last good day of what was put in on stored. */
day_t shelf_expires(const struct shelf *s, day_t stored);

/* Whether the wall clock can be believed. It is doubted only on evidence. */
enum clock_mode { CLOCK_AUTO, CLOCK_TRUSTED, CLOCK_SYNCED };
struct clock_evidence {
	time_t now;		/* CLOCK_REALTIME */
	time_t built;		/* when this program was built */
	time_t newest;		/* the newest time the store knows; 0 for none */
	bool timesyncd;		/* /run/systemd/timesync exists */
	bool synchronized;	/* .../synchronized exists */
	time_t rtc;		/* what the hardware clock says; 0: there is none, it fails, or
				 * the time is synchronized without it */
	bool confirmed;		/* somebody said in this boot that it is right */
};
/* Collect the evidence of this machine. root is "" but in tests. newest and
 * confirmed are the caller's. */
void clock_look(const char *root, struct clock_evidence *out);
/* Whether a hardware clock stands behind the time: one is there and says the same, within an
 * hour. One without a battery (each Raspberry Pi 5 has one) starts at 1970, and one that no
 * clock was set from proves nothing. */
bool clock_has_rtc(const struct clock_evidence *ev);
/* NULL if the clock can be trusted, else the reason in words. Pure. */
const char *clock_doubt(enum clock_mode mode, const struct clock_evidence *ev);

/* This boot's id ("" if unknown), 36 characters and NUL; milliseconds since
 * boot including sleep (CLOCK_BOOTTIME); monotonic milliseconds for waiting. */
#define BOOT_ID_SIZE 37
void clock_boot_id(char buf[static BOOT_ID_SIZE]);
int64_t clock_boot_ms(void);
int64_t clock_mono_ms(void);
int64_t clock_mono_us(void);

#endif
