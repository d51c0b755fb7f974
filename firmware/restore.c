/* restore.c - see restore.h
 *
 * The plan is a file of lines: "store PATH", "backup WORD", and for each step "STEP KIND",
 * then its paths, a line each. Each step may be done again: it is done once its fresh part
 * is gone, and that goes last.
 */
#include "restore.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk.h"
#include "store.h"
#include "user.h"

/* Nobody reads what is in it, but whoever opens the store sees whether there is a plan. */
#define FOLDER_MODE 0711
/* In it: what is done as the store's user. */
#define PARTS "parts"
#define PARTS_MODE 0700
#define NEW_PLAN STORE_PLAN ".new"
#define AS_FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static const char *const KINDS[] = {
	[RESTORE_STORE] = "store", [RESTORE_STORE_ASIDE] = "store-aside",
	[RESTORE_FILE] = "file", [RESTORE_FOLDER] = "folder",
};
#define KIND_COUNT (sizeof KINDS / sizeof *KINDS)

static int
failed(const char *what, const char *path, struct err *e)
{
	const char *todo = errno == ENOSPC || errno == EDQUOT ? "make room on that disk" :
	    errno == EACCES || errno == EPERM ? "sudo fridgectl restore FILE" : NULL;

	return err_set(e, ERR_SYSTEM, todo, "cannot %s %s: %s", what, path, strerror(errno));
}

#define TODO_SIZE sizeof ((struct err *)NULL)->todo

/* What to do about a folder that is in the way. It is not told of a name that a shell would
 * take for something else, or that would be cut: root is to type it. */
static const char *
delete_it(const char *folder, char out[static TODO_SIZE])
{
	static const char PLAIN[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-";

	if (folder[0] != '/' || folder[strspn(folder, PLAIN)] != '\0' ||
	    snprintf(out, TODO_SIZE, "sudo rm -r %s", folder) >= (int)TODO_SIZE)
		snprintf(out, TODO_SIZE, "delete it");
	return out;
}

static int
sync_folder_of(const char *path, struct err *e)
{
	return disk_sync_folder(path) == -1 ? failed("sync the folder of", path, e) : 0;
}

/* Delete all files of a folder; deeper: and the folders in it. Links lead nowhere. */
static void
empty_folder(int fd, bool deeper)
{
	DIR *dir = fdopendir(dup(fd));
	struct dirent *entry;

	if (dir == NULL)
		return;
	rewinddir(dir);		/* it may have been read before */
	while ((entry = readdir(dir)) != NULL) {
		const char *name = entry->d_name;
		if (unlinkat(fd, name, 0) == 0 || !deeper || strcmp(name, ".") == 0 ||
		    strcmp(name, "..") == 0)
			continue;
		int inner = openat(fd, name, AS_FOLDER);
		if (inner == -1)
			continue;
		empty_folder(inner, true);
		close(inner);
		unlinkat(fd, name, AT_REMOVEDIR);
	}
	closedir(dir);
}

static void
remove_folder(const char *path)
{
	int fd = open(path, AS_FOLDER);

	if (fd == -1)
		return;
	empty_folder(fd, false);
	close(fd);
	rmdir(path);
}

static void
remove_any(const char *path)
{
	if (unlink(path) == -1)
		remove_folder(path);
}

static bool
is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static int
folder_of_plan(const char *store, char out[static PATH_MAX], struct err *e)
{
	if (snprintf(out, PATH_MAX, "%s" STORE_RESTORING, store) >= PATH_MAX)
		return err_set(e, ERR_USAGE, NULL, "the path of the store is too long");
	return 0;
}

int
restore_inside(const struct restore_plan *p, const char *name, char out[static PATH_MAX],
    struct err *e)
{
	if (snprintf(out, PATH_MAX, "%s" STORE_RESTORING "/" PARTS "/%s", p->store, name) >= PATH_MAX)
		return err_set(e, ERR_USAGE, NULL, "the path of the store is too long");
	return 0;
}

/* Whether it belongs to whom we are: the store's folder is the service's, and what that
 * puts there is nothing for root to go by. */
static bool
is_ours(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (st.st_uid == 0 || st.st_uid == geteuid());
}

/* Open STORE.restoring, and be the only one in it: 1, 0 there is none. */
static int
open_folder(struct restore_plan *p, const char *store, struct err *e)
{
	char folder[PATH_MAX], todo[TODO_SIZE];

	*p = (struct restore_plan){ .folder = -1 };
	snprintf(p->store, sizeof p->store, "%s", store);
	if (folder_of_plan(store, folder, e) == -1)
		return -1;
	int fd = open(folder, AS_FOLDER);
	if (fd == -1 && (errno == ENOTDIR || errno == ELOOP))
		return err_set(e, ERR_REFUSED, delete_it(folder, todo),
		    "%s is in the way of a restore: it is no folder", folder);
	if (fd == -1)
		return errno == ENOENT ? 0 : failed("open", folder, e);
	int rc = 1;
	if (!is_ours(fd))
		rc = err_set(e, ERR_REFUSED, delete_it(folder, todo),
		    "the folder %s is of another user's restore that was cut off", folder);
	else if (flock(fd, LOCK_EX | LOCK_NB) == -1)
		rc = err_set(e, ERR_BUSY, "wait for its end", "another restore of %s runs", store);
	if (rc == 1)
		p->folder = fd;
	else
		close(fd);
	return rc;
}

static void
end(struct restore_plan *p)
{
	if (p->folder != -1)
		close(p->folder);
	p->folder = -1;
}

/* Away with STORE.restoring and all that is in it. */
static void
clear_away(struct restore_plan *p)
{
	char folder[PATH_MAX];

	empty_folder(p->folder, true);
	if (folder_of_plan(p->store, folder, NULL) == 0)
		rmdir(folder);
	end(p);
}

/* The folder of the store's parts, whose owner is that of the store's folder. */
static int
make_parts(struct restore_plan *p, const char *folder, struct err *e)
{
	char todo[TODO_SIZE];
	struct stat st;
	int home = disk_open_folder(p->store);
	bool ok = home != -1 && fstat(home, &st) == 0 &&
	    mkdirat(p->folder, PARTS, PARTS_MODE) == 0 && (geteuid() != 0 ||
	    fchownat(p->folder, PARTS, st.st_uid, st.st_gid, AT_SYMLINK_NOFOLLOW) == 0);

	if (!ok && errno == EEXIST)
		err_set(e, ERR_SYSTEM, delete_it(folder, todo), "the folder %s cannot be emptied", folder);
	else if (!ok)
		failed("make the folder " PARTS " for", p->store, e);
	if (home != -1)
		close(home);
	return ok ? 0 : -1;
}

int
restore_begin(struct restore_plan *p, const char *store, const char *backup, struct err *e)
{
	char folder[PATH_MAX];

	*p = (struct restore_plan){ .folder = -1 };
	if (folder_of_plan(store, folder, e) == -1)
		return -1;
	if (mkdir(folder, FOLDER_MODE) == -1 && errno != EEXIST)
		return errno != ENOENT ? failed("make the folder", folder, e) :
		    err_set(e, ERR_SYSTEM, "install fridge-label first: that makes it",
		    "the folder of the store %s is not there", store);
	int got = open_folder(p, store, e);
	if (got == 0)
		return err_set(e, ERR_BUSY, "run it again", "another program deleted %s", folder);
	if (got == -1)
		return -1;
	snprintf(p->backup, sizeof p->backup, "%s", backup);
	empty_folder(p->folder, true);
	if (fchmod(p->folder, FOLDER_MODE) == -1)
		return failed("make the folder", folder, e);
	return make_parts(p, folder, e);
}

/* "PLACE.before-restore-DAY", and a number where that is taken. */
static int
name_kept(struct restore_step *s, day_t day, struct err *e)
{
	char text[DAY_TEXT];

	for (int i = 1; i < 1000; i++) {
		int n = snprintf(s->kept, sizeof s->kept, i == 1 ? "%s.before-restore-%s" :
		    "%s.before-restore-%s.%d", s->place, day_text(day, text), i);
		if (n >= (int)sizeof s->kept)
			return err_set(e, ERR_USAGE, NULL, "the path %.200s... is too long", s->place);
		if (!is_there(s->kept))
			return 0;
	}
	return err_set(e, ERR_REFUSED, "delete some of them", "there are too many copies of %s",
	    s->place);
}

/* Whoever goes on with the plan may stand in another folder. */
static int
absolute(const char *path, char out[static PATH_MAX], struct err *e)
{
	char here[PATH_MAX] = "";

	if (path[0] != '/' && getcwd(here, sizeof here) == NULL)
		return failed("find", path, e);
	if (snprintf(out, PATH_MAX, "%s%s%s", here, here[0] != '\0' ? "/" : "", path) >= PATH_MAX)
		return err_set(e, ERR_USAGE, NULL, "the path %.200s... is too long", path);
	return 0;
}

struct restore_step *
restore_add(struct restore_plan *p, enum restore_kind kind, const char *fresh,
    const char *place, day_t day, struct err *e)
{
	struct restore_step *s = &p->step[p->steps];
	char whole[PATH_MAX];

	*s = (struct restore_step){ .kind = kind };
	if (absolute(place, whole, e) == -1)
		return NULL;
	snprintf(s->place, sizeof s->place, "%s", whole);
	if (snprintf(s->fresh, sizeof s->fresh, fresh != NULL ? "%s" : "%s" RESTORE_FRESH,
	    fresh != NULL ? fresh : whole) >= (int)sizeof s->fresh) {
		err_set(e, ERR_USAGE, NULL, "the path %.200s... is too long", place);
		return NULL;
	}
	if (fresh == NULL)
		remove_any(s->fresh);
	if (is_there(place) && name_kept(s, day, e) == -1)
		return NULL;
	p->steps++;
	return s;
}

void
restore_drop(struct restore_plan *p, struct restore_step *s)
{
	size_t at = (size_t)(s - p->step);

	remove_any(s->fresh);
	p->steps--;
	memmove(s, s + 1, (p->steps - at) * sizeof *s);
}

/* ---- the plan as a file ---- */

static int
write_plan(const struct restore_plan *p, struct err *e)
{
	/* EXCL: of nobody else's making */
	int fd = openat(p->folder, NEW_PLAN, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    0600);
	FILE *to = fd != -1 ? fdopen(fd, "w") : NULL;

	if (to == NULL) {
		failed("write the plan for", p->store, e);
		if (fd != -1)
			close(fd);
		return -1;
	}
	fprintf(to, "store %s\nbackup %s\n", p->store, p->backup);
	for (size_t i = 0; i < p->steps; i++)
		fprintf(to, "STEP %s\n%s\n%s\n%s\n%s\n", KINDS[p->step[i].kind], p->step[i].fresh,
		    p->step[i].place, p->step[i].kept, p->step[i].old);
	bool ok = fflush(to) == 0 && fsync(fd) == 0;
	ok = fclose(to) == 0 && ok;
	if (!ok || renameat(p->folder, NEW_PLAN, p->folder, STORE_PLAN) == -1 ||
	    fsync(p->folder) == -1)
		return failed("write the plan for", p->store, e);
	return 0;
}

static bool
read_line(FILE *from, const char *prefix, char *out, size_t size)
{
	char *line = NULL;
	size_t room = 0, n = strlen(prefix);
	bool ok = getline(&line, &room, from) != -1 && strncmp(line, prefix, n) == 0;

	if (ok) {
		line[strcspn(line, "\n")] = '\0';
		ok = snprintf(out, size, "%s", line + n) < (int)size;
	}
	free(line);
	return ok;
}

static bool
read_step(FILE *from, struct restore_step *s)
{
	char kind[16];

	if (!read_line(from, "STEP ", kind, sizeof kind) ||
	    !read_line(from, "", s->fresh, sizeof s->fresh) ||
	    !read_line(from, "", s->place, sizeof s->place) ||
	    !read_line(from, "", s->kept, sizeof s->kept) ||
	    !read_line(from, "", s->old, sizeof s->old))
		return false;
	for (size_t i = 0; i < KIND_COUNT; i++) {
		if (strcmp(KINDS[i], kind) == 0) {
			s->kind = (enum restore_kind)i;
			return true;
		}
	}
	return false;
}

int
restore_pending(const char *store, struct restore_plan *p, struct err *e)
{
	char folder[PATH_MAX], todo[TODO_SIZE];
	int got = open_folder(p, store, e);

	if (got != 1)
		return got;
	int fd = openat(p->folder, STORE_PLAN, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	FILE *from = fd != -1 ? fdopen(fd, "r") : NULL;
	if (from == NULL) {
		got = errno == ENOENT ? 0 : failed("read the plan for", store, e);
		if (fd != -1)
			close(fd);
		end(p);
		return got;
	}
	bool ok = read_line(from, "store ", p->store, sizeof p->store) &&
	    read_line(from, "backup ", p->backup, sizeof p->backup);
	while (ok && p->steps < RESTORE_STEPS_MAX && read_step(from, &p->step[p->steps]))
		p->steps++;
	fclose(from);
	if (ok && p->steps > 0)
		return 1;
	end(p);
	if (folder_of_plan(store, folder, e) == -1)
		return -1;
	return err_set(e, ERR_SYSTEM, delete_it(folder, todo),
	    "the plan of a restore that was cut off is damaged: %s/" STORE_PLAN, folder);
}

/* ---- the steps ---- */

static int
replace_file(const struct restore_step *s, struct err *e)
{
	/* A second name keeps what is there, so that there is never nothing. */
	if (s->kept[0] != '\0' && !is_there(s->kept) && link(s->place, s->kept) == -1)
		return failed("keep", s->place, e);
	if (rename(s->fresh, s->place) == -1)
		return failed("replace", s->place, e);
	return sync_folder_of(s->place, e);
}

static int
replace_folder(const struct restore_step *s, struct err *e)
{
	if (s->kept[0] != '\0' && !is_there(s->kept) && rename(s->place, s->kept) == -1)
		return failed("keep", s->place, e);
	if (rename(s->fresh, s->place) == -1)
		return failed("replace", s->place, e);
	return sync_folder_of(s->place, e);
}

/* As the store's user. The copy of a sound store gets its name beside it; a damaged one is
 * moved there, and back if nothing can take its place. */
static int
replace_store(void *step, struct err *e)
{
	const struct restore_step *s = step;
	bool aside = s->kind == RESTORE_STORE_ASIDE;

	if (s->kept[0] != '\0' && !is_there(s->kept)) {
		if (aside && store_set_aside(s->place, s->kept, e) == -1)
			return -1;
		if (!aside && rename(s->old, s->kept) == -1)
			return failed("keep", s->place, e);
	}
	int rc = store_replace(s->place, s->fresh, e);
	if (rc == -1 && aside)
		store_set_aside(s->kept, s->place, NULL);
	if (rc == -1 && !aside && s->kept[0] != '\0')
		rename(s->kept, s->old);	/* not away: the store may be the new one already */
	/* One that was put in as a file is gone by that. */
	if (rc == 0 && is_there(s->fresh) && unlink(s->fresh) == -1)
		rc = failed("delete", s->fresh, e);
	return rc;
}

static bool
is_of_store(const struct restore_step *s)
{
	return s->kind == RESTORE_STORE || s->kind == RESTORE_STORE_ASIDE;
}

/* Whether its fresh part is there; else it was done, before we were cut off. */
static bool
is_to_do(const struct restore_plan *p, const struct restore_step *s)
{
	char part[PATH_MAX];
	struct stat st;

	if (!is_of_store(s))
		return is_there(s->fresh);
	snprintf(part, sizeof part, PARTS "%s", strrchr(s->fresh, '/'));
	return fstatat(p->folder, part, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* USER_KILLED: it may be done, or half done. */
static int
do_step(const struct restore_plan *p, struct restore_step *s, struct err *e)
{
	if (!is_to_do(p, s))
		return 0;
	switch (s->kind) {
	case RESTORE_STORE_ASIDE:
	case RESTORE_STORE:
		return user_run(s->place, replace_store, s, e);
	case RESTORE_FILE:
		return replace_file(s, e);
	default:
		return replace_folder(s, e);
	}
}

int
restore_resume(struct restore_plan *p, struct err *e)
{
	for (size_t i = 0; i < p->steps; i++)
		if (do_step(p, &p->step[i], e) < 0)
			return -1;
	/* From here on the store is open to all again. */
	if (unlinkat(p->folder, STORE_PLAN, 0) == -1 || fsync(p->folder) == -1)
		return failed("delete the plan for", p->store, e);
	clear_away(p);
	return 0;
}

static int
sync_fresh(const struct restore_plan *p, const struct restore_step *s, struct err *e)
{
	char inside[PATH_MAX + 2];

	if (is_of_store(s)) {
		int fd = openat(p->folder, PARTS, AS_FOLDER);
		int rc = fd != -1 && fsync(fd) == 0 && fsync(p->folder) == 0 ? 0 :
		    failed("sync the folder of", s->fresh, e);
		if (fd != -1)
			close(fd);
		return rc;
	}
	snprintf(inside, sizeof inside, "%s/.", s->fresh);
	if (s->kind == RESTORE_FOLDER && sync_folder_of(inside, e) == -1)
		return -1;
	return sync_folder_of(s->fresh, e);
}

int
restore_carry_out(struct restore_plan *p, bool *undone, struct err *e)
{
	bool whole = true;

	/* A fresh part that is not there counts as done, and a plan that is not there as none:
	 * their names must be on the disk first. */
	int rc = sync_folder_of(p->store, e);
	for (size_t i = 0; i < p->steps && rc == 0; i++)
		rc = sync_fresh(p, &p->step[i], e);
	if (rc == 0)
		rc = write_plan(p, e);
	/* The one step that needs room and may fail for other reasons comes first: as long
	 * as it is not done, nothing is. */
	if (rc == 0 && p->steps > 0)
		rc = do_step(p, &p->step[0], e);
	if (rc == -1) {
		restore_give_up(p);
	} else if (rc == USER_KILLED || restore_resume(p, e) == -1) {
		rc = -1;
		whole = false;
		end(p);		/* the plan is for the next try */
	}
	if (undone != NULL)
		*undone = whole;
	return rc;
}

void
restore_give_up(struct restore_plan *p)
{
	if (p->folder == -1)	/* another one's, or ended */
		return;
	/* First of all: without it nobody goes on. */
	unlinkat(p->folder, STORE_PLAN, 0);
	for (size_t i = 0; i < p->steps; i++)
		if (!is_of_store(&p->step[i]))
			remove_any(p->step[i].fresh);
	clear_away(p);
}
