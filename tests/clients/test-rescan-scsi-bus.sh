#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: rescan-scsi-bus.sh (sg3-utils) finds new disks' maps, resizes and reloads maps, removes paths and their map, and flushes maps without a path
. "$LAB/lib.sh"
. "$LAB_ROOT/tests/clients/clients.sh"
# rescan WHAT OPTION... - what it says of maps and devices. Either it or the daemon creates a map first, and removes the map of disks that are gone.
rescan() {
	local what=$1 output=$LAB_OUT/rescan.$((++rescans)) status
	shift
	say "rescan-scsi-bus.sh $*"
	timeout 300 rescan-scsi-bus.sh "$@" < /dev/null > "$output" 2>&1
	status=$?
	check "it has summed up" grep -q 'device(s) removed' "$output"
	conclude "$what" "status $status; $(tr '\r' '\n' < "$output" |
		sed 's/\x1b\[[0-9;]*[A-Za-z]//g; s/ Calling udevadm settle (can take a while) *//; s/^ *//; s/ *$//; /^Removing multipath mappings/,$ { /^Flushing/d }' |
		grep -E 'multipath|mpath|found\.|removed\.|RESIZED|REMAPPED' | without_numbers | sort -u | tr '\n' ';')"
	udevadm settle -t 120
}
rescans=0
# maps_now WHAT - name, size, and paths of each map in the kernel
maps_now() {
	conclude "$1, maps" "$(dmsetup status --target multipath | grep -v '^No ' |
		awk '{ n = 0; for (i = 4; i <= NF; i++) n += $i ~ /^[0-9]+:[0-9]+$/; print $1, $3, n " paths" }' | sort)"
	conclude "$1, disks" "$(ls /sys/block | grep -c '^sd')"
}
paths_match() { [ "$(multipathd show paths raw format %d | sort)" = "$(cd /sys/block && ls -d sd* | sort)" ]; }
# To scan takes seconds for each LUN here. Where it does not matter, one of one host is scanned.
few=(--hosts=0 --channels=0 --ids=0 --luns=0)

# In one group: the script takes the state of a group for that of the failed path before it.
config "no_path_retry queue" "path_grouping_policy multibus"
san 2 2
name_maps 2
rescan "no daemon" -m "${few[@]}"
daemon_start
ready 2 2
maps_now "two disks"

say "a third disk"
echo 3 > $debug/max_luns
rescan "a new disk" -m --channels=0 --ids=0 --luns=2
ready 3 2
maps_now "a new disk"

say "larger disks"
echo 1 > $debug/virtual_gb
rescan "larger disks, one of them" -s --luns=0
rescan "larger disks" -s
maps_now "larger disks"
rescan "nothing remapped" -u -m
maps_now "nothing remapped"

say "a path lost, then all of one map"
mapfile -t lost < <(paths_of_lun 1)
pull "${lost[0]}"
until_true "a path has failed" kernel_path mpathb "${lost[0]}" F
rescan "a path lost, flush" -f "${few[@]}"
maps_now "a path lost, flush"
pull "${lost[1]}"
until_true "no path is left" kernel_path mpathb "${lost[1]}" F
rescan "no path left, flush" --flush "${few[@]}"
maps_now "no path left, flush"
plug "${lost[@]}"
check "reconfigure" multipathd reconfigure
ready 3 2

say "a disk is taken away"
echo 2 > $debug/max_luns
rescan "a disk taken away" -r -m --channels=0 --ids=0 --luns=2
until_true "its map is gone" maps_are 2
ready 2 2
maps_now "a disk taken away"

# Debian 12's does not understand its own sg_inq, and considers each disk changed: -r removes them all.
rescan "removal" -r -m --hosts=1
until_true "the daemon has removed the paths" paths_match
maps_now "removal"
