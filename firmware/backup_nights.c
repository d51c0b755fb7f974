/* backup_nights.c - the folder of the backups of the nights; see backup.h */
#include "backup.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLDER "backups"
#define ENDING ".backup"

/* What their names begin with: the store's name without its ending. */
static int
stem(const char *store, const char **out)
{
	const char *slash = strrchr(store, '/');
	const char *name = slash != NULL ? slash + 1 : store;
	const char *dot = strrchr(name, '.');

	*out = name;
	return (int)(dot != NULL && dot > name ? (size_t)(dot - name) : strlen(name));
}

int
backup_folder(const char *store, char *out, size_t size, struct err *e)
{
	const char *slash = strrchr(store, '/');
	int n = slash != NULL ? (int)(slash - store) + 1 : 0;

	if (snprintf(out, size, "%.*s" FOLDER, n, store) >= (int)size)
		return err_set(e, ERR_USAGE, NULL, "the path of the store is too long");
	return 0;
}

void
backup_name(const char *store, day_t day, char *out, size_t size)
{
	char text[DAY_TEXT];
	const char *name;
	int n = stem(store, &name);

	snprintf(out, size, "%.*s-%s" ENDING, n, name, day_text(day, text));
}

/* The day of a backup's name, or DAY_NONE for another file. */
static day_t
day_of_name(const char *store, const char *file)
{
	char text[DAY_TEXT], same[NAME_MAX + 1];
	const char *name;
	size_t n = (size_t)stem(store, &name);
	day_t day;

	if (strlen(file) != n + 1 + (DAY_TEXT - 1) + strlen(ENDING))
		return DAY_NONE;
	snprintf(text, sizeof text, "%s", file + n + 1);
	if (day_parse(text, &day) == -1)
		return DAY_NONE;
	backup_name(store, day, same, sizeof same);
	return strcmp(file, same) == 0 ? day : DAY_NONE;
}

static int
newest_first(const void *a, const void *b)
{
	const day_t *x = a, *y = b;

	return (*x < *y) - (*x > *y);
}

/* The days of all others in the folder, newest first; freed by the caller. */
static int
days_in(const char *folder, const char *store, day_t made, day_t **out, size_t *n,
    struct err *e)
{
	DIR *dir = opendir(folder);
	day_t *days = NULL;
	struct dirent *entry;
	int rc = -1;

	*n = 0;
	if (dir == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "the folder %s cannot be read: %s", folder,
		    strerror(errno));
	while ((entry = readdir(dir)) != NULL) {
		day_t day = day_of_name(store, entry->d_name);
		if (day == DAY_NONE || day == made)
			continue;
		day_t *more = reallocarray(days, *n + 1, sizeof *days);
		if (more == NULL) {
			err_set(e, ERR_SYSTEM, NULL, "out of memory");
			goto done;
		}
		days = more;
		days[(*n)++] = day;
	}
	if (*n > 1)
		qsort(days, *n, sizeof *days, newest_first);
	*out = days;
	rc = 0;
done:
	if (rc == -1)
		free(days);
	closedir(dir);
	return rc;
}

int
backup_prune(const char *folder, const char *store, day_t made, bool believed, int *gone,
    struct err *e)
{
	char name[NAME_MAX + 1], path[PATH_MAX];
	day_t *days = NULL;
	size_t left, to_come = 0;
	int deleted = 0, rc = 0;

	if (days_in(folder, store, made, &days, &left, e) == -1)
		return -1;
	while (believed && to_come < left && days[to_come] > made)
		to_come++;
	size_t past = to_come;
	for (; left > BACKUP_NIGHTS - 1 && rc == 0; left--) {
		/* Of those to come the nearest: if it is today that is wrong, of a clock that fell
		 * back, they are the good ones, and their oldest goes. */
		day_t day = to_come > 0 ? days[--to_come] : days[past + left - 1];
		backup_name(store, day, name, sizeof name);
		if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path ||
		    unlink(path) == -1)
			rc = err_set(e, ERR_SYSTEM, NULL, "an old backup cannot be deleted: %s/%s: %s",
			    folder, name, strerror(errno));
		else
			deleted++;
	}
	free(days);
	if (gone != NULL)
		*gone = deleted;
	return rc;
}
