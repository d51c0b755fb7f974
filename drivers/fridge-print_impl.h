/* fridge-print_impl.h - what the files of fridge-print share. */
#ifndef FRIDGE_PRINT_PROGRAM_IMPL_H
#define FRIDGE_PRINT_PROGRAM_IMPL_H

#include "../firmware/label.h"
#include "print.h"

#define DIRS_MAX 8
/* The templates folders, from DIR,DIR,... */
struct dirs {
	char text[4096];
	const char *list[DIRS_MAX + 1];
};
int dirs_parse(const char *text, struct dirs *out);	/* 0, or -1: too many */

/* Where fields come from: KEY's value or "". */
typedef const char *field_get(const void *from, const char *key);
/* Fill in a label's fields; -1 with *e for a date that is none. */
int fields_fill(field_get *get, const void *from, struct label_fields *out, struct err *e);
/* "auto", "0", "90", "180", "270", "": 0 or -1. */
int rotate_parse(const char *text, int *out);

/* KEY=VALUE arguments of a run for a person; the last of a key counts. */
struct params {
	int count;
	char **list;
};
const char *params_get(const void *from, const char *key);	/* a field_get */
/* That all are of those keys. ERR_USAGE. */
int params_check(const struct params *p, const char *const *keys, size_t count,
    struct err *e);
/* A whole number of that range: 0, or -1. */
int number_parse(const char *text, int min, int max, int *out);

/* ---- fridge-print_helper.c: speak proto.h until standard input ends ---- */
/* open: why calls are not confined, NULL if they are. An exit status. */
int helper_run(const struct err *open);

/* ---- fridge-print_files.c: what the helper can open ---- */
/* From now on templates, fonts, libraries and what libcups needs, and no other file, as
 * confine_files says. Folders of templates are not added later. */
int files_confine(const struct dirs *templates, struct err *e);

/* ---- fridge-print_preview.c: draw without a printer ---- */
int preview_run(int argc, char **argv, struct err *e);		/* 0 or -1 */
int templates_run(int argc, char **argv, struct err *e);
/* The sheet of that size ("": the template's own) by dpi, rotate, margins and language. */
int preview_sheet(const struct params *a, struct label_engine *engine, const char *template,
    const char *size, struct sheet *out, struct err *e);

/* ---- fridge-print_check.c: what is wrong with a template ---- */
int check_run(int argc, char **argv, struct err *e);		/* 0 or -1 */

/* ---- fridge-print_bench.c: how long the stages of a label take ---- */
int bench_run(int argc, char **argv, struct err *e);		/* 0 or -1 */

/* ---- fridge-print_purge.c: jobs that CUPS is to forget ---- */
int purge_run(int argc, char **argv, struct err *e);		/* 0 or -1 */

/* ---- fridge-print_queue.c: CUPS's queues and printers, as lines ---- */
typedef int queue_lister(struct print *p, FILE *to, struct err *e);
int queues_run(queue_lister *list, struct err *e);		/* 0 or -1 */
int make_queue_run(int argc, char **argv, struct err *e);

#endif
