#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: find_multipaths smart holds a single path back, releases it in time, and claims it when a sibling appears; libmpathvalid says so to programs
# lab: --systemd --rules full
. "$LAB/lib.sh"
property() { udevadm info -q property -n "$1" | sed -n "s/^$2=//p"; }
property_is() { [ "$(property "$1" "$2")" = "$3" ]; }
timer_runs() { systemctl -q is-active "cancel-multipath-wait-$1.timer"; }
timer_is_gone() { ! timer_runs "$1"; }
# valid_is "MODE RESULT WWID" NAME MODE [WWID...]
valid_is() {
	local wanted=$1
	shift
	same "libmpathvalid, $*" "$(python3 "$LAB/valid.py" "$@")" "$wanted"
}

config "find_multipaths smart" "find_multipaths_timeout 20"
systemctl stop multipathd.socket multipathd 2>/dev/null
check "the service starts" systemctl start multipathd
san 1 1 num_parts=1

say "a path without siblings"
check "is held back" property_is sda DM_MULTIPATH_DEVICE_PATH 1
check "systemd leaves it alone for now" property_is sda SYSTEMD_READY 0
same "its content is not said to be a path's" "$(property sda ID_FS_TYPE)" ""
check "its partition is held back" property_is sda1 SYSTEMD_READY 0
check "a timer runs" timer_runs sda

say "is given back"
until_true "sda is free" property_is sda DM_MULTIPATH_DEVICE_PATH 0
until_true "sda1 is free" property_is sda1 SYSTEMD_READY ""
same "sda may be used" "$(property sda SYSTEMD_READY)" ""
check "the partition is there" [ -b /dev/sda1 ]
check "no map was created" maps_are 0
wwid=$(property sda ID_SERIAL)
ldconfig
valid_is "2 3 $wwid" sda 0
valid_is "2 3 $wwid" sda 0 other
valid_is "2 1 $wwid" sda 0 other "$wwid"
valid_is "2 0 none" sda 1
valid_is "2 1 $wwid" sda 3
valid_is "2 -1 none" sda1 0 2> /dev/null

say "and taken when its sibling comes"
echo 1 > $debug/add_host
ready 1 2
until_true "sda is claimed" property_is sda DM_MULTIPATH_DEVICE_PATH 1
until_true "sda is a member" property_is sda ID_FS_TYPE mpath_member
check "its sibling did not wait" timer_is_gone sdb
valid_is "2 2 $wwid" sda 1	# a map holds it
until_true "the partition of the path is gone" [ ! -e /dev/sda1 ]

say "a new path of a known disk does not wait"
echo 1 > $debug/add_host
ready 1 3
until_true "sdc is claimed" property_is sdc ID_FS_TYPE mpath_member
check "no timer runs for it" timer_is_gone sdc

say "released and claimed again: partitions go again"
cp /etc/multipath.conf /tmp/before
config_add << CONFIG
blacklist {
	devnode "^sd"
}
CONFIG
multipathd reconfigure > /dev/null
until_true "no map is left" maps_are 0
valid_is "2 0 none" sda 3
udevadm trigger --settle --action=change /sys/block/sda
check "sda is free" property_is sda DM_MULTIPATH_DEVICE_PATH 0
blockdev --rereadpt /dev/sda
udevadm settle
check "its partition is there" [ -b /dev/sda1 ]
cp /tmp/before /etc/multipath.conf
multipathd reconfigure > /dev/null
ready 1 3
udevadm trigger --settle --action=change /sys/block/sda
check "sda is claimed" property_is sda DM_MULTIPATH_DEVICE_PATH 1
until_true "the partition of the path is gone again" [ ! -e /dev/sda1 ]
same "and it is not done for every event" "$(property sda DM_DEL_PART_NODES)" 1
