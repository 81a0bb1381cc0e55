#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: PREEMPT AND ABORT shuts a writing host out, and with this host's own key leaves all paths registered, without an error of the map's I/O
# long: iSCSI sessions beside a loopback host
. "$LAB/lib.sh"
. "$LAB/reservations.sh"
iqn=iqn.2014-08.org.example:abort

# This host has two iSCSI sessions; the other one is on the loopback.
connect() {
	ip link set lo up
	tcm_backstore disk 8 abort-1
	iscsi_portal $iqn 1 disk
	iscsi_portal $iqn 2 disk
	iscsid
	iscsi_login $iqn 1
	iscsi_login $iqn 2
	tcm_host 0
	tcm_lun 0 0 disk
}
# Behind the map's own I/O, until it is refused.
write_as_other() { while dd if=/dev/zero of="/dev/$other" bs=4k count=64 seek=1100 oflag=direct 2> /dev/null; do echo >> /tmp/written; done; }
other_writes() { [ -s /tmp/written ]; }

udev_quick connect
until_true "three disks" disks_are 3
config "no_path_retry fail" "path_grouping_policy multibus" "reservation_key file"
belongs_to_other "$(paths_of_host 2)"
daemon_start
ready 1 2
map=$(map_of "$(paths_of_host 0)")

mpp -o -G -S a "/dev/mapper/$map"
other -o -I -S f
other -o -R -K f -T 5
io_start abort "/dev/mapper/$map"
write_as_other &
writer=$!
until_true "the other host writes" other_writes
mpp -o -A -K a -S f -T 5 "/dev/mapper/$map"
wait "$writer"
same "it is shut out" "$(keys) $(holder)" "a,a a Write Exclusive, registrants only"
check "I/O continues" io_moves "/dev/mapper/$map"

mpp -o -A -K a -S a -T 6 "/dev/mapper/$map"
same "all paths are registered again" "$(keys) $(holder)" "a,a a Exclusive Access, registrants only"
check "I/O continues" io_moves "/dev/mapper/$map"
io_stop abort
