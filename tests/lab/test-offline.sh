#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: verified I/O continues while each path in turn is offline and comes back
. "$LAB/lib.sh"
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
io_stop one
