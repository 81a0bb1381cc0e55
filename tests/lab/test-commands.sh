#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: each command of multipathd has its documented effect on maps and paths, and its documented reply
. "$LAB/lib.sh"
config "no_path_retry 4" "path_grouping_policy group_by_prio"
san 2 2
daemon_start
ready 2 2
ok() { same "$*" "$(multipathd "$@")" ok; }
# refused COMMAND... - answers "fail" or, with 0.9.4's and ours' reason, ends with status 1
refused() { local reply; reply=$(multipathd "$@" 2>&1) && fail "$* is not refused: $reply"; }
map=$(map_of sda)
mapfile -t p < <(paths_of_lun 0)
dm=$(readlink "/dev/mapper/$map"); dm=${dm##*/}
wwid=$(map_field "$map" %w)
table() { dmsetup table "$map"; }
multipath_config() { multipathd show config > /tmp/shown.conf && cp /etc/multipath.conf /tmp/mine.conf && cp /tmp/shown.conf /etc/multipath.conf && multipath -t 2>&1 | cmp -s - /tmp/shown.conf; local r=$?; cp /tmp/mine.conf /etc/multipath.conf; return $r; }
queues() { table | grep -q queue_if_no_path; }

same "show daemon" "$(multipathd show daemon)" "pid $daemon_pid idle"
check "show paths has a line for each path" test "$(multipathd show paths | wc -l)" = 5
same "list is show" "$(multipathd list maps)" "$(multipathd show maps)"
same "multipaths are maps" "$(multipathd show multipaths)" "$(multipathd show maps)"
# A group is active once there was I/O, which may come from udev between two commands.
until_true "show topology is show maps topology" eval '[ "$(multipathd show topology)" = "$(multipathd show maps topology)" ]'
for name in "$map" "$wwid" "$dm" "/dev/mapper/$map" "/dev/$dm"; do
	same "a map by $name" "$(multipathd show map "$name" topology | head -n 1)" "$(multipathd show topology | grep -w "$dm")"
done
same "formats with blanks" "$(multipathd show map "$map" raw format "%n is %d" | sed "s/ *$//")" "$map is $dm"
check "show status counts" grep -qx 'paths: 4' <<< "$(multipathd show status)"
same "show path" "$(multipathd show path sda)" running
check "show config can be read again" multipath_config
for what in "show config local" "show blacklist" "show devices" "show wildcards" "show maps status" "show maps stats"; do
	check "$what answers" test "$(multipathd $what | wc -l)" -gt 2
done
check "JSON is JSON" eval 'multipathd show maps json | python3 -c "import json, sys; assert len(json.load(sys.stdin)[\"maps\"]) == 2"'
check "one map's as well" eval 'multipathd show map $map json | python3 -c "import json, sys; assert json.load(sys.stdin)[\"map\"][\"name\"] == \"$map\""'

# What a listing shows is in memory, or read by a worker: the loop waits for no file.
for what in "show paths raw format %d|%k|%z" "show maps raw format %n|%k" "show map $map raw format %n|%k"; do
	check "$what knows all" eval '! multipathd $what | grep -q -e "|$" -e "||" -e undef'
done
same "show devices has each disk" "$(multipathd show devices | grep -c '^    sd.*whitelisted, monitored')" 4
strace -qq -o "$LAB_OUT/loop" -e trace=%file,getdents64 -p "$daemon_pid" 2> /dev/null &
tracer=$!
until_true "the loop is traced" grep -q 'TracerPid:.*[1-9]' "/proc/$daemon_pid/status"
for what in paths maps devices topology "maps json" status daemon config "config local" blacklist wildcards "maps status" "maps stats" \
	"map $map topology" "map $map json" "path sda" "paths format %d|%k|%z" "maps format %n|%k" "map $map format %k"; do
	multipathd show $what > /dev/null
done
multipath -ll > /dev/null
kill $tracer
wait $tracer
same "no listing reads a file on the loop" "$(cat "$LAB_OUT/loop")" ""

ok fail path sda
until_true "failed in the kernel" kernel_path "$map" sda F
holds 2 "it is left failed" kernel_path "$map" sda F
ok reinstate path sda
until_true "reinstated in the kernel" kernel_path "$map" sda A
until_true "and checked again" path_is sda active ready

ok remove path sda
until_true "it is out of the table" eval '! table | grep -q " 8:0 "'
until_true "and unknown" path_unknown sda
ok add path sda
ready 2 2

ok suspend map "$map"
same "suspended" "$(dmsetup info -c --noheadings -o suspended "$map")" Suspended
ok resume map "$map"
same "resumed" "$(dmsetup info -c --noheadings -o suspended "$map")" Active

check "it queues" queues
ok disablequeueing map "$map"
until_true "it does not queue any more" eval '! queues'
ok restorequeueing map "$map"
until_true "it queues again" queues
ok disablequeueing maps
until_true "no map queues" eval '! dmsetup table --target multipath | grep -q queue_if_no_path'
ok restorequeueing maps
until_true "all queue" eval '[ "$(dmsetup table --target multipath | grep -c queue_if_no_path)" = 2 ]'

ok switchgroup map "$map" group 2
dd if="/dev/mapper/$map" of=/dev/null bs=4k count=1 iflag=direct status=none
until_true "the second group is active" eval 'multipathd show map $map topology | tail -n 2 | grep -q status=active'
ok switchgroup map "$map" group 1

loads=$(map_field "$map" %2)
ok reload map "$map"
until_true "a load is counted" eval '[ "$(map_field $map %2)" -gt "$loads" ]'
ok reset map "$map" stats
same "and forgotten" "$(map_field "$map" '%0 %1 %2')" "0 0 0"

udevadm settle -t 30
ok remove map "$map"
until_true "the map is gone" maps_are 1
ok add map "$wwid"
ready 2 2
udevadm settle -t 30
ok remove maps
until_true "all maps are gone" maps_are 0
ok reconfigure all
ready 2 2
map=$(map_of sda)
io_start busy "/dev/mapper/$map"
# What moved may have been udev's.
until_true "it is in use" eval '[ "$(dmsetup info -c --noheadings -o open "$map")" -gt 0 ]'
refused remove map "$map"
check "a map in use stays" maps_are 2
io_stop busy

for wrong in "show nonsense" "fail path sdzz" "resize map nomap" "switchgroup map $map group 9" "fail path" "reload"; do
	refused $wrong
done
check "the reference comes with an unknown command" grep -q switchgroup <<< "$(multipathd nonsense 2>&1)"

# Anybody may look, root alone may change.
as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@" 2>&1; }
check "user nobody may list" grep -q sda <<< "$(as_nobody multipathd show paths)"
check "user nobody may not change" grep -q 'permission deny' <<< "$(as_nobody multipathd fail path sda)"
check "and it did not" path_is sda active ready

# The interactive shell on a pipe.
same "the shell" "$(printf 'show daemon\nquit\n' | multipathd -k | grep -o 'pid.*')" "pid $daemon_pid idle"
same "-kCOMMAND" "$(multipathd -k'show daemon')" "pid $daemon_pid idle"

# Signals, the second daemon, the pid file, the end.
check "no second daemon" eval '! multipathd -d -s > /dev/null 2>&1'
kill -USR1 "$daemon_pid"
kill -HUP "$daemon_pid"
until_true "alive" daemon_serves
same "shutdown" "$(multipathd shutdown)" ok
until_true "ended" daemon_gone
wait "$daemon_job"
same "with status 0" $? 0
check "without its pid file" test ! -e /run/multipathd.pid
check "its maps stay" maps_are 2
# In the background: the pid file is the last thing before it serves.
multipathd
until_true "the background daemon serves" eval '[[ "$(multipathd show daemon)" == *idle || "$(multipathd show daemon)" == *running ]]'
read -r daemon_pid < /run/multipathd.pid || :
check "it is the one in the pid file" test -d "/proc/$daemon_pid"
kill -INT "$daemon_pid"
until_true "INT ends it" daemon_gone
