/* leds_world.h - lamps in a folder that looks like /sys/class/leds. The test plays the
 * kernel between two calls: it shows a chosen trigger in brackets, and takes the trigger
 * away where 0 was written to brightness. Time is a number that the tests count up. */
#ifndef LEDS_WORLD_H
#define LEDS_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../drivers/indicator.h"

#define LAMPS 4
#define ALL "none rc-feedback oneshot heartbeat pattern timer"

struct panel {
	char dir[64];
	struct indicator *i;
	int watch;			/* inotify */
	struct {
		char name[32], triggers[128];
		int wd;
	} lamp[LAMPS];
	int lamps;
	char wrote[4096];		/* since it was asked last: "ok/trigger=oneshot ..." */
	char log[96];			/* standard error goes there */
	int stderr_was;
	int64_t now;
};

static inline const char *
in(const struct panel *p, const char *lamp, const char *file)
{
	static char path[256];

	snprintf(path, sizeof path, "%s/%s/%s", p->dir, lamp, file);
	return path;
}

static inline void
fill(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

/* The first line of a file. */
static inline void
line_of(const char *path, char *out, size_t size)
{
	FILE *f = fopen(path, "r");

	out[0] = '\0';
	if (f == NULL)
		return;
	if (fgets(out, (int)size, f) == NULL)
		out[0] = '\0';
	out[strcspn(out, "\n")] = '\0';
	fclose(f);
}

static inline bool
has_word(const char *list, const char *word)
{
	const char *at = strstr(list, word);

	return at != NULL && (at == list || at[-1] == ' ') &&
	    strchr(" ", at[strlen(word)]) != NULL;
}

/* The list with one of its names in brackets. */
static inline void
show_trigger(struct panel *p, int n, const char *used)
{
	char list[256] = "", copy[128], *save = NULL;

	if (p->lamp[n].triggers[0] == '\0')
		return;
	snprintf(copy, sizeof copy, "%s", p->lamp[n].triggers);
	for (char *w = strtok_r(copy, " ", &save); w != NULL; w = strtok_r(NULL, " ", &save)) {
		size_t m = strlen(list);
		snprintf(list + m, sizeof list - m, strcmp(w, used) == 0 ? "[%s] " : "%s ", w);
	}
	fill(in(p, p->lamp[n].name, "trigger"), list);
}

/* Plug in a lamp whose kernel has these triggers, "" for a kernel without them. */
static inline void
plug(struct panel *p, const char *name, const char *triggers)
{
	static const struct {
		const char *trigger, *file;
	} FILES[] = {
		{ "oneshot", "delay_on" }, { "oneshot", "delay_off" }, { "oneshot", "shot" },
		{ "timer", "delay_on" }, { "timer", "delay_off" }, { "pattern", "pattern" },
		{ "pattern", "repeat" },
	};
	int n = 0;

	while (n < p->lamps && strcmp(p->lamp[n].name, name) != 0)
		n++;
	p->lamps += n == p->lamps;
	assert_true(p->lamps <= LAMPS);
	snprintf(p->lamp[n].name, sizeof p->lamp[n].name, "%s", name);
	snprintf(p->lamp[n].triggers, sizeof p->lamp[n].triggers, "%s", triggers);
	assert_int_equal(mkdir(in(p, name, ""), 0755), 0);
	fill(in(p, name, "brightness"), "1\n");
	fill(in(p, name, "max_brightness"), "100\n");
	show_trigger(p, n, "none");
	for (size_t k = 0; k < sizeof FILES / sizeof FILES[0]; k++)
		if (has_word(triggers, FILES[k].trigger))
			fill(in(p, name, FILES[k].file), "");
	p->lamp[n].wd = inotify_add_watch(p->watch, in(p, name, ""), IN_CLOSE_WRITE);
	assert_true(p->lamp[n].wd != -1);
}

static inline void
unplug(const struct panel *p, const char *name)
{
	char command[320];

	snprintf(command, sizeof command, "rm -r %s", in(p, name, ""));
	assert_int_equal(system(command), 0);
}

/* Be the kernel: after what was written to one file. */
static inline void
play(struct panel *p, int n, const char *file, const char *text)
{
	if (strcmp(file, "trigger") == 0)
		show_trigger(p, n, text);
	else if (strcmp(file, "brightness") == 0 && strcmp(text, "0") == 0)
		show_trigger(p, n, "none");
}

static inline int
lamp_of(const struct panel *p, int wd)
{
	int n = p->lamps - 1;

	while (n > 0 && p->lamp[n].wd != wd)
		n--;
	return n;
}

/* Forget what the events until now say: they are the test's own. */
static inline void
forget_events(struct panel *p)
{
	char events[4096];

	while (read(p->watch, events, sizeof events) > 0)
		continue;
}

/* What was written since the last call, in order; then the kernel does its part. A
 * file that was written twice in a row is there once. */
static inline const char *
wrote(struct panel *p)
{
	char events[8192] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t n = read(p->watch, events, sizeof events);
	struct {
		int lamp;
		char file[32], text[64];
	} write[64];
	int writes = 0;

	for (ssize_t at = 0; at < n;) {
		const struct inotify_event *ev = (const void *)(events + at);
		at += (ssize_t)(sizeof *ev + ev->len);
		if (ev->len == 0 || writes == 64)
			continue;
		write[writes].lamp = lamp_of(p, ev->wd);
		snprintf(write[writes].file, sizeof write->file, "%s", ev->name);
		line_of(in(p, p->lamp[write[writes].lamp].name, ev->name), write[writes].text,
		    sizeof write->text);
		writes++;
	}
	p->wrote[0] = '\0';
	for (int k = 0; k < writes; k++) {
		size_t m = strlen(p->wrote);
		snprintf(p->wrote + m, sizeof p->wrote - m, "%s%s/%s=%s", m > 0 ? "; " : "",
		    p->lamp[write[k].lamp].name, write[k].file, write[k].text);
		play(p, write[k].lamp, write[k].file, write[k].text);
	}
	forget_events(p);
	return p->wrote;
}

static inline int
setup(void **state)
{
	struct panel *p = calloc(1, sizeof *p);

	assert_non_null(p);
	snprintf(p->dir, sizeof p->dir, "/tmp/fridge-leds.XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->log, sizeof p->log, "%s.log", p->dir);
	p->watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	p->now = 1000000;
	p->stderr_was = dup(STDERR_FILENO);
	int fd = open(p->log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
	assert_true(fd != -1 && dup2(fd, STDERR_FILENO) != -1);
	close(fd);
	*state = p;
	return 0;
}

static inline int
teardown(void **state)
{
	struct panel *p = *state;
	char command[256];

	indicator_free(p->i);
	dup2(p->stderr_was, STDERR_FILENO);
	close(p->stderr_was);
	close(p->watch);
	snprintf(command, sizeof command, "rm -r %s %s", p->dir, p->log);
	assert_int_equal(system(command), 0);
	free(p);
	return 0;
}

/* How often a text is in the log. */
static inline int
logged(const struct panel *p, const char *text)
{
	char line[1024];
	FILE *f = fopen(p->log, "r");
	int n = 0;

	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		n += strstr(line, text) != NULL;
	if (f != NULL)
		fclose(f);
	return n;
}

static inline void
begin(struct panel *p, const char *ok, const char *name, const char *fault, const char *buzzer)
{
	const struct indicator_names names = {
		.leds = p->dir, .ok = ok, .name = name, .fault = fault, .buzzer = buzzer,
	};

	forget_events(p);
	p->i = indicator_new(&names);
	assert_non_null(p->i);
}

/* The usual panel. */
static inline void
begin_all(struct panel *p, const char *triggers)
{
	static const char *const NAMES[] = { "ok", "name", "fault", "buzzer" };

	for (int n = 0; n < LAMPS; n++)
		plug(p, NAMES[n], triggers);
	begin(p, "ok", "name", "fault", "buzzer");
	wrote(p);
}

/* Let time go by, serving the deadlines on the way as the loop does. Returns how often
 * it was woken. */
static inline int
pass(struct panel *p, int64_t ms)
{
	int64_t until = p->now + ms;
	int wakes = 0;

	while (indicator_deadline(p->i) <= until) {
		assert_true(indicator_deadline(p->i) > p->now);	/* or the loop would spin */
		p->now = indicator_deadline(p->i);
		indicator_run(p->i, p->now);
		wakes++;
	}
	p->now = until;
	indicator_run(p->i, p->now);
	return wakes;
}

static inline void
signal_now(struct panel *p, enum indicator_signal s)
{
	indicator_signal(p->i, s, p->now);
}

#define WROTE(p, text) assert_string_equal(wrote(p), text)
#define NEVER(p) assert_true(indicator_deadline((p)->i) == INT64_MAX)

#endif
