# SPDX-License-Identifier: LGPL-2.1-or-later
# geom.sh - what the tests of gmultipath share; to be read after lib.sh.

# gm VERB... - must succeed, silently;  gm_fails TEXT VERB... - must fail, and say so
gm() { gmultipath "$@" > "$LAB_OUT/gm.out" 2> "$LAB_OUT/gm.err" || { cat "$LAB_OUT/gm.err"; fail "gmultipath $*"; }; }
gm_fails() {
	local text=$1 status
	shift
	gmultipath "$@" > "$LAB_OUT/gm.out" 2> "$LAB_OUT/gm.err"
	status=$?
	[ $status -eq 1 ] || { cat "$LAB_OUT/gm.err"; fail "gmultipath $* ended with $status"; }
	grep -q -- "$text" "$LAB_OUT/gm.err" || { cat "$LAB_OUT/gm.err"; fail "gmultipath $* does not say: $text"; }
}
# gm_is NAME "STATE PATH:STATE ..." - as `status -s` has it
gm_status() { gmultipath status -s "$1" 2>/dev/null | awk '{ if (NR == 1) printf "%s", $2; gsub(/[()]/, "", $4); printf " %s:%s", $3, $4 }'; }
gm_is() { same "status of $1" "$(gm_status "$1")" "$2"; }
gm_becomes() { until_true "$1: $2" gm_has "$1" "$2"; }
gm_has() { [ "$(gm_status "$1")" = "$2" ]; }
gm_active() { same "active path of $1" "$(gmultipath getactive "$1")" "$2"; }
# label_of DISK - its last sector in hexadecimal
label_of() { dd if="/dev/$1" bs=512 skip=$(($(blockdev --getsz "/dev/$1") - 1)) count=1 iflag=direct 2>/dev/null | od -An -v -tx1 | tr -d ' \n'; }
is_clear() { [[ $(label_of "$1") =~ ^0*$ ]]; }
no_dm() { [ "$(dmsetup ls 2>/dev/null | grep -vc '^No devices')" -eq 0 ]; }

# geom_errors MODE - errors on one path, on the last good one, on every one; with the daemon
geom_errors() {
	local mode=$1 a b
	config "find_multipaths strict" "polling_interval 5" "max_polling_interval 5"
	san 2 1
	read -r -d '' a b < <(paths_of_lun 0 | tr '\n' ' ')
	daemon_start
	say "an error on one path"
	gm create $mode FOO "$a" "$b"
	until_true "the daemon lets I/O wait" geom_queues
	check "and rests" daemon_rests
	pull "$a"
	check "I/O goes elsewhere" geom_io
	until_true "$a is failed" gm_path_is FOO "$a" FAIL

	say "the last good one fails: the other is restored and tried"
	plug "$a"
	pull "$b"
	check "I/O goes on by $a" geom_io
	until_true "$a is good" gm_path_is FOO "$a" ACTIVE

	say "errors on every path: it ends"
	pull "$a"
	check "an error" geom_io_fails
	check "and again" geom_io_fails
	gm_becomes FOO "BROKEN $a:FAIL $b:FAIL"
	gm_active FOO none
	check "and rests" daemon_rests

	say "and comes back"
	plug "$a" "$b"
	gm restore FOO "$a"
	check "I/O goes" geom_io
	gm restore FOO "$b"
	until_true "all is well" gm_state_is FOO OPTIMAL
	gm stop FOO
	daemon_stop
}
geom_queues() { dmsetup table FOO.write | grep -q queue_if_no_path; }
geom_io() { timeout 30 dd if=/dev/zero of=/dev/mapper/FOO bs=4k count=1 oflag=direct conv=notrunc 2>"$LAB_OUT/dd"; }
geom_io_fails() { ! geom_io && grep -q "Input/output error" "$LAB_OUT/dd"; }
gm_path_is() { gmultipath status -s "$1" | grep -q " $2 ($3)"; }
gm_state_is() { gmultipath status -s "$1" | grep -q " $2 "; }
