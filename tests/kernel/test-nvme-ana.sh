#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: with the kernel's own NVMe multipath off, ANA states set priorities and groups; a port lost, a controller removed and a namespace resized cost no I/O
# lab: --rules full
. "$LAB/lib.sh"
modprobe nvme_core multipath=N
. "${BASH_SOURCE[0]%/*}/nvme.sh"
disk_of() { basename "$(controller "$1")"/nvme*n*; }
is_there() { [ -b "/dev/$(disk_of "$1")" ]; }
prio_is() { [ "$(multipathd show paths raw format '%d %p' | awk -v p="$1" '$1 == p { print $2 }')" = "$2" ]; }
active_is() { local dev; read -r dev < "/sys/block/$1/dev"; dmsetup status "$map" | grep -q " A 0 [0-9]* [0-9]* $dev "; }
groups_are() { [ "$(dmsetup table "$map" | grep -o "service-time" | wc -l)" -eq "$1" ]; }
path_count_is() { [ "$(map_field "$map" %N)" = "$1" ]; }
size_is() { [ "$(blockdev --getsz "$1")" -eq "$2" ]; }
shown() { multipath -ll "$map" | tee -a "$LAB_OUT/shown" | sed 's/^/    /'; }
nvme_target
portal 1
portal 2
udevadm settle
config "no_path_retry queue" "max_polling_interval 1" "path_grouping_policy group_by_prio" "failback immediate"
ana 1 optimized
ana 2 non-optimized
daemon_start
ready 1 2
one=$(disk_of 1) two=$(disk_of 2)
map=$(map_of "$one")
same "the map's WWID" "$(map_field "$map" %w)" "uuid.$uuid"
same "protocol" "$(multipathd show paths raw format %P | sort -u)" nvme:tcp
until_true "optimized is 50" prio_is "$one" 50
until_true "non-optimized is 10" prio_is "$two" 10
# The kernel chooses a group at the first I/O after the last load.
until_true "a group for each" groups_are 2
check "a read" dd if="/dev/mapper/$map" of=/dev/null bs=4k count=1 iflag=direct status=none
until_true "the optimized one is active" active_is "$one"
shown
io_start nvme "/dev/mapper/$map"
for state in inaccessible persistent-loss change; do
	say "$state"
	ana 1 $state
	ana 2 optimized
	until_true "the other path is 50" prio_is "$two" 50
	until_true "and active" active_is "$two"
	until_true "I/O continues" io_moves "/dev/mapper/$map"
	shown
	ana 1 optimized
	until_true "both are 50" prio_is "$one" 50
	until_true "both work" path_is "$one" active ready
	until_true "and are one group" groups_are 1
	ana 2 non-optimized
	until_true "the first path is active again" active_is "$one"
done
ana 2 optimized
until_true "both are one group" groups_are 1
say "a controller loses its connection"
down 2
until_true "its path is failed" kernel_path "$map" "$two" F
until_true "I/O continues" io_moves "/dev/mapper/$map"
shown
up 2
until_true "the path is back" kernel_path "$map" "$two" A
say "a controller is removed, and made again"
disconnect 2
until_true "its path is gone" path_unknown "$two"
until_true "from the map, too" path_count_is 1
until_true "I/O continues" io_moves "/dev/mapper/$map"
connect 2
until_true "the disk is there" is_there 2
until_true "the map has its path" path_count_is 2
two=$(disk_of 2)
until_true "it works" kernel_path "$map" "$two" A
say "the namespace is resized"
nvme_resize 96
until_true "one disk has its new size" size_is "/dev/$one" $((96 * 2048))
until_true "and the other" size_is "/dev/$two" $((96 * 2048))
same "the map is told so" "$(multipathd resize map "$map")" ok
until_true "the map has the new size" size_is "/dev/mapper/$map" $((96 * 2048))
until_true "I/O continues" io_moves "/dev/mapper/$map"
shown
io_stop nvme
daemon_stop
