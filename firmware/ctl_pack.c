/* ctl_pack.c - what goes into a backup: gathered with the rights of whoever started us,
 * written as the store's user, and read back before anybody relies on it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup.h"
#include "ctl.h"
#include "secret.h"

/* ---- gathering ---- */

static int
add_file(struct pack *p, const char *prefix, const char *name, int fd, struct err *e)
{
	struct pack_file *f = &p->file[p->files];

	if (p->files == PACK_FILES_MAX) {
		close(fd);
		return err_set(e, ERR_REFUSED, "move other files out of the folders of templates",
		    "there are more than %d files to back up", PACK_FILES_MAX);
	}
	if (snprintf(f->name, sizeof f->name, "%s%s", prefix, name) >= (int)sizeof f->name) {
		close(fd);
		return err_set(e, ERR_REFUSED, "give it a shorter name",
		    "the file %.60s... has too long a name for a backup", name);
	}
	f->fd = fd;
	p->files++;
	return 0;
}

/* The plain files of a folder; one that is not there holds none. */
static int
add_folder(struct pack *p, const char *prefix, const char *folder, struct err *e)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	struct stat st;
	int rc = 0;

	if (dir == NULL && errno == ENOENT)
		return 0;
	if (dir == NULL)
		return err_set(e, ERR_SYSTEM, errno == EACCES ? "sudo fridgectl" : NULL,
		    "the templates in %s cannot be read: %s", folder, strerror(errno));
	while (rc == 0 && (entry = readdir(dir)) != NULL) {
		int fd = openat(dirfd(dir), entry->d_name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (fd == -1 || fstat(fd, &st) == -1) {
			rc = err_set(e, ERR_SYSTEM, errno == EACCES ? "sudo fridgectl" : NULL,
			    "%s/%s cannot be read: %s", folder, entry->d_name, strerror(errno));
		} else if (S_ISREG(st.st_mode)) {
			rc = add_file(p, prefix, entry->d_name, fd, e);
			p->templates += rc == 0;
			continue;	/* it is the pack's now */
		}
		if (fd != -1)
			close(fd);
	}
	closedir(dir);
	return rc;
}

int
pack_gather(struct pack *p, struct ctl *c, struct err *e)
{
	const struct session *s = &c->session;
	const char *own = s->config.label.templates;

	*p = (struct pack){ .files = 0 };
	if (session_key(&c->session, e) == -1)
		return -1;
	if (s->config.file[0] != '\0') {
		int fd = open(s->config.file, O_RDONLY | O_CLOEXEC);
		if (fd == -1)
			return err_set(e, ERR_SYSTEM, NULL, "%s: %s", s->config.file, strerror(errno));
		if (add_file(p, BACKUP_CONFIG, "", fd, e) == -1)
			return -1;
	}
	if (add_folder(p, BACKUP_TEMPLATES, TEMPLATES_FOLDER, e) == -1)
		return -1;
	return own[0] != '\0' ? add_folder(p, BACKUP_OWN, own, e) : 0;
}

void
pack_free(struct pack *p)
{
	for (size_t i = 0; i < p->files; i++)
		close(p->file[i].fd);
	p->files = 0;
}

/* ---- writing ---- */

static int
copy_path(const struct session *s, char out[static PATH_MAX], struct err *e)
{
	if (snprintf(out, PATH_MAX, "%s" STORE_COPY, s->config.store.path) >= PATH_MAX)
		return err_set(e, ERR_USAGE, NULL, "the path of the store is too long");
	return 0;
}

/* The store as it is now. Its copy has no name any more when this returns: it is in plain,
 * and must not outlive us. */
static int
put_store(struct backup_writer *w, struct pack *p, const struct session *s, struct err *e)
{
	char path[PATH_MAX];
	struct stat st;

	if (copy_path(s, path, e) == -1 || store_copy(s->store, path, false, e) == -1)
		return -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	unlink(path);
	if (fd == -1 || fstat(fd, &st) == -1) {
		if (fd != -1)
			close(fd);
		return err_set(e, ERR_SYSTEM, NULL, "%s: %s", path, strerror(errno));
	}
	p->store_size = st.st_size;
	int rc = backup_put_file(w, BACKUP_STORE, fd, e);
	close(fd);
	return rc;
}

static int
put_about(struct backup_writer *w, const struct session *s, struct err *e)
{
	char day[DAY_TEXT], text[PATH_MAX + 128];
	int n = snprintf(text, sizeof text, "made_on %s\nversion %s\nconfig %s\n",
	    day_text(s->today, day), FRIDGE_VERSION, s->config.file);

	return backup_put(w, BACKUP_ABOUT, text, (size_t)n, e);
}

int
pack_write(struct pack *p, const struct session *s, int fd, const struct recovery_code *code,
    struct err *e)
{
	struct backup_writer *w = NULL;
	int rc = -1;

	if (backup_begin(fd, code, &w, e) == -1 || put_about(w, s, e) == -1 ||
	    backup_put(w, BACKUP_KEY, badge_key_bytes(s->key), BADGE_KEY_SIZE, e) == -1)
		goto done;
	for (size_t i = 0; i < p->files; i++)
		if (backup_put_file(w, p->file[i].name, p->file[i].fd, e) == -1)
			goto done;
	if (put_store(w, p, s, e) == 0 && backup_finish(w, &p->size, e) == 0)
		rc = 0;
done:
	backup_writer_free(w);
	return rc;
}

/* ---- reading back ---- */

/* Write the store out of it again, as a restore would, and look at it. */
static int
check_store(struct backup_reader *r, const struct session *s, struct err *e)
{
	char path[PATH_MAX];

	if (copy_path(s, path, e) == -1)
		return -1;
	unlink(path);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		return err_set(e, ERR_SYSTEM, NULL, "cannot write %s: %s", path, strerror(errno));
	int rc = backup_take_file(r, fd, e);
	close(fd);
	if (rc == 0)
		rc = store_check(path, e);
	unlink(path);
	return rc;
}

static int
check_key(struct backup_reader *r, const struct session *s, struct err *e)
{
	uint8_t key[BADGE_KEY_SIZE];
	int rc = backup_take(r, key, sizeof key, e);

	if (rc == 0 && memcmp(key, badge_key_bytes(s->key), sizeof key) != 0)
		rc = err_set(e, ERR_SYSTEM, NULL, "another key was read than was written");
	secret_wipe(key, sizeof key);
	return rc;
}

int
pack_verify(const struct session *s, int fd, const struct recovery_code *code, struct err *e)
{
	struct backup_reader *r = NULL;
	struct backup_member m;
	int rc = -1, got, found = 0;

	/* What is read shall come from the disk, as far as that can be had. */
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	if (lseek(fd, 0, SEEK_SET) == -1) {
		err_set(e, ERR_SYSTEM, NULL, "cannot read it: %s", strerror(errno));
		goto done;
	}
	if (backup_open(fd, code, &r, e) == -1)
		goto done;
	while ((got = backup_next(r, &m, e)) == 1) {
		bool store = strcmp(m.name, BACKUP_STORE) == 0, key = strcmp(m.name, BACKUP_KEY) == 0;
		found += store || key;
		if ((store && check_store(r, s, e) == -1) || (key && check_key(r, s, e) == -1))
			goto done;
	}
	if (got == 0 && found == 2)
		rc = 0;
	else if (got == 0)
		err_set(e, ERR_SYSTEM, NULL, "something of it is missing");
done:
	backup_reader_free(r);
	if (rc == -1)
		err_within(e, "the backup was written, but is not good");
	return rc;
}
