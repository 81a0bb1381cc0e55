#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: failback manual never switches back, immediate does at once, N after N seconds, followover only when a whole group had been down
# long: delays must expire
. "$LAB/lib.sh"
# scsi_debug's hosts are optimized, non-optimized and standby in turn. Without the last that makes
# two groups: the first and fourth host ($a, $d), and the second and fifth.
begin() {
	config "no_path_retry fail" "path_grouping_policy group_by_prio" "failback $1"
	config_add <<-END
	blacklist {
		devnode "^$c$"
	}
	END
	daemon_start
	ready 1 4
}
group_status() { dmsetup status "$map" | grep -oE ' [ADE] 0 2 [0-9]' | tr -d '\n'; }
touch_map() { dd if="/dev/mapper/$map" of=/dev/null bs=4k count=1 iflag=direct status=none; }
# active - number of the kernel's active group; the kernel switches with the next I/O
active() { touch_map; group_status | awk '{ for (i = 1; i <= NF; i += 4) if ($i == "A") { print (i + 3) / 4; exit } }'; }
active_is() { [ "$(active)" = "$1" ]; }
away() {
	pull $a $d
	until_true "$a is failed" path_is $a failed faulty
	until_true "$d is failed" path_is $d failed faulty
	until_true "the second group is active" active_is 2
}
back() { plug $a $d; ready 1 4; }
san 5 1
# Which disk has which name is decided by which host is scanned first.
mapfile -t hosts < <(ls -v /sys/class/scsi_device)
name() { echo /sys/class/scsi_device/"$1"/device/block/* | sed 's|.*/||'; }
a=$(name "${hosts[0]}") c=$(name "${hosts[2]}") d=$(name "${hosts[3]}")
begin manual
map=$(map_of $a)
until_true "the first group is active" active_is 1
away
back
holds 3 "manual: the second stays active" active_is 2
check "switchgroup works" eval '[ "$(multipathd switchgroup map $map group 1)" = ok ]'
until_true "the first is active" active_is 1
daemon_stop
begin immediate
away
plug $a $d
until_true -t 10 "immediate: the first is active again" active_is 1
ready 1 4
daemon_stop
begin 5
away
plug $a $d
until_true "$a is back" path_is $a active ready
now from
until_true -t 15 "deferred: the first is active again" active_is 1
now to
check "after some 5 s, not $(((to - from) / 1000)) ms" test $((to - from)) -ge 3000000
daemon_stop
begin followover
away
plug $a
until_true "$a is back" path_is $a active ready
until_true "followover: the group came back from nothing, it is active" active_is 1
plug $d
ready 1 4
check "switchgroup works" eval '[ "$(multipathd switchgroup map $map group 2)" = ok ]'
until_true "the second is active" active_is 2
pull $a
until_true "$a is failed" path_is $a failed faulty
plug $a
until_true "$a is back" path_is $a active ready
holds 3 "followover: the first group was never gone, the second stays" active_is 2
