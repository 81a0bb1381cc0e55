#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a path that fails too often is held back, and used at once when it is the only one left
. "$LAB/lib.sh"
# falter PATH - it fails, and is good again
falter() {
	pull "$1"
	until_true "$1 is failed" path_is "$1" failed faulty
	plug "$1"
}
san 2 1

config "no_path_retry queue" "path_grouping_policy multibus" "san_path_err_threshold 2" "san_path_err_forget_rate 100" "san_path_err_recovery_time 1000"
daemon_start
ready 1 2
map=$(map_of sda)
io_start one "/dev/mapper/$map"
falter sda
until_true "sda is back" path_is sda active ready
falter sda
until_true "sda is back again" path_is sda active ready
falter sda
until_true "it is held back the third time" path_is sda failed delayed
say "$(multipathd show topology | grep sda)"
now from
pull sdb
until_true "sda is taken, since it is the only one left" path_is sda active ready
now to
say "$(((to - from) / 1000)) ms after the other one was pulled"
plug sdb
ready 1 2
io_stop one
