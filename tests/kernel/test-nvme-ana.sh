#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: with the kernel's own NVMe multipath off, ANA states give priorities and groups, and a lost controller costs no I/O
# lab: --rules full
. "$LAB/lib.sh"
modprobe nvme_core multipath=N
. "${BASH_SOURCE[0]%/*}/nvme.sh"
disk_of() { basename "$(controller "$1")"/nvme*n*; }
prio_is() { [ "$(multipathd show paths raw format '%d %p' | awk -v p="$1" '$1 == p { print $2 }')" = "$2" ]; }
active_is() { local dev; read -r dev < "/sys/block/$1/dev"; dmsetup status "$map" | grep -q " A 0 [0-9]* [0-9]* $dev "; }
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
until_true "optimized is 50" prio_is "$one" 50
until_true "non-optimized is 10" prio_is "$two" 10
io_start nvme "/dev/mapper/$map"
until_true "the optimized one is active" active_is "$one"
ana 1 inaccessible
ana 2 optimized
until_true "the other one is 50" prio_is "$two" 50
until_true "and active" active_is "$two"
until_true "I/O goes" io_moves "/dev/mapper/$map"
ana 1 optimized
until_true "both are 50" prio_is "$one" 50
until_true "both work" path_is "$one" active ready
say "a controller loses its connection"
down 2
until_true "its path is failed" kernel_path "$map" "$two" F
until_true "I/O continues" io_moves "/dev/mapper/$map"
up 2
until_true "the path is back" kernel_path "$map" "$two" A
io_stop nvme
daemon_stop
