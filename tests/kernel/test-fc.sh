#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: on Fibre Channel (FCoE), timeouts are set on remote ports and hosts, port names are shown, and links that go down and up cost no verified I/O
# lab: --rules full
. "$LAB/lib.sh"
. "$LAB/../kernel/fc.sh"
tmo() { cat "$(fc_port "$1")/$2"; }
deadline() { cat "/sys/class/scsi_host/$(fc_host "a$1")/eh_deadline"; }
tmos_are() { [ "$(tmo 1 "$1") $(tmo 2 "$1")" = "$2 $2" ]; }
fc_lun
fc_link 1
fc_link 2
until_true -t 30 "two disks" disks_are 2
udevadm settle -t 60
one=$(fc_disk 1)
# configure DEV_LOSS_TMO NO_PATH_RETRY
configure() {
	config
	config_add <<- END
		overrides {
			no_path_retry $2
			dev_loss_tmo $1
			fast_io_fail_tmo 3
			eh_deadline 30
			path_grouping_policy multibus
			path_checker tur
		}
	END
}
configure 77 60
daemon_start
ready 1 2
map=$(map_of "$one")
until_true "dev_loss_tmo" tmos_are dev_loss_tmo 77
until_true "fast_io_fail_tmo" tmos_are fast_io_fail_tmo 3
same "eh_deadline" "$(deadline 1) $(deadline 2)" "30 30"
same "names" "$(multipathd show paths raw format '%d %R %r %N %n' | grep "^$one ")" \
	"$one 0x2000020000000a01 0x2000020000000b01 0x1000020000000a01 0x1000020000000b01"
io_start fc "/dev/mapper/$map"

say "the link of a path goes down for less than dev_loss_tmo"
fc_down 1
until_true -t 30 "its path is failed" kernel_path "$map" "$one" F
until_true "I/O continues" io_moves "/dev/mapper/$map"
fc_up 1
until_true -t 30 "the path is back" kernel_path "$map" "$one" A

say "down for longer: the disk is gone"
configure 5 fail	# with retries it would be raised to what they take
check "reconfigure" eval '[ "$(multipathd reconfigure)" = ok ]'
until_true "dev_loss_tmo is changed" tmos_are dev_loss_tmo 5
fc_down 1
until_true -t 40 "the path is gone" path_unknown "$one"
until_true "I/O continues" io_moves "/dev/mapper/$map"
fc_up 1
until_true -t 40 "the map has two paths" maps_have 1 2
until_true "the new port has the timeouts" eval 'tmos_are dev_loss_tmo 5 && tmos_are fast_io_fail_tmo 3'
io_stop fc
daemon_stop
