/* backup.h - a backup: one encrypted file with all that a fridge is, and the folder that
 * the backups of the nights are kept in.
 *
 * The file, numbers with the lowest byte first:
 *
 *	13	"fridge-backup"
 *	3	version (1), LF, 0x1a
 *	32	salt; the key is BLAKE2b-256 of "fridge-label backup " and the digits of
 *		the recovery code, under the salt. The code has 106 random bits, so nothing
 *		has to make trying codes slow.
 *	16	BLAKE2b-128 of all before it under that key: tells a wrong code from damage
 *	24	libsodium's secretstream header
 *	pieces	of 65,536 bytes and 17 more of the stream, the last one shorter and marked
 *		as the last; the first is bound to all that stands before it
 *
 * In the pieces, one after another, members: the length of the name (1 byte, 0: the end),
 * the name, the size (8 bytes), the bytes. So a file that is cut, changed in one bit, or
 * put together from two is told; but only at its end is it known to be whole.
 */
#ifndef FRIDGE_BACKUP_H
#define FRIDGE_BACKUP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "day.h"
#include "err.h"
#include "recovery.h"

/* ---- what is in it ---- */

#define BACKUP_ABOUT "about"		/* lines "KEY VALUE": see ctl_backup.c */
#define BACKUP_STORE "store"
#define BACKUP_KEY "uid.key"
#define BACKUP_CONFIG "fridge.conf"
#define BACKUP_TEMPLATES "templates/"	/* and the file's name: of /etc/fridge/templates */
#define BACKUP_OWN "own/"		/* the same: of [label] templates */
#define BACKUP_NAME_SIZE 256

/* ---- writing ---- */

struct backup_writer;			/* opaque */
/* Write to fd, from where it stands. */
int backup_begin(int fd, const struct recovery_code *code, struct backup_writer **out,
    struct err *e);
int backup_put(struct backup_writer *w, const char *name, const void *bytes, size_t n,
    struct err *e);
/* The bytes of an open file, from its beginning. ERR_SYSTEM also if its size changes. */
int backup_put_file(struct backup_writer *w, const char *name, int fd, struct err *e);
/* The end, on the disk; *size gets how long the file is. */
int backup_finish(struct backup_writer *w, int64_t *size, struct err *e);
void backup_writer_free(struct backup_writer *w);	/* may be NULL */

/* ---- reading ---- */

struct backup_member {
	char name[BACKUP_NAME_SIZE];
	uint64_t size;
};
struct backup_reader;			/* opaque */
/* ERR_REFUSED: no backup, of a newer version, or that is not its code. */
int backup_open(int fd, const struct recovery_code *code, struct backup_reader **out,
    struct err *e);
/* The next member: 1 and *m; 0 the end, and the file is whole; -1, ERR_REFUSED: cut off or
 * damaged. What was not taken of the one before is passed over. */
int backup_next(struct backup_reader *r, struct backup_member *m, struct err *e);
/* Take its bytes, all at once: it must have exactly n. */
int backup_take(struct backup_reader *r, void *out, size_t n, struct err *e);
/* Or into a file. */
int backup_take_file(struct backup_reader *r, int fd, struct err *e);
void backup_reader_free(struct backup_reader *r);	/* may be NULL */

/* ---- the backups of the nights ---- */

#define BACKUP_NIGHTS 7			/* so many are kept */
/* Their folder, beside the store. */
int backup_folder(const char *store, char *out, size_t size, struct err *e);
/* The name of that day's: "fridge-2026-11-29.backup" for a store fridge.db. */
void backup_name(const char *store, day_t day, char *out, size_t size);
/* Keep in a folder that of the night made, and of the others the newest: so many in all,
 * and never fewer, whatever the days say. With a believed clock one of a day to come is of a
 * wrong clock, and goes before all others, the nearest first. *gone (may be NULL) gets how
 * many went. */
int backup_prune(const char *folder, const char *store, day_t made, bool believed,
    int *gone, struct err *e);

#endif
