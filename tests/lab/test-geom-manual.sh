#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: without a daemon, every verb of gmultipath works on manual maps, in each mode
# unit: gmultipath alone: no daemon runs
. "$LAB/lib.sh"
. "$LAB/geom.sh"
san 3 2
read -r -d '' a b c < <(paths_of_lun 0 | tr '\n' ' ')
other=$(paths_of_lun 1 | head -n 1)

say "create: one path after the other"
gm create FOO "$a" "/dev/$b"
check "a link" [ -b /dev/multipath/FOO ]
gm_is FOO "OPTIMAL $a:ACTIVE $b:PASSIVE"
same "the whole disk" "$(blockdev --getsz /dev/mapper/FOO)" "$(blockdev --getsz "/dev/$a")"
check "nothing is written" is_clear "$a"
gm_fails "already a path of FOO" create BAR "$b" "$c"
gm_fails "already used by a device-mapper device" create FOO "$c"
gm_fails "1 to 15 bytes" create a-name-of-16-byte "$c"
gm_fails "no such device" create BAR nothing
gm_fails "usage:" create BAR
gm_fails "usage:" create -Z BAR "$c"
gm_fails "no such map" fail BAR "$a"
gm_fails "no path $c" fail FOO "$c"

say "add, prefer, rotate: all the way round, and it stays so"
gm add -v FOO "$c"
gm_is FOO "OPTIMAL $a:ACTIVE $b:PASSIVE $c:PASSIVE"
gm prefer FOO "$b"
gm_active FOO "$b"
io_start one /dev/mapper/FOO
for want in "$c" "$a" "$b" "$c"; do
	gm rotate FOO
	gm_active FOO "$want"
	until_true "I/O goes by $want" io_moves "/dev/$want"
done

say "fail, restore"
gm fail FOO "$c"
gm_is FOO "DEGRADED $a:ACTIVE $b:PASSIVE $c:FAIL"
gm restore FOO "$c"
gm_is FOO "OPTIMAL $a:ACTIVE $b:PASSIVE $c:PASSIVE"
gm fail FOO "$a"
gm_active FOO "$b"
gm rotate FOO
gm_active FOO "$c"
gm rotate FOO
gm_active FOO "$b"
gm_fails "expected a good path" prefer FOO "$a"
gm fail FOO "$b"
gm_is FOO "DEGRADED $a:FAIL $b:FAIL $c:ACTIVE"
say "the last good path fails: the others are restored"
gm fail FOO "$c"
check "it is said which" grep -q "restored instead: $a $b" "$LAB_OUT/gm.err"
gm_is FOO "DEGRADED $a:ACTIVE $b:PASSIVE $c:FAIL"
gm restore FOO "$c"

say "configure, while I/O runs"
gm configure -A FOO
gm_is FOO "OPTIMAL $a:ACTIVE $b:ACTIVE $c:ACTIVE"
gm_active FOO "$a $b $c"
gm_fails "all paths are active in Active.Active" rotate FOO
gm fail FOO "$b"
gm_active FOO "$a $c"
gm configure -R FOO
gm_is FOO "DEGRADED $a:ACTIVE $b:FAIL $c:READ"
gm restore FOO "$b"
gm_is FOO "OPTIMAL $a:ACTIVE $b:READ $c:READ"
gm rotate FOO
gm_is FOO "OPTIMAL $a:READ $b:ACTIVE $c:READ"
gm configure -P FOO
gm_is FOO "OPTIMAL $a:PASSIVE $b:ACTIVE $c:PASSIVE"
same "nothing is left of Active/Read" "$(dmsetup ls | wc -l)" 2
gm_fails "in use" stop FOO
io_stop one

say "remove, the last one with its map"
gm remove FOO "$b"
gm_is FOO "OPTIMAL $a:PASSIVE $c:ACTIVE"
gm_fails "$b: it leads to the LUN of FOO" create BAR "$b"
gm_fails "$b: it leads to the LUN of FOO" label -f BAR "$b"
check "no label is on it" is_clear "$b"
gm remove FOO "$c"
gm_is FOO "DEGRADED $a:ACTIVE"
gm remove FOO "$a"
check "the map is gone" no_dm
gm create -A BAR "$a" "$b"
gm create -R BAZ "$other"
same "two maps" "$(gmultipath status -g | tail -n +2 | awk '$2 ~ /OPT|DEG/ { print $1, $2 }' | tr '\n' ' ')" "BAR OPTIMAL BAZ DEGRADED "
gmultipath list BAR > "$LAB_OUT/list"
cat "$LAB_OUT/list"
for want in "Geom name: BAR" "Type: MANUAL" "Mode: Active/Active" "State: OPTIMAL" "1. Name: multipath/BAR" "   Mediasize: 8388608 (8.0M)" "   Sectorsize: 512" "1. Name: $a" "2. Name: $b" "   State: ACTIVE"; do
	check "list has: $want" grep -qx -- "$want" "$LAB_OUT/list"
done
gm stop BAR
gm destroy BAZ
check "all are gone" no_dm
