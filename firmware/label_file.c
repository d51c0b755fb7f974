/* label_file.c - which file a template's name means, and which templates there are. */
#include "label_impl.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define NAME_LENGTH 64
#define SUFFIX ".svg"

/* A bare name: nothing that leads to another folder or hides. */
static bool
name_is_ok(const char *name)
{
	size_t n = strlen(name);

	if (n == 0 || n > NAME_LENGTH || name[0] == '.' || name[0] == '-')
		return false;
	for (size_t i = 0; i < n; i++)
		if (name[i] == '/' || iscntrl((unsigned char)name[i]))
			return false;
	return g_utf8_validate(name, -1, NULL);
}

/* The real place of a file, which must lie in the real place of the folder: a link
 * within the folder is a second name, one that leads out is refused. */
static int
resolve(const char *dir, const char *path, char out[static PATH_SIZE], struct err *e)
{
	char real_dir[PATH_MAX], real[PATH_MAX];

	if (realpath(dir, real_dir) == NULL || realpath(path, real) == NULL)
		return err_set(e, ERR_REFUSED, NULL, "%s: %s", path, strerror(errno));
	size_t n = strlen(real_dir);
	if (strncmp(real, real_dir, n) != 0 || real[n] != '/')
		return err_set(e, ERR_REFUSED, "put a copy into the folder",
		    "%s leads out of its folder", path);
	memcpy(out, real, strlen(real) + 1);
	return 0;
}

int
template_find(const char *const *dirs, const char *name, char path[static PATH_SIZE],
    struct stat *st, struct err *e)
{
	char beside[PATH_SIZE];

	if (!name_is_ok(name))
		return err_set(e, ERR_REFUSED, "fridgectl template list",
		    "that is no name of a template: a bare name is, such as standard");
	for (; *dirs != NULL; dirs++) {
		int n = snprintf(beside, sizeof beside, "%s/%s" SUFFIX, *dirs, name);
		if (n < 0 || n >= (int)sizeof beside)
			continue;
		if (lstat(beside, st) == -1) {
			if (errno == ENOENT || errno == ENOTDIR)
				continue;
			return err_set(e, ERR_REFUSED, NULL, "%s: %s", beside, strerror(errno));
		}
		if (resolve(*dirs, beside, path, e) == -1)
			return -1;
		if (stat(path, st) == -1)
			return err_set(e, ERR_REFUSED, NULL, "%s: %s", path, strerror(errno));
		if (!S_ISREG(st->st_mode))
			return err_set(e, ERR_REFUSED, NULL, "%s is not a plain file", path);
		return 0;
	}
	return err_set(e, ERR_REFUSED, "fridgectl template list", "there is no template \"%s\"",
	    name);
}

/* ---- the list ---- */

struct names {
	char **name;
	size_t count;
};

static void
names_add(struct names *all, const char *file)
{
	size_t n = strlen(file), suffix = strlen(SUFFIX);

	if (n <= suffix || strcmp(file + n - suffix, SUFFIX) != 0)
		return;
	char *name = strndup(file, n - suffix);
	char **grown = reallocarray(all->name, all->count + 1, sizeof *grown);
	if (name == NULL || grown == NULL)
		abort();
	all->name = grown;
	all->name[all->count++] = name;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
read_names(const char *dir, struct names *all)
{
	const char *const one[] = { dir, NULL };
	DIR *d = opendir(dir);

	if (d == NULL)
		return;
	for (const struct dirent *entry; (entry = readdir(d)) != NULL;) {
		char path[PATH_SIZE], name[NAME_LENGTH + sizeof SUFFIX];
		struct stat st;
		size_t n = strlen(entry->d_name);
		if (n <= strlen(SUFFIX) || n >= sizeof name)
			continue;
		memcpy(name, entry->d_name, n + 1);
		name[n - strlen(SUFFIX)] = '\0';
		if (template_find(one, name, path, &st, NULL) == 0)
			names_add(all, entry->d_name);
	}
	closedir(d);
}

char **
label_templates(const char *const *dirs, struct err *e)
{
	struct names all = { 0 };
	size_t bytes = 0, kept = 0;
	char **list = NULL, *text;

	for (; *dirs != NULL; dirs++)
		read_names(*dirs, &all);
	if (all.count > 0)
		qsort(all.name, all.count, sizeof *all.name, by_name);
	for (size_t i = 0; i < all.count; i++)
		bytes += strlen(all.name[i]) + 1;
	list = malloc((all.count + 1) * sizeof *list + bytes);
	if (list == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "no memory for the list of templates");
		goto done;
	}
	text = (char *)(list + all.count + 1);
	for (size_t i = 0; i < all.count; i++) {
		if (i > 0 && strcmp(all.name[i], all.name[i - 1]) == 0)
			continue;
		list[kept++] = text;
		text = stpcpy(text, all.name[i]) + 1;
	}
	list[kept] = NULL;
done:
	for (size_t i = 0; i < all.count; i++)
		free(all.name[i]);
	free(all.name);
	return list;
}
