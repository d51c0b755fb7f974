/* store_wait.c - a program waits for the next tap: one row, and the lock that says
 * that its program still lives. */
#include "store_impl.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define BEGIN_PATIENCE_MS 500	/* fridged may just be testing the lock */

static const char *const STATES[] = {
	[WAIT_OPEN] = "open", [WAIT_TAPPED] = "tapped", [WAIT_REFUSED] = "refused",
};

static const char *const WHATS[] = {
	[WAIT_ENROL] = "enrol", [WAIT_EXPLAIN] = "explain", [WAIT_PRESET] = "preset",
};

static int
wait_insert(struct store *s, struct wait *w, struct err *e)
{
	if (w->owner != 0 && owner_check(s, w->owner, e) == -1)
		return -1;
	/* Rows of programs that died. */
	if (sql_do(s, "DELETE FROM wait", NULL, e) == -1 ||
	    sql_do(s, "INSERT INTO wait (what, owner, preset, seal) VALUES (?, ?, ?, ?)",
	    ARGS(TEXT(WHATS[w->what]), ID(w->owner), ID(w->preset), BLOB(w->seal, sizeof w->seal)),
	    e) == -1)
		return -1;
	w->id = sqlite3_last_insert_rowid(s->db);
	return 0;
}

int
store_wait_begin(struct store *s, struct wait *w, struct err *e)
{
	if (s->wait == -1) {
		int fd = file_beside(s->path, ".wait", O_CLOEXEC, e);

		if (fd == -1)
			return -1;
		if (!file_lock(fd, LOCK_EX, BEGIN_PATIENCE_MS)) {
			close(fd);
			return err_set(e, ERR_REFUSED, "wait until it has ended, or end it",
			    "another program waits for the next tap");
		}
		s->wait = fd;
	}
	if (tx_begin(s, DURABLE_KILL, e) == 0 && tx_end(s, wait_insert(s, w, e), e) == 0)
		return 0;
	close(s->wait);
	s->wait = -1;
	return -1;
}

static void
answer_read(sqlite3_stmt *st, void *into)
{
	struct wait_answer *out = into;
	char word[16];

	memset(out, 0, sizeof *out);
	column_text(st, 0, word, sizeof word);
	for (int i = WAIT_OPEN; i <= WAIT_REFUSED; i++)
		if (strcmp(word, STATES[i]) == 0)
			out->state = (enum wait_state)i;
	out->badge = sqlite3_column_int64(st, 1);
	out->label = sqlite3_column_int64(st, 2);
	column_text(st, 3, out->hint, sizeof out->hint);
	column_text(st, 4, word, sizeof word);
	if (badge_kind_parse(word, &out->kind) == -1)
		out->kind = BADGE_UNKNOWN_KIND;
	column_text(st, 5, out->why, sizeof out->why);
	column_bytes(st, 6, out->sealed, sizeof out->sealed);
}

int
store_wait_look(struct store *s, const struct wait *w, struct wait_answer *out, struct err *e)
{
	int rc = sql_fetch(s, "SELECT state, badge, label, hint, kind, why, sealed FROM wait WHERE id = ?",
	    ARGS(INT(w->id)), answer_read, out, e);

	if (rc == 0)
		return err_set(e, ERR_SYSTEM, NULL, "the wait was taken away by another program");
	return rc == 1 ? 0 : -1;
}

void
store_wait_end(struct store *s, const struct wait *w)
{
	/* A row that cannot be taken away means nothing without the lock. */
	if (tx_begin(s, DURABLE_KILL, NULL) == 0)
		tx_end(s, sql_do(s, "DELETE FROM wait WHERE id = ?", ARGS(INT(w->id)), NULL), NULL);
	if (s->wait != -1)
		close(s->wait);
	s->wait = -1;
}

static void
wait_read(sqlite3_stmt *st, void *into)
{
	struct wait *out = into;
	char word[16];

	memset(out, 0, sizeof *out);
	out->id = sqlite3_column_int64(st, 0);
	out->owner = sqlite3_column_int64(st, 1);
	out->preset = sqlite3_column_int64(st, 2);
	column_text(st, 3, word, sizeof word);
	for (int i = WAIT_ENROL; i <= WAIT_PRESET; i++)
		if (strcmp(word, WHATS[i]) == 0)
			out->what = (enum wait_what)i;
	column_bytes(st, 4, out->seal, sizeof out->seal);
}

int
store_wait_pending(struct store *s, struct wait *out, struct err *e)
{
	int rc = sql_fetch(s,
	    "SELECT id, owner, preset, what, seal FROM wait WHERE state = 'open' ORDER BY id DESC LIMIT 1",
	    NULL, wait_read, out, e);

	if (rc != 1)
		return rc;
	int fd = file_beside(s->path, ".wait", O_CLOEXEC, e);
	if (fd == -1)
		return -1;
	/* Whoever gets the lock knows that the program is gone. */
	bool gone = flock(fd, LOCK_SH | LOCK_NB) == 0;
	close(fd);
	return gone ? 0 : 1;
}

static int
answer(struct store *s, const struct wait *w, const struct wait_answer *a, struct err *e)
{
	return sql_do(s,
	    "UPDATE wait SET state = ?, badge = ?, label = ?, hint = ?, kind = ?, why = ?, sealed = ?"
	    " WHERE id = ? AND state = 'open'",
	    ARGS(TEXT(STATES[a->state]), ID(a->badge), ID(a->label), TEXT(a->hint),
	        TEXT(badge_kind_text(a->kind)), TEXT(a->why), BLOB(a->sealed, sizeof a->sealed),
	        INT(w->id)), e);
}

int
store_wait_answer(struct store *s, const struct wait *w, const struct wait_answer *a,
    struct err *e)
{
	if (tx_begin(s, DURABLE_KILL, e) == -1)
		return -1;
	return tx_end(s, answer(s, w, a, e), e);
}

static int
answer_card(struct store *s, const struct wait *w, enum badge_kind kind, const struct readings *r,
    day_t today, struct err *e)
{
	struct wait_answer a = { .state = WAIT_REFUSED, .kind = kind };
	enum badge_match how;
	struct badge b;
	bool learn;

	if (store_badge_match(s, r, &how, &b, &learn, e) == -1)
		return -1;
	if (r->count > 0)
		badge_hint(&r->r[0], a.hint);
	a.badge = b.id;
	/* Of somebody who left: it may be handed on. */
	if (how == MATCH_REVOKED && b.revoked_on == DAY_NONE) {
		a.state = WAIT_TAPPED;
		return answer(s, w, &a, e);
	}
	switch (how) {
	case MATCH_OWNER:
		snprintf(a.why, sizeof a.why, "that badge is enrolled already (badge %lld)", (long long)b.id);
		break;
	case MATCH_REVOKED:
		snprintf(a.why, sizeof a.why, "that badge is revoked (badge %lld)", (long long)b.id);
		break;
	case MATCH_PRESET:
		snprintf(a.why, sizeof a.why, "that is a preset card (badge %lld)", (long long)b.id);
		break;
	default:
		if (badge_remember(s, kind, r, today, &a.badge, e) == -1)
			return -1;
		if (a.badge != 0)
			a.state = WAIT_TAPPED;
		else
			snprintf(a.why, sizeof a.why, "that card has no number of its own");
	}
	return answer(s, w, &a, e);
}

int
store_wait_card(struct store *s, const struct wait *w, enum badge_kind kind,
    const struct readings *r, day_t today, struct err *e)
{
	if (tx_begin(s, DURABLE_POWER, e) == -1)
		return -1;
	return tx_end(s, answer_card(s, w, kind, r, today, e), e);
}
