#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a restarted daemon reloads no table that is already right, and removes no map
. "$LAB/lib.sh"
config "no_path_retry fail"
san 2 8
daemon_start
ready 8 2
# A table load shows as the kernel's own event on the map.
udevadm settle
stdbuf -oL udevadm monitor --kernel --subsystem-match=block > "$LAB_OUT/uevents" &
monitor=$!
until_true "the monitor listens" grep -q KERNEL "$LAB_OUT/uevents"
daemon_stop
check "all maps live without the daemon" maps_are 8
daemon_start
ready 8 2
daemon_stop
daemon_start
ready 8 2
same "not an event on any map" "$(grep -c 'change.*/dm-' "$LAB_OUT/uevents")" 0
same "no load is counted" "$(loads)" 0
multipathd reload map "$(map_of sda)" > /dev/null
until_true "a load would have been seen" grep -q 'change.*/dm-' "$LAB_OUT/uevents"
kill $monitor
