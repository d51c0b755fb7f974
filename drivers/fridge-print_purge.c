/* fridge-print_purge.c - CUPS is to forget the jobs of some prints: one line says
 *
 *	purged N
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fridge-print_impl.h"

static const char *const KEYS[] = { "jobs", "prints" };

static int
by_number(const void *pa, const void *pb)
{
	const int64_t *a = pa, *b = pb;

	return *a < *b ? -1 : *a > *b;
}

/* "5,7,12" as sorted numbers; one allocation. */
static int
prints_parse(const char *text, int64_t **out, size_t *n, struct err *e)
{
	size_t room = 1;
	char *end;

	for (const char *p = text; *p != '\0'; p++)
		room += *p == ',';
	*n = 0;
	*out = calloc(room, sizeof **out);
	if (*out == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "out of memory");
	for (const char *p = text;; p = end + 1) {
		errno = 0;
		int64_t print = strtoll(p, &end, 10);
		if (end == p || *p < '0' || *p > '9' || errno != 0 || (*end != ',' && *end != '\0')) {
			free(*out);
			return err_set(e, ERR_USAGE, "fridge-print --help",
			    "prints=%s is no list such as 5,7,12", text);
		}
		(*out)[(*n)++] = print;
		if (*end == '\0')
			break;
	}
	qsort(*out, *n, sizeof **out, by_number);
	return 0;
}

int
purge_run(int argc, char **argv, struct err *e)
{
	struct params a = { argc, argv };
	int64_t *prints = NULL;
	struct print *p = NULL;
	int purged = 0, rc = -1;
	size_t n;

	if (params_check(&a, KEYS, sizeof KEYS / sizeof *KEYS, e) == -1)
		return -1;
	if (params_get(&a, "jobs")[0] == '\0')
		return err_set(e, ERR_USAGE, "fridge-print --help", "jobs= is missing");
	if (prints_parse(params_get(&a, "prints"), &prints, &n, e) == -1)
		return -1;
	p = print_new(NULL, NULL);
	if (p == NULL)
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
	else
		rc = print_purge(p, params_get(&a, "jobs"), prints, n, &purged, e);
	if (rc == 0 || purged > 0)
		printf("purged %d\n", purged);
	print_free(p);
	free(prints);
	return rc;
}
