#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: when half of all paths hang in directio, show paths answers within 50 ms, healthy maps fail over, the number of threads stays bounded, and the paths come back
# lab: --urgent
# long: checks must time out
. "$LAB/lib.sh"
config "no_path_retry queue" "checker_timeout 3" "detect_checker no" "path_checker directio"
modprobe -a target_core_mod tcm_loop target_core_iblock
# Two hosts, 16 LUNs: those of the second host's side lie on a device that can be suspended.
modprobe brd rd_nr=1 rd_size=16384 2>/dev/null || { truncate -s 16M /dev/shm/disk; losetup /dev/loop0 /dev/shm/disk; }
[ -b /dev/ram0 ] && lower=/dev/ram0 || lower=/dev/loop0
dmsetup create --noudevsync hang --table "0 32768 linear $lower 0" || fail "no device to suspend"
until_true "its node" test -b /dev/mapper/hang
build() {
	local i
	tcm_host 1
	tcm_host 2
	for i in {0..7}; do
		tcm_backstore "good$i" 8 "good$i"
		tcm_lun 1 "$i" "good$i"
		tcm_lun 2 "$i" "good$i"
	done
	tcm_backstore bad 8 bad0 /dev/mapper/hang
	for i in {8..15}; do
		tcm_lun 1 "$i" bad
		tcm_lun 2 "$i" bad
	done
}
all_good() { [ "$(maps_of_paths 2)" = 8 ] && [ "$(maps_of_paths 16)" = 1 ]; }
udev_quick build
until_true "32 disks" disks_are 32
daemon_start
# The eight LUNs on one backstore are one disk with 16 paths.
until_true -t 60 "eight healthy maps and one of 16 paths" all_good
udevadm settle -t 60
map=$(map_of "$(paths_of_lun 0 | head -n 1)")
hanging=$(map_of "$(paths_of_lun 8 | head -n 1)")
io_start healthy "/dev/mapper/$map"
dmsetup suspend --noflush --nolockfs hang
say "half of all paths hang"
until_true -t 30 "a hanging path is seen" eval 'multipathd show paths raw format "%m %T" | grep -qE "^$hanging (i/o pending|i/o timeout|faulty)"'
latency 300 "show paths"
read -r path < <(paths_of_lun 0)
pull "$path"
until_true -t 10 "a healthy map's path is failed" path_is "$path" failed faulty
until_true "its I/O continues" io_moves "/dev/mapper/$map"
plug "$path"
until_true -t 10 "and comes back" path_is "$path" active ready
threads=(/proc/"$daemon_pid"/task/*)
say "${#threads[@]} threads"
check "threads are bounded" test ${#threads[@]} -le 16
dmsetup resume hang
say "the hang is over"
until_true -t 60 "all paths are good" all_good
io_stop healthy
daemon_stop
