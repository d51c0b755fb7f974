/* indicator.h - the lamps and the buzzer: what a person at the fridge sees and hears.
 *
 * Lamps and buzzers of the kernel's LED class, folders under /sys/class/leds (also USB
 * lamps), and nothing but their files: brightness, max_brightness, trigger and what a
 * trigger adds. Where the kernel can blink by itself (triggers oneshot, pattern, timer)
 * it does, and nothing here wakes up for it; else indicator_run switches in time. The
 * kernel's files are looked at anew for each signal, so that a lamp may be unplugged
 * and come back at any moment. One that is not there or cannot be written is told once
 * in the log and left out. Nothing here blocks. Times are clock_mono_ms().
 */
#ifndef FRIDGE_INDICATOR_H
#define FRIDGE_INDICATOR_H

#include <stdbool.h>
#include <stdint.h>

/* Names of folders under leds, "" for none. Two may be the same lamp, of which the
 * later signal counts; a buzzer that is a lamp as well is lit as the lamp. */
struct indicator_names {
	const char *leds;		/* "/sys/class/leds" */
	const char *ok, *name, *fault, *buzzer;
};

enum indicator_signal {
	INDICATE_OK,			/* one beep, the ok lamp for 2 s */
	INDICATE_NAME,			/* two beeps, the name lamp for 4 s */
	INDICATE_FAULT,			/* one long beep, the fault lamp for 4 s */
};

struct indicator;
/* Copies the names; never fails but for memory (NULL). All lamps are put out. */
struct indicator *indicator_new(const struct indicator_names *names);
/* Puts all lamps out. */
void indicator_free(struct indicator *i);

/* Show a signal. What is left of an earlier one ends. */
void indicator_signal(struct indicator *i, enum indicator_signal s, int64_t now_ms);
/* Something is broken: the fault lamp blinks, without a sound, until it is mended. A
 * signal is shown over it. */
void indicator_broken(struct indicator *i, bool broken, int64_t now_ms);
/* A preset card waits for its badge: the ok lamp blinks until it no longer does. A
 * signal is shown over it. */
void indicator_armed(struct indicator *i, bool armed, int64_t now_ms);

/* When indicator_run wants to be called; INT64_MAX for never. */
int64_t indicator_deadline(const struct indicator *i);
void indicator_run(struct indicator *i, int64_t now_ms);

#endif
