#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: with scsi_dh_alua attached, the states of a target's port groups give priorities, path states and the active group; under verified I/O the kernel fails over, by SET TARGET PORT GROUPS if it must, and back
# lab: --rules full
. "$LAB/lib.sh"
alua=$core/rd_mcp_0/disk/alua
OPTIMIZED=0 NON_OPTIMIZED=1 STANDBY=2 UNAVAILABLE=3
# A port group for each of two ports; the target changes their states by itself.
disk() {
	local n target
	tcm_backstore disk 16 alua
	for n in 1 2; do
		mkdir "$alua/group$n"
		echo $n > "$alua/group$n/tg_pt_gp_id"
		tcm_host $n
		tcm_lun $n 0 disk
		printf -v target '%s/naa.500140500000%04x/tpgt_1' "$fabric" $n
		echo "group$n" > "$target/lun/lun_0/alua_tg_pt_gp"
	done
}
access_type() { local n; for n in 1 2; do echo "$1" > "$alua/group$n/alua_access_type"; done; }
access() { echo "$2" > "$alua/group$1/alua_access_state"; }
access_is() { [ "$(cat "$alua/group$1/alua_access_state")" = "$2" ]; }
prefer() { echo "$2" > "$alua/group$1/preferred"; }
disk_of() { basename "/sys/class/scsi_device/$(tcm_hctl "$1"):0/device/block/"*; }
handlers_are() { [ "$(cat /sys/block/sd*/device/dh_state | xargs)" = "$1 $1" ]; }
kernel_state() { [ "$(cat "/sys/block/$1/device/access_state")" = "$2" ]; }
# concluded PATH CHECKER-STATE PRIORITY
concluded() { [[ $(multipathd show paths raw format '%d %T %p' | awk -v p="$1" '$1 == p { print $2, $3 }') = "$2 "$3 ]]; }
# conclude MESSAGE STATE-ONE PRIORITY-ONE STATE-TWO PRIORITY-TWO
conclude() {
	until_true "$1: group 1 is $2 with priority $3" concluded "$one" "$2" "$3"
	until_true "$1: group 2 is $4 with priority $5" concluded "$two" "$4" "$5"
	say "$1"
}
# The path's group is the kernel's active one; while nothing is read, none may be.
active_is() {
	local dev
	read -r dev < "/sys/block/$1/dev"
	timeout 10 dd if="/dev/mapper/$map" of=/dev/null bs=4k count=1 iflag=direct status=none
	dmsetup status "$map" | grep -q " A 0 [0-9]* [0-9]* $dev "
}
handler=alua
# configure [SETTING]...
configure() {
	config 'no_path_retry 30' 'path_grouping_policy group_by_prio' 'failback immediate'
	{ echo "overrides {"; printf '\t%s\n' 'path_checker tur' "$@"; echo "}"; } | config_add
	config_add <<- END
		devices {
			device {
				vendor LIO-ORG
				product .*
				hardware_handler "1 $handler"
			}
		}
	END
}
switches() { multipathd show maps raw format %1; }
# Nothing has changed at the target, so I/O stays where it is.
reconfigure() {
	local before
	before=$(switches)
	configure "$@"
	multipathd reconfigure > /dev/null
	until_true "reconfigured" daemon_serves
	same "no group was switched by a reconfigure" "$(switches)" "$before"
}

udev_quick disk
until_true "the disks are there" disks_are 2
one=$(disk_of 1) two=$(disk_of 2)
access_type 1
access 2 $NON_OPTIMIZED
for path in "$one" "$two"; do echo 1 > "/sys/block/$path/device/rescan"; done
check "no handler is loaded" handlers_are detached
configure 'prio alua' 'detect_prio no'
daemon_start
conclude "optimized, non-optimized" ready 50 ready 10
has_map() { map=$(map_of "$one"); [ -b "/dev/mapper/$map" ]; }
until_true "the map is usable" has_map	# paths have states before it is there
has_handler() { dmsetup table "$map" | grep -q ' 1 alua [12] '; }
check "the table has the handler" has_handler
check "and attached it" handlers_are alua
until_true "the optimized group is active" active_is "$one"
io_start alua "/dev/mapper/$map"

states() {
	say "$1"
	access 1 $NON_OPTIMIZED
	access 2 $OPTIMIZED
	conclude "they change places" ready 10 ready 50
	until_true "the other group is active" active_is "$two"
	access 2 $NON_OPTIMIZED
	prefer 1 1
	conclude "non-optimized and preferred" ready 90 ready 10
	until_true "it is active" active_is "$one"
	access 1 $OPTIMIZED
	conclude "optimized and preferred" ready 50 ready 10
	prefer 1 0
	access 2 $STANDBY
	conclude "standby" ready 50 ghost 1
	access 2 $UNAVAILABLE
	conclude "unavailable" ready 50 faulty "[01]"	# a path that is down may keep its priority
	access 2 $NON_OPTIMIZED
	conclude "as before" ready 50 ready 10
}
states "priorities from REPORT TARGET PORT GROUPS"
reconfigure 'prio sysfs' 'detect_prio no'
until_true "the kernel knows the states" kernel_state "$two" active/non-optimized
states "priorities from the handler"
reconfigure 'prio alua' 'prio_args exclusive_pref_bit' 'detect_prio no'
prefer 1 1
conclude "exclusive_pref_bit" ready 130 ready 10
prefer 1 0
handler=rdac
reconfigure
conclude "detected" ready 50 ready 10
check "the handler that is attached is retained" has_handler

say "transitioning for 6 seconds, with I/O held back"
access 1 $STANDBY
access 2 $OPTIMIZED
conclude "only group 2 is used" ghost 1 ready 50
until_true "it is active" active_is "$two"
echo 6000 > "$alua/group2/trans_delay_msecs"
before=$(switches)
access 2 $NON_OPTIMIZED &
transition=$!
# What is ours: Debian's never shows a path as pending, fails it meanwhile, and tries the standby one in turns with it.
[ "$LAB_IMPL" != ours ] || until_true "the path is transitioning" concluded "$two" "i/o" pending
wait $transition
echo 0 > "$alua/group2/trans_delay_msecs"
conclude "after it" ghost 1 ready 10
[ "$LAB_IMPL" != ours ] || same "no group was switched meanwhile" "$(switches)" "$before"
until_true "I/O continues" io_moves "/dev/mapper/$map"

say "explicit: the path of the optimized group is lost"
access 1 $OPTIMIZED
conclude "optimized, non-optimized" ready 50 ready 10
until_true "it is active" active_is "$one"
access 2 $STANDBY
conclude "optimized, standby" ready 50 ghost 1
access_type 3
for path in "$one" "$two"; do echo 1 > "/sys/block/$path/device/rescan"; done
pull "$one"
until_true "SET TARGET PORT GROUPS activated the standby group" access_is 2 $OPTIMIZED
until_true "I/O continues" io_moves "/dev/mapper/$map"
until_true "its path is ready" path_is "$two" active ready
access 2 $NON_OPTIMIZED
access 1 $NON_OPTIMIZED
prefer 1 1
plug "$one"
until_true "failback: the preferred group, that is back, was activated the same way" access_is 1 $OPTIMIZED
conclude "failed back" ready 50 ready 10
until_true "it is active" active_is "$one"
until_true "I/O continues" io_moves "/dev/mapper/$map"
io_stop alua
daemon_stop
