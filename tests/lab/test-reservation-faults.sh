#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: array, key file and daemon agree on a registration, whichever program is killed, comes at the same time, or cannot write the file
# long: a dozen programs are killed
. "$LAB/lib.sh"
. "$LAB/reservations.sh"

program=/usr/sbin/mpathpersist
in_file() { sed -n "s/^0[xX]0*\([0-9a-f]*\) $wwid\$/\1/p" /etc/multipath/prkeys 2> /dev/null; }
# world - keys at the array, the key in the file, what the daemon knows
world() { echo "$(keys) $(in_file) $(notes)"; }
world_is() { [ "$(world)" = "$1" ]; }
# waits_for_lock PID - it has opened what it locks
waits_for_lock() { ls -l "/proc/$1/fd" 2> /dev/null | grep -q -- "-> /dev/mapper/control\$"; }
# lock_map DEVICE - as the library does while it changes reservations
lock_map() {
	exec python3 -c '
import fcntl, os, sys, time
control = os.open("/dev/mapper/control", os.O_RDWR)
fcntl.lockf(control, fcntl.LOCK_EX, 1, 2 * os.minor(os.stat(sys.argv[1]).st_rdev))
print("locked", flush=True)
time.sleep(600)' "$1"
}

udev_quick shared_disk 3
until_true "three disks" disks_are 3
config "no_path_retry 30" "path_grouping_policy multibus" "reservation_key file"
belongs_to_other sdc
daemon_start
ready 1 2
map=$(map_of sda) m=/dev/mapper/$(map_of sda) wwid=$(map_field "$(map_of sda)" %w)

say "the key file is read-only"
mount --bind /etc/multipath /etc/multipath && mount -o remount,ro,bind /etc/multipath || fail "not read-only"
refused 13 -o -G -S a "$m"
same "nothing is registered" "$(world)" "  none,unset,unset"
umount /etc/multipath
say "its file system is full"
cp -a /etc/multipath /tmp/saved
mount -t tmpfs -o size=32k none /etc/multipath && cp -a /tmp/saved/. /etc/multipath || fail "no small file system"
dd if=/dev/zero of=/etc/multipath/full bs=4k status=none 2> /dev/null && fail "it is not full"
refused 13 -o -G -S a "$m"
same "nothing is registered" "$(world)" "  none,unset,unset"
rm /etc/multipath/full
mpp -o -G -S a "$m"
dd if=/dev/zero of=/etc/multipath/full bs=4k status=none 2> /dev/null && fail "it is not full"
refused 13 -o -G -K a -S b "$m"
same "the old key stays" "$(world)" "a,a a 0xa,set,unknown"
refused 13 -o -I -S b "$m"
same "the old key stays" "$(world)" "a,a a 0xa,set,unknown"
refused 13 -o -G -K a -S 0 "$m"
same "it stays registered" "$(world)" "a,a a 0xa,set,unknown"
rm /etc/multipath/full
umount /etc/multipath
# The daemon has the key in memory, and the file below does not.
mpp -o -I -S a "$m"
same "the file has it again" "$(world)" "a,a a 0xa,set,unknown"

say "another program changes the key while this one waits"
lock_map "$m" > /tmp/locked &
holder=$!
until_true "the other one has the lock" grep -q locked /tmp/locked
"$program" -o -G -K a -S c "$m" > /tmp/out 2> /tmp/err &
waiting=$!
until_true "it waits for the lock" waits_for_lock "$waiting"
for disk in sda sdb; do sg_persist -n -o -G -K a -S b /dev/$disk > /dev/null || fail "$disk does not get the key"; done
multipathd setprkey map "$map" key b > /dev/null || fail "the daemon does not get the key"
until_true "the daemon has registered it" world_is "b,b b 0xb,set,unset"
kill -KILL $holder
wait "$waiting"
same "the key is no longer what was given" "$?" 1
same "what the other program did stays" "$(world)" "b,b b 0xb,set,unset"

say "two programs at once"
for round in 1 2 3; do
	"$program" -o -I -S c "$m" > /dev/null 2>&1 & one=$!
	"$program" -o -I -S d "$m" > /dev/null 2>&1 & two=$!
	wait $one && wait $two || fail "a program is refused"
	case $(world) in
	"c,c c 0xc,set,unknown"|"d,d d 0xd,set,unknown") ;;
	*) fail "array, file and daemon differ: $(world)";;
	esac
done
mpp -o -I -S a "$m"

# connected N OPTION... - mpathpersist is stopped when it has connected to the daemon for the Nth time
connected() {
	strace -f -o "$trace" -e trace=connect -e inject=connect:signal=STOP:when="$1" "$program" "${@:2}" > /tmp/out 2> /tmp/err &
	tracer=$!
	until_true "it has connected" child_stops $tracer
}
say "the daemon is killed before it is told of a registration"
mpp -o -C -K a "$m"
connected 3 -o -G -S a "$m"	# it asks for the holder, writes the key, and notes the registration
same "it is registered" "$(keys)" "a,a"
daemon_kill
kill -CONT "$child"
wait $tracer
same "it is registered all the same" "$?" 0
daemon_start
ready 1 2
until_true "the daemon has found it" world_is "a,a a 0xa,set,unset"
say "mpathpersist is killed before it tells the daemon"
mpp -o -C -K a "$m"
connected 3 -o -G -S a "$m"
kill -KILL "$child"
wait $tracer 2> /dev/null
same "it is registered" "$(keys) $(in_file)" "a,a a"
mpp -o -I -S a "$m"
same "the daemon knows" "$(world | sed 's/,[a-z]*$//')" "a,a a 0xa,set"

say "the daemon is killed while it registers a path that is back"
is_traced() { ! grep -q '^TracerPid:.0$' "/proc/$daemon_pid/status"; }
mpp -o -R -K a -T 5 "$m"
io_start one "$m"
for command in 3 5 6; do
	pull sda
	until_true "sda is failed" path_is sda failed faulty
	mpp -o -P -K a -S a -T 5 "$m"
	same "sda is not registered" "$(keys)" a
	strace -f -o "$LAB_OUT/strace$command" -p "$daemon_pid" -e trace=ioctl -P /dev/sda -e inject=ioctl:signal=KILL:when=$command 2> /dev/null &
	tracer=$!
	until_true "it is traced" is_traced
	plug sda
	until_true "it is killed" daemon_gone
	wait "$daemon_job" $tracer 2> /dev/null
	daemon_start
	ready 1 2
	until_true "both are registered" world_is "a,a a 0xa,set,set"
done
io_stop one

say "the key file is out of date, as that of an initramfs may be, or after a command was killed"
other -o -I -S f
mpp -o -P -K a -S f -T 5 "$m"
daemon_stop
sed -i 's/^0x000000000000000a /0x0000000000000009 /' /etc/multipath/prkeys
daemon_start
ready 1 2
until_true "the daemon has asked the array" world_is "a,a 9 0x9,unset,unset"
holds 3 "this host keeps the reservation" eval '[ "$(keys) $(holder)" = "a,a a Write Exclusive, registrants only" ]'
check "and the fenced one stays out" eval '! dd if=/dev/zero of=/dev/sdc bs=4k count=1 oflag=direct status=none 2> /dev/null'
