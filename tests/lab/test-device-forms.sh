#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: multipath(8) accepts a device as node, number, kernel name, map or WWID with every option, with and without a daemon
# long: each option with each form
. "$LAB/lib.sh"
config "no_path_retry 4" "find_multipaths strict" "path_grouping_policy failover"
san 2 2
wwid=$(udevadm info -q property -n /dev/sda | sed -n 's/^ID_SERIAL=//p')
other=$(udevadm info -q property -n /dev/sdb | sed -n 's/^ID_SERIAL=//p')
[ -n "$wwid" ] && [ -n "$other" ] || fail "no WWIDs"
paths="sda /dev/../dev/sda 8:0"
known() { sed -n 's,^/\(.*\)/$,\1,p' /etc/multipath/wwids | sort | tr '\n' ' '; }
answer() { "$@" 2>/tmp/err | sed -n 's/^DM_MULTIPATH_DEVICE_PATH=//p'; }

# The file applies to every caller, also without udev's environment.
for form in $paths "$wwid"; do
	same "-a $form" "$(multipath -a "$form")" "wwid '$wwid' added"
	same "the file after -a $form" "$(known)" "$wwid "
	for asked in sda 8:0; do
		same "-c $asked after -a $form" "$(answer multipath -c "$asked")" '"1"'
	done
	same "-w $form" "$(multipath -w "$form")" "wwid '$wwid' removed"
	same "the file after -w $form" "$(known)" ""
	same "-c after -w $form" "$(answer multipath -c /dev/sda)" '"0"'
done
check "-a without a device is an error" eval '! multipath -a 2>/dev/null'

# Creates one map, and no other; an argument that is no device creates none.
for form in sda 8:0 "$wwid"; do
	same "$form makes one" "$(multipath -v1 "$form" 2>/dev/null)" mpatha
	until_true "one map" maps_are 1
	multipath -f mpatha || fail "-f mpatha"
done
same "an unknown name makes none" "$(multipath bogus 2>&1; echo $?)" 0
maps_are 0 || fail "a map of an unknown name"

multipath -a sda > /dev/null; multipath -a sdb > /dev/null
multipath -v0 2>/dev/null
until_true "two maps" maps_are 2
udevadm settle
number=$(cat "/sys/block/$(basename "$(readlink -f /dev/mapper/mpatha)")/dev")
minor=dm-${number#*:}
maps="mpatha /dev/mapper/mpatha $minor $number $wwid"

# -r reloads that map alone, and shows it as it is: whichever path was failed, and no I/O yet.
for form in sda $minor "$wwid"; do
	shown=$(multipath -r "$form" 2>/tmp/err)
	same "-r $form reloads one" "$(grep -c 'reload \[' /tmp/err)" 1
	same "-r $form shows it" "$(grep -c '^reload: mpatha ' <<< "$shown")" 1
	same "its paths with -r $form" "$(grep -c ' active ready running' <<< "$shown")" 2
	udevadm settle
done
same "features without queueing" "$(multipath -r mpatha 2>/dev/null | sed -n "s/.*features='\(.*\)' hw.*/\1/p")" 0
same "no group is in use before the first I/O" "$(multipath -ll mpatha 2>/dev/null | grep -c 'status=enabled')" 2
same "-r -d lists what it would reload" "$(multipath -r -d 2>/dev/null | grep -c '^: mpath')" 2
same "-r -d DEVICE" "$(multipath -r -d sdb 2>/dev/null | grep '^: ' | cut -d' ' -f2)" mpathb
same "-d -v3 lists the paths" "$(multipath -d -v3 2>/dev/null | grep -c ' undef undef .* unknown *$')" 4
same "-T DEVICE has one map" "$(multipath -T sda | grep -c '^	multipath {')" 1
same "-T has both" "$(multipath -T | grep -c '^	multipath {')" 2
check "-l of no device is an error, silently" eval '! multipath -l 99:99 2>&1'

everybody() {
	local form
	for form in $paths $maps; do
		same "-ll $form, $1" "$(multipath -ll "$form" 2>/dev/null | grep -c ' active ready running')" 2
	done
	for form in $paths; do
		same "-u $form, $1" "$(answer multipath -u "$form")" '"1"'
		same "-c $form, $1" "$(answer multipath -c "$form")" '"1"'
		check "-C $form is no map, $1" eval "! multipath -C $form 2>/dev/null"
		check "-f $form is no map, $1" eval "! multipath -f $form 2>/dev/null"
	done
	for form in $maps; do
		check "-C $form, $1" multipath -C "$form"
		check "-c $form is no path, $1" eval "! multipath -c $form > /tmp/out 2>&1"
		same "and says so" "$(grep -c 'requires a path to check' /tmp/out)" 1
	done
	check "both maps are left, $1" maps_are 2
}
everybody "without a daemon"
daemon_start
ready 2 2
everybody "with a daemon"
for form in /dev/mapper/mpatha $minor "$number"; do
	until_true "-f $form" multipath -f "$form"
	maps_are 1 || fail "-f $form has not removed it"
	multipathd add map "$wwid" | grep -qx ok || fail "add map"
	ready 2 2
	number=$(cat "/sys/block/$(basename "$(readlink -f /dev/mapper/mpatha)")/dev")
	[ "dm-${number#*:}" = "$minor" ] || fail "the map has another number now"
done
