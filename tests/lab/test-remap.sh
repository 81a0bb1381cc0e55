#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a path whose LUN is remapped to another disk is removed from its map, and gets no I/O
. "$LAB/lib.sh"
# The other LUNs have one path each, and get no map: a new one that loses it keeps udev's probe waiting (architecture.md).
config "no_path_retry queue" "recheck_wwid yes" "find_multipaths yes"
san 2 2
daemon_start
ready 2 2
read -r moved < <(paths_of_host 1)
map=$(map_of "$moved")
check "it is a path of a map" test -n "$map"
read -r dev < "/sys/block/$moved/dev"
out() { ! dmsetup table "$map" | grep -q " $dev "; }
io_start remap "/dev/mapper/$map"

# While it is away, the array gives the second host's LUNs other names.
pull "$moved"
until_true "it is failed" path_is "$moved" failed faulty
echo 1 > $debug/vpd_use_hostno
io_count "/dev/$moved" before
plug "$moved"
until_true "it is taken out" out
io_count "/dev/$moved" after
check "it got no I/O" test $((after - before)) -lt 64
check "the log says why" eval 'grep -iE "wwid|another LUN" "$logfile" | grep -qw "$moved"'
until_true "I/O continues over the other" io_moves "/dev/mapper/$map"
same "the map has one path" "$(map_field "$map" %N)" 1

# And back again: it is a path of this map once more.
echo 0 > $debug/vpd_use_hostno
echo 1 > "/sys/block/$moved/device/rescan"
udevadm trigger --name="/dev/$moved"
until_true "it is back" path_is "$moved" active ready
ready 2 2

# While it is up, without any event.
echo 1 > $debug/vpd_use_hostno
until_true "the moved path is taken out" out
until_true "I/O continues over the other" io_moves "/dev/mapper/$map"
io_stop remap

# While no daemon runs: udev still reports the old WWID to the next one.
echo 0 > $debug/vpd_use_hostno
echo 1 > "/sys/block/$moved/device/rescan"
udevadm trigger --name="/dev/$moved"
until_true "it is back" path_is "$moved" active ready
daemon_stop
echo 1 > $debug/vpd_use_hostno
daemon_start
until_true "the moved path is taken out" out
