/* indicator.c - see indicator.h
 *
 * A lamp shows a rhythm: a signal for a moment, or what it blinks for ever under that.
 * Who makes the rhythm is tried in the order of WAYS, down to our own timer. Writing 0
 * to brightness also takes the trigger away; a lamp at rest is given the trigger of its
 * next signal again, because a trigger's files appear with it, and udev needs a moment
 * to let us write them.
 */
#include "indicator.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../firmware/log.h"

#define PATH_SIZE 640
#define NAME_LENGTH 192
#define TRIGGERS_SIZE 8192	/* a Pi lists some 600 bytes */

struct rhythm {
	int on_ms, off_ms;
	int times;		/* 0: for ever */
};

/* At 500 ms, as the kernel blinks where nobody says how fast. */
static const struct rhythm BROKEN = { 500, 500, 0 };
static const struct rhythm ARMED = { 250, 250, 0 };

enum role { ROLE_OK, ROLE_NAME, ROLE_FAULT, ROLE_BUZZER, ROLES };

static const struct {
	enum role lamp;
	struct rhythm light, sound;
} SIGNALS[] = {
	[INDICATE_OK] = { ROLE_OK, { 2000, 100, 1 }, { 120, 120, 1 } },
	[INDICATE_NAME] = { ROLE_NAME, { 4000, 100, 1 }, { 120, 120, 2 } },
	[INDICATE_FAULT] = { ROLE_FAULT, { 4000, 100, 1 }, { 900, 100, 1 } },
};

struct lamp {
	char name[NAME_LENGTH];
	bool beeps;			/* a buzzer */
	bool told;			/* that it does not work */
	const struct rhythm *below;	/* blinks for ever where no signal is; or NULL */
	const struct rhythm *signal;	/* shown now; or NULL */
	int64_t signal_ends_ms;
	/* What our own timer shows, where the kernel does not. */
	const struct rhythm *own;	/* or NULL */
	bool lit;
	int left;			/* times still to be lit; own->times 0: no matter */
	int64_t switch_ms;		/* the next change */
};

struct indicator {
	char leds[PATH_SIZE / 2];
	struct lamp lamp[ROLES];	/* each name once */
	size_t lamps;
	struct lamp *role[ROLES];	/* into lamp, or NULL */
	bool broken, armed;
};

/* ---- the kernel's files ---- */

static int
lamp_path(const struct indicator *i, const struct lamp *l, const char *file,
    char path[static PATH_SIZE])
{
	return snprintf(path, PATH_SIZE, "%s/%s/%s", i->leds, l->name, file) < PATH_SIZE ? 0 : -1;
}

/* Put a text into a file of the lamp. -1 with errno. */
static int
put(const struct indicator *i, const struct lamp *l, const char *file, const char *text)
{
	char path[PATH_SIZE];
	size_t n = strlen(text);
	int fd, rc = -1;

	if (lamp_path(i, l, file, path) == -1) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = open(path, O_WRONLY | O_TRUNC | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	if (write(fd, text, n) == (ssize_t)n)
		rc = 0;
	int why = errno;
	close(fd);
	errno = why;
	return rc;
}

static int
put_number(const struct indicator *i, const struct lamp *l, const char *file, int number)
{
	char text[16];

	snprintf(text, sizeof text, "%d\n", number);
	return put(i, l, file, text);
}

/* What stands in a file of the lamp; "" where it cannot be read. */
static void
get(const struct indicator *i, const struct lamp *l, const char *file, char *out, size_t size)
{
	char path[PATH_SIZE];
	ssize_t n = -1;

	if (lamp_path(i, l, file, path) == 0) {
		int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		if (fd != -1) {
			n = read(fd, out, size - 1);
			close(fd);
		}
	}
	out[n > 0 ? n : 0] = '\0';
}

/* What "on" is. The kernel takes more than there is for all of it. */
static int
full(const struct indicator *i, const struct lamp *l)
{
	char text[16];

	get(i, l, "max_brightness", text, sizeof text);
	int max = atoi(text);
	return max > 0 ? max : 255;
}

/* ---- triggers ---- */

enum { TRIGGER_ONESHOT, TRIGGER_PATTERN, TRIGGER_TIMER, TRIGGERS };
static const char *const TRIGGER_TEXT[TRIGGERS] = { "oneshot", "pattern", "timer" };

struct triggers {
	bool has[TRIGGERS];
	int now;			/* TRIGGERS: none of these */
};

/* The file lists all that the kernel has, the one in use in [brackets]. */
static void
look_at_triggers(const struct indicator *i, const struct lamp *l, struct triggers *out)
{
	static char list[TRIGGERS_SIZE];	/* too large for comfort on a stack */
	char *save = NULL;

	*out = (struct triggers){ .now = TRIGGERS };
	get(i, l, "trigger", list, sizeof list);
	for (char *word = strtok_r(list, " \n", &save); word != NULL;
	    word = strtok_r(NULL, " \n", &save)) {
		size_t n = strlen(word);
		bool used = n > 2 && word[0] == '[' && word[n - 1] == ']';
		if (used) {
			word[n - 1] = '\0';
			word++;
		}
		for (int t = 0; t < TRIGGERS; t++) {
			if (strcmp(word, TRIGGER_TEXT[t]) != 0)
				continue;
			out->has[t] = true;
			if (used)
				out->now = t;
		}
	}
}

static int
use_trigger(const struct indicator *i, const struct lamp *l, struct triggers *t, int want)
{
	if (t->now == want)
		return 0;
	if (put(i, l, "trigger", TRIGGER_TEXT[want]) == -1)
		return -1;
	t->now = want;
	return 0;
}

/* Lit once; the kernel puts it out. */
static int
start_oneshot(const struct indicator *i, const struct lamp *l, const struct rhythm *r)
{
	if (put_number(i, l, "delay_on", r->on_ms) == -1 ||
	    put_number(i, l, "delay_off", r->off_ms) == -1)
		return -1;
	return put_number(i, l, "shot", 1);
}

/* A jump from on to off is a step of no length at the same brightness. */
static int
start_pattern(const struct indicator *i, const struct lamp *l, const struct rhythm *r)
{
	char text[96];
	int max = full(i, l);

	snprintf(text, sizeof text, "%d %d %d 0 0 %d 0 0\n", max, r->on_ms, max, r->off_ms);
	if (put_number(i, l, "repeat", r->times > 0 ? r->times : -1) == -1)
		return -1;
	return put(i, l, "pattern", text);
}

/* The trigger blinks from the moment it is chosen; how fast is second to that. */
static int
start_timer(const struct indicator *i, const struct lamp *l, const struct rhythm *r)
{
	if (put_number(i, l, "delay_on", r->on_ms) == 0)
		(void)put_number(i, l, "delay_off", r->off_ms);
	return 0;
}

static const struct way {
	int trigger;
	int times_min, times_max;	/* of the rhythms that it can make */
	int (*start)(const struct indicator *i, const struct lamp *l, const struct rhythm *r);
} WAYS[] = {
	{ TRIGGER_TIMER, 0, 0, start_timer },
	{ TRIGGER_ONESHOT, 1, 1, start_oneshot },
	{ TRIGGER_PATTERN, 0, 100, start_pattern },
};
#define WAY_COUNT (sizeof WAYS / sizeof WAYS[0])

/* Whether the kernel shows the rhythm now. */
static bool
leave_to_kernel(const struct indicator *i, const struct lamp *l, struct triggers *t,
    const struct rhythm *r)
{
	int first = t->now;

	/* First with the trigger that is there, whose files we may write by now. */
	for (int pass = 0; pass < 2; pass++)
		for (const struct way *w = WAYS; w < WAYS + WAY_COUNT; w++)
			if (t->has[w->trigger] && (first == w->trigger) == (pass == 0) &&
			    r->times >= w->times_min && r->times <= w->times_max &&
			    use_trigger(i, l, t, w->trigger) == 0 && w->start(i, l, r) == 0)
				return true;
	return false;
}

/* ---- one lamp ---- */

/* It works, or it does not: each told once. */
static void
tell(const struct indicator *i, struct lamp *l, int rc)
{
	const char *what = l->beeps ? "buzzer" : "lamp";

	if (rc == 0 && l->told)
		log_info("%s %s: ok", what, l->name);
	else if (rc == -1 && !l->told && (errno == ENOENT || errno == ENODEV || errno == ENXIO))
		log_warn("%s %s is not there, and left out: plug it in, or correct [indicator] "
		    "(see: ls %s)", what, l->name, i->leds);
	else if (rc == -1 && !l->told)
		log_warn("%s %s cannot be switched, and is left out: %s: the service's user must "
		    "be allowed to write the files in %s/%s", what, l->name, strerror(errno),
		    i->leds, l->name);
	l->told = rc == -1;
}

static void
switch_lamp(const struct indicator *i, struct lamp *l, bool on)
{
	l->lit = on;
	tell(i, l, put_number(i, l, "brightness", on ? full(i, l) : 0));
}

/* Out, with the trigger ready that its next signal will want. */
static void
make_ready(const struct indicator *i, struct lamp *l, struct triggers *t)
{
	static const int FOR_LIGHT[] = { TRIGGER_ONESHOT, TRIGGER_PATTERN };
	static const int FOR_SOUND[] = { TRIGGER_PATTERN, TRIGGER_ONESHOT };
	const int *want = l->beeps ? FOR_SOUND : FOR_LIGHT;

	l->own = NULL;
	switch_lamp(i, l, false);
	t->now = TRIGGERS;	/* the 0 took it away */
	if (!l->told && (t->has[want[0]] || t->has[want[1]]))
		(void)use_trigger(i, l, t, t->has[want[0]] ? want[0] : want[1]);
}

static void
put_out(const struct indicator *i, struct lamp *l)
{
	struct triggers t;

	look_at_triggers(i, l, &t);
	make_ready(i, l, &t);
}

static void
show(const struct indicator *i, struct lamp *l, const struct rhythm *r, int64_t now_ms)
{
	struct triggers t;

	look_at_triggers(i, l, &t);
	/* The kernel's one shot is not begun anew while it lasts. */
	if (l->own != NULL || l->signal_ends_ms > now_ms)
		make_ready(i, l, &t);
	if (leave_to_kernel(i, l, &t, r)) {
		tell(i, l, 0);
		return;
	}
	/* A trigger, maybe half set up, would go on under our hand. */
	(void)put_number(i, l, "brightness", 0);
	switch_lamp(i, l, true);
	if (l->told)
		return;		/* no timer for a lamp that is not there */
	l->own = r;
	l->left = r->times - 1;
	l->switch_ms = now_ms + r->on_ms;
}

/* No signal any more: blink on, or be dark. */
static void
rest(const struct indicator *i, struct lamp *l, bool is_dark, int64_t now_ms)
{
	l->signal = NULL;
	l->signal_ends_ms = 0;
	if (l->below != NULL)
		show(i, l, l->below, now_ms);
	else if (!is_dark)
		put_out(i, l);
}

static void
start_signal(const struct indicator *i, struct lamp *l, const struct rhythm *r, int64_t now_ms)
{
	show(i, l, r, now_ms);
	l->signal = r;
	l->signal_ends_ms = now_ms + (int64_t)r->times * (r->on_ms + r->off_ms);
}

/* What the lamp blinks under all signals. */
static void
blink_below(const struct indicator *i, struct lamp *l, const struct rhythm *r, int64_t now_ms)
{
	if (l->below == r)
		return;
	l->below = r;
	if (l->signal == NULL || now_ms >= l->signal_ends_ms)
		rest(i, l, false, now_ms);
}

/* Our own timer: the next change is due. */
static void
switch_own(const struct indicator *i, struct lamp *l)
{
	const struct rhythm *r = l->own;

	if (l->lit && r->times > 0 && l->left == 0) {
		put_out(i, l);
		return;
	}
	if (!l->lit && l->left > 0)
		l->left--;
	switch_lamp(i, l, !l->lit);
	l->switch_ms += l->lit ? r->on_ms : r->off_ms;
	if (l->told)
		l->own = NULL;	/* unplugged: until the next signal */
}

static int64_t
lamp_deadline(const struct lamp *l)
{
	int64_t due = l->own != NULL ? l->switch_ms : INT64_MAX;

	/* A signal that the kernel shows ends without us, unless something is under it. */
	if (l->signal != NULL && l->below != NULL && l->signal_ends_ms < due)
		due = l->signal_ends_ms;
	return due;
}

static void
run_lamp(const struct indicator *i, struct lamp *l, int64_t now_ms)
{
	if (l->own != NULL && now_ms >= l->switch_ms) {
		/* After a sleep of the whole machine there is nothing to make up for. */
		if (now_ms - l->switch_ms > 1000)
			l->switch_ms = now_ms;
		switch_own(i, l);
	}
	if (l->signal != NULL && now_ms >= l->signal_ends_ms)
		rest(i, l, l->own == NULL, now_ms);
}

/* ---- all of them ---- */

/* The lamp of that name, one for all its roles; NULL for none. */
static struct lamp *
lamp_of(struct indicator *i, const char *name, bool beeps)
{
	if (name[0] == '\0')
		return NULL;
	if (strchr(name, '/') != NULL || name[0] == '.' || strlen(name) >= NAME_LENGTH) {
		log_warn("\"%s\" is no name of a lamp: give the name of a folder in %s", name,
		    i->leds);
		return NULL;
	}
	for (size_t n = 0; n < i->lamps; n++)
		if (strcmp(i->lamp[n].name, name) == 0)
			return &i->lamp[n];
	struct lamp *l = &i->lamp[i->lamps++];
	snprintf(l->name, sizeof l->name, "%s", name);
	l->beeps = beeps;
	return l;
}

struct indicator *
indicator_new(const struct indicator_names *names)
{
	const char *const name[ROLES] = {
		[ROLE_OK] = names->ok, [ROLE_NAME] = names->name, [ROLE_FAULT] = names->fault,
		[ROLE_BUZZER] = names->buzzer,
	};
	struct indicator *i = calloc(1, sizeof *i);

	if (i == NULL)
		return NULL;
	snprintf(i->leds, sizeof i->leds, "%s", names->leds);
	for (int r = 0; r < ROLES; r++)
		i->role[r] = lamp_of(i, name[r], r == ROLE_BUZZER);
	for (size_t n = 0; n < i->lamps; n++)
		put_out(i, &i->lamp[n]);
	return i;
}

void
indicator_free(struct indicator *i)
{
	if (i == NULL)
		return;
	for (size_t n = 0; n < i->lamps; n++)
		switch_lamp(i, &i->lamp[n], false);
	free(i);
}

void
indicator_signal(struct indicator *i, enum indicator_signal s, int64_t now_ms)
{
	struct lamp *lamp = i->role[SIGNALS[s].lamp], *buzzer = i->role[ROLE_BUZZER];

	/* One signal at a time: red beside a green of two seconds ago says nothing. */
	for (struct lamp *l = i->lamp; l < i->lamp + i->lamps; l++)
		if (l != lamp && l != buzzer && l->signal != NULL)
			rest(i, l, now_ms >= l->signal_ends_ms, now_ms);
	if (lamp != NULL)
		start_signal(i, lamp, &SIGNALS[s].light, now_ms);
	if (buzzer != NULL && buzzer != lamp)
		start_signal(i, buzzer, &SIGNALS[s].sound, now_ms);
}

/* What each lamp blinks for ever. Broken counts more, where one lamp is both. */
static void
settle(struct indicator *i, int64_t now_ms)
{
	for (struct lamp *l = i->lamp; l < i->lamp + i->lamps; l++)
		blink_below(i, l, i->broken && l == i->role[ROLE_FAULT] ? &BROKEN :
		    i->armed && l == i->role[ROLE_OK] ? &ARMED : NULL, now_ms);
}

void
indicator_broken(struct indicator *i, bool broken, int64_t now_ms)
{
	i->broken = broken;
	settle(i, now_ms);
}

void
indicator_armed(struct indicator *i, bool armed, int64_t now_ms)
{
	i->armed = armed;
	settle(i, now_ms);
}

int64_t
indicator_deadline(const struct indicator *i)
{
	int64_t due = INT64_MAX;

	for (size_t n = 0; n < i->lamps; n++)
		if (lamp_deadline(&i->lamp[n]) < due)
			due = lamp_deadline(&i->lamp[n]);
	return due;
}

void
indicator_run(struct indicator *i, int64_t now_ms)
{
	for (size_t n = 0; n < i->lamps; n++)
		run_lamp(i, &i->lamp[n], now_ms);
}
