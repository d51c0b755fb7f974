/* badge_seal.c - a badge number on its way to another program, for its eyes alone; and
 * what tells one key from another. */
#include "badge_impl.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define PLAIN_SIZE (SEALED_SIZE - crypto_box_SEALBYTES)

_Static_assert(SEAL_KEY_SIZE == crypto_box_PUBLICKEYBYTES, "the size of a public key");
/* Kind, length and number. */
_Static_assert(PLAIN_SIZE >= 2 + UID_MAX, "a card must fit");

struct seal {
	uint8_t public[crypto_box_PUBLICKEYBYTES];
	uint8_t secret[crypto_box_SECRETKEYBYTES];
};

struct seal *
seal_new(uint8_t public[static SEAL_KEY_SIZE])
{
	struct seal *s;

	if (sodium_init() == -1 || (s = sodium_malloc(sizeof *s)) == NULL)
		return NULL;
	crypto_box_keypair(s->public, s->secret);
	memcpy(public, s->public, SEAL_KEY_SIZE);
	return s;
}

void
seal_free(struct seal *s)
{
	sodium_free(s);
}

void
seal_card(const uint8_t public[static SEAL_KEY_SIZE], const struct card *c,
    uint8_t out[static SEALED_SIZE])
{
	uint8_t plain[PLAIN_SIZE] = { (uint8_t)c->kind, (uint8_t)c->len };

	assert(c->len <= UID_MAX);
	memcpy(plain + 2, c->uid, c->len);
	/* Nobody can open what was sealed to a key that is none. */
	if (crypto_box_seal(out, plain, sizeof plain, public) != 0)
		memset(out, 0, SEALED_SIZE);
	sodium_memzero(plain, sizeof plain);
}

int
seal_open(const struct seal *s, const uint8_t sealed[static SEALED_SIZE], struct card *out)
{
	uint8_t plain[PLAIN_SIZE];

	if (crypto_box_seal_open(plain, sealed, SEALED_SIZE, s->public, s->secret) != 0)
		return -1;
	struct card c = { .kind = (enum badge_kind)plain[0], .len = plain[1] };
	int rc = plain[0] > BADGE_FELICA || c.len > UID_MAX ? -1 : 0;
	if (rc == 0) {
		memcpy(c.uid, plain + 2, c.len);
		*out = c;
	}
	sodium_memzero(plain, sizeof plain);
	return rc;
}

void
badge_key_check(const struct badge_key *k, char out[static KEY_CHECK_SIZE])
{
	static const unsigned char WHAT[] = "fridge-label key check";
	uint8_t hash[crypto_generichash_BYTES_MIN];

	crypto_generichash(hash, sizeof hash, WHAT, sizeof WHAT - 1, k->bytes, sizeof k->bytes);
	sodium_bin2hex(out, KEY_CHECK_SIZE, hash, (KEY_CHECK_SIZE - 1) / 2);
}
