/* ctl_setup_try.c - a command of the configuration, tried by setup as it will be run: by the
 * user of its unit and behind the shields of that, and never by root.
 */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "ctl_setup.h"
#include "user.h"

#define CALL_MAX 8192
#define LOOK_MS 50
#define SYSTEMD_S 10		/* more, for systemd itself */

/* What of a unit holds for the command as well; the rest is of fridged's own start and end. */
static const char *const KEYS[] = {
	"User=", "Group=", "UMask=", "StateDirectory", "CacheDirectory", "Protect", "Private",
	"ReadWritePaths=", "IPAddress", "Restrict", "Device", "LockPersonality=",
	"MemoryDenyWriteExecute=", "NoNewPrivileges=", "RemoveIPC=", "CapabilityBoundingSet=",
	"AmbientCapabilities=", "SystemCall",
};

struct trial {
	const char *what, *text;
	const char *line, *env;		/* what /bin/sh runs, and a "KEY=VALUE" for it or NULL */
	int seconds;
};

/* Run it to its end: 1, 0 it failed, which was said. */
static int
run(void *trial, struct err *e)
{
	const struct trial *t = trial;
	const char *const env[] = { t->env, NULL };
	struct command command = { .what = t->what, .limit_ms = t->seconds * 1000 };
	struct command_with with = { .input = t->text, .env = env };
	bool ok = false;

	if (command_start(&command, t->line, &with, clock_mono_ms(), e) == -1)
		return -1;
	while (command_reap(&command, &ok) == 0) {
		command_run(&command, clock_mono_ms());
		nanosleep(&(struct timespec){ .tv_nsec = LOOK_MS * 1000000L }, NULL);
	}
	return ok;
}

/* ---- as systemd will run it ---- */

static bool
holds(const char *setting)
{
	for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++)
		if (strncmp(setting, KEYS[i], strlen(KEYS[i])) == 0)
			return strchr(setting, '=') != NULL && strchr(setting, '\'') == NULL;
	return false;
}

/* Add " -p 'KEY=VALUE'". False: there is no room. */
static bool
add_setting(char line[static CALL_MAX], const char *setting)
{
	int key = (int)strcspn(setting, "=") + 1;
	/* Of several addresses systemd-run takes no names, such as localhost. */
	bool apart = strncmp(setting, "IPAddress", 9) == 0;
	const char *value = setting + key;

	for (;;) {
		size_t n = apart ? strcspn(value, " ") : strlen(value), at = strlen(line);
		if (snprintf(line + at, CALL_MAX - at, " -p '%.*s%.*s'", key, setting, (int)n, value) >=
		    (int)(CALL_MAX - at))
			return false;
		value += n;
		if (*value == '\0')
			return true;
		value++;
	}
}

/* All that holds of a unit's text. False: there is no room. */
static bool
add_settings(char line[static CALL_MAX], char *unit)
{
	char *rest = unit, *setting;

	while ((setting = strsep(&rest, "\n")) != NULL)
		if (holds(setting) && !add_setting(line, setting))
			return false;
	return true;
}

/* The line that lets systemd run $FRIDGE_TRY as the unit would. False: there is no systemd,
 * or no such unit with a user of its own. */
static bool
unit_line(const struct setup *s, const char *unit, int seconds, char line[static CALL_MAX])
{
	const char *const argv[] = { "systemctl", "--no-ask-password", "cat", "--no-pager", unit, NULL };
	char more[SETUP_DROP_IN];
	struct helped h = { .out = NULL };
	bool ok;

	if (s->private || access("/run/systemd/system", F_OK) == -1 ||
	    ctl_program(argv, SYSTEMD_S, &h, NULL) != 1)
		return false;
	snprintf(line, CALL_MAX, "exec systemd-run --quiet --pipe --wait --collect "
	    "--setenv=FRIDGE_TRY -p RuntimeMaxSec=%d", seconds);
	ok = add_settings(line, h.out) && strstr(line, " -p 'User=") != NULL;
	helped_free(&h);
	/* What it gets once there is an alert. */
	if (ok && strcmp(unit, SETUP_SERVICE) == 0 && setup_network_for_alert(s, more))
		ok = add_settings(line, more);
	size_t n = strlen(line);
	return ok && snprintf(line + n, CALL_MAX - n, " /bin/sh -c 'eval \"$FRIDGE_TRY\"'") <
	    (int)(CALL_MAX - n);
}

bool
setup_try(const struct setup *s, const char *unit, const struct setup_trial *trial)
{
	char line[CALL_MAX], env[CONFIG_TEXT + 16];
	struct trial t = {
		.what = trial->what, .text = trial->text, .line = trial->line,
		.seconds = trial->seconds,
	};
	struct err e;
	int rc;

	if (unit_line(s, unit, trial->seconds, line)) {
		snprintf(env, sizeof env, "FRIDGE_TRY=%s", trial->line);
		t.line = line;
		t.env = env;
		t.seconds += SYSTEMD_S;
		rc = run(&t, &e);
	} else {
		rc = user_run(s->next.store.path, run, &t, &e);
	}
	if (rc == -1)
		setup_say("  %s", e.what);
	return rc == 1;
}
