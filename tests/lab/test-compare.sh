#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: listings, topologies and JSON match the release's multipath-tools byte for byte, except for changes up to 0.14.3
. "$LAB/lib.sh"
config "no_path_retry 4" "path_grouping_policy group_by_prio" "polling_interval 5"
san 4 3
theirs_mount
[ "$LAB_IMPL" = ours ] || fail "this compares ours with Debian's"

# What stays the same from one daemon to the next: no times of checks, no counters.
collect() {
	local dir=$1 multipathd=$2 multipath=$3 what
	mkdir "$dir"
	for what in "show paths format %i|%d|%D|%p|%t|%T|%o|%w|%s|%m|%z|%S|%c|%P|%N|%R|%n|%r|%a|%G|%g|%M" \
		"show paths raw format %w|%d" "show maps" "show maps format %n|%w|%d|%F|%N|%r|%S|%f|%x|%h|%A|%v|%p|%e|%G|%g" \
		"show topology" "show maps topology" "show map mpathb topology" "show map mpathb format %n|%d" \
		"show maps json" "show map mpathb json" "show status" "show path sdb"; do
		"$multipathd" -k"$what" > "$dir/${what//[ %|]/_}" 2>&1
	done
	"$multipath" -ll > "$dir/multipath_-ll" 2>/dev/null
	"$multipath" -ll mpathb > "$dir/multipath_-ll_mpathb" 2>/dev/null
	"$multipath" -l -v1 > "$dir/multipath_-l_-v1" 2>/dev/null
}
# A check under way shows in one of two readings, whichever daemon it is.
collected_twice() {
	rm -rf "$1" "$1.again"
	collect "$@"
	collect "$1.again" "${@:2}"
	diff -r "$1" "$1.again" > "$LAB_OUT/unsettled"
}
theirs_start() {
	/run/debian/multipathd -d -s -v2 > /dev/null 2>> "$logfile" &
	daemon_job=$!
	until_true -t 60 "theirs serves" daemon_serves
	read -r daemon_pid < /run/multipathd.pid || :
}
ours_start() { daemon_options="-d -s -v2" daemon_start; }

# observe WHOSE PROGRAMS - with a path down, and maps that this daemon has not created itself
observe() {
	"$1_start"
	ready 3 4
	pull sda
	until_true "sda is failed" path_is sda failed faulty
	until_true -t 120 "outputs stay the same" collected_twice "/tmp/$1" "$2/multipathd" "$2/multipath"
	plug sda
	ready 3 4
	daemon_stop any
}
theirs_start
ready 3 4
daemon_stop any
observe theirs /run/debian
observe ours /usr/sbin

# Since 0.9.4: failback "manual" has its name, %s has the revision, JSON the same; each release loads
# every table again when it starts.
theirs=$(theirs_version)
sed -i 's/"failback" : "-"/"failback" : "manual"/; s/|-       |/|manual  |/; s/"map_loads" : [0-9]*/"map_loads" : 0/' /tmp/theirs/show_map*
[ "$theirs" != 0.9.4 ] || sed -i -E 's/Linux,scsi_debug /Linux,scsi_debug,0191 /; s/Linux,scsi_debug\|/Linux,scsi_debug,0191|/; s/vend\/prod\/rev   /vend\/prod\/rev        /' /tmp/theirs/show_paths*
diff -r /tmp/theirs /tmp/ours > "$LAB_OUT/difference" || { head -n 20 "$LAB_OUT/difference"; fail "outputs differ"; }
say "$(cat /tmp/ours/* | wc -l) lines of $(ls /tmp/ours | wc -l) outputs are the same as those of $theirs"
