#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: open-iscsi: logins and logouts under maps, and the script that dismantles maps before the logout at shutdown
. "$LAB/lib.sh"
. "$LAB_ROOT/tests/clients/clients.sh"
iqn=iqn.2014-08.org.example:clients
node() { local n=$1; shift; iscsiadm -m node -T $iqn -p "127.0.0.$n:3260" "$@"; }
login() { conclude "$1" "$(answer node "$2" --login | grep -v 'Logging in' | without_numbers)"; }
logout() { conclude "$1" "$(answer node "$2" --logout | sed 's/\[sid: [0-9]*/[sid: N/' | without_numbers)"; }
maps_now() { conclude "$1, maps" "$(multipathd show maps raw format '%n %N %Q %t' 2> /dev/null | sort)"; }
paths_are() { [ "$(multipathd show maps raw format %N | sort -u)" = "$1" ]; }
# attached WHAT - what the sessions say about their disks
attached() {
	conclude "$1, disks of sessions" "$(iscsiadm -m session -P 3 2>&1 | grep 'Attached scsi disk' | tr -s ' \t' ' ' | without_numbers)"
}
dismantle() {
	conclude "$1" "$(answer /lib/open-iscsi/umountiscsi.sh "${@:2}" | without_numbers)"
	udevadm settle -t 60
	conclude "$1, maps" "$(dmsetup ls --target multipath | cut -f 1)"
}
connect() {
	ip link set lo up
	tcm_backstore disk0 8 e0
	tcm_backstore disk1 8 e1
	iscsi_portal $iqn 1 disk0 disk1
	iscsi_portal $iqn 2 disk0 disk1
	iscsid
	for n in 1 2; do
		node $n -o new > /dev/null
		node $n -o update -n node.startup -v manual
	done
}

config ""
config_add <<-'END'
overrides {
	no_path_retry fail
}
END
udev_quick connect
login "first login" 1
until_true "two disks" disks_are 2
udevadm settle -t 60
name_maps
daemon_start
ready 2 1
maps_now "first login"
login "second login" 2
ready 2 2
maps_now "second login"
attached "two sessions"
io_start iscsi /dev/mapper/mpatha
logout "logout of one" 1
until_true "a path is left" paths_are 1
maps_now "logout of one"
check "I/O continues" io_moves /dev/mapper/mpatha
login "login again" 1
ready 2 2
maps_now "login again"
check "I/O continues" io_moves /dev/mapper/mpatha
io_stop iscsi
# In whatever order the sessions have been found.
conclude "rescan" "$(answer iscsiadm -m session --rescan | sed 's/\[sid: [0-9]*/[sid: N/' | sort)"

say "a file system on a map"
mkfs.ext4 -q /dev/mapper/mpatha 4M
mkdir -p /srv/data
mount /dev/mapper/mpatha /srv/data
udevadm settle -t 60
dismantle "what shutdown would dismantle" --dry-run
dismantle "shutdown dismantles"
conclude "shutdown dismantles, mounts" "$(grep -c /srv/data /proc/mounts)"
logout "logout of one at shutdown" 1
conclude "logout of the rest" "$(answer iscsiadm -m node --logoutall=all | sed 's/\[sid: [0-9]*/[sid: N/')"
until_true "no disk is left" disks_are 0

say "logout of all while maps are there"
login "third login" 1
login "fourth login" 2
ready 2 2
conclude "logout of all" "$(answer iscsiadm -m node --logoutall=all | grep -v 'Logging out' | sed 's/\[sid: [0-9]*/[sid: N/' | sort)"
until_true "no disk is left" disks_are 0
until_true "no map is left" maps_are 0
maps_now "logout of all"
daemon_stop any
say "the order of units"
for unit in multipathd.service multipathd.socket; do
	conclude "$unit is before" "$(sed -n 's/^Before=//p' "/lib/systemd/system/$unit" | tr ' ' '\n' | grep -i 'iscsi\|lvm\|local-fs' | sort)"
done
