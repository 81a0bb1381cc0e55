#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a path gets I/O only after it has answered an INQUIRY sent after its last failure, whether by checker, operator, another program, reload or startup
. "$LAB/lib.sh"
# By the state in sysfs a path is good whatever becomes of commands. The other LUN is to get no map, which udev would look at while
# its only path goes back.
config "find_multipaths yes" "no_path_retry queue" "checker_timeout 2" "path_checker none" "detect_checker no"
san 2 1
daemon_start
ready 1 2
read -r moved < <(paths_of_host 1)
map=$(map_of "$moved")
read -r dev < "/sys/block/$moved/dev"
mark() { marked=$(wc -l < "$logfile"); }
since() { tail -n +$((marked + 1)) "$logfile" | grep -q -- "$1"; }
out() { ! dmsetup table "$map" | grep -q " $dev "; }
unused() { ! kernel_path "$map" "$moved" A; }
swap() { echo 1 > $debug/vpd_use_hostno; }
swap_back() {
	echo 0 > $debug/vpd_use_hostno
	echo 1 > "/sys/block/$moved/device/rescan"
	udevadm trigger --name="/dev/$moved"
	until_true "it is back" path_is "$moved" active ready
	ready 1 2
}

say "the checker says good, INQUIRY is not answered"
swap
mark
echo 1 > $debug/every_nth
echo 4 > $debug/opts
dmsetup message "$map" 0 "fail_path $dev"
until_true "the daemon sees it" since "$moved failed (down.*the kernel saw an I/O error"
holds 5 "it is not used" unused
echo 0 > $debug/opts
echo 0 > $debug/every_nth
until_true "it is found to be another LUN" since "$moved now reports WWID .*leads to another LUN"
until_true "it is taken out" out
check "it was never reinstated" eval '! since "message .reinstate_path $dev"'
swap_back
io_start identity "/dev/mapper/$map"

say "reinstated by hand"
multipathd fail path "$moved" > /dev/null
until_true "it is failed" kernel_path "$map" "$moved" F
swap
mark
same "the answer" "$(multipathd reinstate path "$moved")" fail
check "the kernel was not told" eval '! since "message .reinstate_path $dev"'
until_true "it is taken out" out
swap_back
multipathd fail path "$moved" > /dev/null
until_true "it is failed" kernel_path "$map" "$moved" F
same "the answer" "$(multipathd reinstate path "$moved")" ok
check "it is reinstated" kernel_path "$map" "$moved" A

say "reinstated by another program"
multipathd fail path "$moved" > /dev/null
until_true "it is failed" kernel_path "$map" "$moved" F
mark
dmsetup message "$map" 0 "reinstate_path $dev"
until_true "it is failed again" eval 'since "$moved was reinstated by another program" && kernel_path "$map" "$moved" F'
same "the answer" "$(multipathd reinstate path "$moved")" ok

say "a table is loaded while it is down"
pull "$moved"
until_true "it is failed" path_is "$moved" failed faulty
mark
multipathd reconfigure all > /dev/null
until_true "the table is loaded" since "$map: reload "
until_true "without it" out
plug "$moved"
ready 1 2
io_stop identity

say "remapped and scanned again while no daemon runs: udev and the kernel's page contradict each other"
daemon_stop
swap
echo 1 > "/sys/block/$moved/device/rescan"
udevadm settle -t 60
same "udev tells the old WWID" "$(udevadm info -q property -n "/dev/$moved" | sed -n 's/^ID_SERIAL=//p')" "$(dmsetup info -c --noheadings -o uuid "$map" | sed 's/^mpath-//')"
daemon_start
until_true "it is taken out" out
check "it is reported" logged "$moved now reports WWID .*leads to another LUN"
