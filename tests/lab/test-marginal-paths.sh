#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a marginal path is used last, in a group of its own; one that is being tested is held back
. "$LAB/lib.sh"
# falter PATH - it fails, and is good again
falter() {
	pull "$1"
	until_true "$1 is failed" path_is "$1" failed faulty
	plug "$1"
}
marginal_is() { [ "$(multipathd show paths raw format '%d %M' | awk '$1 == "sda" { print $2 }')" = "$1" ]; }
# groups_are WANTED - the paths of the kernel's groups, a bar before each group
groups_are() { [ "$(dmsetup table "$map" | grep -oE '8:[0-9]+|service-time' | sed 's/service-time/|/' | tr '\n' ' ')" = "$1 " ]; }
san 2 1

config "no_path_retry queue" "path_grouping_policy multibus" "marginal_pathgroups on" "san_path_err_threshold 1" \
	"san_path_err_forget_rate 100" "san_path_err_recovery_time 4" "detect_pgpolicy no"
daemon_start
ready 1 2
map=$(map_of sda)
falter sda; until_true "one" path_is sda active ready
falter sda
until_true "sda comes back as a marginal path" eval 'path_is sda active ready && marginal_is marginal'
until_true "in the last group" groups_are "| 8:16 | 8:0"
multipathd show topology
check "JSON calls its group marginal" eval 'multipathd show maps json | grep -q "\"marginal_st\" : \"marginal\""'
until_true "after its time it is back in the other's group" eval 'marginal_is normal && groups_are "| 8:0 8:16"'
same "setmarginal" "$(multipathd setmarginal path sda)" ok
until_true "sda is used last" groups_are "| 8:16 | 8:0"
same "unsetmarginal" "$(multipathd unsetmarginal path sda)" ok
until_true "sda is used like the other" groups_are "| 8:0 8:16"
same "setmarginal" "$(multipathd setmarginal path sda)" ok
same "unsetmarginal map" "$(multipathd unsetmarginal map "$map")" ok
until_true "again" groups_are "| 8:0 8:16"

say "sampled"
config "no_path_retry queue" "path_grouping_policy multibus" "marginal_path_double_failed_time 60" \
	"marginal_path_err_sample_time 120" "marginal_path_err_rate_threshold 5" "marginal_path_err_recheck_gap_time 120"
same "reconfigure" "$(multipathd reconfigure)" ok
until_true "the daemon serves" daemon_serves
falter sda; until_true "one" path_is sda active ready
falter sda
until_true "sda is held back" path_is sda failed delayed
check "and read from" io_moves /dev/sda
pull sda
until_true "its failures are seen" logged "sda: sample reads are failing"
plug sda
until_true "it is still held back" path_is sda failed delayed
pull sdb
until_true "until it is the only one left" path_is sda active ready
until_true "then it is not read any more" io_stands /dev/sda
plug sdb
ready 1 2
