#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a daemon killed in the middle of a command leaves a complete map, over which verified I/O continues, with and without another daemon
# long: the daemon is killed at many points
. "$LAB/lib.sh"
. "$LAB/geom.sh"
config "find_multipaths strict"
san 3 1
read -r -d '' a b c < <(paths_of_lun 0 | tr '\n' ' ')
gm create -R FOO "$a" "$b"
io_start one /dev/mapper/FOO
verbs=("add FOO $c" "configure -P FOO" "configure -R FOO" "remove FOO $c")
for i in "${!verbs[@]}"; do
	daemon_start
	gmultipath ${verbs[i]} > "$LAB_OUT/verb" 2>&1 &
	verb=$!
	pause "0.0$((i % 4 * 2))"
	daemon_kill
	wait $verb
	say "${verbs[i]}: ended with $?, $(gm_status FOO)"
	[ $((i % 2)) -eq 0 ] || daemon_start
	check "after ${verbs[i]}" geom_whole
	check "I/O continues" io_moves /dev/mapper/FOO
	[ $((i % 2)) -eq 0 ] || daemon_kill
done
check "the map is there" [ -n "$(gm_status FOO)" ]
say "I/O that waits for a daemon that was killed ends with the next command"
gm configure -P FOO
daemon_start
until_true "the daemon lets I/O wait" geom_queues
io_stop one
daemon_kill
pull $(gmultipath status -s FOO | awk '{ print $3 }')
geom_io & io=$!
until_true "it waits" pgrep -x dd >/dev/null
gmultipath unload
wait $io && fail "I/O succeeded without a path"
check "it has failed" grep -q "Input/output error" "$LAB_OUT/dd"
plug "$a" "$b" "$c"
udevadm settle -t 30
until_true "stopped" gmultipath stop FOO
check "nothing is left" no_dm
