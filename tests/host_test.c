/* host_test.c - what kind of machine it is, read from trees that this test makes */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../firmware/host.h"

#define TROUBLES 8

static char root[] = "/tmp/host_test.XXXXXX";

/* ---- trees ---- */

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

static int
clear(void **state)
{
	(void)state;
	return nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0 || access(root, F_OK) != 0
	    ? 0 : -1;
}

static int
fresh(void **state)
{
	(void)state;
	strcpy(root + strlen(root) - 6, "XXXXXX");
	return mkdtemp(root) != NULL ? 0 : -1;
}

/* The folders above a path below the root. */
static void
make_folders(const char *path)
{
	for (char copy[512], *p = copy + strlen(root) + 1; ; p++) {
		if (p == copy + strlen(root) + 1)
			snprintf(copy, sizeof copy, "%s", path);
		p = strchr(p, '/');
		if (p == NULL)
			return;
		*p = '\0';
		mkdir(copy, 0755);
		*p = '/';
	}
}

static void
put(const char *path, const char *text)
{
	char full[512];

	snprintf(full, sizeof full, "%s%s", root, path);
	make_folders(full);
	FILE *f = fopen(full, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static int
remove_below(const char *path)
{
	char full[512];

	snprintf(full, sizeof full, "%s%s", root, path);
	return remove(full);
}

static void
put_link(const char *path, const char *target)
{
	char full[512];

	snprintf(full, sizeof full, "%s%s", root, path);
	make_folders(full);
	assert_int_equal(symlink(target, full), 0);
}

/* A device with one interface; driver NULL for none. */
static void
plug(const char *at, const char *vendor, const char *product, const char *class,
    const char *protocol, const char *driver)
{
	const struct {
		const char *file, *text;
	} files[] = {
		{ "/idVendor", vendor }, { "/idProduct", product },
		{ ":1.0/bInterfaceClass", class }, { ":1.0/bInterfaceProtocol", protocol },
	};
	char path[256], target[128];

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		snprintf(path, sizeof path, "/sys/bus/usb/devices/%s%s", at, files[i].file);
		put(path, files[i].text);
	}
	if (driver == NULL)
		return;
	snprintf(path, sizeof path, "/sys/bus/usb/devices/%s:1.0/driver", at);
	snprintf(target, sizeof target, "../../../bus/usb/drivers/%s", driver);
	put_link(path, target);
}

static void
run(const char *pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%s/comm", pid);
	put(path, name);
}

static struct host
look(void)
{
	struct host h;

	host_look(root, &h);
	return h;
}

static void
board(const char *model)
{
	FILE *f;

	put("/proc/device-tree/model", model);
	char full[512];
	snprintf(full, sizeof full, "%s/proc/device-tree/model", root);
	f = fopen(full, "a");
	assert_non_null(f);
	fputc('\0', f);			/* as the kernel has it */
	assert_int_equal(fclose(f), 0);
}

/* The one trouble of a reader that says the piece, with its fix; certain or not. */
static void
troubled(const char *device, bool certain, const char *what, const char *todo)
{
	struct host h = look();
	struct host_trouble t[TROUBLES];
	int n = host_reader_troubles(&h, device, t, TROUBLES), hits = 0;

	for (int i = 0; i < n; i++) {
		if (strstr(t[i].what, what) == NULL)
			continue;
		hits++;
		assert_int_equal(t[i].certain, certain);
		if (strstr(t[i].todo, todo) == NULL)
			fail_msg("\"%s\" does not say \"%s\"", t[i].todo, todo);
	}
	if (hits != 1)
		fail_msg("%s: %d troubles, %d say \"%s\"; first: %s", device, n, hits, what,
		    n > 0 ? t[0].what : "");
}

static void
untroubled(const char *device)
{
	struct host h = look();
	struct host_trouble t[TROUBLES];

	if (host_reader_troubles(&h, device, t, TROUBLES) != 0)
		fail_msg("%s: %s", device, t[0].what);
}

/* ---- the machine ---- */

static void
a_machine_that_tells_nothing_is_told_as_such(void **state)
{
	struct host h = look();

	(void)state;
	assert_string_equal(h.board, "");
	assert_int_equal(h.pi, 0);
	assert_false(h.programs_told);
	assert_false(h.usb_told);
	assert_false(h.boot_told);
	assert_int_equal(h.usbs + h.consoles, 0);
	untroubled("");
}

static void
boards_are_told_apart_by_their_chip(void **state)
{
	static const struct {
		const char *model;
		int pi;
	} boards[] = {
		{ "Raspberry Pi 4 Model B Rev 1.4", 4 }, { "Raspberry Pi 400 Rev 1.0", 4 },
		{ "Raspberry Pi 3 Model B Plus Rev 1.3", 3 }, { "Raspberry Pi Zero W Rev 1.1", 1 },
		{ "Raspberry Pi Zero 2 W Rev 1.0", 3 }, { "Raspberry Pi Model B Rev 2", 1 },
		{ "Raspberry Pi Compute Module 4 Rev 1.1", 4 }, { "Raspberry Pi 500 Rev 1.0", 5 },
		{ "Raspberry Pi 5 Model B Rev 1.0", 5 }, { "Raspberry Pi 2 Model B Rev 1.1", 2 },
		{ "Raspberry Pi Compute Module Rev 1.0", 1 }, { "Pine64 RockPro64 v2.1", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof boards / sizeof *boards; i++) {
		board(boards[i].model);
		struct host h = look();
		assert_string_equal(h.board, boards[i].model);
		assert_int_equal(h.pi, boards[i].pi);
	}
}

static void
config_txt_counts_by_its_last_line_for_this_board(void **state)
{
	struct host h;

	(void)state;
	board("Raspberry Pi 4 Model B Rev 1.4");
	put("/boot/firmware/config.txt",
	    "# dtparam=spi=on\r\n"
	    "  dtparam=i2c_arm=on,i2c_arm_baudrate=10000\n"
	    "enable_uart=0\n[pi3]\ndtparam=spi=on\n[pi4]\nenable_uart=1\n"
	    "dtoverlay=disable-bt\n[none]\nenable_uart=0\n[all]\ndtoverlay=gpio-led,gpio=17 # lamp\n");
	put("/boot/config.txt", "dtparam=spi=on\n");
	h = look();
	assert_true(h.boot_told);
	assert_true(h.uart_on && h.i2c_on && h.i2c_slow);
	assert_false(h.spi_on);
	assert_string_equal(h.overlays, "disable-bt gpio-led,gpio=17");
	board("Raspberry Pi 3 Model B Rev 1.2");
	h = look();
	assert_true(h.spi_on);
	assert_false(h.uart_on);
}

static void
each_model_filter_of_config_txt_is_for_its_boards(void **state)
{
	static const struct {
		const char *model, *filters;	/* those of ALL that fit, in its order */
	} boards[] = {
		{ "Raspberry Pi Zero Rev 1.3", "pi0" },
		{ "Raspberry Pi Zero W Rev 1.1", "pi0 pi0w" },
		{ "Raspberry Pi Zero 2 W Rev 1.0", "pi0 pi0w pi02" },
		{ "Raspberry Pi Model B Plus Rev 1.2", "pi1" },
		{ "Raspberry Pi 3 Model B Rev 1.2", "pi3" },
		{ "Raspberry Pi 3 Model A Plus Rev 1.0", "pi3 pi3+" },
		{ "Raspberry Pi 4 Model B Rev 1.4", "pi4" },
		{ "Raspberry Pi 400 Rev 1.0", "pi4 pi400" },
		{ "Raspberry Pi Compute Module 4 Rev 1.1", "pi4 cm4" },
		{ "Raspberry Pi Compute Module 4S Rev 1.0", "pi4 cm4s" },
		{ "Raspberry Pi 5 Model B Rev 1.0", "pi5" },
		{ "Raspberry Pi 500 Rev 1.0", "pi5 pi500" },
		{ "Pine64 RockPro64 v2.1", "" },
	};
	static const char *const ALL[] = {
		"none", "pi0", "pi0w", "pi02", "pi1", "pi2", "pi3", "pi3+", "pi4", "pi400", "cm4",
		"cm4s", "pi5", "pi500", "gpio4=1", "pi",
	};

	(void)state;
	for (size_t i = 0; i < sizeof boards / sizeof *boards; i++) {
		char fit[64] = "", text[64];
		board(boards[i].model);
		for (size_t k = 0; k < sizeof ALL / sizeof *ALL; k++) {
			snprintf(text, sizeof text, "[%s]\ndtparam=spi=on\n", ALL[k]);
			put("/boot/firmware/config.txt", text);
			if (!look().spi_on)
				continue;
			strcat(fit, fit[0] != '\0' ? " " : "");
			strcat(fit, ALL[k]);
		}
		assert_string_equal(fit, boards[i].filters);
	}
}

static void
the_system_its_zone_and_its_watchdog_are_read(void **state)
{
	struct host h;

	(void)state;
	put("/etc/os-release", "NAME=x\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
	put("/proc/sys/kernel/osrelease", "6.1.0-rpi7-rpi-v8\n");
	put("/etc/timezone", "Europe/London\n");
	put("/proc/mounts", "proc /proc proc rw 0 0\n/dev/mmcblk0p2 / ext4 ro,noatime 0 0\n");
	h = look();
	assert_string_equal(h.system, "Debian GNU/Linux 12 (bookworm)");
	assert_string_equal(h.kernel, "6.1.0-rpi7-rpi-v8");
	assert_string_equal(h.zone, "Europe/London");
	assert_true(h.root_readonly);
	assert_false(h.has_watchdog);
	put_link("/etc/localtime", "/usr/share/zoneinfo/Asia/Seoul");
	put("/proc/mounts", "/dev/mmcblk0p2 / ext4 rw,errors=remount-ro 0 0\n");
	put("/sys/class/watchdog/watchdog0/identity", "Broadcom");
	h = look();
	assert_string_equal(h.zone, "Asia/Seoul");
	assert_false(h.root_readonly);
	assert_true(h.has_watchdog);
	/* Another look at the same machine, and a name without quotes. */
	put("/etc/os-release", "PRETTY_NAME=Alpine\n");
	host_look(h.root, &h);
	assert_string_equal(h.root, root);
	assert_string_equal(h.system, "Alpine");
}

static void
what_an_overlay_of_memory_takes_is_gone_at_the_next_boot(void **state)
{
	static const char OVERLAY[] = "overlayroot / overlay rw,relatime,lowerdir=/media/root-ro,"
	    "upperdir=/media/root-rw/overlay,workdir=/media/root-rw/overlay-workdir/_ 0 0\n";
	char mounts[1024];

	(void)state;
	struct host h = look();
	assert_false(host_forgets(&h, "/etc/fridge"));
	snprintf(mounts, sizeof mounts, "/dev/mmcblk0p2 /media/root-ro ext4 ro 0 0\n"
	    "tmpfs-root /media/root-rw tmpfs rw 0 0\n%s"
	    "LABEL=fridge /var/lib/fridge ext4 rw,noatime 0 0\n", OVERLAY);
	put("/proc/mounts", mounts);
	h = look();
	assert_true(host_forgets(&h, "/etc/fridge/fridge.conf"));
	assert_true(host_forgets(&h, "/var/lib/fridges"));
	assert_false(host_forgets(&h, "/var/lib/fridge"));
	assert_false(host_forgets(&h, "/var/lib/fridge/fridge.db"));
	assert_false(h.root_readonly);
	/* recurse=1 lays one over each partition. */
	snprintf(mounts + strlen(mounts), sizeof mounts - strlen(mounts), "x /var/lib/fridge overlay "
	    "rw,lowerdir=/media/root-ro/f,upperdir=/media/root-rw/overlay/f,workdir=/w 0 0\n");
	put("/proc/mounts", mounts);
	assert_true(host_forgets(&h, "/var/lib/fridge"));
	/* A container's upper layer is on a disk, or not to be seen. */
	put("/proc/mounts", OVERLAY);
	assert_false(host_forgets(&h, "/etc/fridge"));
}

static void
programs_beside_ours_are_found_by_name(void **state)
{
	struct host h;

	(void)state;
	run("77", "pcscd\n");
	run("78", "cups-browsed\n");
	run("79", "cupsd-not\n");
	h = look();
	assert_false(h.programs_told);	/* others' are hidden */
	run("1", "systemd\n");
	h = look();
	assert_true(h.programs_told && h.runs[HOST_PCSCD] && h.runs[HOST_CUPS_BROWSED]);
	assert_false(h.runs[HOST_CUPSD] || h.runs[HOST_IPP_USB]);
	assert_string_equal(host_program_name(HOST_IPP_USB), "ipp-usb");
}

static void
users_groups_and_rights_go_by_the_tree_s_own_lists(void **state)
{
	struct host_node n;
	char group[128];

	(void)state;
	snprintf(group, sizeof group, "keyring:x:%u:\ndialout:x:20:ann,fridge\nfridge:x:990:\n",
	    (unsigned)getegid());
	put("/etc/group", group);
	put("/etc/passwd", "root:x:0:0::/root:/bin/sh\nfridge:x:990:990::/:/bin/false\n");
	put("/dev/ttyS7", "12345");
	struct host h = look();
	assert_int_equal(host_in_group(&h, "fridge", "dialout"), 1);
	assert_int_equal(host_in_group(&h, "fridge", "fridge"), 1);	/* its own */
	assert_int_equal(host_in_group(&h, "fridge", "keyring"), 0);
	assert_int_equal(host_in_group(&h, "fridge", "nowhere"), 0);
	assert_int_equal(host_in_group(&h, "nobody", "dialout"), -1);
	assert_int_equal(host_node(&h, "/dev/ttyS7", &n), 1);
	assert_string_equal(n.group, "keyring");
	assert_int_equal(n.size, 5);
	assert_true(S_ISREG(n.mode));
	assert_int_equal(host_node(&h, "/dev/ttyS8", &n), 0);
}

/* ---- readers ---- */

static void
a_reader_that_the_kernel_s_driver_holds_is_freed(void **state)
{
	(void)state;
	plug("1-1.2", "072f", "2200", "0b", "00", NULL);
	untroubled("");
	plug("1-1.3", "04cc", "2533", "ff", "00", "pn533_usb");
	troubled("", true, "pn533_usb holds the reader PN533", "sudo modprobe -r pn533_usb");
}

static void
pcscd_is_in_the_way_of_those_that_it_takes(void **state)
{
	(void)state;
	plug("1-1", "04e6", "5591", "ff", "00", NULL);
	run("1", "systemd");
	run("9", "pcscd");
	untroubled("");
	plug("1-0", "072f", "2200", "0b", "00", "usbfs");
	troubled("acr122_usb", true, "pcscd runs", "systemctl disable --now pcscd.socket");
}

static void
a_reader_that_is_not_there_or_is_none_of_ours_is_told(void **state)
{
	(void)state;
	plug("1-1", "0781", "5567", "08", "50", "usb-storage");
	troubled("", true, "no badge reader is seen on USB", "plug the reader in");
	untroubled("pn71xx");
	untroubled("pn532_uart");
	plug("1-2", "072f", "223b", "0b", "00", NULL);
	troubled("", true, "ACR1252 is none that libnfc can use", "use an ACR122U");
}

static void
an_address_on_usb_is_stale_one_day(void **state)
{
	(void)state;
	plug("1-1", "072f", "2200", "0b", "00", NULL);
	troubled("acr122_usb:001:004", false, "(001:004)", "config set reader.device ''");
}

static void
a_serial_console_where_the_reader_is_goes_away(void **state)
{
	(void)state;
	board("Raspberry Pi 4 Model B Rev 1.4");
	put("/dev/ttyS0", "");
	put("/dev/ttyAMA0", "");
	put_link("/dev/serial0", "ttyS0");
	put("/usr/bin/raspi-config", "");
	put("/proc/cmdline", "console=ttyS0,115200 console=tty1 root=PARTUUID=x rootwait\n");
	untroubled("pn532_uart:/dev/ttyAMA0");
	troubled("pn532_uart:/dev/ttyS0", true, "console is on ttyS0", "do_serial_cons 1");
	troubled("pn532_uart:/dev/serial0:115200", true, "console is on ttyS0", "do_serial_hw 0");
	put("/proc/cmdline", "console=serial0,115200 console=tty1\n");
	troubled("pn532_uart:/dev/serial0", true, "console is on ttyS0", "sudo reboot");
	/* Debian itself has no raspi-config, and a file of its own for that. */
	assert_int_equal(remove_below("/usr/bin/raspi-config"), 0);
	troubled("pn532_uart:/dev/serial0", true, "console is on ttyS0", "line (cmdline.txt); sudo");
	put("/etc/default/raspi-firmware", "");
	troubled("pn532_uart:/dev/serial0", true, "console is on ttyS0", "CONSOLES=\"tty0\"");
}

static void
a_port_of_pins_is_likely_on_a_board_alone(void **state)
{
	static const char *const PINS[] = { "/dev/ttyS0", "/dev/i2c-1", "/dev/ttyUSB0" };
	struct host h;
	int there = 0;

	(void)state;
	for (size_t i = 0; i < sizeof PINS / sizeof *PINS; i++)
		put(PINS[i], "");
	h = look();
	for (int i = 0; i < h.ports; i++) {
		assert_int_equal(h.port[i].likely, strcmp(h.port[i].node, "/dev/ttyUSB0") == 0);
		there += h.port[i].there;
	}
	assert_int_equal(there, 3);
	board("Raspberry Pi 4 Model B Rev 1.4");
	h = look();
	for (int i = 0; i < h.ports; i++)
		assert_int_equal(h.port[i].likely, h.port[i].there);
}

static const struct host_port *
port_of(const struct host *h, const char *node)
{
	for (int i = 0; i < h->ports; i++)
		if (strcmp(h->port[i].node, node) == 0)
			return &h->port[i];
	return NULL;
}

static void
a_port_of_bluetooth_or_for_debugging_is_not_likely(void **state)
{
	struct host h;

	(void)state;
	board("Raspberry Pi 4 Model B Rev 1.4");
	put("/dev/ttyS0", "");
	put("/dev/ttyAMA0", "");
	put_link("/dev/serial0", "ttyS0");
	put_link("/dev/serial1", "ttyAMA0");
	h = look();
	assert_true(port_of(&h, "/dev/serial0")->likely);
	assert_true(port_of(&h, "/dev/ttyAMA0")->there);
	assert_false(port_of(&h, "/dev/ttyAMA0")->likely);
}

static void
the_debug_socket_of_a_pi_5_is_not_likely(void **state)
{
	struct host h;

	(void)state;
	board("Raspberry Pi 5 Model B Rev 1.0");
	put("/dev/ttyAMA0", "");
	put("/dev/ttyAMA10", "");
	put_link("/dev/serial0", "ttyAMA10");
	h = look();
	assert_false(port_of(&h, "/dev/serial0")->likely);
	assert_true(port_of(&h, "/dev/ttyAMA0")->likely);
}

#define BY_ID "/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0"

static void
an_adapter_has_a_name_that_stays(void **state)
{
	struct host h;

	(void)state;
	put("/dev/ttyUSB0", "");
	put("/dev/ttyUSB1", "");
	put("/dev/ttyACM0", "");
	put_link("/dev/serial/by-id/usb-another", "../../ttyUSB1");
	put_link(BY_ID, "../../ttyUSB0");
	h = look();
	assert_string_equal(port_of(&h, "/dev/ttyUSB0")->lasting, BY_ID);
	assert_string_equal(port_of(&h, "/dev/ttyACM0")->lasting, "");
	/* By that name too it is an adapter, plugged in or not. */
	run("1", "systemd");
	run("41", "brltty");
	troubled("pn532_uart:" BY_ID, true, "brltty", "apt remove brltty");
	board("Raspberry Pi 4 Model B Rev 1.4");
	troubled("pn532_uart:/dev/serial/by-id/usb-gone", true, "there is no /dev/serial/by-id",
	    "plug the reader in");
}

static void
a_login_on_the_port_counts_unless_it_is_masked(void **state)
{
	(void)state;
	put("/dev/ttyS0", "");
	put("/proc/cmdline", "console=tty0 quiet\n");
	untroubled("pn532_uart:/dev/ttyS0");
	put_link("/run/systemd/generator/getty.target.wants/serial-getty@ttyS0.service",
	    "/lib/systemd/system/serial-getty@.service");
	troubled("pn532_uart:/dev/ttyS0", true, "console is on ttyS0",
	    "systemctl mask --now serial-getty@ttyS0");
	put_link("/etc/systemd/system/serial-getty@ttyS0.service", "/dev/null");
	untroubled("pn532_uart:/dev/ttyS0");
}

static void
bluetooth_s_and_the_debug_port_are_not_the_reader_s(void **state)
{
	(void)state;
	board("Raspberry Pi 3 Model B Rev 1.2");
	put("/dev/ttyAMA0", "");
	put("/dev/ttyAMA10", "");
	put_link("/dev/serial1", "ttyAMA0");
	put_link("/dev/serial0", "ttyAMA10");
	troubled("pn532_uart:/dev/ttyAMA0", true, "belongs to Bluetooth", "dtoverlay=disable-bt");
	untroubled("pn532_uart:/dev/serial0");
	board("Raspberry Pi 5 Model B Rev 1.0");
	troubled("pn532_uart:/dev/serial0", true, "debug socket", "pn532_uart:/dev/ttyAMA0");
	put("/boot/firmware/config.txt", "");
	troubled("pn532_uart:/dev/serial0", true, "debug socket", "echo dtparam=uart0=on | sudo tee");
}

static void
a_port_that_is_not_there_is_switched_on(void **state)
{
	(void)state;
	troubled("pn532_i2c:/dev/i2c-1", true, "there is no /dev/i2c-1", "correct [reader] device");
	board("Raspberry Pi 4 Model B Rev 1.4");
	put("/usr/bin/raspi-config", "");
	put("/boot/firmware/config.txt", "dtparam=audio=on\n");
	troubled("pn532_i2c:/dev/i2c-1", true, "I2C is switched off", "raspi-config nonint do_i2c 0");
	troubled("pn532_spi:/dev/spidev0.0", true, "SPI is switched off", "nonint do_spi 0");
	troubled("pn532_uart:/dev/serial0", true, "serial port is switched off", "do_serial_hw 0");
	troubled("pn532_uart:/dev/ttyUSB0", true, "there is no /dev/ttyUSB0", "plug the reader in");
	put("/boot/firmware/config.txt", "dtparam=i2c_arm=on\ndtparam=spi=on\nenable_uart=1\n");
	/* At the next boot as well. */
	troubled("pn532_i2c:/dev/i2c-1", true, "there is no /dev/i2c-1", "echo i2c-dev | sudo tee "
	    "/etc/modules-load.d/i2c-dev.conf; sudo modprobe i2c-dev");
	put("/dev/i2c-1", "");
	put("/dev/spidev0.0", "");
	untroubled("pn532_i2c:/dev/i2c-1");
	untroubled("pn532_spi:/dev/spidev0.0:500000");
}

static void
without_raspi_config_a_port_is_switched_on_by_its_line(void **state)
{
	(void)state;
	board("Raspberry Pi 4 Model B Rev 1.4");
	put("/boot/firmware/config.txt", "");
	troubled("pn532_uart:/dev/serial0", true, "serial port is switched off",
	    "echo enable_uart=1 | sudo tee -a /boot/firmware/config.txt; sudo reboot");
	put("/etc/default/raspi-firmware", "");
	troubled("pn532_spi:/dev/spidev0.0", true, "SPI is switched off", "echo dtparam=spi=on | sudo "
	    "tee -a /boot/firmware/config.txt /etc/default/raspi-firmware-custom; sudo reboot");
	troubled("pn532_i2c:/dev/i2c-1", true, "I2C is switched off", "raspi-firmware-custom; echo "
	    "i2c-dev | sudo tee /etc/modules-load.d/i2c-dev.conf; sudo reboot");
}

static void
a_pi_5_has_its_pins_port_by_uart0_alone(void **state)
{
	static const char WHERE[] = "/boot/firmware/config.txt";

	(void)state;
	board("Raspberry Pi 5 Model B Rev 1.0");
	put(WHERE, "enable_uart=1\n");
	troubled("pn532_uart:/dev/ttyAMA0", true, "switched off", "echo dtparam=uart0=on | sudo tee");
	put(WHERE, "dtparam=uart0=on\nenable_uart=0\n");
	troubled("pn532_uart:/dev/ttyAMA0", true, "switched on in config.txt", "sudo reboot");
}

static void
older_boards_i2c_is_warned_of_unless_it_is_slow(void **state)
{
	(void)state;
	put("/dev/i2c-1", "");
	board("Raspberry Pi Zero W Rev 1.1");
	troubled("pn532_i2c:/dev/i2c-1", false, "loses bytes", "i2c_arm_baudrate=10000");
	put("/boot/config.txt", "dtparam=i2c_arm=on,i2c_arm_baudrate=10000\n");
	untroubled("pn532_i2c:/dev/i2c-1");
}

static void
programs_that_ask_serial_adapters_are_named(void **state)
{
	(void)state;
	put("/dev/ttyUSB0", "");
	put("/dev/ttyAMA0", "");
	run("1", "systemd");
	run("40", "ModemManager");
	untroubled("pn532_uart:/dev/ttyAMA0");
	troubled("pn532_uart:/dev/ttyUSB0", false, "ModemManager", "disable --now ModemManager");
	run("41", "brltty");
	troubled("pn532_uart:/dev/ttyUSB0", true, "brltty", "apt remove brltty");
}

static void
what_is_certain_comes_first(void **state)
{
	struct host_trouble t[TROUBLES];

	(void)state;
	board("Raspberry Pi Zero W Rev 1.1");
	plug("1-1", "072f", "2200", "0b", "00", "pn533_usb");
	run("1", "systemd");
	run("9", "pcscd");
	struct host h = look();
	assert_int_equal(host_reader_troubles(&h, "acr122_usb:1:2", t, TROUBLES), 3);
	assert_true(t[0].certain && t[1].certain && !t[2].certain);
	assert_int_equal(host_reader_troubles(&h, "acr122_usb:1:2", t, 1), 1);
}

/* ---- printers ---- */

static void
printer_trouble(const char *uri, bool certain, const char *what, const char *todo)
{
	struct host h = look();
	struct host_trouble t[TROUBLES];

	if (host_printer_troubles(&h, uri, t, TROUBLES) != 1)
		fail_msg("not one trouble: %s", what);
	assert_int_equal(t[0].certain, certain);
	assert_non_null(strstr(t[0].what, what));
	assert_non_null(strstr(t[0].todo, todo));
}

static void
a_brother_that_plays_a_disk_is_told_from_a_disk(void **state)
{
	struct host_trouble t[TROUBLES];

	(void)state;
	plug("1-1", "0781", "5567", "08", "50", "usb-storage");
	struct host h = look();
	assert_int_equal(h.usb[0].kind, HOST_OTHER);
	assert_int_equal(host_printer_troubles(&h, "socket://10.0.0.9", t, TROUBLES), 0);
	plug("1-2", "04f9", "2045", "08", "50", "usb-storage");
	put("/sys/bus/usb/devices/1-2/product", "QL-720NW\n");
	put("/sys/bus/usb/devices/1-2/manufacturer", "Brother\n");
	printer_trouble("", true, "Brother QL-720NW shows itself as a disk", "Editor Lite button");
}

static void
ipp_usb_is_in_the_way_of_a_queue_by_usb_alone(void **state)
{
	struct host_trouble t[TROUBLES];

	(void)state;
	plug("1-1", "04f9", "20a7", "07", "04", "usbfs");
	run("1", "systemd");
	run("5", "ipp-usb");
	printer_trouble("usb://Brother/QL-820NWB", true, "ipp-usb holds", "apt remove ipp-usb");
	struct host h = look();
	assert_int_equal(h.usb[0].kind, HOST_PRINTER);
	assert_int_equal(host_printer_troubles(&h, "ipp://localhost:60000/ipp/print", t, TROUBLES),
	    0);
}

static void
a_printer_by_usb_that_is_off_is_told(void **state)
{
	struct host_trouble t[TROUBLES];

	(void)state;
	struct host h = look();
	assert_int_equal(host_printer_troubles(&h, "usb://Zebra/ZD410", t, TROUBLES), 0);
	plug("1-1", "072f", "2200", "0b", "00", NULL);
	printer_trouble("usb://Zebra/ZD410", true, "no printer is seen on USB", "auto power-off");
	plug("1-2", "0a5f", "00b3", "07", "02", "usblp");
	h = look();
	assert_string_equal(h.usb[1].driver, "usblp");
	assert_int_equal(host_printer_troubles(&h, "usb://Zebra/ZD410", t, TROUBLES), 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, fresh, clear)
int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_machine_that_tells_nothing_is_told_as_such),
		T(boards_are_told_apart_by_their_chip),
		T(config_txt_counts_by_its_last_line_for_this_board),
		T(each_model_filter_of_config_txt_is_for_its_boards),
		T(the_system_its_zone_and_its_watchdog_are_read),
		T(what_an_overlay_of_memory_takes_is_gone_at_the_next_boot),
		T(programs_beside_ours_are_found_by_name),
		T(users_groups_and_rights_go_by_the_tree_s_own_lists),
		T(a_reader_that_the_kernel_s_driver_holds_is_freed),
		T(pcscd_is_in_the_way_of_those_that_it_takes),
		T(a_reader_that_is_not_there_or_is_none_of_ours_is_told),
		T(an_address_on_usb_is_stale_one_day),
		T(a_serial_console_where_the_reader_is_goes_away),
		T(a_port_of_pins_is_likely_on_a_board_alone),
		T(a_port_of_bluetooth_or_for_debugging_is_not_likely),
		T(the_debug_socket_of_a_pi_5_is_not_likely),
		T(an_adapter_has_a_name_that_stays),
		T(a_login_on_the_port_counts_unless_it_is_masked),
		T(bluetooth_s_and_the_debug_port_are_not_the_reader_s),
		T(a_port_that_is_not_there_is_switched_on),
		T(without_raspi_config_a_port_is_switched_on_by_its_line),
		T(a_pi_5_has_its_pins_port_by_uart0_alone),
		T(older_boards_i2c_is_warned_of_unless_it_is_slow),
		T(programs_that_ask_serial_adapters_are_named),
		T(what_is_certain_comes_first),
		T(a_brother_that_plays_a_disk_is_told_from_a_disk),
		T(ipp_usb_is_in_the_way_of_a_queue_by_usb_alone),
		T(a_printer_by_usb_that_is_off_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
