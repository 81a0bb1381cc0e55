#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: devices without a table, loaded but inactive tables, endless queueing and suspended maps, as left by a kill, are completed or removed by the daemon or multipath; no map loses its name
# long: every state that a kill can leave
. "$LAB/lib.sh"
san 2 4
for lun in 0 1 2 3; do w[lun]=$(wwid_of_lun $lun); done
names() { dmsetup info -c --noheadings --separator ' ' -o name,uuid | grep ' mpath-' | sort; }
wanted="mpatha mpath-${w[0]}
mpathb mpath-${w[1]}
mpathc mpath-${w[2]}
mpathd mpath-${w[3]}"
named() { [ "$(names)" = "$wanted" ]; }
good() { named && [ "$(dmsetup status --noflush | grep -oE ' [0-9]+:[0-9]+ A ' | wc -l)" = 8 ]; }
half_made() { dmsetup create "$1" --uuid "mpath-$2" --notable; }
mkdir -p /etc/multipath
printf 'mpatha %s\nmpathb %s\nmpathc %s\nmpathd %s\n' "${w[@]}" > /etc/multipath/bindings
config "no_path_retry queue" "queue_without_daemon yes"

say "the daemon finds them at its start"
half_made mpatha "${w[0]}"
half_made mpathc "${w[1]}"	# under the name of another, whose device has its name
half_made mpathb "${w[2]}"
dmsetup load mpathb --table "0 8 linear /dev/$(paths_of_lun 2 | head -n 1) 0"
half_made nobody "no-disk-has-it"
half_made other "nor-this"
dmsetup load other --table "0 8 zero"
daemon_start
until_true "all are complete maps" good
until_true "unwanted ones are removed" eval '! dmsetup info -c --noheadings -o uuid | grep -q no'

say "left while the daemon runs"
half_made late "a-third"
until_true "it is removed, too" eval '! dmsetup info late > /dev/null 2>&1'
check "the others are unchanged" good

say "a map that was suspended, with and without another table, and one that the operator suspended"
io_start going /dev/mapper/mpatha
daemon_kill
dmsetup suspend --noflush mpatha
dmsetup suspend --noflush mpathb
dmsetup load mpathb --table "0 $(blockdev --getsz /dev/mapper/mpathb) multipath 0 0 0 0"
dmsetup load mpathc --table "0 $(blockdev --getsz /dev/mapper/mpathc) multipath 0 0 0 0"
daemon_start
multipathd suspend map mpathd > /dev/null
until_true "I/O continues" io_moves /dev/mapper/mpatha
suspended() { dmsetup info "$1" | grep -q 'State: *SUSPENDED'; }
until_true "mpathb is resumed" eval '! suspended mpathb'
until_true "no table is left over" eval '! dmsetup info -c --noheadings -o attr mpathb mpathc | grep -q I'
check "with its paths" good
io_stop going
daemon_kill
daemon_start
until_true "the operator is obeyed" logged "mpathb: left suspended by a program that was killed"
dmsetup suspend --noflush mpathc
daemon_kill
daemon_start
until_true "mpathc is resumed" eval '! suspended mpathc'
check "mpathd is not" suspended mpathd
multipathd resume map mpathd > /dev/null
until_true "it is now" eval '! suspended mpathd'

say "multipath, killed at any of its device-mapper calls, without a daemon"
daemon_kill
kills=0
# killed N WORD... - killed when it begins its Nth one
killed() {
	local n=$1
	shift
	strace -f -o /dev/null -e trace=ioctl -P /dev/mapper/control -e inject=ioctl:signal=KILL:when="$n" multipath "$@" > /dev/null 2>&1 && return 1
	kills=$((kills + 1))
}
left_over() { dmsetup info -c --noheadings -o attr | grep -q I || dmsetup table --target multipath | grep -q queue_if_no_path; }
for ((n = 2; n < 100; n += 4)); do
	maps_remove
	killed $n || break
	multipath > /dev/null 2>&1
	check "after a kill at call $n" good
	check "nothing is left over" eval '! left_over'
done
for ((n = 4; n < 100; n++)); do
	killed $n -r mpatha || break
	check "mpatha serves after a kill of a reload at call $n" dd if=/dev/mapper/mpatha of=/dev/null bs=4k count=1 iflag=direct status=none
	multipath > /dev/null 2>&1
	check "after that" good
	check "nothing is left over" eval '! left_over'
done
check "some were killed ($kills)" [ $kills -gt 8 ]
