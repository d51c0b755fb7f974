/* ctl_doctor_store.c - is what is kept whole and safe, and is the clock right. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "ctl_doctor.h"
#include "recovery.h"
#include "restore.h"

#define KEY_BYTES 32
#define BACKUP_OLD_DAYS 3	/* a machine may be off over a weekend */
#define MB (1024 * 1024ULL)
/* Of free space: below the first nothing is certain, below the second it is time. */
#define SPACE_BROKEN (20 * MB)
#define SPACE_WARNING (200 * MB)
#define INODES_WARNING 1000

void
doctor_config(struct doctor *d)
{
	const struct config *config = &d->c->session.config;
	char todo[sizeof d->no_config.todo + 40];

	snprintf(todo, sizeof todo, "%s; or: sudo fridgectl setup", d->no_config.todo[0] != '\0' ?
	    d->no_config.todo : "correct it");
	if (d->no_config.kind != ERR_NONE)
		found(d, FOUND_BROKEN, todo, "%.300s", d->no_config.what);
	else if (config->file[0] == '\0')
		found(d, FOUND_WARNING, "sudo fridgectl setup", "there is no %s: all settings have their "
		    "defaults", CONFIG_DEFAULT_FILE);
	else
		found(d, FOUND_OK, NULL, "%.280s", config->file);
}

/* ---- the clock ---- */

static const char *
doubt(struct doctor *d, struct clock_evidence *ev)
{
	struct session *s = &d->c->session;
	struct err ignored;
	int64_t newest = 0;

	*ev = (struct clock_evidence){ .newest = 0 };
	clock_look(d->host.root, ev);
	if (s->store != NULL && store_newest(s->store, &newest, &ignored) == 0)
		ev->newest = (time_t)newest;
	ev->confirmed = session_clock_confirmed(s);
	return clock_doubt(s->config.fridge.clock, ev);
}

void
doctor_clock(struct doctor *d)
{
	struct session *s = &d->c->session;
	struct clock_evidence ev;
	const char *why = doubt(d, &ev);
	char says[40] = "";
	struct tm tm;

	if (localtime_r(&s->now, &tm) != NULL)
		strftime(says, sizeof says, "%Y-%m-%d %H:%M", &tm);
	if (d->running && why == NULL && d->said.clock[0] != '\0' && strcmp(d->said.clock, "ok") != 0)
		why = d->said.clock;
	if (why != NULL)
		found(d, FOUND_BROKEN, "sudo timedatectl set-ntp true; if it is right: sudo fridgectl "
		    "clock confirm", "%.*s", (int)strcspn(why, ";"), why);
	else
		found(d, FOUND_OK, NULL, "%s%s", says, ev.synchronized ? ", by a time server" :
		    clock_has_rtc(&ev) ? ", by a hardware clock" : "");
}

/* Whether clocks in two zones differ, now or in half a year. Ours is in force afterwards; a
 * zone that is not known differs from none. */
static bool
is_another_time(const char *theirs, const char *ours, time_t now)
{
	const time_t when[] = { now, now + 182 * 86400 };
	long offset[2] = { 0, 0 };
	struct err ignored;
	bool differs = false;
	struct tm tm;

	if (theirs[0] == '\0' || day_zone(theirs, &ignored) == -1)
		return false;
	for (size_t i = 0; i < 2; i++)
		offset[i] = localtime_r(&when[i], &tm) != NULL ? tm.tm_gmtoff : 0;
	day_zone(ours, &ignored);
	for (size_t i = 0; i < 2; i++)
		differs = differs || (localtime_r(&when[i], &tm) != NULL && tm.tm_gmtoff != offset[i]);
	return differs;
}

void
doctor_zone(struct doctor *d)
{
	static const char *const NOBODYS[] = { "", "UTC", "Etc/UTC", "Etc/UCT", "Universal", "GMT" };
	const struct session *s = &d->c->session;
	const char *env = getenv("TZ");
	const char *zone = s->config.fridge.timezone;
	char says[32] = "", todo[CONFIG_TEXT + 40];
	struct tm tm;

	if (localtime_r(&s->now, &tm) != NULL)
		strftime(says, sizeof says, "%H:%M", &tm);
	if (zone[0] != '\0' && is_another_time(d->host.zone, zone, s->now)) {
		snprintf(todo, sizeof todo, "sudo timedatectl set-timezone %s", zone);
		found(d, FOUND_WARNING, todo, "%s, where it is %s; but the machine is on %s, and by that "
		    "reports, mails and backups are made", zone, says, d->host.zone);
		return;
	}
	if (zone[0] != '\0') {
		found(d, FOUND_OK, NULL, "%s, where it is %s", zone, says);
		return;
	}
	zone = env != NULL && env[0] != '\0' ? env : d->host.zone;
	for (size_t i = 0; i < sizeof NOBODYS / sizeof *NOBODYS; i++) {
		if (strcmp(zone, NOBODYS[i]) != 0)
			continue;
		found(d, FOUND_WARNING, "sudo fridgectl config set fridge.timezone Asia/Seoul, or "
		    "where you are (timedatectl list-timezones)", "the machine is on %s, where it is "
		    "%s: is that your time?", zone[0] != '\0' ? zone : "no zone", says);
		return;
	}
	found(d, FOUND_OK, NULL, "%s of the system, where it is %s", zone, says);
}

/* ---- the disk ---- */

/* Nothing of what has room. */
static void
tell_room(struct doctor *d, const char *what, const struct statvfs *v)
{
	static const char MAKE[] = "make room: sudo journalctl --vacuum-size=50M; sudo apt clean";
	unsigned long long room = (unsigned long long)v->f_bavail * v->f_frsize;

	if (room < SPACE_BROKEN)
		found(d, FOUND_BROKEN, MAKE, "the disk of %s is full: %llu MB are free", what, room / MB);
	else if (room < SPACE_WARNING || (v->f_files > 0 && v->f_favail < INODES_WARNING))
		found(d, FOUND_WARNING, MAKE, "the disk of %s is nearly full: %llu MB and %llu files are "
		    "free", what, room / MB, (unsigned long long)v->f_favail);
}

/* The folder's file system, if it was not looked at before: those seen go into seen. */
static void
look_at_disk(struct doctor *d, const char *folder, const char *what, dev_t seen[], int *n)
{
	char path[4096];
	struct statvfs v;
	struct stat st;

	snprintf(path, sizeof path, "%s%s", d->host.root, folder);
	if (stat(path, &st) == -1 || statvfs(path, &v) == -1)
		return;
	for (int i = 0; i < *n; i++)
		if (seen[i] == st.st_dev)
			return;
	seen[(*n)++] = st.st_dev;
	tell_room(d, what, &v);
}

/* The store's, CUPS's spool and the root: one file system or three. */
void
doctor_disk(struct doctor *d)
{
	const struct config *config = &d->c->session.config;
	int before = d->findings, n = 0;
	char folder[CONFIG_TEXT];
	struct statvfs v;
	struct stat st;
	dev_t seen[3];

	session_folder(&d->c->session, folder);
	if (statvfs(folder, &v) == -1 || stat(folder, &st) == -1) {
		if (errno == EACCES)
			found_closed(d, folder);
		else
			found(d, FOUND_BROKEN, "install fridge-label again, or correct [store] path",
			    "the store's folder %s: %s", folder, strerror(errno));
		return;
	}
	seen[n++] = st.st_dev;
	if ((v.f_flag & ST_RDONLY) != 0)
		found(d, FOUND_BROKEN, "dmesg | tail; then: sudo mount -o remount,rw the partition of the "
		    "store, or give it one of its own", "%s is mounted read-only", folder);
	else if (host_forgets(&d->host, config->store.path))
		found(d, FOUND_BROKEN, CTL_OVERLAY, "the store is in memory alone: people, badges and "
		    "labels are gone at the next boot");
	else
		tell_room(d, folder, &v);
	look_at_disk(d, "/var/spool/cups", "CUPS's spool", seen, &n);
	if (!d->host.root_readonly)
		look_at_disk(d, "/", "the root", seen, &n);
	if (d->findings > before)
		return;
	const char *gone = ctl_forgotten(&d->host, config);
	unsigned long long room = (unsigned long long)v.f_bavail * v.f_frsize;
	if (gone != NULL)
		found(d, FOUND_OK, NULL, "%llu MB are free; %s is in memory: a change of it is gone at "
		    "the next boot, the store is not", room / MB, gone);
	else
		found(d, FOUND_OK, NULL, "%llu MB are free%s", room / MB, d->host.root_readonly ?
		    "; the root is read-only, the store is not" : "");
}

/* ---- store and key ---- */

void
doctor_store(struct doctor *d)
{
	struct session *s = &d->c->session;
	struct totals t;
	struct err e;

	if (s->store == NULL && !d->root) {
		found_closed(d, s->config.store.path);
	} else if (s->store == NULL && !d->has_store) {
		found(d, FOUND_UNKNOWN, ctl_service(d->c, "start"), "there is no %s yet",
		    s->config.store.path);
	} else if (s->store == NULL) {
		found_err(d, d->no_store.kind == ERR_BUSY ? FOUND_UNKNOWN : FOUND_BROKEN,
		    &d->no_store);
	} else if (store_verify(s->store, &e) == -1) {
		found_err(d, e.kind == ERR_BUSY ? FOUND_UNKNOWN : FOUND_BROKEN, &e);
	} else if (store_totals(s->store, s->today, &t, &e) == -1) {
		found_err(d, FOUND_BROKEN, &e);
	} else {
		found(d, FOUND_OK, NULL, "sound; %lld in the fridge, %lld to be printed",
		    (long long)t.in, (long long)t.queued);
	}
}

/* A file that nobody else may read. Whose it may be: root's, who hands it to the service,
 * or the service's. True if a trouble was told. */
static bool
secret_is_open(struct doctor *d, const char *what, const char *path, const struct stat *st)
{
	char todo[CONFIG_TEXT + 80], owner[64];

	host_user(&d->host, st->st_uid, owner, sizeof owner);
	if ((st->st_mode & 077) != 0) {
		snprintf(todo, sizeof todo, "sudo chmod 600 %s", path);
		found(d, FOUND_BROKEN, todo, "others may read the %s %s (mode %04o)", what, path,
		    (unsigned)st->st_mode & 07777);
	} else if (st->st_uid != 0 && strcmp(owner, d->user) != 0) {
		snprintf(todo, sizeof todo, "sudo chown root: %s", path);
		found(d, FOUND_BROKEN, todo, "the %s %s belongs to %s", what, path, owner);
	} else {
		return false;
	}
	return true;
}

void
doctor_key(struct doctor *d)
{
	const char *path = d->c->session.config.store.key_file;
	struct stat st;

	if (lstat(path, &st) == -1) {
		if (errno == ENOENT)
			found(d, FOUND_BROKEN, "sudo fridgectl key create; or, if badges were enrolled "
			    "already, put the old one back", "there is no badge key %s: fridged does not "
			    "start", path);
		else
			found_closed(d, path);
	} else if (!S_ISREG(st.st_mode) || st.st_size != KEY_BYTES) {
		found(d, FOUND_BROKEN, "put the right one back: with another, no badge is known",
		    "%s is no badge key: it has %lld bytes and not %d", path, (long long)st.st_size,
		    KEY_BYTES);
	} else if (!secret_is_open(d, "badge key", path, &st)) {
		found(d, FOUND_OK, NULL, "%s, mode %04o", path, (unsigned)st.st_mode & 07777);
	}
}

/* ---- backups ---- */

static void
look_at_code(struct doctor *d)
{
	const char *key = d->c->session.config.store.key_file;
	const char *slash = strrchr(key, '/');
	char path[CONFIG_TEXT + sizeof RECOVERY_FILE];
	struct stat st;

	snprintf(path, sizeof path, "%.*s" RECOVERY_FILE, slash != NULL ? (int)(slash - key + 1) : 0,
	    key);
	if (lstat(path, &st) == 0)
		secret_is_open(d, "recovery code", path, &st);
}

static bool
is_old(const struct doctor *d, day_t day)
{
	return day == DAY_NONE || d->c->session.today - day > BACKUP_OLD_DAYS;
}

static void
look_at_note(struct doctor *d, const struct backup_note *n)
{
	const struct config *config = &d->c->session.config;
	char made[DAY_TEXT], left[DAY_TEXT];

	day_text(n->made_on, made);
	day_text(n->left_on, left);
	if (n->trouble[0] != '\0')
		found(d, FOUND_BROKEN, "journalctl -u fridge-backup -n 20; then: sudo systemctl start "
		    "fridge-backup", "the last one failed: %s", n->trouble);
	else if (n->made_on == DAY_NONE)
		found(d, FOUND_WARNING, "sudo systemctl enable --now fridge-backup.timer; sudo systemctl "
		    "start fridge-backup", "there was none yet");
	else if (is_old(d, n->made_on))
		found(d, FOUND_WARNING, "sudo systemctl start fridge-backup", "the last one is of %s",
		    made);
	else if (config->backup.copy_to[0] == '\0' && is_old(d, n->left_on))
		found(d, FOUND_WARNING, "sudo fridgectl config set backup.copy_to /media/STICK; or now and "
		    "then: sudo fridgectl backup FILE", "the last one is of %s, and none has left this "
		    "machine's disk%s%s", made, left[0] != '\0' ? " since " : "", left);
	else if (is_old(d, n->left_on))
		found(d, FOUND_WARNING, "is it plugged in and mounted? then: sudo systemctl start "
		    "fridge-backup", left[0] == '\0' ? "nothing was ever copied to [backup] copy_to" :
		    "the last copy in [backup] copy_to is of %s", left);
	else
		found(d, FOUND_OK, NULL, "the last one is of %s, and one left the disk on %s", made,
		    left);
}

/* What a restore that was killed left beside its place: names and a key, in plain. With
 * its plan it is none of that: the store is closed, and told of. */
static void
look_at_leftovers(struct doctor *d)
{
	const struct config *config = &d->c->session.config;
	const char *const left[][2] = {
		{ config->store.path, STORE_RESTORING }, { config->store.key_file, RESTORE_FRESH },
	};
	char path[CONFIG_TEXT + 16], todo[sizeof path + 40];

	for (size_t i = 0; i < sizeof left / sizeof *left; i++) {
		snprintf(path, sizeof path, "%s%s", left[i][0], left[i][1]);
		snprintf(todo, sizeof todo, "if none runs: sudo rm -r %s", path);
		if (access(path, F_OK) == 0)
			found(d, FOUND_WARNING, todo, "a restore that was broken off left %s", path);
	}
}

void
doctor_backup(struct doctor *d)
{
	struct session *s = &d->c->session;
	struct backup_note n;
	struct err e;

	look_at_code(d);
	if (s->store != NULL)
		look_at_leftovers(d);
	if (s->store == NULL)
		found(d, FOUND_UNKNOWN, NULL, "without the store nothing is known of it");
	else if (store_backup_get(s->store, &n, &e) == -1)
		found_err(d, FOUND_UNKNOWN, &e);
	else if (n.made_on == DAY_NONE || d->no_units.kind != ERR_NONE ||
	    !doctor_timer_is_off(d, UNIT_BACKUP, "no backups are made"))
		look_at_note(d, &n);
}
