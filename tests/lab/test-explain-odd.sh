#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: explain describes devices that are not disks, are partly present, were created or removed by hand, or rejected while in use; its JSON is valid, and the change it suggests has the predicted result
# long: each kind of odd device
. "$LAB/lib.sh"
san 2 4
for lun in 0 1 2 3; do
	mapfile -t "paths$lun" < <(paths_of_lun $lun)
	w[lun]=$(wwid_of_lun $lun)
done
dmsetup create foreign --table '0 8 zero'
again() {
	config "no_path_retry fail" "find_multipaths strict"
	config_add
	multipathd reconfigure > /dev/null
	until_true "it is idle" eval '[[ $(multipathd show daemon) == *idle ]]'
}
config "find_multipaths no"
daemon_start
ready 4 2
answer=
tells() {	# tells DEVICE TEXT...
	local device=$1 piece
	shift
	answer=$(multipath explain "$device") || fail "$device is explained: $answer"
	for piece; do grep -q -- "$piece" <<< "$answer" || { echo "$answer"; fail "$device: $piece"; }; done
	multipath explain "$device" --json | python3 -m json.tool > /dev/null || fail "$device: JSON"
}
unknown() { same "$1 is unknown" "$(multipath explain "$1" 2>&1 > /tmp/out; echo $?; cat /tmp/out)" "$2"$'\n1'; }

say "devices that are no paths"
for odd in " " "a b" 'q"uote' 8:9999 nothing $'\xe4' "$(printf 'x%.0s' {1..100})"; do unknown "$odd" "$odd: no disk, map or WWID with that name"; done
unknown foreign "foreign: a device-mapper device, but not a multipath map"
tells /dev/mapper/foreign "not a path: devices of this kind cannot be paths"
check "nothing would make it one" eval '! grep -q "to change it" <<< "$answer"'

say "a name whose disk is rejected, and exceptions"
again <<END
blacklist {
	wwid "${w[3]}"
}
blacklist_exceptions {
	wwid "${w[2]}"
	wwid "^${w[2]}"
}
multipaths {
	multipath {
		wwid "${w[3]}"
		alias rejected
	}
}
END
until_true "it is gone" maps_are 3
tells rejected "not a path: blacklisted by wwid"
map=$(map_of "${paths2[0]}")
tells "$map" "remove from blacklist_exceptions: wwid \"${w[2]}\" (/etc/multipath.conf:[0-9]*)" \
	"remove from blacklist_exceptions: wwid \"^${w[2]}\"" "add to blacklist: wwid \"^${w[2]}\\\$\""

say "removed by hand, and what brings it back"
udevadm settle -t 60
multipath -f "$map" || fail "it is removed"
tells "${paths2[0]}" "a path, but not in a map" "^map: not created: it was removed by hand"
turn=$(sed -n 's/^ *to change it: multipathd add/multipathd add/p' <<< "$answer")
same "what turns it" "$turn" "multipathd add map ${w[2]}"
$turn > /dev/null
ready 3 2

say "used by something else"
udevadm settle -t 60
multipath -f "$map" || fail "it is removed"
mkswap "/dev/${paths2[0]}" > /dev/null && swapon "/dev/${paths2[0]}" || fail "it is used as swap"
multipathd add map "${w[2]}" > /dev/null && fail "it cannot be created"
tells "${paths2[0]}" "not created: the kernel refused it while something else uses the disk" \
	"to change it: end what uses the disk (lsblk shows it), then: multipathd add map ${w[2]}"
swapoff "/dev/${paths2[0]}"
multipathd add map "${w[2]}" > /dev/null
ready 3 2

say "rejected in use"
map=$(map_of "${paths0[0]}")
exec {used}< /dev/mapper/"$map"
again <<< "blacklist {
	wwid \"${w[0]}\"
}"
tells "${paths0[0]}" "not a path: blacklisted by wwid, although a map holds it" "udev: claimed for multipath: a multipath map holds it"
tells "$map" "map: not allowed: its WWID is blacklisted"
exec {used}<&-
again < /dev/null
until_true "it is back" maps_have 4 2

say "created by hand"
map=$(map_of "${paths1[0]}")
udevadm settle -t 60
multipath -f "$map" || fail "it is removed"
gmultipath create FOO "${paths1[@]}" || fail "it is created"
tells FOO "managed by gmultipath: multipath.conf does not apply to it" "gmultipath destroy FOO"
tells "${paths1[0]}" "a path of FOO" "gmultipath remove FOO ${paths1[0]}"
gmultipath destroy FOO || fail "it is gone"

say "without a WWID"
again <<< "overrides {
	uid_attribute ID_NOTHING
}"
daemon_stop
maps_remove
daemon_start
tells "${paths0[0]}" "not a path: it has no WWID\|a path, but not in a map: it has no WWID" "^wwid: none" 'set: uid_attribute "" (/etc/multipath.conf:[0-9]*), where it is set now: its WWID will be '
