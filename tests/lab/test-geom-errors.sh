#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: errors on one path and on every path: I/O goes elsewhere, others are restored when the last fails, and what fails everywhere ends in an error
. "$LAB/lib.sh"
. "$LAB/geom.sh"
config "find_multipaths strict" "polling_interval 5" "max_polling_interval 5"
san 2 1
read -r -d '' a b < <(paths_of_lun 0 | tr '\n' ' ')
daemon_start
io_fails() { ! timeout 20 dd if=/dev/zero of=/dev/mapper/FOO bs=4k count=1 oflag=direct 2>/dev/null; }
io_works() { timeout 20 dd if=/dev/zero of=/dev/mapper/FOO bs=4k count=1 oflag=direct 2> "$LAB_OUT/dd"; local s=$?; [ $s -eq 0 ] || { echo "dd: $s"; cat "$LAB_OUT/dd"; ls -l /dev/mapper/; }; return $s; }

for mode in "" -A -R; do
	say "mode ${mode:--P}: an error on one path"
	gm create $mode FOO "$a" "$b"
	until_true "the daemon lets I/O wait" sh -c 'dmsetup table FOO.write | grep -q queue_if_no_path'
	pull "$a"
	check "I/O goes elsewhere" io_works
	until_true "$a is failed" sh -c "gmultipath status -s FOO | grep -q '$a (FAIL)'"

	say "the last good one fails: the other is restored and tried"
	plug "$a"
	pull "$b"
	check "I/O goes on by $a" io_works
	until_true "$a is good" sh -c "gmultipath status -s FOO | grep '$a (' | grep -qv FAIL"

	say "errors on every path: it ends"
	pull "$a"
	check "an error" io_fails
	check "and again" io_fails
	gm_becomes FOO "BROKEN $a:FAIL $b:FAIL"
	gm_active FOO none

	say "and comes back"
	plug "$a" "$b"
	gm restore FOO "$a"
	check "I/O goes" io_works
	gm restore FOO "$b"
	until_true "all is well" sh -c 'gmultipath status -s FOO | grep -q OPTIMAL'
	gm stop FOO
	until_true "forgotten" test "$(map_of "$a")" = "[orphan]"
	# the next round of restoring is far enough away
	daemon_stop
	daemon_start
done
daemon_stop
