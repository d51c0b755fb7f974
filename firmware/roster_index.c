/* roster_index.c - who is meant by an ID, an e-mail address or a name: a hash table of
 * texts, several people under one text.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "roster_impl.h"

struct entry {
	char kind;
	uint32_t member;
	uint32_t next;			/* in the same bucket; 0: none (entry 0 is not used) */
	const char *text;
};

struct roster_index {
	struct entry *entries;
	size_t count, room;
	uint32_t *bucket;
	size_t mask;
};

struct roster_index *
roster_index_new(size_t expected)
{
	struct roster_index *x = calloc(1, sizeof *x);
	size_t buckets = 1024;

	while (buckets < 2 * expected)
		buckets *= 2;
	if (x == NULL)
		return NULL;
	x->mask = buckets - 1;
	x->bucket = calloc(buckets, sizeof *x->bucket);
	x->count = 1;
	if (x->bucket == NULL) {
		roster_index_free(x);
		return NULL;
	}
	return x;
}

void
roster_index_free(struct roster_index *x)
{
	if (x == NULL)
		return;
	free(x->bucket);
	free(x->entries);
	free(x);
}

/* FNV-1a; addresses are the same in either case, as in the store. */
static uint32_t *
bucket_of(const struct roster_index *x, char kind, const char *text)
{
	uint64_t h = 0xcbf29ce484222325u ^ (unsigned char)kind;

	for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++)
		h = (h ^ (unsigned)(kind == KEY_EMAIL ? tolower(*p) : *p)) * 0x100000001b3u;
	return &x->bucket[(h ^ h >> 32) & x->mask];
}

static bool
is(const struct entry *at, char kind, const char *text)
{
	return at->kind == kind && (kind == KEY_EMAIL ? strcasecmp(at->text, text) :
	    strcmp(at->text, text)) == 0;
}

int
roster_index_add(struct roster_index *x, char kind, const char *text, uint32_t member)
{
	uint32_t *bucket = bucket_of(x, kind, text);
	size_t same = 0;

	for (uint32_t at = *bucket; at != 0; at = x->entries[at].next) {
		if (!is(&x->entries[at], kind, text))
			continue;
		if (x->entries[at].member == member || ++same == NAMESAKES_MAX)
			return 0;
	}
	struct entry *more = roster_more(x->entries, x->count, &x->room, sizeof *more);
	if (more == NULL)
		return -1;
	x->entries = more;
	more[x->count] = (struct entry){ kind, member, *bucket, text };
	*bucket = (uint32_t)x->count++;
	return 0;
}

int
roster_index_next(const struct roster_index *x, char kind, const char *text, uint32_t *at,
    uint32_t *member)
{
	*at = *at == 0 ? *bucket_of(x, kind, text) : x->entries[*at].next;
	while (*at != 0 && !is(&x->entries[*at], kind, text))
		*at = x->entries[*at].next;
	if (*at != 0)
		*member = x->entries[*at].member;
	return *at != 0;
}

int
roster_index_find(const struct roster_index *x, char kind, const char *text, uint32_t *member)
{
	uint32_t at = 0;

	return roster_index_next(x, kind, text, &at, member);
}
