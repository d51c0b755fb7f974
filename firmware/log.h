/* log.h - what the service says to the journal: one line per change of state.
 *
 * Lines go to standard error. Under systemd (JOURNAL_STREAM set) each carries the
 * "<N>" priority prefix that journald reads; on a terminal it carries the
 * program's name instead. Never log a badge number or a person's name: log ids.
 */
#ifndef FRIDGE_LOG_H
#define FRIDGE_LOG_H

/* Remember the program's name (not copied) and look at the environment. */
void log_open(const char *program);

/* printf-like; control characters in the result are shown as \xNN. */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
