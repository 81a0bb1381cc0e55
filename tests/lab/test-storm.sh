#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a storm of hosts removed and added five times ends with the right maps, without superfluous loads or leaks
# long: 32 disks are removed and added five times
# STORM_SECONDS=N: it lasts at least N seconds. What the daemon has resident, not each allocation, then says whether it leaks,
# and every 20 rounds udev catches up: its queue gets slower the longer it is, and would be all that an hour measures.
. "$LAB/lib.sh"
config "no_path_retry queue"
san 4 8
hosts() { local h=(/sys/bus/pseudo/drivers/scsi_debug/adapter*); [ -e "${h[0]}" ] || h=(); echo ${#h[@]}; }
resident() { awk '/^VmRSS/ { print $2 }' "/proc/$daemon_pid/status"; }
lasting=${STORM_SECONDS:-0}
# Every allocation of the daemon is recorded, and what is left at its end is a leak. The address sanitizer does that by itself.
trace=
if [ "$LAB_IMPL" = ours ] && [ -z "$LAB_SANITIZED" ] && [ "$lasting" -eq 0 ]; then
	trace=/tmp/allocations
	gcc -shared -fPIC -o /tmp/allocations.so "$LAB/allocations.c" || fail "no way to record allocations"
	daemon_wrap="env MALLOC_TRACE=$trace MALLOC_CHECK_=3 LD_PRELOAD=/tmp/allocations.so:libc_malloc_debug.so.0"
fi
daemon_start
ready 8 4
maps=$(multipathd show maps raw format '%n %w' | sort)
# The maps of the start, all of them, and nothing else
calm() {
	udevadm settle -t 120
	ready 8 4 90
	same "the same maps" "$(multipathd show maps raw format '%n %w' | sort)" "$maps"
	check "in the kernel as well" maps_are 8
	same "no path is left over" "$(multipathd show paths raw format %m | grep -c orphan)" 0
}
rounds=0
while [ $rounds -lt 5 ] || [ $SECONDS -lt "$lasting" ]; do
	echo -4 > $debug/add_host
	until_true "no disk is left" disks_are 0
	echo 4 > $debug/add_host
	until_true "all disks are there" disks_are 32
	rounds=$((rounds + 1))
	[ $rounds -ne 20 ] || early=$(resident)
	[ $((rounds % 20)) -eq 0 ] || continue
	say "$rounds rounds, resident $(resident) kB"
	calm
done
calm
# Quiet again: nothing is loaded any more.
stdbuf -oL udevadm monitor --kernel --subsystem-match=block > "$LAB_OUT/uevents" &
monitor=$!
until_true "the monitor listens" grep -q KERNEL "$LAB_OUT/uevents"
udevadm trigger --subsystem-match=block --sysname-match='sd*'
udevadm settle -t 120
holds 3 "all stays good" maps_have 8 4
same "an event without a difference loads nothing" "$(grep -c 'change.*/dm-' "$LAB_OUT/uevents")" 0
kill $monitor
say "table loads for $rounds rounds on 8 maps: $(loads), resident $(resident) kB"
[ -z "${early-}" ] || [ -n "$LAB_SANITIZED" ] || check "it does not grow" test "$(resident)" -le $((early + 1024))
# At most one load per path that comes and goes, and fewer since events are taken together.
check "loads are bounded" test "$(loads)" -le $((8 * (1 + rounds * 8)))
program=$(readlink "/proc/$daemon_pid/exe")
daemon_stop
[ -z "$trace" ] || check "no memory is leaked" python3 "$LAB/allocations.py" $trace "$program"
