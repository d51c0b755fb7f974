/* config_table.c - the table of settings: the one place that lists them all */
#include <stddef.h>

#include "../drivers/proto.h"
#include "config_impl.h"

static const struct setting_choice CLOCKS[] = {
	{ "auto", CLOCK_AUTO }, { "trusted", CLOCK_TRUSTED }, { "synced", CLOCK_SYNCED },
	{ NULL, 0 },
};

static const struct setting_choice ROTATIONS[] = {
	{ "auto", -1 }, { "0", 0 }, { "90", 90 }, { "180", 180 }, { "270", 270 }, { NULL, 0 },
};

#define FIELD(member) offsetof(struct config, member), sizeof ((struct config *)0)->member
#define DAYS_ALLOWED "any of mon tue wed thu fri sat sun, or empty"
#define LED_ALLOWED "the name of a folder under leds, or empty"

/* A number of the unit that ends its key's name. */
#define NUMBER(section, key, fallback, min, max, unit, text) \
	{ #section, #key, &SETTING_NUMBER, FIELD(section.key), min, max, NULL, fallback, unit, \
	    #min " to " #max, text }
#define OTHER(section, key, type, fallback, allowed, text) \
	{ #section, #key, &SETTING_##type, FIELD(section.key), 0, 0, NULL, fallback, "", \
	    allowed, text }
/* A text that must not be empty. */
#define NEEDED(section, key, type, fallback, allowed, text) \
	{ #section, #key, &SETTING_##type, FIELD(section.key), 1, 0, NULL, fallback, "", \
	    allowed, text }
#define CHOICE(section, key, choices, fallback, allowed, text) \
	{ #section, #key, &SETTING_CHOICE, FIELD(section.key), 0, 0, choices, fallback, "", \
	    allowed, text }

const struct setting_def CONFIG_SETTINGS[] = {
	OTHER(fridge, name, NAME, "Fridge", "a name of up to 64 characters",
	    "The fridge's name, as it stands on labels and reports."),
	OTHER(fridge, code, CODE, "", "0 to 4 of A-Z and 0-9",
	    "Printed before every label's code, to tell several fridges apart."),
	OTHER(fridge, language, LANGUAGE, "", "a language such as ko, de or pt-BR, or empty",
	    "The language of labels, slips and mails; empty: the system's."),
	OTHER(fridge, timezone, ZONE, "", "a time zone such as Asia/Seoul, or empty",
	    "The time zone whose days are printed; empty: the system's."),
	CHOICE(fridge, clock, CLOCKS, "auto", "auto, trusted or synced",
	    "When to believe the clock: unless there is evidence against it, always, "
	    "or only once a time server was heard."),

	OTHER(reader, device, WORD, "", "a libnfc connstring such as pn532_uart:/dev/ttyAMA0, "
	    "or empty", "The badge reader; empty: the first one on USB."),
	OTHER(reader, helper, PATH, "", "the path of a program, or empty",
	    "Another program that speaks the reader's lines; empty: fridge-reader."),
	{ "reader", "technologies", &SETTING_TECHNOLOGIES, FIELD(reader), 0, 0, NULL,
	    "iso14443a felica", "", "one or more of iso14443a iso14443b felica",
	    "The kinds of cards to look for." },
	NUMBER(reader, poll_ms, "100", 10, 200, "ms", "The pause between two looks for a card."),
	NUMBER(reader, rearm_ms, "800", 50, 60000, "ms",
	    "How long the field must be empty before a card counts as a new tap."),
	NUMBER(reader, again_s, "4", 0, 3600, "s",
	    "A badge that comes back sooner is impatience, not another thing."),
	OTHER(reader, reset_command, TEXT, "", "a command line, or empty",
	    "Run when the reader could not be opened three times in a row."),

	OTHER(printer, queue, WORD, "", "a CUPS queue (see: lpstat -e), or empty",
	    "The print queue; empty: the system's default queue."),
	OTHER(printer, media, MEDIA, "", "WxHmm such as 62x29mm, WxMAXmm such as 62xMAX100mm "
	    "for a roll, or empty; 6 to 300 wide, 6 to 1000 long",
	    "The label's size where the queue does not know it; empty: ask the queue."),
	OTHER(printer, language, SPOKEN, "", PROTO_LANGUAGES ", or empty",
	    "What the printer speaks behind a queue without a driver; empty: ask the queue."),
	OTHER(printer, red, SWITCH, "no", "yes or no",
	    "Whether the roll is the black and red one; only some printers take it."),
	CHOICE(printer, rotate, ROTATIONS, "auto", "auto, 0, 90, 180 or 270",
	    "Degrees to turn a label by; auto turns a wide one on a high page."),
	NUMBER(printer, stale_after_s, "120", 1, 86400, "s",
	    "A label that waited longer for the printer is not printed any more."),

	NEEDED(label, template, BARE, "standard", "a template's name (see: fridgectl "
	    "template list)", "The template of labels."),
	OTHER(label, templates, PATH, "", "a folder, or empty",
	    "One more folder of your own templates, looked into after /etc/fridge/templates and "
	    "before the shipped ones."),
	OTHER(label, shelf, SHELF, "7d", "0d to 3650d, or a weekday: mon, tue, wed, thu, fri, "
	    "sat, sun", "How long things may stay if neither owner nor preset says otherwise."),
	OTHER(label, qr, TEXT, "", "a text with fields such as {code}, or empty",
	    "What the QR code says; empty: no QR code."),
	NUMBER(label, burst_per_min, "6", 0, 1000, "",
	    "How many labels one badge gets in a minute; 0: any number."),

	NEEDED(store, path, PATH, "/var/lib/fridge/fridge.db", "the path of a file",
	    "The database; its folder belongs to the service."),
	NEEDED(store, key_file, PATH, "/etc/fridge/uid.key", "the path of a file",
	    "The key that badge numbers are hashed with; keep a copy of it."),
	NUMBER(store, keep_days, "90", 1, 3650, "days", "How long history is kept."),
	NUMBER(store, lapse_days, "7", 0, 3650, "days",
	    "A label nobody closed counts as gone so long after its last good day."),

	OTHER(report, empty, EMPTY, "fri 16:00", "a weekday and time such as fri 16:00, "
	    "daily 18:00, or never", "When the fridge is emptied; an hour before, a slip says what goes."),
	NUMBER(report, warn_days, "1", 0, 365, "days",
	    "How long before their last good day things are reported as soon due."),
	OTHER(report, quiet_days, DAYS, "sat sun", DAYS_ALLOWED, "Days without mail: nobody is there to read it."),
	OTHER(report, owner_mail, SWITCH, "no", "yes or no",
	    "Whether people get a mail, on the working day before an emptying, about what of "
	    "theirs goes."),
	OTHER(report, mail_from, TEXT, "", "an e-mail address, or empty",
	    "The sender of mail; empty: whoever the mail command takes."),
	OTHER(report, mail_to, TEXT, "", "an e-mail address, or empty",
	    "Who gets the report by mail; empty: nobody."),
	NEEDED(report, sendmail, PATH, "/usr/sbin/sendmail -i -t", "a command line",
	    "The command that takes a mail with its headers on its standard input."),

	OTHER(alert, command, TEXT, "", "a command line, or empty",
	    "Gets a text on its standard input: one for a fault of the fridge or of its backups, one "
	    "when it ends. It runs in the service, as its user; setup opens a network for it."),
	NUMBER(alert, after_min, "10", 0, 1440, "min",
	    "How long a fault lasts before it is told."),

	OTHER(backup, copy_to, PATH, "", "a folder, or empty",
	    "Where a copy of each night's backup goes: on another disk, or a server."),

	NEEDED(indicator, leds, PATH, "/sys/class/leds", "the path of a folder",
	    "The folder of the kernel's lamps."),
	OTHER(indicator, ok, BARE, "", LED_ALLOWED,
	    "The lamp that says: a label is coming."),
	OTHER(indicator, name, BARE, "", LED_ALLOWED,
	    "The lamp that says: a label is coming, write your name on it."),
	OTHER(indicator, fault, BARE, "", LED_ALLOWED,
	    "The lamp that says: no label; it blinks while something is broken."),
	OTHER(indicator, buzzer, BARE, "", LED_ALLOWED, "The buzzer: one beep, two for a name to write, a long one for no label."),
	{ 0 },
};

_Static_assert(sizeof CONFIG_SETTINGS / sizeof *CONFIG_SETTINGS <= SETTINGS_MAX,
    "SETTINGS_MAX is too small");
