/* badge_key.c - the key of the readings, and the file it lives in; see badge.h */
#include <string.h>

#include "badge_impl.h"
#include "secret.h"

static struct secret_file
key_file(const char *path)
{
	return (struct secret_file){ .path = path, .credential = "uid-key", .what = "key file",
	    .make = "sudo fridgectl key create" };
}

int
badge_key_load(const char *path, struct badge_key **out, struct err *e)
{
	const struct secret_file file = key_file(path);
	uint8_t bytes[BADGE_KEY_SIZE + 1];	/* one more shows a file too long */
	struct badge_key *k = NULL;
	size_t n = 0;
	int rc = -1;

	if (secret_begin(e) == -1 || secret_file_read(&file, bytes, sizeof bytes, &n, e) == -1)
		goto done;
	if (n != BADGE_KEY_SIZE) {
		err_set(e, ERR_REFUSED, "put the right key back from a safe copy; with a new "
		    "one every badge must be enrolled again",
		    "key file %s has %s 32 bytes: it is damaged, or no key", path,
		    n < BADGE_KEY_SIZE ? "less than" : "more than");
		goto done;
	}
	k = secret_alloc(sizeof *k);
	if (k == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto done;
	}
	memcpy(k->bytes, bytes, sizeof k->bytes);
	secret_freeze(k);
	*out = k;
	rc = 0;
done:
	secret_wipe(bytes, sizeof bytes);
	return rc;
}

const uint8_t *
badge_key_bytes(const struct badge_key *k)
{
	return k->bytes;
}

void
badge_key_free(struct badge_key *k)
{
	secret_free(k);
}

int
badge_key_create(const char *path, struct err *e)
{
	const struct secret_file file = key_file(path);
	uint8_t bytes[BADGE_KEY_SIZE];

	if (secret_begin(e) == -1)
		return -1;
	secret_random(bytes, sizeof bytes);
	int rc = secret_file_make(&file, bytes, sizeof bytes,
	    "keep it: with a new key every badge must be enrolled again", e);
	secret_wipe(bytes, sizeof bytes);
	return rc;
}
