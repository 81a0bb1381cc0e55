#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: no gmultipath command waits forever for a hanging device, and nothing else waits for such a command
. "$LAB/lib.sh"
. "$LAB/geom.sh"
config "find_multipaths strict"
san 2 1
read -r -d '' a b < <(paths_of_lun 0 | tr '\n' ' ')
modprobe loop max_loop=4
loop l 8M
# A device on which I/O hangs.
dmsetup create slow --table "0 $(blockdev --getsz "/dev/$l") linear /dev/$l 0"
udevadm settle -t 30
dmsetup suspend --noflush --nolockfs slow
# quick VERB... - within two seconds
quick() { local t0 t1 status; now t0; promptly 20 gmultipath "$@" > "$LAB_OUT/quick" 2>&1; status=$?; now t1; [ $((t1 - t0)) -lt $((2000000 * LAB_SLOW)) ] || fail "gmultipath $* took $((t1 - t0)) us"; return $status; }

say "with the daemon: it is reported within seconds, all else goes on"
daemon_start
until_true "the paths are known" path_known "$b"
gm create FOO "$a" "$b"
until_true "the daemon lets I/O wait" geom_queues
verbs=("label BAR mapper/slow" "clear mapper/slow" "create BAR mapper/slow")
jobs=()
for i in "${!verbs[@]}"; do gmultipath ${verbs[i]} > "$LAB_OUT/slow$i" 2>&1 & jobs+=($!); done
for verb in status "list FOO" "rotate FOO" "fail FOO $a" "restore FOO $a"; do check "$verb" quick $verb; done
for i in "${!verbs[@]}"; do
	wait "${jobs[i]}" && fail "gmultipath ${verbs[i]} succeeded"
	check "it is reported: $(cat "$LAB_OUT/slow$i")" grep -q "does not answer" "$LAB_OUT/slow$i"
done
say "the last good path fails meanwhile: the other is restored all the same"
gm configure -P FOO
gm prefer FOO "$a"
pull "$b"
check "prefer works" quick prefer FOO "$a"
gm_becomes FOO "DEGRADED $a:ACTIVE $b:FAIL"
plug "$b"
gmultipath label BAR mapper/slow > "$LAB_OUT/slow" 2>&1 &
pull "$a"
check "I/O goes by $b" geom_io
wait $!
plug "$a"
udevadm settle -t 30
until_true "stopped" gmultipath stop FOO
# What hangs in the kernel keeps its process from ending.
dmsetup resume slow
daemon_stop
dmsetup suspend --noflush --nolockfs slow

say "without it: given up after a while, and looking works meanwhile"
gm create FOO "$a" "$b"
gmultipath label BAR mapper/slow > "$LAB_OUT/slow" 2>&1 &
job=$!
until_true "it hangs" pgrep -f "label BAR" >/dev/null
for verb in status "list FOO" "getactive FOO"; do check "$verb" quick $verb; done
wait $job && fail "label succeeded"
check "it is reported: $(cat "$LAB_OUT/slow")" grep -q "on an unresponsive device; still running" "$LAB_OUT/slow"
dmsetup resume slow
# It goes on when the device answers.
until_true "the lock is free" gmultipath unload
gm_is BAR "DEGRADED $(basename "$(readlink -f /dev/mapper/slow)"):ACTIVE"
udevadm settle -t 30
gm destroy BAR
check "the label is erased" is_clear "$l"
check "and not known" eval '! grep -q ^known /etc/multipath/geom'
gm stop FOO
udevadm settle -t 30
dmsetup remove --retry slow
check "nothing is left" no_dm
