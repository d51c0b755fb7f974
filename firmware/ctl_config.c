/* ctl_config.c - fridgectl config … and key … */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"

/* For people the settings read as a configuration file does, with what each is for,
 * so that the answer can be kept as one. */
static void
say_settings(struct ctl *c)
{
	const char *section = "";
	char value[CONFIG_TEXT];
	struct setting set;

	for (int i = 0; config_setting(&c->session.config, i, &set, value) == 1; i++) {
		if (strcmp(section, set.section) != 0)
			out_say(c->out, "[%s]", set.section);
		section = set.section;
		out_say(c->out, "# %s", set.text);
		out_say(c->out, "# Allowed: %s%s%s", set.allowed, set.unit[0] != '\0' ? " " : "", set.unit);
		out_say(c->out, "%s =%s%s", set.key, set.value[0] != '\0' ? " " : "", set.value);
	}
}

int
cmd_config_show(struct ctl *c, struct err *e)
{
	const char *section = NULL;
	char value[CONFIG_TEXT];
	struct setting set;

	(void)e;
	say_settings(c);
	out_object(c->out, NULL, NULL);
	for (int i = 0; config_setting(&c->session.config, i, &set, value) == 1; i++) {
		if (section == NULL || strcmp(section, set.section) != 0) {
			if (section != NULL)
				out_end(c->out);
			section = set.section;
			out_object(c->out, section, NULL);
		}
		out_text(c->out, set.key, NULL, set.value);
	}
	if (section != NULL)
		out_end(c->out);
	out_end(c->out);
	return 0;
}

/* Every mistake is told, not only the first. */
int
cmd_config_check(struct ctl *c, struct err *e)
{
	struct session *s = &c->session;
	char *lines = NULL;
	size_t size = 0;
	FILE *more = open_memstream(&lines, &size);

	if (more == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "out of memory");
	int rc = config_load(c->config_file, &s->config, more, e);
	fclose(more);
	/* The first one is the error itself. */
	const char *others = lines != NULL ? strchr(lines, '\n') : NULL;
	if (rc == -1 && others != NULL && ctl_more(c) != NULL)
		fputs(others + 1, c->more);
	free(lines);
	if (rc == 0)
		rc = day_zone(s->config.fridge.timezone, e);
	if (rc == -1)
		return -1;
	out_object(c->out, NULL, NULL);
	out_bool(c->out, "ok", NULL, true);
	out_text(c->out, "file", NULL, s->config.file);
	out_end(c->out);
	if (s->config.file[0] != '\0')
		out_say(c->out, "%s is right.", s->config.file);
	else
		out_say(c->out, "There is no %s: all settings have their defaults.",
		    CONFIG_DEFAULT_FILE);
	return 0;
}

int
cmd_key_create(struct ctl *c, struct err *e)
{
	const char *key = c->session.config.store.key_file;
	bool kept = ctl_value(c, "if-missing") != NULL && access(key, F_OK) == 0;

	if (!kept && badge_key_create(key, e) == -1)
		return -1;
	out_object(c->out, NULL, NULL);
	out_text(c->out, "key_file", NULL, key);
	out_end(c->out);
	if (kept) {
		out_say(c->out, "%s is there already.", key);
		return 0;
	}
	out_say(c->out, "Made %s. Without it every badge has to be enrolled again: backups hold it, "
	    "encrypted.", key);
	return 0;
}
