#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a path of a gmultipath map that leads to another LUN is removed from its map and gets no I/O, even if no other path is left
. "$LAB/lib.sh"
. "$LAB/geom.sh"
config "find_multipaths strict" "recheck_wwid yes"
san 2 1
read -r -d '' a b < <(paths_of_lun 0 | tr '\n' ' ')
host=$(readlink -f "/sys/block/$b/device"); host=${host##*/}; host=${host%%:*}
[ "$host" != 0 ] || { c=$a a=$b b=$c; }
daemon_start
until_true "the paths are known" path_known "$b"
gm create FOO "$a" "$b"
io_start one /dev/mapper/FOO
# From now on the second host's LUN has another name.
pull "$b"
gm_becomes FOO "DEGRADED $a:ACTIVE $b:FAIL"
echo 1 > $debug/vpd_use_hostno
io_count "/dev/$b" before
plug "$b"
gm_becomes FOO "DEGRADED $a:ACTIVE"
check "I/O continues" io_moves /dev/mapper/FOO
io_stop one

say "one that cannot leave, as the map is in use, is never restored"
echo 0 > $debug/vpd_use_hostno
echo 1 > "/sys/block/$b/device/rescan"
udevadm trigger --settle --name="/dev/$b"
gm_added() { gmultipath add FOO "$b" 2>/dev/null; }
until_true "it is a path again" gm_added
until_true "both are good" gm_has FOO "OPTIMAL $a:ACTIVE $b:PASSIVE"
gm remove FOO "$a"
exec {hold}< /dev/mapper/FOO
echo 1 > $debug/vpd_use_hostno
gm_becomes FOO "BROKEN $b:LOST"
io_count "/dev/$b" before
check "I/O fails" geom_io_fails
gm_fails "another LUN" restore FOO "$b"
check "and again" geom_io_fails
gm_fails "leads to another LUN" configure -A FOO
check "nor by another table" geom_io_fails
io_count "/dev/$b" after
check "it got no I/O ($before $after)" test $((after - before)) -lt 64
say "another path heals the map"
gm add FOO "$a"
gm_is FOO "DEGRADED $a:ACTIVE"
check "I/O goes" geom_io
exec {hold}<&-
udevadm settle -t 30
until_true "stopped" gmultipath stop FOO
daemon_stop
