#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a user other than root who binds the daemon's abstract name is trusted by no client, and logged by the daemon, which serves on its socket file
# long: each client against a false daemon
. "$LAB/lib.sh"
udev_quick modprobe scsi_debug add_host=1 num_tgts=1 max_luns=1 vpd_use_hostno=0 dev_size_mb=8
until_true "1 disk" disks_are 1
config "find_multipaths greedy"
alone=$(multipath -u sda)
same "no daemon, no path" "$alone" 'DM_MULTIPATH_DEVICE_PATH="0"'

python3 "$LAB/client.py" user squat > "$LAB_OUT/user" 2>&1 &
user=$!
until_true "the name is taken" grep -q ready "$LAB_OUT/user"
refused() { ! multipathd show daemon > /run/out 2> /run/err && [ ! -s /run/out ] && grep -q "held by another user" /run/err; }
check "multipathd does not ask him" refused
same "nor multipath -u" "$(multipath -u sda)" "$alone"
same "nor multipath -ll" "$(multipath -ll)" ""
gmultipath status > /run/out 2>&1
check "nor gmultipath" eval '! grep -q fake /run/out'
check "nor the shell" eval '! multipathd -k < /dev/null > /run/out 2>&1 && ! grep -q fake /run/out'
same "he was asked nothing" "$(grep asked "$LAB_OUT/user")" ""

say "a backlog that he leaves full is no daemon that is busy"
kill -STOP $user
python3 -c '
import socket, time
kept = []
try:
    while len(kept) < 200:
        sock = socket.socket(socket.AF_UNIX)
        sock.setblocking(False)
        kept.append(sock)
        sock.connect("\0/org/kernel/linux/storage/multipathd")
except BlockingIOError:
    print("full", flush=True)
time.sleep(600)' > "$LAB_OUT/full" &
full=$!
until_true "it is full" grep -q full "$LAB_OUT/full"
same "multipath -u does not wait for him" "$(multipath -u sda)" "$alone"
kill -KILL $full
kill -CONT $user

say "the daemon serves all the same"
daemon_start
check "a client of the daemon is answered by the daemon" eval '[[ $(multipathd show daemon) == "pid $daemon_pid "* ]]'
check "the holder is named" logged "is held by process $user (python3) of uid 65534"
ready 1 1
same "multipath -u" "$(multipath -u sda)" 'DM_MULTIPATH_DEVICE_PATH="1"'
kill -KILL $user
wait $user 2>/dev/null
until_true "the name is taken when it is free" logged "is free now, listening on it"
check "older clients are answered, too" chrt -r 1 python3 "$LAB/client.py" latency 1 "show daemon" 5
daemon_stop

say "a process that holds the name and does not listen"
setpriv --reuid=65534 --regid=65534 --clear-groups python3 -c '
import socket, time
sock = socket.socket(socket.AF_UNIX)
sock.bind("\0/org/kernel/linux/storage/multipathd")
print("bound", flush=True)
time.sleep(600)' > "$LAB_OUT/mute" &
user=$!
until_true "the name is taken" grep -q bound "$LAB_OUT/mute"
daemon_start
# In its unit the daemon may not look into other users' processes.
[ -n "${LAB_UNIT-}" ] && holder='another process ("ss -xap" shows which)' || holder="process $user (python3) of uid 65534"
# The search has some milliseconds, and is not repeated.
for try in 2 3 4 5; do
	! logged "is held by $holder" || break
	daemon_stop any
	daemon_start
done
check "what is known of the holder is logged" logged "is held by $holder"
kill -KILL $user
wait $user 2>/dev/null
daemon_stop
