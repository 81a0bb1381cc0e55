#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a dry run reports what a reconfigure would create, reload, rename, remove and set, and changes nothing; a damaged file is reported, and the configuration is then stale
# long: each kind of difference
. "$LAB/lib.sh"
san 2 4
w0=$(wwid_of_lun 0) w1=$(wwid_of_lun 1) w2=$(wwid_of_lun 2) w3=$(wwid_of_lun 3)
config "no_path_retry fail"
config_add <<END
blacklist {
	wwid "$w3"
}
END
daemon_start
ready 3 2
name() { multipathd show maps raw format "%w %n" | awk -v w="$1" '$1 == w { print $2 }'; }
n0=$(name "$w0") n1=$(name "$w1") n2=$(name "$w2")
world() { dmsetup table; dmsetup info -c --noheadings -o name,uuid,events; sha256sum /etc/multipath/bindings /etc/multipath/wwids; multipathd show config; multipathd show paths raw format "%d %m %t %T"; }
same "nothing is to be done" "$(multipathd reconfigure --dry-run)" "nothing to do"

config "no_path_retry fail" "failback 9" "path_checker directio" "detect_checker no"
config_add <<END
blacklist {
	wwid "$w2"
}
multipaths {
	multipath {
		wwid "$w0"
		alias data
	}
	multipath {
		wwid "$w1"
		features "2 pg_init_retries 5"
		no_path_retry queue
	}
}
END
before=$(world)
told=$(multipathd reconfigure --dry-run) || fail "a dry run works: $told"
say "$told"
same "as show config diff" "$(multipathd show config diff)" "$told"
sleepless() { same "nothing has changed" "$(world)" "$before"; }
sleepless
tells() { local line; for line; do grep -q -- "$line" <<< "$told" || fail "it reports: $line"; done; }
tells "^create mpath[a-z]*: $w3, the kernel has no map with this WWID\$" "^rename $n0: to data: configured name differs\$" \
	"^reload $n1: features 0 -> 3 pg_init_retries 5 queue_if_no_path\$" "^remove $n2: the configuration excludes it\$" \
	"^drop sd[a-z]* sd[a-z]*: blacklisted by wwid: rule \"$w2\" matches \"$w2\", /etc/multipath.conf:[0-9]* blacklist\$" \
	"^take sd[a-z]* sd[a-z]*: $w3\$" "^set $n0 $n1: failback \"manual\" -> 9, /etc/multipath.conf:[0-9]* defaults\$" \
	"^set sd[a-z ]*: path_checker \"tur\" -> \"directio\", /etc/multipath.conf:[0-9]* defaults\$" "^set $n1: no_path_retry \"fail\" -> \"queue\", /etc/multipath.conf:[0-9]* multipaths/multipath\$"
multipathd reconfigure --dry-run --json | python3 -c '
import json, sys
rows = json.load(sys.stdin)["changes"]
assert {"create", "rename", "reload", "remove", "set", "take", "drop"} == {r["action"] for r in rows}, rows' || fail "it is JSON"
new=$(sed -n 's/^create \(mpath[a-z]*\):.*/\1/p' <<< "$told")
sleepless

say "and it comes as reported"
same "reconfigure works" "$(multipathd reconfigure)" ok
until_true "the maps are there" maps_have 3 2
until_true "the last map is gone" eval '[ -z "$(name "$w2")" ]'
same "the new map has the name that was reported" "$(name "$w3")" "$new"
same "the renamed one" "$(name "$w0")" data
same "nothing is to be done any more" "$(multipathd reconfigure --dry-run)" "nothing to do"

say "a broken file"
check "the configuration is in force" grep -q '^config: in force since 2' <<< "$(multipathd show status verbose)"
before=$(multipathd show status)
cp /etc/multipath.conf /tmp/good.conf
echo 'defaults { no_path_retry "queue' >> /etc/multipath.conf
printf '\nno_path_retry "queue\n}\n' >> /etc/multipath.conf
line=$(grep -n '^no_path_retry "queue$' /etc/multipath.conf | cut -d: -f1)
told=$(multipathd reconfigure --dry-run) && fail "a dry run says that it fails"
check "it reports where: $told" grep -q "^/etc/multipath.conf:$line:[0-9]*: error: " <<< "$told"
check "the configuration is in force still" grep -q '^config: in force since 2' <<< "$(multipathd show status verbose)"
multipathd reconfigure > /dev/null && fail "reconfigure fails"
check "it is stale" grep -q "^config: stale since 2[-0-9: ]*: /etc/multipath.conf:$line:[0-9]*: error: " <<< "$(multipathd show status --verbose)"
same "show status is as ever" "$(multipathd show status)" "$before"
cp /tmp/good.conf /etc/multipath.conf
same "a good file" "$(multipathd reconfigure)" ok
check "is applied" grep -q '^config: in force since 2' <<< "$(multipathd show status verbose)"

say "names that follow each other"
data=$(name "$w0") other=$(name "$w1")
config "no_path_retry 5"
config_add <<END
multipaths {
	multipath {
		wwid "$w1"
		alias $data
	}
	multipath {
		wwid "$w0"
		alias last
	}
}
END
told=$(multipathd reconfigure --dry-run)
tells "^rename $data: to last: " "^rename $other: to $data: "
multipathd reconfigure > /dev/null
until_true "they are renamed" eval '[ "$(name "$w0") $(name "$w1")" = "last $data" ]'
config "no_path_retry fail" "detect_prio no" "prio weightedpath" 'prio_args "hbtl ^0: 3 ^1: 7"' "detect_pgpolicy no" "path_grouping_policy group_by_prio"
multipathd reconfigure > /dev/null
until_true "messages and priorities have arrived" eval '[ "$(multipathd reconfigure --dry-run)" = "nothing to do" ]'
check "what is shown is what the kernel has" eval '! multipath -ll | grep queue_if_no_path && ! dmsetup table | grep queue_if_no_path'
sed -i 's/hbtl ^0: 3 ^1: 7/hbtl ^0: 5 ^1: 5/' /etc/multipath.conf
told=$(multipathd reconfigure --dry-run)
tells "^reload .*: groups 8:[0-9]* 8:[0-9]* -> 8:[0-9]*,8:[0-9]*\$"

say "maps that were created by hand"
mapfile -t disks < <(paths_of_lun 3)
map=$(map_of "${disks[0]}")
udevadm settle -t 60
multipath -f "$map" || fail "it is removed"
gmultipath create FOO "${disks[@]}" || fail "it is created"
multipathd reconfigure > /dev/null
until_true "it is no matter of the configuration" eval '[ "$(multipathd reconfigure --dry-run)" = "nothing to do" ]'
check "it is there" dmsetup info FOO > /dev/null
