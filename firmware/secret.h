/* secret.h - what secrets need: keyed hashes, random bytes, boxes that one key opens,
 * memory that is wiped, and the small files that secrets live in.
 *
 * The only module that knows libsodium. Nothing here logs, and no error repeats a secret.
 */
#ifndef FRIDGE_SECRET_H
#define FRIDGE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

#define SECRET_KEY_SIZE 32

/* To be called before anything else here, and as often as one likes. */
int secret_begin(struct err *e);

/* ---- memory ---- */

/* Locked where the limits allow it, in no core file, wiped by secret_free. NULL: no
 * memory. */
void *secret_alloc(size_t size);
void secret_freeze(void *p);		/* from now on it can only be read */
void secret_free(void *p);		/* may be NULL */
void secret_wipe(void *p, size_t size);
/* Whether all bytes are zero, in a time that does not tell which are not. */
bool secret_is_zero(const uint8_t *p, size_t size);

/* ---- numbers ---- */

void secret_random(void *out, size_t size);
/* From 0 to below (at least 1), each as likely. */
uint32_t secret_random_below(uint32_t below);
/* BLAKE2b of size bytes (16 to 64) under a key. */
void secret_hash(void *out, size_t size, const void *text, size_t n,
    const uint8_t key[static SECRET_KEY_SIZE]);
/* 2 * n digits and a NUL. */
void secret_hex(char *out, const uint8_t *bytes, size_t n);

/* ---- a box for one reader: anybody fills it, only the holder of the pair opens it ---- */

#define SECRET_PUBLIC_SIZE 32
#define SECRET_BOX_MORE 48		/* bytes that a box is longer than what is in it */
struct secret_pair {
	uint8_t public[SECRET_PUBLIC_SIZE];
	uint8_t private[SECRET_KEY_SIZE];
};
void secret_pair_draw(struct secret_pair *p);
/* out gets n + SECRET_BOX_MORE bytes. -1: that is no public key. */
int secret_box(uint8_t *out, const void *text, size_t n,
    const uint8_t public[static SECRET_PUBLIC_SIZE]);
/* out gets n - SECRET_BOX_MORE bytes. -1: not for this pair, or damaged. */
int secret_box_open(void *out, const uint8_t *box, size_t n, const struct secret_pair *p);

/* ---- a long text in pieces, each proved to be the next one ---- */

#define SECRET_STREAM_BEGIN 24		/* bytes that stand before the pieces */
#define SECRET_PIECE_MORE 17		/* bytes that a sealed piece is longer */
struct secret_stream;			/* opaque, wiped */
/* NULL: no memory. begin is filled to be written, or given as it was read. */
struct secret_stream *secret_stream_seal(const uint8_t key[static SECRET_KEY_SIZE],
    uint8_t begin[static SECRET_STREAM_BEGIN]);
struct secret_stream *secret_stream_open(const uint8_t key[static SECRET_KEY_SIZE],
    const uint8_t begin[static SECRET_STREAM_BEGIN]);
void secret_stream_end(struct secret_stream *s);	/* may be NULL */
/* Seal the next piece; out gets n + SECRET_PIECE_MORE bytes. with (may be NULL) stands
 * outside, and is proved to be the same. */
void secret_piece_seal(struct secret_stream *s, uint8_t *out, const void *text, size_t n,
    const void *with, size_t with_n, bool last);
/* Open the next one; out gets n - SECRET_PIECE_MORE bytes. 1: more must follow, 0: it was
 * the last, -1: not the next piece under that key: another key, or damaged. */
int secret_piece_open(struct secret_stream *s, void *out, const uint8_t *piece, size_t n,
    const void *with, size_t with_n);

/* ---- the files that secrets live in ---- */

struct secret_file {
	const char *path;
	const char *credential;		/* its name as a systemd credential */
	const char *what;		/* "key file", for messages */
	const char *make;		/* what to do where there is none */
};
/* Read at most size bytes; *n is how many there are (ask for one more than is right).
 * Where there is no such file, or we may not read it, the credential is read, if the
 * service manager gave us one. ERR_REFUSED: others can read it, or it is no plain file;
 * ERR_SYSTEM: there is none, or it cannot be read. */
int secret_file_read(const struct secret_file *f, void *out, size_t size, size_t *n,
    struct err *e);
/* Make it, mode 0600, of the folder's owner if root makes it, written and synced before it
 * gets its name. Never overwrites: ERR_REFUSED if it exists, and then todo is what to do. One
 * that is cut off leaves a half beside it: "PATH.half-" and six characters. */
#define SECRET_FILE_HALF ".half-"
int secret_file_make(const struct secret_file *f, const void *bytes, size_t n,
    const char *todo, struct err *e);

#endif
