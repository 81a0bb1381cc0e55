#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: writers on queueing maps see no error while blacklists, removals, deferred_remove and flush_on_last_del come and go, and their paths fail, vanish and return
# long: each way in which a map loses its paths while it is written to
. "$LAB/lib.sh"
san 2 2
w0=$(wwid_of_lun 0) w1=$(wwid_of_lun 1)
# configure [blacklisted] [SETTING]... - queueing is the array's entry's word, which only a path leads to
configure() {
	local rejected=
	[ "${1-}" != blacklisted ] || { rejected=1; shift; }
	config "no_path_retry fail" "path_checker tur" "$@"
	config_add <<-END
	devices {
		device {
			vendor "Linux"
			product "scsi_debug"
			no_path_retry queue
		}
	}
	multipaths {
		multipath {
			wwid "$w0"
			alias first
		}
		multipath {
			wwid "$w1"
			alias second
		}
	}
	END
	[ -z "$rejected" ] || printf 'blacklist {\n\twwid ".*"\n}\n' | config_add
}
as_they_were() {
	local map
	for map in first second; do
		dmsetup table "$map" | grep -q queue_if_no_path || fail "$map does not queue any more"
		dmsetup info "$map" | grep -q 'State: *ACTIVE' || fail "$map is suspended"
	done
	io_runs one && io_runs two || fail "a writer has ended"
}
try_removal() {
	for map in first second; do
		multipathd del map "$map" > /dev/null && fail "multipathd removed $map"
		multipath -f "$map" > /dev/null 2>&1 && fail "multipath removed $map"
	done
	multipathd del maps > /dev/null && fail "multipathd removed a map"
	multipath -F > /dev/null 2>&1 && fail "multipath removed a map"
	as_they_were
}
path_fails() { ! dmsetup status --noflush | grep -q ' A '; }
vanish() { local d; for d in /sys/block/sd*; do echo 1 > "$d/device/delete"; done; until_true "no disk is left" disks_are 0; }
appear() { local host; for host in /sys/class/scsi_host/host*; do echo "- - -" > "$host/scan"; done; until_true "the disks are back" disks_are 4; udevadm settle -t 60; }
reconfigure() { multipathd reconfigure > /dev/null; until_true "configured" daemon_serves; as_they_were; }
settled() { daemon_rests; as_they_were; }

configure
daemon_start
ready 2 2
for map in first second; do until_true "a node" test -b /dev/mapper/$map; done
io_start one /dev/mapper/first --ioengine=psync
io_start two /dev/mapper/second

say "the last path goes: queueing is the word of the array's entry even then"
vanish
settled
reconfigure
try_removal
daemon_kill
daemon_start
settled
appear
ready 2 2

for setting in "deferred_remove no" "deferred_remove yes" "flush_on_last_del always"; do
	say "blacklisted, $setting"
	configure blacklisted "$setting"
	reconfigure
	until_true "its removal was tried" logged "first: \(map or partition in use, not removed\|removal deferred\)"
	pull $(cd /sys/block && ls -d sd*)
	until_true "all paths have failed" path_fails
	as_they_were
	vanish
	settled
	if [ "$setting" = "deferred_remove no" ]; then
		say "and a restart"
		daemon_kill
		daemon_start
		settled
		try_removal
	fi
	appear
	configure "$setting"
	reconfigure
	ready 2 2
	until_true "I/O continues" io_moves /dev/mapper/first
	until_true "I/O continues" io_moves /dev/mapper/second
done
io_stop one
io_stop two
until_true "they are removed once unused" multipathd del maps > /dev/null
check "no map is left" maps_are 0
