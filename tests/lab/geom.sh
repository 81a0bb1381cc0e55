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
