#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: with every path gone and no_path_retry queue, I/O is queued, and none is lost when a path returns
. "$LAB/lib.sh"
config "no_path_retry queue"
san 2 1
daemon_start
ready 1 2
map=$(map_of sda)
io_start queue "/dev/mapper/$map"
pull sda sdb
until_true "sda is failed" path_is sda failed faulty
until_true "sdb is failed" path_is sdb failed faulty
until_true "I/O waits" io_stands "/dev/mapper/$map"
check "the map queues" grep -q queue_if_no_path <<< "$(dmsetup table "$map")"
same "it is shown as queueing" "$(map_field "$map" %Q)" on
holds 4 "no I/O fails" io_runs queue
plug sdb
until_true "sdb is back" path_is sdb active ready
until_true "I/O continues" io_moves "/dev/mapper/$map"
plug sda
ready 1 2
io_stop queue
