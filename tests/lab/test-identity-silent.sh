#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: if paths answer their checker and reads but not INQUIRY, a starting daemon creates no map of them, loads no table with them and reinstates none; it fails those whose map has another path that answers
# long: each way to give a silent path back
. "$LAB/lib.sh"
mkdir -p /run/silent
gcc -D_GNU_SOURCE -shared -fPIC -O1 -o /run/silent.so "$LAB/silent.c" -ldl || fail "no library to preload"
daemon_wrap="env LD_PRELOAD=/run/silent.so"
config "find_multipaths yes" "no_path_retry queue"
san 2 1
read -r a < <(paths_of_host 0)
read -r b < <(paths_of_host 1)
silence() { local p; for p; do : > "/run/silent/$p"; done; }
mark() { marked=$(wc -l < "$logfile"); }
since() { tail -n +$((marked + 1)) "$logfile" | grep -q -- "$1"; }
answers_checker() { since "$1: .*does not report its WWID" || since "$1 failed .*does not report its WWID"; }
swap() { echo 1 > $debug/vpd_use_hostno; }
swap_back() {
	echo 0 > $debug/vpd_use_hostno
	echo 1 > "/sys/block/$b/device/rescan"
	udevadm trigger --settle --name="/dev/$b"
}
kernel_failed() { kernel_path "$map" "$1" F; }

say "a new disk: no map before a path has said what it is"
: > "$logfile"
silence "$a" "$b"
mark
daemon_start
until_true "$a is asked" answers_checker "$a"
until_true "$b is asked" answers_checker "$b"
holds 2 "no map is made" maps_are 0
rm "/run/silent/$a"
until_true "a map of the one that says it" maps_are 1
map=$(map_of "$a")
read -r dev < "/sys/block/$b/dev"
check "is its one path" eval '! dmsetup table "$map" | grep -q " $dev "'
rm "/run/silent/$b"
ready 1 2
io_start silent "/dev/mapper/$map"

say "one path is silent, and was remapped while no daemon ran"
daemon_kill
swap
silence "$b"
mark
daemon_start
until_true "it is failed" kernel_failed "$b"
check "for want of an answer" answers_checker "$b"
check "the other serves" io_moves "/dev/mapper/$map"
mark
same "reinstated by hand" "$(multipathd reinstate path "$b")" fail
multipathd reconfigure all > /dev/null
until_true "a table is loaded" since "$map: reload "
until_true "without it" eval '! dmsetup table "$map" | grep -q " $dev "'
check "it was not reinstated" eval '! since "reinstate_path $dev"'
rm "/run/silent/$b"
until_true "it says that it is another LUN" since "$b now reports WWID .*leads to another LUN"
swap_back
ready 1 2

say "every path is silent: those that serve go on until they fail, one that had failed stays failed"
daemon_kill
dmsetup message "$map" 0 "fail_path $dev"
silence "$a" "$b"
mark
daemon_start
until_true "$a keeps its I/O" since "no path of the map answers INQUIRY, $a stays in use"
check "it serves" io_moves "/dev/mapper/$map"
until_true "$b was asked" answers_checker "$b"
holds 2 "it stays failed" kernel_failed "$b"
check "no table is loaded" eval '! since "$map: reload "'
multipathd reconfigure all > /dev/null
holds 2 "it stays failed" kernel_failed "$b"
check "no table is loaded" eval '! since "$map: reload "'
read -r dev_a < "/sys/block/$a/dev"
mark
dmsetup message "$map" 0 "fail_path $dev_a"
until_true "the daemon sees it" since "the kernel saw an I/O error"
holds 2 "it stays failed, too" kernel_failed "$a"
check "and gets no I/O" io_stands "/dev/mapper/$map"
rm "/run/silent/$a" "/run/silent/$b"
ready 1 2
until_true "I/O continues" io_moves "/dev/mapper/$map"
io_stop silent
