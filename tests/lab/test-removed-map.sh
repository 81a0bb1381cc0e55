#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a map that the operator removed stays removed until it is added again; without grouping by priority, an immediate failback reloads nothing
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

until_true "$map is removed" eval '[ "$(multipathd del map $map)" = ok ]'
udevadm settle -t 60
udevadm trigger --action=change "/sys/block/${paths[0]}"
udevadm settle -t 60
holds 2 "$map came back by itself" maps_are 1
same "add map" "$(multipathd add map "$map")" ok
ready 2 2
daemon_stop
