#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: command sequences of storage services, monitors and scripts are answered as by multipath-tools
. "$LAB/lib.sh"
config "no_path_retry 4" "find_multipaths strict" "path_grouping_policy failover"
san 2 3
wwid_of() { udevadm info -q property -n "/dev/$1" | sed -n 's/^ID_SERIAL=//p'; }
wwid=$(wwid_of sda)
answer() { "$@" 2>/tmp/err | sed -n 's/^DM_MULTIPATH_DEVICE_PATH=//p'; }
known() { grep -q "^/$1/" /etc/multipath/wwids; }
first_words() { multipathd show topology | sed -n 's/ .*//; /^create:\|^reload:\|^mpath/p' | tr '\n' ' '; }
daemon_start

# A path that is to be in no map is taken all the same.
same "add path without a map" "$(multipathd add path /dev/sda)" ok
same "by its number" "$(multipathd add path 8:0)" ok
same "it is an orphan" "$(map_of sda)" "[orphan]"
maps_are 0 || fail "a map that is not wanted"

# The attach of a volume: its WWID is recorded, and each path added.
same "multipath -a" "$(multipath -a "$wwid")" "wwid '$wwid' added"
same "add path makes the map" "$(multipathd add path /dev/sda)" ok
ready 1 2
same "the second path" "$(multipathd add path /dev/sdd)" ok
same "multipath -a by node" "$(multipath -a /dev/sdb)" "wwid '$(wwid_of sdb)' added"
same "add path by name" "$(multipathd add path sdb)" ok
ready 2 2
for path in sda sdb; do
	same "-u $path" "$(answer multipath -u $path)" '"1"'
	same "-c $path" "$(answer multipath -c /dev/$path)" '"1"'
done

# The word of the creation goes with the next reconfigure, and no other comes in its place.
same "new maps" "$(first_words)" "create: create: "
multipathd reconfigure > /dev/null
until_true "reconfigured" daemon_serves
same "after a reconfigure" "$(first_words)" "mpatha mpathb "
same "a reload" "$(multipathd reload map mpatha)" ok
multipathd reconfigure all > /dev/null
until_true "reconfigured again" daemon_serves
same "after reloads" "$(first_words)" "mpatha mpathb "

# A WWID removed from the file stays out, whatever happens to the map; once removed, the map is not created again.
multipath -w /dev/sdb > /dev/null
multipathd add path sdc > /dev/null	# has the file read
multipathd reload map mpathb > /dev/null
multipathd reconfigure > /dev/null
until_true "reconfigured" daemon_serves
multipathd reload map mpathb > /dev/null
known "$(wwid_of sdb)" && fail "a WWID that was removed is back"
known "$wwid" || fail "a WWID that was not removed is gone"
until_true "mpathb is flushed" multipath -f mpathb
same "add path without its WWID" "$(multipathd add path sdb)" ok
holds 1 "no map of a WWID that is not known" maps_are 1

# A claim does not depend on the program that answers, nor on udev's environment.
config "no_path_retry 4" "find_multipaths smart" "find_multipaths_timeout 60" "path_grouping_policy failover"
echo 1 > /sys/block/sdf/device/delete
multipathd reconfigure > /dev/null
until_true "reconfigured" daemon_serves
same "smart waits for a second path" "$(answer multipath -u sdc)" '"2"'
multipath -a /dev/sdc > /dev/null
for asked in "-u sdc" "-u /dev/sdc" "-c /dev/sdc" "-c sdc"; do
	same "after -a: $asked" "$(answer multipath $asked)" '"1"'
	same "after a release: $asked" "$(DM_MULTIPATH_DEVICE_PATH=0 answer multipath $asked)" '"1"'
done
multipath -w /dev/sdc > /dev/null
for asked in "-u sdc" "-c /dev/sdc"; do
	same "after -w: $asked" "$(answer multipath $asked)" '"2"'
done

# The priority of a path that is down is known until the next reconfigure.
priority() { multipathd show paths raw format "%d %p" | sed -n 's/^sda //p'; }
same "priority of a good path" "$(priority)" 50
pull sda
until_true "sda is failed" path_is sda failed faulty
same "priority of a failed path" "$(priority)" 50
multipathd reconfigure > /dev/null
until_true "reconfigured" daemon_serves
same "after a reconfigure" "$(priority)" -1
plug sda
ready 2 2 # smart has made the one whose WWID is not known
until_true "priority of a path that is back" eval '[ "$(priority)" = 50 ]'

queueing() { multipathd show config "$@" | sed -n 's/^	queue_without_daemon //p'; }
multipathd forcequeueing daemon > /dev/null
same "forced queueing" "$(queueing) $(queueing local)" '"forced" "forced"'
multipathd restorequeueing daemon > /dev/null
same "as configured" "$(queueing)" '"no"'

# A command waits for what passes by itself.
until_true "mpatha is flushed" multipath -f mpatha
udevadm settle
udevadm control --stop-exec-queue
multipathd add map "$wwid" | grep -qx ok || fail "add map"
multipathd resize map "$wwid" > /tmp/resize & resize=$!
holds 1 "resize waits for udev" eval '[ ! -s /tmp/resize ]'
udevadm control --start-exec-queue
wait $resize
same "resize of a new map" "$(cat /tmp/resize)" ok
daemon_stop any

# Readiness is reported once the maps' nodes exist. In its unit the daemon reports it to systemd only.
maps_remove
cat > /tmp/notify.py <<'PY'
import os, socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("/run/notify")
print("bound", flush=True)
while b"READY=1" not in s.recv(4096): pass
print("ready", os.path.exists("/dev/mapper/mpatha"), flush=True)
PY
python3 /tmp/notify.py > /tmp/ready & listener=$!
until_true "the daemon listens" grep -q bound /tmp/ready
ready_said() { if [ -n "${LAB_UNIT-}" ]; then systemctl -q is-active multipathd; else grep -q ready /tmp/ready; fi; }
udevadm control --stop-exec-queue
export NOTIFY_SOCKET=/run/notify
daemon_start
unset NOTIFY_SOCKET
until_true "both maps" maps_are 2
ready_said && fail "ready before the node exists"
udevadm control --start-exec-queue
until_true "ready is said" ready_said
check "the node is there" test -b /dev/mapper/mpatha
[ -n "${LAB_UNIT-}" ] && kill $listener || same "it was there before" "$(grep ready /tmp/ready)" "ready True"
