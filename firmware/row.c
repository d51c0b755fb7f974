/* row.c - see row.h */
#include "row.h"

#include <stdlib.h>
#include <string.h>

const char *
row_code(const char *prefix, const char *digits, char buf[static ROW_CODE_SIZE])
{
	if (digits[0] == '\0')
		buf[0] = '\0';
	else
		snprintf(buf, ROW_CODE_SIZE, "%s%s%s", prefix,
		    prefix[0] != '\0' ? "-" : "", digits);
	return buf;
}

void
row_owner(struct out *o, const struct owner *w)
{
	out_int(o, "id", "ID", w->id);
	out_text(o, "name", "Name", w->name);
	out_text(o, "label_name", "On labels", w->label_name);
	out_text(o, "email", "E-mail", w->email);
	out_text(o, "group", "Group", w->group);
	out_text(o, "lang", "Language", w->lang);
	out_text(o, "shelf", "Shelf", w->shelf);
}

void
row_badge(struct out *o, const struct badge *b, const char *whose)
{
	out_int(o, "id", "ID", b->id);
	if (b->owner != 0)
		out_int(o, "owner", NULL, b->owner);
	else
		out_null(o, "owner", NULL);
	out_text(o, NULL, "Owner", b->preset != 0 ? "(preset card)" : whose);
	out_text(o, "hint", "Hint", b->hint);
	out_text(o, "kind", "Kind", badge_kind_text(b->kind));
	out_day(o, "enrolled_on", "Enrolled", b->enrolled_on);
	out_day(o, "revoked_on", "Revoked", b->revoked_on);
}

/* "2 days", "today", "3 days ago": when the last good day is. */
static void
left_in_words(int64_t left, char *out, size_t size)
{
	int64_t n = left < 0 ? -left : left;

	if (left == 0)
		snprintf(out, size, "today");
	else
		snprintf(out, size, "%lld day%s%s", (long long)n, n == 1 ? "" : "s",
		    left < 0 ? " ago" : "");
}

void
row_label(struct out *o, const struct label *l, const char *prefix, day_t today,
    enum row_detail detail)
{
	bool fates = detail >= ROW_TABLE, all = detail == ROW_ALL;
	char code[ROW_CODE_SIZE];
	char left[40] = "";
	bool known = l->expires_on != DAY_NONE && today != DAY_NONE;

	out_int(o, "id", NULL, l->id);
	out_text(o, "code", "Code", row_code(prefix, l->code, code));
	if (l->owner != 0) {
		out_object(o, "owner", NULL);
		out_int(o, "id", NULL, l->owner);
		out_text(o, "name", NULL, l->owner_name);
		out_end(o);
	} else {
		out_null(o, "owner", NULL);
	}
	out_text(o, NULL, "Owner", l->owner_name[0] != '\0' ? l->owner_name
	    : l->owner != 0 ? "(removed)" : "(guest)");
	out_text(o, "preset", "Preset", l->preset);
	out_text(o, "place", "Place", l->place);
	out_day(o, "stored_on", "In", l->stored_on);
	out_day(o, "expires_on", "Until", l->expires_on);
	if (known) {
		int64_t days = (int64_t)l->expires_on - today;
		out_int(o, "days_left", NULL, days);
		left_in_words(days, left, sizeof left);
	} else {
		out_null(o, "days_left", NULL);
	}
	out_text(o, NULL, "Left", l->fate == FATE_IN ? left : NULL);
	out_int(o, "copies", all ? "Copies" : NULL, l->copies);
	out_text(o, "print", fates ? "Print" : NULL, print_state_text(l->print));
	out_text(o, "fate", fates ? "Fate" : NULL, fate_text(l->fate));
	out_day(o, "closed_on", all ? "Closed" : NULL, l->closed_on);
	out_text(o, "closed_by", all ? "Closed by" : NULL, closed_by_text(l->closed_by));
	out_bool(o, "clock_ok", all ? "Clock trusted" : NULL, l->clock_ok);
}

static int
by_id(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int
compare_owners(const void *pa, const void *pb, void *lang)
{
	const struct owner *a = pa, *b = pb;
	int c = words_compare(lang, a->name, b->name);

	return c != 0 ? c : by_id(a->id, b->id);
}

static int
compare_labels(const void *pa, const void *pb, void *lang)
{
	const struct label *a = pa, *b = pb;
	bool a_named = a->owner_name[0] != '\0', b_named = b->owner_name[0] != '\0';

	if (a_named != b_named)
		return a_named ? -1 : 1;
	int c = a_named ? words_compare(lang, a->owner_name, b->owner_name) : 0;
	if (c == 0)
		c = by_id(a->owner, b->owner);
	return c != 0 ? c : by_id(a->id, b->id);
}

void
row_sort_owners(struct owner *owners, size_t n, const char *lang)
{
	if (n > 1)
		qsort_r(owners, n, sizeof *owners, compare_owners, (void *)(uintptr_t)lang);
}

void
row_sort_labels(struct label *labels, size_t n, const char *lang)
{
	if (n > 1)
		qsort_r(labels, n, sizeof *labels, compare_labels, (void *)(uintptr_t)lang);
}
