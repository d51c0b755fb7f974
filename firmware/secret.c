/* secret.c - memory, random numbers and hashes for secrets; see secret.h */
#include "secret.h"

#include <sodium.h>

_Static_assert(SECRET_KEY_SIZE >= crypto_generichash_KEYBYTES_MIN &&
    SECRET_KEY_SIZE <= crypto_generichash_KEYBYTES_MAX, "a key of a hash");

int
secret_begin(struct err *e)
{
	if (sodium_init() == -1)
		return err_set(e, ERR_SYSTEM, NULL, "libsodium cannot start");
	return 0;
}

void *
secret_alloc(size_t size)
{
	return sodium_init() == -1 ? NULL : sodium_malloc(size);
}

void
secret_freeze(void *p)
{
	sodium_mprotect_readonly(p);
}

void
secret_free(void *p)
{
	sodium_free(p);
}

void
secret_wipe(void *p, size_t size)
{
	sodium_memzero(p, size);
}

bool
secret_is_zero(const uint8_t *p, size_t size)
{
	return sodium_is_zero(p, size) == 1;
}

void
secret_random(void *out, size_t size)
{
	randombytes_buf(out, size);
}

uint32_t
secret_random_below(uint32_t below)
{
	return randombytes_uniform(below);
}

void
secret_hash(void *out, size_t size, const void *text, size_t n,
    const uint8_t key[static SECRET_KEY_SIZE])
{
	crypto_generichash(out, size, text, n, key, SECRET_KEY_SIZE);
}

void
secret_hex(char *out, const uint8_t *bytes, size_t n)
{
	sodium_bin2hex(out, 2 * n + 1, bytes, n);
}
