#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: without a daemon, labels are written, checked, tasted, trusted and erased correctly
# unit: gmultipath alone: no daemon runs
# long: each verb on labels, without a daemon
. "$LAB/lib.sh"
. "$LAB/geom.sh"
san 2 2
read -r -d '' a b < <(paths_of_lun 0 | tr '\n' ' ')
read -r -d '' x y < <(paths_of_lun 1 | tr '\n' ' ')
sectors=$(blockdev --getsz "/dev/$a")
last() { dd "$@" of="/dev/$a" bs=512 seek=$((sectors - 1)) count=1 oflag=direct 2>/dev/null; }

say "a signature in the last sector is reported, and not overwritten"
printf 'EFI PART' | last conv=sync
gm_fails "GPT backup header" label FOO "$a" "$b"
printf 'garbage' | last conv=sync
gm_fails "data" label FOO "$a" "$b"
gm label -f FOO "$a" "$b"
gm_is FOO "OPTIMAL $a:ACTIVE $b:PASSIVE"
same "one sector shorter" "$(blockdev --getsz /dev/mapper/FOO)" $((sectors - 1))
uuid=$(gmultipath list FOO | sed -n 's/^UUID: //p')
same "its type" "$(gmultipath list FOO | grep ^Type)" "Type: AUTOMATIC"
gm_fails "already" label BAR "$a"
gm_fails "already a path of FOO" clear "$a"

say "stop keeps the label, load follows it"
gm stop FOO
check "the map is gone" no_dm
check "the label is there" test "$(label_of "$a" | cut -c 1-30)" = "$(printf 'GEOM::MULTIPATH' | od -An -tx1 | tr -d ' \n')"
gm_fails "GEOM multipath label" label BAR "$a"
gm load
# LUN 1 of scsi_debug shows the same content: the same label on another disk
gm_is FOO "OPTIMAL $a:ACTIVE $b:PASSIVE"
same "the same UUID" "$(gmultipath list FOO | sed -n 's/^UUID: //p')" "$uuid"
gm remove FOO "$b"
gm add FOO "$b"
gm_is FOO "OPTIMAL $a:ACTIVE $b:PASSIVE"

say "the mode is in the label"
gm configure -R FOO
same "mode 2" "$(label_of "$a" | cut -c 177-178)" 02
gm stop FOO
gm load
gm_is FOO "OPTIMAL $a:ACTIVE $b:READ"
gm configure -A FOO
same "mode 1" "$(label_of "$a" | cut -c 177-178)" 01

say "destroy erases it"
gm destroy FOO
check "the label is erased" is_clear "$a"
check "the map is gone" no_dm
gm load
check "no map comes of itself" no_dm

say "a label written by hand from the layout, as FreeBSD has it, is taken, and ours is the same"
{
	printf 'GEOM::MULTIPATH\0'
	printf 'd3cd8ba2-9a3d-11df-a7de-001c23d1ff3f\0\0\0\0'
	printf 'OTHER\0\0\0\0\0\0\0\0\0\0\0'
	printf '\001\0\0\0\0\002\0\0\0\0\200\0\0\0\0\0\001'
} | last conv=sync
by_hand=$(label_of "$a")
gm unload
gm_fails "no such map" getactive OTHER
gm load
gm_is OTHER "OPTIMAL $a:ACTIVE $b:ACTIVE"
same "its UUID" "$(gmultipath list OTHER | sed -n 's/^UUID: //p')" d3cd8ba2-9a3d-11df-a7de-001c23d1ff3f
gm configure -P OTHER
gm configure -A OTHER
same "ours is byte for byte the same" "$(label_of "$a")" "$by_hand"
gm stop OTHER

say "its name is taken: a distinct one, and it is said"
gm create OTHER "$x"
gm load
check "it is said" grep -q "warning: the name OTHER is already in use" "$LAB_OUT/gm.err"
gm_is OTHER-d3cd8ba2 "OPTIMAL $a:ACTIVE $b:ACTIVE"
gm stop OTHER-d3cd8ba2
gm stop OTHER
gm clear "$a"
check "clear erases" is_clear "$a"
gm_fails "no label" clear "$a"

say "disks in use, of other sizes, or that are another disk"
mkfs.ext2 -q "/dev/$x" >/dev/null 2>&1
if mount "/dev/$x" /mnt 2>/dev/null; then
	gm_fails "in use" label FOO "$x"
	gm_fails "in use" create FOO "$x"
	umount /mnt
fi
