/* fridge-print_helper.c - the side of proto.h that prints.
 *
 * One loop: a line from fridged, the next look at the job, the next look at the queue,
 * the next heartbeat. Between a print line and the request to CUPS stands nothing but
 * the drawing of the page.
 */
#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "../firmware/log.h"
#include "fridge-print_impl.h"
#include "proto.h"

#define BEAT_MS 2000
#define QUEUE_MS (3 * BEAT_MS)	/* between two looks at an idle queue */
#define QUEUE_BUSY_MS 1000	/* and while a job is on its way */
#define DEVICE_MS 15000		/* between two looks at the printer itself */
#define STUCK_MS 60000		/* a job that does not move for so long */
#define COPIES_MAX 100

/* When to look at a job, in ms since it was made; then every LOOK_MS. */
static const int LOOKS[] = { 15, 30, 60, 120, 250 };
#define LOOKS_COUNT ((int)(sizeof LOOKS / sizeof *LOOKS))
#define LOOK_MS 500

struct job {
	int id;				/* 0: none is followed */
	char name[PRINT_NAME];
	int64_t since, moved;		/* when it was made; when it last changed */
	int looks;
	int64_t next;
	struct print_state last;	/* as CUPS says */
	char told[PRINT_REASONS + 32];
};

struct helper {
	struct print *print;
	struct label_engine *engine;
	struct dirs dirs;
	char confined[PROTO_LINE];	/* the templates as they were, "": to no files yet */
	char qr[PROTO_LINE];
	bool set_up;
	struct job job;
	int64_t next_queue, next_device, next_beat;
	struct print_state queue;
	char told[PROTO_LINE], told_about[PROTO_LINE];
	char in[PROTO_LINE];
	size_t in_len;
	bool skipping;			/* the rest of a line that was too long */
	bool running;
};

static void
say(struct helper *h, const struct proto_line *l)
{
	char text[PROTO_LINE + 1];

	if (!l->ok)
		return;
	int n = snprintf(text, sizeof text, "%s\n", l->text);
	for (int done = 0; done < n; ) {
		ssize_t w = write(STDOUT_FILENO, text + done, (size_t)(n - done));
		if (w == -1 && errno == EINTR)
			continue;
		if (w <= 0) {
			h->running = false;	/* nobody listens any more */
			return;
		}
		done += (int)w;
	}
	h->next_beat = clock_mono_ms() + BEAT_MS;
}

static void
say_word(struct helper *h, const char *word)
{
	struct proto_line l;

	proto_start(&l, word);
	say(h, &l);
}

/* Called before everything that may take a while. */
static void
beat(void *arg, int seconds)
{
	struct helper *h = arg;
	struct proto_line l;
	char text[16];

	if (seconds > 0) {
		snprintf(text, sizeof text, "%d", seconds);
		proto_start(&l, "busy");
		proto_word(&l, text);
		say(h, &l);
	} else if (clock_mono_ms() >= h->next_beat - BEAT_MS / 2) {
		say_word(h, "alive");
	}
}

static void
refuse(struct helper *h, const char *id, const struct err *e)
{
	struct proto_line l;

	proto_start(&l, "refused");
	proto_pair(&l, "id", id);
	/* A wrong line stays wrong, a missing template too; the world may mend. */
	proto_pair_int(&l, "retry", e->kind == ERR_BUSY || e->kind == ERR_SYSTEM);
	proto_pair(&l, "why", e->what);
	proto_pair(&l, "todo", e->todo);
	say(h, &l);
}

/* ---- the job and the queue ---- */

static void
say_state(struct helper *h, int id, const struct print_state *s)
{
	struct proto_line l;
	char number[16];

	snprintf(number, sizeof number, "%d", id);
	proto_start(&l, "state");
	proto_word(&l, number);
	proto_word(&l, s->state);
	proto_word(&l, s->reasons);
	say(h, &l);
}

/* Say a line if it is another than the last of its kind. */
static void
say_news(struct helper *h, const struct proto_line *l, char told[static PROTO_LINE])
{
	if (strcmp(l->text, told) == 0)
		return;
	snprintf(told, PROTO_LINE, "%s", l->text);
	say(h, l);
}

static void
pair_known(struct proto_line *l, const char *key, const char *value)
{
	if (value[0] != '\0')
		proto_pair(l, key, value);
}

static void
say_queue(struct helper *h)
{
	struct proto_line l;

	proto_start(&l, "queue");
	if (print_about(h->print, &l))
		say_news(h, &l, h->told_about);
	proto_start(&l, "printer");
	proto_word(&l, h->queue.state);
	proto_word(&l, h->queue.reasons);
	pair_known(&l, "want", h->queue.want);
	pair_known(&l, "have", h->queue.have);
	pair_known(&l, "why", h->queue.why.what);
	pair_known(&l, "todo", h->queue.why.todo);
	say_news(h, &l, h->told);
}

static bool
has_ended(const char *state)
{
	static const char *const ENDS[] = { "completed", "canceled", "aborted", "gone" };

	for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++)
		if (strcmp(state, ENDS[i]) == 0)
			return true;
	return false;
}

static void
follow(struct helper *h, int id, const char *name)
{
	struct proto_line l;
	char number[16];
	int64_t now = clock_mono_ms();

	snprintf(number, sizeof number, "%d", id);
	proto_start(&l, "job");
	proto_word(&l, number);
	say(h, &l);
	h->job = (struct job){ .id = id, .since = now, .moved = now, .next = now + LOOKS[0] };
	snprintf(h->job.name, sizeof h->job.name, "%s", name);
	h->job.last.state = "";
	h->next_queue = now + QUEUE_BUSY_MS;
}

/* A server that keeps no history of its jobs forgets one as it ends. If it has run all
 * the time, it did not lose it, and where nothing was in its way the label is out. */
static bool
ended_unseen(const struct helper *h, const struct print_state *s)
{
	return strcmp(s->state, "gone") == 0 && print_knew_job(h->print, h->job.id) &&
	    strcmp(h->queue.state, "ready") == 0 && strcmp(h->job.last.state, "held") != 0;
}

static void
look_at_job(struct helper *h)
{
	struct job *j = &h->job;
	struct print_state s;
	char told[sizeof j->told];
	int64_t now = clock_mono_ms();

	j->looks++;
	j->next = j->looks < LOOKS_COUNT ? j->since + LOOKS[j->looks] : now + LOOK_MS;
	if (print_job_state(h->print, j->id, j->name, &s, NULL) == -1) {
		h->next_queue = 0;	/* say "down" at once */
		return;
	}
	if (ended_unseen(h, &s))
		s.state = "completed";
	if (strcmp(s.state, j->last.state) != 0 || strcmp(s.reasons, j->last.reasons) != 0) {
		j->last = s;
		j->moved = now;
	}
	/* What holds up the queue holds up its job. */
	if (!has_ended(s.state) && strcmp(h->queue.reasons, "none") != 0)
		print_reasons_add(s.reasons, h->queue.reasons);
	/* A printer that refuses connections shows as a job in order, for ever. */
	if (strcmp(s.state, "processing") == 0 && now - j->moved >= STUCK_MS)
		print_reasons_add(s.reasons, "not-answering");
	snprintf(told, sizeof told, "%s %s", s.state, s.reasons);
	if (strcmp(told, j->told) != 0) {
		snprintf(j->told, sizeof j->told, "%s", told);
		say_state(h, j->id, &s);
	}
	if (has_ended(s.state)) {
		j->id = 0;
		h->next_queue = now;
	}
}

static void
look_at_queue(struct helper *h)
{
	int64_t now = clock_mono_ms();
	/* During a job the queue itself tells what its printer says. */
	bool device = h->job.id == 0 && (now >= h->next_device ||
	    strcmp(h->queue.state, "ready") != 0);

	print_printer_state(h->print, device, &h->queue);
	now = clock_mono_ms();
	if (device)
		h->next_device = now + DEVICE_MS;
	h->next_queue = now + (h->job.id != 0 ? QUEUE_BUSY_MS : QUEUE_MS);
	say_queue(h);
}

/* ---- lines ---- */

static const char *
get(const void *from, const char *key)
{
	return proto_get(from, key);
}

/* Draw once what is going to be drawn, so that the first tap finds it warm; what that
 * and the reading of fonts left behind is given back. */
static void
warm_up(struct helper *h)
{
	struct label_fields f = { .owner = "A", .code = "1", .stored = 0, .expires = 0 };
	struct sheet sheet;
	struct page page;
	struct err e;

	/* A queue without a page is told of as such. */
	if (print_sheet(h->print, &sheet, NULL) == -1)
		return;
	if (label_draw(h->engine, "standard", &f, &sheet, &page, NULL, &e) == 0)
		page_free(&page);
	else
		log_warn("%s%s%s", e.what, e.todo[0] != '\0' ? "; try: " : "", e.todo);
	malloc_trim(0);
}

/* Before anything of a template or a printer is read: no other files than these. It
 * cannot be widened, so that other folders need another run of us, which fridged starts.
 * False: this one ends. */
static bool
confine(struct helper *h, const char *templates)
{
	struct err e;

	if (h->confined[0] != '\0') {
		h->running = strcmp(h->confined, templates) == 0;
		if (!h->running)
			log_info("other folders of templates: started again for them");
		return h->running;
	}
	if (dirs_parse(templates, &h->dirs) == -1)
		return true;		/* there is none to draw with */
	int rc = files_confine(&h->dirs, &e);
	if (rc == 1)
		snprintf(h->confined, sizeof h->confined, "%s", templates);
	else
		log_warn("a template could make the helper open any file: %s", e.what);
	return true;
}

static void
setup(struct helper *h, const struct proto_parts *p)
{
	struct print_settings settings = {
		.queue = proto_get(p, "queue"),
		.language = proto_get(p, "language"), .red = proto_get_int(p, "red", 0) != 0,
	};
	struct err e;

	if (!confine(h, proto_get(p, "templates")))
		return;
	if (print_media_parse(proto_get(p, "media"), &settings.media) == -1) {
		log_error("media %s is not WxHmm: the queue's own is used",
		    proto_get(p, "media"));
		settings.media = (struct print_media){ 0 };
	}
	if (rotate_parse(proto_get(p, "rotate"), &settings.rotate) == -1)
		settings.rotate = -1;
	print_setup(h->print, &settings);
	snprintf(h->qr, sizeof h->qr, "%s", proto_get(p, "qr"));

	if (h->engine != NULL)
		label_close(h->engine);
	h->engine = NULL;
	/* The first start on a slow card reads many fonts. */
	beat(h, 30);
	if (dirs_parse(proto_get(p, "templates"), &h->dirs) == -1)
		log_error("too many folders of templates");
	else if (label_open(h->dirs.list, &h->engine, &e) == -1)
		log_error("%s", e.what);
	say_word(h, "alive");
	h->set_up = true;
	h->told[0] = h->told_about[0] = '\0';
	h->next_device = 0;
	look_at_queue(h);
	if (h->engine != NULL)
		warm_up(h);
}

/* The label as it was shipped: the last folder alone. What stands in those before it,
 * a template of the same name or its words, may be what cannot be used. */
static int
draw_shipped(struct helper *h, const struct label_fields *fields, const struct sheet *sheet,
    struct page *page, struct err *e)
{
	const char **last = h->dirs.list;
	struct label_engine *shipped;

	while (last[0] != NULL && last[1] != NULL)
		last++;
	if (label_open(last, &shipped, e) == -1)
		return -1;
	int rc = label_draw(shipped, "standard", fields, sheet, page, NULL, e);
	label_close(shipped);
	return rc;
}

static int
draw(struct helper *h, const struct proto_parts *p, struct page *page, struct err *e)
{
	const char *template = proto_get(p, "template");
	struct label_fields fields;
	struct sheet sheet;

	if (h->engine == NULL && label_open(h->dirs.list, &h->engine, e) == -1)
		return -1;
	if (fields_fill(get, p, &fields, e) == -1 || print_sheet(h->print, &sheet, e) == -1)
		return -1;
	if (fields.qr[0] == '\0')
		fields.qr = h->qr;
	if (template[0] == '\0')
		template = "standard";
	if (label_draw(h->engine, template, &fields, &sheet, page, NULL, e) == 0)
		return 0;
	/* Nobody leaves without a dated label: a plainer one is better than none. */
	log_error("%s; a plainer label is printed", e->what);
	fields.qr = "";
	if (label_draw(h->engine, template, &fields, &sheet, page, NULL, e) == 0)
		return 0;
	/* Slips, signs and cards have no code: what is no label does not look like one. */
	if (fields.code[0] != '\0' &&
	    (label_draw(h->engine, "standard", &fields, &sheet, page, NULL, e) == 0 ||
	    draw_shipped(h, &fields, &sheet, page, e) == 0))
		return 0;
	return label_draw_plain(h->engine, &fields, &sheet, page, e);
}

/* Whether fridged has gone: its successor may be looking for our job already. */
static bool
is_orphan(void)
{
	struct pollfd in = { .fd = STDIN_FILENO };

	return poll(&in, 1, 0) == 1 && (in.revents & (POLLHUP | POLLERR)) != 0;
}

/* Put a page of the line into the queue: 0, or -1. */
static int
submit(struct helper *h, const struct proto_parts *p, const char *name, int copies,
    int *job, struct err *e)
{
	struct page page;

	if (print_wrong_media(h->print, e))
		return -1;
	/* The queue may have changed since the last look: it is asked while the page is
	 * drawn, which takes longer. */
	print_peek(h->print);
	int drawn = draw(h, p, &page, e);
	bool changed = print_changed(h->print);
	if (drawn == 0 && changed) {
		page_free(&page);
		drawn = draw(h, p, &page, e);
	}
	if (drawn == -1)
		return -1;
	int rc = is_orphan() ? err_set(e, ERR_BUSY, NULL, "fridged has ended") :
	    print_submit(h->print, name, &page, copies, job, e);
	page_free(&page);
	return rc;
}

static void
print(struct helper *h, const struct proto_parts *p)
{
	const char *id = proto_get(p, "id"), *name = proto_get(p, "name");
	long long copies = proto_get_int(p, "copies", 1);
	struct err e = { 0 };
	char called[PRINT_NAME];
	int job = 0, found = 0;

	if (!h->set_up) {
		err_set(&e, ERR_BUSY, NULL, "nothing is set up yet");
		found = -1;
	} else if (name[0] == '\0' || strlen(name) >= sizeof h->job.name || copies < 1 ||
	    copies > COPIES_MAX) {
		err_set(&e, ERR_USAGE, NULL, "a print needs a name, and 1 to %d copies",
		    COPIES_MAX);
		found = -1;
	} else if (proto_get_int(p, "find", 0) != 0) {
		found = print_find(h->print, name, &job, called, &e);
		if (found == 0 && proto_get_int(p, "only", 0) != 0)
			found = err_set(&e, ERR_REFUSED, NULL, "CUPS has no job of this print");
	}
	if (found == 1)
		follow(h, job, called);
	else if (found == 0 && submit(h, p, name, (int)copies, &job, &e) == 0)
		follow(h, job, name);
	else {
		refuse(h, id, &e);
		h->next_queue = 0;
	}
}

static void
cancel(struct helper *h, const struct proto_parts *p)
{
	int job = atoi(proto_arg(p, 1));
	struct print_state s;
	struct err e;

	if (!h->set_up || job <= 0)
		return;
	if (print_cancel(h->print, job, &e) == -1)
		log_error("%s", e.what);
	if (job == h->job.id)
		h->job.next = 0;
	else if (print_job_state(h->print, job, "", &s, NULL) == 0)
		say_state(h, job, &s);
}

static void
obey(struct helper *h, char *line)
{
	static const struct {
		const char *word;
		void (*run)(struct helper *h, const struct proto_parts *p);
	} WORDS[] = {
		{ "setup", setup }, { "print", print }, { "cancel", cancel },
	};
	struct proto_parts p;

	if (proto_parse(line, &p) == -1) {
		if (line[0] != '\0')
			log_error("a line that is none was not obeyed");
		return;
	}
	for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
		if (strcmp(p.part[0].value, WORDS[i].word) == 0)
			WORDS[i].run(h, &p);
}

static void
read_lines(struct helper *h)
{
	ssize_t n = read(STDIN_FILENO, h->in + h->in_len, sizeof h->in - h->in_len);
	char *end;

	if (n == -1 && errno == EINTR)
		return;
	if (n <= 0) {
		h->running = false;
		return;
	}
	h->in_len += (size_t)n;
	while (h->running && (end = memchr(h->in, '\n', h->in_len)) != NULL) {
		size_t len = (size_t)(end - h->in) + 1;
		char line[PROTO_LINE];
		memcpy(line, h->in, len);
		line[len - 1] = '\0';
		h->in_len -= len;
		memmove(h->in, h->in + len, h->in_len);
		if (!h->skipping)
			obey(h, line);
		h->skipping = false;
	}
	if (h->in_len == sizeof h->in) {
		log_error("a line longer than %d bytes was not obeyed", PROTO_LINE);
		h->skipping = true;
		h->in_len = 0;
	}
}

/* ---- the loop ---- */

enum { FD_LINES, FD_SIGNAL, FD_COUNT };

static int64_t
next_deadline(const struct helper *h)
{
	int64_t next = h->next_beat;

	if (h->set_up && h->next_queue < next)
		next = h->next_queue;
	if (h->job.id != 0 && h->job.next < next)
		next = h->job.next;
	return next;
}

static void
run_due(struct helper *h)
{
	if (h->job.id != 0 && clock_mono_ms() >= h->job.next)
		look_at_job(h);
	if (h->set_up && clock_mono_ms() >= h->next_queue)
		look_at_queue(h);
	if (clock_mono_ms() >= h->next_beat)
		say_word(h, "alive");
	if (h->job.id == 0 && h->engine != NULL)
		label_tidy(h->engine);
}

static void
loop(struct helper *h, int signals)
{
	struct pollfd fd[FD_COUNT] = {
		[FD_LINES] = { .fd = STDIN_FILENO, .events = POLLIN },
		[FD_SIGNAL] = { .fd = signals, .events = POLLIN },
	};

	for (h->running = true; h->running;) {
		int64_t wait = next_deadline(h) - clock_mono_ms();
		int n = poll(fd, FD_COUNT, wait < 0 ? 0 : (int)wait);
		if (n == -1 && errno != EINTR)
			return;
		if (n > 0 && fd[FD_SIGNAL].revents != 0)
			return;
		/* A line first: a tap does not wait behind a question. */
		if (n > 0 && fd[FD_LINES].revents != 0)
			read_lines(h);
		else
			run_due(h);
	}
}

int
helper_run(const struct err *open)
{
	struct helper h = { .queue = { .state = "unknown", .reasons = "none" } };
	struct proto_line l;
	sigset_t ends;

	log_open("fridge-print");
	if (open != NULL)
		log_warn("%s", open->what);
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	/* libcups is not interrupted in the middle of a request. */
	if (sigprocmask(SIG_BLOCK, &ends, NULL) == -1)
		return 1;
	int signals = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
	h.print = print_new(beat, &h);
	if (signals == -1 || h.print == NULL) {
		log_error("cannot start: %m");
		return 1;
	}
	proto_start(&l, "hello");
	proto_word(&l, "fridge-print");
	proto_word(&l, "1");
	h.running = true;
	say(&h, &l);
	label_on_busy(beat, &h);
	loop(&h, signals);
	if (h.engine != NULL)
		label_close(h.engine);
	print_free(h.print);
	close(signals);
	return 0;
}
