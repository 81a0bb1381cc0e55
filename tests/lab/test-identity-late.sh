#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: the answer to a check that began before its path failed does not bring the path back, nor does a table planned before: the LUN may have been remapped since
# long: sessions must be lost
. "$LAB/lib.sh"
iqn=iqn.2014-08.org.example:late
target=/sys/kernel/config/target/iscsi
# A target with one LUN at 10.77.0.N.
portal() {
	local group=$target/$iqn-$1/tpgt_1
	ip addr add "10.77.0.$1/32" dev lo
	mkdir -p "$group"
	mkdir "$group/np/10.77.0.$1:3260" "$group/lun/lun_0"
	ln -s "$core/rd_mcp_0/ours" "$group/lun/lun_0/link"
	echo 0 > "$group/attrib/authentication"
	echo 1 > "$group/attrib/generate_node_acls"
	echo 0 > "$group/attrib/demo_mode_write_protect"
	echo 1 > "$group/enable"
	iscsiadm -m node -T "$iqn-$1" -p "10.77.0.$1:3260,1" -o new > /dev/null
	for setting in "node.startup manual" "node.conn[0].timeo.noop_out_interval 1" "node.conn[0].timeo.noop_out_timeout 1"; do
		iscsiadm -m node -T "$iqn-$1" -p "10.77.0.$1:3260" -o update -n "${setting% *}" -v "${setting#* }"
	done
	iscsiadm -m node -T "$iqn-$1" -p "10.77.0.$1:3260" --login > /dev/null || fail "no session $1"
}
connect() {
	ip link set lo up
	tcm_backstore ours 8 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
	tcm_backstore another 8 bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
	modprobe -a iscsi_target_mod iscsi_tcp
	mkdir "$target"
	iscsid
	portal 1
	portal 2
}
exchange() {	# exchange BACKSTORE: the second portal's LUN is another one
	local lun=$target/$iqn-2/tpgt_1/lun/lun_0
	rm "$lun/link"
	rmdir "$lun"
	mkdir "$lun"
	ln -s "$core/rd_mcp_0/$1" "$lun/link"
}
disk_of() {	# disk_of PORTAL
	local session
	for session in /sys/class/iscsi_session/session*; do
		[ "$(cat "$session/targetname")" = "$iqn-$1" ] && basename "$session"/device/target*/*:*/block/*
	done
}
# The session waits for its connection longer than a check may take.
config_with() {
	config "no_path_retry queue" "checker_timeout 2" "fast_io_fail_tmo 100" "path_grouping_policy multibus" \
		'path_selector "round-robin 0"' "$@"
}
config_with
udev_quick connect
until_true "two disks" disks_are 2
daemon_start
ready 1 2
moved=$(disk_of 2)
map=$(map_of "$moved")
read -r dev < "/sys/block/$moved/dev"
# What is on its way when the connection ends is not read back: see below.
io_start late "/dev/mapper/$map" --do_verify=0

ip addr del 10.77.0.2/32 dev lo
until_true "its check had its time" logged "$moved failed (timeout"
exchange another
ip addr add 10.77.0.2/32 dev lo
until_true -t 40 "it is taken out" eval '! dmsetup table "$map" | grep -q " $dev "'
check "it is reported" logged "$moved now reports WWID .*leads to another LUN"
until_true "I/O continues over the other" io_moves "/dev/mapper/$map"
io_stop late
# What the kernel had sent before, up to the depth of fio's queue, was waiting for the connection: it cannot be recalled.
written() {
	python3 -c 'import sys
data = open(sys.argv[1], "rb").read(8 << 20)
print(sum(1 for at in range(0, len(data), 4096) if data[at:at + 4096].strip(b"\0")))' "/dev/$moved"
}
blocks=$(written)
say "$blocks blocks on the other LUN"
check "what was sent after the failure went elsewhere" test "$blocks" -le 4

mark() { marked=$(wc -l < "$logfile"); }
since() { tail -n +$((marked + 1)) "$logfile" | grep -q -- "$1"; }
write() { dd if=/dev/urandom of="/dev/mapper/$map" bs=4k count=1 seek="$1" oflag=direct 2>/dev/null & writers+=($!); }
under_way() { [ "$(awk '{ print $9 }' "/sys/block/$(basename "$(readlink "/dev/mapper/$map")")/stat")" -gt 0 ]; }
# hanging_load - a table with both paths is to be loaded, and waits for I/O under way by the first portal; more I/O waits for it
hanging_load() {
	local at
	dd if=/dev/zero of="/dev/$moved" bs=1M oflag=direct 2>/dev/null
	exchange ours
	echo 1 > "/sys/block/$moved/device/rescan"
	udevadm trigger --settle --name="/dev/$moved"
	ready 1 2
	mark
	writers=()
	ip addr del 10.77.0.1/32 dev lo
	for at in 1 2 3 4; do write "$at"; done
	until_true "I/O is under way" under_way
	multipathd reload map "$map" > /dev/null &
	until_true "a table is loaded" since "$map: reload \["
	for ((at = 5; at < 40; at++)); do write "$at"; done
	exchange another
}
# load_ends - what waited is written where it belongs
load_ends() {
	ip addr add 10.77.0.1/32 dev lo
	wait "${writers[@]}"
	until_true -t 40 "it is taken out" eval '! dmsetup table "$map" | grep -q " $dev "'
	same "blocks on the other LUN" "$(written)" 0
}
config_with "recheck_wwid yes"
multipathd reconfigure > /dev/null
say "found by a check while a load waits"
hanging_load
until_true "it is found to be another LUN" since "$moved now reports WWID .*leads to another LUN"
until_true "it is failed" kernel_path "$map" "$moved" F
load_ends
say "found by udev while a load waits"
hanging_load
echo 1 > "/sys/block/$moved/device/rescan"
udevadm trigger --settle --name="/dev/$moved"
until_true "it is failed" kernel_path "$map" "$moved" F
load_ends
