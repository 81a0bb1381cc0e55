#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: with every path gone and no_path_retry 5, I/O is queued for five checks and then fails; when a path returns, queueing is on again
. "$LAB/lib.sh"
config "no_path_retry 5" "polling_interval 2"
san 2 1
daemon_start
ready 1 2
map=$(map_of sda)
same "5 checks are left" "$(map_field "$map" %Q)" "5 chk"
io_start retry "/dev/mapper/$map"
pull sda sdb
until_true "I/O waits" io_stands "/dev/mapper/$map"
now begin
until_true "it counts down seconds" eval '[[ $(map_field "$map" %Q) == *" sec" ]]'
check "no I/O has failed" io_runs retry
until_true -t 30 "queueing is over" eval '[ "$(map_field "$map" %Q)" = off ]'
now end
check "it queued for some 10 s, not $(((end - begin) / 1000)) ms" test $((end - begin)) -ge 6000000 -a $((end - begin)) -le $((10000000 + 4000000 * LAB_SLOW))
until_true "fio ends with the error" eval '! io_runs retry'
check "the kernel does not queue" eval '! grep -q queue_if_no_path <<< "$(dmsetup table "$map")"'
same "one queueing timeout" "$(map_field "$map" %4)" 1
plug sda sdb
ready 1 2
until_true "queueing is allowed again" eval '[ "$(map_field "$map" %Q)" = "5 chk" ]'
# A path that comes back in time: nothing is lost.
io_start again "/dev/mapper/$map"
pull sda sdb
until_true "I/O waits again" io_stands "/dev/mapper/$map"
plug sdb
until_true "sdb is back" path_is sdb active ready
until_true "I/O continues" io_moves "/dev/mapper/$map"
io_stop again
