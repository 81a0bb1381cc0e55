#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a path whose LUN is mapped to another disk behind the daemon's back is taken out, and gets no I/O
. "$LAB/lib.sh"
config "no_path_retry queue" "recheck_wwid yes"
san 2 2
daemon_start
ready 2 2
map=$(map_of sda)
read -r moved < <(paths_of_host 1)
same "it is a path of the map" "$(map_of "$moved")" "$map"
io_start remap "/dev/mapper/$map"
# The array gives the second host's LUNs other names from now on.
echo 1 > $debug/vpd_use_hostno
read -r dev < "/sys/block/$moved/dev"
out() { ! dmsetup table "$map" | grep -q " $dev "; }
gone_or_failed() { out || kernel_path "$map" "$moved" F; }
until_true "the moved path gets no more I/O" gone_or_failed
until_true "it is out of the map" out
check "the log says so" eval 'grep -i wwid "$logfile" | grep -qw "$moved"'
until_true "I/O goes on over the other" io_moves "/dev/mapper/$map"
io_stop remap
same "the map has one path" "$(map_field "$map" %N)" 1
