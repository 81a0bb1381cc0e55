#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: explain names the rule that decides, where it is defined and how to change the result, with the daemon and without
. "$LAB/lib.sh"
san 2 2
w0=$(wwid_of_disk sda)

# tells TEXT... - explain's answer for sda has all these pieces
answer=
tells() {
	local piece
	answer=$(multipath explain /dev/sda) || fail "explain works: $answer"
	for piece; do
		grep -q -- "$piece" <<< "$answer" || { echo "$answer"; fail "it reports: $piece"; }
	done
}
# again - a new configuration, with the lines from stdin
again() {
	config "no_path_retry fail" "find_multipaths ${find-no}"
	config_add
	[ -z "$daemon_pid" ] || multipathd reconfigure > /dev/null
}
blacklist() { printf 'blacklist {\n\t%s\n}\n' "$1" | again; }
line() { grep -n "$1" /etc/multipath.conf | head -n 1 | cut -d: -f1; }
# turn - do what the answer says, all of it: the disk is not blacklisted any more
turn() {
	local rule
	while read -r rule; do
		case $rule in
		device*) rule=$(sed -E 's/^device \{ (vendor .*) (product .*) \}$/device {\n\1\n\2\n}/' <<< "$rule");;
		esac
		printf 'blacklist_exceptions {\n%s\n}\n' "$rule" | config_add
	done < <(sed -n 's/^.*add to blacklist_exceptions: //p' <<< "$answer")
	[ -z "$daemon_pid" ] || multipathd reconfigure > /dev/null
	check "what it says turns it: $answer" grep -q '^filter: not blacklisted' <<< "$(multipath explain /dev/sda)"
}
criteria() {
	blacklist 'devnode "^sda$"'
	tells 'not a path: blacklisted by devnode' "/etc/multipath.conf:$(line devnode) blacklist" 'to change it: add to blacklist_exceptions: devnode "^sda\$"'
	turn
	printf 'blacklist {\n\tdevice {\n\t\tvendor "Linux"\n\t}\n}\n' | again
	tells 'blacklisted by device' 'rule "Linux:" matches "Linux:scsi_debug"' "/etc/multipath.conf:$(line 'device {') blacklist/device"
	turn
	blacklist 'protocol "scsi:unspec"'
	tells 'blacklisted by protocol' "/etc/multipath.conf:$(line protocol) blacklist" 'blacklist_exceptions: protocol "^scsi:unspec\$"'
	turn
	blacklist 'property ".*"'
	tells 'blacklisted by property' "/etc/multipath.conf:$(line property) blacklist" 'blacklist_exceptions: property "^'
	turn
	printf 'blacklist {\n\tproperty ".*"\n\tdevnode "^sd"\n\tdevice {\n\t\tproduct ".*"\n\t}\n\tprotocol ".*"\n\twwid ".*"\n}\n' | again
	tells 'not a path: blacklisted by devnode'
	turn
	blacklist "wwid \"$w0\""
	tells 'blacklisted by wwid' "/etc/multipath.conf:$(line wwid) blacklist" "blacklist_exceptions: wwid \"^$w0\\\$\""
}
say "without a daemon"
criteria
by_hand=$answer
say "with one"
daemon_start
criteria
# Reconfigure answers before the last map is gone.
says_the_same() { answer=$(multipath explain /dev/sda) && [ "$answer" = "$by_hand" ]; }
until_true "both say the same" says_the_same

say "a map, with where its values come from"
again <<END
devices {
	device {
		vendor "Linux"
		product "scsi_debug"
		failback 7
	}
}
overrides {
	ghost_delay 3
}
multipaths {
	multipath {
		wwid "$w0"
		alias data
		path_grouping_policy multibus
	}
}
END
map_is_there() { [ -e /dev/mapper/data ]; }
until_true "the map is data" map_is_there
ready 2 2
# origin NAME VALUE ORIGIN - a row of the answer
origin() { grep -q "^  $1 *$2  *$3\$" <<< "$answer" || { echo "$answer"; fail "$1 is $2, $3"; }; }
map_told() {
	answer=$(multipath explain data) || fail "explain works: $answer"
	check "it is the map's" grep -q "^data: the map of $w0, 2 paths sda sd" <<< "$answer"
	origin name '"data"' "/etc/multipath.conf:$(line alias) multipaths/multipath, alias"
	origin path_grouping_policy '"group_by_prio"' \
		"detected: the priorities of the paths distinguish groups; /etc/multipath.conf:$(line multibus) has \"multibus\""
	origin failback 7 "/etc/multipath.conf:$(line failback) devices/device \"Linux\""
	origin ghost_delay 3 "/etc/multipath.conf:$(line ghost_delay) overrides"
	origin no_path_retry '"fail"' "/etc/multipath.conf:$(line no_path) defaults"
	origin path_selector '"service-time 0"' "built in"
}
map_told
by_hand=$answer
for name in "$w0" /dev/mapper/data dm-0 dm-1; do multipath explain "$name" > /dev/null || fail "$name is known"; done
daemon_stop
map_told
same "both say the same of the map" "$answer" "$by_hand"
tells '^sda: a path of data$' 'claimed for multipath: a multipath map holds it' '^map: allowed: the map is known'
daemon_start
ready 2 2
by_hand=$answer
tells '^sda: a path of data$'
same "both say the same of the path" "$answer" "$by_hand"
multipath explain sda --json | python3 -c '
import json, sys
o = json.load(sys.stdin)
assert o["subject"] == "sda", o
rows = {r["name"]: r for s in o["sections"] if s["name"] == "settings" for r in s["rows"]}
assert rows["path_checker"]["value"] == "\"tur\"", rows' || fail "it is JSON"
same "what is not there" "$(multipath explain nothing 2>&1) $?" "nothing: no disk, map or WWID with that name 1"

say "a lonely path"
daemon_stop
maps_remove
rm -f /etc/multipath/wwids
echo 1 > /sys/block/sdc/device/delete
find=yes again < /dev/null
tells '^sda: a path, but not in a map' '^map: not allowed: it has one path, and its WWID is not known' \
	"\* siblings *it has 1 path\$" "find_multipaths *on *" "/etc/multipath.conf:$(line find_multi) defaults" \
	"to change it: multipath -a $w0; multipathd reconfigure"
by_hand=$answer
daemon_start
until_true "the path is known" path_known sda
tells '^sda: a path, but not in a map'
same "both say the same of the lonely path" "$answer" "$by_hand"
check "what it says helps" multipath -a "$w0"
multipathd reconfigure > /dev/null
until_true "the map is created" maps_are 2
