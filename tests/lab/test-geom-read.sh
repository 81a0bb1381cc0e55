#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: each mode directs reads and writes to the right paths; in Active/Read the writing path fails over under verified I/O; partitions work on top
# lab: --rules full
# unit: gmultipath alone: no daemon runs
# long: I/O is counted for each path and mode
. "$LAB/lib.sh"
. "$LAB/geom.sh"
config "find_multipaths strict"
san 2 1
read -r -d '' a b < <(paths_of_lun 0 | tr '\n' ' ')
# counts VAR DISK - reads and writes done
counts() { local s; read -r -a s < "/sys/block/$2/stat"; printf -v "$1" '%s %s' "${s[0]}" "${s[4]}"; }
# moved DISK "READS WRITES" - the words say which of them grew since `before`
moved() {
	local disk=$1 now old
	counts now "$disk"
	old=$2
	local r=- w=-
	[ "${now% *}" -le $((${old% *} + 4)) ] || r=reads
	[ "${now#* }" -le $((${old#* } + 4)) ] || w=writes
	echo "$r $w"
}
load() { fio --name=l --filename=/dev/mapper/FOO --rw=randrw --bs=4k --size=4m --direct=1 --ioengine=libaio --iodepth=8 --number_ios=400 --output=/dev/null 2>&1; }
# spread "WANTED OF A" "WANTED OF B"
spread() {
	local x y
	udevadm settle -t 30
	counts x "$a"; counts y "$b"
	load
	same "$a gets" "$(moved "$a" "$x")" "$1"
	same "$b gets" "$(moved "$b" "$y")" "$2"
}
gm create FOO "$a" "$b"
say "Active/Passive";	spread "reads writes" "- -"
gm rotate FOO;			spread "- -" "reads writes"
gm configure -A FOO
say "Active/Active";	spread "reads writes" "reads writes"
gm configure -R FOO
say "Active/Read";		spread "reads writes" "reads -"
gm rotate FOO;			spread "reads -" "reads writes"

say "the writer fails under verified I/O"
io_start one /dev/mapper/FOO
gm fail FOO "$b"
gm_is FOO "DEGRADED $a:ACTIVE $b:FAIL"
gm restore FOO "$b"
pull "$a"
until_true "the kernel writes by $b" kernel_path FOO.write "$a" F
check "I/O continues" io_moves /dev/mapper/FOO
plug "$a"
gm restore FOO "$a"
io_stop one

say "it is one device to others: its parts are hidden, partitions stand on top"
multipath -ll 2>/dev/null | tee "$LAB_OUT/ll" >/dev/null
same "one device" "$(grep -c ' dm-' "$LAB_OUT/ll")" 1
same "no links to its parts" "$(find /dev/disk /dev/multipath -lname '*/dm-*' 2>/dev/null | while read -r l; do readlink -f "$l"; done | grep -cxE "$(readlink -f /dev/mapper/FOO.read)|$(readlink -f /dev/mapper/FOO.write)")" 0
{ printf '\0\0\0\0\203\0\0\0\0\010\0\0\0\020\0\0' | dd of=/dev/mapper/FOO bs=1 seek=446 conv=notrunc; } 2>/dev/null
{ printf '\125\252' | dd of=/dev/mapper/FOO bs=1 seek=510 conv=notrunc; } 2>/dev/null
kpartx -a /dev/mapper/FOO
udevadm settle -t 30
parts=(/dev/multipath/FOO?*)
check "a link to its partition: ${parts[*]}" [ -b "${parts[0]}" ]
kpartx -d /dev/mapper/FOO
udevadm settle -t 30
until_true "stopped" gmultipath stop FOO
check "nothing is left" no_dm
