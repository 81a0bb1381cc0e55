#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: gmultipath gives the kernel no path that leads to another LUN: not by restore, reinstate path, failure of the last path, a table, or as a new path
# long: each way to give a path back
. "$LAB/lib.sh"
. "$LAB/geom.sh"
config "find_multipaths strict"
san 2 1
read -r a < <(paths_of_host 0)
read -r b < <(paths_of_host 1)
read -r dev < "/sys/block/$b/dev"
# At the address of b there is another LUN, a copy with the same label; and back.
exchange() { echo 1 > $debug/vpd_use_hostno; }
change_back() {
	echo 0 > $debug/vpd_use_hostno
	echo 1 > "/sys/block/$b/device/rescan"
	udevadm trigger --settle --name="/dev/$b"
}
writes_on() { awk '{ print $5 }' "/sys/block/$1/stat"; }
unwritten() { [ "$(writes_on "$b")" = "$written" ]; }
b_is_failed() { gm_path_is FOO "$b" FAIL && ! dmsetup status FOO.write | grep -q " $dev A"; }
# What was left out of the table comes back as it was: failed by hand.
heals() {
	gmultipath add FOO "$b" 2> "$LAB_OUT/add"
	[ -z "$by_hand" ] || gmultipath restore FOO "$b" 2> "$LAB_OUT/restore"
	gm_state_is FOO OPTIMAL
}

astray() {	# astray create|label - a map made that way
	local by_hand
	[ "$1" = create ] && by_hand= || by_hand=yes
	gm "$1" FOO "$a" "$b"
	say "$1: restored after an exchange"
	gm fail FOO "$b"
	pull "$b"
	gm_fails "does not answer" restore FOO "$b"
	plug "$b"
	exchange
	written=$(writes_on "$b")
	gm_fails "leads to another LUN" restore FOO "$b"
	check "$b is failed" b_is_failed
	if [ -n "$daemon_pid" ]; then
		multipathd reinstate path "$b" > "$LAB_OUT/reinstate" 2>&1
		check "reinstate path is refused" grep -q "leads to another LUN" "$LAB_OUT/reinstate"
		check "$b is failed" b_is_failed
	fi
	say "$1: the last good path fails"
	gmultipath fail FOO "$a" > /dev/null 2>&1
	check "$b is failed" b_is_failed
	gm_active FOO "$a"
	if [ -n "$daemon_pid" ]; then
		pull "$a"
		check "I/O fails" geom_io_fails
		plug "$a"
		check "$b is failed" b_is_failed
		gm restore FOO "$a"
	fi
	say "$1: a table"
	if [ "$1" = create ]; then
		gm_fails "restore. or remove $b first" configure -A FOO
		gm_is FOO "DEGRADED $a:ACTIVE $b:FAIL"
	else
		gm configure -A FOO
		gm_is FOO "DEGRADED $a:ACTIVE"
	fi
	check "I/O goes by $a" geom_io
	say "$1: a new path"
	[ "$1" = label ] || gm remove FOO "$b"
	# With the daemon, what has left by hand is checked and scanned again, and by hand it may come back.
	[ "$1$daemon_pid" != create ] && [ "$1" != label ] || gm_fails another add FOO "$b"
	check "nothing was written to the other LUN" unwritten
	change_back
	until_true "$b is a path again" heals
	udevadm settle -t 30
	if [ "$1" = create ]; then gm stop FOO; else gm destroy FOO; fi
}
astray create
astray label
exchange
gm_fails "another LUN" create FOO "$a" "$b"
change_back

say "devices without a WWID: the label"
modprobe loop max_loop=4
loop one 8M; loop two 8M
size=$(blockdev --getsz "/dev/$one")
for name in x y; do dmsetup create $name --table "0 $size linear /dev/$one 0"; done
udevadm settle -t 30
x=$(basename "$(readlink -f /dev/mapper/x)")
gm label FOO mapper/x mapper/y
gm fail FOO "$x"
dmsetup suspend x
dmsetup reload x --table "0 $size linear /dev/$two 0"
dmsetup resume x
gm_fails "leads to another LUN" restore FOO "$x"
gm_path_is FOO "$x" FAIL || fail "$x is not failed"
dmsetup reload x --table "0 $size linear /dev/$one 0"
dmsetup resume x
gm restore FOO "$x"
udevadm settle -t 30
gm destroy FOO
dmsetup remove --retry x y
check "nothing is left" no_dm

say "with the daemon"
daemon_start
until_true "the paths are known" path_known "$b"
astray create
astray label

say "scanned again while no daemon runs: what is recorded applies"
gm create FOO "$a" "$b"
daemon_stop
exchange
echo 1 > "/sys/block/$b/device/rescan"
udevadm settle -t 30
daemon_start
gm_becomes FOO "DEGRADED $a:ACTIVE"
udevadm settle -t 30
gm stop FOO
daemon_stop
