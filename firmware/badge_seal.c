/* badge_seal.c - a badge number on its way to another program, for its eyes alone; and
 * what tells one key from another. */
#include "badge_impl.h"

#include <assert.h>
#include <string.h>

#include "secret.h"

#define CHECK_HASH_SIZE 16
#define PLAIN_SIZE (SEALED_SIZE - SECRET_BOX_MORE)

_Static_assert(SEAL_KEY_SIZE == SECRET_PUBLIC_SIZE, "the size of a public key");
/* Kind, length and number. */
_Static_assert(PLAIN_SIZE >= 2 + UID_MAX, "a card must fit");

struct seal {
	struct secret_pair pair;
};

struct seal *
seal_new(uint8_t public[static SEAL_KEY_SIZE])
{
	struct seal *s = secret_alloc(sizeof *s);

	if (s == NULL)
		return NULL;
	secret_pair_draw(&s->pair);
	memcpy(public, s->pair.public, SEAL_KEY_SIZE);
	return s;
}

void
seal_free(struct seal *s)
{
	secret_free(s);
}

void
seal_card(const uint8_t public[static SEAL_KEY_SIZE], const struct card *c,
    uint8_t out[static SEALED_SIZE])
{
	uint8_t plain[PLAIN_SIZE] = { (uint8_t)c->kind, (uint8_t)c->len };

	assert(c->len <= UID_MAX);
	memcpy(plain + 2, c->uid, c->len);
	/* Nobody can open what was sealed to a key that is none. */
	if (secret_box(out, plain, sizeof plain, public) == -1)
		memset(out, 0, SEALED_SIZE);
	secret_wipe(plain, sizeof plain);
}

int
seal_open(const struct seal *s, const uint8_t sealed[static SEALED_SIZE], struct card *out)
{
	uint8_t plain[PLAIN_SIZE];

	if (secret_box_open(plain, sealed, SEALED_SIZE, &s->pair) == -1)
		return -1;
	struct card c = { .kind = (enum badge_kind)plain[0], .len = plain[1] };
	int rc = plain[0] > BADGE_FELICA || c.len > UID_MAX ? -1 : 0;
	if (rc == 0) {
		memcpy(c.uid, plain + 2, c.len);
		*out = c;
	}
	secret_wipe(plain, sizeof plain);
	return rc;
}

void
badge_key_check(const struct badge_key *k, char out[static KEY_CHECK_SIZE])
{
	static const char WHAT[] = "fridge-label key check";
	uint8_t hash[CHECK_HASH_SIZE];

	secret_hash(hash, sizeof hash, WHAT, sizeof WHAT - 1, k->bytes);
	secret_hex(out, hash, (KEY_CHECK_SIZE - 1) / 2);
}
