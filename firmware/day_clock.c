/* day_clock.c - whether the clock can be believed; see day.h
 *
 * A computer without a hardware clock wakes up with the time it went to sleep, which
 * looks plausible. So no single date is suspicious; only evidence is.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "day.h"

#define BACKWARDS_S 600		/* a step back that a time server may well make */
#define DRIFT_S 3600		/* two clocks that nobody sets may differ so after years */
#define TRUST "run: sudo fridgectl clock confirm"

static bool
exists(const char *root, const char *path)
{
	char full[4096];

	return snprintf(full, sizeof full, "%s%s", root, path) < (int)sizeof full
	    && access(full, F_OK) == 0;
}

/* Seconds since 1970 by the hardware clock; 0: there is none, or it does not say. By sysfs:
 * the service has no /dev/rtc0. */
static time_t
read_rtc(const char *root)
{
	char path[4096], text[24] = "";

	snprintf(path, sizeof path, "%s/sys/class/rtc/rtc0/since_epoch", root);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return 0;
	/* A stopped one fails here. */
	if (read(fd, text, sizeof text - 1) <= 0)
		text[0] = '\0';
	close(fd);
	return (time_t)strtoll(text, NULL, 10);
}

void
clock_look(const char *root, struct clock_evidence *out)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	out->now = now.tv_sec;
	out->built = FRIDGE_BUILT;
	out->timesyncd = exists(root, "/run/systemd/timesync");
	out->synchronized = exists(root, "/run/systemd/timesync/synchronized");
	/* It may be a slow chip on a slow wire: only where something depends on it. */
	out->rtc = out->synchronized ? 0 : read_rtc(root);
}

bool
clock_has_rtc(const struct clock_evidence *ev)
{
	return ev->rtc > 0 && ev->rtc >= ev->now - DRIFT_S && ev->rtc <= ev->now + DRIFT_S;
}

/* A day in a sentence. */
static const char *
day_words(time_t instant, char buf[static DAY_TEXT])
{
	day_text(day_at(instant), buf);
	return buf[0] != '\0' ? buf : "a day before 1970 or after 9999";
}

/* What the hardware clock says: a day, or another time of the same. */
static const char *
rtc_words(const struct clock_evidence *ev, char buf[static DAY_TEXT])
{
	return day_at(ev->rtc) == day_at(ev->now) ? "another time" : day_words(ev->rtc, buf);
}

const char *
clock_doubt(enum clock_mode mode, const struct clock_evidence *ev)
{
	static char why[200];	/* one thread; the caller prints or copies it */
	char is[DAY_TEXT], was[DAY_TEXT];

	if (mode == CLOCK_TRUSTED || ev->confirmed)
		return NULL;
	if (ev->now < ev->built) {
		snprintf(why, sizeof why, "the clock says %s, before this program was built "
		    "(%s); set it, or if it is right " TRUST,
		    day_words(ev->now, is), day_words(ev->built, was));
		return why;
	}
	/* A time server knows better than whatever clock a label was made by. */
	if (ev->newest != 0 && ev->now < ev->newest - BACKWARDS_S && !ev->synchronized) {
		snprintf(why, sizeof why, "the clock says %s, but went back: the newest "
		    "label is of %s; set it, or if it is right " TRUST,
		    day_words(ev->now, is), day_words(ev->newest, was));
		return why;
	}
	if (mode == CLOCK_SYNCED && !ev->synchronized)
		return "the clock is not synchronized with a time server yet, and [fridge] "
		    "clock = synced asks for that; if it is right " TRUST;
	if (!ev->timesyncd || ev->synchronized || clock_has_rtc(ev))
		return NULL;
	if (ev->rtc <= 0)
		return "the clock is not synchronized with a time server yet, and there is "
		    "no hardware clock; if it is right " TRUST;
	snprintf(why, sizeof why, "the clock is not synchronized with a time server yet, and the "
	    "hardware clock says %s (no battery?); if it is right " TRUST, rtc_words(ev, is));
	return why;
}

void
clock_boot_id(char buf[static BOOT_ID_SIZE])
{
	ssize_t n = -1;
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);

	if (fd != -1) {
		n = read(fd, buf, BOOT_ID_SIZE - 1);
		close(fd);
	}
	buf[n == BOOT_ID_SIZE - 1 ? n : 0] = '\0';
}

static int64_t
clock_ms(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t
clock_boot_ms(void)
{
	return clock_ms(CLOCK_BOOTTIME);
}

int64_t
clock_mono_ms(void)
{
	return clock_ms(CLOCK_MONOTONIC);
}

int64_t
clock_mono_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}
