/* user.h - the user to whom a folder belongs: that of the store's folder is the service's.
 *
 * What stands in such a folder is nothing for root to open by its name: in the next moment
 * there may be a link.
 */
#ifndef FRIDGE_USER_H
#define FRIDGE_USER_H

#include <sys/stat.h>

#include "err.h"

/* Give up root for good, and be the owner of that folder, with his home. */
int user_become(const struct stat *folder, struct err *e);
/* Run work as the owner of the folder that path stands in: in a process of its own that
 * became that user, and in ours where there is nothing to give up. Gives what work returned,
 * and its *e; what else it changes in memory may be lost. USER_KILLED, with *e set: that
 * process was killed, and nobody knows how much of the work was done. */
#define USER_KILLED (-2)
int user_run(const char *path, int (*work)(void *arg, struct err *e), void *arg,
    struct err *e);

#endif
