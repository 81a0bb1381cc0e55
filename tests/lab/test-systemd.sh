#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: as a service: the rules claim the paths; kill -9, a hang, stop and start leave maps and I/O alone
# lab: --systemd --rules full
. "$LAB/lib.sh"
main_pid() { systemctl show -P MainPID multipathd; }
property_is() { [ "$(udevadm info -q property -n "$1" | sed -n "s/^$2=//p")" = "$3" ]; }
# Older systemd says 1, newer nothing.
usable() { ! property_is "$1" SYSTEMD_READY 0; }
serves() { [[ $(multipathd show daemon 2>/dev/null) == "pid $(main_pid) idle" ]]; }
replaced() { local pid; pid=$(main_pid); [ "$pid" != 0 ] && [ "$pid" != "$old" ] && serves; }
map_queues() { dmsetup table "$1" | grep -q queue_if_no_path; }
map_fails() { ! map_queues "$1"; }
unchanged() {
	ready 2 2
	same "no table was loaded" "$(loads)" 0
	check "I/O continues" io_moves /dev/mapper/mpatha
}

config "no_path_retry queue" "uxsock_timeout 20000"
mkdir -p /run/systemd/system/multipathd.service.d
printf '[Unit]\nStartLimitIntervalSec=0\n[Service]\nWatchdogSec=3\n' \
	> /run/systemd/system/multipathd.service.d/test.conf
systemctl daemon-reload
systemctl stop multipathd.socket multipathd 2>/dev/null
san 2 2
# A configuration that is kept elsewhere is read there.
mv /etc/multipath.conf /root/lab.conf
ln -s /root/lab.conf /etc/multipath.conf

say "start"
check "the service starts" systemctl start multipathd
check "it is up when the maps are there" maps_are 2
ready 2 2
for path in $(paths_of_lun 0) $(paths_of_lun 1); do
	until_true "$path is claimed" property_is "$path" DM_MULTIPATH_DEVICE_PATH 1
	check "$path is a member" property_is "$path" ID_FS_TYPE mpath_member
	check "systemd leaves $path alone" property_is "$path" SYSTEMD_READY 0
done
for map in mpatha mpathb; do
	until_true "$map is ready" property_is "/dev/mapper/$map" MPATH_DEVICE_READY 1
	check "$map may be used" usable "/dev/mapper/$map"
	check "$map has its link" [ -e "/dev/disk/by-id/dm-name-$map" ]
done
check "reload is reconfigure" systemctl reload multipathd
until_true "it is idle again" serves
# The simulated disks have one memory: I/O has its upper half, a file system of the other map the lower one.
io_start one /dev/mapper/mpatha --offset=4m

say "confinement"
check "its exposure is 5.0 at most" systemd-analyze security --offline=true --threshold=50 --no-pager \
	/usr/lib/systemd/system/multipathd.service > "$LAB_OUT/exposure"
status() { awk -v key="$1:" '$1 == key { print $2 }' "/proc/$(main_pid)/status"; }
same "it gets no new privileges" "$(status NoNewPrivs)" 1
same "its system calls are filtered" "$(status Seccomp)" 2
# SYS_ADMIN, SYS_RAWIO, NET_ADMIN, IPC_LOCK, SYS_NICE, SYS_RESOURCE, DAC_OVERRIDE, CHOWN, FOWNER
same "it has these capabilities and no other" "$(status CapEff)" "0000000001a2500b"
check "its memory is locked" [ "$(status VmLck)" -gt 0 ]
same "it is not killed for memory" "$(cat "/proc/$(main_pid)/oom_score_adj")" -1000
# max_fds is "max" by default; how many the kernel allows is systemd's to say, and differs between releases.
same "it may have as many files open as there can be" "$(awk '/^Max open files/ { print $4, $5 }' "/proc/$(main_pid)/limits")" \
	"$(cat /proc/sys/fs/nr_open) $(cat /proc/sys/fs/nr_open)"
for dir in /home /root /usr; do
	check "it cannot write to $dir" grep -qE "^([^ ]+ ){4}$dir ro," "/proc/$(main_pid)/mountinfo"
done
check "it writes its state" grep -q . /etc/multipath/wwids
same "it notices a failed path, and one that is back" "$(path=$(paths_of_lun 0 | head -n 1)
	pull "$path"; until_true "it is failed" path_is "$path" failed faulty
	plug "$path"; until_true "it is back" path_is "$path" active ready)" ""

say "kill -9, and a user who locks its pid file"
# What is mounted when it starts is copied into its mount namespace, and must go from there, too.
mkdir -p /home/lab
mkfs.ext4 -q /dev/mapper/mpathb 4M
mount /dev/mapper/mpathb /mnt
mount --bind /mnt /home/lab
setpriv --reuid=65534 --regid=65534 --clear-groups python3 -c '
import fcntl, time
file = open("/run/multipathd.pid")
print("waits", flush=True)
fcntl.lockf(file, fcntl.LOCK_SH)
print("has it", flush=True)
time.sleep(600)' > "$LAB_OUT/locker" &
locker=$!
until_true "he waits for it" grep -q waits "$LAB_OUT/locker"
old=$(main_pid)
kill -KILL "$old"
until_true "he has it" grep -q has "$LAB_OUT/locker"
until_true "systemd starts it again" replaced
kill $locker
umount /mnt /home/lab
until_true "the new daemon does not keep in use what is unmounted" \
	eval '[ "$(dmsetup info -c --noheadings -o open mpathb)" = 0 ]'
unchanged

say "a loop that hangs"
old=$(main_pid)
kill -STOP "$old"
until_true -t 30 "the watchdog replaces it" replaced
unchanged

say "stop and start"
check "it stops" systemctl stop multipathd
check "maps stay" maps_are 2
check "I/O continues" io_moves /dev/mapper/mpatha
check "without a daemon nothing queues" map_fails mpathb
check "a socket can start it" systemctl start multipathd.socket
check "a command starts it" multipathd show daemon
until_true "it serves" serves
unchanged
until_true "maps queue again" map_queues mpathb

say "shutdown"
seconds_left() { [[ $(map_field mpathb %Q) =~ ^[0-9]+\ sec$ ]]; }
check "it begins" systemctl stop multipathd-queueing
same "maps with paths queue" "$(map_field mpathb %Q)" on
mapfile -t lost < <(paths_of_lun 1)
pull "${lost[@]}"
until_true "a map without paths queues for a limited time" seconds_left
dd if=/dev/zero of=/dev/mapper/mpathb bs=4k count=1 oflag=direct status=none &
writer=$!
check "the daemon is asked to stop" systemctl stop --no-block multipathd
until_true "it is stopping" eval '[ "$(systemctl is-active multipathd)" = deactivating ]'
holds 3 "it waits for paths" eval '[ "$(systemctl is-active multipathd)" = deactivating ]'
check "the map queues" map_queues mpathb
plug "${lost[@]}"
until_true "it stops" eval '[ "$(systemctl is-active multipathd)" = inactive ]'
check "nothing was lost" wait $writer
check "without a daemon nothing queues" map_fails mpathb
check "it starts again" systemctl start multipathd
until_true "maps queue again" map_queues mpathb
until_true "without a limit" eval '[ "$(systemctl is-active multipathd-queueing)" = active ] && [ -d /run/multipathd-queueing ]'
io_stop one

say "isolation is no shutdown"
same "what is needed at shutdown may take any time to read" "$(systemctl show -P TimeoutStartUSec multipathd-queueing)" infinity
# Without the shell on the console.
printf '[Unit]\nDefaultDependencies=no\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n' \
	> /run/systemd/system/emergency.service
systemctl daemon-reload
check "it may queue without the daemon" multipathd forcequeueing daemon
check "the emergency target is isolated" systemctl isolate emergency.target
# systemd has stopped it, or has not: whether it spares a service with a socket depends on the order in which it looks at both.
check "the daemon is stopped" systemctl stop multipathd
check "queueing is not limited" [ -d /run/multipathd-queueing ]
check "maps queue" map_queues mpathb
