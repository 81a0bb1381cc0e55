#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: multipath, multipathd and kpartx work in the images built by the hooks of initramfs-tools, dracut and rear
# unit: the daemon of a boot image is started without a unit
# long: three boot images are built
. "$LAB/lib.sh"
[ "$LAB_IMPL" = ours ] || fail "this tests our programs"
hooks=$LAB_ROOT/build/hooks
[ -e "$hooks" ] || fail "there are no hooks: ./setup unpacks them"
for dir in bin sbin lib etc usr; do [ ! -d "$hooks/$dir" ] || cp -a "$hooks/$dir/." "/$dir/"; done
# Nothing in an image is to be Debian's.
rm -f /lib/multipath/lib*.so /lib/libm*path*.so*

config
san 2 1
mapfile -t paths < <(paths_of_lun 0)
sfdisk -q --no-reread "/dev/${paths[0]}" <<< 'label: dos
start=2048,size=1000' > /dev/null 2>&1
udevadm settle -t 60

inside_serves() { [ "$(inside multipathd show maps raw format "%n %N" 2> /dev/null)" = "mpatha 2" ]; }
# works NAME TREE - in an image unpacked there
works() {
	local image=$1 tree=$2 dir daemon
	say "$image: built"
	for dir in proc sys dev run; do
		mkdir -p "$tree/$dir"
		mount --rbind "/$dir" "$tree/$dir"
	done
	inside() { local program=$1; shift; chroot "$tree" "/sbin/$program" "$@"; }
	check "$image: its configuration" cmp /etc/multipath.conf "$tree/etc/multipath.conf"
	inside multipath -v0
	check "$image: multipath makes a map" maps_are 1
	same "$image: multipath -l" "$(inside multipath -l | grep -c '^[`|]-.*\|^  `-')" 3
	udevadm settle -t 60
	check "$image: kpartx -a" inside kpartx -a -p -part /dev/mapper/mpatha
	check "$image: a partition" eval 'dmsetup table mpatha-part1 | grep -q "^0 1000 linear"'
	check "$image: kpartx -d" inside kpartx -d /dev/mapper/mpatha
	udevadm settle -t 60
	check "$image: multipath -F" inside multipath -F
	check "$image: no map is left" maps_are 0
	# That of initramfs-tools has none.
	if [ "$image" != initramfs-tools ]; then
		inside multipathd -d -s > "$LAB_OUT/$image.log" 2>&1 &
		daemon=$!
		until_true "$image: multipathd makes a map" inside_serves
		check "$image: multipathd is asked to stop" inside multipathd shutdown > /dev/null
		wait $daemon || { cat "$LAB_OUT/$image.log"; fail "$image: multipathd ended with $?"; }
		maps_remove
	fi
	for dir in proc sys dev run; do umount -R -l "$tree/$dir"; done
	say "$image: works"
}

# skeleton TREE - what there is in every image
skeleton() {
	local dir
	mkdir -p "$1"/usr/{bin,sbin,lib,lib64} "$1/etc"
	for dir in bin sbin lib lib64; do ln -s usr/$dir "$1/$dir"; done
	mkdir -p "$1/lib/udev/rules.d"
}

# As mkinitramfs calls it.
tree=/tmp/initramfs
skeleton $tree
DESTDIR=$tree verbose=n version=$(uname -r) sh /usr/share/initramfs-tools/hooks/multipath || fail "the hook for initramfs-tools"
check "the rule that makes partitions is there" [ -e $tree/lib/udev/rules.d/60-kpartx.rules -a ! -e $tree/lib/udev/rules.d/66-kpartx.rules ]
check "and does so without the other file" grep -q '^RUN+="/usr/sbin/kpartx -un -p -part' $tree/lib/udev/rules.d/60-kpartx.rules
works initramfs-tools $tree

# What dracut does for one module, and for libraries in the end: all modules would take a minute.
dracut() {
	export initdir=/tmp/dracut dracutbasedir=/usr/lib/dracut hostonly='' udevdir=/usr/lib/udev
	export tmpfilesdir=/usr/lib/tmpfiles.d systemdsystemunitdir=/usr/lib/systemd/system
	set +u
	skeleton $initdir
	. $dracutbasedir/dracut-init.sh
	module_install multipath $dracutbasedir/modules.d/90multipath
	$DRACUT_INSTALL -D $initdir -R $(find $initdir -type f -perm /111)
}
(dracut) > "$LAB_OUT/dracut" 2>&1 || { cat "$LAB_OUT/dracut"; fail "dracut"; }
works dracut /tmp/dracut

# The steps of "rear mkrescue" that have to do with it.
rear() {
	local BOOT_OVER_SAN=yes SHARE_DIR=/usr/share/rear CONFIG_DIR=/etc/rear ROOTFS_DIR=/tmp/rear TMP_DIR=/tmp/rear.tmp v='' verbose=''
	local DISPENSABLE_OUTPUT_DEV=null PROGS=() COPY_AS_IS=() COPY_AS_IS_EXCLUDE=() LIBS=() REQUIRED_PROGS=() step
	set +u
	mkdir $TMP_DIR
	cp -a $SHARE_DIR/skel/default $ROOTFS_DIR
	for step in $SHARE_DIR/lib/{array,global,linux}-functions.sh; do . "$step"; done
	has_binary() { type -P "$1" > /dev/null; }
	get_path() { type -P "$1"; }
	Log() { :; }
	LogPrint() { :; }
	DebugPrint() { echo "$*"; }
	Error() { echo "$*"; exit 1; }
	BugError() { echo "$*"; exit 1; }
	for step in prep/GNU/Linux/240_include_multipath_tools build/GNU/Linux/{005_create_symlinks,090_create_lib_directories_and_symlinks} \
		build/GNU/Linux/{100_copy_as_is,390_copy_binaries_libraries}; do
		. "$SHARE_DIR/$step.sh"
	done
}
(rear) > "$LAB_OUT/rear" 2>&1 || { cat "$LAB_OUT/rear"; fail "rear"; }
works rear /tmp/rear
