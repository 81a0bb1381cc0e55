#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a CLARiiON with scsi_dh_emc: checker and prioritizer read its page, the kernel trespasses the LUN on failover under verified I/O, by the long or short page, and failback is as configured
# lab: --rules full
. "$LAB/lib.sh"
. "$LAB_ROOT/tests/kernel/array.sh"
modprobe scsi_dh_emc || fail "no scsi_dh_emc"

array_start emc
check "the handler is attached to new disks" handlers_are emc
sg_vpd -p upr "/dev/$one" | sed 's/^/    /'
check "sg_vpd reads the page, too" eval 'sg_vpd -p upr "/dev/$one" | grep -q "LUN State: LUN bound and owned by this SP"'

configure emc
daemon_start
conclude "A owns the LUN, B is passive" ready 4 ready 1
array_map
same "the checkers" "$(multipathd show paths raw format %c | sort -u | xargs)" emc_clariion
check "the table has the handler" table_has "1 emc 2"

say "the path to the owner is lost"
io_start emc "/dev/mapper/$map"
same "nothing was transferred" "$(array_transfers .)" 0
pull "$one"
until_true "B owns the LUN" array_owner_is B
until_true "I/O continues" io_moves "/dev/mapper/$map"
until_true "B is the owner" concluded "$two" ready 2
same "one long trespass" "$(array_transfers B long)" 1

say "and is back"
plug "$one"
until_true "A owns the LUN" array_owner_is A
conclude "failback immediate" ready 4 ready 1
until_true "I/O continues" io_moves "/dev/mapper/$map"
same "by one trespass" "$(array_transfers A long)" 1

reconfigure emc "failback manual"
same "a reconfigure does not trespass" "$(array_transfers .)" 2
pull "$one"
until_true "B owns the LUN" array_owner_is B
plug "$one"
conclude "failback manual: A is passive" ready 3 ready 2
holds 3 "B remains the owner" array_owner_is B
multipathd switch map "$map" group 1
until_true "A owns the LUN when told so" array_owner_is A
conclude "switched by hand" ready 4 ready 1
until_true "I/O continues" io_moves "/dev/mapper/$map"
io_stop emc

say "other states of the array"
array_bytes "B c0 30 1"
conclude "firmware is being updated on B" ready 4 shaky "*"
array_bytes "B c0 4 0"
conclude "the LUN is not bound on B" ready 4 faulty "*"
array_bytes "B c0 1c 1"
conclude "B is not configured for failover" ready 4 faulty "*"
array_bytes "B c0 a 99"
conclude "B reports another LUN" ready 4 faulty "*"
array_bytes
conclude "as before" ready 4 ready 1
: > "$array/snapshot"
conclude "the LUN is an inactive snapshot" faulty "*" faulty "*"
rm "$array/snapshot"
conclude "an active one" ready 4 ready 1
daemon_stop
maps_remove

say "arguments of the handler: short trespass"
# They are the table's only if the kernel has not attached the handler by itself.
for n in 1 2; do tcm_unlun $n 0; done
until_true "the disks are gone" disks_are 0
udevadm settle -t 60
until_true "the handler is unloaded" modprobe -r scsi_dh_emc
array_disks
check "no handler is attached" handlers_are detached
configure emc 'hardware_handler "3 emc 1 0"'
daemon_start
conclude "as before" ready 4 ready 1
array_map
check "the table had the arguments, which the kernel does not show" logged "multipath .* 3 emc 1 0 2 "
check "the table has the handler" table_has "1 emc 2"
check "and attached it" handlers_are emc
io_start short "/dev/mapper/$map"
before=$(array_transfers B short)
pull "$one"
until_true "B owns the LUN" array_owner_is B
until_true "I/O continues" io_moves "/dev/mapper/$map"
same "one short trespass" "$(array_transfers B short)" $((before + 1))
plug "$one"
until_true "A owns the LUN" array_owner_is A
conclude "failback immediate" ready 4 ready 1
io_stop short
daemon_stop
