#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: iSCSI sessions get recovery_tmo from fast_io_fail_tmo; purge_disconnected deletes a path whose LUN no longer exists at the target; a path to a placeholder LUN is removed from its map
. "$LAB/lib.sh"
iqn=iqn.2014-08.org.example:effects
target=/sys/kernel/config/target/iscsi/$iqn
unlun() { rm "$target/tpgt_$1/lun/lun_$2/link"; rmdir "$target/tpgt_$1/lun/lun_$2"; }
connect() {
	ip link set lo up
	tcm_backstore disk0 8 e0
	tcm_backstore disk1 8 e1
	iscsi_portal $iqn 1 disk0 disk1
	iscsi_portal $iqn 2 disk0 disk1
	iscsid
	iscsi_login $iqn 1
	iscsi_login $iqn 2
}
recovery() { cat /sys/class/iscsi_session/session*/recovery_tmo | tr '\n' ' '; }
config "recheck_wwid yes" "no_path_retry 12" "fast_io_fail_tmo 7" "dev_loss_tmo 60"
config_add <<-'END'
overrides {
	path_checker tur
	purge_disconnected yes
	protocol {
		type "scsi:iscsi"
		fast_io_fail_tmo 9
	}
}
END
udev_quick connect
until_true "four disks" disks_are 4
check "another value before" test "$(recovery)" != "9 9 "
daemon_start
ready 2 2
same "it is iSCSI" "$(multipathd show paths raw format %P | sort -u)" scsi:iscsi
same "recovery_tmo" "$(recovery)" "9 9 "
check "a setting that iSCSI has not" logged "dev_loss_tmo has no meaning with iSCSI"

lun0=($(paths_of_lun 0))
lun1=($(paths_of_lun 1))
map=$(map_of "${lun1[1]}")
io_start purge "/dev/mapper/$map"
unlun 2 1
until_true "the device is removed" disks_are 3
check "and that is said" logged "the LUN of ${lun1[1]} no longer exists, deleting the device"
one_path() { [ "$(map_field "$map" %N)" = 1 ]; }
until_true "the map has the other path" one_path
check "I/O continues" io_moves "/dev/mapper/$map"
io_stop purge

# A target has something at LUN 0 always: what is there now swallows writes, and has no name.
map=$(map_of "${lun0[1]}")
read -r dev < "/sys/block/${lun0[1]}/dev"
out() { ! dmsetup table "$map" | grep -q " $dev "; }
unlun 2 0
until_true "it is taken out" out
check "the log says why" eval 'grep "another LUN" "$logfile" | grep -qw "${lun0[1]}"'
daemon_stop
