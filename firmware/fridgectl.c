/* fridgectl.c - the admin's program: its table of commands. How one is run stands in
 * ctl_main.c: the manual is made from this table, and from nothing that runs.
 */
#include "ctl.h"

#define OPTIONS(...) (const struct option_def[]){ __VA_ARGS__, { NULL, 0, NULL, NULL } }

/* What is kept of a person, and of a preset: adding and editing take the same. */
#define PERSON_TEXTS \
	{ "label-name", 0, "N", "what to print, if not the name" }, \
	{ "email", 0, "A", "where mail goes; also names the person" }, \
	{ "group", 0, "G", "a team or floor; printed where two names are alike" }, \
	{ "lang", 0, "L", "the language of the labels, as in ko or pt-BR" }, \
	{ "shelf", 0, "S", "how long things keep: 7d, 0d or fri" }
#define PRESET_TEXTS \
	{ "shelf", 0, "S", "how long such things keep: 7d, 0d or fri" }, \
	{ "title", 0, "T", "what stands on its labels besides" }, \
	{ "template", 0, "T", "the template of its labels; see template list" }, \
	{ "for", 0, "WHOM", "self, team, everyone, or none: such a label needs no badge" }, \
	{ "place", 0, "P", "where such things stand, as in freezer" }

const struct option_def CTL_GLOBAL[] = {
	{ "config", 'c', "FILE", "the configuration (else $FRIDGE_CONFIG, else "
	    CONFIG_DEFAULT_FILE ")" },
	{ "json", 0, NULL, "answer with one JSON document" },
	{ "help", 'h', NULL, "say what a command does" },
	{ "version", 0, NULL, "say which version this is" },
	{ NULL, 0, NULL, NULL },
};

const struct ctl_command CTL_COMMANDS[] = {
	{ "status", "", "Say whether everything works, and what is in the fridge.",
	    0, 0, NEED_CONFIG, OPTIONS(
		{ "prometheus", 0, "FILE", "write that for node-exporter (FILE.prom), and say "
		    "nothing" }),
	    cmd_status },
	{ "doctor", "[CHECK ...]", "Look at everything that can be wrong, or at some of it, and "
	    "say what mends it.",
	    0, CTL_WORDS_MAX, 0, OPTIONS(
		{ "root", 0, "DIR", "read /sys, /proc, /etc, /boot, /run and /dev below this folder" },
		{ "bundle", 0, "FILE", "also write all that a helper needs to FILE; no names, no "
		    "numbers" }),
	    cmd_doctor },
	{ "setup", "", "Set a fridge up, or change how it is: find reader and printer, ask, start, "
	    "print the sign.", 0, 0, MAKES_LASTING, OPTIONS(
		{ "timezone", 0, "ZONE", "the time zone, or its city" },
		{ "reader", 0, "DEVICE", "the reader's connstring; empty: the first on USB; else it is looked for" },
		{ "queue", 0, "QUEUE", "the print queue; with --printer how the new one is called" },
		{ "printer", 0, "URI", "make a queue for this printer" },
		{ "driver", 0, "DRIVER", "of that queue: everywhere, raw, or a name of lpinfo -m" },
		{ "printer-language", 0, "L", "what the printer of a raw queue speaks" },
		{ "media", 0, "SIZE", "the labels, as in 62x29mm or 62xMAX100mm" },
		{ "red", 0, "yes|no", "whether the roll is the black and red one" },
		{ "name", 0, "N", "the fridge's name" },
		{ "code", 0, "C", "what stands before every label's code" },
		{ "language", 0, "L", "the language of the labels, as in ko" },
		{ "shelf", 0, "S", "how long things keep: 7d, 0d or fri" },
		{ "empty", 0, "WHEN", "when the fridge is emptied: fri 16:00, daily 18:00, never" },
		{ "mail-to", 0, "A", "who gets the report by mail" },
		{ "owner-mail", 0, "yes|no", "whether people get mail before an emptying" },
		{ "alert", 0, "COMMAND", "gets a text when something breaks" },
		{ "yes", 'y', NULL, "ask nothing: what no option says stays, or is proposed" },
		{ "replace-config", 0, NULL, "write a new configuration where the old one is wrong" },
		{ "no-print", 0, NULL, "print nothing" },
		{ "root", 0, "DIR", "read /sys, /proc, /etc and /dev below this folder" },
		{ "wait", 0, "S", "wait at most so many seconds for fridged and each print (30)" }),
	    cmd_setup },
	{ "enroll", "[OWNER]", "Wait for a badge at the reader and give it to a person.",
	    0, 1, USES_STORE | FOR_NEW_PEOPLE, OPTIONS(
		{ "timeout", 0, "S", "wait so many seconds for a tap, 1 to 3600 (60)" }),
	    cmd_enroll },
	{ "owner add", "NAME", "Add a person.",
	    1, 1, USES_STORE, OPTIONS(
		PERSON_TEXTS),
	    cmd_owner_add },
	{ "owner list", "", "List the people.", 0, 0, USES_STORE, OPTIONS(
		{ "removed", 0, NULL, "those who were removed, instead" }),
	    cmd_owner_list },
	{ "owner show", "OWNER", "Show a person with badges and labels.",
	    1, 1, USES_STORE, NULL, cmd_owner_show },
	{ "owner edit", "OWNER", "Change what is kept of a person; an empty text means: none.",
	    1, 1, USES_STORE, OPTIONS(
		{ "name", 0, "N", "the name" },
		PERSON_TEXTS),
	    cmd_owner_edit },
	{ "owner remove", "OWNER", "Somebody has left: no more labels, and those that are in "
	    "lose the name.",
	    1, 1, USES_STORE, OPTIONS(
		{ "undo", 0, NULL, "they are back, with their badges and labels" }),
	    cmd_owner_remove },
	{ "owner forget", "OWNER", "Erase all that is known of a person, here or removed, for "
	    "good.",
	    1, 1, USES_STORE, OPTIONS(
		{ "yes", 'y', NULL, "do not ask for the name again" }),
	    cmd_owner_forget },
	{ "import", "FILE|-", "Take a list of people and badge numbers in, all rows or none.",
	    1, 1, NEED_CONFIG, OPTIONS(
		{ "dry-run", 'n', NULL, "say what would change, and change nothing" },
		{ "as", 0, "FORM", "how the numbers are written, if not as uid (in hex): "
		    NUMBER_FORMS },
		{ "verify-tap", 0, "OWNER", "find that out: compare OWNER's number in the file with "
		    "the next tap, and change nothing" },
		{ "timeout", 0, "S", "wait so many seconds for that tap, 1 to 3600 (60)" },
		{ "columns", 0, "LIST", "what the columns are, as in name,email,-,number" },
		{ "separator", 0, "S", "comma, semicolon or tab: what parts them, if that cannot be "
		    "seen" },
		{ "encoding", 0, "E", "utf-8, utf-16, cp949, windows-1252 or shift_jis: if that cannot "
		    "be seen; or another that ICU knows" },
		{ "remove-missing", 0, NULL, "remove the people who are not in the file" },
		{ "yes", 'y', NULL, "even if that is more than half of them" },
		{ "no-badges", 0, NULL, "take the people alone" }),
	    cmd_import },
	{ "export", "FILE|-", "Write all people and what is kept of their badges, for import.",
	    1, 1, NEED_CONFIG, NULL, cmd_export },
	{ "badge add", "OWNER NUMBER", "Give a badge to a person by its number.",
	    2, 2, USES_STORE | NEED_KEY | FOR_NEW_PEOPLE, OPTIONS(
		{ "as", 0, "FORM", "how the number is written, if not as uid (in hex): "
		    NUMBER_FORMS }),
	    cmd_badge_add },
	{ "badge list", "[OWNER]", "List the badges, of all or of one person.",
	    0, 1, USES_STORE, NULL, cmd_badge_list },
	{ "badge revoke", "BADGE", "Stop a badge (its ID); see badge restore.",
	    1, 1, USES_STORE, NULL, cmd_badge_revoke },
	{ "badge restore", "BADGE", "Let a revoked badge (its ID) print again.",
	    1, 1, USES_STORE, NULL, cmd_badge_restore },
	{ "badge explain", "[NUMBER]", "Show every way the number of a badge is written: of "
	    "the next tap, or of NUMBER.",
	    0, 1, NEED_CONFIG, OPTIONS(
		{ "as", 0, "FORM", "how NUMBER is written: " NUMBER_FORMS },
		{ "timeout", 0, "S", "wait so many seconds for a tap, 1 to 3600 (60)" }),
	    cmd_badge_explain },
	{ "badge unclaimed", "", "List cards that were tapped and are nobody's yet.",
	    0, 0, USES_STORE, NULL, cmd_badge_unclaimed },
	{ "badge claim", "CODE OWNER",
	    "Give the card behind a guest label's code, and its labels, to a person.",
	    2, 2, USES_STORE | FOR_NEW_PEOPLE, OPTIONS(
		{ "replaces", 0, "BADGE", "stop this badge (its ID) of the person" }),
	    cmd_badge_claim },
	{ "label print", "OWNER", "Print a label for a person.",
	    1, 1, USES_STORE, OPTIONS(
		{ "preset", 0, "P", "the kind of label, as of a preset card" },
		{ "shelf", 0, "S", "how long it keeps: 7d, 0d or fri" },
		{ "copies", 0, "N", "so many alike, 1 to 99 (1)" },
		{ "wait", 0, "S", "wait until it is printed, at most so many seconds" }),
	    cmd_label_print },
	{ "label list", "", "List what is in the fridge.",
	    0, 0, USES_STORE, OPTIONS(
		{ "all", 0, NULL, "also what is in no longer" },
		{ "owner", 0, "O", "of one person" }),
	    cmd_label_list },
	{ "label show", "CODE", "Show the label with a code.", 1, 1, USES_STORE, NULL,
	    cmd_label_show },
	{ "label reprint", "CODE", "Print a label again, with its dates and its code.",
	    1, 1, USES_STORE, NULL, cmd_label_reprint },
	{ "label close", "CODE taken|discarded", "Say what became of a label.",
	    1, 2, USES_STORE, OPTIONS(
		{ "undo", 0, NULL, "take that back, with CODE alone: it is in again" }),
	    cmd_label_close },
	{ "preset list", "", "List the presets: what the cards on the door make of a label.",
	    0, 0, USES_STORE, NULL, cmd_preset_list },
	{ "preset show", "NAME", "Show a preset and its cards.", 1, 1, USES_STORE, NULL,
	    cmd_preset_show },
	{ "preset add", "NAME", "Add a preset.",
	    1, 1, USES_STORE, OPTIONS(
		PRESET_TEXTS,
		{ "empties", 0, NULL, "no label: its card says that the place was emptied" }),
	    cmd_preset_add },
	{ "preset edit", "NAME", "Change a preset; an empty text means: as usual.",
	    1, 1, USES_STORE, OPTIONS(
		{ "name", 0, "N", "its new name" },
		PRESET_TEXTS),
	    cmd_preset_edit },
	{ "preset remove", "NAME", "Remove a preset and take its cards off.", 1, 1, USES_STORE,
	    NULL, cmd_preset_remove },
	{ "preset card", "NAME", "Make the next card tapped a card for the door, and print "
	    "its face.",
	    1, 1, NEED_CONFIG, OPTIONS(
		{ "uid", 0, "UID", "the card with this number (in hex), without a tap" },
		{ "timeout", 0, "S", "wait so many seconds for a tap, 1 to 3600 (60)" },
		{ "no-face", 0, NULL, "print nothing" }),
	    cmd_preset_card },
	{ "emptied", "[PLACE]", "Say that the fridge (or a place) was emptied: what was due is "
	    "discarded.",
	    0, 1, USES_STORE, OPTIONS(
		{ "no-slip", 0, NULL, "print no slip that says how many" },
		{ "undo", 0, NULL, "take the last emptying back" }),
	    cmd_emptied },
	{ "sweep", "", "Go through the fridge: read codes, hear what must go, then close that.",
	    0, 0, USES_STORE, OPTIONS(
		{ "yes", 'y', NULL, "discard what is expired or due without asking" },
		{ "missing", 0, NULL, "list what should be in and was not seen" },
		{ "place", 0, "P", "with --missing: of this place alone" },
		{ "quiet", 'q', NULL, "no beeps" }),
	    cmd_sweep },
	{ "preview", "", "Draw a label without printing it.",
	    0, 0, NEED_CONFIG, OPTIONS(
		{ "owner", 0, "NAME", "whose: a person's, or any name" },
		{ "shelf", 0, "S", "how long it keeps: 7d, 0d or fri" },
		{ "preset", 0, "P", "the kind of label, as of a preset card" },
		{ "template", 0, "T", "the template; see template list" },
		{ "size", 0, "WxHmm", "the label's size, as in 62x29mm" },
		{ "dpi", 0, "N", "dots an inch, 72 to 1200 (300)" },
		{ "lang", 0, "L", "in this language, as in ko or de" },
		{ "red", 0, NULL, "as on a roll of black and red" },
		{ "output", 'o', "FILE.png", "write a picture; else draw on the terminal" }),
	    cmd_preview },
	{ "template list", "", "List the templates.", 0, 0, NEED_CONFIG, NULL,
	    cmd_template_list },
	{ "template check", "[NAME]", "Tell what would go wrong with a template, or with all.",
	    0, 1, NEED_CONFIG, OPTIONS(
		{ "size", 0, "WxHmm", "on labels of this size (those of the queue)" },
		{ "dpi", 0, "N", "dots an inch, 72 to 1200 (300)" },
		{ "lang", 0, "L", "in this language alone, as in ko or de" }),
	    cmd_template_check },
	{ "bench", "", "Measure how long a label takes on this machine, stage by stage.",
	    0, 0, NEED_CONFIG, OPTIONS(
		{ "labels", 0, "N", "so many labels with random names, 1 to 100000 (300)" },
		{ "print", 0, NULL, "also print a label marked as a test" },
		{ "copies", 0, "N", "so many of them, 1 to 20 (1)" }),
	    cmd_bench },
	{ "clock confirm", "", "Trust the clock of this machine until its next boot.",
	    0, 0, USES_STORE, NULL, cmd_clock_confirm },
	{ "test-print", "", "Print a test label and say what became of it.",
	    0, 0, USES_STORE, OPTIONS(
		{ "wait", 0, "S", "wait at most so many seconds for it, 0 to 3600 (30)" }),
	    cmd_test_print },
	{ "backup", "[FILE]", "Put all that the fridge is into one encrypted file.",
	    0, 1, NEED_CONFIG, OPTIONS(
		{ "nightly", 0, NULL, "in the place of FILE: into the folder backups beside the "
		    "store, which keeps seven, and into [backup] copy_to" },
		{ "print-code", 0, NULL, "no backup: print the recovery label, whose code opens "
		    "them" }),
	    cmd_backup },
	{ "restore", "FILE", "Put a backup in the place of all that the fridge is; what is there "
	    "is kept.",
	    1, 1, MAKES_LASTING, OPTIONS(
		{ "code-file", 0, "F", "read the recovery code from a file; else it is asked for" },
		{ "keep-config", 0, NULL, "leave the configuration as it is here" },
		{ "yes", 'y', NULL, "do not ask" }),
	    cmd_restore },
	{ "prune", "", "Erase what is too old to be kept, now rather than by and by.",
	    0, 0, USES_STORE, NULL, cmd_prune },
	{ "history", "", "Show what changed, by numbers that run on; never a name.",
	    0, 0, USES_STORE, OPTIONS(
		{ "since", 0, "SEQ", "what came after this number; 0: from the beginning" },
		{ "follow", 0, NULL, "go on as it happens, from now or from SEQ; with --json one "
		    "object a line (NDJSON); {\"pruned_before\":SEQ} stands for a gap" }),
	    cmd_history },
	{ "config show", "", "Show all settings as they are in force.",
	    0, 0, NEED_CONFIG, NULL, cmd_config_show },
	{ "config set", "SECTION.KEY VALUE", "Change one setting in the file, and nothing else "
	    "in it.", 2, 2, MAKES_LASTING, NULL, cmd_config_set },
	{ "config check", "", "Check the configuration and name every mistake.",
	    0, 0, 0, NULL, cmd_config_check },
	{ "key create", "", "Make the key that badge numbers are hashed with, once.",
	    0, 0, NEED_CONFIG | MAKES_LASTING, OPTIONS(
		{ "if-missing", 0, NULL, "a key that is there is no fault" }),
	    cmd_key_create },
	{ NULL, NULL, NULL, 0, 0, 0, NULL, NULL },
};
