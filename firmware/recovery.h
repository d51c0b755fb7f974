/* recovery.h - the recovery code: what opens a backup where all else is lost.
 *
 * Eight groups of five digits. The last digit of each checks the group and its place, so
 * that a typing error is told as such, and where, before anything is tried. 32 random
 * digits are 106 bits: nobody can try them all.
 *
 * It lives in recovery.code in the folder of [store] key_file, mode 0600, and on a label
 * in the safe; never in the store, a log, the name of a job or a backup.
 */
#ifndef FRIDGE_RECOVERY_H
#define FRIDGE_RECOVERY_H

#include <stdbool.h>

#include "err.h"

#define RECOVERY_FILE "recovery.code"
#define RECOVERY_TEMPLATE "recovery"	/* of the label for the safe */
#define RECOVERY_GROUPS 8
#define RECOVERY_GROUP 5
#define RECOVERY_SIZE (RECOVERY_GROUPS * (RECOVERY_GROUP + 1))
struct recovery_code {
	char text[RECOVERY_SIZE];	/* "48213 90271 ...", to be wiped */
};

/* Where it is, or would be. ERR_USAGE: the path is too long. */
int recovery_path(const char *key_file, char *out, size_t size, struct err *e);
/* As typed, with or without blanks and dashes; O counts as 0, and I and l as 1. ERR_USAGE,
 * with what is wrong; it never repeats the code. */
int recovery_parse(const char *typed, struct recovery_code *out, struct err *e);
/* Read it from its file or, where that is not there or not for us, from the credential
 * recovery-code. ERR_SYSTEM: there is none. */
int recovery_load(const char *key_file, struct recovery_code *out, struct err *e);
/* The same, and make it where there is neither. *made (may be NULL) tells. */
int recovery_ensure(const char *key_file, struct recovery_code *out, bool *made,
    struct err *e);
/* Keep a code that was typed: in its file, where there is none. 1 it stands there, 0 another
 * one does, and stays. */
int recovery_keep(const char *key_file, const struct recovery_code *code, struct err *e);
void recovery_wipe(struct recovery_code *code);

#endif
