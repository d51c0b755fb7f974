/* store_state.c - the whole at a glance, and notes of one row each. */
#include "store_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
store_totals(struct store *s, day_t today, struct totals *out, struct err *e)
{
	sqlite3_stmt *st;

	if (sql_start(s, &st,
	    "SELECT count(*), count(*) FILTER (WHERE expires_on = ?1),"
	    " count(*) FILTER (WHERE expires_on < ?1), count(*) FILTER (WHERE clock_ok = 0),"
	    " (SELECT count(*) FROM print WHERE state IN ('queued', 'spooled')),"
	    " (SELECT count(*) FROM badge"
	    "   WHERE owner IS NULL AND preset IS NULL AND revoked_on IS NULL),"
	    " EXISTS (SELECT 1 FROM owner WHERE removed_on IS NULL)"
	    " FROM label WHERE fate = 'in'", ARGS(DAY(today)), e) == -1)
		return -1;
	int rc = sql_row(s, st, e);
	if (rc != 1)
		return -1;
	out->in = sqlite3_column_int64(st, 0);
	out->due = sqlite3_column_int64(st, 1);
	out->expired = sqlite3_column_int64(st, 2);
	out->flagged = sqlite3_column_int64(st, 3);
	out->queued = sqlite3_column_int64(st, 4);
	out->unclaimed = sqlite3_column_int64(st, 5);
	out->people = sqlite3_column_int(st, 6) != 0;
	sql_end(st);
	return 0;
}

int
store_newest(struct store *s, int64_t *out, struct err *e)
{
	*out = 0;
	return sql_int(s, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'newest'", NULL,
	    out, e) == -1 ? -1 : 0;
}

int
newest_raise(struct store *s, int64_t now, struct err *e)
{
	return sql_do(s,
	    "UPDATE meta SET value = ?1 WHERE key = 'newest' AND CAST(value AS INTEGER) < ?1",
	    ARGS(INT(now)), e);
}

int
newest_set(struct store *s, int64_t now, struct err *e)
{
	return sql_do(s, "UPDATE meta SET value = ? WHERE key = 'newest'", ARGS(INT(now)), e);
}

/* ---- what fridged says of itself ---- */

static const char *const STATE_KEYS[] = { "reader", "printer", "clock", "version" };

/* What is kept under a key: 1, or 0 and "" where there is nothing. */
static int
meta_text(struct store *s, const char *key, char *out, size_t size, struct err *e)
{
	sqlite3_stmt *st;

	out[0] = '\0';
	if (sql_start(s, &st, "SELECT value FROM meta WHERE key = ?", ARGS(TEXT(key)), e) == -1)
		return -1;
	int rc = sql_row(s, st, e);
	if (rc == 1) {
		column_text(st, 0, out, size);
		sql_end(st);
	}
	return rc;
}

int
store_state_get(struct store *s, struct service_state *out, struct err *e)
{
	const struct {
		char *text;
		size_t size;
	} fields[] = {
		{ out->reader, sizeof out->reader }, { out->printer, sizeof out->printer },
		{ out->clock, sizeof out->clock }, { out->version, sizeof out->version },
	};

	for (size_t i = 0; i < 4; i++)
		if (meta_text(s, STATE_KEYS[i], fields[i].text, fields[i].size, e) == -1)
			return -1;
	return 0;
}

int
store_state_set(struct store *s, const struct service_state *state, struct err *e)
{
	const char *const values[] = { state->reader, state->printer, state->clock, state->version };
	int rc = 0;

	if (tx_begin(s, DURABLE_KILL, e) == -1)
		return -1;
	for (size_t i = 0; i < 4 && rc == 0; i++)
		rc = sql_do(s, "UPDATE meta SET value = ?1 WHERE key = ?2 AND value <> ?1",
		    ARGS(TEXT(values[i]), TEXT(STATE_KEYS[i])), e);
	return tx_end(s, rc, e);
}

/* ---- the clock, as somebody confirmed it ---- */

int
store_clock_confirmed(struct store *s, const char *boot_id, struct err *e)
{
	int64_t any;

	if (boot_id[0] == '\0')
		return 0;
	return sql_int(s, "SELECT 1 FROM meta WHERE key = 'confirmed' AND value = ?",
	    ARGS(TEXT(boot_id)), &any, e);
}

int
store_clock_confirm(struct store *s, const char *boot_id, int64_t now, struct err *e)
{
	if (tx_begin(s, DURABLE_POWER, e) == -1)
		return -1;
	int rc = sql_do(s, "INSERT OR REPLACE INTO meta (key, value) VALUES ('confirmed', ?)",
	    ARGS(TEXT(boot_id)), e);
	/* What a clock wrote that was ahead is no evidence any more, in no later boot. */
	if (rc == 0)
		rc = newest_set(s, now, e);
	if (rc == 0)
		rc = sql_do(s, "INSERT INTO history (noun, what) VALUES ('event', 'clock-confirmed')",
		    NULL, e);
	return tx_end(s, rc, e);
}

/* ---- faults that last ---- */

/* One row for each part that has a note: "alert-PART", "INSTANT TEXT". */
static void
alert_key(const char *part, char key[static 64])
{
	snprintf(key, 64, "alert-%.50s", part);
}

int
store_alert_get(struct store *s, const char *part, struct alert_note *out, struct err *e)
{
	char key[64], value[sizeof out->told + 32], *text;

	*out = (struct alert_note){ 0 };
	alert_key(part, key);
	int rc = meta_text(s, key, value, sizeof value, e);
	if (rc != 1)
		return rc;
	out->since = strtoll(value, &text, 10);
	if (*text == ' ')
		snprintf(out->told, sizeof out->told, "%s", text + 1);
	return 0;
}

int
store_alert_set(struct store *s, const char *part, const struct alert_note *n, struct err *e)
{
	char key[64], value[sizeof n->told + 32];

	alert_key(part, key);
	snprintf(value, sizeof value, "%lld %s", (long long)n->since, n->told);
	if (tx_begin(s, DURABLE_KILL, e) == -1)
		return -1;
	if (n->since == 0)
		return tx_end(s, sql_do(s, "DELETE FROM meta WHERE key = ?", ARGS(TEXT(key)), e), e);
	return tx_end(s, sql_do(s, "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)",
	    ARGS(TEXT(key), TEXT(value)), e), e);
}

/* ---- backups ---- */

/* One row, "backup": "MADE SIZE LEFT TROUBLE", a day that is not known as -1. */
int
store_backup_get(struct store *s, struct backup_note *out, struct err *e)
{
	char value[sizeof out->trouble + 64];
	long long size;
	int made, left, text = 0;

	*out = (struct backup_note){ .made_on = DAY_NONE, .left_on = DAY_NONE };
	int rc = meta_text(s, "backup", value, sizeof value, e);
	if (rc != 1)
		return rc;
	if (sscanf(value, "%d %lld %d %n", &made, &size, &left, &text) < 3)
		return sql_damaged(s, "what it knows of backups", e);
	out->made_on = made < 0 ? DAY_NONE : made;
	out->left_on = left < 0 ? DAY_NONE : left;
	out->size = size;
	snprintf(out->trouble, sizeof out->trouble, "%s", value + text);
	return 0;
}

int
store_backup_set(struct store *s, const struct backup_note *n, struct err *e)
{
	char value[sizeof n->trouble + 64];

	snprintf(value, sizeof value, "%d %lld %d %s", n->made_on == DAY_NONE ? -1 : n->made_on,
	    (long long)n->size, n->left_on == DAY_NONE ? -1 : n->left_on, n->trouble);
	if (tx_begin(s, DURABLE_POWER, e) == -1)
		return -1;
	return tx_end(s, sql_do(s, "INSERT OR REPLACE INTO meta (key, value) VALUES ('backup', ?)",
	    ARGS(TEXT(value)), e), e);
}

int
store_recovery_owed(struct store *s, struct err *e)
{
	char value[8];
	int rc = meta_text(s, "recovery-label", value, sizeof value, e);

	return rc == -1 ? -1 : strcmp(value, "out") != 0;
}

int
store_recovery_owe(struct store *s, bool owed, struct err *e)
{
	if (tx_begin(s, DURABLE_POWER, e) == -1)
		return -1;
	return tx_end(s, sql_do(s, "INSERT OR REPLACE INTO meta (key, value) "
	    "VALUES ('recovery-label', ?)", ARGS(TEXT(owed ? "owed" : "out")), e), e);
}

/* ---- mails ---- */

/* One row for each owner that was mailed, "mail-OWNER": "DAY LABEL". */
static void
mail_key(int64_t owner, char key[static 64])
{
	snprintf(key, 64, "mail-%lld", (long long)owner);
}

static int
mail_note_get(struct store *s, const char *key, struct mail_note *out, struct err *e)
{
	char value[64];
	long long day, label;

	*out = (struct mail_note){ .day = DAY_NONE };
	int rc = meta_text(s, key, value, sizeof value, e);
	if (rc != 1)
		return rc;
	if (sscanf(value, "%lld %lld", &day, &label) == 2)
		*out = (struct mail_note){ .day = (day_t)day, .label = label };
	return 0;
}

static int
mail_note_put(struct store *s, const char *key, const struct mail_note *n, struct err *e)
{
	char value[64];

	if (n->day == DAY_NONE)
		return sql_do(s, "DELETE FROM meta WHERE key = ?", ARGS(TEXT(key)), e);
	snprintf(value, sizeof value, "%lld %lld", (long long)n->day, (long long)n->label);
	return sql_do(s, "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)",
	    ARGS(TEXT(key), TEXT(value)), e);
}

int
store_mail_get(struct store *s, int64_t owner, struct mail_note *out, struct err *e)
{
	char key[64];

	mail_key(owner, key);
	return mail_note_get(s, key, out, e);
}

static int
mail_claim(struct store *s, const char *key, const struct mail_note *n, struct err *e)
{
	struct mail_note before;

	if (mail_note_get(s, key, &before, e) == -1)
		return -1;
	if (before.day != DAY_NONE && before.day >= n->day)
		return 0;
	return mail_note_put(s, key, n, e) == -1 ? -1 : 1;
}

int
store_mail_claim(struct store *s, int64_t owner, const struct mail_note *n, struct err *e)
{
	char key[64];

	mail_key(owner, key);
	if (tx_begin(s, DURABLE_POWER, e) == -1)
		return -1;
	return tx_end(s, mail_claim(s, key, n, e), e);
}

int
store_mail_unclaim(struct store *s, int64_t owner, const struct mail_note *before,
    struct err *e)
{
	char key[64];

	mail_key(owner, key);
	if (tx_begin(s, DURABLE_POWER, e) == -1)
		return -1;
	return tx_end(s, mail_note_put(s, key, before, e), e);
}

int
store_event(struct store *s, const char *what, int64_t row, day_t today, struct err *e)
{
	if (tx_begin(s, DURABLE_KILL, e) == -1)
		return -1;
	return tx_end(s, sql_do(s,
	    "INSERT INTO history (on_day, noun, row, what)"
	    " VALUES (coalesce(?, unixepoch() / 86400), 'event', ?, ?)",
	    ARGS(DAY(today), ID(row), TEXT(what)), e), e);
}
