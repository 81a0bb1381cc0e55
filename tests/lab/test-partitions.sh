#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: udev creates the partitions of a ready map with their links; they follow changes, renames and a resize, and are removed with the map
# lab: --rules full
. "$LAB/lib.sh"
[ "$LAB_IMPL" = ours ] || fail "this tests our udev rules"
config "no_path_retry fail"
san 2 1
daemon_start
ready 1 2
mapfile -t paths < <(paths_of_lun 0)
map=$(map_of "${paths[0]}")
wwid=$(map_field "$map" %w)
disk=/dev/mapper/$map

names() { dmsetup ls --target linear 2>/dev/null | grep -v "^No devices" | cut -f 1 | sort | tr '\n' ' '; }
named() { [ "$(names)" = "$1" ]; }
points_to() { [ "$(readlink -f "$1")" = "$(readlink -f "$2")" ]; }
property() { udevadm info -q property -n "$1" | sed -n "s/^$2=//p"; }

same "no table, no partitions" "$(names)" ""
sgdisk -n 1:2048:+1M -n 2:6144:+1M "$disk" > /dev/null || fail "sgdisk"
until_true "udev makes partitions of a table that was written" named "$map-part1 $map-part2 "
udevadm settle
same "UUID" "$(dmsetup info -c --noheadings -o uuid "$map-part2")" "part2-mpath-$wwid"
check "link by WWID" points_to "/dev/disk/by-id/scsi-$wwid-part2" "$disk-part2"
check "link by WWN" points_to "/dev/disk/by-id/wwn-0x${wwid:1}-part2" "$disk-part2"
check "link by the table's UUID" points_to "/dev/disk/by-partuuid/$(property "$disk-part2" ID_PART_ENTRY_UUID)" "$disk-part2"
same "the map's name" "$(property "$disk-part2" DM_MPATH)" "$map"
same "its number" "$(property "$disk-part2" DM_PART)" 2
same "exit code of kpartx_id without arguments" "$(/usr/lib/udev/kpartx_id > /dev/null; echo $?)" 1
say "partitions are there"

# By hand, with udev: when it returns, the nodes are there or gone, and no cookie is left.
check "-d" kpartx -d "$disk"
check "nodes are gone" test ! -e "$disk-part1" -a ! -e "$disk-part2"
check "-a" kpartx -a -p -part "$disk"
check "links are there" points_to "/dev/disk/by-id/scsi-$wwid-part2" "$disk-part2"
same "cookies" "$(dmsetup udevcookies | grep -c ^0x)" 0

# What is written to the partition is on both paths, at its place.
head -c 65536 /dev/urandom > /tmp/data
dd if=/tmp/data of="$disk-part2" bs=64k oflag=direct status=none
for path in "${paths[@]}"; do
	dd if="/dev/$path" of=/tmp/back bs=64k skip=$((6144 * 512 / 65536)) count=1 iflag=direct status=none
	cmp /tmp/data /tmp/back || fail "$path has other data"
done

# A path that fails and returns is nothing new for the partitions.
exec 9< "$disk-part1"
pull "${paths[0]}"
until_true "a path is down" path_is "${paths[0]}" failed faulty
plug "${paths[0]}"
ready 1 2
check "partitions stay" named "$map-part1 $map-part2 "

# The partition goes with its user, the map is not removed under it.
reply=$(multipathd remove map "$map" 2>&1) && fail "a map in use is removed"
check "it is said: $reply" test "${reply/in use/}" != "$reply"
check "partitions are still there" named "$map-part1 $map-part2 "

# A grown disk: the partition that is in use grows, too.
echo 1 > $debug/virtual_gb
for path in "${paths[@]}"; do echo 1 > "/sys/block/$path/device/rescan"; done
until_true "resize" eval '[ "$(multipathd resize map "$map")" = ok ]'
sgdisk -e -d 2 -n 2:6144:+2M "$disk" > /dev/null || fail "sgdisk"
until_true "partition 2 has grown" eval '[ "$(blockdev --getsz "$disk-part2")" = 4096 ]'
check "partition 1 has not" test "$(blockdev --getsz "$disk-part1")" = 2048
exec 9<&-
say "changes"

# Another name: partitions get it, too.
config_add << CONFIG
multipaths {
	multipath {
		wwid $wwid
		alias disk1
	}
}
CONFIG
multipathd reconfigure > /dev/null
until_true "partitions are renamed" named "disk1-part1 disk1-part2 "
udevadm settle
check "link by WWID" points_to "/dev/disk/by-id/scsi-$wwid-part1" /dev/mapper/disk1-part1
check "no old name is left" test ! -e "$disk-part1"
say "renamed"

# All go with the map; skip_kpartx keeps them away.
until_true "remove" eval '[ "$(multipathd remove map disk1)" = ok ]'
until_true "all are gone" maps_are 0
same "partitions" "$(names)" ""
config_add << CONFIG
overrides {
	skip_kpartx yes
}
CONFIG
multipathd reconfigure > /dev/null
until_true "map is added" eval '[ "$(multipathd add map "$wwid")" = ok ]'
ready 1 2
same "skip_kpartx" "$(names)" ""
same "flag in udev" "$(property /dev/mapper/disk1 DM_SUBSYSTEM_UDEV_FLAG1)" 1
daemon_stop
