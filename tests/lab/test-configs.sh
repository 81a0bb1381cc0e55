#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: multipath -t and -T print the same as the release's multipath-tools for each file in configs/, except for the listed differences
# long: each file in configs/, on both programs
. "$LAB/lib.sh"
config
san 2 1
theirs_mount
daemon_start
ready 1 2
daemon_stop
# print DIR PROGRAM - messages on stderr are worded differently, and are left out
print() {
	local dir=$1 program=$2 file name
	mkdir -p "$dir"
	for file in "$LAB"/configs/*.conf; do
		name=${file##*/}
		name=${name%.conf}
		cp "$file" /etc/multipath.conf
		for mode in t T; do
			timeout -k 1 20 "$program" -$mode > "$dir/$name.$mode" 2> "$dir/$name.$mode.err"
			echo "exit $?" >> "$dir/$name.$mode"
		done
	done
}
print "$LAB_OUT/theirs" /run/debian/multipath
print "$LAB_OUT/ours" /usr/sbin/multipath
python3 "$LAB/configs/compare.py" "$(theirs_version)" "$LAB_OUT/theirs" "$LAB_OUT/ours" > "$LAB_OUT/report" || { cat "$LAB_OUT/report"; fail "they differ"; }
say "$(tail -n 1 "$LAB_OUT/report")"
