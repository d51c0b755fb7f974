/* fridge-print_queue.c - the queues and printers that CUPS knows, for those who set it up.
 *
 * A queue that was made is told in one line:
 *	made NAME files=none|stopped|kept why=TEXT todo=TEXT
 * files: CUPS kept no documents of jobs anyway, keeps none from now on, or still does.
 */
#include <stdio.h>
#include <string.h>

#include "fridge-print_impl.h"
#include "proto.h"

static const char *const KEYS[] = { "uri", "driver", "info" };

int
queues_run(queue_lister *list, struct err *e)
{
	struct print *p = print_new(NULL, NULL);

	if (p == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "out of memory");
	int rc = list(p, stdout, e);
	print_free(p);
	return rc;
}

static void
say_made(struct print *p, const char *name)
{
	struct proto_line l;
	struct err e = { .kind = ERR_NONE };
	bool changed = false;
	int rc = print_keep_nothing(p, &changed, &e);

	proto_start(&l, "made");
	proto_word(&l, name);
	proto_pair(&l, "files", rc == -1 ? "kept" : changed ? "stopped" : "none");
	proto_pair(&l, "why", e.what);
	proto_pair(&l, "todo", e.todo);
	if (l.ok)
		puts(l.text);
}

int
make_queue_run(int argc, char **argv, struct err *e)
{
	struct params a = { argc - 1, argv + 1 };
	struct print_queue queue = {
		.name = argv[0], .uri = params_get(&a, "uri"), .driver = params_get(&a, "driver"),
		.info = params_get(&a, "info"),
	};

	if (params_check(&a, KEYS, sizeof KEYS / sizeof *KEYS, e) == -1)
		return -1;
	struct print *p = print_new(NULL, NULL);
	if (p == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "out of memory");
	int rc = print_make_queue(p, &queue, e);
	if (rc == 0)
		say_made(p, queue.name);
	print_free(p);
	return rc;
}
