#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: mpathpersist registers, reserves, releases and preempts as a map, whichever of its paths is lost, and prints what that of multipath-tools prints
. "$LAB/lib.sh"
. "$LAB/reservations.sh"
ours=/usr/sbin/mpathpersist theirs=/run/debian/mpathpersist

# run PROGRAM OPTION... - status, stdout and stderr as text; usage and times are each program's own, and the order of
# registrations is that of threads
run() {
	local program=$1
	shift
	(exec -a mpathpersist "$program" "$@") > /tmp/out 2> /tmp/err
	echo "status $?"
	sed 's/generation=0x[0-9a-f]*/generation=N/' /tmp/out | case " $* " in *" -s "*) sort;; *) cat;; esac
	sed '/^multipath-tools v/,$d; s/^[0-9.]* | /TIME | /; s/ *$//' /tmp/err
}
keys_are() { same "keys at the array" "$(keys)" "$1"; }
holder_is() { same "reservation" "$(holder)" "$1"; }
daemon_knows() { same "the daemon's notes" "$(notes)" "$1"; }
notes_are() { [ "$(notes)" = "$1" ]; }

# lose_holder KEY - sda holds the reservation when it is lost: the first path that works reserves
lose_holder() {
	lose sdb
	mpp -o -R -K "$1" -T 5 "$m"
	regain sdb
	lose sda
}

is_suspended() { dmsetup info "$m" | grep -q 'State: *SUSPENDED'; }
is_active() { ! is_suspended; }
has_ended() { [ ! -e "/proc/$1" ]; }
# paused OPTION... - it stands between suspend and resume: the first request to device-mapper of each process stops it. That
# may also interrupt the suspension, which waits for I/O under way: then again.
paused() {
	local try
	for try in 1 2 3 4 5; do
		strace -f -o "$trace" -e trace=ioctl -P /dev/mapper/control -e inject=ioctl:signal=STOP:when=1 \
			"$ours" "$@" > /tmp/out 2> /tmp/err &
		tracer=$!
		until_true "it begins" child_stops "$tracer"
		program=$child
		kill -CONT "$program"
		until_true "it has suspended the map" child_stops "$program"
		! is_suspended || return 0
		kill -CONT "$child"
		wait "$tracer"
	done
	fail "I/O waits"
}
paused_preempt() { paused -o -P -K 456 -S 456 -T 6 "$m"; }
# goes_on [STATUS] - what is paused, to its end
goes_on() {
	local status=0
	kill -CONT "$child"
	wait "$tracer" || status=$?
	same "its status" $status "${1:-0}"
	check "the map is resumed" is_active
}
# held_reload - by the daemon: it waits until what is paused goes on
held_reload() {
	multipathd reload map "$m" > /tmp/reload &
	reload=$!
	holds 3 "the map is suspended until it is registered again" is_suspended
}
reloaded() {
	wait "$reload"
	same "it is reloaded then" "$(cat /tmp/reload)" ok
}
udev_quick shared_disk 3
until_true "three disks" disks_are 3
config "no_path_retry 30" "path_grouping_policy multibus" "reservation_key file" "uxsock_timeout 120000"
belongs_to_other sdc
daemon_start
ready 1 2
map=$(map_of sda) m=/dev/mapper/$(map_of sda)
theirs_mount
their() { LD_LIBRARY_PATH=/lib run "$theirs" "$@"; }

say "the same words"
printf '%s\n' '# comment' "-i -k $m # c" "mpathpersist --in --read-keys --device=$m" '' '-i -k' '-f foo' "-v3 -i -r $m" "-i -q $m" \
	"  mpathpersist   -i -r $m extra" > /tmp/batch
asked=("-i -k" "-q" "-i -k /dev/nonexist" "-i -k /etc/passwd" "-i -k /dev/null" "-f /tmp/batch" "-f /tmp/nobatch")
# compare OPTION... - one after the other; what they print is the same
compare() {
	their "$@" > /tmp/theirs
	run "$ours" "$@" > /tmp/ours
	diff /tmp/theirs /tmp/ours || fail "mpathpersist $* (< theirs, > ours)"
}
for words in "${asked[@]}"; do compare $words; done
say "registered, and reserved"
mpp -o -G -S 123abc "$m"
compare -o -R -K 999 -T 5 "$m"
compare -o -R -K 123abc "$m"
compare -o -R -K 123abc -T 5 "$m"
for words in -k -r -s "-k -H"; do compare -i $words "$m"; done
compare -o -R -K 123abc -T 6 "$m"
refused 11 -o -L -K 123abc -T 6 "$m"
compare -o -P -K 123abc -S 777 -T 5 "$m"
compare -o -L -K 123abc -T 5 "$m"
mpp -o -C -K 123abc "$m"
daemon_knows "none,unset,unset"

say "a path that is down is registered when it works again"
lose sda
mpp -o -G -S 123abc "$m"
keys_are "123abc"
daemon_knows "0x123abc,set,unknown"
regain sda
keys_are "123abc,123abc"
check "the key is in the file" grep -q '^0x0000000000123abc ' /etc/multipath/prkeys

say "release what a lost path holds, under I/O"
io_start one "$m"
lose_holder 123abc
refused 11 -o -L -K 123abc -T 6 "$m"
mpp -o -R -K 123abc -T 5 "$m"
mpp -o -L -K 123abc -T 5 "$m"
holder_is ""
daemon_knows "0x123abc,set,unset"
regain sda
keys_are "123abc,123abc"

say "another key, while a lost path holds it"
lose_holder 123abc
mpp -o -G -K 123abc -S 456 "$m"
holder_is "456 Write Exclusive, registrants only"
regain sda
keys_are "456,456"
daemon_knows "0x456,set,set"

say "preempt oneself"
mpp -o -P -K 456 -S 456 -T 6 "$m"
keys_are "456,456"
holder_is "456 Exclusive Access, registrants only"
say "the daemon's reload waits while the map is suspended"
paused_preempt
held_reload
goes_on
reloaded
keys_are "456,456"
mpp -o -L -K 456 -T 6 "$m"
lose_holder 456
paused -o -G -K 456 -S 0 "$m"
held_reload
goes_on
reloaded
keys_are ""
holder_is ""
regain sda
mpp -o -I -S 456 "$m"
keys_are "456,456"
say "killed while the map is suspended"
paused_preempt
kill -KILL "$program"
until_true "it is gone" has_ended "$program"
check "I/O still waits" is_suspended
kill -CONT "$child"
until_true "the map is resumed" is_active
until_true "the rest was done" has_ended "$child"
wait "$tracer" 2> /dev/null
keys_are "456,456"
paused_preempt
kill -KILL "$child"
until_true "the map is resumed" is_active
wait "$tracer" 2> /dev/null && fail "status 0 of what was killed"
check "it says so" grep -q 'killed while it was suspended' /tmp/err
mpp -o -P -K 456 -S 456 -T 6 "$m"
keys_are "456,456"
mpp -o -L -K 456 -T 6 "$m"
io_stop one

say "another host"
other -o -I -S 999
other -o -R -K 999 -T 5
keys_are "456,456,999"
refused 11 -o -R -K 456 -T 5 "$m"
mpp -o -L -K 456 -T 5 "$m"
holder_is "999 Write Exclusive, registrants only"
mpp -o -P -K 456 -S 999 -T 5 "$m"
keys_are "456,456"
holder_is "456 Write Exclusive, registrants only"
daemon_knows "0x456,set,set"
check "it is shut out" eval '! dd if=/dev/zero of=/dev/sdc bs=4k count=1 oflag=direct status=none 2>/dev/null'
check "this one is not" dd if=/dev/zero of="$m" bs=4k count=1 oflag=direct status=none

say "shut out by another host, just when it preempts itself"
other -o -I -S 999
paused_preempt
other -o -P -K 999 -S 456 -T 5
goes_on 11
keys_are "999"
lose sda
regain sda
keys_are "999"
daemon_knows "0x456,unset,unset"
refused 11 -o -R -K 456 -T 5 "$m"
refused 11 -o -G -K 456 -S 789 "$m"
until_true "the daemon has the old key again" notes_are "0x456,unset,unset"
mpp -o -I -S 456 "$m"
keys_are "456,456,999"
other -o -C -K 999

say "several threads of a program"
mpp -o -I -S 123abc "$m"
check "they get the same answers" python3 "$LAB/persist.py" "$m" 123abc

say "all registrants; unregister"
mpp -o -R -K 123abc -T 7 "$m"
mpp -o -P -K 123abc -S 0 -T 8 "$m"
keys_are "123abc,123abc"
holder_is "0 Exclusive Access, all registrants"
mpp -o -G -K 123abc -S 0 "$m"
keys_are ""
daemon_knows "none,unset,unset"

say "unregistered while a path is down, or deleted"
no_key() { [ -z "$(keys)" ]; }
mpp -o -I -S 123abc "$m"
lose sda
mpp -o -G -K 123abc -S 0 "$m"
keys_are "123abc"
regain sda
until_true "it is unregistered on that path, too" no_key
mpp -o -I -S 123abc "$m"
echo 1 > /sys/block/sda/device/delete
until_true "sda is gone" path_unknown sda
mpp -o -G -K 123abc -S 0 "$m"
keys_are "123abc"
echo "- - -" > /sys/class/scsi_host/host0/scan
until_true "it is back" maps_have 1 2
until_true "it is unregistered on it" no_key
mpp -o -I -S 123abc "$m"
echo offline > /sys/block/sda/device/state	# for a moment, which multipathd does not notice
mpp -o -G -K 123abc -S 0 "$m"
same "what is left" "$(keys)" 123abc
echo running > /sys/block/sda/device/state
until_true -t 40 "it is unregistered by the next check" no_key

say "without the daemon"
daemon_stop
refused 13 -o -G -S 123abc "$m"
keys_are ""
config "no_path_retry fail" "reservation_key 0x123abc"
mpp -o -G -S 123abc "$m"
keys_are "123abc,123abc"

say "the program, and what it writes, are on the map"
mpp -o -R -K 123abc -T 5 "$m"
mkfs.ext4 -q "$m" && mkdir -p /run/there && mount -o sync "$m" /run/there || fail "no file system"
cp "$ours" "$(ldconfig -p | sed -n 's/.*libmpathpersist.so.0 .*=> //p' | head -n 1)" /run/there/
LD_LIBRARY_PATH=/run/there timeout -s KILL 30 /run/there/mpathpersist -v 4 -o -P -K 123abc -S 123abc -T 5 "$m" > /run/there/out 2> /run/there/err ||
	fail "it does not end"
check "it writes what it did" grep -q 'Persistent reserve out, preempt: done' /run/there/err
umount /run/there
