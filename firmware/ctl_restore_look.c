/* ctl_restore_look.c - what is in a backup, and what it would be on this machine. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ctl_restore.h"
#include "secret.h"

#define SMALL_MAX (1 << 20)	/* a configuration, or what the backup says of itself */

static bool
begins(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

/* All of a small member, with a NUL after it; freed by the caller. */
static char *
take_text(struct backup_reader *b, const struct backup_member *m, struct err *e)
{
	char *text = m->size <= SMALL_MAX ? malloc((size_t)m->size + 1) : NULL;

	if (text == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "%s in the backup is too large", m->name);
		return NULL;
	}
	text[m->size] = '\0';
	if (backup_take(b, text, (size_t)m->size, e) == 0)
		return text;
	free(text);
	return NULL;
}

static void
read_about(struct restoring *r, char *text)
{
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n")) != NULL) {
		if (begins(line, "made_on "))
			snprintf(r->about.made_on, sizeof r->about.made_on, "%.10s", line + 8);
		else if (begins(line, "version "))
			snprintf(r->about.version, sizeof r->about.version, "%.31s", line + 8);
	}
}

/* What the member is of; one of a later version that we do not know is passed over. */
static int
take_member(struct restoring *r, struct backup_reader *b, const struct backup_member *m,
    struct err *e)
{
	if (strcmp(m->name, BACKUP_ABOUT) == 0) {
		char *text = take_text(b, m, e);
		if (text == NULL)
			return -1;
		read_about(r, text);
		free(text);
	} else if (strcmp(m->name, BACKUP_CONFIG) == 0 && r->config_text == NULL) {
		if ((r->config_text = take_text(b, m, e)) == NULL)
			return -1;
		r->config_size = (size_t)m->size;
	} else if (strcmp(m->name, BACKUP_KEY) == 0) {
		r->has_key = true;
		return backup_take(b, r->key, sizeof r->key, e);
	}
	r->has_store |= strcmp(m->name, BACKUP_STORE) == 0;
	r->templates += begins(m->name, BACKUP_TEMPLATES);
	r->own += begins(m->name, BACKUP_OWN);
	return 0;
}

/* A word of the head, which no two backups share. */
static int
read_id(struct restoring *r, struct err *e)
{
	static const uint8_t NO_KEY[SECRET_KEY_SIZE];
	uint8_t head[128], hash[32];
	ssize_t n = pread(r->fd, head, sizeof head, 0);

	if (n == -1)
		return err_set(e, ERR_SYSTEM, NULL, "the backup cannot be read: %s", strerror(errno));
	secret_hash(hash, sizeof hash, head, (size_t)n, NO_KEY);
	secret_hex(r->id, hash, sizeof hash);
	return 0;
}

/* The settings of the backup, read as any other file of settings is. */
static int
read_config(struct restoring *r, struct err *e)
{
	char path[64];
	int fd = memfd_create("configuration", MFD_CLOEXEC);

	if (fd == -1 || write(fd, r->config_text, r->config_size) != (ssize_t)r->config_size) {
		err_set(e, ERR_SYSTEM, NULL, "the configuration of the backup: %s", strerror(errno));
		goto failed;
	}
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (config_load(path, &r->config, NULL, e) == -1) {
		e->kind = ERR_REFUSED;
		snprintf(e->todo, sizeof e->todo, "install the version that made it, or add --keep-config");
		err_within(e, "the configuration in the backup is not right here");
		goto failed;
	}
	close(fd);
	return 0;
failed:
	if (fd != -1)
		close(fd);
	return -1;
}

/* Where the configuration is read from by all programs from then on. */
static int
settle_config(struct restoring *r, struct ctl *c, struct err *e)
{
	const char *env = getenv("FRIDGE_CONFIG");
	const char *place = c->config_file != NULL ? c->config_file : env != NULL && env[0] != '\0'
	    ? env : CONFIG_DEFAULT_FILE;

	snprintf(r->config_place, sizeof r->config_place, "%s", place);
	r->keep_config = ctl_value(c, "keep-config") != NULL;
	if (r->keep_config)
		return config_load(c->config_file, &r->config, NULL, e);
	if (r->config_text != NULL)
		return read_config(r, e);
	config_defaults(&r->config);
	return 0;
}

int
restoring_look(struct restoring *r, struct ctl *c, struct err *e)
{
	struct backup_reader *b = NULL;
	struct backup_member m;
	int got = -1;

	if (backup_open(r->fd, &r->code, &b, e) == 0)
		while ((got = backup_next(b, &m, e)) == 1)
			if (take_member(r, b, &m, e) == -1) {
				got = -1;
				break;
			}
	backup_reader_free(b);
	if (got == -1) {
		err_within(e, "nothing was changed");
		return -1;
	}
	if (!r->has_store || !r->has_key)
		return err_set(e, ERR_REFUSED, NULL, "there is no store in that backup");
	if (read_id(r, e) == -1 || settle_config(r, c, e) == -1 ||
	    day_zone(r->config.fridge.timezone, e) == -1)
		return -1;
	r->today = day_at(time(NULL));
	return 0;
}
