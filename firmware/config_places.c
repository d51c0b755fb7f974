/* config_places.c - where helpers and templates are: beside a program that was just
 * built, or where make install put them */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"

/* The folder of the running program; "" if the kernel does not say. */
static void
program_folder(char out[static PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", out, PATH_MAX - 1);

	out[n > 0 ? n : 0] = '\0';
	char *slash = strrchr(out, '/');
	if (slash != NULL)
		*slash = '\0';
}

static bool
is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

int
config_helper(const char *name, char *out, size_t size, struct err *e)
{
	char here[PATH_MAX];
	char path[PATH_MAX];

	program_folder(here);
	int n = snprintf(path, sizeof path, "%s/%s", here, name);
	if (n >= (int)sizeof path || !is_program(path))
		n = snprintf(path, sizeof path, "%s/%s", FRIDGE_LIBEXECDIR, name);
	if (n >= (int)sizeof path || !is_program(path))
		return err_set(e, ERR_SYSTEM, "install fridge-label again",
		    "the program %s is neither in %s nor in %s", name, here, FRIDGE_LIBEXECDIR);
	if ((size_t)n >= size)
		return err_set(e, ERR_SYSTEM, NULL, "the path of %s is too long", name);
	memcpy(out, path, (size_t)n + 1);
	return 0;
}

/* The templates that came with the running program. */
static void
shipped_templates(char out[static PATH_MAX])
{
	static const char *const BESIDE[] = { "/../templates", "/../../templates" };
	char here[PATH_MAX], path[PATH_MAX];
	struct stat st;

	program_folder(here);
	for (size_t i = 0; i < sizeof BESIDE / sizeof *BESIDE; i++) {
		if (snprintf(path, sizeof path, "%s%s", here, BESIDE[i]) < (int)sizeof path
		    && realpath(path, out) != NULL && stat(out, &st) == 0 && S_ISDIR(st.st_mode))
			return;
	}
	snprintf(out, PATH_MAX, "%s/templates", FRIDGE_DATADIR);
}

void
config_templates(const struct config *c, struct template_dirs *out)
{
	size_t n = 0;

	_Static_assert(sizeof out->path[0] >= PATH_MAX, "a folder's path must fit");
	strcpy(out->path[n++], TEMPLATES_FOLDER);
	/* The configured folder goes before ours, not instead: a person's one template
	 * still needs the shipped words and fonts. */
	if (c->label.templates[0] != '\0')
		strcpy(out->path[n++], c->label.templates);
	shipped_templates(out->path[n++]);
	for (size_t i = 0; i < n; i++)
		out->list[i] = out->path[i];
	out->list[n] = NULL;
}
