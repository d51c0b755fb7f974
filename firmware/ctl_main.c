/* ctl_main.c - how fridgectl runs a command: what it needs is opened, what it answers is
 * printed, and how it went is the exit status.
 */
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "host.h"

/* Open what the command needs, in the order of session.h. */
static int
prepare(struct ctl *c, struct err *e)
{
	unsigned needs = c->command->needs;

	if ((needs & NEED_CONFIG) && session_begin(&c->session, c->config_file, e) == -1)
		return -1;
	if ((needs & NEED_KEY) && session_key(&c->session, e) == -1)
		return -1;
	if ((needs & NEED_USER) && session_become(&c->session, e) == -1)
		return -1;
	if ((needs & NEED_STORE) && session_store(&c->session, e) == -1)
		return -1;
	return 0;
}

const char *
ctl_forgotten(const struct host *h, const struct config *config)
{
	const char *const files[] = { config->file, config->store.key_file, config->store.path };
	char whole[PATH_MAX];

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		const char *path = files[i];
		if (path[0] != '/' && path[0] != '\0')
			path = realpath(path, whole);
		if (path != NULL && path[0] != '\0' && host_forgets(h, path))
			return files[i];
	}
	return NULL;
}

/* What this command made may be gone at the next boot, which nobody would see before. */
static void
warn_forgotten(const struct ctl *c)
{
	struct host h = { .root = "" };
	struct config config;
	struct err ignored;

	if (config_load(c->config_file, &config, NULL, &ignored) == -1)
		return;
	const char *gone = ctl_forgotten(&h, &config);
	if (gone != NULL)
		fprintf(stderr, "fridgectl: %s is in memory alone, and as it was at the next boot\n"
		    "  try: " CTL_OVERLAY "\n", gone);
}

static int
run(struct ctl *c, struct err *e)
{
	c->out = out_new(stdout, c->json);
	if (c->out == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "out of memory");
	if (prepare(c, e) == -1 || c->command->run(c, e) == -1) {
		out_discard(c->out);
		return -1;
	}
	if (out_finish(c->out) == -1)
		return err_set(e, ERR_SYSTEM, NULL, "the answer cannot be written");
	if ((c->command->needs & MAKES_LASTING) != 0)
		warn_forgotten(c);
	return 0;
}

FILE *
ctl_more(struct ctl *c)
{
	if (c->more == NULL)
		c->more = open_memstream(&c->more_text, &c->more_size);
	return c->more;
}

/* A word as a shell takes it. */
static void
put_word(FILE *f, const char *word)
{
	bool plain = word[0] != '\0' && word[strcspn(word, " \t\n\"'\\$`!*?[](){}<>|&;#~")] == '\0';

	fputs(plain ? " " : " '", f);
	for (const char *p = word; *p != '\0'; p++)
		if (*p == '\'')
			fputs("'\\''", f);
		else
			fputc(*p, f);
	fputs(plain ? "" : "'", f);
}

/* Advice that ends in "sudo fridgectl" means this command, which none but us knows as it
 * was typed. It stays as it is where that does not fit. */
static void
name_command(const struct ctl *c, int argc, char **argv, struct err *e)
{
	static const char AGAIN[] = "sudo fridgectl";
	size_t n = strlen(e->todo), room = sizeof e->todo - n, typed;
	char *line = NULL;

	if (c->command == NULL || n < sizeof AGAIN - 1 ||
	    strcmp(e->todo + n - (sizeof AGAIN - 1), AGAIN) != 0)
		return;
	FILE *f = open_memstream(&line, &typed);
	if (f == NULL)
		return;
	for (int i = 1; i < argc; i++)
		put_word(f, argv[i]);
	if (c->words == 0)
		fprintf(f, " %s", c->command->name);
	if (fclose(f) == 0 && typed < room)
		strcpy(e->todo + n, line);
	free(line);
}

int
main(int argc, char **argv)
{
	struct ctl c = { .command = NULL };
	struct err e = { .kind = ERR_NONE };
	int status = 0;

	session_stdio();
	if (argc > 1 && strcmp(argv[1], "--complete") == 0)
		return ctl_complete(argc - 2, argv + 2);
	int rc = ctl_parse(&c, argc, argv, &e);

	if (rc == 0 && c.version) {
		rc = printf("fridgectl %s\n", FRIDGE_VERSION) < 0 ? -1 : 0;
	} else if (rc == 0 && c.help) {
		rc = ctl_help(&c, stdout, &e);
	} else if (rc == 0) {
		rc = run(&c, &e);
	}
	if (rc == 0 && fflush(stdout) != 0)
		rc = err_set(&e, ERR_SYSTEM, NULL, "the answer cannot be written");
	if (rc == 0)
		status = c.status;
	if (rc == -1) {
		name_command(&c, argc, argv, &e);
		err_print("fridgectl", &e);
		status = err_status(&e);
	}
	if (c.more != NULL) {
		fclose(c.more);
		if (rc == -1)
			fputs(c.more_text, stderr);
		free(c.more_text);
	}
	session_end(&c.session);
	return status;
}
