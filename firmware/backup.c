/* backup.c - writing a backup; see backup.h */
#include "backup_impl.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk.h"

/* A sync of much holds up that of a tap: a card writes so many bytes in 100 ms. */
#define SYNC_EVERY (1 << 20)

struct backup_writer {
	int fd;
	struct secret_stream *stream;
	struct backup_head head;
	bool first;			/* no piece is written yet */
	int64_t size, synced;		/* of the file so far; what is on the disk */
	size_t have;			/* bytes that wait in plain */
	uint8_t plain[PIECE_SIZE], sealed[SEALED_PIECE];
};

void
backup_mark(uint8_t out[static MARK_SIZE])
{
	memcpy(out, MAGIC, MAGIC_SIZE);
	out[MAGIC_SIZE] = BACKUP_VERSION;
	out[MAGIC_SIZE + 1] = '\n';
	out[MAGIC_SIZE + 2] = 0x1a;
}

void
backup_key(const struct backup_head *h, const struct recovery_code *code,
    uint8_t key[static SECRET_KEY_SIZE], uint8_t check[static CHECK_SIZE])
{
	char text[32 + RECOVERY_SIZE];
	size_t n = (size_t)snprintf(text, sizeof text, "fridge-label backup ");

	for (const char *c = code->text; *c != '\0'; c++)
		if (*c != ' ')
			text[n++] = *c;
	secret_hash(key, SECRET_KEY_SIZE, text, n, h->salt);
	secret_hash(check, CHECK_SIZE, h, offsetof(struct backup_head, check), key);
	secret_wipe(text, sizeof text);
}

static int
cannot_write(struct err *e)
{
	return err_set(e, ERR_SYSTEM, errno == ENOSPC || errno == EDQUOT
	    ? "make room, or choose another disk" : NULL, "the backup cannot be written: %s",
	    strerror(errno));
}

static int
write_all(struct backup_writer *w, const void *bytes, size_t n, struct err *e)
{
	if (disk_write(w->fd, bytes, n) == -1)
		return cannot_write(e);
	w->size += (int64_t)n;
	if (w->size - w->synced < SYNC_EVERY)
		return 0;
	w->synced = w->size;
	return fdatasync(w->fd) == -1 && errno != EINVAL ? cannot_write(e) : 0;
}

static int
write_piece(struct backup_writer *w, bool last, struct err *e)
{
	secret_piece_seal(w->stream, w->sealed, w->plain, w->have, &w->head,
	    w->first ? sizeof w->head : 0, last);
	int rc = write_all(w, w->sealed, w->have + SECRET_PIECE_MORE, e);
	w->first = false;
	w->have = 0;
	return rc;
}

/* A full piece waits until more comes: it may be the last one. */
static int
put(struct backup_writer *w, const void *bytes, size_t n, struct err *e)
{
	const uint8_t *from = bytes;

	while (n > 0) {
		if (w->have == PIECE_SIZE && write_piece(w, false, e) == -1)
			return -1;
		size_t some = n < PIECE_SIZE - w->have ? n : PIECE_SIZE - w->have;
		memcpy(w->plain + w->have, from, some);
		w->have += some;
		from += some;
		n -= some;
	}
	return 0;
}

int
backup_begin(int fd, const struct recovery_code *code, struct backup_writer **out,
    struct err *e)
{
	uint8_t key[SECRET_KEY_SIZE];

	if (secret_begin(e) == -1)
		return -1;
	struct backup_writer *w = secret_alloc(sizeof *w);
	if (w == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "out of memory");
	w->fd = fd;
	w->first = true;
	w->size = w->synced = 0;
	w->have = 0;
	backup_mark(w->head.mark);
	secret_random(w->head.salt, sizeof w->head.salt);
	backup_key(&w->head, code, key, w->head.check);
	w->stream = secret_stream_seal(key, w->head.begin);
	secret_wipe(key, sizeof key);
	int rc = w->stream == NULL ? err_set(e, ERR_SYSTEM, NULL, "out of memory") :
	    write_all(w, &w->head, sizeof w->head, e);
	if (rc == -1) {
		backup_writer_free(w);
		return -1;
	}
	*out = w;
	return 0;
}

static int
put_name(struct backup_writer *w, const char *name, uint64_t size, struct err *e)
{
	uint8_t len = (uint8_t)strlen(name), bytes[8];

	assert(len > 0 && strlen(name) < BACKUP_NAME_SIZE);
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(size >> 8 * i);
	return put(w, &len, 1, e) == -1 || put(w, name, len, e) == -1 ||
	    put(w, bytes, sizeof bytes, e) == -1 ? -1 : 0;
}

int
backup_put(struct backup_writer *w, const char *name, const void *bytes, size_t n,
    struct err *e)
{
	return put_name(w, name, n, e) == -1 ? -1 : put(w, bytes, n, e);
}

int
backup_put_file(struct backup_writer *w, const char *name, int fd, struct err *e)
{
	static const char CHANGED[] = "%s was changed while it was read";
	uint8_t *buf = secret_alloc(PIECE_SIZE);
	struct stat st;
	int rc = -1;

	if (buf == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto done;
	}
	if (fstat(fd, &st) == -1) {
		err_set(e, ERR_SYSTEM, NULL, "%s: %s", name, strerror(errno));
		goto done;
	}
	if (put_name(w, name, (uint64_t)st.st_size, e) == -1)
		goto done;
	for (off_t at = 0; at < st.st_size;) {
		off_t left = st.st_size - at;
		ssize_t n = pread(fd, buf, left < PIECE_SIZE ? (size_t)left : PIECE_SIZE, at);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			err_set(e, ERR_SYSTEM, NULL, "%s cannot be read: %s", name, strerror(errno));
			goto done;
		}
		if (n == 0) {
			err_set(e, ERR_SYSTEM, "run it again", CHANGED, name);
			goto done;
		}
		if (put(w, buf, (size_t)n, e) == -1)
			goto done;
		at += n;
	}
	rc = 0;
done:
	secret_free(buf);
	return rc;
}

int
backup_finish(struct backup_writer *w, int64_t *size, struct err *e)
{
	const uint8_t end = 0;

	if (put(w, &end, 1, e) == -1 || write_piece(w, true, e) == -1)
		return -1;
	if (fsync(w->fd) == -1)
		return cannot_write(e);
	*size = w->size;
	return 0;
}

void
backup_writer_free(struct backup_writer *w)
{
	if (w == NULL)
		return;
	secret_stream_end(w->stream);
	secret_free(w);
}
