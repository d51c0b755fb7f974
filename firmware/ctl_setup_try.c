/* ctl_setup_try.c - a command of the configuration, tried by setup as it will be run: by the
 * same user, and where systemd runs its unit, behind the shields of that.
 */
#include <stdio.h>
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
	"UMask=", "Environment", "KillMode=", "Protect", "Private", "ReadWritePaths=", "IPAddress",
	"Restrict", "Device", "LockPersonality=", "MemoryDenyWriteExecute=", "NoNewPrivileges=",
	"RemoveIPC=", "CapabilityBoundingSet=", "AmbientCapabilities=", "SystemCall",
};
/* What makes it another's: one that starts as root would get the folders of the service. */
static const char *const USER_KEYS[] = {
	"User=", "Group=", "SupplementaryGroups=", "StateDirectory", "CacheDirectory",
};
#define COUNT(a) (sizeof(a) / sizeof *(a))

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
is_among(const char *setting, const char *const *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strncmp(setting, keys[i], strlen(keys[i])) == 0)
			return true;
	return false;
}

/* One that goes on in the next line, or names something by "%", is not carried over. */
static bool
holds(const char *setting, bool as_root)
{
	return (is_among(setting, KEYS, COUNT(KEYS)) ||
	    (!as_root && is_among(setting, USER_KEYS, COUNT(USER_KEYS)))) &&
	    strchr(setting, '=') != NULL && strpbrk(setting, "'%\\") == NULL;
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
add_settings(char line[static CALL_MAX], char *unit, bool as_root)
{
	char *rest = unit, *setting;

	while ((setting = strsep(&rest, "\n")) != NULL)
		if (holds(setting, as_root) && !add_setting(line, setting))
			return false;
	return true;
}

/* The end of it: $FRIDGE_TRY, by the user that the unit has, or will become. */
static bool
add_command(char line[static CALL_MAX], const char *user, bool as_root)
{
	size_t n = strlen(line);
	char *at = line + n;

	if (as_root)
		n += (size_t)snprintf(at, CALL_MAX - n, " /bin/sh -c 'exec setpriv --reuid=%s --regid=%s "
		    "--init-groups --reset-env env PATH=\"$PATH\" /bin/sh -c \"$FRIDGE_TRY\"'", user, user);
	else
		n += (size_t)snprintf(at, CALL_MAX - n, " /bin/sh -c 'eval \"$FRIDGE_TRY\"'");
	return n < CALL_MAX;
}

/* The line that lets systemd run $FRIDGE_TRY as the unit would. False: there is no systemd,
 * or no such unit with a user of its own. */
static bool
unit_line(const struct setup *s, const char *unit, int seconds, char line[static CALL_MAX])
{
	const char *const argv[] = { "systemctl", "--no-ask-password", "cat", "--no-pager", unit, NULL };
	char more[SETUP_DROP_IN];
	struct helped h = { .out = NULL };
	char user[64] = "";
	bool ok;

	if (s->private || access("/run/systemd/system", F_OK) == -1 ||
	    ctl_program(argv, SYSTEMD_S, &h, NULL) != 1 || h.out == NULL)
		return false;
	/* The last one holds. */
	for (const char *at = h.out; (at = strstr(at, "\nUser=")) != NULL; at++)
		sscanf(at, "\nUser=%63[A-Za-z0-9_-]", user);
	/* Such a unit becomes its user by itself. */
	bool as_root = strstr(h.out, "\nExecStart=!") != NULL;
	snprintf(line, CALL_MAX, "exec systemd-run --quiet --pipe --wait --collect "
	    "--setenv=FRIDGE_TRY -p RuntimeMaxSec=%d", seconds);
	ok = user[0] != '\0' && add_settings(line, h.out, as_root);
	helped_free(&h);
	/* What it gets once there is an alert. */
	if (ok && strcmp(unit, SETUP_SERVICE) == 0 && setup_network_for_alert(s, more))
		ok = add_settings(line, more, as_root);
	return ok && add_command(line, user, as_root);
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
