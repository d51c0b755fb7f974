/* host_impl.h - what the files of host share: reading files below the root folder. */
#ifndef FRIDGE_HOST_IMPL_H
#define FRIDGE_HOST_IMPL_H

#include "host.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define HOST_PATH 4096

/* The root and a path below it, as printf makes it. */
void host_path(const struct host *h, char out[static HOST_PATH], const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
bool host_exists(const struct host *h, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* A small file's first line, without blanks at its end and with '?' for controls; "" if
 * there is none. Returns whether there is one. */
bool host_line(const struct host *h, char *out, size_t size, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* The last part of what a link points to; "" if it is none. */
void host_link(const struct host *h, char *out, size_t size, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* On a Raspberry Pi 5 /dev/serial0 is the socket between those of the screens. */
bool host_is_debug_socket(const struct host *h, const char *real);
/* Whether a port, by its name or what that is a link to, is an adapter's on USB. */
bool host_is_adapter(const char *node, const char *real);

void host_look_board(struct host *h);		/* host_board.c */
void host_look_ports(struct host *h);
void host_look_usb(struct host *h);		/* host_usb.c */
void host_look_programs(struct host *h);	/* host_run.c */

#endif
