#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: gmultipath creates maps of devices that the kernel supports in bio-based maps only (dm, MD, partitions), in each mode, with and without the daemon
# long: each mode, with the daemon and without
. "$LAB/lib.sh"
. "$LAB/geom.sh"
config "find_multipaths strict"
san 2 1
read -r -d '' a b < <(paths_of_lun 0 | tr '\n' ' ')
# over VAR DISK - the same disk through a linear map, /dev/mapper/VAR, which is bio-based
over() {
	dmsetup create "$1" --table "0 $(blockdev --getsz "/dev/$2") linear /dev/$2 0"
	udevadm settle -t 30
	printf -v "$1" %s "$(basename "$(readlink -f "/dev/mapper/$1")")"
}
queue_mode() { dmsetup table FOO.write | grep -o "queue_mode [a-z]*"; }
each_mode() {
	local mode
	for mode in "-A:$x:ACTIVE $b:ACTIVE" "-R:$x:ACTIVE $b:READ" "-P:$x:ACTIVE $b:PASSIVE"; do
		gm configure "${mode%%:*}" FOO
		gm_is FOO "OPTIMAL ${mode#*:}"
		same "its mode for bios" "$(queue_mode)" "queue_mode bio"
		check "I/O" geom_io
	done
}
over x "$a"
for with in "no daemon" "the daemon"; do
	say "$with: label, create"
	[ "$with" = "no daemon" ] || daemon_start
	gm label -R FOO mapper/x "$b"
	gm_is FOO "OPTIMAL $x:ACTIVE $b:READ"
	same "its mode for bios" "$(queue_mode)" "queue_mode bio"
	check "I/O" geom_io
	udevadm settle -t 30
	until_true "destroyed" gmultipath destroy FOO
	check "erased" is_clear "$a"
	gm create FOO mapper/x "$b"
	gm_is FOO "OPTIMAL $x:ACTIVE $b:PASSIVE"
	each_mode
	gm fail FOO mapper/x
	gm_is FOO "DEGRADED $x:FAIL $b:ACTIVE"
	check "I/O" geom_io
	gm restore FOO "$x"
	gm remove FOO mapper/x
	gm add FOO mapper/x
	gm_is FOO "OPTIMAL $b:ACTIVE $x:PASSIVE"
	gm_fails "stacked on FOO" add FOO mapper/FOO
	udevadm settle -t 30
	until_true "stopped" gmultipath stop FOO

	say "$with: a map that has only disks, and gets such a device"
	gm label FOO "$b"
	same "its mode for bios" "$(queue_mode)" ""
	exec {hold}< /dev/mapper/FOO
	gm_fails "FOO: it is in use" add FOO mapper/x
	gm_is FOO "DEGRADED $b:ACTIVE"
	exec {hold}<&-
	udevadm settle -t 30
	gm fail FOO "$b"
	gm add FOO mapper/x
	gm_is FOO "OPTIMAL $b:ACTIVE $x:PASSIVE"
	same "its mode for bios" "$(queue_mode)" "queue_mode bio"
	check "I/O" geom_io
	udevadm settle -t 30
	until_true "stopped" gmultipath stop FOO
	gm load
	same "made for it from the first" "$(queue_mode)" "queue_mode bio"
	gm add FOO mapper/x
	gm_is FOO "OPTIMAL $b:ACTIVE $x:PASSIVE"
	udevadm settle -t 30
	until_true "destroyed" gmultipath destroy FOO
	check "erased" is_clear "$a"
	check "forgotten" eval '! grep -qE "^(known|bio)" /etc/multipath/geom'
done

say "errors on the last path: I/O fails and the map is watched; one that is no disk comes back by hand"
gm create FOO mapper/x
pull "$a"
check "an error" geom_io_fails
gm_becomes FOO "BROKEN $x:FAIL"
plug "$a"
gm restore FOO mapper/x
check "I/O" geom_io
gm add FOO "$b"
pull "$a"
check "I/O goes elsewhere" geom_io
gm_becomes FOO "DEGRADED $x:FAIL $b:ACTIVE"
plug "$a"
pull "$b"
check "the last disk fails: the other is tried" geom_io
until_true "$x is good" gm_path_is FOO "$x" ACTIVE
plug "$b"
until_true "the disk is checked" gm_has FOO "OPTIMAL $x:ACTIVE $b:PASSIVE"
udevadm settle -t 30
until_true "stopped" gmultipath stop FOO
daemon_stop
dmsetup remove --retry x

say "partitions, an array"
kernel_partition "/dev/$a" 1 8 8192 || fail "no partition was added"
kernel_partition "/dev/$b" 1 8 8192 || fail "no partition was added"
gm label -R FOO "${a}1" "${b}1"
gm_is FOO "OPTIMAL ${a}1:ACTIVE ${b}1:READ"
check "I/O" geom_io
udevadm settle -t 30
gm destroy FOO
kernel_partition "/dev/$a" 2 0 0 || fail "no partition was removed"
kernel_partition "/dev/$b" 2 0 0 || fail "no partition was removed"
modprobe -a md_mod raid1
md=/sys/block/md127/md
echo md127 > /sys/module/md_mod/parameters/new_array
echo none > $md/metadata_version
echo raid1 > $md/level
echo 1 > $md/raid_disks
cat "/sys/block/$a/dev" > $md/new_dev
echo 0 > "$md/dev-$a/slot"
echo 8000 > "$md/dev-$a/size"
echo 8000 > $md/component_size
echo active > $md/array_state
gm_fails "it is in use by md127" label FOO "$a"
gm label FOO md127
gm_is FOO "DEGRADED md127:ACTIVE"
check "I/O" geom_io
udevadm settle -t 30
gm destroy FOO
check "erased" is_clear md127
echo clear > $md/array_state
check "nothing is left" no_dm
