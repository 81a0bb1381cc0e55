#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: the hook of multipath-tools-boot for mkinitramfs, and dracut's module, put the same multipath files into their images
# differs: mkinitramfs, files of one build: /usr/lib/multipath holds the programs proper, where multipath-tools has its plug-ins: ours are built in
# differs: dracut, files of one build: as above; mpathconf is there, mpathpersist has other libraries; dracut knows 66-kpartx.rules by name, but not the 60-kpartx.rules of Debian
. "$LAB/lib.sh"
. "$LAB_ROOT/tests/clients/clients.sh"
# only_ours - when this tree is tested: what is left of Debian's multipath-tools under it goes, as if its packages were replaced
only_ours() {
	local file stage=$LAB_ROOT/build/stage
	[ "$LAB_IMPL" = ours ] || return 0
	for file in $(dpkg -L multipath-tools kpartx); do
		[ -d "$file" ] || [ -e "$stage$file" ] || [ -e "$stage/usr$file" ] || rm -f "$file"
	done
}
config
san 2 1
daemon_start
ready 1 2
daemon_stop any
only_ours
# Whole images take minutes here: their skeletons, and what is run for multipath.
skeleton() {
	local dir
	mkdir -p "$1"/usr/{bin,sbin,lib,lib64} "$1/etc"
	for dir in bin sbin lib lib64; do ln -s usr/$dir "$1/$dir"; done
	mkdir -p "$1/lib/udev/rules.d"
}
files() { (cd "$1" && find . -not -type d | sed 's,^./,,; s,/x86_64-linux-gnu/,/,' | sort -u); }
# image WHAT TREE - the files of multipath in it: those that both builds should have there, and those that may differ
image() {
	local found others='/lib/multipath/|/libm[a-z]*path|mpathpersist|mpathconf|66-kpartx'
	found=$(files "$2" | grep -E 'multipath|mpath|kpartx|dmsetup|partx|scsi_id')
	conclude "$1, files" "$(grep -Ev "$others" <<< "$found")"
	conclude "$1, files of one build" "$(grep -E "$others" <<< "$found" | tr '\n' ' ')"
}
skeleton /run/initramfs
# To look for the libraries of each program, and for a kernel's modules, takes minutes here.
cat >> /usr/share/initramfs-tools/hook-functions <<'END'
copy_exec() {
	local target="$DESTDIR/${2:-$1}"
	case $target in */) target=$target${1##*/};; esac
	[ ! -d "$target" ] || target=$target/${1##*/}
	mkdir -p "${target%/*}"
	cp -pL "$1" "$target"
}
END
DESTDIR=/run/initramfs verbose=n version=none sh /usr/share/initramfs-tools/hooks/multipath > "$LAB_OUT/mkinitramfs" 2>&1
conclude "mkinitramfs" "status $?"
image mkinitramfs /run/initramfs

dracut() {
	export initdir=/run/dracut dracutbasedir=/usr/lib/dracut hostonly='' udevdir=/usr/lib/udev
	export tmpfilesdir=/usr/lib/tmpfiles.d systemdsystemunitdir=/usr/lib/systemd/system
	set +u
	skeleton $initdir
	. $dracutbasedir/dracut-init.sh
	module_install multipath $dracutbasedir/modules.d/90multipath
	$DRACUT_INSTALL -D $initdir -R $(find $initdir -type f -perm /111)
}
(dracut) > "$LAB_OUT/dracut" 2>&1
conclude "dracut" "status $?"
image dracut /run/dracut
