#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a disk that udev has not named yet gets no map of its own from a reconfigure; reconfigure and change events read the values from the device again
. "$LAB/lib.sh"
config "no_path_retry queue" "retrigger_delay 2"
san 2 1
daemon_start
ready 1 2
read -r first < <(paths_of_host 0)
map=$(map_of "$first")

say "udev is stuck, a disk is added, and a client requests a reconfigure"
kill -STOP $(pidof systemd-udevd)
echo 1 > $debug/add_host
until_true "three disks" disks_are 3
read -r new < <(paths_of_host 2)
multipathd reconfigure > /dev/null
until_true "the daemon knows it" path_known "$new"
holds 1 "it has no name" eval '[ -z "$(multipathd show paths raw format "%d %w" | awk -v p="$new" "\$1 == p { print \$2 }")" ]'
check "one map" maps_are 1
kill -CONT $(pidof systemd-udevd)
ready 1 3

say "write protection without an event"
ro() { blockdev --getro "$(readlink -f "/dev/mapper/$map")" 2>/dev/null; }
same "it is writable" "$(ro)" 0
blockdev --setro "/dev/$first"
multipathd reconfigure > /dev/null
until_true "the map is read-only" eval '[ "$(ro)" = 1 ]'
blockdev --setrw "/dev/$first"
udevadm trigger --action=change --name="/dev/$first"
until_true "it is writable again" eval '[ "$(ro)" = 0 ]'
blockdev --setro "/dev/$first"
multipath -r > /dev/null
until_true "and read-only by multipath -r" eval '[ "$(ro)" = 1 ]'
