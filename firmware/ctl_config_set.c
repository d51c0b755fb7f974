/* ctl_config_set.c - fridgectl config set: one line of fridge.conf is another, and
 * everything else in it stays as somebody wrote it.
 *
 * The new file is made beside the old one, read as the programs read it, and only then
 * given its name; the old one stays as FILE.old.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl.h"

/* What is to be written, and where. */
struct edit {
	char section[64], key[64];
	const char *value;
	char text[200], allowed[200];	/* what the setting is for, what it may be */
	char path[PATH_MAX], made[PATH_MAX + 8], old[PATH_MAX + 8];
};

/* "[section]" as the parser sees it: -1 is no head, 1 ours, 0 another one. */
static int
head_of(const char *line, const char *section)
{
	size_t n = strlen(section);

	line += strspn(line, " \t");
	if (line[0] != '[')
		return -1;
	return strncmp(line + 1, section, n) == 0 && line[n + 1] == ']';
}

/* Whether the line sets that key; a comment does not. */
static bool
sets(const char *line, const char *key)
{
	size_t n = strlen(key);

	line += strspn(line, " \t");
	if (strncmp(line, key, n) != 0)
		return false;
	line += n + strspn(line + n, " \t");
	return *line == '=' || *line == ':';
}

static void
put_setting(FILE *to, const struct edit *c)
{
	fprintf(to, "%s =%s%s\n", c->key, c->value[0] != '\0' ? " " : "", c->value);
}

/* The line that is to be another one, or behind which it goes; both 0: nowhere. Lines
 * count from 1. */
struct place {
	int at, behind;
};

/* Comments and blanks below a section's last setting belong to what comes next. */
static struct place
find_place(FILE *from, const struct edit *c)
{
	struct place found = { 0, 0 };
	char *line = NULL;
	size_t room = 0;
	bool inside = false;

	for (int n = 1; from != NULL && found.at == 0 && getline(&line, &room, from) != -1; n++) {
		int head = head_of(line, c->section);
		const char *first = line + strspn(line, " \t\r\n");
		if (head != -1)
			inside = head == 1;
		if (inside && head == -1 && sets(line, c->key))
			found.at = n;
		else if (inside && *first != '\0' && *first != '#' && *first != ';')
			found.behind = n;
	}
	free(line);
	return found;
}

/* With what the setting is for, as config show has it. */
static void
put_section(FILE *to, const struct edit *c, bool is_first)
{
	fprintf(to, "%s[%s]\n# %s\n# %s\n", is_first ? "" : "\n", c->section, c->text, c->allowed);
	put_setting(to, c);
}

/* Copy from (NULL: nothing) to to with the setting in its place: on its own line, else
 * behind its section's last one, else in a section of its own at the end. */
static void
write_changed(FILE *from, FILE *to, const struct edit *c)
{
	struct place place = find_place(from, c);
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	int n = 1;

	if (from != NULL)
		rewind(from);
	for (; from != NULL && (len = getline(&line, &room, from)) != -1; n++) {
		if (n != place.at)
			fputs(line, to);
		if (n != place.at && line[len - 1] != '\n')
			fputc('\n', to);
		if (n == place.at || (place.at == 0 && n == place.behind))
			put_setting(to, c);
	}
	free(line);
	if (place.at == 0 && place.behind == 0)
		put_section(to, c, n == 1);
}

/* ---- files ---- */

static int
cannot(const struct edit *c, struct err *e)
{
	return err_set(e, ERR_SYSTEM, "sudo fridgectl config set ...", "cannot write %s: %s",
	    c->path, strerror(errno));
}

static int
name_files(struct ctl *ctl, struct edit *c, struct err *e)
{
	const char *path = ctl->config_file;
	char real[PATH_MAX];

	if (path == NULL)
		path = getenv("FRIDGE_CONFIG");
	if (path == NULL || path[0] == '\0')
		path = CONFIG_DEFAULT_FILE;
	/* A link stays one: what it leads to is changed. */
	if (realpath(path, real) != NULL)
		path = real;
	if (snprintf(c->path, sizeof c->path, "%s", path) >= (int)sizeof c->path)
		return err_set(e, ERR_USAGE, NULL, "the configuration file's name is too long");
	snprintf(c->made, sizeof c->made, "%s.new", c->path);
	snprintf(c->old, sizeof c->old, "%s.old", c->path);
	return 0;
}

/* With the owner and the mode of the one it replaces. */
static int
make_new(const struct edit *c, FILE *from, struct err *e)
{
	struct stat st = { .st_mode = 0644 };

	unlink(c->made);
	int fd = open(c->made, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *to = fd == -1 ? NULL : fdopen(fd, "w");
	if (to == NULL)
		return cannot(c, e);
	if (from != NULL && fstat(fileno(from), &st) == -1)
		goto failed;
	if (fchmod(fd, st.st_mode & 0777) == -1 ||
	    (from != NULL && geteuid() == 0 && fchown(fd, st.st_uid, st.st_gid) == -1))
		goto failed;
	write_changed(from, to, c);
	if (fflush(to) != 0 || ferror(to) || fsync(fd) == -1)
		goto failed;
	fclose(to);
	return 0;
failed:
	cannot(c, e);
	fclose(to);
	return -1;
}

/* As the programs will read it. The names in messages are those of the file itself. */
static int
check_new(const struct edit *c, struct err *e)
{
	struct config config;

	if (config_load(c->made, &config, NULL, e) == -1 ||
	    day_zone(config.fridge.timezone, e) == -1) {
		char *beside = strstr(e->what, ".new:");
		if (beside != NULL)
			memmove(beside, beside + 4, strlen(beside + 4) + 1);
		e->kind = ERR_USAGE;
		return -1;
	}
	return 0;
}

static int
give_name(const struct edit *c, struct err *e)
{
	unlink(c->old);
	if (link(c->path, c->old) == -1 && errno != ENOENT)
		return cannot(c, e);
	return rename(c->made, c->path) == -1 ? cannot(c, e) : 0;
}

static int
take_arguments(struct ctl *ctl, struct edit *c, struct err *e)
{
	const char *name = ctl->arg[0], *dot = strchr(name, '.');
	struct config defaults;
	char value[CONFIG_TEXT];
	struct setting set;

	c->value = ctl->arg[1];
	if (strpbrk(c->value, "\r\n") != NULL)
		return err_set(e, ERR_USAGE, NULL, "a value is one line");
	config_defaults(&defaults);
	for (int i = 0; dot != NULL && config_setting(&defaults, i, &set, value) == 1; i++) {
		size_t n = strlen(set.section);
		if (strncmp(set.section, name, n) != 0 || name[n] != '.' ||
		    strcmp(set.key, dot + 1) != 0)
			continue;
		snprintf(c->section, sizeof c->section, "%s", set.section);
		snprintf(c->key, sizeof c->key, "%s", set.key);
		snprintf(c->text, sizeof c->text, "%s", set.text);
		snprintf(c->allowed, sizeof c->allowed, "%s%s%s", set.allowed,
		    set.unit[0] != '\0' ? " " : "", set.unit);
		return 0;
	}
	return err_set(e, ERR_USAGE, "fridgectl config show", "there is no setting \"%s\"", name);
}

/* One at a time: two that read the same file would lose one change. Held until the
 * program ends. */
static int
lock_folder(const struct edit *c, struct err *e)
{
	const char *slash = strrchr(c->path, '/');
	char folder[PATH_MAX];

	snprintf(folder, sizeof folder, "%.*s", slash == NULL || slash == c->path ? 1 :
	    (int)(slash - c->path), slash == NULL ? "." : c->path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return cannot(c, e);
	return flock(fd, LOCK_EX) == -1 ? cannot(c, e) : 0;
}

int
cmd_config_set(struct ctl *ctl, struct err *e)
{
	struct edit c = { .value = "" };

	if (take_arguments(ctl, &c, e) == -1 || name_files(ctl, &c, e) == -1 ||
	    lock_folder(&c, e) == -1)
		return -1;
	FILE *from = fopen(c.path, "re");
	if (from == NULL && errno != ENOENT)
		return cannot(&c, e);
	int rc = make_new(&c, from, e);
	if (from != NULL)
		fclose(from);
	if (rc == 0)
		rc = check_new(&c, e);
	if (rc == 0)
		rc = give_name(&c, e);
	if (rc == -1) {
		unlink(c.made);
		return -1;
	}
	out_say(ctl->out, "%s.%s is \"%s\" now. For the service: sudo systemctl reload fridged",
	    c.section, c.key, c.value);
	out_object(ctl->out, NULL, NULL);
	out_text(ctl->out, "file", NULL, c.path);
	out_text(ctl->out, "setting", NULL, ctl->arg[0]);
	out_text(ctl->out, "value", NULL, c.value);
	out_end(ctl->out);
	return 0;
}
