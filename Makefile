# fridge-label - see README.md. Targets: make help

VERSION     := 0.1.0
PREFIX      ?= /usr/local
DESTDIR     ?=
SYSCONFDIR  ?= /etc
BINDIR      := $(PREFIX)/bin
SBINDIR     := $(PREFIX)/sbin
LIBEXECDIR  := $(PREFIX)/libexec/fridge
DATADIR     := $(PREFIX)/share/fridge
UNITDIR     ?= $(PREFIX)/lib/systemd/system
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
TMPFILESDIR ?= $(PREFIX)/lib/tmpfiles.d
UDEVDIR     ?= $(PREFIX)/lib/udev/rules.d
MANDIR      ?= $(PREFIX)/share/man
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions

# Where everything is built: build/, or build/san/ with sanitizers (make SAN=1).
SAN         ?=
B           ?= $(if $(SAN),build/san,build)
PKG_CONFIG  ?= pkg-config
# A change to the installed places rebuilds what knows them.
BUILT       := $(or $(SOURCE_DATE_EPOCH),$(shell git log -1 --format=%ct 2>/dev/null),$(shell date +%s))

PROGRAMS    := fridged fridgectl fridge-report fridge-reader fridge-print

# Which modules each program is made of. A module is NAME.c with its NAME_*.c.
STORE  := store badge secret disk day err
LABEL  := label words day err
CONFIG := config words day err

fridged_PARTS       := fridged child command alert indicator tap preset outbox trouble recovery option help \
                       config words $(STORE) proto log
fridgectl_PARTS     := fridgectl ctl host trouble roster csvfile person preset backup restore recovery \
                       mail command session user row help out config words $(STORE) proto log
fridge-report_PARTS := fridge-report report csvfile mail command session user row option help out config words $(STORE) log
fridge-reader_PARTS := fridge-reader confine proto err log
fridge-print_PARTS  := fridge-print print confine $(LABEL) proto log

# The manual: pages written by hand, with lists from the tables that the programs read.
PAGES        := $(patsubst firmware/%.in,%,$(wildcard firmware/*.[578].in))
MANUAL_PARTS := manual fridgectl config_table fridged_options fridge-report_options label_field

# Unit tests (tests/NAME_test.c, cmocka) and the modules they test.
TESTS := $(patsubst tests/%_test.c,%,$(wildcard tests/*_test.c))
alert_test_PARTS          := alert trouble command config words $(STORE) log
backup_test_PARTS         := backup recovery $(STORE)
badge_test_PARTS          := badge secret disk err
badge_explain_test_PARTS  := badge secret disk err
child_test_PARTS          := child day err log
confine_test_PARTS        := confine err
command_test_PARTS        := command day err log
config_test_PARTS         := $(CONFIG)
config_value_test_PARTS   := $(CONFIG)
csvfile_test_PARTS        := csvfile err
day_test_PARTS            := day err
disk_test_PARTS           := disk
host_test_PARTS           := host
indicator_test_PARTS      := indicator err log
log_test_PARTS            := log err
mail_test_PARTS           := mail err
label_test_PARTS          := $(LABEL)
label_check_test_PARTS    := $(LABEL)
label_page_test_PARTS     := $(LABEL)
label_plain_test_PARTS    := $(LABEL)
label_red_test_PARTS      := $(LABEL)
label_script_test_PARTS   := $(LABEL)
label_template_test_PARTS := $(LABEL)
out_test_PARTS            := out words day err
outbox_test_PARTS         := outbox recovery trouble config words $(STORE) proto log
outbox_late_test_PARTS    := outbox recovery trouble config words $(STORE) proto log
outbox_sheet_test_PARTS   := outbox recovery trouble config words $(STORE) proto log
presence_test_PARTS       := fridge-reader_presence
proto_test_PARTS          := proto
recovery_test_PARTS       := recovery $(STORE)
secret_test_PARTS         := badge secret disk err
store_test_PARTS          := $(STORE)
store_admin_test_PARTS    := $(STORE)
store_badge_test_PARTS    := $(STORE)
store_crash_test_PARTS    := $(STORE)
store_import_test_PARTS   := $(STORE)
store_keep_test_PARTS     := $(STORE)
store_label_test_PARTS    := $(STORE)
store_plan_test_PARTS     := $(STORE)
tap_test_PARTS            := tap preset config words $(STORE) log
tap_enrol_test_PARTS      := tap preset config words $(STORE) log
tap_trouble_test_PARTS    := tap preset config words $(STORE) log
tap_preset_test_PARTS     := tap preset config words $(STORE) log
words_decode_test_PARTS   := words day err
words_test_PARTS          := words day err

# Programs that the tests, the demo and the benchmark use (tests/NAME.c): the played
# chip, a decoder of what printers get, printers' ends, drivers of the store and CUPS,
# one that draws many labels and looks at their dots.
TOOLS           := pn532 pages sink relay submit storetool drawings shields
pages_PARTS     := $(LABEL)
drawings_PARTS  := $(LABEL)
storetool_PARTS := $(STORE)
# Libraries to preload in tests (tests/NAME.c -> NAME.so), never with sanitizers.
PRELOADS    := noavahi slowsync powercut

LIBRARIES   := libnfc cups sqlite3 librsvg-2.0 pangocairo cairo libxml-2.0 libqrencode \
               icu-i18n icu-uc inih libsodium libsystemd json-c libseccomp
LIB_CFLAGS  := $(shell $(PKG_CONFIG) --cflags $(filter-out cups,$(LIBRARIES)) 2>/dev/null)
LIB_LIBS     = $(shell $(PKG_CONFIG) --libs $(filter-out cups,$(LIBRARIES))) $(CUPS_LIBS) -lcsv -lm
CUPS_LIBS    = -lcups

WARNINGS    := -Wall -Wextra -Wshadow -Wconversion -Wformat=2 -Wvla -Wstrict-prototypes \
               -Wmissing-prototypes
# Less is optimized where it is tested: it is built in half the time.
CFLAGS      ?= $(if $(SAN),-O1,-O2) -g
HARDENING   := -fstack-protector-strong -fPIE $(if $(SAN),,-D_FORTIFY_SOURCE=2)
comma       := ,
SANITIZE    := $(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
ALL_CFLAGS   = -std=gnu17 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 $(WARNINGS) $(if $(WERROR),-Werror) $(HARDENING) \
               $(SANITIZE) $(CFLAGS) $(CPPFLAGS) $(LIB_CFLAGS)
PLACES       = -DFRIDGE_VERSION='"$(VERSION)"' -DFRIDGE_BUILT=$(BUILT) \
               -DFRIDGE_LIBEXECDIR='"$(LIBEXECDIR)"' -DFRIDGE_DATADIR='"$(DATADIR)"'
ALL_LDFLAGS  = -pie -Wl,--as-needed -Wl,-z,relro,-z,now $(SANITIZE) $(LDFLAGS)

# One short line a step; make V=1 shows the commands.
step = $(if $(V),,@printf '  %-4s %s\n' $(1) $@;)

sources = $(foreach p,$(1),$(wildcard firmware/$(p).c firmware/$(p)_*.c drivers/$(p).c drivers/$(p)_*.c))
objects = $(patsubst %.c,$(B)/obj/%.o,$(call sources,$(1)) $(if $(SAN),tests/lsan.c))

.PHONY: all tools tests
all: $(addprefix $(B)/,$(PROGRAMS)) $(if $(SAN),,$(PAGES:%=$(B)/man/%))
tools: $(addprefix $(B)/tests/,$(TOOLS)) $(if $(SAN),,$(PRELOADS:%=$(B)/tests/%.so))
tests: $(TESTS:%=$(B)/tests/%_test) $(B)/tests/drawings

.SECONDARY:
.SECONDEXPANSION:
$(addprefix $(B)/,$(PROGRAMS)): $(B)/%: $$(call objects,$$($$*_PARTS))
	$(call step,LD) $(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIB_LIBS)

$(B)/tests/%_test: $(B)/obj/tests/%_test.o $$(call objects,$$($$*_test_PARTS))
	@mkdir -p $(@D)
	$(call step,LD) $(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIB_LIBS) -lcmocka

$(addprefix $(B)/tests/,$(TOOLS)): $(B)/tests/%: $(B)/obj/tests/%.o $$(call objects,$$($$*_PARTS))
	@mkdir -p $(@D)
	$(call step,LD) $(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIB_LIBS)

$(B)/tests/pages: $(patsubst %.c,$(B)/obj/%.o,$(wildcard tests/pages_*.c))
$(B)/tests/pn532: $(patsubst %.c,$(B)/obj/%.o,$(wildcard tests/pn532_*.c))
$(B)/tests/drawings: $(patsubst %.c,$(B)/obj/%.o,$(wildcard tests/drawings_*.c))

$(B)/tests/%.so: tests/%.c
	@mkdir -p $(@D)
	$(call step,LD) $(CC) -std=gnu17 -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) -shared -fPIC -o $@ $< -ldl

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call step,CC) $(CC) $(ALL_CFLAGS) $(PLACES) -MMD -MP -c -o $@ $<

# The lists are put in by a program that runs while building: it is made by the compiler
# of the building machine (CC_FOR_BUILD, where the rest is made for another) and needs no
# library. What the tables point to, such as the functions of commands, is left out.
CC_FOR_BUILD ?= cc
$(B)/obj/manual/%.o: firmware/%.c
	@mkdir -p $(@D)
	$(call step,CC) $(CC_FOR_BUILD) -std=gnu17 -D_GNU_SOURCE -O1 $(WARNINGS) -MMD -MP -c -o $@ $<
$(B)/obj/manual/manual: $(MANUAL_PARTS:%=$(B)/obj/manual/%.o)
	$(call step,LD) $(CC_FOR_BUILD) -o $@ $^ \
	    $$(nm -u $^ | sed -n 's/^ *U \(cmd_[a-z_]*\|SETTING_[A-Z]*\)$$/-Wl,--defsym=\1=0/p' | sort -u)
$(B)/man/%: firmware/%.in $(B)/obj/manual/manual templates/words.en $(B)/obj/places
	@mkdir -p $(@D)
	$(call step,MAN) $(B)/obj/manual/manual $< templates/words.en VERSION=$(VERSION) \
	    BINDIR=$(BINDIR) DATADIR=$(DATADIR) DATE="$$(LC_ALL=C TZ=UTC date -d @$(BUILT) '+%B %-d, %Y')" >$@.new && mv $@.new $@

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)

# Everything at once: make test builds what is tested with sanitizers, the tools and
# what must be plain (preloads, limits) without.
JOBS := $(shell nproc 2>/dev/null || echo 2)
.PHONY: test ci demo bench bench-scale build-all
build-all:
	$(MAKE) -j$(JOBS) all tools
	$(MAKE) -j$(JOBS) SAN=1 all tests
test: deps-test
	$(MAKE) build-all
	BUILD=build/san TOOLS=build tests/run

# The package on machines that boot in containers; as root. A part of make test.
.PHONY: test-boot
test-boot: deps-test
	$(MAKE) -j$(JOBS) all tools
	BUILD=build TOOLS=build tests/run boot.scenario

# The checks beside the tests: warnings are errors, also with the other compiler.
ci: deps-test
	$(MAKE) lint
	$(MAKE) WERROR=1 test
.PHONY: lint
lint:
	@command -v clang >/dev/null || { echo "lint: no clang here, gcc's warnings alone"; exit 0; }; \
	printf '%s\0' firmware/*.c drivers/*.c tests/*.c | xargs -0 -n 8 -P $(JOBS) clang -fsyntax-only \
	    $(filter-out -D_FORTIFY_SOURCE=2,$(ALL_CFLAGS)) $(PLACES) -Werror
	@for f in tests/run tests/demo tests/bench tests/bench-scale tests/*.sh tests/*.scenario tests/ports/*; do bash -n $$f || exit 1; done
	@echo "lint: clean"

demo: deps
	$(MAKE) -j$(JOBS) all tools
	tests/demo

bench: deps-bench
	$(MAKE) -j$(JOBS) all tools
	tests/bench

# Years of use: a million labels against a thousand.
bench-scale: deps-test
	$(MAKE) -j$(JOBS) all tools
	tests/bench-scale

# The pictures that tests compare labels with, of this distribution's release.
.PHONY: golden
golden: deps
	$(MAKE) -j$(JOBS) $(B)/tests/drawings
	BUILD=$(B) tests/golden/update

# Where things will be is compiled in: other places make other objects.
$(patsubst %.c,$(B)/obj/%.o,$(shell grep -lE 'FRIDGE_(LIBEXEC|DATA)DIR' firmware/*.c drivers/*.c)): $(B)/obj/places
.PHONY: FORCE
$(B)/obj/places: FORCE
	@mkdir -p $(@D)
	@echo '$(LIBEXECDIR) $(DATADIR)' | cmp -s - $@ || echo '$(LIBEXECDIR) $(DATADIR)' >$@

UNITS        := fridged.service fridge-report.service fridge-report.timer \
                fridge-mail.service fridge-mail.timer fridge-backup.service fridge-backup.timer
into          = install -d -m 755 '$(DESTDIR)$(2)' && install -m $(1) $(3) '$(DESTDIR)$(2)'
.PHONY: install uninstall
install: all
	$(call into,755,$(SBINDIR),$(B)/fridged)
	$(call into,755,$(BINDIR),$(B)/fridgectl $(B)/fridge-report)
	$(call into,755,$(LIBEXECDIR),$(B)/fridge-reader $(B)/fridge-print)
	$(call into,644,$(DATADIR)/templates,$(wildcard templates/*))
	$(call into,644,$(UNITDIR),$(wildcard systemd/*.timer))
	$(call into,644,$(MANDIR)/man5,$(addprefix $(B)/man/,$(filter %.5,$(PAGES))))
	$(call into,644,$(MANDIR)/man7,$(addprefix $(B)/man/,$(filter %.7,$(PAGES))))
	$(call into,644,$(MANDIR)/man8,$(addprefix $(B)/man/,$(filter %.8,$(PAGES))))
	install -d -m 755 '$(DESTDIR)$(COMPLETIONDIR)'
	install -m 644 firmware/fridgectl.bash '$(DESTDIR)$(COMPLETIONDIR)/fridgectl'
	@set -e; for unit in $(basename $(notdir $(wildcard systemd/*.service.in))); do \
		echo "sed systemd/$$unit.in >$(DESTDIR)$(UNITDIR)/$$unit"; \
		sed 's|@SBINDIR@|$(SBINDIR)|; s|@BINDIR@|$(BINDIR)|' systemd/$$unit.in \
		    >'$(DESTDIR)$(UNITDIR)'/$$unit; \
		chmod 644 '$(DESTDIR)$(UNITDIR)'/$$unit; \
	done
	sed -i 's|/usr/share/fridge|$(DATADIR)|' '$(DESTDIR)$(DATADIR)/templates/README.md'
	sed 's|@DATADIR@|$(DATADIR)|' systemd/network.conf >'$(DESTDIR)$(DATADIR)/network.conf'
	chmod 644 '$(DESTDIR)$(DATADIR)/network.conf'
	install -d -m 755 '$(DESTDIR)$(SYSUSERSDIR)'
	install -m 644 systemd/fridge.sysusers.conf '$(DESTDIR)$(SYSUSERSDIR)/fridge.conf'
	install -d -m 755 '$(DESTDIR)$(TMPFILESDIR)'
	install -m 644 systemd/fridge.tmpfiles.conf '$(DESTDIR)$(TMPFILESDIR)/fridge.conf'
	install -d -m 755 '$(DESTDIR)$(UDEVDIR)'
	install -m 644 systemd/fridge.rules '$(DESTDIR)$(UDEVDIR)/60-fridge.rules'
	install -d -m 755 '$(DESTDIR)$(SYSCONFDIR)/fridge'
# Configuration, key and store are the owner's: they stay.
uninstall:
	rm -f '$(DESTDIR)$(SBINDIR)/fridged' '$(DESTDIR)$(BINDIR)/fridgectl' \
	    '$(DESTDIR)$(BINDIR)/fridge-report' '$(DESTDIR)$(SYSUSERSDIR)/fridge.conf' \
	    '$(DESTDIR)$(TMPFILESDIR)/fridge.conf' '$(DESTDIR)$(UDEVDIR)/60-fridge.rules' \
	    $(UNITS:%='$(DESTDIR)$(UNITDIR)/%') '$(DESTDIR)$(COMPLETIONDIR)/fridgectl' \
	    $(foreach p,$(PAGES),'$(DESTDIR)$(MANDIR)/man$(patsubst .%,%,$(suffix $(p)))/$(p)')
	rm -rf '$(DESTDIR)$(LIBEXECDIR)' '$(DESTDIR)$(DATADIR)'

# The Debian package, from a clean copy of this tree; see debian/ and tests/package.sh.
.PHONY: deb
deb: deps-deb
	@bash -c 'ROOT=$$PWD && . tests/package.sh && package_make $$PWD/build/deb'
	@ls build/deb/*.deb

# The package elsewhere: for a 64-bit Raspberry Pi, with an emulator, and on the next Debian.
.PHONY: test-arm64 test-trixie
test-arm64 test-trixie: test-%: deps-ports
	bash tests/ports/$*.scenario

# Debian packages: only what is missing, see tests/deps.
.PHONY: deps deps-deb deps-ports deps-test deps-bench
deps:
	@tests/deps build
deps-deb:
	@tests/deps deb
deps-ports:
	@tests/deps ports
deps-test:
	@tests/deps test
deps-bench:
	@tests/deps bench

.PHONY: help
help:
	@echo "make            build the programs into $(B)/"
	@echo "make demo       see it work, with nothing plugged in"
	@echo "make test       build with sanitizers and run every test"
	@echo "make ci         the same, with warnings as errors, and the other checks"
	@echo "make test-boot  only the package on machines that boot in containers; as root"
	@echo "make golden     draw the pictures that the tests compare labels with anew"
	@echo "make bench      measure taps against a bare submission and the usual script"
	@echo "make deb        build the Debian package into build/deb/"
	@echo "make test-arm64 the package for a 64-bit Pi in build/deb-arm64/, and its tests; as root"
	@echo "make test-trixie  the same on Debian 13"
	@echo "make bench-scale  measure a store of a million labels against one of a thousand"
	@echo "make install    into PREFIX ($(PREFIX)), below DESTDIR; make uninstall"
	@echo "make deps       install the Debian packages for build and demo; deps-test: for tests"
	@echo "make clean      remove build/"
	@echo
	@echo "SAN=1 builds with sanitizers into build/san/, WERROR=1 makes warnings errors,"
	@echo "B=FOLDER builds elsewhere; CC, CFLAGS, LDFLAGS and PKG_CONFIG are honoured, and"
	@echo "CC_FOR_BUILD, the compiler of this machine, where CC makes programs for another."

.PHONY: clean
clean:
	rm -rf build
