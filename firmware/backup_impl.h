/* backup_impl.h - what writing and reading a backup share. */
#ifndef FRIDGE_BACKUP_IMPL_H
#define FRIDGE_BACKUP_IMPL_H

#include "backup.h"
#include "secret.h"

#define BACKUP_VERSION 1
#define MAGIC "fridge-backup"
#define MAGIC_SIZE (sizeof MAGIC - 1)
#define MARK_SIZE 16			/* magic, version and two bytes that transfers spoil */
#define SALT_SIZE SECRET_KEY_SIZE
#define CHECK_SIZE 16
#define PIECE_SIZE 65536
#define SEALED_PIECE (PIECE_SIZE + SECRET_PIECE_MORE)

struct backup_head {
	uint8_t mark[MARK_SIZE];
	uint8_t salt[SALT_SIZE];
	uint8_t check[CHECK_SIZE];
	uint8_t begin[SECRET_STREAM_BEGIN];
};
_Static_assert(sizeof(struct backup_head) == 88, "as in the file, without gaps");

void backup_mark(uint8_t out[static MARK_SIZE]);
/* The key that code and salt make, and what tells that it is the right one. */
void backup_key(const struct backup_head *h, const struct recovery_code *code,
    uint8_t key[static SECRET_KEY_SIZE], uint8_t check[static CHECK_SIZE]);

#endif
