/* roster_columns.c - which column of a list is what: by the headings that are usual in
 * English, Korean, German, French and Japanese, or as the caller says.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csvfile.h"
#include "roster_impl.h"

#define HEADING_MAX 120

/* Headings without blanks, hyphens and the like, in small letters; parted by blanks. The
 * first is the word for --columns. */
static const char *const HEADINGS[COLUMNS] = {
	[PERSON_NAME] = "name fullname displayname employee employeename person cardholder"
	    " cardholdername holder 이름 성명 직원명 사원명 사용자명 사용자 名前 氏名 お名前 社員名 姓名"
	    " mitarbeiter mitarbeitername nom nomcomplet nometprénom",
	[PERSON_LABEL_NAME] = "labelname nickname rufname surnom 별명 라벨이름 表示名 ニックネーム",
	[PERSON_EMAIL] = "email mail emailaddress mailaddress emailadresse mailadresse 이메일 메일"
	    " 이메일주소 메일주소 전자우편 メール メールアドレス eメール 電子メール courriel adresseemail"
	    " adressemail adresseélectronique mél",
	[PERSON_GROUP] = "group team department dept division unit abteilung bereich gruppe 부서"
	    " 부서명 팀 소속 그룹 部署 部署名 部門 所属 グループ チーム service département équipe groupe",
	[PERSON_LANG] = "lang language locale sprache 언어 言語 langue",
	[PERSON_SHELF] = "shelf shelflife haltbarkeit 보관기간 保管期間 conservation",
	[COLUMN_ID] = "id",
	[COLUMN_GIVEN] = "given firstname givenname forename vorname 名 prénom prenom",
	[COLUMN_FAMILY] = "family lastname surname familyname nachname familienname zuname 성 姓"
	    " nomdefamille",
	[COLUMN_NUMBER] = "number badge badgenumber badgeno badgeid card cardnumber cardno cardid uid"
	    " carduid csn tag tagid credential transponder transpondernummer chipnummer ausweisnummer"
	    " ausweisnr kartennummer kartennr badgenummer badgenr 카드 카드번호 사원증번호 출입카드번호"
	    " 출입증번호 배지번호 カード番号 社員証番号 icカード番号 numérodebadge numérobadge numérodecarte"
	    " nodebadge nobadge",
	[COLUMN_FACILITY] = "facility facilitycode sitecode anlagencode 시설코드 codesite",
	[COLUMN_FORM] = "form numberformat badgeformat cardformat",
	[COLUMN_READING] = "reading",
};

const char *
roster_column_text(enum roster_column c)
{
	static const char *const APART[] = {
		[COLUMN_ID - PERSON_FIELDS] = "id", [COLUMN_GIVEN - PERSON_FIELDS] = "given",
		[COLUMN_FAMILY - PERSON_FIELDS] = "family", [COLUMN_NUMBER - PERSON_FIELDS] = "number",
		[COLUMN_FACILITY - PERSON_FIELDS] = "facility", [COLUMN_FORM - PERSON_FIELDS] = "form",
		[COLUMN_READING - PERSON_FIELDS] = "reading",
	};

	return (int)c < PERSON_FIELDS ? person_key((enum person_field)c) : APART[c - PERSON_FIELDS];
}

/* Letters alone, small ones; also of Latin-1, whose capitals are two bytes of UTF-8. */
static const char *
plain(const char *text, char out[static HEADING_MAX])
{
	char composed[NAME_SIZE];
	struct err ignored;
	size_t n = 0;

	/* macOS writes Hangul as its letters, and accents apart. */
	if (words_name("heading", text, composed, &ignored) == 0)
		text = composed;
	for (const unsigned char *p = (const unsigned char *)text; *p != '\0' && n < HEADING_MAX - 1; p++) {
		if (*p < 0x80 && !isalnum(*p))
			continue;
		if (strncmp((const char *)p, "\xe3\x80\x80", 3) == 0) {	/* a wide blank */
			p += 2;
			continue;
		}
		bool capital = n > 0 && (unsigned char)out[n - 1] == 0xc3 && *p >= 0x80 && *p <= 0x9e;
		out[n++] = (char)(capital ? *p + 0x20 : *p < 0x80 ? tolower(*p) : *p);
	}
	out[n] = '\0';
	return out;
}

/* The column that a heading means: 0 or more, -1 for none. */
static int
column_of(const char *heading)
{
	char word[HEADING_MAX];
	size_t n = strlen(plain(heading, word));

	for (int c = 0; c < COLUMNS && n > 0; c++)
		for (const char *at = HEADINGS[c]; *at != '\0';) {
			size_t len = strcspn(at, " ");
			if (len == n && strncmp(at, word, n) == 0)
				return c;
			at += len + (at[len] == ' ');
		}
	return -1;
}

static int
twice(size_t a, size_t b, const char *what, struct err *e)
{
	return err_set(e, ERR_REFUSED, "say what each column is, \"-\" for those to leave out: "
	    "--columns name,email,-,number", "columns %zu and %zu are both %s", a, b, what);
}

/* A column headed "id" may be anything: only an export's names its store, "id@3f2a91bc". */
static bool
is_our_id(const struct roster *r, const char *heading)
{
	const char *at = strchr(heading, '@');

	return at != NULL && r->how->store_id != NULL && strlen(at + 1) == ROSTER_STORE_ID &&
	    strncmp(at + 1, r->how->store_id, ROSTER_STORE_ID) == 0;
}

static void
leave_out(struct roster *r, const char *heading)
{
	size_t n = strlen(r->unused), len = strlen(heading);

	if (len > 0 && n + len + 3 < sizeof r->unused)
		snprintf(r->unused + n, sizeof r->unused - n, "%s%s", n > 0 ? ", " : "", heading);
}

/* "Vorname, Name" and "성, 이름": the other half of a name makes it one. */
static void
settle_halves(int column[COLUMNS])
{
	int half = column[COLUMN_GIVEN] != -1 && column[COLUMN_FAMILY] == -1 ? COLUMN_FAMILY :
	    column[COLUMN_FAMILY] != -1 && column[COLUMN_GIVEN] == -1 ? COLUMN_GIVEN : -1;

	if (half != -1 && column[PERSON_NAME] != -1) {
		column[half] = column[PERSON_NAME];
		column[PERSON_NAME] = -1;
	}
}

static int
by_headings(struct roster *r, const struct csv_record *first, struct err *e)
{
	int known = 0;

	for (size_t i = 0; i < first->fields; i++) {
		const char *heading = first->field[i];
		int c = strncmp(heading, "id@", 3) == 0 ? COLUMN_ID : column_of(heading);
		if (c == COLUMN_ID && !is_our_id(r, heading))
			c = -1;
		if (c == -1) {
			leave_out(r, heading);
			continue;
		}
		if (r->column[c] != -1)
			return twice((size_t)r->column[c] + 1, i + 1,
			    roster_column_text((enum roster_column)c), e);
		r->column[c] = (int)i;
		known++;
	}
	return known;
}

static int
by_words(struct roster *r, const char *words, struct err *e)
{
	size_t i = 0;

	for (const char *at = words; ; i++) {
		char word[HEADING_MAX];
		size_t n = strcspn(at, ",");
		snprintf(word, sizeof word, "%.*s", (int)n, at);
		int c = strcmp(word, "-") == 0 || n == 0 ? COLUMNS : column_of(word);
		if (c == -1)
			return err_set(e, ERR_USAGE, "name, given, family, label_name, email, group, lang, "
			    "shelf, number, facility, form, reading, id, or - for one to leave out",
			    "--columns does not know \"%s\"", word);
		if (c != COLUMNS && r->column[c] != -1)
			return twice((size_t)r->column[c] + 1, i + 1, word, e);
		if (c != COLUMNS)
			r->column[c] = (int)i;
		if (at[n] == '\0')
			break;
		at += n + 1;
	}
	r->width = i + 1;
	return 0;
}

static int
no_names(const struct csv_record *first, struct err *e)
{
	char shown[200] = "";
	size_t n = 0;

	for (size_t i = 0; i < first->fields && n + 1 < sizeof shown; i++) {
		int more = snprintf(shown + n, sizeof shown - n, "%s%s", i > 0 ? ", " : "", first->field[i]);
		n += more > 0 ? (size_t)more : 0;
	}
	return err_set(e, ERR_REFUSED, "say what the columns are, \"-\" for those to leave out: "
	    "--columns name,email,-,number",
	    "no column of names: the first line has no heading that is known (%zu value%s: %.150s)",
	    first->fields, first->fields == 1 ? "" : "s", shown);
}

int
roster_columns(struct roster *r, const struct csv_record *first, bool *headings, struct err *e)
{
	int rc = 0;

	for (int c = 0; c < COLUMNS; c++)
		r->column[c] = -1;
	if (r->how->columns != NULL) {
		*headings = false;
		for (size_t i = 0; i < first->fields; i++)
			*headings = *headings || column_of(first->field[i]) != -1;
		rc = by_words(r, r->how->columns, e);
	} else {
		*headings = true;
		r->width = first->fields;
		rc = by_headings(r, first, e);
	}
	if (rc == -1)
		return -1;
	settle_halves(r->column);
	if (r->column[PERSON_NAME] == -1 && r->column[COLUMN_GIVEN] == -1 &&
	    r->column[COLUMN_FAMILY] == -1) {
		if (r->how->columns == NULL)
			return no_names(first, e);
		return err_set(e, ERR_USAGE, "--columns name,email,-,number",
		    "--columns names no column with the name");
	}
	if (r->column[COLUMN_NUMBER] != -1 && r->column[COLUMN_READING] != -1)
		return twice((size_t)r->column[COLUMN_NUMBER] + 1, (size_t)r->column[COLUMN_READING] + 1,
		    "badges", e);
	return 0;
}
