#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: verified I/O continues while a host is removed and another is added
. "$LAB/lib.sh"
config "no_path_retry fail"
san 2 4
daemon_start
ready 4 2
map=$(map_of sda)
loads=$(map_field "$map" %2)
io_start hosts "/dev/mapper/$map"
mapfile -t old < <(paths_of_host 1)
echo -1 > $debug/add_host
for path in "${old[@]}"; do until_true "$path is forgotten" path_unknown "$path"; done
maps_have 4 1 || ready 4 1
until_true "I/O continues without the host" io_moves "/dev/mapper/$map"
echo 1 > $debug/add_host
ready 4 2
until_true "I/O continues with the new host" io_moves "/dev/mapper/$map"
echo -1 > $debug/add_host
ready 4 1
echo 1 > $debug/add_host
ready 4 2
io_stop hosts
