#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: listings, topologies and JSON are Debian's 0.9.4's to the byte, but for what changed between 0.9.4 and 0.14.3
. "$LAB/lib.sh"
config "no_path_retry 4" "path_grouping_policy group_by_prio" "polling_interval 5"
san 4 3
mkdir /run/debian
mount -t hostfs -o /usr/sbin none /run/debian
[ "$LAB_IMPL" = ours ] || fail "this compares ours with Debian's"

# What stays the same from one daemon to the next: no times of checks, no counters.
collect() {
	local dir=$1 multipathd=$2 multipath=$3 what
	mkdir "$dir"
	for what in "show paths format %i|%d|%D|%p|%t|%T|%o|%w|%s|%m|%z|%S|%c|%P|%N|%R|%n|%r|%a|%G|%g|%0|%M" \
		"show paths raw format %w|%d" "show maps" "show maps format %n|%w|%d|%F|%N|%r|%S|%f|%x|%h|%A|%v|%p|%e|%G|%g" \
		"show topology" "show maps topology" "show map mpathb topology" "show map mpathb format %n|%d" \
		"show maps json" "show map mpathb json" "show status" "show path sdb"; do
		"$multipathd" "$what" > "$dir/${what//[ %|]/_}" 2>&1
	done
	"$multipath" -ll > "$dir/multipath_-ll" 2>/dev/null
	"$multipath" -ll mpathb > "$dir/multipath_-ll_mpathb" 2>/dev/null
	"$multipath" -l -v1 > "$dir/multipath_-l_-v1" 2>/dev/null
}
begin() { "$1" -d -s -v2 > /dev/null 2>> "$logfile" & daemon_job=$!; until_true -t 60 "$1 serves" daemon_serves; read -r daemon_pid < /run/multipathd.pid || :; }

begin /run/debian/multipathd
ready 3 4
pull sda
until_true "sda is failed" path_is sda failed faulty
# Once more, so that neither has created the maps itself.
daemon_stop any
begin /run/debian/multipathd
until_true "sda is failed" path_is sda failed faulty
collect /tmp/theirs /run/debian/multipathd /run/debian/multipath
daemon_stop any
begin /usr/sbin/multipathd
until_true "sda is failed" path_is sda failed faulty
collect /tmp/ours /usr/sbin/multipathd /usr/sbin/multipath

# 0.14.3 has other words for these (see docs/differences.md and the release notes).
cp -r /tmp/theirs /tmp/wanted
diff -r /tmp/wanted /tmp/ours > "$LAB_OUT/difference" || { cat "$LAB_OUT/difference"; fail "outputs differ"; }
