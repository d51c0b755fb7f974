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

/* Nobody reads what is in it, but whoever opens the store sees whether there is a plan. */
#define FOLDER_MODE 0711

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

static int
sync_folder_of(const char *path, struct err *e)
{
	return disk_sync_folder(path) == -1 ? failed("sync the folder of", path, e) : 0;
}

/* Delete all files of a folder, which has no folders in it. */
static void
empty_folder(int fd)
{
	DIR *dir = fdopendir(dup(fd));
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		unlinkat(fd, entry->d_name, 0);
	if (dir != NULL)
		closedir(dir);
}

static void
remove_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd == -1)
		return;
	empty_folder(fd);
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
	if (snprintf(out, PATH_MAX, "%s" STORE_RESTORING "/%s", p->store, name) >= PATH_MAX)
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

int
restore_begin(struct restore_plan *p, const char *store, const char *backup, struct err *e)
{
	char folder[PATH_MAX];

	*p = (struct restore_plan){ .lock = -1 };
	snprintf(p->store, sizeof p->store, "%s", store);
	snprintf(p->backup, sizeof p->backup, "%s", backup);
	if (folder_of_plan(store, folder, e) == -1)
		return -1;
	if (mkdir(folder, FOLDER_MODE) == -1 && errno != EEXIST)
		return errno != ENOENT ? failed("make the folder", folder, e) :
		    err_set(e, ERR_SYSTEM, "install fridge-label first: that makes it",
		    "the folder of the store %s is not there", store);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return failed("open", folder, e);
	if (!is_ours(fd)) {
		close(fd);
		return err_set(e, ERR_REFUSED, "delete it",
		    "the folder %s is of another user's restore", folder);
	}
	if (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		close(fd);
		return err_set(e, ERR_BUSY, "wait for its end", "another restore of %s runs", store);
	}
	p->lock = fd;
	empty_folder(fd);
	return fchmod(fd, FOLDER_MODE) == -1 ? failed("make the folder", folder, e) : 0;
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
	if (snprintf(s->fresh, sizeof s->fresh, fresh != NULL ? "%s" : "%s.restored",
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
	char path[PATH_MAX], made[PATH_MAX];

	if (restore_inside(p, STORE_PLAN, path, e) == -1 ||
	    restore_inside(p, STORE_PLAN ".new", made, e) == -1)
		return -1;
	FILE *to = fopen(made, "wxe");	/* x: of nobody else's making */
	if (to == NULL)
		return failed("write", made, e);
	fprintf(to, "store %s\nbackup %s\n", p->store, p->backup);
	for (size_t i = 0; i < p->steps; i++)
		fprintf(to, "STEP %s\n%s\n%s\n%s\n%s\n", KINDS[p->step[i].kind], p->step[i].fresh,
		    p->step[i].place, p->step[i].kept, p->step[i].old);
	bool ok = fflush(to) == 0 && fsync(fileno(to)) == 0;
	ok = fclose(to) == 0 && ok;
	if (!ok || rename(made, path) == -1)
		return failed("write", path, e);
	return sync_folder_of(path, e);
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
	char path[PATH_MAX];

	*p = (struct restore_plan){ .lock = -1 };
	snprintf(p->store, sizeof p->store, "%s", store);
	if (restore_inside(p, STORE_PLAN, path, e) == -1)
		return -1;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	FILE *from = fd != -1 && is_ours(fd) ? fdopen(fd, "r") : NULL;
	if (from == NULL && fd == -1)
		return errno == ENOENT || errno == ENOTDIR ? 0 : failed("read", path, e);
	if (from == NULL) {
		close(fd);
		return err_set(e, ERR_REFUSED, "restore as that user, or delete it",
		    "the plan %s is of another user's restore that was cut off", path);
	}
	bool ok = read_line(from, "store ", p->store, sizeof p->store) &&
	    read_line(from, "backup ", p->backup, sizeof p->backup);
	while (ok && p->steps < RESTORE_STEPS_MAX && read_step(from, &p->step[p->steps]))
		p->steps++;
	fclose(from);
	if (ok && p->steps > 0)
		return 1;
	return err_set(e, ERR_SYSTEM, NULL, "the plan of a restore that was cut off is damaged: %s",
	    path);
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

/* The copy of a sound store gets its name beside it; a damaged one is moved there, and
 * back if nothing can take its place. */
static int
replace_store(const struct restore_step *s, struct err *e)
{
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

static int
do_step(const struct restore_step *s, struct err *e)
{
	if (!is_there(s->fresh))	/* done, before we were cut off */
		return 0;
	switch (s->kind) {
	case RESTORE_STORE_ASIDE:
	case RESTORE_STORE:
		return replace_store(s, e);
	case RESTORE_FILE:
		return replace_file(s, e);
	default:
		return replace_folder(s, e);
	}
}

static void
end(struct restore_plan *p)
{
	if (p->lock != -1)
		close(p->lock);
	p->lock = -1;
}

int
restore_resume(struct restore_plan *p, struct err *e)
{
	char plan[PATH_MAX], folder[PATH_MAX];

	if (restore_inside(p, STORE_PLAN, plan, e) == -1 ||
	    folder_of_plan(p->store, folder, e) == -1)
		return -1;
	for (size_t i = 0; i < p->steps; i++)
		if (do_step(&p->step[i], e) == -1)
			return -1;
	/* From here on the store is open to all again. */
	if (unlink(plan) == -1)
		return failed("delete", plan, e);
	if (sync_folder_of(plan, e) == -1)
		return -1;
	remove_folder(folder);
	end(p);
	return 0;
}

static int
sync_fresh(const struct restore_step *s, struct err *e)
{
	char inside[PATH_MAX + 2];

	snprintf(inside, sizeof inside, "%s/.", s->fresh);
	if (s->kind == RESTORE_FOLDER && sync_folder_of(inside, e) == -1)
		return -1;
	return sync_folder_of(s->fresh, e);
}

int
restore_carry_out(struct restore_plan *p, bool *undone, struct err *e)
{
	char plan[PATH_MAX];
	bool whole = true;

	/* The one step that needs room and may fail for other reasons comes first: as long
	 * as it is not done, nothing is. */
	int rc = restore_inside(p, STORE_PLAN, plan, e);
	/* A fresh part that is not there counts as done, and a plan that is not there as none:
	 * their names must be on the disk first. */
	if (rc == 0)
		rc = sync_folder_of(p->store, e);
	for (size_t i = 0; i < p->steps && rc == 0; i++)
		rc = sync_fresh(&p->step[i], e);
	if (rc == 0)
		rc = write_plan(p, e);
	if (rc == 0 && p->steps > 0)
		rc = do_step(&p->step[0], e);
	if (rc == -1)
		restore_give_up(p);
	else if ((rc = restore_resume(p, e)) == -1)
		whole = false;
	if (undone != NULL)
		*undone = whole;
	return rc;
}

void
restore_give_up(struct restore_plan *p)
{
	char path[PATH_MAX];

	if (p->lock == -1)	/* another one's */
		return;
	if (restore_inside(p, STORE_PLAN, path, NULL) == 0)
		unlink(path);
	for (size_t i = 0; i < p->steps; i++)
		remove_any(p->step[i].fresh);
	if (folder_of_plan(p->store, path, NULL) == 0)
		remove_folder(path);
	end(p);
}
