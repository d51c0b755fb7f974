/* report_html.c - the report as one page for a browser, in the fridge's language: nothing
 * is loaded from elsewhere, and no script runs. To be read on a phone, in the dark, and
 * on paper. */
#include "report_impl.h"

#include <stdlib.h>
#include <string.h>

struct page {
	FILE *f;
	const struct report *r;
	struct words *words;
	const char *lang;
	struct head head;
};

static const char STYLE[] =
    ":root{color-scheme:light dark;--line:#d8dbe0;--soft:#667;--back:#fff;--bad:#b3261e;"
    "--due:#8a5a00;--soon:#2a6b3c}\n"
    "@media(prefers-color-scheme:dark){:root{--line:#3a3f47;--soft:#9aa3b0;--back:#15181c;"
    "--bad:#ff8a80;--due:#ffc76b;--soon:#86d69b}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;max-width:52rem;padding:1.5rem 1rem;background:var(--back);"
    "font:1rem/1.45 system-ui,'Noto Sans','Noto Sans CJK KR',sans-serif}\n"
    "h1{margin:0;font-size:1.6rem}\n"
    "h2{margin:2rem 0 .4rem;font-size:1.1rem}\n"
    "p{margin:.2rem 0;color:var(--soft)}\n"
    ".expired h2,.expired td.left{color:var(--bad)}\n"
    ".due h2,.due td.left{color:var(--due)}\n"
    ".soon h2,.soon td.left{color:var(--soon)}\n"
    "table{width:100%;border-collapse:collapse}\n"
    "th{padding:.25rem .5rem .25rem 0;text-align:start;font-weight:normal;font-size:.85rem;"
    "color:var(--soft)}\n"
    "td{padding:.45rem .5rem .45rem 0;border-top:1px solid var(--line);vertical-align:top}\n"
    ".code{width:7rem;font-variant-numeric:tabular-nums;white-space:nowrap}\n"
    "td.code,li{font-weight:600}\n"
    ".place{width:7rem}.until{width:10rem}.left{width:9rem}\n"
    ".owner{overflow-wrap:anywhere}\n"
    "ul{display:flex;flex-wrap:wrap;gap:.5rem;margin:0;padding:0;list-style:none}\n"
    "li{padding:.3rem .7rem;border:1px solid var(--line);border-radius:.4rem}\n"
    "@media(max-width:36rem){thead{display:none}\n"
    "tr{display:grid;grid-template:'code owner''left until''. place'/7rem 1fr;"
    "padding:.5rem 0;border-top:1px solid var(--line)}\n"
    "td{width:auto!important;padding:.05rem 0;border:0}\n"
    ".code{grid-area:code}.owner{grid-area:owner}.left{grid-area:left}.until{grid-area:until}"
    ".place{grid-area:place}.place,.until{color:var(--soft)}}\n"
    "@media print{body{padding:0;max-width:none}tr,section{break-inside:avoid}}\n";

/* Text from people and files never becomes markup. */
static void
put_escaped(FILE *f, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '&': fputs("&amp;", f); break;
		case '<': fputs("&lt;", f); break;
		case '>': fputs("&gt;", f); break;
		case '"': fputs("&quot;", f); break;
		default: fputc(*text, f);
		}
	}
}

/* A text of the words, between two pieces of markup; nothing at all where there is none. */
static void
put_words(const struct page *p, const char *before, const char *key, const char *after)
{
	char text[TEXT_SIZE];

	text_line(p->words, p->lang, key, p->head.field, text);
	if (text[0] == '\0')
		return;
	fputs(before, p->f);
	put_escaped(p->f, text);
	fputs(after, p->f);
}

/* Names run in their own direction whatever stands around them. */
static void
put_cell(const struct page *p, const char *class, const char *text)
{
	fprintf(p->f, "<td class=\"%s\"><bdi>", class);
	put_escaped(p->f, text);
	fputs("</bdi></td>", p->f);
}

static void
put_section(const struct page *p, enum report_section section)
{
	static const char *const COLUMNS[] = { "code", "owner", "place", "until", "left" };
	const struct report *r = p->r;
	char key[32];
	struct line l;

	fprintf(p->f, "<section class=\"%s\">\n", report_key(section));
	put_words(p, "<h2>", report_key(section), "</h2>\n");
	fputs("<table>\n<thead><tr>", p->f);
	for (size_t i = 0; i < sizeof COLUMNS / sizeof COLUMNS[0]; i++) {
		snprintf(key, sizeof key, "column_%s", COLUMNS[i]);
		fprintf(p->f, "<th class=\"%s\">", COLUMNS[i]);
		put_words(p, "", key, "");
		fputs("</th>", p->f);
	}
	fputs("</tr></thead>\n<tbody>\n", p->f);
	for (size_t i = 0; i < r->n; i++) {
		if (!report_holds(r, section, &r->labels[i]))
			continue;
		line_fill(&l, r, p->words, &r->labels[i]);
		const char *const texts[] = { l.code, l.owner,
			place_in_words(r, p->words, r->labels[i].place), l.until, l.left };
		fputs("<tr>", p->f);
		for (size_t c = 0; c < sizeof COLUMNS / sizeof COLUMNS[0]; c++)
			put_cell(p, COLUMNS[c], texts[c]);
		fputs("</tr>\n", p->f);
	}
	fputs("</tbody>\n</table>\n</section>\n", p->f);
}

static void
put_place(const struct report *r, const struct label *labels, size_t n, void *arg)
{
	const struct page *p = arg;
	char code[ROW_CODE_SIZE];

	fputs("<section>\n<h2><bdi>", p->f);
	put_escaped(p->f, place_in_words(r, p->words, labels[0].place));
	fprintf(p->f, "</bdi>: %zu</h2>\n<ul>\n", n);
	for (size_t i = 0; i < n; i++) {
		fputs("<li class=\"code\">", p->f);
		put_escaped(p->f, row_code(r->config->fridge.code, labels[i].code, code));
		fputs("</li>\n", p->f);
	}
	fputs("</ul>\n</section>\n", p->f);
}

static void
put_page(struct page *p, struct report *r, bool due)
{
	size_t shown = 0;

	fputs("<!DOCTYPE html>\n<html lang=\"", p->f);
	put_escaped(p->f, words_lang(p->words, p->lang, "head"));
	fputs("\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n", p->f);
	put_words(p, "<title>", "head", "</title>\n");
	fprintf(p->f, "<style>\n%s</style>\n</head>\n<body>\n<header>\n<h1><bdi>", STYLE);
	put_escaped(p->f, r->config->fridge.name);
	fputs("</bdi></h1>\n", p->f);
	put_words(p, "<p>", due ? "throw" : "day", "</p>\n");
	if (!due)
		put_words(p, "<p>", "totals", "</p>\n");
	fputs("</header>\n", p->f);
	if (due)
		shown = report_places(r, put_place, p);
	for (int i = 0; !due && i < REPORT_SECTIONS; i++)
		if (report_count(r, REPORT_ORDER[i]) > 0) {
			put_section(p, REPORT_ORDER[i]);
			shown++;
		}
	if (shown == 0)
		put_words(p, "<p>", "nothing", "</p>\n");
	fputs("</body>\n</html>\n", p->f);
}

int
report_html(struct report *r, bool due, FILE *to, struct err *e)
{
	struct page p = { .f = to, .r = r, .lang = r->config->fridge.language };
	struct template_dirs dirs;

	config_templates(r->config, &dirs);
	p.words = words_open_named("report", dirs.list);
	head_fill(&p.head, r, p.words);
	put_page(&p, r, due);
	words_close(p.words);
	if (fflush(to) != 0 || ferror(to))
		return err_set(e, ERR_SYSTEM, NULL, "the report cannot be written");
	return 0;
}
