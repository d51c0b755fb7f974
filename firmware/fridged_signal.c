/* fridged_signal.c - what the service shows and tells: the lamps, the buzzer and the
 * alert command. */
#include "fridged_impl.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../drivers/indicator.h"
#include "alert.h"
#include "day.h"

#define BROKEN_AFTER_MS 3000	/* a helper that is started again is no trouble yet */

static bool
is_trouble(const char *text)
{
	return trouble_health(text) == PRINTER_TROUBLE;
}

static void
open_indicator(struct fridged *f)
{
	const struct indicator_names names = {
		.leds = f->config.indicator.leds, .ok = f->config.indicator.ok,
		.name = f->config.indicator.name, .fault = f->config.indicator.fault,
		.buzzer = f->config.indicator.buzzer,
	};

	indicator_free(f->signal.indicator);
	f->signal.indicator = indicator_new(&names);
	if (f->signal.indicator == NULL)
		abort();	/* at start or reload: nothing to fall back to */
	f->signal.broken = f->signal.armed = false;	/* signal_run blinks again if it is */
}

void
signal_begin(struct fridged *f)
{
	open_indicator(f);
	f->signal.alert = alert_new(f->store, &f->config, clock_mono_ms(), time(NULL));
	if (f->signal.alert == NULL)
		abort();
}

void
signal_end(struct fridged *f)
{
	alert_free(f->signal.alert);
	indicator_free(f->signal.indicator);
}

void
signal_configured(struct fridged *f, const struct config *before)
{
	if (memcmp(&f->config.indicator, &before->indicator, sizeof before->indicator) != 0)
		open_indicator(f);
}

void
signal_tap(struct fridged *f, enum tap_signal signal)
{
	static const enum indicator_signal SHOWN[] = {
		[SIGNAL_OK] = INDICATE_OK, [SIGNAL_NAME] = INDICATE_NAME,
		[SIGNAL_FAULT] = INDICATE_FAULT,
	};

	if (signal != SIGNAL_NONE)
		indicator_signal(f->signal.indicator, SHOWN[signal], clock_mono_ms());
}

/* No label would come out now. */
static bool
is_broken(const struct fridged *f)
{
	return is_trouble(f->state.reader) || is_trouble(f->state.printer) ||
	    f->care.trouble[0] != '\0';
}

static void
say_parts(struct fridged *f, int64_t now_ms)
{
	const struct {
		enum alert_part part;
		const char *text;
	} parts[] = {
		{ ALERT_READER, f->state.reader }, { ALERT_PRINTER, f->state.printer },
		{ ALERT_CLOCK, f->state.clock },
		{ ALERT_STORE, f->care.trouble[0] != '\0' ? f->care.trouble : STATE_OK },
		{ ALERT_BACKUP, f->care.backup[0] != '\0' ? f->care.backup : STATE_OK },
		{ ALERT_SERVICE, STATE_OK },
	};

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		alert_say(f->signal.alert, parts[i].part,
		    trouble_health(parts[i].text) == PRINTER_UNKNOWN ? NULL : parts[i].text, now_ms);
}

static int64_t
broken_deadline(const struct fridged *f)
{
	if (f->signal.broken || f->signal.broken_ms == 0)
		return INT64_MAX;
	return f->signal.broken_ms + BROKEN_AFTER_MS;
}

int64_t
signal_deadline(const struct fridged *f)
{
	int64_t due = broken_deadline(f);

	if (indicator_deadline(f->signal.indicator) < due)
		due = indicator_deadline(f->signal.indicator);
	if (alert_deadline(f->signal.alert) < due)
		due = alert_deadline(f->signal.alert);
	return due;
}

void
signal_run(struct fridged *f, int64_t now_ms)
{
	if (!is_broken(f))
		f->signal.broken_ms = 0;
	else if (f->signal.broken_ms == 0)
		f->signal.broken_ms = now_ms;
	bool broken = f->signal.broken_ms != 0 && now_ms >= f->signal.broken_ms + BROKEN_AFTER_MS;
	if (broken != f->signal.broken) {
		f->signal.broken = broken;
		indicator_broken(f->signal.indicator, broken, now_ms);
	}
	if (tap_armed(f->tap) != f->signal.armed) {
		f->signal.armed = !f->signal.armed;
		indicator_armed(f->signal.indicator, f->signal.armed, now_ms);
	}
	indicator_run(f->signal.indicator, now_ms);
	say_parts(f, now_ms);
	alert_run(f->signal.alert, now_ms, time(NULL));
}

void
signal_reap(struct fridged *f)
{
	alert_reap(f->signal.alert, clock_mono_ms());
}
