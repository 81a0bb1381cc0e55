#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: with `exclusive` no other program can write to a path while a map has it, but the map can
# unit: gmultipath alone: no daemon runs
. "$LAB/lib.sh"
. "$LAB/geom.sh"
san 2 1
read -r -d '' a b < <(paths_of_lun 0 | tr '\n' ' ')
writes() { dd if=/dev/zero of="$1" bs=4k count=1 oflag=direct conv=notrunc 2>/dev/null; }
mkdir -p /etc/multipath
gm label FOO "$a" "$b"
check "without it a path can be written to" writes "/dev/$a"
echo "exclusive yes" >> /etc/multipath/geom
gm load
check "with it not" eval '! writes /dev/$a'
check "nor by the other path" eval '! writes /dev/$b'
check "the map can" writes /dev/mapper/FOO
gm configure -A FOO
same "gmultipath's own label as well" "$(label_of "$a" | cut -c 177-178)" 01
check "it is still held" eval '! writes /dev/$a'
check "the map still can" writes /dev/mapper/FOO
gm configure -R FOO
check "in Active/Read too" writes /dev/mapper/FOO
check "it is still held" eval '! writes /dev/$a'
gm remove FOO "$b"
check "a path that was removed is let go" writes "/dev/$b"
gm add FOO "$b"
check "and held again" eval '! writes /dev/$b'
gm destroy FOO
check "let go at the end" writes "/dev/$a"
check "the label is erased" is_clear "$a"
same "no complaint of the kernel's" "$(dmesg | grep -c 'read-only block-device')" 0
