#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: multipath and multipathd commands list each gmultipath map once, and act on it as gmultipath would
# long: each command on each kind of map
. "$LAB/lib.sh"
. "$LAB/geom.sh"
config "find_multipaths strict"
san 2 1
read -r -d '' a b < <(paths_of_lun 0 | tr '\n' ' ')
# replies TEXT COMMAND... - the daemon's answer begins with that
replies() {
	local text=$1 got
	shift
	got=$(multipathd "$@" 2>&1)
	[[ $got == "$text"* ]] || { echo "got: $got"; fail "multipathd $*"; }
}

say "without the daemon"
gm label -R FOO "$a" "$b"
same "multipath -ll shows one map" "$(multipath -ll 2>/dev/null | grep -c ' dm-')" 1
same "and its paths" "$(multipath -ll FOO 2>/dev/null | grep -cE " ($a|$b) .* active ready running")" 2
multipath -r >/dev/null 2>&1
multipath >/dev/null 2>&1
gm_is FOO "OPTIMAL $a:ACTIVE $b:READ"
multipath -W >/dev/null 2>&1
check "its WWID is not recorded by multipathd" eval '! grep -q GEOM /etc/multipath/wwids'
udevadm settle -t 30
multipath -f FOO
check "multipath -f takes all of it away" no_dm
check "the label stays" eval '! is_clear "$a"'

say "with the daemon: what was taken away stays away"
daemon_start
until_true "the paths are known" path_known "$b"
holds 1 "no map" no_dm
gm load
gm_is FOO "OPTIMAL $a:ACTIVE $b:READ"
udevadm settle -t 30
multipath -f FOO
check "multipath -f" no_dm
udevadm trigger --settle --action=add "/sys/block/$a"
holds 1 "no map" no_dm
gm load
udevadm settle -t 30
multipath -F
check "multipath -F" no_dm
gm load
gm configure -P FOO

say "fail path and reinstate path are by hand"
replies ok fail path "$a"
gm_is FOO "DEGRADED $a:FAIL $b:ACTIVE"
holds 3 "it stays failed" gm_has FOO "DEGRADED $a:FAIL $b:ACTIVE"
replies ok reinstate path "$a"
gm_is FOO "OPTIMAL $a:PASSIVE $b:ACTIVE"
replies ok fail path "$a"
gm restore FOO "$a"
until_true "it is checked again" path_is "$a" active ready
replies ok switch map FOO group 1
gm_becomes FOO "OPTIMAL $a:ACTIVE $b:PASSIVE"

say "suspend, resume, reload, resize, reconfigure"
io_start one /dev/mapper/FOO
replies ok suspend map FOO
until_true "I/O waits" io_stands /dev/mapper/FOO
gm_is FOO "OPTIMAL $a:ACTIVE $b:PASSIVE"
replies ok resume map FOO
check "I/O continues" io_moves /dev/mapper/FOO
replies ok reload map FOO
replies "managed by gmultipath" resize map FOO
replies ok reconfigure all
until_true "reconfigured" daemon_serves
gm_is FOO "OPTIMAL $a:ACTIVE $b:PASSIVE"
check "I/O continues" io_moves /dev/mapper/FOO
replies "map or partition in use" remove map FOO
gm_is FOO "OPTIMAL $a:ACTIVE $b:PASSIVE"
io_stop one
same "JSON has it" "$(multipathd show map FOO json | python3 -c 'import json,sys; m=json.load(sys.stdin)["map"]; print(m["name"], m["paths"])')" "FOO 2"

say "names that udev would have to change"
gm remove FOO "$b"
gm_fails "$b: it leads to the LUN of FOO" create BAR "$b"
gm stop FOO
gm create 'a%b+c' "$b"
gm_is 'a%b+c' "DEGRADED $b:ACTIVE"
gm configure -R 'a%b+c'
gm configure -P 'a%b+c'
udevadm settle -t 30
gm stop 'a%b+c'
gm_fails "already used by a device-mapper device" create control "$b"
gm clear "$a"
check "nothing is left" no_dm
say "nor a second map of a LUN that multipathd has one of"
config "find_multipaths no" "user_friendly_names no"
config_add <<< $'blacklist {\n\tdevnode "^'"$b"$'$"\n}'
multipathd reconfigure > /dev/null
until_true "the map of $a" eval 'map=$(map_of "$a"); [ -b "/dev/mapper/$map" ]'
gm_fails "$b: it leads to the LUN of $map" create BAR "$b"
daemon_stop
