/* proto.h - the words that fridged and its helpers say to each other.
 *
 * A helper is a program that reads lines on standard input and writes lines on
 * standard output; a person can play either side in a terminal. A line is at most
 * 4,096 bytes with its newline: a word, then words or KEY=VALUE pairs, parted by
 * single blanks. Values (and free words) are percent-encoded: every byte outside
 * A-Z a-z 0-9 - . _ ~ : / , + @ becomes %XX; an empty value stays empty ("queue=").
 * Unknown words and keys are ignored by both sides, so that old and new get along.
 * A helper reads no configuration: settings come in lines. A helper ends when its
 * standard input ends.
 *
 * Both helpers say:
 *   hello NAME VERSION     first line: "hello fridge-reader 1"
 *   alive                  at least every second (reader; two for the printer)
 *   busy SECONDS           the next line may take so long (at most 30)
 *
 * fridge-reader is told:
 *   setup device= technologies=iso14443a,felica poll_ms=100 rearm_ms=800
 * and says:
 *   ready NAME             the device is open
 *   error KIND TEXT        it is not: KIND is missing, denied, busy, offline or
 *                          failed; it keeps trying by itself, and says ready then
 *   tap KIND UID           a credential came into the field: "tap iso14443a 04a1b2c3"
 *                          once for each credential of a presence
 *   gone                   the field has been empty for rearm_ms; not said of a device
 *                          that is lost: what lies on it is told again after ready
 * Reserved for keyboard readers and scanners: number DIGITS, scan TEXT.
 *
 * fridge-print is told:
 *   setup queue= media= rotate= language= red=0|1 templates=DIR,DIR,... qr=
 *   print id=PRINT name=JOBNAME find=0|1 only=0|1 template= copies= lang= FIELD=VALUE ...
 *                          one at a time. find=1: first look for a job of that
 *                          name without its "-ATTEMPT" end, made by an earlier run,
 *                          and follow it instead of printing again; only=1 besides:
 *                          refuse (retry=0) where there is none, make none
 *   cancel JOB             take it out of the queue
 * The fields of a label are those of label.h (owner= stored= ...).
 * It says:
 *   printer STATE REASONS  STATE is ready, paused, stopped, offline, missing
 *                          (no such queue), down (no cupsd) or unknown; REASONS are
 *                          CUPS's own words joined by commas, or none. Words of
 *                          ours: not-answering, in-use (by another computer),
 *                          not-accepting-jobs, access-denied,
 *                          device-paused (the printer, not its queue), unusable (no
 *                          page can be made for it; with why=TEXT todo=TEXT). With
 *                          want=62x29mm (or 62mm, a roll) where labels are the
 *                          trouble, and have=29x90mm where others are in it
 *   queue NAME device= host= model= feedback=yes|no format= size= dpi=
 *                          what was found out, each time that it is another: the
 *                          address' scheme and host, the language it is sent, the
 *                          size and resolution that are drawn. feedback=no: the
 *                          printer tells nothing back, completed is handed over
 *   job JOB                the print has this number in CUPS, made now or found
 *   state JOB STATE REASONS  pending, held, processing, stopped, canceled, aborted,
 *                          completed, or gone (CUPS does not know it)
 *   refused id=PRINT retry=0|1 why=TEXT todo=TEXT
 *                          no job was made. retry=1: it may work later (cupsd is
 *                          down); 0: this print never will (no such template)
 */
#ifndef FRIDGE_PROTO_H
#define FRIDGE_PROTO_H

#include <stdbool.h>
#include <stddef.h>

#define PROTO_VERSION 1
/* What language= may be beside empty: ZPL at 203, 300 or 600 dpi, or the raster language
 * of a Brother. */
#define PROTO_LANGUAGES "zpl zpl-300 zpl-600 ql-500 ql-550 ql-560 ql-570 ql-580n ql-650td " \
    "ql-700 ql-710w ql-720nw ql-800 ql-810w ql-820nwb ql-1050 ql-1060n ql-1100 ql-1110nwb"
#define PROTO_LINE 4096		/* with newline and NUL */

/* A line being made. Too long a line is marked, never cut: check ok at the end. */
struct proto_line {
	char text[PROTO_LINE];
	size_t len;
	bool ok;
};
void proto_start(struct proto_line *l, const char *word);
void proto_word(struct proto_line *l, const char *text);		/* " text", encoded */
void proto_pair(struct proto_line *l, const char *key, const char *value);	/* " key=value" */
void proto_pair_int(struct proto_line *l, const char *key, long long value);

/* A line taken apart, in place: words and pairs decoded. */
#define PROTO_PARTS 64
struct proto_parts {
	size_t count;
	struct {
		const char *key;	/* NULL for a plain word */
		const char *value;
	} part[PROTO_PARTS];		/* part[0] is the first word */
};
/* Returns 0, or -1 for an empty line, too many parts, a bad %XX, %00, or bytes
 * that are no UTF-8. Destroys line. */
int proto_parse(char *line, struct proto_parts *out);
/* The value of a key or "" ; the n-th plain word after the first (from 1) or "". */
const char *proto_get(const struct proto_parts *p, const char *key);
const char *proto_arg(const struct proto_parts *p, size_t n);
/* A number of that key, or fallback if it is not there or not a number. */
long long proto_get_int(const struct proto_parts *p, const char *key, long long fallback);

#endif
