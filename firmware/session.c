/* session.c - see session.h */
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user.h"

void
session_folder(const struct session *s, char out[static CONFIG_TEXT])
{
	const char *store = s->config.store.path;
	const char *slash = strrchr(store, '/');
	size_t n = slash == store ? 1 : slash != NULL ? (size_t)(slash - store) : 0;

	snprintf(out, CONFIG_TEXT, "%.*s", n > 0 ? (int)n : 1, n > 0 ? store : ".");
}

void
session_stdio(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1)
			open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int
session_begin(struct session *s, const char *file, struct err *e)
{
	*s = (struct session){ .today = DAY_NONE };
	if (config_load(file, &s->config, NULL, e) == -1)
		return -1;
	if (day_zone(s->config.fridge.timezone, e) == -1)
		return -1;
	s->now = time(NULL);
	s->today = day_at(s->now);
	return 0;
}

static int
of_another_user(const char *what, const char *path, struct err *e)
{
	char todo[80];

	snprintf(todo, sizeof todo, "sudo %s", program_invocation_short_name);
	return err_set(e, ERR_REFUSED, todo, "%s %s belongs to another user", what, path);
}

int
session_key(struct session *s, struct err *e)
{
	const char *path = s->config.store.key_file;

	/* The service manager may have handed us the key in the place of the file. */
	if (badge_key_load(path, &s->key, e) == 0)
		return 0;
	if (access(path, R_OK) == -1) {
		if (errno == ENOENT)
			return err_set(e, ERR_REFUSED, "sudo fridgectl key create",
			    "there is no badge key %s", path);
		if (errno == EACCES && geteuid() != 0)
			return of_another_user("the badge key", path, e);
	}
	return -1;
}

int
session_become(struct session *s, struct err *e)
{
	const char *store = s->config.store.path;
	char folder[CONFIG_TEXT];
	struct stat st;

	session_folder(s, folder);
	if (stat(folder, &st) == -1) {
		if (errno == EACCES && geteuid() != 0)
			return of_another_user("the store", store, e);
		return err_set(e, ERR_SYSTEM, errno == ENOENT
		    ? "create it for the user that fridged runs as, or set [store] path" : NULL,
		    "the store's folder %s: %s", folder, strerror(errno));
	}
	if (geteuid() == 0)
		return st.st_uid == 0 ? 0 : user_become(&st, e);
	/* Rights, not names, decide for anyone else. Other errors (a read-only file
	 * system) are the store's to tell. */
	if ((access(folder, W_OK | X_OK) == -1 && errno == EACCES) ||
	    (access(store, R_OK | W_OK) == -1 && errno == EACCES))
		return of_another_user("the store", store, e);
	return 0;
}

bool
session_has_store(const struct session *s)
{
	return access(s->config.store.path, F_OK) == 0;
}

int
session_store(struct session *s, struct err *e)
{
	return store_open(s->config.store.path, STORE_TOOL, &s->store, e);
}

bool
session_clock_confirmed(struct session *s)
{
	char boot[BOOT_ID_SIZE];
	struct err ignored;

	clock_boot_id(boot);
	return s->store != NULL && store_clock_confirmed(s->store, boot, &ignored) == 1;
}

const char *
session_clock_doubt(struct session *s)
{
	struct clock_evidence ev = { .newest = 0 };
	struct err ignored;
	int64_t newest = 0;

	clock_look("", &ev);
	if (s->store != NULL && store_newest(s->store, &newest, &ignored) == 0)
		ev.newest = (time_t)newest;
	ev.confirmed = session_clock_confirmed(s);
	return clock_doubt(s->config.fridge.clock, &ev);
}

void
session_end(struct session *s)
{
	if (s->store != NULL)
		store_close(s->store);
	badge_key_free(s->key);
	s->store = NULL;
	s->key = NULL;
}
