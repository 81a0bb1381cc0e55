#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: multipath --check-config and the daemon's check config report the same about the current files, and change nothing
. "$LAB/lib.sh"
config "no_path_retry fail"
san 2 4
daemon_start
ready 4 2
shown=$(multipathd show config)
tables=$(dmsetup table --target multipath)
report() { out=$(multipath --check-config "$@" 2> /tmp/summary); status=$?; }
report
same "the lab's own file is clean" "$status: $out$(cat /tmp/summary)" "0: 0 errors, 0 warnings"
same "so says the daemon" "$(multipathd check config)" "0 errors, 0 warnings"

mkdir -p /etc/multipath/conf.d
printf 'overrides {\n\tno_path_retry 7\n}\n' > /etc/multipath/conf.d/site.conf
printf 'defaults {\n\tno_path_retry queue\n\tpath_chekcer tur\n}\n' > /etc/multipath.conf
expected='/etc/multipath.conf:2:2: warning: no_path_retry has no effect because overrides sets it for all devices (/etc/multipath/conf.d/site.conf:2)
/etc/multipath.conf:3:2: warning: unknown keyword "path_chekcer" in section defaults; did you mean "path_checker"?'
report
same "what has no effect is reported, and what is misspelled" "$out" "$expected"
same "these are warnings" "$status: $(cat /tmp/summary)" "1: 0 errors, 2 warnings"
same "the daemon looks at the same files, not at what is in force" "$(multipathd check config)" "$expected"$'\n'"0 errors, 2 warnings"
json='import json, sys; r = json.load(sys.stdin); print(r["errors"], r["warnings"], [(m["line"], m["column"], m["severity"]) for m in r["messages"]])'
for from in "multipath --check-config --json" "multipathd check config json"; do
	same "$from" "$($from | python3 -c "$json")" "0 2 [(2, 2, 'warning'), (3, 2, 'warning')]"
done
report /etc/multipath.conf
same "the usual file comes with its directory" "$out" "$expected"
chmod 666 /etc/multipath/conf.d/site.conf
odd="/etc/multipath/conf.d/site.conf: warning: writable by users other than root (owner 0, group 0, mode 0666)"
report
check "that others may change it is reported" grep -qxF "$odd" <<< "$out"
check "by the daemon, too" eval 'multipathd check config | grep -qxF "$odd"'
chmod 644 /etc/multipath/conf.d/site.conf

# A storage plugin's drop-in, named after its target.
cp /etc/multipath/conf.d/site.conf /etc/multipath/conf.d/data1
report
check "files that are not read are reported" grep -qx '/etc/multipath/conf.d/data1: warning: is not read: its name does not end in ".conf"' <<< "$out"
check "by the daemon, too" grep -q 'conf.d/data1: warning: is not read' <<< "$(multipathd check config)"
rm /etc/multipath/conf.d/data1

# Names that are bound to other disks; a file by itself.
echo "oracle 360000000000000000000000000000001" >> /etc/multipath/bindings
printf 'multipaths {\n\tmultipath {\n\t\twwid 360000000000000000000000000000002\n\t\talias oracle\n\t}\n' > /tmp/new.conf
report /tmp/new.conf
same "a file by itself is checked by itself" "$status: $out" '2: /tmp/new.conf:5:1: error: section multipaths of line 1 is not closed: expected a "}"'
cp /tmp/new.conf /etc/multipath.conf
echo "}" >> /etc/multipath.conf
report
check "an alias that is bound to another disk is reported" grep -q 'bindings:[0-9]*:1: warning: oracle is configured' <<< "$out"
report /nonexistent
same "a file that is not there" "$status: $out" "2: /nonexistent: error: no such file"
report_as_nobody() { setpriv --reuid 65534 --clear-groups "$@"; }
check "root is not needed for a file that can be read" eval 'report_as_nobody multipath --check-config /tmp/new.conf 2>/dev/null | grep -q error'
check "others may not make the daemon work" eval 'report_as_nobody multipathd check config 2>&1 | grep -q root'

same "the configuration in force is as it was" "$(multipathd show config)" "$shown"
same "so are the maps" "$(dmsetup table --target multipath)" "$tables"
