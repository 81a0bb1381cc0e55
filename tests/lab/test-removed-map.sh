#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a map that the operator removed stays removed until it is added again, also if udev had it open; without grouping by priority, an immediate failback reloads nothing
. "$LAB/lib.sh"
config "no_path_retry fail" "failback immediate" "detect_prio no" "prio const" \
	"path_grouping_policy failover"
san 2 2
daemon_start
ready 2 2
paths=($(paths_of_lun 0))
map=$(map_of "${paths[0]}")

pull "${paths[0]}"
until_true "${paths[0]} is failed" path_is "${paths[0]}" failed faulty
plug "${paths[0]}"
until_true "${paths[0]} is back" path_is "${paths[0]}" active ready
holds 2 "a table was loaded" eval '! logged "reload \["'

# udev reads a map when something about it has changed.
for command in "map $map" maps; do
	while_udev_looks "${paths[0]}" "/dev/mapper/$map" multipathd del $command
	same "del $command" "$(cat "$LAB_OUT/reply")" ok
	check "$map is removed" eval '! dmsetup info $map'
	[ "$command" = maps ] || { same "add map" "$(multipathd add map "$map")" ok; ready 2 2; }
done
same "add the other map" "$(multipathd add map "$(wwid_of_lun 1)")" ok
udevadm settle -t 60
udevadm trigger --action=change "/sys/block/${paths[0]}"
udevadm settle -t 60
holds 2 "$map came back by itself" maps_are 1
same "add map" "$(multipathd add map "$map")" ok
ready 2 2
daemon_stop
