# SPDX-License-Identifier: LGPL-2.1-or-later
# make help lists the targets.

prefix ?= /usr
sbindir ?= $(prefix)/sbin
multiarch := $(shell $(CC) -print-multiarch 2>/dev/null)
libdir ?= $(prefix)/lib$(if $(multiarch),/$(multiarch))
# Programs that the small front ends start. Tools that make boot and rescue images copy a directory "multipath" whole:
# initramfs-tools and rear that of $(prefix)/lib, dracut that of libdir. Links are there if the programs are not.
plugindir ?= $(prefix)/lib/multipath
plugin_links = $(filter-out $(plugindir),$(sort $(prefix)/lib/multipath $(libdir)/multipath))
includedir ?= $(prefix)/include
mandir ?= $(prefix)/share/man
docdir ?= $(prefix)/share/doc/multipath
udevdir ?= /lib/udev
unitdir ?= /lib/systemd/system
tmpfilesdir ?= /usr/lib/tmpfiles.d
configfile ?= /etc/multipath.conf
configdir ?= /etc/multipath/conf.d
statedir ?= /etc/multipath
runtimedir ?= /run
# For "make install-boot".
sharedir ?= $(prefix)/share/multipath
initramfsdir ?= $(prefix)/share/initramfs-tools
dracutdir ?= $(prefix)/lib/dracut

# Ours stand behind device-mapper's own rules (55-dm on Debian, 10-dm elsewhere) and before those that probe
# for file systems: make install udev_order=upstream if the machine at hand is not the one to install for.
udev_order ?= $(if $(wildcard $(udevdir)/rules.d/55-dm.rules),debian,upstream)
rules_debian := 56-dm-mpath 56-dm-parts 60-multipath
rules_upstream := 11-dm-mpath 11-dm-parts 56-multipath
rules = $(rules_$(udev_order)) 66-kpartx 68-del-part-nodes 99-z-dm-mpath-late

VERSION := 0.14.3
VERSION_DATE := 02/05, 2026

# Where things are built; SAN=1 builds all again with the address and undefined behaviour sanitizers,
# FUZZER=1 with clang for libFuzzer.
B := build$(if $(SAN),/san)$(if $(FUZZER),/fuzzer)

silent := $(findstring s,$(filter-out --%,$(firstword -$(MAKEFLAGS))))
# On all CPUs, unless the caller, or the make that started this one, has said on how many.
jobs := $(if $(filter -j%,$(MAKEFLAGS)),,$(shell echo " $$MAKEFLAGS" | grep -q -e ' -j' || echo -j$$(nproc)))
ifneq ($(jobs),)
MAKEFLAGS += $(jobs)
endif
# Before a script that calls make: the caller's flags, without the job server, whose descriptors scripts do not inherit.
own_jobs = MAKEFLAGS='$(filter-out --jobserver%,$(MAKEFLAGS))'
# "make clean all": what runs, tests, installs or removes is a step of its own, in the order given.
steps := setup demo check check-boot check-clients check-kernel bench unit lab lab-long lab-nvme lab-sanitized lab-systemd fuzz fuzz-replay install install-boot \
	uninstall uninstall-boot deb rpm check-packages clean format format-check
ifneq ($(and $(filter $(steps),$(MAKECMDGOALS)),$(word 2,$(MAKECMDGOALS))),)
.NOTPARALLEL:
endif

# What make prints: a line a file; V=1: the commands; -s: neither.
say = $(if $(filter-out 0,$(V)),,@$(if $(silent),,echo '  $(1)';))

# Those of a package build are respected. Packages are built with WERROR= since compilers learn new warnings.
CFLAGS ?= -O2 -g
WERROR ?= -Werror
comma := ,
warnings := -Wall -Wextra $(WERROR) -Wmissing-prototypes -Wstrict-prototypes -Wpointer-arith -Wwrite-strings
# A caller's own level of fortification stands; without optimization there is none.
fortify := $(if $(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS))$(filter -O0,$(CFLAGS)),,-D_FORTIFY_SOURCE=2)
hardening := $(if $(SAN)$(FUZZER),,-fstack-protector-strong $(fortify))
sanitizers := $(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer) \
	$(if $(FUZZER),-fsanitize=fuzzer-no-link$(comma)address$(comma)undefined -fno-sanitize-recover=undefined)

packages := devmapper libudev libsystemd liburcu-memb liburcu-cds json-c blkid
library_libs = $(shell pkg-config --libs $(packages)) -laio -lm
package_cflags := $(shell pkg-config --cflags $(packages) 2>/dev/null)
# It has no pkg-config file.
sg_libs := -lsgutils2
edit_libs = $(shell pkg-config --libs libedit)

all_cflags = -std=gnu11 -D_GNU_SOURCE -pthread $(warnings) $(hardening) $(sanitizers) $(package_cflags) \
	-Ilibmultipath -I. $(CPPFLAGS) $(CFLAGS)
paths = -DVERSION='"$(VERSION)"' -DVERSION_DATE='"$(VERSION_DATE)"' -DPLUGIN_DIR='"$(plugindir)"' \
	-DCONFIG_FILE='"$(configfile)"' -DCONFIG_DIR='"$(configdir)"' -DSTATE_DIR='"$(statedir)"' \
	-DRUNTIME_DIR='"$(runtimedir)"'

# Sorted by make: the order that wildcard gives is that of the language, and that of members and objects is in the programs.
objects = $(patsubst %.c,$(B)/%.o,$(sort $(wildcard $(1))))

library_objects := $(call objects,libmultipath/*/*.c checkers/*.c prioritizers/*.c claims/*.c)
mpathcmd_objects := $(call objects,libmpathcmd/*.c)
mpathpersist_objects := $(call objects,libmpathpersist/*.c)
mpathvalid_objects := $(call objects,libmpathvalid/*.c)
dmmp_objects := $(call objects,libdmmp/*.c)
# Each has a manual page by its name, which is that of all.
dmmp_functions = $(shell LC_ALL=C sed -n 's,^/\*\* \(dmmp_[a-z_]*\)().*,\1,p; s,^ \* \(dmmp_[a-z_]*\)() -.*,\1,p' libdmmp/libdmmp.h)
persist_objects := $(filter-out %/main.o,$(call objects,mpathpersist/*.c))
# The daemon's rooms, which multipath(8) runs itself when no daemon does.
engine_objects := $(filter-out %/main.o,$(call objects,multipathd/*.c multipathd/*/*.c))
# What every front end shares.
client_objects := $(filter-out %/front.o %/shell.o,$(call objects,client/*.c))
gmultipath_objects := $(filter-out %/main.o,$(call objects,gmultipath/*.c))
multipath_objects := $(filter-out %/main.o %/front.o %/claims.o %/nobody.o,$(call objects,multipath/*.c))
# Workers' stacks are small: no array whose size only the caller knows, no large frame (the sanitizers' are larger).
$(library_objects) $(engine_objects) $(gmultipath_objects) $(mpathpersist_objects): warnings += -Wvla -Walloca \
	$(if $(SAN)$(FUZZER),,-Wframe-larger-than=32768)
kpartx_objects := $(filter-out %/main.o %/kpartx_id.o,$(call objects,kpartx/*.c))
kpartx_libs = $(shell pkg-config --libs blkid devmapper libudev)

# Built from the directory of the same name: a part that is not written yet is left out.
program_if = $(if $(wildcard $(1)),$(2))
programs := $(call program_if,client/front.c,$(B)/sbin/multipathd) $(call program_if,multipath/front.c,$(B)/sbin/multipath) \
	$(call program_if,multipathd/main.c,$(B)/plugin/multipathd) $(call program_if,multipath/main.c,$(B)/plugin/multipath) \
	$(call program_if,gmultipath/main.c,$(B)/sbin/gmultipath) $(call program_if,client/shell.c,$(B)/sbin/multipathc) \
	$(call program_if,mpathpersist/main.c,$(B)/sbin/mpathpersist) $(B)/sbin/kpartx $(B)/kpartx_id $(B)/plugin/resident
libraries := $(call program_if,libmpathcmd/libmpathcmd.map,$(B)/libmpathcmd.so.0) \
	$(B)/libdmmp.so.0.2.0 $(B)/libdmmp.a $(B)/libmpathpersist.so.0 $(B)/libmpathpersist.a $(B)/libpersist.a \
	$(B)/libmpathvalid.so.0 $(B)/libmpathvalid.a $(B)/libmultipath.so.0 \
	$(B)/libmpathcmd.a $(B)/libclient.a $(B)/libmultipath.a $(B)/libengine.a $(B)/libkpartx.a

unit_tests := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/test-*.c))
unit_programs := $(addprefix $(B)/unit/,$(unit_tests))
# Unit tests that need real devices: tests/lab runs them in the guest.
lab_programs := $(B)/unit/lab-kernel
fuzz_programs := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/fuzz-*.c))

.PHONY: all clang help clean install install-boot uninstall uninstall-boot deb rpm check-packages check-boot check-clients check-kernel demo check bench unit unit-programs lab lab-long lab-nvme lab-sanitized lab-systemd fuzz fuzz-programs fuzz-replay setup \
	format format-check
.DELETE_ON_ERROR:
.SECONDARY:

all: $(libraries) $(programs) ## build everything into build/

help: ## print this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 16

setup: ## install the packages for building and testing (Debian, root)
	@./setup

demo: setup ## install, build, and show path failover on a real kernel in a process
	@$(MAKE) --no-print-directory all
	@$(own_jobs) tests/lab/demo

check: setup ## install, build, and run the tests; the last line counts them
	@$(own_jobs) tests/check

bench: setup ## install, build, and benchmark this and Debian's multipath-tools side by side
	@$(MAKE) --no-print-directory all
	@$(own_jobs) bench/run
	@$(own_jobs) bench/claims
	@$(own_jobs) bench/config
	@$(own_jobs) bench/kpartx
	@$(own_jobs) bench/geom
	@$(own_jobs) bench/instructions

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,CC      $<)$(CC) $(all_cflags) $(paths) -fPIC -MMD -MP -c -o $@ $<

$(B)/libmultipath.a: $(library_objects)
$(B)/libengine.a: $(engine_objects) $(multipath_objects) $(gmultipath_objects)
$(B)/libmpathcmd.a: $(mpathcmd_objects)
$(B)/libclient.a: $(client_objects)
$(B)/libdmmp.a: $(dmmp_objects)
$(B)/libmpathpersist.a: $(mpathpersist_objects)
$(B)/libmpathvalid.a: $(mpathvalid_objects)
$(B)/libpersist.a: $(persist_objects)
$(B)/libkpartx.a: $(kpartx_objects)
$(B)/lib%.a:
	@mkdir -p $(@D)
	@rm -f $@
	$(call say,AR      $(@:$(B)/%=%))$(AR) rcsD $@ $^

$(B)/libmpathcmd.so.0: $(mpathcmd_objects) libmpathcmd/libmpathcmd.map
	$(call say,LD      $(@:$(B)/%=%))$(CC) $(all_cflags) -shared -Wl,-soname,libmpathcmd.so.0 \
		-Wl,--version-script=libmpathcmd/libmpathcmd.map -o $@ $(mpathcmd_objects) $(LDFLAGS)

# What it uses of libmultipath is its own: only the names in the version script are public.
$(B)/libmpathpersist.so.0: $(mpathpersist_objects) $(B)/libmultipath.a $(B)/libmpathcmd.so.0 libmpathpersist/libmpathpersist.map
	$(call say,LD      $(@:$(B)/%=%))$(CC) $(all_cflags) -shared -Wl,-soname,libmpathpersist.so.0 \
		-Wl,--version-script=libmpathpersist/libmpathpersist.map $(if $(SAN)$(FUZZER),,-Wl,-z,defs) -Wl,--as-needed \
		-o $@ $(filter-out %.map,$^) $(library_libs) $(sg_libs) $(LDFLAGS)

$(B)/libmpathvalid.so.0: $(mpathvalid_objects) $(B)/libmultipath.a $(B)/libmpathcmd.so.0 libmpathvalid/libmpathvalid.map
	$(call say,LD      $(@:$(B)/%=%))$(CC) $(all_cflags) -shared -Wl,-soname,libmpathvalid.so.0 \
		-Wl,--version-script=libmpathvalid/libmpathvalid.map $(if $(SAN)$(FUZZER),,-Wl,-z,defs) -Wl,--as-needed \
		-o $@ $(filter-out %.map,$^) $(library_libs) $(LDFLAGS)

# Empty. Programs that use libmpathpersist are linked with -lmultipath, too, but use none of its functions: those are
# multipath-tools' own, and change with each release. What is shared here is in libmultipath.a, which is not installed.
$(B)/libmultipath.so.0: Makefile
	@mkdir -p $(@D)
	$(call say,LD      $(@:$(B)/%=%))$(CC) $(all_cflags) -shared -Wl,-soname,libmultipath.so.0 -o $@ -x c /dev/null -x none \
		$(LDFLAGS) -Wl,--no-as-needed -lc

$(B)/libdmmp.so.0.2.0: $(dmmp_objects) $(B)/libmpathcmd.a libdmmp/libdmmp.map
	$(call say,LD      $(@:$(B)/%=%))$(CC) $(all_cflags) -shared -Wl,-soname,libdmmp.so.0.2.0 \
		-Wl,--version-script=libdmmp/libdmmp.map $(if $(SAN)$(FUZZER),,-Wl,-z,defs) \
		-o $@ $(filter-out %.map,$^) $(shell pkg-config --libs json-c) $(LDFLAGS)

# The front ends start for every command that a script runs, and udev one for every device: static, and nothing
# but libc beside what multipath -u needs of the library.
$(B)/sbin/multipathd: $(B)/client/front.o $(B)/libclient.a $(B)/libmpathcmd.a
$(B)/sbin/multipath: $(addprefix $(B)/multipath/,front.o arguments.o claims.o delegation.o nobody.o target.o usage.o) $(B)/libclient.a \
		$(B)/libmultipath.a $(B)/libmpathcmd.a
$(B)/sbin/multipathd $(B)/sbin/multipath:
	@mkdir -p $(@D)
	$(call say,LD      $(@:$(B)/%=%))$(CC) $(all_cflags) $(if $(SAN),,-static) -o $@ $^ $(LDFLAGS)

$(B)/sbin/multipathc: $(B)/client/shell.o $(B)/libclient.a $(B)/libmpathcmd.a
	@mkdir -p $(@D)
	$(call say,LD      $(@:$(B)/%=%))$(CC) $(all_cflags) -o $@ $^ $(edit_libs) $(LDFLAGS)

$(B)/plugin/multipathd: $(B)/multipathd/main.o $(B)/libengine.a $(B)/libkpartx.a $(B)/libmultipath.a $(B)/libclient.a $(B)/libmpathcmd.a
$(B)/plugin/multipath: $(B)/multipath/main.o $(B)/libengine.a $(B)/libkpartx.a $(B)/libmultipath.a $(B)/libclient.a $(B)/libmpathcmd.a
$(B)/sbin/gmultipath: $(B)/gmultipath/main.o $(B)/libengine.a $(B)/libkpartx.a $(B)/libmultipath.a $(B)/libclient.a $(B)/libmpathcmd.a
$(B)/plugin/multipathd $(B)/plugin/multipath $(B)/sbin/gmultipath:
	@mkdir -p $(@D)
	$(call say,LD      $(@:$(B)/%=%))$(CC) $(all_cflags) -o $@ $^ $(library_libs) $(LDFLAGS)

# What other programs use, too: the library as it is installed.
$(B)/sbin/mpathpersist: $(B)/mpathpersist/main.o $(B)/libpersist.a $(B)/libmultipath.a $(B)/libmpathpersist.so.0
	@mkdir -p $(@D)
	$(call say,LD      $(@:$(B)/%=%))$(CC) $(all_cflags) -Wl,--as-needed -Wl,-rpath-link,$(B) -o $@ $^ $(LDFLAGS)

# Partitions have nothing to do with the daemon; gmultipath asks libkpartx.a where a disk's are.
$(B)/sbin/kpartx: $(B)/kpartx/main.o $(B)/libkpartx.a $(B)/libmultipath.a
	@mkdir -p $(@D)
	$(call say,LD      $(@:$(B)/%=%))$(CC) $(all_cflags) -o $@ $^ $(kpartx_libs) $(LDFLAGS)

# udev starts it for every event of a map.
$(B)/kpartx_id: $(B)/kpartx/kpartx_id.o $(B)/libmultipath/base/mangling.o
	$(call say,LD      $(@:$(B)/%=%))$(CC) $(all_cflags) $(if $(SAN),,-static) -o $@ $^ $(LDFLAGS)

# Kept in memory for a shutdown: nothing but libc.
$(B)/plugin/resident: $(B)/boot/resident.o
	@mkdir -p $(@D)
	$(call say,LD      $(@:$(B)/%=%))$(CC) $(all_cflags) -o $@ $^ $(LDFLAGS)

unit-programs: $(unit_programs) $(lab_programs)

$(B)/unit/%: $(B)/tests/unit/%.o $(B)/libmpathvalid.a $(B)/libdmmp.a $(B)/libpersist.a $(B)/libmpathpersist.a $(B)/libengine.a $(B)/libkpartx.a $(B)/libmultipath.a $(B)/libclient.a $(B)/libmpathcmd.a
	@mkdir -p $(@D)
	$(call say,LD      $(@:$(B)/%=%))$(CC) $(all_cflags) -o $@ $^ $(library_libs) $(sg_libs) -lcmocka $(LDFLAGS)

# These tests start the programs.
$(B)/unit/test-front: | $(B)/sbin/multipathd $(B)/sbin/multipath $(B)/sbin/multipathc

$(B)/unit/lab-kernel: $(B)/tests/lab/kernel.o $(B)/libmultipath.a
	@mkdir -p $(@D)
	$(call say,LD      $(@:$(B)/%=%))$(CC) $(all_cflags) -o $@ $^ $(library_libs) -lcmocka $(LDFLAGS)

unit: unit-programs ## run the unit tests (SAN=1: under ASan and UBSan)
	@tests/unit/run $(unit_programs)

lab: all $(lab_programs) ## run the tests on a real kernel (LAB=name for some of them)
	@$(own_jobs) tests/lab/run-all $(LAB)

lab-long: all $(lab_programs) ## run the lab tests that "make check" leaves out
	@$(own_jobs) tests/lab/run-all --long

lab-sanitized: ## run some lab tests under ASan and UBSan, on Debian's kernel in QEMU (LAB=name for some of them)
	@./setup qemu
	@$(own_jobs) tests/lab/sanitized $(LAB)

lab-nvme: ## remap NVMe namespaces under I/O, on Debian's kernel in QEMU
	@./setup qemu
	@$(own_jobs) tests/lab/nvme

check-boot: all ## boot systems with their root on a map, in QEMU (BOOT=name for some tests)
	@./setup boot
	@$(own_jobs) tests/boot/run-all $(BOOT)

check-clients: all ## run programs of Debian that use multipath, and compare what they conclude on Debian's (CLIENT=name for some of them)
	@./setup clients
	@$(own_jobs) tests/clients/run-all $(CLIENT)

check-kernel: all $(lab_programs) ## run tests on Debian's kernel with two CPUs, in QEMU (KERNEL=name for some of them)
	@./setup qemu
	@$(own_jobs) tests/kernel/run-all $(KERNEL)

lab-systemd: all ## run the lab tests with the daemon confined as by its systemd unit (LAB=name for some of them)
	@LAB_UNIT=1 $(own_jobs) tests/lab/run-all $(LAB)

# A fuzz target is a program for libFuzzer (FUZZER=1), or one that replays files.
$(B)/fuzz/%: $(B)/tests/fuzz/%.o $(if $(FUZZER),,$(B)/tests/fuzz/replay.o) $(B)/tests/fuzz/stack.o \
		$(B)/libdmmp.a $(B)/libengine.a $(B)/libkpartx.a $(B)/libmultipath.a $(B)/libclient.a $(B)/libmpathcmd.a
	@mkdir -p $(@D)
	$(call say,LD      $(@:$(B)/%=%))$(CC) $(all_cflags) $(if $(FUZZER),-fsanitize=fuzzer) -Wl,--wrap=LLVMFuzzerTestOneInput -o $@ $^ $(library_libs) $(LDFLAGS)

fuzz-programs: $(fuzz_programs)

fuzz-replay: ## run the fuzz targets on their corpora, under the sanitizers
	@$(MAKE) --no-print-directory SAN=1 fuzz-programs
	@tests/fuzz/run-replay $(patsubst build/%,build/san/%,$(fuzz_programs))

FUZZ_SECONDS ?= 20
fuzz: ## run every fuzz target with libFuzzer for FUZZ_SECONDS each
	@$(MAKE) --no-print-directory FUZZER=1 CC=clang fuzz-programs
	@tests/fuzz/run $(FUZZ_SECONDS) $(patsubst build/%,build/fuzzer/%,$(fuzz_programs))

SINCE ?= HEAD
# gcc warns of variables that are not used; clang also of those whose cleanup is their use. Guests build what is in tests/kernel.
clang: ## compile everything with clang, which builds the fuzz targets, too
	@find . -path ./build -prune -o -path ./tests/kernel -prune -o -name '*.c' -print | xargs -P $(shell nproc) -n 8 clang -fsyntax-only $(all_cflags) $(paths) -Wno-unused-variable

format: ## format the C code by .clang-format (clang-format of Debian 12)
	@git ls-files '*.[ch]' | xargs clang-format -i

format-check: ## fail if "make format" would change a file
	@git ls-files '*.[ch]' | xargs clang-format --dry-run -Werror

placed = sed 's,@sbindir@,$(sbindir),g;s,@plugindir@,$(plugindir),g;s,@udevdir@,$(udevdir),g;s,@sharedir@,$(sharedir),g;$\
s,@configfile@,$(configfile),g;s,@configdir@,$(configdir),g;s,@statedir@,$(statedir),g;s,@runtimedir@,$(runtimedir),g'
install: all ## install (DESTDIR, prefix, libdir, ...)
	install -d $(DESTDIR)$(sbindir) $(DESTDIR)$(plugindir) $(DESTDIR)$(libdir)/pkgconfig $(DESTDIR)$(includedir) \
		$(DESTDIR)$(mandir)/man3 $(DESTDIR)$(mandir)/man5 $(DESTDIR)$(mandir)/man8 $(DESTDIR)$(udevdir)/rules.d \
		$(DESTDIR)$(unitdir) $(DESTDIR)$(tmpfilesdir) $(DESTDIR)$(docdir) $(DESTDIR)$(configdir)
	install -m 755 $(B)/sbin/multipathd $(B)/sbin/multipath $(B)/sbin/multipathc $(B)/sbin/gmultipath \
		$(B)/sbin/kpartx $(B)/sbin/mpathpersist $(DESTDIR)$(sbindir)
	$(placed) mpathconf/mpathconf.in > $(DESTDIR)$(sbindir)/mpathconf
	chmod 755 $(DESTDIR)$(sbindir)/mpathconf
	install -m 755 $(B)/kpartx_id $(DESTDIR)$(udevdir)
	install -m 755 $(B)/plugin/multipathd $(B)/plugin/multipath $(B)/plugin/resident $(DESTDIR)$(plugindir)
	for d in $(plugin_links); do install -d $(DESTDIR)$$d && \
		ln -sf $(plugindir)/multipathd $(plugindir)/multipath $(DESTDIR)$$d || exit; done
	install -m 755 $(B)/libmpathcmd.so.0 $(B)/libmpathpersist.so.0 $(B)/libmpathvalid.so.0 $(B)/libmultipath.so.0 \
		$(DESTDIR)$(libdir)
	ln -sf libmpathcmd.so.0 $(DESTDIR)$(libdir)/libmpathcmd.so
	ln -sf libmpathpersist.so.0 $(DESTDIR)$(libdir)/libmpathpersist.so
	ln -sf libmpathvalid.so.0 $(DESTDIR)$(libdir)/libmpathvalid.so
	ln -sf libmultipath.so.0 $(DESTDIR)$(libdir)/libmultipath.so
	install -m 755 $(B)/libdmmp.so.0.2.0 $(DESTDIR)$(libdir)
	ln -sf libdmmp.so.0.2.0 $(DESTDIR)$(libdir)/libdmmp.so
	install -d $(DESTDIR)$(includedir)/libdmmp
	install -m 644 libdmmp/libdmmp.h $(DESTDIR)$(includedir)/libdmmp
	install -m 644 $(B)/libmpathcmd.a $(DESTDIR)$(libdir)
	install -m 644 libmpathcmd/mpath_cmd.h libmpathpersist/mpath_persist.h libmpathvalid/mpath_valid.h \
		$(DESTDIR)$(includedir)
	for l in libmpathcmd libdmmp; do \
		sed -e 's,@prefix@,$(prefix),;s,@libdir@,$(libdir),;s,@includedir@,$(includedir),;s,@version@,$(VERSION),' \
			$$l/$$l.pc.in > $(DESTDIR)$(libdir)/pkgconfig/$$l.pc || exit; done
	install -m 644 docs/mpath_persistent_reserve_in.3 docs/mpath_persistent_reserve_out.3 docs/libdmmp.h.3 \
		docs/mpath_valid.h.3 $(DESTDIR)$(mandir)/man3
	for f in $(dmmp_functions); do echo '.so man3/libdmmp.h.3' > $(DESTDIR)$(mandir)/man3/$$f.3; done
	install -m 644 multipath.conf.5 $(DESTDIR)$(mandir)/man5
	install -m 644 docs/multipath.8 docs/multipathd.8 docs/multipathc.8 docs/mpathconf.8 docs/kpartx.8 docs/gmultipath.8 \
		docs/mpathpersist.8 $(DESTDIR)$(mandir)/man8
	install -d $(DESTDIR)$(docdir)/docs
	install -m 644 README.md NEWS.md CONTRIBUTING.md COPYING $(DESTDIR)$(docdir)
	install -m 644 docs/*.md $(DESTDIR)$(docdir)/docs
	for n in $(rules); do \
		sed 's,@sbindir@,$(sbindir),g;s,@runtimedir@,$(runtimedir),g;s,@udevdir@,$(udevdir),g' \
			udev/$${n#*-}.rules.in > $(DESTDIR)$(udevdir)/rules.d/$$n.rules || exit; done
	[ $(udev_order) != debian ] || { echo '# Hides the file of the package kpartx. In a boot image it may be the only one of the two.'; \
		echo 'TEST=="$(udevdir)/rules.d/66-kpartx.rules", GOTO="kpartx_end"'; \
		sed 's,@sbindir@,$(sbindir),g' udev/kpartx.rules.in; } > $(DESTDIR)$(udevdir)/rules.d/60-kpartx.rules
	for f in systemd/*.service.in systemd/*.socket.in; do n=$${f##*/}; \
		$(placed) $$f > $(DESTDIR)$(unitdir)/$${n%.in}; done
	sed 's,@runtimedir@,$(runtimedir),g' systemd/multipath.conf.tmpfiles.in > $(DESTDIR)$(tmpfilesdir)/multipath.conf

# Not part of install: an initramfs with these claims disks before the system's configuration is read.
install-boot: ## install what boots from multipath: hooks for initramfs-tools and dracut
	install -d $(DESTDIR)$(sharedir)
	$(placed) boot/compare-images.in > $(DESTDIR)$(sharedir)/compare-images
	chmod 755 $(DESTDIR)$(sharedir)/compare-images
	install -m 755 boot/configuration-errors $(DESTDIR)$(sharedir)
	cd boot && for f in initramfs-tools/hooks/* initramfs-tools/scripts/*/* dracut/*/*; do \
		case $$f in dracut/*) to=$(DESTDIR)$(dracutdir)/modules.d;; *) to=$(DESTDIR)$(initramfsdir);; esac; \
		to=$$to/$${f#*/}; install -D -m 755 /dev/null $${to%.in} && $(placed) $$f > $${to%.in} || exit; done

# What is in $(statedir) and the configuration stay.
uninstall: ## remove what "make install" with the same settings has installed
	rm -f $(addprefix $(DESTDIR)$(sbindir)/,multipathd multipath multipathc mpathconf gmultipath kpartx mpathpersist)
	rm -f $(foreach d,$(plugindir) $(plugin_links),$(DESTDIR)$d/multipathd $(DESTDIR)$d/multipath) $(DESTDIR)$(plugindir)/resident
	rm -f $(addprefix $(DESTDIR)$(libdir)/,libmpathcmd.so.0 libmpathcmd.so libmpathcmd.a pkgconfig/libmpathcmd.pc \
		libmpathpersist.so.0 libmpathpersist.so libmpathvalid.so.0 libmpathvalid.so libmultipath.so.0 libmultipath.so libdmmp.so.0.2.0 libdmmp.so \
		pkgconfig/libdmmp.pc)
	rm -f $(addprefix $(DESTDIR)$(includedir)/,mpath_cmd.h mpath_persist.h mpath_valid.h libdmmp/libdmmp.h)
	rm -f $(addprefix $(DESTDIR)$(mandir)/,man3/mpath_persistent_reserve_in.3 man3/mpath_persistent_reserve_out.3 \
		man3/libdmmp.h.3 man3/mpath_valid.h.3 $(patsubst %,man3/%.3,$(dmmp_functions)) man8/mpathpersist.8 man5/multipath.conf.5 man8/multipath.8 man8/multipathd.8 man8/multipathc.8 \
		man8/mpathconf.8 man8/kpartx.8 man8/gmultipath.8)
	rm -f $(DESTDIR)$(udevdir)/kpartx_id $(patsubst %,$(DESTDIR)$(udevdir)/rules.d/%.rules,$(rules) \
		$(if $(filter debian,$(udev_order)),60-kpartx))
	rm -f $(patsubst systemd/%.in,$(DESTDIR)$(unitdir)/%,$(wildcard systemd/*.service.in systemd/*.socket.in))
	rm -f $(DESTDIR)$(tmpfilesdir)/multipath.conf
	rm -f $(addprefix $(DESTDIR)$(docdir)/,README.md NEWS.md CONTRIBUTING.md COPYING $(wildcard docs/*.md))
	-rmdir --ignore-fail-on-non-empty $(wildcard $(addprefix $(DESTDIR),$(includedir)/libdmmp $(docdir)/docs $(docdir) $(plugindir) \
		$(plugin_links) $(configdir))) 2>/dev/null
	-rmdir --ignore-fail-on-non-empty $(wildcard $(DESTDIR)$(statedir)) 2>/dev/null

uninstall-boot: ## remove what "make install-boot" with the same settings has installed
	rm -f $(addprefix $(DESTDIR)$(sharedir)/,compare-images configuration-errors) $(patsubst boot/initramfs-tools/%,$(DESTDIR)$(initramfsdir)/%,$(patsubst %.in,%, \
		$(wildcard boot/initramfs-tools/hooks/* boot/initramfs-tools/scripts/*/*)))
	rm -rf $(patsubst boot/dracut/%,$(DESTDIR)$(dracutdir)/modules.d/%,$(wildcard boot/dracut/*))
	-rmdir --ignore-fail-on-non-empty $(wildcard $(DESTDIR)$(sharedir)) 2>/dev/null

deb: ## build Debian packages into build/deb (installs what that needs; root)
	@./setup deb
	@$(own_jobs) packaging/deb

rpm: ## build RPM packages, divided as Fedora's, into build/rpm (installs what that needs; root)
	@./setup rpm
	@$(own_jobs) packaging/rpm

check-packages: ## build and check packages, install, upgrade, downgrade and purge them (Debian 12 and 13; RELEASES=bookworm)
	@./setup packages
	@$(own_jobs) tests/packages/run $(RELEASES)

clean: ## remove build/
	rm -rf build

-include $(shell find $(B) -path $(B)/boot -prune -o -path $(B)/clients -prune -o -name '*.d' -type f -print 2>/dev/null)
