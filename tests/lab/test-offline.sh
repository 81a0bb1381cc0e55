#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: verified I/O continues while each path in turn is offline and comes back, and a path that is down is listed after a reload
. "$LAB/lib.sh"
in_table() { dmsetup table "$1" | grep -q " $(cat "/sys/block/$2/dev") "; }
not_in_table() { ! in_table "$1" "$2"; }
# lines_of_path NAME COMMAND... - its lines in the output that say that it has failed
lines_of_path() { local p=$1; shift; "$@" 2>/dev/null | grep -cE "[- ]$p +[0-9]+:[0-9]+ +failed +(faulty|undef) +offline"; }
# listed_by_all PATH N - that many lines, wherever monitoring looks for it
listed_by_all() {
	local what
	for what in "multipath -ll" "multipath -l" "multipath -ll /dev/mapper/$map" "multipathd show topology" "multipathd show map $map topology"; do
		same "lines of $1 in $what" "$(lines_of_path "$1" $what)" "$2"
	done
	same "$1 in JSON" "$(multipathd show map "$map" json | grep -A3 "\"dev\" : \"$1\"" | grep -c '"dm_st" : "failed"')" "$2"
}
config "no_path_retry fail"
san 2 4
daemon_start
ready 4 2
map=$(map_of sda)
io_start one "/dev/mapper/$map"
for path in $(paths_of_lun 0); do
	pull "$path"
	until_true "$path is failed" path_is "$path" failed faulty
	check "the kernel has $path failed" kernel_path "$map" "$path" F
	until_true "I/O continues" io_moves "/dev/mapper/$map"
	plug "$path"
	until_true "$path is back" path_is "$path" active ready
done

path=$(paths_of_lun 0 | head -n 1)
path_is_offline() { multipathd show paths raw format '%d %t %T %o' | grep -q "^$1 failed faulty offline\$"; }
pull "$path"
until_true "$path is offline" path_is_offline "$path"
listed_by_all "$path" 1
for command in "reload map $map" "reconfigure all"; do
	same "$command" "$(multipathd $command)" ok
	until_true "the table is loaded without $path" not_in_table "$map" "$path"
	until_true "$path is listed as failed" path_is_offline "$path"
	listed_by_all "$path" 1
	until_true "I/O continues" io_moves "/dev/mapper/$map"
done
daemon_stop
daemon_start
until_true "$path is listed as failed after a restart" path_is_offline "$path"
listed_by_all "$path" 1
daemon_stop
same "without a daemon: lines of $path" "$(lines_of_path "$path" multipath -ll)" 1
same "without a daemon, unchecked: lines of $path" "$(lines_of_path "$path" multipath -l)" 1
daemon_start
plug "$path"
until_true "$path is back" path_is "$path" active ready
check "the kernel uses $path" kernel_path "$map" "$path" A
listed_by_all "$path" 0
io_stop one
