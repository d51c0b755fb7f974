/* user.c - see user.h */
#include "user.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "disk.h"

int
user_become(const struct stat *folder, struct err *e)
{
	struct passwd *pw = getpwuid(folder->st_uid);
	gid_t gid = pw != NULL ? pw->pw_gid : folder->st_gid;
	/* Groups first: afterwards it would not be allowed. */
	int rc = pw != NULL ? initgroups(pw->pw_name, gid) : setgroups(1, &gid);

	if (rc == -1 || setresgid(gid, gid, gid) == -1 ||
	    setresuid(folder->st_uid, folder->st_uid, folder->st_uid) == -1)
		return err_set(e, ERR_SYSTEM, NULL, "cannot become user %u: %s",
		    (unsigned)folder->st_uid, strerror(errno));
	/* Where its commands look for their settings. */
	if (pw != NULL)
		setenv("HOME", pw->pw_dir, 1);
	return 0;
}

struct answer {
	int rc;
	struct err e;
};

/* What the process said before it ended. */
static int
hear(int fd, pid_t pid, const char *path, const struct stat *folder, struct err *e)
{
	struct answer a;
	bool whole = disk_read(fd, &a, sizeof a) == sizeof a;

	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		;
	if (!whole) {
		err_set(e, ERR_SYSTEM, "run it again", "process %d, which was at work on %s as user %u, "
		    "was killed", (int)pid, path, (unsigned)folder->st_uid);
		return USER_KILLED;
	}
	if (e != NULL)
		*e = a.e;
	return a.rc;
}

static int
run_as(const char *path, const struct stat *folder, int (*work)(void *arg, struct err *e),
    void *arg, struct err *e)
{
	struct answer a = { .e = { .kind = ERR_NONE } };
	int fd[2];

	if (pipe2(fd, O_CLOEXEC) == -1)
		return err_set(e, ERR_SYSTEM, NULL, "cannot open a descriptor: %s", strerror(errno));
	pid_t pid = fork();
	if (pid == 0) {
		close(fd[0]);
		a.rc = user_become(folder, &a.e) == 0 ? work(arg, &a.e) : -1;
		disk_write(fd[1], &a, sizeof a);
		_exit(0);
	}
	int rc = pid != -1 ? 0 : err_set(e, ERR_SYSTEM, NULL, "cannot start a process: %s",
	    strerror(errno));
	close(fd[1]);
	if (rc == 0)
		rc = hear(fd[0], pid, path, folder, e);
	close(fd[0]);
	return rc;
}

int
user_run(const char *path, int (*work)(void *arg, struct err *e), void *arg, struct err *e)
{
	struct stat st;
	int fd = disk_open_folder(path);
	int rc = fd != -1 && fstat(fd, &st) == 0 ? 0 :
	    err_set(e, ERR_SYSTEM, NULL, "the folder of %s: %s", path, strerror(errno));

	if (fd != -1)
		close(fd);
	if (rc == -1)
		return -1;
	return geteuid() == 0 && st.st_uid != 0 ? run_as(path, &st, work, arg, e) : work(arg, e);
}
