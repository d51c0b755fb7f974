/* ctl.h - the commands of fridgectl: one table that parser and help read.
 *
 * A command gets its arguments checked for number, its options by name, and what it
 * needs (configuration, key, store) opened in the right order. It describes its
 * answer in c->out; nothing is printed if it fails.
 */
#ifndef FRIDGE_CTL_H
#define FRIDGE_CTL_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "backup.h"
#include "err.h"
#include "option.h"
#include "out.h"
#include "row.h"
#include "session.h"

struct ctl;
struct host;

/* What is opened before a command runs. */
enum {
	NEED_CONFIG = 1,
	NEED_KEY = 2,			/* the badge key */
	NEED_USER = 4,			/* become the owner of the store's folder */
	NEED_STORE = 8,
	MAKES_LASTING = 16,		/* not opened: what it writes must outlast a boot */
	USES_STORE = NEED_CONFIG | NEED_USER | NEED_STORE,
	FOR_NEW_PEOPLE = 16,		/* who is not found may have to be added */
};

struct ctl_command {
	const char *name;		/* "owner add" */
	const char *args;		/* "NAME" */
	const char *text;		/* one sentence */
	int min, max;			/* arguments */
	unsigned needs;
	const struct option_def *options;	/* NULL: none of its own */
	int (*run)(struct ctl *c, struct err *e);
};
extern const struct ctl_command CTL_COMMANDS[];	/* ends with a NULL name */
extern const struct option_def CTL_GLOBAL[];	/* of every command */

#define CTL_WORDS_MAX 64
#define CTL_OPTIONS_MAX 24
struct ctl {
	const struct ctl_command *command;
	char *word[CTL_WORDS_MAX];	/* the command's words and its arguments */
	int words;
	char **arg;			/* its arguments, in word */
	int args;
	const char *value[CTL_OPTIONS_MAX];	/* of the command's options, in their order */
	const char *config_file;	/* -c, or NULL */
	bool json, help, version;
	int status;			/* to exit with when an answer names a failure */
	struct session session;
	struct out *out;
	FILE *more;			/* lines to print below an error; see ctl_more */
	char *more_text;
	size_t more_size;
};

/* ctl_args.c: take the command line apart. ERR_USAGE. */
int ctl_parse(struct ctl *c, int argc, char **argv, struct err *e);
/* What a person types to start, restart or reload the fridged of this configuration; the
 * service's own is systemd's. It stands until the next call. */
const char *ctl_service(const struct ctl *c, const char *verb);
/* What a person types before a command of fridgectl's for this configuration: "sudo
 * fridgectl", or with -c FILE where it is not the service's. It stands for good. */
const char *ctl_self(const struct ctl *c);
/* ctl_main.c: the first of a configuration's file, key and store that is gone at the next
 * boot (see host_forgets); NULL if none is. */
const char *ctl_forgotten(const struct host *h, const struct config *config);
/* What to do about it. */
#define CTL_OVERLAY "switch the overlay file system off (sudo raspi-config, Performance " \
    "Options), reboot, and do it again; or see Read-only root in: man fridge-label"
/* The value of an option ("" for a flag), or NULL if it was not given. */
const char *ctl_value(const struct ctl *c, const char *name);
/* A whole number from min to max, or fallback where the option was not given. */
int ctl_value_int(const struct ctl *c, const char *name, int min, int max, int fallback,
    int *out, struct err *e);
int ctl_value_number(const struct ctl *c, const char *name, int64_t min, int64_t max,
    int64_t fallback, int64_t *out, struct err *e);
/* A row's number as typed: 1 or more. */
int ctl_id(const char *what, const char *text, int64_t *out, struct err *e);

/* ctl_help.c: the whole, a group ("badge") or a command ("badge add"). -1 with
 * ERR_USAGE if there is no such thing; names the nearest. */
int ctl_help(const struct ctl *c, FILE *to, struct err *e);
/* "fridgectl badge add OWNER NUMBER [--as FORM]" */
void ctl_usage(const struct ctl_command *cmd, char *out, size_t size);
/* How many of a command's words begin a name in the table: 2, 1 or 0; *cmd is set if
 * they are a whole command. */
int ctl_lookup(char *const *word, int words, const struct ctl_command **cmd);
int ctl_unknown(char *const *word, int words, struct err *e);

/* ctl_near.c: how far apart two texts are, in characters changed; letters of
 * either case are the same. */
int near_distance(const char *a, const char *b);

/* ctl_owner.c: the one live person that key means. ERR_REFUSED if none (names the
 * nearest) or several (lists them). */
int ctl_owner_find(struct ctl *c, const char *key, struct owner *out, struct err *e);
/* The same among those who were removed; or here, else removed. */
int ctl_owner_find_removed(struct ctl *c, const char *key, struct owner *out, struct err *e);
int ctl_owner_find_any(struct ctl *c, const char *key, struct owner *out, struct err *e);
/* The stream for lines below the error that is about to be returned. May be NULL. */
FILE *ctl_more(struct ctl *c);
/* People as a table below an error or a question. */
void ctl_owner_choices(FILE *to, const struct owner *owners, size_t n);
/* Check a new person's texts and add them. */
int ctl_owner_new(struct ctl *c, struct owner *o, struct err *e);

/* ctl_label.c */
struct label_wish {
	const struct owner *owner;	/* NULL: a label without an owner */
	const char *preset, *shelf;	/* NULL: as usual */
	int64_t badge;			/* 0: none */
	int copies;
};
/* Make what store_label_add wants. The texts point into *preset and the session. */
int ctl_label_fill(struct ctl *c, const struct label_wish *w, struct preset *preset,
    struct label_new *out, struct err *e);
/* The preset of that name; ERR_REFUSED if there is none. */
int ctl_preset_find(struct ctl *c, const char *name, struct preset *out, struct err *e);
/* The digits of a label's code as typed. ERR_USAGE if it is none, ERR_REFUSED if it
 * stands on another fridge's label. */
int ctl_code(struct ctl *c, const char *typed, char out[static CODE_SIZE], struct err *e);
/* The newest label with that code, as ctl_code reads it; ERR_REFUSED if there is none. */
int ctl_label_find(struct ctl *c, const char *typed, struct label *out, struct err *e);
/* Say on standard error that nothing prints while fridged does not run. */
void ctl_note_fridged(const struct ctl *c);

/* ctl_wait.c: before the first wait: ERR_SYSTEM if fridged does not run; else Ctrl-C ends a
 * wait from now on, as after ctl_catch_signals. */
int ctl_wait_begin(struct ctl *c, struct err *e);
/* From now on Ctrl-C ends a wait or a question, and the program with it in order; so does a
 * terminal or a reader of its output that goes. */
void ctl_catch_signals(void);
/* From now on nothing of that ends it, nor the programs it starts. */
void ctl_ignore_signals(void);
bool ctl_cancelled(void);
/* Wait for the next tap, counting down; what is held to the reader is a "badge" or a
 * "card". 1: *answer is tapped or refused; 0: nobody came, or it was cancelled; -1. */
int ctl_wait_tap(struct ctl *c, struct wait *wait, const char *what, int timeout_s,
    struct wait_answer *answer, struct err *e);
/* Why it was 0: -1 with *e; done is what was not done to it, "enrolled". */
int ctl_wait_failed(const struct ctl *c, const char *what, const char *done, int timeout_s,
    struct err *e);

/* ctl_explain.c: wait for a tap whose number is wanted, between ctl_wait_begin and the end
 * of the program. 0 with the card, which the caller wipes, or -1. */
int ctl_wait_number(struct ctl *c, int timeout_s, struct card *out, struct wait_answer *answer,
    struct err *e);

/* ctl_progress.c: how far a long work is, as a bar on a terminal; nothing elsewhere. what
 * is said before it, "Reading". Starts as { .what = NULL }. */
struct progress {
	const char *what;
	int shown;			/* percent */
};
void progress_show(struct progress *p, const char *what, size_t done, size_t all);
void progress_end(struct progress *p);

/* ctl_verify.c: import --verify-tap: which way to write a number is the one of the file. */
struct roster;
int ctl_verify_tap(struct ctl *c, const struct roster *r, const char *whom, struct err *e);

/* ctl_care.c: queue the test label or the sign for the door; then wait until it is out, at
 * most so long. what is "test label". ERR_BUSY: not yet. */
int ctl_print_sheet(struct ctl *c, enum print_kind kind, int64_t *id, struct err *e);
int ctl_print_await(struct ctl *c, int64_t id, const char *what, int seconds, struct print *p,
    struct err *e);

/* ctl_badge.c: a badge as the answer's object, or as a row of its open list. */
int ctl_badge_object(struct ctl *c, const struct badge *b, struct err *e);

/* ctl_helper.c: run a helper program to its end, at most 10 s. argv[0] is its name;
 * its own words become *e where it fails; ERR_BUSY: it took longer. */
struct helped {
	char *out;		/* its standard output, with a NUL after it; or NULL */
	size_t out_size;
	char *err;		/* its standard error; or NULL */
};
int ctl_helper(const char *const *argv, struct helped *h, struct err *e);
/* The same, at most that many seconds. */
int ctl_helper_within(const char *const *argv, int seconds, struct helped *h, struct err *e);
/* The same for a program of the system, found by PATH: 1, 0 there is none, -1. */
int ctl_program(const char *const *argv, int seconds, struct helped *h, struct err *e);
/* Where that is; name may be a whole path. False: there is no such program. */
bool ctl_find_program(const char *name, char *out, size_t size);
void helped_free(struct helped *h);
/* "WHAT (try: WHAT TO DO)", as helpers and fridged say what is wrong, as an error: -1. */
int ctl_said(const char *text, struct err *e);
/* Its command line, being made. Starts as { .count = 0 }. */
#define CALL_ARGS_MAX 32
struct call {
	const char *arg[CALL_ARGS_MAX + 1];
	char *made[CALL_ARGS_MAX];
	size_t count, mades;
	int seconds;		/* it may take; 0: the usual 10 */
	bool failed;
};
void call_add(struct call *l, const char *arg);		/* arg stays the caller's */
void call_addf(struct call *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void call_templates(struct call *l, const struct config *config);	/* templates=… */
int call_run(struct call *l, struct helped *h, struct err *e);
void call_free(struct call *l);

/* ctl_template.c: the names of all templates, a line each; freed with helped_free. */
int ctl_templates(struct ctl *c, struct helped *h, struct err *e);

/* Of whoever looks for what is wrong: a first start finds all fonts. */
#define CTL_PATIENCE_S 30
/* What would go wrong with a template on the labels of the configured queue, in a language
 * or (NULL) in all: found is called for each finding; sheet is what those labels are,
 * "62x29 mm" or "a 62 mm roll". */
#define SHEET_TEXT 48
struct template_finding {
	bool is_error;
	long line;		/* 0: the whole */
	const char *what, *todo;
};
typedef void template_found(void *arg, const struct template_finding *f);
int ctl_template_look(struct ctl *c, const char *name, const char *lang,
    char sheet[static SHEET_TEXT], template_found *found, void *arg, struct err *e);

/* ctl_line.c: a command line as it is being typed in a shell. */
struct typed_line {
	char *word[CTL_WORDS_MAX];	/* without their quotes; the last is being typed */
	int words;			/* at least one, once taken */
	size_t from;			/* what of the last one the shell replaces */
	char quote;			/* the one that is open, or 0 */
	char text[8192];
};
/* breaks end a word for the shell besides blanks. -1 if it is too long. */
int line_take(struct typed_line *l, const char *breaks, const char *text);
/* A line with what the shell must put in so that the last word becomes this one. */
void line_offer(const struct typed_line *l, const char *word, FILE *to);

/* ctl_complete.c: what may stand where the last word is being typed; the exit status.
 * Never says what is wrong, waits for nothing, makes nothing. */
#define CTL_COMPLETE_FILES 3		/* names of files may stand there too */
int ctl_complete(int count, char **words);

/* ctl_preview.c: how many characters of an owner's label no font has; 0 where that
 * cannot be known. */
int ctl_missing_glyphs(struct ctl *c, const struct owner *o);
/* The same of any text, or -1. */
int ctl_missing_in(struct ctl *c, const char *text, struct err *e);
/* The size that was asked for by --size and --dpi, else the configured one, else none:
 * the template's. */
int ctl_add_size(struct call *l, const struct ctl *c, struct err *e);
/* Whether --lang's value (or NULL) is a language. ERR_USAGE. */
int ctl_lang(const char *lang, struct err *e);
/* Say so on standard error, with the fonts to install; nothing for 0. */
void ctl_warn_missing(int missing);

/* ctl_doctor.c: the name of a check from 0 on, NULL behind the last one. */
const char *doctor_check_name(int at);
/* All of them, between blanks. */
void doctor_check_names(char *out, size_t size);
/* What machine this is, or the one below --root. ERR_USAGE: that is no folder. */
struct host;
int ctl_host(const struct ctl *c, struct host *out, struct err *e);

/* ctl_change.c: fridge.conf changed, with everything else in it as somebody wrote it. The
 * old file stays beside it; a failure leaves everything as it was. */
struct conf {
	char path[PATH_MAX];		/* of the file itself, where it is a link */
	char kept[PATH_MAX + 32];	/* where the old one is now; "": there was none */
	int folder;			/* it stands in; locked against others that change it */
};
struct conf_change {
	int index;			/* of config_setting */
	const char *value;		/* one line */
};
enum {
	CONF_ANEW = 1,		/* from a text that lists all settings, not from what is there */
	CONF_KEEP_ALL = 2,	/* under the day's name, beside older ones; else FILE.old */
};
/* The file that -c FILE (or NULL) means. Waits for its lock. */
int conf_begin(struct conf *f, const char *file, struct err *e);
/* ERR_USAGE if the programs would not read what is to be written. */
int conf_write(struct conf *f, const struct conf_change *list, size_t n, unsigned how,
    struct err *e);
void conf_end(struct conf *f);

/* ctl_publish.c: a file for others, always whole: written beside and renamed. Begin before
 * session_become: it is made and named with the rights of whoever started us. */
struct publish {
	int file;		/* to write to, with that mode whatever the umask says; or see
				 * publish_write */
	/* The rest is ctl_publish.c's. */
	pid_t pid;
	int fd;
};
int publish_begin(struct publish *p, const char *path, mode_t mode, struct err *e);
int publish_write(struct publish *p, const void *bytes, size_t n, struct err *e);
enum publish_how {
	PUBLISH_NOT,		/* the file stays as it was, or away */
	PUBLISH_QUICK,		/* it gets its name; the disk may come later */
	PUBLISH_LASTING,	/* it gets its name once it is on the disk, and that too */
};
/* Once, always. e may be NULL. */
int publish_end(struct publish *p, enum publish_how how, struct err *e);
/* Both for a text; NULL: PUBLISH_NOT. */
int publish_text(struct publish *p, const char *text, size_t n, enum publish_how how,
    struct err *e);

/* ctl_pack.c: what goes into a backup. */
#define PACK_FILES_MAX 500
struct pack {
	struct pack_file {
		char name[BACKUP_NAME_SIZE];
		int fd;
	} file[PACK_FILES_MAX];
	size_t files;
	int templates;
	int64_t size, store_size;		/* once written: of the backup, of the store's copy */
};
/* Open all of it, and load the key: before session_become. pack_free in any case. */
int pack_gather(struct pack *p, struct ctl *c, struct err *e);
void pack_free(struct pack *p);
/* With the store open: write the whole into fd, on the disk; and read it back from there. */
int pack_write(struct pack *p, const struct session *s, int fd,
    const struct recovery_code *code, struct err *e);
int pack_verify(const struct session *s, int fd, const struct recovery_code *code,
    struct err *e);

/* ctl_backup.c: the recovery label for the safe. First the code, with the rights of whoever
 * started us (before session_become): it is made where there is none, and *made tells. A
 * fridged that systemd started knows a code only if it was there at its start. */
int ctl_recovery_code(struct ctl *c, bool *made, struct err *e);
/* Then, with the store open, the label: queued; *print is its row. */
int ctl_recovery_label(struct ctl *c, int64_t *print, struct err *e);

int cmd_status(struct ctl *c, struct err *e);
int cmd_doctor(struct ctl *c, struct err *e);
int cmd_setup(struct ctl *c, struct err *e);
int cmd_prune(struct ctl *c, struct err *e);
int cmd_clock_confirm(struct ctl *c, struct err *e);
int cmd_test_print(struct ctl *c, struct err *e);
int cmd_enroll(struct ctl *c, struct err *e);
int cmd_owner_add(struct ctl *c, struct err *e);
int cmd_owner_list(struct ctl *c, struct err *e);
int cmd_owner_show(struct ctl *c, struct err *e);
int cmd_owner_edit(struct ctl *c, struct err *e);
int cmd_owner_remove(struct ctl *c, struct err *e);
int cmd_owner_forget(struct ctl *c, struct err *e);
int cmd_badge_add(struct ctl *c, struct err *e);
int cmd_badge_list(struct ctl *c, struct err *e);
int cmd_badge_revoke(struct ctl *c, struct err *e);
int cmd_badge_restore(struct ctl *c, struct err *e);
int cmd_badge_explain(struct ctl *c, struct err *e);
int cmd_badge_unclaimed(struct ctl *c, struct err *e);
int cmd_badge_claim(struct ctl *c, struct err *e);
int cmd_label_print(struct ctl *c, struct err *e);
int cmd_label_list(struct ctl *c, struct err *e);
int cmd_label_show(struct ctl *c, struct err *e);
int cmd_label_reprint(struct ctl *c, struct err *e);
int cmd_label_close(struct ctl *c, struct err *e);
int cmd_preset_list(struct ctl *c, struct err *e);
int cmd_preset_show(struct ctl *c, struct err *e);
int cmd_preset_add(struct ctl *c, struct err *e);
int cmd_preset_edit(struct ctl *c, struct err *e);
int cmd_preset_remove(struct ctl *c, struct err *e);
int cmd_preset_card(struct ctl *c, struct err *e);
int cmd_emptied(struct ctl *c, struct err *e);
int cmd_sweep(struct ctl *c, struct err *e);
int cmd_history(struct ctl *c, struct err *e);
int cmd_import(struct ctl *c, struct err *e);
int cmd_export(struct ctl *c, struct err *e);
int cmd_preview(struct ctl *c, struct err *e);
int cmd_bench(struct ctl *c, struct err *e);
int cmd_template_list(struct ctl *c, struct err *e);
int cmd_template_check(struct ctl *c, struct err *e);
int cmd_config_show(struct ctl *c, struct err *e);
int cmd_config_set(struct ctl *c, struct err *e);
int cmd_config_check(struct ctl *c, struct err *e);
int cmd_backup(struct ctl *c, struct err *e);
int cmd_restore(struct ctl *c, struct err *e);
int cmd_key_create(struct ctl *c, struct err *e);

#endif
