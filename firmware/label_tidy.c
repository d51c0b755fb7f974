/* label_tidy.c - what labels left behind in memory is given back.
 *
 * Each new character stays in the caches of cairo and Pango, up to tens of megabytes
 * of glyphs that may never be printed again, and each part of a font or library that
 * was ever used stays mapped. Both go when they have become too much and nobody waits.
 */
#include "label_impl.h"

#include <inttypes.h>
#include <malloc.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define RESIDENT_MAX ((size_t)33 << 20)	/* of the process, before anything is done */
#define GROWTH_MIN ((size_t)3 << 20)	/* since the last time */
#define HEAP_GROWTH_MAX ((size_t)9 << 20)

static size_t
resident(void)
{
	FILE *from = fopen("/proc/self/statm", "re");
	size_t pages = 0;

	if (from == NULL)
		return 0;
	if (fscanf(from, "%*u %zu", &pages) != 1)
		pages = 0;
	fclose(from);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static size_t
heap_used(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}

/* A file that is only read, and of which no page is our own (as the parts of libraries
 * are into which the loader wrote addresses), is in the system's cache anyway: what is
 * needed of it again is there at once. */
static void
unmap_clean_pages(void)
{
	FILE *from = fopen("/proc/self/smaps", "re");
	uintptr_t start = 0, end = 0;
	char line[4400], rights[8];
	long own;

	while (from != NULL && fgets(line, sizeof line, from) != NULL) {
		uintptr_t a, b;
		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %7s", &a, &b, rights) == 3) {
			/* Mapped to be read or run, private, and from a file. */
			bool clean = rights[0] == 'r' && rights[1] == '-' && rights[3] == 'p' &&
			    strchr(line, '/') != NULL;
			start = a;
			end = clean ? b : a;
		} else if (sscanf(line, "Anonymous: %ld kB", &own) == 1 && own == 0 && end > start) {
			madvise((void *)start, end - start, MADV_DONTNEED);
		}
	}
	if (from != NULL)
		fclose(from);
}

void
tidy_start(struct tidy *t)
{
	malloc_trim(0);
	unmap_clean_pages();
	t->heap = heap_used();
	t->resident = resident();
}

bool
tidy_is_due(const struct tidy *t)
{
	size_t now = resident();

	return now > RESIDENT_MAX && now > t->resident + GROWTH_MIN;
}

bool
tidy_pages(struct tidy *t)
{
	malloc_trim(0);
	unmap_clean_pages();
	t->resident = resident();
	return heap_used() <= t->heap + HEAP_GROWTH_MAX;
}
