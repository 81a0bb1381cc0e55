#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: rear writes the same layout of maps, partitions and file systems, and recognizes paths
# lab: --rules full
. "$LAB/lib.sh"
. "$LAB_ROOT/tests/clients/clients.sh"
config
udev_quick lio 2 2 32
name_maps
daemon_start
ready 2 2
data=mpatha
parted -s "/dev/mapper/$data" mklabel gpt mkpart one ext4 1MiB 20MiB mkpart two 20MiB 30MiB
udevadm settle -t 120
mkfs.ext4 -q -U 11111111-2222-3333-4444-555555555555 -L data "/dev/mapper/$data-part1"
mkdir -p /data
mount "/dev/mapper/$data-part1" /data
udevadm settle -t 120

# What rear's steps need of the rest of it.
functions() {
	local file
	set +u
	shopt -s nullglob extglob
	SHARE_DIR=/usr/share/rear DISPENSABLE_OUTPUT_DEV=null CONFIG_DIR=/etc/rear VAR_DIR=/run/rear TMP_DIR=/run/rear/tmp WORKFLOW=$1 START_DATE_TIME_NUMBER=0 v='' verbose=''
	mkdir -p $TMP_DIR
	has_binary() { type -P "$1" > /dev/null; }
	Log() { :; }
	Debug() { :; }
	DebugPrint() { :; }
	LogPrint() { echo "$*"; }
	LogPrintError() { echo "error: $*"; }
	LogIfError() { local status=$?; [ $status -eq 0 ] || echo "log: $*"; }
	Error() { echo "$*"; exit 1; }
	BugError() { echo "$*"; exit 1; }
	StopIfError() { local status=$?; [ $status -eq 0 ] || Error "$*"; }
	. $SHARE_DIR/conf/default.conf
	for file in array global linux layout filesystems; do . $SHARE_DIR/lib/$file-functions.sh; done
	AUTOEXCLUDE_MULTIPATH=n DISKLAYOUT_FILE=/run/rear/layout/disklayout.conf
}
# savelayout - the steps of "rear savelayout" that look at disks: all of them take minutes here
savelayout() {
	local step
	functions savelayout
	for step in GNU/Linux/{100_create_layout_file,150_save_diskbyid_mappings,200_partition_layout,230_filesystem_layout,280_multipath_layout} \
		default/{300_list_dependencies,310_include_exclude,320_autoexclude} GNU/Linux/340_false_blacklisted; do
		. "$SHARE_DIR/layout/save/$step.sh"
	done
	echo "programs: ${PROGS[*]}"
	echo "files: ${COPY_AS_IS[*]}"
	echo "required: ${REQUIRED_PROGS[*]}"
}
# layout WHAT - what it writes down
layout() {
	rm -rf /run/rear
	conclude "$1, copied" "$( (savelayout) 2> "$LAB_OUT/rear-$1" | grep -E 'multipath|mpath|error|log' | grep -o '^[a-z]*:\|[^ ]*multipath[^ ]*\|mpathconf\|kpartx' | tr '\n' ' ')"
	conclude "$1, layout" "$(grep -E '^#?(multipath|part|fs|disk|raw) ' /run/rear/layout/disklayout.conf 2>&1 | without_numbers | sed 's/uuid=[^ ]*//' | sort)"
	conclude "$1, dependencies" "$(without_numbers < /run/rear/layout/diskdeps.conf 2>&1 | sort | tr '\n' ';')"
	conclude "$1, by-id" "$(without_numbers < /run/rear/recovery/diskbyid_mappings 2>&1 | sort)"
}
layout maps
pull $(paths_of_lun 0 | head -n 1)
until_true "a path has failed" kernel_path "$data" "$(paths_of_lun 0 | head -n 1)" F
# are_paths - is each disk a path of a map, to rear?
are_paths() { (functions savelayout; for disk in $(paths_of_lun 0) $(paths_of_lun 1); do is_multipath_path "$disk"; echo $?; done) 2>&1 | sed 's/^[0-9.]* | //' | tr '\n' ' '; }
conclude "a path lost, paths" "$(are_paths)"
plug $(paths_of_lun 0 | head -n 1)
ready 2 2
daemon_stop any
conclude "daemon stopped, paths" "$(are_paths)"

# The step that starts multipath where the machine is restored.
recover() {
	functions recover
	LAYOUT_FILE=/run/layout
	. $SHARE_DIR/layout/prepare/GNU/Linux/210_load_multipath.sh
}
umount /data
dmsetup remove "$data-part1"
dmsetup remove "$data-part2"
maps_remove
echo "multipath /dev/mapper/$data 33554432 gpt /dev/sda,/dev/sdb" > /run/layout
conclude "no map, paths" "$(are_paths)"
conclude "recover" "$( (recover) < /dev/null 2> "$LAB_OUT/recover" | without_numbers | sort)"
serves() { multipathd show daemon 2> /dev/null | grep -q 'idle\|running'; }
until_true "the daemon that it has started serves" serves
conclude "recovered, paths" "$(are_paths)"
conclude "multipathd again" "$(multipathd > /dev/null 2>&1; echo "status $?")"
conclude "friendly names" "$(echo "show config" | multipathd -k | awk '/user_friendly_names/ { gsub("\"",""); print $2 }' | head -n 1)"
multipathd shutdown > /dev/null
