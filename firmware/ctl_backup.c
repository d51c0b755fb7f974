/* ctl_backup.c - fridgectl backup: one encrypted file with all that the fridge is, by hand
 * or by the nightly timer, and the recovery label that opens it.
 */
#include <limits.h>
#include <string.h>

#include "ctl.h"
#include "recovery.h"

/* ---- the recovery label ---- */

int
ctl_recovery_code(struct ctl *c, bool *made, struct err *e)
{
	struct recovery_code code;
	int rc = recovery_ensure(c->session.config.store.key_file, &code, made, e);

	recovery_wipe(&code);
	return rc;
}

int
ctl_recovery_label(struct ctl *c, int64_t *print, struct err *e)
{
	struct session *s = &c->session;
	struct sheet_of sheet = { .template = RECOVERY_TEMPLATE };
	char boot[BOOT_ID_SIZE];

	sheet.day = session_clock_doubt(s) == NULL ? s->today : DAY_NONE;
	clock_boot_id(boot);
	return store_print_add(s->store, PRINT_SIGN, &sheet, 1, s->now, boot, clock_boot_ms(),
	    print, e);
}

static int
print_code(struct ctl *c, struct err *e)
{
	struct session *s = &c->session;
	char path[PATH_MAX];
	int64_t print;
	bool made;

	if (recovery_path(s->config.store.key_file, path, sizeof path, e) == -1 ||
	    ctl_recovery_code(c, &made, e) == -1 || session_become(s, e) == -1 ||
	    session_store(s, e) == -1 || ctl_recovery_label(c, &print, e) == -1)
		return -1;
	ctl_note_fridged(c);
	out_object(c->out, NULL, NULL);
	out_text(c->out, "code_file", NULL, path);
	out_bool(c->out, "made", NULL, made);
	out_int(c->out, "print", NULL, print);
	out_end(c->out);
	if (made)
		out_say(c->out, "Made the recovery code; it stands in %s. A fridged that runs as a "
		    "service gets to know it when it starts: sudo systemctl restart fridged", path);
	out_say(c->out, "The recovery label comes out of the printer. Keep it in a safe, and not "
	    "beside the backups: who has both has the names.");
	return 0;
}

int
cmd_backup(struct ctl *c, struct err *e)
{
	return print_code(c, e);
}
