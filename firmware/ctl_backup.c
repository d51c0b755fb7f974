/* ctl_backup.c - fridgectl backup: one encrypted file with all that the fridge is, by hand
 * or by the nightly timer, and the recovery label that opens it.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup.h"
#include "ctl.h"
#include "disk.h"
#include "secret.h"

#define BACKUP_MODE 0600
#define BLOCK 65536
#define FSTAB "/etc/fstab"

/* ---- the recovery label ---- */

int
ctl_recovery_code(struct ctl *c, bool *made, struct err *e)
{
	struct recovery_code code;
	int rc = recovery_ensure(c->session.config.store.key_file, &code, made, e);

	recovery_wipe(&code);
	return rc;
}

int
ctl_recovery_label(struct ctl *c, int64_t *print, struct err *e)
{
	struct session *s = &c->session;
	struct sheet_of sheet = { .template = RECOVERY_TEMPLATE };
	char boot[BOOT_ID_SIZE];

	sheet.day = session_clock_doubt(s) == NULL ? s->today : DAY_NONE;
	clock_boot_id(boot);
	return store_print_add(s->store, PRINT_SIGN, &sheet, 1, s->now, boot, clock_boot_ms(),
	    print, e);
}

static int
print_code(struct ctl *c, struct err *e)
{
	struct session *s = &c->session;
	char path[PATH_MAX];
	int64_t print;
	bool made;

	if (recovery_path(s->config.store.key_file, path, sizeof path, e) == -1 ||
	    ctl_recovery_code(c, &made, e) == -1 || session_become(s, e) == -1 ||
	    session_store(s, e) == -1 || ctl_recovery_label(c, &print, e) == -1 ||
	    store_recovery_owe(s->store, false, e) == -1)
		return -1;
	ctl_note_fridged(c);
	out_object(c->out, NULL, NULL);
	out_text(c->out, "code_file", NULL, path);
	out_bool(c->out, "made", NULL, made);
	out_int(c->out, "print", NULL, print);
	out_end(c->out);
	if (made)
		out_say(c->out, "Made the recovery code; it stands in %s. A fridged that runs as a "
		    "service gets to know it when it starts: %s", path, ctl_service(c, "restart"));
	out_say(c->out, "The recovery label comes out of the printer. Keep it in a safe, and not "
	    "beside the backups: who has both has the names.");
	return 0;
}

/* ---- the answer ---- */

struct done {
	const char *file;
	char copy[PATH_MAX];		/* "": none was wanted, or it failed */
	bool left;			/* one of them is on another disk than the store */
	bool made_code;
	const struct pack *pack;
	struct backup_note note;
};

/* "812 bytes", "1.4 MB". */
static const char *
size_text(int64_t size, char out[static 32])
{
	static const char *const UNITS[] = { "bytes", "kB", "MB", "GB" };
	double n = (double)size;
	size_t unit = 0;

	for (; n >= 1000 && unit + 1 < sizeof UNITS / sizeof *UNITS; unit++)
		n /= 1000;
	snprintf(out, 32, "%.*f %s", unit == 0 || n >= 100 ? 0 : 1, n, UNITS[unit]);
	return out;
}

static void
put_done(struct ctl *c, const struct done *d)
{
	const struct session *s = &c->session;
	char size[32], code[PATH_MAX];

	recovery_path(s->config.store.key_file, code, sizeof code, NULL);
	out_object(c->out, NULL, NULL);
	out_text(c->out, "file", NULL, d->file);
	out_int(c->out, "size", NULL, d->pack->size);
	out_int(c->out, "store_size", NULL, d->pack->store_size);
	out_int(c->out, "templates", NULL, d->pack->templates);
	out_text(c->out, "copy", NULL, d->copy);
	out_text(c->out, "trouble", NULL, d->note.trouble);
	out_text(c->out, "code_file", NULL, code);
	out_end(c->out);
	out_say(c->out, "%s is written, read back and sound: %s, encrypted.", d->file,
	    size_text(d->pack->size, size));
	out_say(c->out, "It holds the store, the badge key%s and %d file%s of templates.",
	    s->config.file[0] != '\0' ? ", the configuration" : "", d->pack->templates,
	    d->pack->templates == 1 ? "" : "s");
	if (d->copy[0] != '\0')
		out_say(c->out, "A copy is in %s", d->copy);
	if (d->made_code)
		out_say(c->out, "A recovery code was made for it. Print it, for a safe: "
		    "sudo fridgectl backup --print-code");
	out_say(c->out, "Only the recovery code opens it. It stands on the recovery label, and in "
	    "%s on this machine.", code);
}

/* ---- one backup ---- */

/* Where an open file is, seen from the store. Its name is no way to tell: the service's user
 * may not see it. */
static enum disk_place
place_of(const struct session *s, int fd)
{
	char folder[CONFIG_TEXT];

	session_folder(s, folder);
	int store = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	enum disk_place place = disk_place(fd, store);
	if (store != -1)
		close(store);
	return place;
}

/* What status tells of it from now on. */
static void
note_made(struct session *s, struct done *d)
{
	struct backup_note before;

	if (store_backup_get(s->store, &before, NULL) == -1)
		before.left_on = DAY_NONE;
	d->note.made_on = s->today;
	d->note.size = d->pack->size;
	d->note.left_on = d->left ? s->today : before.left_on;
}

/* Two at once would take each other's copy of the store. Descriptor that holds the turn, or
 * -1. */
static int
take_turn(const struct session *s, struct err *e)
{
	char folder[CONFIG_TEXT];

	session_folder(s, folder);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd != -1 && flock(fd, LOCK_EX) == 0)
		return fd;
	err_set(e, ERR_SYSTEM, NULL, "the store's folder %s: %s", folder, strerror(errno));
	if (fd != -1)
		close(fd);
	return -1;
}

/* Write it beside, read it back, and only then let it be FILE. */
static int
write_file(struct ctl *c, struct pack *p, struct publish *publish, struct done *d,
    const struct recovery_code *code, struct err *e)
{
	struct session *s = &c->session;
	int turn = take_turn(s, e);
	int rc = turn != -1 ? session_store(s, e) : -1;

	d->left = place_of(s, publish->file) == DISK_OTHER;
	if (rc == 0)
		rc = pack_write(p, s, publish->file, code, e);
	if (rc == 0)
		rc = pack_verify(s, publish->file, code, e);
	if (turn != -1)
		close(turn);
	if (rc == -1)
		publish_end(publish, PUBLISH_NOT, NULL);
	else
		rc = publish_end(publish, PUBLISH_LASTING, e);
	return rc;
}

static int
backup_to(struct ctl *c, const char *file, struct err *e)
{
	struct session *s = &c->session;
	struct recovery_code code = { "" };
	struct pack pack = { .files = 0 };
	struct done d = { .file = file, .pack = &pack };
	struct publish publish;
	int rc = -1;

	if (strcmp(file, "-") == 0)
		return err_set(e, ERR_USAGE, "fridgectl backup FILE, and copy that",
		    "a backup is read back after writing: it needs a file");
	/* With the rights of whoever started us, then as the store's user. */
	if (recovery_ensure(s->config.store.key_file, &code, &d.made_code, e) == 0 &&
	    pack_gather(&pack, c, e) == 0 && publish_begin(&publish, file, BACKUP_MODE, e) == 0) {
		if (session_become(s, e) == 0)
			rc = write_file(c, &pack, &publish, &d, &code, e);
		else
			publish_end(&publish, PUBLISH_NOT, NULL);
	}
	if (rc == 0) {
		note_made(s, &d);
		rc = store_backup_set(s->store, &d.note, e);
	}
	if (rc == 0 && d.made_code)
		rc = store_recovery_owe(s->store, true, e);
	if (rc == 0)
		put_done(c, &d);
	recovery_wipe(&code);
	pack_free(&pack);
	return rc;
}

/* ---- that of a night ---- */

static int
copy_failed(const char *path, struct err *e)
{
	return err_set(e, ERR_SYSTEM, NULL, "%s: %s", path, strerror(errno));
}

/* Written, and read back from the disk as far as that can be had. */
static int
copy_bytes(int from, struct publish *to, const char *path, struct err *e)
{
	char block[BLOCK], read_back[BLOCK];
	off_t at = 0;
	ssize_t n;

	for (; (n = pread(from, block, sizeof block, at)) > 0; at += n)
		if (publish_write(to, block, (size_t)n, e) == -1)
			return -1;
	if (n == -1 || fsync(to->file) == -1)
		return copy_failed(path, e);
	posix_fadvise(to->file, 0, 0, POSIX_FADV_DONTNEED);
	for (at = 0; (n = pread(from, block, sizeof block, at)) > 0; at += n)
		if (pread(to->file, read_back, (size_t)n, at) != n ||
		    memcmp(block, read_back, (size_t)n) != 0)
			return err_set(e, ERR_SYSTEM, NULL, "%s does not read as it was written", path);
	return n == -1 ? copy_failed(path, e) : 0;
}

/* Into the folder copy_to, which must be there: a disk that is not mounted has none, or
 * an empty one, and is never made up. */
static int
copy_night(struct ctl *c, struct done *d, struct err *e)
{
	const char *folder = c->session.config.backup.copy_to, *name = strrchr(d->file, '/') + 1;
	char path[PATH_MAX];
	struct publish publish;
	enum disk_place place = DISK_SAME;
	int rc = -1;

	if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
		return err_set(e, ERR_USAGE, "shorten [backup] copy_to", "the path of the copy is too long");
	if (disk_is_unplugged(FSTAB, folder))
		return err_set(e, ERR_SYSTEM, NULL, "no disk is mounted at %s", folder);
	int from = open(d->file, O_RDONLY | O_CLOEXEC);
	if (from == -1)
		return copy_failed(d->file, e);
	if (publish_begin(&publish, path, BACKUP_MODE, e) == 0) {
		place = place_of(&c->session, publish.file);
		rc = copy_bytes(from, &publish, path, e);
		if (rc == -1)
			publish_end(&publish, PUBLISH_NOT, NULL);
		else
			rc = publish_end(&publish, PUBLISH_LASTING, e);
	}
	close(from);
	if (rc == 0) {
		snprintf(d->copy, sizeof d->copy, "%s", path);
		d->left |= place == DISK_OTHER;
		if (place != DISK_OTHER)
			snprintf(d->note.trouble, sizeof d->note.trouble, place == DISK_SAME ?
			    "copy_to is on the same disk as the store: %.120s" :
			    "copy_to is in memory, and gone with the power: %.120s", folder);
	}
	return rc;
}

/* What went wrong is told, and the answer is given all the same: the backup itself is
 * there. */
static void
trouble(struct ctl *c, struct done *d, const char *todo, struct err *e)
{
	snprintf(d->note.trouble, sizeof d->note.trouble, "%.199s", e->what);
	if (todo != NULL)
		snprintf(e->todo, sizeof e->todo, "%s", todo);
	err_print("fridgectl", e);
	c->status = 1;
}

/* The copy, and away with those that are too many. */
static void
after_night(struct ctl *c, const char *folder, struct done *d)
{
	struct session *s = &c->session;
	const char *store = s->config.store.path, *copy_to = s->config.backup.copy_to;
	bool believed = session_clock_doubt(s) == NULL;
	struct err e = { .kind = ERR_NONE };

	if (backup_prune(folder, store, s->today, believed, NULL, &e) == -1)
		trouble(c, d, NULL, &e);
	if (copy_to[0] == '\0')
		return;
	if (copy_night(c, d, &e) == -1) {
		err_within(&e, "no copy in [backup] copy_to");
		trouble(c, d, "look whether its disk is there, has room, and is the service's user's to "
		    "write: man 7 fridge-label has the line for fstab", &e);
	} else if (backup_prune(copy_to, store, s->today, believed, NULL, &e) == -1) {
		trouble(c, d, NULL, &e);
	}
}

static int
make_folder(const char *folder, struct err *e)
{
	if (mkdir(folder, 0700) == 0 || errno == EEXIST)
		return 0;
	return err_set(e, ERR_SYSTEM, NULL, "cannot make the folder %s: %s", folder,
	    strerror(errno));
}

/* That there was none: nobody reads the journal of a night. */
static void
note_failure(struct session *s, const struct err *why)
{
	struct backup_note note;

	if (s->store == NULL && (!session_has_store(s) || session_become(s, NULL) == -1 ||
	    session_store(s, NULL) == -1))
		return;
	if (store_backup_get(s->store, &note, NULL) == -1)
		return;
	snprintf(note.trouble, sizeof note.trouble, "%.199s", why->what);
	store_backup_set(s->store, &note, NULL);
}

static int
backup_night(struct ctl *c, struct err *e)
{
	struct session *s = &c->session;
	const char *store = s->config.store.path;
	char folder[PATH_MAX], name[NAME_MAX + 1], file[PATH_MAX];
	struct recovery_code code = { "" };
	struct pack pack = { .files = 0 };
	struct done d = { .file = file, .pack = &pack };
	struct publish publish;
	int rc = -1;

	if (backup_folder(store, folder, sizeof folder, e) == -1)
		return -1;
	backup_name(store, s->today, name, sizeof name);
	if (snprintf(file, sizeof file, "%s/%s", folder, name) >= (int)sizeof file)
		return err_set(e, ERR_USAGE, NULL, "the path of the store is too long");
	if (recovery_load(s->config.store.key_file, &code, e) == 0 && pack_gather(&pack, c, e) == 0 &&
	    session_become(s, e) == 0 && make_folder(folder, e) == 0 &&
	    publish_begin(&publish, file, BACKUP_MODE, e) == 0)
		rc = write_file(c, &pack, &publish, &d, &code, e);
	recovery_wipe(&code);
	pack_free(&pack);
	if (rc == 0) {
		after_night(c, folder, &d);
		note_made(s, &d);
		rc = store_backup_set(s->store, &d.note, e);
	} else {
		note_failure(s, e);
	}
	if (rc == 0)
		put_done(c, &d);
	return rc;
}

int
cmd_backup(struct ctl *c, struct err *e)
{
	bool night = ctl_value(c, "nightly") != NULL, print = ctl_value(c, "print-code") != NULL;

	if (night + print + c->args != 1)
		return err_set(e, ERR_USAGE, "fridgectl backup --help",
		    "backup takes the name of a file, or --nightly, or --print-code");
	return print ? print_code(c, e) : night ? backup_night(c, e) : backup_to(c, c->arg[0], e);
}
