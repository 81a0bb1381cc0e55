#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: with every path gone and no_path_retry fail, I/O fails at once, and succeeds again when a path returns
. "$LAB/lib.sh"
config "no_path_retry fail"
san 2 1
daemon_start
ready 1 2
map=$(map_of sda)
read_map() { dd if="/dev/mapper/$map" of=/dev/null bs=4k count=1 iflag=direct status=none 2>/dev/null; }
read_fails() { ! timeout 3 dd if="/dev/mapper/$map" of=/dev/null bs=4k count=1 iflag=direct status=none 2>/dev/null; }
check "a read works" read_map
io_start fails "/dev/mapper/$map"
pull sda sdb
until_true "sda is failed" path_is sda failed faulty
until_true "sdb is failed" path_is sdb failed faulty
same "it does not queue" "$(map_field "$map" %Q)" off
now begin
check "a read fails" read_fails
now end
check "it fails at once" test $((end - begin)) -lt $((2000000 * LAB_SLOW))
until_true "fio ends" eval '! io_runs fails'
check "fio saw the error" eval '! (io_stop fails) > /dev/null'
plug sda
until_true "sda is back" path_is sda active ready
until_true "a read works again" read_map
plug sdb
ready 1 2
