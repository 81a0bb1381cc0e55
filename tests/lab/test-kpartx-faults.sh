#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: kpartx ends although a disk never answers, notices changes made behind the kernel's back, and if killed at any point leaves what the next run repairs
# unit: kpartx alone: no daemon runs
# long: killed at each system call
. "$LAB/lib.sh"
[ "$LAB_IMPL" = ours ] || fail "this tests our kpartx"
modprobe -a loop dm_multipath dm_service_time
# Nothing here needs udev.
udevadm settle
kill -KILL $(pidof systemd-udevd)
until_true "udevd ended" udevd_gone
rm /run/udev/control	# or libdevmapper waits for it
cd /tmp || exit 1
image=/tmp/image
truncate -s 8M $image
sfdisk -q $image <<< 'label: dos
start=2048,size=1000
start=4096,size=8192,type=5
start=6144,size=2048'
tables() { dmsetup table --target linear 2>/dev/null | grep -v "^No devices"; }

## A disk that does not answer: known after ten seconds, so it waits in the background
disk=$(losetup -f --show $image)
read -r sectors < "/sys/block/${disk#/dev/}/size"
read -r devt < "/sys/block/${disk#/dev/}/dev"
dmsetup create suspended --uuid mpath-s --table "0 $sectors linear $devt 0"
dmsetup create pathless --uuid mpath-q --table "0 $sectors multipath 1 queue_if_no_path 0 1 1 service-time 0 1 1 $devt 1"
dmsetup create short --uuid mpath-t --table "0 $sectors linear $devt 0"
dmsetup mknodes
for map in suspended pathless short; do check "-a of $map" kpartx -a /dev/mapper/$map; done
before=$(tables)
dmsetup suspend suspended
dmsetup message pathless 0 fail_path "$devt"
dmsetup suspend short
declare -A waiting
for map in suspended pathless short; do
	{ timeout -k 1 30 kpartx -u /dev/mapper/$map > /dev/null 2> /tmp/errors-$map; echo $? > /tmp/status-$map; } &
	waiting[$map]=$!
done
holds 1 "what is suspended for a moment is waited for" test ! -e /tmp/status-short
dmsetup resume short
wait "${waiting[short]}"
same "status and messages" "$(cat /tmp/status-short /tmp/errors-short)" 0

## Killed anywhere: the next run makes all of it, -d leaves nothing
small=/tmp/small
cp $image $small
nothing_left() { ! dmsetup ls | grep -q '^loop1p' && [ ! -e /sys/block/loop1/loop ]; }
killed=0
# killed_at N OPTION - when it begins its Nth ioctl
killed_at() {
	{ strace -f -o /dev/null -e trace=ioctl -e inject=ioctl:signal=KILL:when="$1" kpartx "$2" $small && return 1; } 2> /dev/null
	killed=$((killed + 1))
}
for ((n = 1; n < 100; n += 8)); do
	killed_at $n -a || break
	check "-a after one that was killed at ioctl $n" kpartx -a $small
	same "tables" "$(tables | grep '^loop1')" "loop1p1: 0 1000 linear 7:1 2048
loop1p2: 0 2 linear 7:1 4096
loop1p5: 0 2048 linear 7:1 6144"
	killed_at $((n / 2)) -d || :
	check "-d after one that was killed" kpartx -d $small
	check "after ioctl $n something is left: $(dmsetup ls), $(losetup -a)" nothing_left
done
check "-d" kpartx -d $small
check "something is left: $(dmsetup ls), $(losetup -a)" nothing_left
check "some were killed ($killed)" [ $killed -gt 5 ]
say "killed $killed times"

## The others are given up, and keep what they have
for map in suspended pathless; do wait "${waiting[$map]}"; done
same "suspended" "$(cat /tmp/status-suspended /tmp/errors-suspended)" "1
/dev/mapper/suspended: cannot read partitions: it is suspended"
same "without a path" "$(cat /tmp/status-pathless /tmp/errors-pathless)" "1
/dev/mapper/pathless: cannot read partitions: none of its paths works"
same "partitions" "$(tables)" "$before"
# Deleting reads nothing.
for map in suspended pathless; do check "-d of $map" timeout -k 1 20 kpartx -d /dev/mapper/$map; done
dmsetup resume suspended
dmsetup message pathless 0 reinstate_path "$devt"
say "given up"

## Written past the kernel: to the image, below the map, by another host
sfdisk -q $image <<< 'label: dos
start=2048,size=500
start=4096,size=8192,type=5
start=6144,size=1024'
check "-u of the map" kpartx -u /dev/mapper/short
check "-u of the image" kpartx -u $image
same "what the partitions are now" "$(tables | grep '^short[125]\|^loop0' | sed 's/linear .*:/linear /')" "loop0p1: 0 500 linear 0 2048
loop0p2: 0 2 linear 0 4096
loop0p5: 0 1024 linear 0 6144
short1: 0 500 linear 2 2048
short2: 0 2 linear 2 4096
short5: 0 1024 linear 2 6144"

## An EBR that cannot be read: nothing is known, so nothing is taken away
dmsetup create part --uuid mpath-p --table "0 $sectors linear $devt 0"
dmsetup mknodes
check "-a" kpartx -a /dev/mapper/part
dmsetup load part << TABLE
0 4096 linear $devt 0
4096 1024 error
5120 $((sectors - 5120)) linear $devt 5120
TABLE
dmsetup resume part
kpartx -u /dev/mapper/part 2> /tmp/errors && fail "-u of a disk that cannot be read in part succeeds"
same "what is said" "$(cat /tmp/errors)" "/dev/mapper/part: cannot read partitions: Input/output error"
same "its partitions" "$(tables | grep -c '^part[125]: ')" 3

## Several at once, as udev's and the administrator's: each finds all partitions, and succeeds
check "-d" kpartx -d /dev/mapper/short
for option in -a "-u -p -part"; do
	jobs=()
	for i in 1 2 3 4; do kpartx $option /dev/mapper/short & jobs[i]=$!; done
	for i in 1 2 3 4; do check "$option, one of four at once" wait "${jobs[i]}"; done
	same "partitions" "$(tables | grep -c '^short\(-part\)\?[125]: ')" 3
done
# The read-only loop device that -l makes for a moment is not the one that -a takes.
strace -f -o /dev/null -e trace=ioctl -e inject=ioctl:delay_enter=50000 kpartx -l $small > /dev/null &
until_true "-l has a loop device" test -e /sys/block/loop1/loop
check "-a meanwhile" kpartx -a $small
check "-l" wait $!
same "loop devices" "$(losetup -n -O name,ro -j $small | tr -s ' ')" "/dev/loop1 0"
check "while another process holds the lock" timeout -k 1 20 flock $small kpartx -a $small
