/* ctl_doctor_store.c - is what is kept whole and safe, and is the clock right. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "ctl_doctor.h"

#define KEY_BYTES 32
#define MB (1024 * 1024ULL)
/* Of free space: below the first nothing is certain, below the second it is time. */
#define SPACE_BROKEN (20 * MB)
#define SPACE_WARNING (200 * MB)
#define INODES_WARNING 1000

void
doctor_config(struct doctor *d)
{
	const struct config *config = &d->c->session.config;

	if (d->no_config.kind != ERR_NONE)
		found_err(d, FOUND_BROKEN, &d->no_config);
	else if (config->file[0] == '\0')
		found(d, FOUND_WARNING, "man fridge.conf", "there is no %s: all settings have their "
		    "defaults", CONFIG_DEFAULT_FILE);
	else
		found(d, FOUND_OK, NULL, "%.280s", config->file);
}

/* ---- the clock ---- */

static const char *
doubt(struct doctor *d)
{
	struct session *s = &d->c->session;
	struct clock_evidence ev = { .newest = 0 };
	struct err ignored;
	int64_t newest = 0;

	clock_look(d->host.root, &ev);
	if (s->store != NULL && store_newest(s->store, &newest, &ignored) == 0)
		ev.newest = (time_t)newest;
	ev.confirmed = session_clock_confirmed(s);
	return clock_doubt(s->config.fridge.clock, &ev);
}

void
doctor_clock(struct doctor *d)
{
	struct session *s = &d->c->session;
	const char *why = doubt(d);
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
		found(d, FOUND_OK, NULL, "%s%s", says, d->host.synchronized ? ", by a time server" :
		    d->host.has_rtc ? ", by a hardware clock" : "");
}

void
doctor_zone(struct doctor *d)
{
	static const char *const NOBODYS[] = { "", "UTC", "Etc/UTC", "Etc/UCT", "Universal", "GMT" };
	const struct session *s = &d->c->session;
	const char *env = getenv("TZ");
	const char *zone = s->config.fridge.timezone;
	char says[32] = "";
	struct tm tm;

	if (localtime_r(&s->now, &tm) != NULL)
		strftime(says, sizeof says, "%H:%M", &tm);
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

void
doctor_disk(struct doctor *d)
{
	char folder[CONFIG_TEXT];
	struct statvfs v;

	session_folder(&d->c->session, folder);
	if (statvfs(folder, &v) == -1) {
		if (errno == EACCES)
			found_closed(d, folder);
		else
			found(d, FOUND_BROKEN, "install fridge-label again, or correct [store] path",
			    "the store's folder %s: %s", folder, strerror(errno));
		return;
	}
	unsigned long long room = (unsigned long long)v.f_bavail * v.f_frsize;
	if ((v.f_flag & ST_RDONLY) != 0)
		found(d, FOUND_BROKEN, "dmesg | tail; then: sudo mount -o remount,rw the partition of the "
		    "store, or give it one of its own", "%s is mounted read-only", folder);
	else if (room < SPACE_BROKEN)
		found(d, FOUND_BROKEN, "make room: sudo journalctl --vacuum-size=50M; sudo apt clean",
		    "the disk of %s is full: %llu MB are free", folder, room / MB);
	else if (room < SPACE_WARNING || (v.f_files > 0 && v.f_favail < INODES_WARNING))
		found(d, FOUND_WARNING, "make room: sudo journalctl --vacuum-size=50M; sudo apt clean",
		    "the disk of %s is nearly full: %llu MB and %llu files are free", folder, room / MB,
		    (unsigned long long)v.f_favail);
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
		found(d, FOUND_UNKNOWN, "sudo systemctl start fridged", "there is no %s yet",
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

/* Whose it may be: root's, who hands it to the service, or the service's. */
void
doctor_key(struct doctor *d)
{
	const char *path = d->c->session.config.store.key_file;
	char todo[2 * CONFIG_TEXT + 40], owner[64];
	struct stat st;

	if (lstat(path, &st) == -1) {
		if (errno == ENOENT)
			found(d, FOUND_BROKEN, "sudo fridgectl key create; or, if badges were enrolled "
			    "already, put the old one back", "there is no badge key %s: fridged does not "
			    "start", path);
		else
			found_closed(d, path);
		return;
	}
	host_user(&d->host, st.st_uid, owner, sizeof owner);
	if (!S_ISREG(st.st_mode) || st.st_size != KEY_BYTES) {
		found(d, FOUND_BROKEN, "put the right one back: with another, no badge is known",
		    "%s is no badge key: it has %lld bytes and not %d", path, (long long)st.st_size,
		    KEY_BYTES);
	} else if ((st.st_mode & 077) != 0) {
		snprintf(todo, sizeof todo, "sudo chmod 600 %s", path);
		found(d, FOUND_BROKEN, todo, "others may read the badge key %s (mode %04o)", path,
		    (unsigned)st.st_mode & 07777);
	} else if (strcmp(owner, "root") != 0 && strcmp(owner, d->user) != 0) {
		snprintf(todo, sizeof todo, "sudo chown root: %s", path);
		found(d, FOUND_BROKEN, todo, "the badge key %s belongs to %s", path, owner);
	} else {
		found(d, FOUND_OK, NULL, "%s, for %s alone", path, owner);
	}
}
