/* shields.c - try what a unit's shields forbid, and say what was not forbidden.
 *
 *	shields FOLDER		"open NAME" for each that succeeded; FOLDER can be written
 *	shields --list		all of them
 *
 * Run as root: what is refused then is refused by a shield, not by the modes of files.
 * What is not refused is really done: in a container of systemd-nspawn and nowhere else.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *folder;

static bool
can_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd != -1)
		close(fd);
	return fd != -1;
}

static bool
can_make(const char *path)
{
	bool made = can_open(path, O_WRONLY | O_CREAT | O_EXCL);

	if (made)
		unlink(path);
	return made;
}

static bool
can_socket(int family, int type)
{
	int fd = socket(family, type, 0);

	if (fd != -1)
		close(fd);
	return fd != -1;
}

static bool write_usr(void) { return can_make("/usr/shields"); }
static bool write_etc(void) { return can_make("/etc/shields"); }
static bool write_srv(void) { return can_make("/srv/shields"); }
static bool read_home(void) { return can_open("/home/secret", O_RDONLY); }
static bool read_root(void) { return can_open("/root/secret", O_RDONLY); }
static bool see_tmp(void) { return can_open("/tmp/secret", O_RDONLY); }
static bool write_cgroup(void) { return can_open("/sys/fs/cgroup/cgroup.procs", O_WRONLY); }
static bool write_tunable(void) { return can_open("/proc/sys/net/ipv4/ip_default_ttl", O_WRONLY); }
static bool use_reader(void) { return can_open("/dev/pn532", O_RDWR | O_NOCTTY); }
static bool socket_inet(void) { return can_socket(AF_INET, SOCK_DGRAM); }
static bool socket_inet6(void) { return can_socket(AF_INET6, SOCK_STREAM); }
static bool socket_packet(void) { return can_socket(AF_PACKET, SOCK_RAW); }
static bool set_name(void) { return sethostname("shields", 7) == 0; }
static bool mount_something(void) { return mount("none", folder, "tmpfs", 0, NULL) == 0; }
static bool change_owner(void) { return chown(folder, 12345, 12345) == 0; }
static bool become_another(void) { return setuid(12345) == 0; }
static bool root_elsewhere(void) { return chroot(folder) == 0; }
static bool be_nicer(void) { return setpriority(PRIO_PROCESS, 0, 5) == 0; }
static bool own_users(void) { return unshare(CLONE_NEWUSER) == 0; }
static bool own_mounts(void) { return unshare(CLONE_NEWNS) == 0; }
static bool old_machine(void) { return personality(ADDR_NO_RANDOMIZE) != -1; }
static bool gain_privileges(void) { return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0; }
static bool
leave_core(void)
{
	struct rlimit r;

	return getrlimit(RLIMIT_CORE, &r) == 0 && r.rlim_max != 0;
}

static bool
real_time(void)
{
	struct sched_param p = { .sched_priority = 1 };

	return sched_setscheduler(0, SCHED_FIFO, &p) == 0;
}

/* The processes of other users than root, which we are. */
static bool
see_others(void)
{
	DIR *all = opendir("/proc");
	bool seen = false;
	struct stat st;

	for (struct dirent *d; all != NULL && (d = readdir(all)) != NULL;)
		if (d->d_name[0] >= '1' && d->d_name[0] <= '9' &&
		    fstatat(dirfd(all), d->d_name, &st, 0) == 0)
			seen = seen || st.st_uid != 0;
	if (all != NULL)
		closedir(all);
	return seen;
}

/* That cupsd listens at its port. */
static bool
see_network(void)
{
	char line[512];
	bool seen = false;
	FILE *from = fopen("/proc/self/net/tcp", "re");

	while (from != NULL && fgets(line, sizeof line, from) != NULL)
		seen = seen || strstr(line, ":0277 ") != NULL;
	if (from != NULL)
		fclose(from);
	return seen;
}

static bool
write_and_run(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p != MAP_FAILED;
}

static bool
suid_file(void)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/suid", folder);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);
	bool done = fd != -1 && fchmod(fd, 04755) == 0;
	if (fd != -1)
		close(fd);
	unlink(path);
	return done;
}

static bool
file_for_others(void)
{
	char path[4096];
	struct stat st;

	snprintf(path, sizeof path, "%s/others", folder);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	bool done = fd != -1 && fstat(fd, &st) == 0 && (st.st_mode & 077) != 0;
	if (fd != -1)
		close(fd);
	unlink(path);
	return done;
}

static const struct {
	const char *name;
	bool (*try)(void);
} SHIELDS[] = {
	{ "write-usr", write_usr }, { "write-etc", write_etc }, { "write-srv", write_srv },
	{ "read-home", read_home }, { "read-root", read_root }, { "see-tmp", see_tmp },
	{ "see-others", see_others }, { "write-cgroup", write_cgroup },
	{ "see-network", see_network }, { "write-tunable", write_tunable },
	{ "use-reader", use_reader },
	{ "socket-inet", socket_inet }, { "socket-inet6", socket_inet6 },
	{ "socket-packet", socket_packet }, { "set-name", set_name },
	{ "mount", mount_something }, { "change-owner", change_owner },
	{ "become-another", become_another }, { "root-elsewhere", root_elsewhere },
	{ "be-nicer", be_nicer }, { "own-users", own_users }, { "own-mounts", own_mounts },
	{ "old-machine", old_machine }, { "real-time", real_time },
	{ "write-and-run", write_and_run }, { "suid-file", suid_file },
	{ "file-for-others", file_for_others }, { "gain-privileges", gain_privileges },
	{ "leave-core", leave_core },
};

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fputs("usage: shields FOLDER | --list\n", stderr);
		return 2;
	}
	if (strcmp(argv[1], "--list") == 0) {
		for (size_t i = 0; i < sizeof SHIELDS / sizeof *SHIELDS; i++)
			printf("open %s\n", SHIELDS[i].name);
		return 0;
	}
	if (access("/run/host/container-manager", F_OK) == -1) {
		fputs("shields: this would harm a machine that is no container\n", stderr);
		return 1;
	}
	folder = argv[1];
	setbuf(stdout, NULL);
	/* Each in a process of its own: some cannot be taken back. */
	for (size_t i = 0; i < sizeof SHIELDS / sizeof *SHIELDS; i++) {
		int status = 0;
		pid_t pid = fork();
		if (pid == 0)
			_exit(SHIELDS[i].try() ? 0 : 1);
		if (pid == -1 || waitpid(pid, &status, 0) == -1) {
			perror("shields");
			return 1;
		}
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
			printf("open %s\n", SHIELDS[i].name);
	}
	puts("done");
	return 0;
}
