/* store_admin_test.c - what the admin and the cards on the door change: people who leave
 * and are forgotten, presets, fates, emptyings, imports; and stores of version 1 */
#include "store_world.h"

static const struct sheet_of SLIP = { .template = "slip", .place = "fridge", .day = TODAY };

static enum fate
fate_of(struct world *w, int64_t label)
{
	struct label l;

	assert_int_equal(store_label_get(w->s, label, &l, &w->e), 1);
	return l.fate;
}

/* Whether the text stands anywhere in the store's files. */
static bool
is_in_files(struct world *w, const char *text)
{
	static const char *const SUFFIXES[] = { "", "-wal" };
	bool found = false;

	for (size_t i = 0; i < 2; i++) {
		struct stat st;
		int fd = open(beside(w, SUFFIXES[i]), O_RDONLY);
		if (fd == -1)
			continue;
		assert_int_equal(fstat(fd, &st), 0);
		char *bytes = malloc((size_t)st.st_size + 1);
		assert_int_equal(read(fd, bytes, (size_t)st.st_size), st.st_size);
		found = found || memmem(bytes, (size_t)st.st_size, text, strlen(text)) != NULL;
		free(bytes);
		close(fd);
	}
	return found;
}

/* ---- people ---- */

static void
an_edit_takes_the_place_of_all_texts_and_checks_the_address(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "Kim"), lee = person(w, "Lee"), got;

	strcpy(kim.email, "kim@example.com");
	strcpy(kim.label_name, "K.");
	OK(store_owner_edit(w->s, &kim, &w->e));
	assert_int_equal(store_owner_get(w->s, kim.id, &got, &w->e), 1);
	assert_memory_equal(&got, &kim, sizeof got);
	strcpy(lee.email, "KIM@example.com");
	REFUSED(store_owner_edit(w->s, &lee, &w->e), "has that e-mail address already");
	strcpy(kim.email, "Kim@example.com");	/* one's own in other letters is no clash */
	OK(store_owner_edit(w->s, &kim, &w->e));
	assert_int_equal(store_owner_get(w->s, kim.id, &got, &w->e), 1);
	assert_string_equal(got.email, "Kim@example.com");
	kim.id = 99;
	REFUSED(store_owner_edit(w->s, &kim, &w->e), "no owner 99");
}

static void
an_edit_that_changes_nothing_leaves_no_history(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "Kim");
	int64_t before, after;

	OK(store_history_newest(w->s, &before, &w->e));
	OK(store_owner_edit(w->s, &kim, &w->e));
	OK(store_history_newest(w->s, &after, &w->e));
	assert_int_equal(before, after);
}

static void
who_is_removed_keeps_labels_without_a_name_and_the_badge_means_a_guest(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "Kim");
	struct readings r = card(1, 2, 3);
	enum badge_match how;
	struct badge b;
	struct label l;
	int64_t in;
	bool learn;

	OK(store_badge_add(w->s, kim.id, BADGE_FELICA, &r, TODAY, &b, &w->e));
	l = put_in(w, thing(kim.id, b.id));
	OK(store_owner_remove(w->s, kim.id, TODAY, &in, &w->e));
	assert_int_equal(in, 1);
	assert_int_equal(store_label_get(w->s, l.id, &l, &w->e), 1);
	assert_int_equal(l.owner, kim.id);
	assert_string_equal(l.owner_name, "");
	OK(store_badge_match(w->s, &r, &how, &b, &learn, &w->e));
	assert_int_equal(how, MATCH_REVOKED);
	REFUSED(store_owner_remove(w->s, kim.id, TODAY, &in, &w->e), "there is no owner");
}

static void
who_was_removed_by_mistake_is_back_with_badges_and_labels(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "Kim"), lee = person(w, "Lee");
	struct readings r = card(1, 2, 3);
	enum badge_match how;
	struct badge b;
	struct label l;
	bool learn;

	strcpy(kim.email, "kim@example.com");
	OK(store_owner_edit(w->s, &kim, &w->e));
	OK(store_badge_add(w->s, kim.id, BADGE_FELICA, &r, TODAY, &b, &w->e));
	l = put_in(w, thing(kim.id, b.id));
	REFUSED(store_owner_restore(w->s, kim.id, &w->e), "there is no removed owner");
	OK(store_owner_remove(w->s, kim.id, TODAY, NULL, &w->e));
	OK(store_owner_restore(w->s, kim.id, &w->e));
	OK(store_badge_match(w->s, &r, &how, &b, &learn, &w->e));
	assert_int_equal(how, MATCH_OWNER);
	assert_int_equal(store_label_get(w->s, l.id, &l, &w->e), 1);
	assert_string_equal(l.owner_name, "Kim");
	OK(store_owner_remove(w->s, kim.id, TODAY, NULL, &w->e));
	strcpy(lee.email, "KIM@example.com");
	OK(store_owner_edit(w->s, &lee, &w->e));
	REFUSED(store_owner_restore(w->s, kim.id, &w->e), "has that e-mail address already");
	REFUSED(store_owner_restore(w->s, 99, &w->e), "there is no removed owner 99");
}

static void
the_card_of_who_left_is_handed_on_and_a_lost_one_is_not(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "Kim"), lee = person(w, "Lee");
	struct readings r = card(1, 2, 3), lost = card(4, 5, 6);
	struct label_new first = thing(lee.id, 0);
	struct badge kept, gone, b;
	struct label l, old;

	OK(store_badge_add(w->s, kim.id, BADGE_FELICA, &r, TODAY - 9, &kept, &w->e));
	OK(store_badge_add(w->s, kim.id, BADGE_FELICA, &lost, TODAY - 9, &gone, &w->e));
	OK(store_badge_revoke(w->s, gone.id, TODAY, &w->e));
	old = put_in(w, thing(kim.id, kept.id));
	REFUSED(store_badge_add(w->s, lee.id, BADGE_FELICA, &r, TODAY, &b, &w->e), "already");
	OK(store_owner_remove(w->s, kim.id, TODAY, NULL, &w->e));
	REFUSED(store_badge_add(w->s, lee.id, BADGE_FELICA, &lost, TODAY, &b, &w->e), "is revoked");
	/* As an enrolment that begins with the tap hands it over. */
	first.badge = kept.id;
	OK(store_enrol(w->s, &first, &l, &b, &w->e));
	assert_int_equal(b.id, kept.id);
	assert_int_equal(b.owner, lee.id);
	assert_int_equal(b.enrolled_on, TODAY);
	assert_int_equal(store_label_get(w->s, old.id, &old, &w->e), 1);
	assert_int_equal(old.owner, kim.id);
	/* And by its number. */
	OK(store_owner_remove(w->s, lee.id, TODAY, NULL, &w->e));
	OK(store_owner_restore(w->s, kim.id, &w->e));
	OK(store_badge_add(w->s, kim.id, BADGE_FELICA, &r, TODAY, &b, &w->e));
	assert_int_equal(b.owner, kim.id);
}

static void
who_is_forgotten_leaves_no_trace_in_the_files(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "Kim Unmistakable"), lee = person(w, "Lee");
	struct readings r = card(0xA7, 2, 3);
	struct forgotten gone;
	int64_t *prints;
	size_t n;
	struct badge b;
	struct label mine, other;

	strcpy(kim.email, "unmistakable@example.com");
	OK(store_owner_edit(w->s, &kim, &w->e));
	OK(store_badge_add(w->s, kim.id, BADGE_FELICA, &r, TODAY, &b, &w->e));
	mine = put_in(w, thing(kim.id, b.id));
	other = put_in(w, thing(lee.id, 0));
	/* What a new handle does at its first checkpoint is done: now only the WAL has it. */
	OK(store_checkpoint(w->s, &w->e));
	strcpy(kim.label_name, "Unmistakable");
	OK(store_owner_edit(w->s, &kim, &w->e));
	assert_true(is_in_files(w, "Unmistakable"));
	OK(store_owner_remove(w->s, kim.id, TODAY, NULL, &w->e));	/* also one who left */
	OK(store_owner_forget(w->s, kim.id, &gone, &prints, &n, &w->e));
	assert_int_equal(gone.badges, 1);
	assert_int_equal(gone.labels, 1);
	assert_int_equal(gone.in, 1);
	assert_int_equal(n, 1);
	free(prints);
	assert_false(is_in_files(w, "Unmistakable"));
	assert_false(is_in_files(w, "unmistakable"));
	assert_false(is_in_files(w, "\xA7\xA7\xA7\xA7\xA7\xA7\xA7\xA7"));
	assert_int_equal(store_label_get(w->s, mine.id, &mine, &w->e), 1);
	assert_int_equal(mine.owner, 0);
	assert_int_equal(mine.badge, 0);
	assert_int_equal(fate_of(w, other.id), FATE_IN);
	REFUSED(store_owner_forget(w->s, kim.id, &gone, NULL, NULL, &w->e), "there is no owner");
}

static void
a_revoked_badge_is_restored_unless_another_took_its_place(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "Kim");
	struct readings first = card(1, 2, 3), second = card(4, 5, 6);
	struct label_new guest = thing(0, 0);
	struct badge a, b, got;
	struct label l;
	int64_t by;

	OK(store_badge_add(w->s, kim.id, BADGE_FELICA, &first, TODAY, &a, &w->e));
	REFUSED(store_badge_restore(w->s, a.id, &w->e), "is not revoked");
	OK(store_badge_revoke(w->s, a.id, TODAY, &w->e));
	OK(store_badge_restore(w->s, a.id, &w->e));
	guest.card = &second;
	guest.remember = true;
	l = put_in(w, guest);
	OK(store_badge_claim(w->s, l.code, kim.id, a.id, TODAY, &b, &w->e));
	OK(store_badge_replaced(w->s, a.id, &by, &w->e));
	assert_int_equal(by, b.id);
	REFUSED(store_badge_restore(w->s, a.id, &w->e), "was replaced by badge");
	OK(store_badge_revoke(w->s, b.id, TODAY, &w->e));
	OK(store_badge_restore(w->s, a.id, &w->e));
	assert_int_equal(store_badge_get(w->s, a.id, &got, &w->e), 1);
	assert_int_equal(got.revoked_on, DAY_NONE);
	REFUSED(store_badge_restore(w->s, 99, &w->e), "there is no badge 99");
	OK(store_owner_remove(w->s, kim.id, TODAY, NULL, &w->e));
	REFUSED(store_badge_restore(w->s, b.id, &w->e), "there is no owner");
}

/* ---- presets ---- */

static void
presets_are_added_changed_and_removed_with_their_cards(void **state)
{
	struct world *w = *state;
	struct preset p = { .name = "lunch", .shelf = "2d", .title = "Lunch", .place = "bar" }, got;
	struct readings r = card(1, 2, 3);
	struct preset *all;
	struct badge b;
	int64_t cards;
	size_t n;

	OK(store_preset_add(w->s, &p, &w->e));
	assert_int_equal(store_preset_get(w->s, p.id, &got, &w->e), 1);
	assert_memory_equal(&got, &p, sizeof got);
	REFUSED(store_preset_add(w->s, &p, &w->e), "there is a preset \"lunch\" already");
	strcpy(p.name, "team");
	REFUSED(store_preset_edit(w->s, &p, &w->e), "there is a preset \"team\" already");
	strcpy(p.name, "dinner");
	p.owner = PRESET_EVERYONE;
	OK(store_preset_edit(w->s, &p, &w->e));
	OK(store_preset_card(w->s, p.id, BADGE_ISO14443A, &r, TODAY, &b, &w->e));
	assert_int_equal(b.preset, p.id);
	OK(store_presets(w->s, &all, &n, &w->e));
	assert_int_equal(n, 8);
	assert_string_equal(all[0].name, "dinner");	/* by name */
	free(all);
	OK(store_preset_remove(w->s, p.id, &cards, &w->e));
	assert_int_equal(cards, 1);
	assert_int_equal(store_badge_get(w->s, b.id, &b, &w->e), 0);
	REFUSED(store_preset_remove(w->s, p.id, &cards, &w->e), "there is no preset");
}

static void
a_card_changes_from_preset_to_preset_and_a_badge_never_becomes_one(void **state)
{
	struct world *w = *state;
	struct readings plain = card(1, 2, 3), badge = card(4, 5, 6);
	struct owner kim = person(w, "Kim");
	struct preset today, freezer;
	enum badge_match how;
	struct badge b;
	bool learn;

	assert_int_equal(store_preset_find(w->s, "today", &today, &w->e), 1);
	assert_int_equal(store_preset_find(w->s, "freezer", &freezer, &w->e), 1);
	OK(store_preset_card(w->s, today.id, BADGE_ISO14443A, &plain, TODAY, &b, &w->e));
	OK(store_preset_card(w->s, freezer.id, BADGE_ISO14443A, &plain, TODAY, &b, &w->e));
	OK(store_badge_match(w->s, &plain, &how, &b, &learn, &w->e));
	assert_int_equal(how, MATCH_PRESET);
	assert_int_equal(b.preset, freezer.id);
	OK(store_badge_add(w->s, kim.id, BADGE_ISO14443A, &badge, TODAY, &b, &w->e));
	REFUSED(store_preset_card(w->s, today.id, BADGE_ISO14443A, &badge, TODAY, &b, &w->e),
	    "that is badge");
	REFUSED(store_badge_erase(w->s, b.id, &w->e), "is no preset card");
	OK(store_badge_match(w->s, &plain, &how, &b, &learn, &w->e));
	OK(store_badge_erase(w->s, b.id, &w->e));
	OK(store_badge_match(w->s, &plain, &how, &b, &learn, &w->e));
	assert_int_equal(how, MATCH_NONE);
}

/* ---- fates ---- */

static void
a_label_is_closed_once_and_can_be_taken_back(void **state)
{
	struct world *w = *state;
	struct label l = put_in(w, thing(0, 0));

	OK(store_label_close(w->s, l.id, FATE_TAKEN, BY_ADMIN, TODAY, &w->e));
	assert_int_equal(store_label_get(w->s, l.id, &l, &w->e), 1);
	assert_int_equal(l.fate, FATE_TAKEN);
	assert_int_equal(l.closed_by, BY_ADMIN);
	assert_int_equal(l.closed_on, TODAY);
	REFUSED(store_label_close(w->s, l.id, FATE_DISCARDED, BY_SWEEP, TODAY, &w->e),
	    "is closed already: taken");
	OK(store_label_reopen(w->s, l.id, &w->e));
	assert_int_equal(store_label_get(w->s, l.id, &l, &w->e), 1);
	assert_int_equal(l.fate, FATE_IN);
	assert_int_equal(l.closed_on, DAY_NONE);
	REFUSED(store_label_reopen(w->s, l.id, &w->e), "cannot be taken back: it is in");
	meddle(w, "UPDATE label SET fate = 'lapsed', closed_by = 'auto', code_held = 0");
	REFUSED(store_label_reopen(w->s, l.id, &w->e), "is too old");
}

static void
a_label_instead_of_another_closes_that_and_its_unbegun_print(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "Kim");
	struct label_new n = thing(kim.id, 0);
	struct label first, second;
	struct print p;

	first = put_in(w, n);
	n.replaces = first.id;
	second = put_in(w, n);
	assert_int_equal(fate_of(w, first.id), FATE_REPLACED);
	assert_int_equal(fate_of(w, second.id), FATE_IN);
	assert_int_equal(store_print_next(w->s, &p, &w->e), 1);
	assert_int_equal(p.label, second.id);
	assert_int_equal(ask(w, "SELECT replaced_by FROM label WHERE fate = 'replaced'"), second.id);
}

static void
a_print_under_way_is_left_to_its_end(void **state)
{
	struct world *w = *state;
	struct label_new n = thing(0, 0);
	struct label first = put_in(w, n);
	struct print p;
	int attempts;

	assert_int_equal(store_print_next(w->s, &p, &w->e), 1);
	OK(store_print_attempt(w->s, p.id, &attempts, &w->e));
	n.replaces = first.id;
	put_in(w, n);
	assert_int_equal(store_print_next(w->s, &p, &w->e), 1);
	assert_int_equal(p.label, first.id);
}

/* ---- emptying ---- */

static void
an_emptying_discards_what_is_due_there_and_nothing_else(void **state)
{
	struct world *w = *state;
	struct label_new n = thing(0, 0);
	struct label due, old, later, elsewhere, undated;
	struct emptying done;
	struct print p;
	char codes[64], both[64];
	int64_t count;

	n.expires_on = TODAY;
	due = put_in(w, n);
	n.expires_on = TODAY - 3;
	old = put_in(w, n);
	n.expires_on = TODAY + 1;
	later = put_in(w, n);
	n.expires_on = TODAY;
	n.place = "freezer";
	elsewhere = put_in(w, n);
	n = thing(0, 0);
	n.stored_on = n.expires_on = DAY_NONE;
	undated = put_in(w, n);
	meddle(w, "UPDATE print SET state = 'completed'");

	OK(store_due_codes(w->s, "fridge", TODAY, codes, sizeof codes, &count, &w->e));
	assert_int_equal(count, 2);
	bool first = strcmp(due.code, old.code) < 0;
	snprintf(both, sizeof both, "%s %s", first ? due.code : old.code, first ? old.code : due.code);
	assert_string_equal(codes, both);
	OK(store_due_codes(w->s, "fridge", TODAY, codes, 8, &count, &w->e));	/* whole codes only */
	assert_int_equal(count, 2);
	assert_int_equal(strlen(codes), 5);

	OK(store_empty(w->s, "fridge", TODAY, BY_CARD, &SLIP, NOON, BOOT, 1, &done, &w->e));
	assert_int_equal(done.labels, 2);
	assert_int_equal(fate_of(w, due.id), FATE_DISCARDED);
	assert_int_equal(fate_of(w, old.id), FATE_DISCARDED);
	assert_int_equal(fate_of(w, later.id), FATE_IN);
	assert_int_equal(fate_of(w, elsewhere.id), FATE_IN);
	assert_int_equal(fate_of(w, undated.id), FATE_IN);
	assert_int_equal(store_print_next(w->s, &p, &w->e), 1);
	assert_int_equal(p.kind, PRINT_SLIP);
	assert_int_equal(p.sheet.emptying, done.id);
	assert_int_equal(p.sheet.day, TODAY);
	assert_string_equal(p.sheet.template, "slip");
}

static void
an_emptying_that_is_taken_back_puts_everything_in_again(void **state)
{
	struct world *w = *state;
	struct label_new n = thing(0, 0);
	struct label a, b;
	struct emptying done;
	struct print p;

	n.expires_on = TODAY;
	a = put_in(w, n);
	b = put_in(w, n);
	meddle(w, "UPDATE print SET state = 'completed'");
	OK(store_empty(w->s, "fridge", TODAY, BY_CARD, &SLIP, NOON, BOOT, 1, &done, &w->e));
	meddle(w, "UPDATE label SET fate = 'taken' WHERE id = 2");	/* somebody knew better since */
	OK(store_empty_undo(w->s, done.id, &w->e));
	assert_int_equal(fate_of(w, a.id), FATE_IN);
	assert_int_equal(fate_of(w, b.id), FATE_TAKEN);
	assert_int_equal(store_print_next(w->s, &p, &w->e), 0);	/* its slip is not wanted */
	REFUSED(store_empty_undo(w->s, done.id, &w->e), "taken back already");
}

static void
the_newest_emptying_is_the_last_that_threw_anything_away(void **state)
{
	struct world *w = *state;
	struct emptying first, none, got;
	struct label l = put_in(w, thing(0, 0)), *list;
	size_t n;

	assert_int_equal(store_emptying_newest(w->s, NULL, &got, &w->e), 0);
	OK(store_empty(w->s, "fridge", TODAY + 7, BY_ADMIN, NULL, NOON, BOOT, 1, &first, &w->e));
	OK(store_empty(w->s, "fridge", TODAY + 7, BY_ADMIN, NULL, NOON, BOOT, 1, &none, &w->e));
	assert_int_equal(store_emptying_newest(w->s, NULL, &got, &w->e), 1);
	assert_int_equal(got.id, first.id);
	assert_int_equal(store_emptying_newest(w->s, "freezer", &got, &w->e), 0);
	OK(store_emptying_labels(w->s, first.id, &list, &n, &w->e));
	assert_int_equal(n, 1);
	assert_int_equal(list[0].id, l.id);
	free(list);
	OK(store_empty_undo(w->s, first.id, &w->e));
	assert_int_equal(store_emptying_newest(w->s, "fridge", &got, &w->e), 1);
	assert_true(got.undone);
}

static void
a_label_whose_code_was_let_go_is_not_taken_back(void **state)
{
	struct world *w = *state;
	struct label old = put_in(w, thing(0, 0)), young = put_in(w, thing(0, 0));
	struct emptying done;
	char sql[80];

	OK(store_empty(w->s, "fridge", TODAY + 7, BY_ADMIN, NULL, NOON, BOOT, 1, &done, &w->e));
	snprintf(sql, sizeof sql, "UPDATE label SET code_held = 0 WHERE id = %lld", (long long)old.id);
	meddle(w, sql);
	OK(store_empty_undo(w->s, done.id, &w->e));
	assert_int_equal(fate_of(w, old.id), FATE_DISCARDED);
	assert_int_equal(fate_of(w, young.id), FATE_IN);
}

static void
a_slip_that_was_asked_for_is_not_the_one_that_comes_by_itself(void **state)
{
	struct world *w = *state;
	int64_t id;

	OK(store_print_add(w->s, PRINT_SLIP, &SLIP, 1, NOON, BOOT, 1, &id, &w->e));
	assert_int_equal(store_slip_once(w->s, &SLIP, NOON, BOOT, 1, &w->e), 1);
	assert_int_equal(store_slip_once(w->s, &SLIP, NOON, BOOT, 1, &w->e), 0);
}

/* ---- mail ---- */

static void
a_mail_about_a_day_is_claimed_once(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "Kim");
	struct mail_note note = { .day = TODAY, .label = 3 }, later = { .day = TODAY + 7 }, got;

	OK(store_mail_get(w->s, kim.id, &got, &w->e));
	assert_int_equal(got.day, DAY_NONE);
	assert_int_equal(store_mail_claim(w->s, kim.id, &note, &w->e), 1);
	assert_int_equal(store_mail_claim(w->s, kim.id, &note, &w->e), 0);
	assert_int_equal(store_mail_claim(w->s, MAIL_OFFICE, &note, &w->e), 1);
	OK(store_mail_get(w->s, kim.id, &got, &w->e));
	assert_int_equal(got.day, TODAY);
	assert_int_equal(got.label, 3);
	assert_int_equal(store_mail_claim(w->s, kim.id, &later, &w->e), 1);
	assert_int_equal(store_mail_claim(w->s, kim.id, &note, &w->e), 0);
	/* It did not go out. */
	OK(store_mail_unclaim(w->s, kim.id, &got, &w->e));
	assert_int_equal(store_mail_claim(w->s, kim.id, &later, &w->e), 1);
	got.day = DAY_NONE;
	OK(store_mail_unclaim(w->s, kim.id, &got, &w->e));
	assert_int_equal(store_mail_claim(w->s, kim.id, &note, &w->e), 1);
}

static void
who_is_forgotten_takes_the_note_of_mails_along(void **state)
{
	struct world *w = *state;
	struct owner kim = person(w, "Kim");
	struct mail_note note = { .day = TODAY };
	struct forgotten gone;

	assert_int_equal(store_mail_claim(w->s, kim.id, &note, &w->e), 1);
	OK(store_owner_forget(w->s, kim.id, &gone, NULL, NULL, &w->e));
	assert_int_equal(ask(w, "SELECT count(*) FROM meta WHERE key GLOB 'mail-*'"), 0);
}

static void
a_slip_before_an_emptying_is_made_once(void **state)
{
	struct world *w = *state;
	struct sheet_of next = SLIP;

	assert_int_equal(store_slip_once(w->s, &SLIP, NOON, BOOT, 1, &w->e), 1);
	assert_int_equal(store_slip_once(w->s, &SLIP, NOON, BOOT, 1, &w->e), 0);
	next.day++;
	assert_int_equal(store_slip_once(w->s, &next, NOON, BOOT, 1, &w->e), 1);
	strcpy(next.place, "freezer");
	assert_int_equal(store_slip_once(w->s, &next, NOON, BOOT, 1, &w->e), 1);
}

/* ---- history and import ---- */

static void
history_is_told_from_where_one_left_off(void **state)
{
	struct world *w = *state;
	struct change *c;
	int64_t before;
	size_t n;

	OK(store_history_newest(w->s, &before, &w->e));
	person(w, "Kim");
	put_in(w, thing(0, 0));
	OK(store_history(w->s, before, 100, &c, &n, &w->e));
	assert_int_equal(n, 3);
	assert_string_equal(c[0].noun, "owner");
	assert_string_equal(c[0].what, "made");
	assert_string_equal(c[1].noun, "label");
	assert_string_equal(c[2].noun, "print");
	assert_int_equal(c[2].seq, before + 3);
	free(c);
	OK(store_history(w->s, before, 2, &c, &n, &w->e));
	assert_int_equal(n, 2);
	free(c);
	OK(store_history(w->s, before + 3, 2, &c, &n, &w->e));
	assert_int_equal(n, 0);
	free(c);
}

static void
an_import_does_all_or_nothing(void **state)
{
	struct world *w = *state;
	struct owner lee = person(w, "Lee"), old = person(w, "Old"), *found;
	struct import_change list[] = {
		{ .what = IMPORT_ADD, .owner = { .name = "Kim" } },
		{ .what = IMPORT_BADGE, .added = 1, .readings = number(7) },
		{ .what = IMPORT_EDIT, .owner = lee },
		{ .what = IMPORT_REMOVE, .owner = old },
		{ .what = IMPORT_BADGE, .owner_id = lee.id, .readings = number(7) },
	};
	struct badge *badges;
	size_t bad, n;

	strcpy(list[2].owner.group, "Lab");
	REFUSED(import_list(w, list, 5, &bad), "already");
	assert_int_equal(bad, 4);
	OK(store_owners(w->s, false, &found, &n, &w->e));
	assert_int_equal(n, 2);
	free(found);
	OK(import_list(w, list, 4, &bad));
	OK(store_owners(w->s, false, &found, &n, &w->e));
	assert_int_equal(n, 2);	/* Kim came, Old went */
	free(found);
	OK(store_owner_find(w->s, "Kim", &found, &n, &w->e));
	OK(store_badges(w->s, found[0].id, &badges, &n, &w->e));
	assert_int_equal(n, 1);
	free(badges);
	free(found);
}

/* ---- stores of version 1 ---- */

static void
a_store_of_version_1_becomes_one_of_today_with_all_it_had(void **state)
{
	struct world *w = *state;
	struct preset p;
	struct label *l;
	size_t n;
	int fd = open("tests/store_v1.sql", O_RDONLY);
	struct stat st;

	assert_int_not_equal(fd, -1);
	assert_int_equal(fstat(fd, &st), 0);
	char *script = calloc(1, (size_t)st.st_size + 1);
	assert_int_equal(read(fd, script, (size_t)st.st_size), st.st_size);
	close(fd);
	clear(w);
	meddle(w, script);
	free(script);
	OK(world_open(w, STORE_TOOL));
	assert_int_equal(ask(w, "PRAGMA user_version"), STORE_VERSION);
	assert_int_equal(access(beside(w, ".v1"), F_OK), 0);
	OK(store_verify(w->s, &w->e));
	struct label_query q = { .all = true, .expires_until = DAY_NONE };
	OK(store_labels(w->s, &q, &l, &n, &w->e));
	assert_int_equal(n, 3);
	assert_string_equal(l[0].owner_name, "Kim");
	assert_string_equal(l[1].title, "Help yourself");	/* what was printed stays */
	free(l);
	assert_int_equal(store_preset_find(w->s, "everyone", &p, &w->e), 1);
	assert_string_equal(p.template, "everyone");
	assert_string_equal(p.title, "");
	assert_int_equal(store_preset_find(w->s, "found", &p, &w->e), 1);
	assert_string_equal(p.template, "mine");	/* somebody's choice stays */
	assert_string_equal(p.title, "Lab");
	assert_int_equal(store_preset_find(w->s, "emptied", &p, &w->e), 1);
	assert_true(p.empties);
	/* And it works. */
	put_in(w, thing(1, 1));
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		T(an_edit_takes_the_place_of_all_texts_and_checks_the_address),
		T(an_edit_that_changes_nothing_leaves_no_history),
		T(who_is_removed_keeps_labels_without_a_name_and_the_badge_means_a_guest),
		T(who_was_removed_by_mistake_is_back_with_badges_and_labels),
		T(the_card_of_who_left_is_handed_on_and_a_lost_one_is_not),
		T(who_is_forgotten_leaves_no_trace_in_the_files),
		T(a_revoked_badge_is_restored_unless_another_took_its_place),
		T(presets_are_added_changed_and_removed_with_their_cards),
		T(a_card_changes_from_preset_to_preset_and_a_badge_never_becomes_one),
		T(a_label_is_closed_once_and_can_be_taken_back),
		T(a_label_instead_of_another_closes_that_and_its_unbegun_print),
		T(a_print_under_way_is_left_to_its_end),
		T(an_emptying_discards_what_is_due_there_and_nothing_else),
		T(an_emptying_that_is_taken_back_puts_everything_in_again),
		T(a_slip_before_an_emptying_is_made_once),
		T(the_newest_emptying_is_the_last_that_threw_anything_away),
		T(a_label_whose_code_was_let_go_is_not_taken_back),
		T(a_slip_that_was_asked_for_is_not_the_one_that_comes_by_itself),
		T(a_mail_about_a_day_is_claimed_once),
		T(who_is_forgotten_takes_the_note_of_mails_along),
		T(history_is_told_from_where_one_left_off),
		T(an_import_does_all_or_nothing),
		T(a_store_of_version_1_becomes_one_of_today_with_all_it_had),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
