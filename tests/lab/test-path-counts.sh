#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: maps of 2, 8 and 16 paths are created, and one path of each is enough for verified I/O
# long: maps of 16 paths
. "$LAB/lib.sh"
one_left() { [ "$(multipathd show paths raw format %t | grep -c active)" = 1 ]; }
config "no_path_retry fail"
for hosts in 2 8 16; do
	san "$hosts" 1
	daemon_start
	ready 1 "$hosts"
	map=$(map_of sda)
	io_start many "/dev/mapper/$map"
	mapfile -t paths < <(paths_of_lun 0)
	pull "${paths[@]:1}"
	until_true "one path of $hosts is left" one_left
	until_true "I/O continues on one path of $hosts" io_moves "/dev/mapper/$map"
	plug "${paths[@]:1}"
	ready 1 "$hosts"
	io_stop many
	daemon_stop
	until_true "the map is removed" dmsetup remove "$map"
	until_true "the hosts are removed" modprobe -r scsi_debug
done
