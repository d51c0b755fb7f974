/* ctl_restore_stage.c - the parts of a backup, written beside the places they will take. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl_restore.h"
#include "disk.h"
#include "user.h"

#define REASON "it waited when the backup was made that was restored"
#define CONFIG_MODE 0644
#define KEY_MODE 0600
#define FOLDER_MODE 0755

static int
cannot(const char *path, struct err *e)
{
	return err_set(e, ERR_SYSTEM, errno == EACCES || errno == EPERM ? "sudo fridgectl restore FILE" :
	    errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? "make room on that disk" : NULL,
	    "cannot write %s: %s", path, strerror(errno));
}

/* The folders that lead to a path. */
static int
make_parents(const char *path, struct err *e)
{
	char part[PATH_MAX];

	snprintf(part, sizeof part, "%s", path);
	for (char *slash = strchr(part + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(part, FOLDER_MODE) == -1 && errno != EEXIST)
			return cannot(part, e);
		*slash = '/';
	}
	return 0;
}

/* As what is there has it; what is new is ours, root's in an installation. */
static int
settle(int fd, const char *place, mode_t mode)
{
	struct stat st;

	if (fchmod(fd, mode) == -1)
		return -1;
	return geteuid() == 0 && stat(place, &st) == 0 ? fchown(fd, st.st_uid, st.st_gid) : 0;
}

static bool
same_bytes(const char *path, const void *bytes, size_t n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *have = malloc(n + 1);
	bool same = fd != -1 && have != NULL && read(fd, have, n + 1) == (ssize_t)n &&
	    memcmp(have, bytes, n) == 0;

	free(have);
	if (fd != -1)
		close(fd);
	return same;
}

/* A small file that is in memory. */
static int
stage_bytes(struct restoring *r, const char *place, const void *bytes, size_t n, mode_t mode,
    struct err *e)
{
	struct restore_step *s;

	if (same_bytes(place, bytes, n))
		return 0;
	if (make_parents(place, e) == -1 ||
	    (s = restore_add(&r->plan, RESTORE_FILE, NULL, place, r->today, e)) == NULL)
		return -1;
	int fd = open(s->fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, KEY_MODE);
	if (fd == -1)
		return cannot(s->fresh, e);
	bool ok = disk_write(fd, bytes, n) == 0 && settle(fd, place, mode) == 0 && fsync(fd) == 0;
	if (!ok)
		cannot(s->fresh, e);
	close(fd);
	return ok ? 0 : -1;
}

/* ---- what is read once more ---- */

/* The folders of templates, as far as they are in the backup. */
struct folder {
	const char *prefix, *place;
	size_t files;
	struct restore_step *step;
};

static int
stage_folder(struct restoring *r, struct folder *f, struct err *e)
{
	if (f->files == 0 || f->place[0] == '\0')
		return 0;
	if (make_parents(f->place, e) == -1 ||
	    (f->step = restore_add(&r->plan, RESTORE_FOLDER, NULL, f->place, r->today, e)) == NULL)
		return -1;
	return mkdir(f->step->fresh, FOLDER_MODE) == -1 ? cannot(f->step->fresh, e) : 0;
}

static int
take_file(struct backup_reader *b, const char *path, const char *place, mode_t mode,
    struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, KEY_MODE);

	if (fd == -1)
		return cannot(path, e);
	int rc = backup_take_file(b, fd, e);
	if (rc == 0 && (settle(fd, place, mode) == -1 || fsync(fd) == -1))
		rc = cannot(path, e);
	close(fd);
	return rc;
}

static int
take_template(struct backup_reader *b, const struct backup_member *m, const struct folder *f,
    struct err *e)
{
	const char *name = m->name + strlen(f->prefix);
	char path[PATH_MAX], place[PATH_MAX];

	if (f->step == NULL)
		return 0;
	/* Nothing out of a backup is written anywhere but where it belongs. */
	if (name[0] == '\0' || strchr(name, '/') != NULL || strcmp(name, ".") == 0 ||
	    strcmp(name, "..") == 0)
		return err_set(e, ERR_REFUSED, NULL, "the backup has a template with a bad name");
	if (snprintf(path, sizeof path, "%s/%s", f->step->fresh, name) >= (int)sizeof path ||
	    snprintf(place, sizeof place, "%s/%s", f->place, name) >= (int)sizeof place)
		return err_set(e, ERR_USAGE, NULL, "the path of the templates is too long");
	return take_file(b, path, place, CONFIG_MODE, e);
}

/* What is not in memory: the store, into that file (NULL: not now), and the templates. */
static int
take_all(struct restoring *r, const char *store, struct folder *folders, size_t n,
    struct err *e)
{
	struct backup_reader *b = NULL;
	struct backup_member m;
	int got = -1;

	if (lseek(r->fd, 0, SEEK_SET) == -1)
		return err_set(e, ERR_SYSTEM, NULL, "the backup cannot be read: %s", strerror(errno));
	if (backup_open(r->fd, &r->code, &b, e) == 0)
		while ((got = backup_next(b, &m, e)) == 1) {
			int rc = store != NULL && strcmp(m.name, BACKUP_STORE) == 0
			    ? take_file(b, store, store, KEY_MODE, e) : 0;
			for (size_t i = 0; i < n && rc == 0; i++)
				if (strncmp(m.name, folders[i].prefix, strlen(folders[i].prefix)) == 0)
					rc = take_template(b, &m, &folders[i], e);
			if (rc == -1) {
				got = -1;
				break;
			}
		}
	backup_reader_free(b);
	return got;
}

/* How many things are in a folder; -1: it cannot be read. */
static int
count_in(const char *folder)
{
	struct dirent **list;
	int n = scandir(folder, &list, NULL, NULL);

	for (int i = 0; i < n; i++)
		free(list[i]);
	if (n >= 0)
		free(list);
	return n;
}

static bool
same_file(int a, int b, const char *name)
{
	char left[4096], right[sizeof left];
	int x = openat(a, name, O_RDONLY | O_CLOEXEC), y = openat(b, name, O_RDONLY | O_CLOEXEC);
	ssize_t n = x != -1 && y != -1 ? 1 : -1;

	while (n > 0) {
		n = read(x, left, sizeof left);
		if (n == -1 || read(y, right, sizeof right) != n || memcmp(left, right, (size_t)n) != 0)
			n = -1;
	}
	if (x != -1)
		close(x);
	if (y != -1)
		close(y);
	return n == 0;
}

/* Templates that are the same already need no step. */
static bool
same_folder(const char *fresh, const char *place)
{
	int a = open(fresh, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int b = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = opendir(fresh);
	bool same = a != -1 && b != -1 && dir != NULL && count_in(fresh) == count_in(place);
	struct dirent *entry;

	while (same && (entry = readdir(dir)) != NULL)
		if (entry->d_type == DT_REG || entry->d_name[0] != '.')
			same = same_file(a, b, entry->d_name);
	if (dir != NULL)
		closedir(dir);
	if (a != -1)
		close(a);
	if (b != -1)
		close(b);
	return same;
}

/* ---- all of it ---- */

/* As the store's user. */
static int
stage_store(void *restoring, struct err *e)
{
	struct restoring *r = restoring;
	const char *fresh = r->plan.step[0].fresh;

	if (take_all(r, fresh, NULL, 0, e) == -1)
		return -1;
	if (store_check(fresh, e) == -1) {
		err_within(e, "the store in the backup");
		return -1;
	}
	return store_renew(fresh, r->today, REASON, e);
}

int
restoring_stage(struct restoring *r, struct err *e)
{
	struct folder folders[] = {
		{ BACKUP_TEMPLATES, TEMPLATES_FOLDER, r->templates, NULL },
		{ BACKUP_OWN, r->config.label.templates, r->own, NULL },
	};
	size_t count = sizeof folders / sizeof *folders;
	char fresh[PATH_MAX];

	/* The store's step is the first of the plan. */
	if (restore_begin(&r->plan, r->config.store.path, r->id, e) == -1 ||
	    restore_inside(&r->plan, "store", fresh, e) == -1 ||
	    restore_add(&r->plan, RESTORE_STORE, fresh, r->plan.store, r->today, e) == NULL ||
	    restore_inside(&r->plan, "old", r->plan.step[0].old, e) == -1)
		return -1;
	if (stage_bytes(r, r->config.store.key_file, r->key, sizeof r->key, KEY_MODE, e) == -1)
		return -1;
	if (!r->keep_config && r->config_text != NULL && stage_bytes(r, r->config_place,
	    r->config_text, r->config_size, CONFIG_MODE, e) == -1)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (stage_folder(r, &folders[i], e) == -1)
			return -1;
	if (take_all(r, NULL, folders, count, e) == -1 ||
	    user_run(r->plan.store, stage_store, r, e) < 0)
		return -1;
	for (size_t i = count; i > 0; i--)
		if (folders[i - 1].step != NULL &&
		    same_folder(folders[i - 1].step->fresh, folders[i - 1].place))
			restore_drop(&r->plan, folders[i - 1].step);
	return 0;
}

/* As the store's user. */
static int
keep_store(void *step, struct err *e)
{
	const struct restore_step *s = step;

	return store_keep(s->place, s->old, e);
}

int
restoring_keep_store(struct restoring *r, struct err *e)
{
	struct restore_step *s = &r->plan.step[0];
	struct err damage;
	int got = user_run(s->place, keep_store, s, &damage);

	if (got < 0) {
		*e = damage;
		return -1;
	}
	if (got == 0)
		s->kept[0] = '\0';
	if (got == 2) {
		s->kind = RESTORE_STORE_ASIDE;
		snprintf(r->damage, sizeof r->damage, "%.299s", damage.what);
	}
	return 0;
}
