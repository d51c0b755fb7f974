/* ctl_change.c - fridge.conf is changed: some settings are others, and everything else in
 * it stays as somebody wrote it.
 *
 * The new file is made beside the old one, read as the programs read it, and only then
 * given its name; the old one stays beside it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl.h"

#define SAME_DAY_MAX 1000	/* old files of one day */

/* ---- the text ---- */

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

/* The default of a setting, as fridgectl setup puts it down: "#name = Fridge". A person's
 * own comment has a blank behind its sign. */
static bool
is_default_of(const char *line, const char *key)
{
	return line[0] == '#' && line[1] != ' ' && sets(line + 1, key);
}

static void
put_setting(FILE *to, const struct setting *s)
{
	fprintf(to, "%s =%s%s\n", s->key, s->value[0] != '\0' ? " " : "", s->value);
}

/* With what the setting is for, as config show has it. */
static void
put_comment(FILE *to, const struct setting *s)
{
	fprintf(to, "# %s\n# Allowed: %s%s%s\n", s->text, s->allowed, s->unit[0] != '\0' ? " " : "",
	    s->unit);
}

/* The line that is to be another one, or behind which it goes; all 0: nowhere. Lines count
 * from 1. */
struct place {
	int at, behind;
};

/* Comments and blanks below a section's last setting belong to what comes next. */
static struct place
find_place(FILE *from, const struct setting *s)
{
	struct place found = { 0, 0 };
	char *line = NULL;
	size_t room = 0;
	bool inside = false, certain = false;

	for (int n = 1; !certain && getline(&line, &room, from) != -1; n++) {
		int head = head_of(line, s->section);
		const char *first = line + strspn(line, " \t\r\n");
		if (head != -1)
			inside = head == 1;
		certain = inside && head == -1 && sets(line, s->key);
		bool fallback = inside && is_default_of(line, s->key);
		if (certain || (fallback && found.at == 0))
			found.at = n;
		if (inside && ((*first != '\0' && *first != '#' && *first != ';') || fallback))
			found.behind = n;
	}
	free(line);
	return found;
}

/* Copy with the setting in its place: on its own line, else behind its section's last one,
 * else in a section of its own at the end. */
static void
change_text(FILE *from, FILE *to, const struct setting *s)
{
	struct place place = find_place(from, s);
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	int n = 1;

	rewind(from);
	for (; (len = getline(&line, &room, from)) != -1; n++) {
		if (n != place.at)
			fputs(line, to);
		if (n != place.at && line[len - 1] != '\n')
			fputc('\n', to);
		if (n == place.at || (place.at == 0 && n == place.behind))
			put_setting(to, s);
	}
	free(line);
	if (place.at == 0 && place.behind == 0) {
		fprintf(to, "%s[%s]\n", n == 1 ? "" : "\n", s->section);
		put_comment(to, s);
		put_setting(to, s);
	}
}

/* A file in memory, to be written and then read; NULL: no memory. */
static FILE *
new_text(void)
{
	int fd = memfd_create("fridge.conf", MFD_CLOEXEC);
	FILE *f = fd == -1 ? NULL : fdopen(fd, "w+");

	if (f == NULL && fd != -1)
		close(fd);
	return f;
}

/* Every setting with what it is for, and none of them set. */
static void
put_defaults(FILE *to)
{
	struct config defaults;
	char value[CONFIG_TEXT];
	const char *section = "";
	struct setting s;

	config_defaults(&defaults);
	fputs("# fridge.conf - see fridge.conf(5). A setting behind a # has its default.\n", to);
	for (int i = 0; config_setting(&defaults, i, &s, value) == 1; i++) {
		if (strcmp(section, s.section) != 0)
			fprintf(to, "\n[%s]\n", s.section);
		section = s.section;
		put_comment(to, &s);
		fputc('#', to);
		put_setting(to, &s);
	}
}

/* The text with all changes, to be closed; NULL: no memory. from NULL: there is none. */
static FILE *
changed_text(FILE *from, const struct conf_change *list, size_t n, bool anew)
{
	struct config defaults;
	char value[CONFIG_TEXT];
	struct setting s;
	FILE *text = new_text();
	int c;

	if (text != NULL && anew)
		put_defaults(text);
	while (text != NULL && !anew && from != NULL && (c = getc(from)) != EOF)
		putc(c, text);
	config_defaults(&defaults);
	for (size_t i = 0; i < n && text != NULL; i++) {
		FILE *next = new_text();
		config_setting(&defaults, list[i].index, &s, value);
		s.value = list[i].value;
		rewind(text);
		if (next != NULL)
			change_text(text, next, &s);
		fclose(text);
		text = next;
	}
	if (text != NULL)
		rewind(text);
	return text;
}

/* ---- the files ---- */

static int
cannot(const char *path, struct err *e)
{
	char todo[80];

	snprintf(todo, sizeof todo, "sudo %s", program_invocation_short_name);
	return err_set(e, ERR_SYSTEM, errno == EACCES ? todo : NULL, "cannot write %s: %s", path,
	    strerror(errno));
}

/* One at a time: two that read the same file would lose one change. Held until conf_end. */
static int
lock_folder(struct conf *f, struct err *e)
{
	const char *slash = strrchr(f->path, '/');
	char folder[PATH_MAX];

	snprintf(folder, sizeof folder, "%.*s", slash == NULL || slash == f->path ? 1 :
	    (int)(slash - f->path), slash == NULL ? "." : f->path);
	f->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f->folder == -1 || flock(f->folder, LOCK_EX) == -1 ||
	    faccessat(f->folder, ".", W_OK, AT_EACCESS) == -1)
		return cannot(f->path, e);
	return 0;
}

/* The whole path of a file that may not be there yet. A link stays one: what it leads to is
 * changed. Returns how long it is. */
static int
whole_path(const char *file, char out[static PATH_MAX])
{
	char folder[PATH_MAX], real[PATH_MAX];
	const char *slash = strrchr(file, '/');

	if (realpath(file, real) != NULL)
		return snprintf(out, PATH_MAX, "%s", real);
	snprintf(folder, sizeof folder, "%.*s", slash == NULL ? 1 : (int)(slash - file) + 1,
	    slash == NULL ? "." : file);
	if (realpath(folder, real) == NULL)
		return snprintf(out, PATH_MAX, "%s", file);
	return snprintf(out, PATH_MAX, "%s/%s", strcmp(real, "/") == 0 ? "" : real,
	    slash == NULL ? file : slash + 1);
}

int
conf_begin(struct conf *f, const char *file, struct err *e)
{
	*f = (struct conf){ .folder = -1 };
	if (file == NULL)
		file = getenv("FRIDGE_CONFIG");
	if (file == NULL || file[0] == '\0')
		file = CONFIG_DEFAULT_FILE;
	if (strlen(file) >= PATH_MAX || whole_path(file, f->path) >= PATH_MAX)
		return err_set(e, ERR_USAGE, NULL, "the configuration file's name is too long");
	return lock_folder(f, e);
}

/* With the owner and the mode of the one it replaces (old -1: there is none). */
static int
put_file(const char *made, FILE *text, int old, struct err *e)
{
	struct stat st = { .st_mode = 0644 };
	int c;

	unlink(made);
	int fd = open(made, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *to = fd == -1 ? NULL : fdopen(fd, "w");
	if (to == NULL) {
		cannot(made, e);
		if (fd != -1)
			close(fd);
		return -1;
	}
	bool ok = (old == -1 || fstat(old, &st) == 0) && fchmod(fd, st.st_mode & 0777) == 0 &&
	    (old == -1 || geteuid() != 0 || fchown(fd, st.st_uid, st.st_gid) == 0);
	while (ok && (c = getc(text)) != EOF)
		putc(c, to);
	ok = ok && fflush(to) == 0 && !ferror(to) && fsync(fd) == 0;
	if (!ok)
		cannot(made, e);
	fclose(to);
	return ok ? 0 : -1;
}

/* As the programs will read it. The names in messages are those of the file itself. */
static int
check_new(const char *made, struct err *e)
{
	struct config config;

	if (config_load(made, &config, NULL, e) == -1 ||
	    day_zone(config.fridge.timezone, e) == -1) {
		char *beside = strstr(e->what, ".new:");
		if (beside != NULL)
			memmove(beside, beside + 4, strlen(beside + 4) + 1);
		e->kind = ERR_USAGE;
		return -1;
	}
	return 0;
}

/* FILE.old, which may go; or FILE.2026-11-29, FILE.2026-11-29.2 ..., and none is lost. */
static int
keep_old(struct conf *f, unsigned how, struct err *e)
{
	char today[DAY_TEXT];

	if ((how & CONF_KEEP_ALL) == 0) {
		snprintf(f->kept, sizeof f->kept, "%s.old", f->path);
		unlink(f->kept);
		return link(f->path, f->kept) == -1 ? cannot(f->kept, e) : 0;
	}
	day_text(day_at(time(NULL)), today);
	for (int i = 1; i <= SAME_DAY_MAX; i++) {
		int n = snprintf(f->kept, sizeof f->kept, "%s.%s", f->path, today);
		if (i > 1)
			snprintf(f->kept + n, sizeof f->kept - (size_t)n, ".%d", i);
		if (link(f->path, f->kept) == 0)
			return 0;
		if (errno != EEXIST)
			break;
	}
	return cannot(f->kept, e);
}

int
conf_write(struct conf *f, const struct conf_change *list, size_t n, unsigned how,
    struct err *e)
{
	char made[PATH_MAX + 8];
	FILE *from = fopen(f->path, "re"), *text = NULL;
	int rc = -1;

	f->kept[0] = '\0';
	snprintf(made, sizeof made, "%s.new", f->path);
	if (from == NULL && errno != ENOENT) {
		cannot(f->path, e);
		goto done;
	}
	text = changed_text(from, list, n, (how & CONF_ANEW) != 0);
	if (text == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto done;
	}
	if (put_file(made, text, from == NULL ? -1 : fileno(from), e) == -1 ||
	    check_new(made, e) == -1 || (from != NULL && keep_old(f, how, e) == -1))
		goto done;
	rc = rename(made, f->path) == -1 || fsync(f->folder) == -1 ? cannot(f->path, e) : 0;
done:
	if (rc == -1)
		unlink(made);
	if (text != NULL)
		fclose(text);
	if (from != NULL)
		fclose(from);
	return rc;
}

void
conf_end(struct conf *f)
{
	if (f->folder != -1)
		close(f->folder);
	f->folder = -1;
}
