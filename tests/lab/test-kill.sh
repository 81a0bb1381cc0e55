#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: the daemon killed and started again in the middle of I/O finds its maps, and takes up failing and healing paths
. "$LAB/lib.sh"
config "no_path_retry queue"
san 2 4
daemon_start
ready 4 2
map=$(map_of sda)
tables=$(dmsetup table --target multipath | sort)
io_start kill "/dev/mapper/$map"
daemon_kill
check "all maps live" maps_are 4
check "I/O goes on" io_moves "/dev/mapper/$map"
daemon_start
ready 4 2
same "the tables are as they were" "$(dmsetup table --target multipath | sort)" "$tables"
# What happened while no daemon ran is found at the start.
daemon_kill
pull sda
pause 1
daemon_start
until_true "sda is failed" path_is sda failed faulty
check "I/O goes on" io_moves "/dev/mapper/$map"
plug sda
ready 4 2
# Killed while every path is gone: I/O is queued, and the next daemon lets it go on.
mapfile -t paths < <(paths_of_lun 0)
pull "${paths[@]}"
for path in "${paths[@]}"; do until_true "$path is failed" path_is "$path" failed faulty; done
until_true "I/O stands still" io_stands "/dev/mapper/$map"
daemon_kill
plug "${paths[@]}"
daemon_start
ready 4 2
until_true "I/O goes on" io_moves "/dev/mapper/$map"
io_stop kill
same "the tables are as they were" "$(dmsetup table --target multipath | sort)" "$tables"
