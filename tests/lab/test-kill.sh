#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a daemon killed during I/O or a reload and started again finds its maps and handles failing and recovering paths; I/O waiting in a suspended map does not reach a path that leads to another LUN
. "$LAB/lib.sh"
# The LUNs that are exchanged are to get no map.
config "no_path_retry queue" "find_multipaths yes" "path_grouping_policy multibus" "detect_pgpolicy no" "path_selector \"round-robin 0\""
san 2 4
daemon_start
ready 4 2
map=$(map_of sda)
tables=$(dmsetup table --target multipath | sort)
io_start kill "/dev/mapper/$map"
daemon_kill
check "all maps live" maps_are 4
check "I/O continues" io_moves "/dev/mapper/$map"
daemon_start
ready 4 2
same "the tables are as they were" "$(dmsetup table --target multipath | sort)" "$tables"
# What happened while no daemon ran is found at the start.
daemon_kill
pull sda
pause 1
daemon_start
until_true "sda is failed" path_is sda failed faulty
check "I/O continues" io_moves "/dev/mapper/$map"
plug sda
ready 4 2
# Killed while every path is gone: I/O is queued, and the next daemon lets it go on.
mapfile -t paths < <(paths_of_lun 0)
pull "${paths[@]}"
for path in "${paths[@]}"; do until_true "$path is failed" path_is "$path" failed faulty; done
until_true "I/O waits" io_stands "/dev/mapper/$map"
daemon_kill
plug "${paths[@]}"
daemon_start
ready 4 2
until_true "I/O continues" io_moves "/dev/mapper/$map"
# Killed in a reload: with a table loaded, and with the map suspended as well, which only the next daemon, or multipath, can end.
attached() { grep -qs attached "$LAB_OUT/strace"; }
is_suspended() { dmsetup info "$map" | grep -q 'State: *SUSPENDED'; }
has_other_table() { dmsetup info "$map" | grep -q 'Tables present:.*INACTIVE'; }
whole() { ! is_suspended && ! has_other_table; }
reload_killed() {	# reload_killed N: when it begins the Nth call of the reload (load, suspend, resume)
	rm -f "$LAB_OUT/strace"
	strace -f -p "$daemon_pid" -o /dev/null -e trace=ioctl -P /dev/mapper/control -e inject=ioctl:signal=KILL:when="$1" 2> "$LAB_OUT/strace" &
	until_true "strace is there" attached
	multipathd reload map "$map" > /dev/null 2>&1
	wait "$daemon_job" 2> /dev/null
	until_true "it is killed" daemon_gone
	check "another table is left" has_other_table
}
reload_killed 2
check "I/O continues" io_moves "/dev/mapper/$map"
daemon_start
until_true "nothing is left" whole
ready 4 2
reload_killed 3
check "I/O waits" io_stands "/dev/mapper/$map"
daemon_start
until_true -t 3 "I/O goes on" io_moves "/dev/mapper/$map"
until_true "nothing is left" whole
ready 4 2
reload_killed 3
multipath > /dev/null 2>&1
check "I/O continues" io_moves "/dev/mapper/$map"
check "nothing is left" whole
daemon_start
ready 4 2
same "the tables are as they were" "$(dmsetup table --target multipath | sort)" "$tables"
# The LUNs of a host are exchanged while I/O waits, and no path says at first which one it is: the library has INQUIRY alone fail.
mkdir -p /run/silent
gcc -D_GNU_SOURCE -shared -fPIC -O1 -o /run/silent.so "$LAB/silent.c" -ldl || fail "no library to preload"
read -r other < <(paths_of_lun 0)
read -r moved < <(paths_of_host 1)
same "they are paths of the map" "$(map_of "$other") $(map_of "$moved")" "$map $map"
writes() { awk '{ print $5 }' "/sys/block/$moved/stat"; }
has_written() { [ "$(writes)" -gt "$before" ]; }
before=$(writes)
until_true "it is used" has_written
reload_killed 3
echo 1 > $debug/vpd_use_hostno
: > "/run/silent/$other"
: > "/run/silent/$moved"
before=$(writes)
daemon_wrap="env LD_PRELOAD=/run/silent.so" daemon_start
until_true -t 60 "it is resumed" logged "$map: left suspended .* resumed without paths"
check "nothing is left" whole
rm "/run/silent/$other"
until_true "I/O continues" io_moves "/dev/mapper/$map"
rm "/run/silent/$moved"
until_true "it is found to be another LUN" logged "$moved now reports WWID .*leads to another LUN"
check "nothing was written to it" eval '! has_written'
io_stop kill
