#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: when half of all paths swallow SCSI commands, show answers within 50 ms, healthy maps fail over, the number of threads stays bounded, and the paths come back
# lab: --urgent
. "$LAB/lib.sh"
config "no_path_retry queue" "checker_timeout 3"
build() {
	local i
	tcm_host 1
	tcm_host 2
	for i in {0..7}; do
		tcm_backstore "good$i" 8 "good$i"
		tcm_lun 1 "$i" "good$i"
		tcm_lun 2 "$i" "good$i"
	done
	modprobe scsi_debug add_host=2 num_tgts=1 max_luns=8 vpd_use_hostno=0 dev_size_mb=8
}
udev_quick build
until_true "32 disks" disks_are 32
daemon_start
ready 16 2
map=$(multipathd show maps raw format '%n %v' | awk '/LIO-ORG/ { print $1; exit }')
path=$(multipathd show paths raw format '%d %m' | awk -v m="$map" '$2 == m { print $1; exit }')
io_start healthy "/dev/mapper/$map"
# From now on scsi_debug answers no command.
echo 4 > $debug/opts
echo -1 > $debug/every_nth
say "half of all paths swallow commands"
ailing() { [ "$(multipathd show paths raw format '%s %T' | grep scsi_debug | grep -vc ready)" -ge 12 ]; }
until_true -t 40 "the paths are seen to hang" ailing
latency 300 "show paths"
pull "$path"
until_true -t 10 "a healthy map's path is failed" path_is "$path" failed faulty
until_true "its I/O continues" io_moves "/dev/mapper/$map"
plug "$path"
until_true -t 10 "and comes back" path_is "$path" active ready
latency 100 "show topology"
threads=(/proc/"$daemon_pid"/task/*)
say "${#threads[@]} threads"
check "threads are bounded" test ${#threads[@]} -le 16
echo 0 > $debug/every_nth
echo 0 > $debug/opts
say "the hang is over"
ready 16 2 90
io_stop healthy
daemon_stop
