#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: settings for retries, delays, resizing, partition names, management LUNs and the log take effect
. "$LAB/lib.sh"
configure() {
	config "no_path_retry fail" "retrigger_tries 2" "retrigger_delay 1" "missing_uev_wait_timeout 2" "partition_delimiter -p" \
		"remove_retries 5" "uid daemon" "uxsock_timeout 5000" "$@"
}
configure "verbosity 3" "auto_resize grow_only"
san 2 2
mapfile -t paths < <(paths_of_lun 0)
mapfile -t others < <(paths_of_lun 1)
wwid=$(udevadm info --query=property --property=ID_SERIAL --value "/sys/block/${paths[0]}")
size() { local dm s; dm=$(readlink -f "/dev/mapper/$1"); read -r s < "/sys/block/${dm##*/}/size"; echo "$s"; }
size_is() { [ "$(size "$1")" = "$2" ]; }
rescan() { local p; for p; do echo 1 > "/sys/block/$p/device/rescan"; done; }

# The other LUN has lost its property: udev is asked again, then the disk itself.
mkdir -p /run/udev/rules.d
printf 'KERNEL=="%s", ENV{ID_SERIAL}=""\n' "${others[@]}" > /run/udev/rules.d/99-lost.rules
udevadm control --reload
udevadm trigger --action=change "${others[@]/#//sys/block/}"
udevadm settle
daemon_options="-d -s" daemon_start
until_true "udev is asked twice" eval 'logged "${others[0]}: udev has no WWID, requesting a change event (2 of 2)"'
ready 2 2
check "it is not asked a third time" eval '! logged "(3 of 2)"'
other=$(multipathd show paths raw format "%d %w" | awk -v p="${others[0]}" '$1 == p { print $2 }')
same "the WWID of the disk itself, by the best of its designators" "$other" 1Linux_scsi_debug_2001
map=$(map_of "${paths[0]}")
until_true "owner of the node" eval '[ "$(stat -L -c %U "/dev/mapper/$map")" = daemon ]'
say "asked udev"

# auto_resize: the map grows by itself, and shrinks when it may.
old=$(size "$map")
echo 1 > $debug/virtual_gb
rescan "${paths[@]}"
until_true "the map has grown" size_is "$map" 2097152
echo 0 > $debug/virtual_gb
rescan "${paths[@]}"
until_true "that its paths have shrunk is reported" logged "$map: .*size"
size_is "$map" 2097152 || fail "grow_only let it shrink"
configure "verbosity 2" "auto_resize grow_shrink" "log_checker_err once"
multipathd reconfigure > /dev/null
rescan "${paths[@]}"
until_true "the map has shrunk" size_is "$map" "$old"
say "resized"

# Repeated failures are logged once, or always.
pull "${others[0]}"
until_true "it has failed" path_is "${others[0]}" failed faulty
holds 2 "it was reported once" eval '! logged "${others[0]}: down"'
configure "verbosity 3" "log_checker_err always"
multipathd reconfigure > /dev/null
until_true "it is reported again and again" eval '[ "$(grep -c "${others[0]}: down" "$logfile")" -ge 2 ]'
plug "${others[0]}"
ready 2 2
say "logged"

# A map that is in use for a moment.
exec {user}< "/dev/mapper/$map"
multipath -f "$map" {user}<&- &
flush=$!
until_true "the daemon was asked" logged "$map: map or partition in use"
exec {user}<&-
wait $flush || fail "it was not tried again"
check "the map is gone" maps_are 1
say "removed"

# udev sleeps: a new map is not reloaded before it has been waited for.
late="$map: no udev event for the map in 2 s"
before=$(grep -c "$late" "$logfile")
kill -STOP $(pidof systemd-udevd)
multipathd add map "$wwid" > /dev/null
until_true "udev is not waited for any longer" eval '[ "$(grep -c "$late" "$logfile")" -gt "$before" ]'
kill -CONT $(pidof systemd-udevd)
ready 2 2
say "added"

# Another name: a partition's has the delimiter.
dmsetup create "${map}1" --uuid "part1-mpath-$wwid" --table "0 2048 linear /dev/mapper/$map 2048"
config_add <<-END
	multipaths {
		multipath {
			wwid $wwid
			alias disk
		}
	}
END
multipathd reconfigure > /dev/null
until_true "the partition is renamed" dmsetup info disk-p1
dmsetup remove disk-p1
say "renamed"

# A path that does not answer fails after that time, not after four seconds.
now start
kill -STOP "$daemon_pid"
multipathd show paths > /dev/null 2>&1 && fail "who answered?"
now end
kill -CONT "$daemon_pid"
check "it was waited for as long as it says" test $((end - start)) -ge 5000000
say "no answer"

# LUNs that only manage the array.
config_add <<-END
	devices {
		device {
			vendor Linux
			product Nothing
			product_blacklist scsi_debug
		}
	}
END
multipathd reconfigure > /dev/null
until_true "no map is left of them" maps_are 0
daemon_stop
