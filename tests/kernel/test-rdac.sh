#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: an RDAC array with scsi_dh_rdac: checker and prioritizer read its page, the kernel transfers the LUN on failover under verified I/O, and failback is as configured
# lab: --rules full
. "$LAB/lib.sh"
. "$LAB_ROOT/tests/kernel/array.sh"
modprobe scsi_dh_rdac || fail "no scsi_dh_rdac"
array_start rdac
check "the handler is attached to new disks" handlers_are rdac
sg_vpd -p vac1 "/dev/$one" | sed 's/^/    /'
check "sg_vpd reads the page, too" eval 'sg_vpd -p vac1 "/dev/$one" | grep -q "Volume Access via: primary controller"'

configure rdac
daemon_start
conclude "A owns the LUN, B is passive" ready 6 ghost 1
array_map
same "the checkers" "$(multipathd show paths raw format %c | sort -u | xargs)" rdac
check "the table has the handler" table_has "1 rdac 2"
check "and its number of retries" table_has "pg_init_retries 50"
until_true "aborts by other hosts are reported: TAS" grep -q "TAS 1" "$array/log"

say "the path to the owner is lost"
io_start rdac "/dev/mapper/$map"
same "nothing was transferred" "$(array_transfers .)" 0
pull "$one"
until_true "B owns the LUN" array_owner_is B
until_true "I/O continues" io_moves "/dev/mapper/$map"
until_true "B is ready" concluded "$two" ready 3
same "one transfer by a long mode page" "$(array_transfers B long)" 1

say "and is back"
plug "$one"
until_true "A owns the LUN" array_owner_is A
conclude "failback immediate" ready 6 ghost 1
until_true "I/O continues" io_moves "/dev/mapper/$map"
same "by one transfer" "$(array_transfers A long)" 1

reconfigure rdac "failback manual"
same "a reconfigure transfers nothing" "$(array_transfers .)" 2
pull "$one"
until_true "B owns the LUN" array_owner_is B
plug "$one"
conclude "failback manual: A is passive" ghost 4 ready 3
holds 3 "B remains the owner" array_owner_is B
multipathd switch map "$map" group 1
until_true "A owns the LUN when told so" array_owner_is A
conclude "switched by hand" ready 6 ghost 1
until_true "I/O continues" io_moves "/dev/mapper/$map"

say "another host takes the LUN"
reconfigure rdac "failback followover"
before=$(array_transfers .)
printf B > "$array/owner"
conclude "it is followed" ghost 4 ready 3
until_true "I/O continues" io_moves "/dev/mapper/$map"
until_true "the path is usable" path_is "$one" active ghost
holds 3 "and not fetched back" array_owner_is B
same "nobody asked for a transfer" "$(array_transfers .)" "$before"
pull "$one"
until_true "A is failed" path_is "$one" failed faulty
plug "$one"
until_true "followover: the path that is back is" array_owner_is A
conclude "as after any loss" ready 6 ghost 1
io_stop rdac

say "other states of the controllers"
reconfigure rdac "failback manual"
array_bytes "B c9 8 10" "B c9 a 3" "B c9 b 7"
conclude "B is in service mode" ready 6 faulty 1
array_bytes "B c9 8 10" "B c9 a f"
conclude "B is starting up" ready 6 faulty 1
array_bytes "B c9 0 20"
conclude "the LUN is not connected to B" ready 6 faulty 1
array_bytes "A c9 8 21" "B c9 8 20"
conclude "both serve it" ready 14 ready 9
array_bytes "A c9 4 58"
conclude "A's page is of another kind" ready 0 ghost 1
array_bytes
conclude "as before" ready 6 ghost 1
daemon_stop
maps_remove

say "an older array, and a handler that is not loaded yet"
for n in 1 2; do tcm_unlun $n 0; done
until_true "the disks are gone" disks_are 0
udevadm settle -t 60
until_true "the handler is unloaded" modprobe -r scsi_dh_rdac
array_bytes "A c2 f 10" "B c2 f 10"
array_disks
check "no handler is attached" handlers_are detached
configure rdac 'hardware_handler "1 rdac"'
daemon_start
conclude "as before" ready 6 ghost 1
array_map
check "the table has the handler" table_has "1 rdac 2"
check "and attached it" handlers_are rdac
io_start older "/dev/mapper/$map"
pull "$one"
until_true "B owns the LUN" array_owner_is B
same "one transfer by a short mode page" "$(array_transfers B short)" 1
until_true "I/O continues" io_moves "/dev/mapper/$map"
plug "$one"
until_true "A owns the LUN" array_owner_is A
io_stop older
daemon_stop
