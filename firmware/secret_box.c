/* secret_box.c - what only the holder of a key can read: one box, or a stream of pieces;
 * see secret.h */
#include "secret.h"

#include <sodium.h>
#include <stdlib.h>

_Static_assert(SECRET_PUBLIC_SIZE == crypto_box_PUBLICKEYBYTES &&
    SECRET_KEY_SIZE == crypto_box_SECRETKEYBYTES && SECRET_BOX_MORE == crypto_box_SEALBYTES,
    "the sizes of a sealed box");
_Static_assert(SECRET_KEY_SIZE == crypto_secretstream_xchacha20poly1305_KEYBYTES &&
    SECRET_STREAM_BEGIN == crypto_secretstream_xchacha20poly1305_HEADERBYTES &&
    SECRET_PIECE_MORE == crypto_secretstream_xchacha20poly1305_ABYTES,
    "the sizes of a secret stream");

void
secret_pair_draw(struct secret_pair *p)
{
	crypto_box_keypair(p->public, p->private);
}

int
secret_box(uint8_t *out, const void *text, size_t n,
    const uint8_t public[static SECRET_PUBLIC_SIZE])
{
	return crypto_box_seal(out, text, n, public) != 0 ? -1 : 0;
}

int
secret_box_open(void *out, const uint8_t *box, size_t n, const struct secret_pair *p)
{
	return crypto_box_seal_open(out, box, n, p->public, p->private) != 0 ? -1 : 0;
}

/* ---- streams ---- */

struct secret_stream {
	crypto_secretstream_xchacha20poly1305_state state;
};

struct secret_stream *
secret_stream_seal(const uint8_t key[static SECRET_KEY_SIZE],
    uint8_t begin[static SECRET_STREAM_BEGIN])
{
	struct secret_stream *s = secret_alloc(sizeof *s);

	if (s != NULL)
		crypto_secretstream_xchacha20poly1305_init_push(&s->state, begin, key);
	return s;
}

struct secret_stream *
secret_stream_open(const uint8_t key[static SECRET_KEY_SIZE],
    const uint8_t begin[static SECRET_STREAM_BEGIN])
{
	struct secret_stream *s = secret_alloc(sizeof *s);

	if (s != NULL)
		crypto_secretstream_xchacha20poly1305_init_pull(&s->state, begin, key);
	return s;
}

void
secret_stream_end(struct secret_stream *s)
{
	secret_free(s);
}

void
secret_piece_seal(struct secret_stream *s, uint8_t *out, const void *text, size_t n,
    const void *with, size_t with_n, bool last)
{
	crypto_secretstream_xchacha20poly1305_push(&s->state, out, NULL, text, n, with, with_n,
	    last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
		 : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
}

int
secret_piece_open(struct secret_stream *s, void *out, const uint8_t *piece, size_t n,
    const void *with, size_t with_n)
{
	unsigned char tag = 0;

	if (n < SECRET_PIECE_MORE || crypto_secretstream_xchacha20poly1305_pull(&s->state, out,
	    NULL, &tag, piece, n, with, with_n) != 0)
		return -1;
	return tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL;
}
