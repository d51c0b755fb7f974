/* backup_read.c - reading a backup, and believing none of it unseen; see backup.h */
#include "backup_impl.h"

#include <errno.h>
#include <string.h>

#include "disk.h"

struct backup_reader {
	int fd;
	struct secret_stream *stream;
	struct backup_head head;
	bool first, last;		/* no piece was read yet; the last one was */
	uint64_t left;			/* of the member that is being read */
	size_t at, have;		/* what of plain is still to be given */
	uint8_t plain[PIECE_SIZE], sealed[SEALED_PIECE];
};

static int
damaged(struct err *e)
{
	return err_set(e, ERR_REFUSED, "take another backup: one of another night, or of copy_to",
	    "the backup is damaged");
}

static int
cut_off(struct err *e)
{
	return err_set(e, ERR_REFUSED, "copy it again, or take another backup",
	    "the backup is cut off, or damaged near its end");
}

/* As many of n bytes as the file still has. */
static ssize_t
read_some(int fd, void *out, size_t n, struct err *e)
{
	ssize_t got = disk_read(fd, out, n);

	if (got == -1)
		err_set(e, ERR_SYSTEM, NULL, "the backup cannot be read: %s", strerror(errno));
	return got;
}

static int
check_head(const struct backup_head *h, ssize_t n, struct err *e)
{
	uint8_t mark[MARK_SIZE];

	backup_mark(mark);
	if (n < (ssize_t)MARK_SIZE || memcmp(h->mark, MAGIC, MAGIC_SIZE) != 0 ||
	    memcmp(h->mark + MAGIC_SIZE + 1, mark + MAGIC_SIZE + 1, 2) != 0)
		return err_set(e, ERR_REFUSED, NULL, "that is no backup of fridge-label");
	if (h->mark[MAGIC_SIZE] != BACKUP_VERSION)
		return err_set(e, ERR_REFUSED, "install the newer fridge-label",
		    "the backup was made by a newer version (%u; this one knows %d)",
		    h->mark[MAGIC_SIZE], BACKUP_VERSION);
	return n < (ssize_t)sizeof *h ? cut_off(e) : 0;
}

int
backup_open(int fd, const struct recovery_code *code, struct backup_reader **out,
    struct err *e)
{
	uint8_t key[SECRET_KEY_SIZE], check[CHECK_SIZE];
	int rc = -1;

	if (secret_begin(e) == -1)
		return -1;
	struct backup_reader *r = secret_alloc(sizeof *r);
	if (r == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "out of memory");
	r->fd = fd;
	r->stream = NULL;
	r->first = true;
	r->last = false;
	r->left = 0;
	r->at = r->have = 0;
	ssize_t n = read_some(fd, &r->head, sizeof r->head, e);
	if (n == -1 || check_head(&r->head, n, e) == -1)
		goto done;
	backup_key(&r->head, code, key, check);
	if (memcmp(check, r->head.check, CHECK_SIZE) != 0) {
		err_set(e, ERR_REFUSED, "look for the recovery label of the fridge that made it",
		    "that is not the recovery code of this backup");
		goto done;
	}
	if ((r->stream = secret_stream_open(key, r->head.begin)) == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto done;
	}
	*out = r;
	rc = 0;
done:
	secret_wipe(key, sizeof key);
	if (rc == -1)
		backup_reader_free(r);
	return rc;
}

static int
read_piece(struct backup_reader *r, struct err *e)
{
	uint8_t more;
	ssize_t n = read_some(r->fd, r->sealed, SEALED_PIECE, e);

	if (n == -1)
		return -1;
	if (n < SECRET_PIECE_MORE)
		return cut_off(e);
	int got = secret_piece_open(r->stream, r->plain, r->sealed, (size_t)n, &r->head,
	    r->first ? sizeof r->head : 0);
	if (got == -1)
		return n < SEALED_PIECE ? cut_off(e) : damaged(e);
	r->first = false;
	r->last = got == 0;
	r->at = 0;
	r->have = (size_t)n - SECRET_PIECE_MORE;
	if (!r->last)
		return 0;
	/* Nothing may follow. */
	n = read_some(r->fd, &more, 1, e);
	return n == 1 ? damaged(e) : (int)n;
}

/* What is there of at most n bytes: the next ones, in *bytes. */
static ssize_t
next_bytes(struct backup_reader *r, const uint8_t **bytes, size_t n, struct err *e)
{
	while (r->at == r->have) {
		if (r->last)
			return damaged(e);	/* its members are longer than itself */
		if (read_piece(r, e) == -1)
			return -1;
	}
	size_t some = r->have - r->at < n ? r->have - r->at : n;
	*bytes = r->plain + r->at;
	r->at += some;
	return (ssize_t)some;
}

static int
take(struct backup_reader *r, void *out, size_t n, struct err *e)
{
	for (uint8_t *to = out; n > 0;) {
		const uint8_t *bytes;
		ssize_t some = next_bytes(r, &bytes, n, e);
		if (some == -1)
			return -1;
		if (to != NULL) {
			memcpy(to, bytes, (size_t)some);
			to += some;
		}
		n -= (size_t)some;
	}
	return 0;
}

/* Pass over what is left of a member. */
static int
pass(struct backup_reader *r, struct err *e)
{
	const uint8_t *bytes;

	while (r->left > 0) {
		ssize_t n = next_bytes(r, &bytes, r->left < PIECE_SIZE ? (size_t)r->left : PIECE_SIZE, e);
		if (n == -1)
			return -1;
		r->left -= (uint64_t)n;
	}
	return 0;
}

int
backup_next(struct backup_reader *r, struct backup_member *m, struct err *e)
{
	uint8_t len, size[8];

	if (pass(r, e) == -1 || take(r, &len, 1, e) == -1)
		return -1;
	if (len == 0)	/* then the last piece ends here, too */
		return r->at != r->have || !r->last ? damaged(e) : 0;
	if (take(r, m->name, len, e) == -1 || take(r, size, sizeof size, e) == -1)
		return -1;
	m->name[len] = '\0';
	if (strlen(m->name) != len)
		return damaged(e);
	m->size = 0;
	for (size_t i = sizeof size; i > 0; i--)
		m->size = m->size << 8 | size[i - 1];
	r->left = m->size;
	return 1;
}

int
backup_take(struct backup_reader *r, void *out, size_t n, struct err *e)
{
	if (r->left != n)
		return damaged(e);
	r->left = 0;
	return take(r, out, n, e);
}

int
backup_take_file(struct backup_reader *r, int fd, struct err *e)
{
	const uint8_t *bytes;

	while (r->left > 0) {
		ssize_t n = next_bytes(r, &bytes, r->left < PIECE_SIZE ? (size_t)r->left : PIECE_SIZE, e);
		if (n == -1)
			return -1;
		if (disk_write(fd, bytes, (size_t)n) == -1)
			return err_set(e, ERR_SYSTEM, errno == ENOSPC || errno == EDQUOT
			    ? "make room on the disk" : NULL,
			    "what is in the backup cannot be written: %s", strerror(errno));
		r->left -= (uint64_t)n;
	}
	return 0;
}

void
backup_reader_free(struct backup_reader *r)
{
	if (r == NULL)
		return;
	secret_stream_end(r->stream);
	secret_free(r);
}
