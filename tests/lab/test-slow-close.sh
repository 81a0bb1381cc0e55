#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: clients are answered while the kernel reads a slow disk's partition table, which keeps others from closing the disk
. "$LAB/lib.sh"
config
san 1 1
daemon_start
ready 1 1
until_true "the map is flushed" multipath -f mpatha
udevadm settle
reading() { kill -0 $reader 2>/dev/null; }
grep -q '^CONFIG_HZ=1000' /proc/config.gz 2>/dev/null && second=1000 || second=100
until_true "answers take a second" eval 'echo $second > $debug/delay 2>/dev/null'
blockdev --rereadpt /dev/sda & reader=$!
until_true "the kernel reads" eval '[ "$(cut -d" " -f9 /sys/block/sda/stat | tr -d " ")" != 0 ] || grep -q "D (disk" /proc/$reader/status'
now begin
same "del path" "$(multipathd del path sda)" ok
multipathd show status > /dev/null || fail "show status"
now end
check "the kernel still reads: else this proves nothing" reading
took=$(((end - begin) / 1000))
say "answered in $took ms"
[ $took -lt 900 ] || fail "answered in $took ms"
echo 0 > $debug/delay 2>/dev/null
wait $reader
