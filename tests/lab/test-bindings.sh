#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a bindings file that is badly edited, unwritable, written by two programs or by killed ones never gives the same name twice
# long: each way to damage the file, with the daemon restarted
. "$LAB/lib.sh"
san 2 6
for lun in 0 1 2 3 4 5; do w[lun]=$(wwid_of_lun $lun); done
file=/etc/multipath/bindings
names() { multipathd show maps raw format '%n %w' | grep -vx ok | sort | tr '\n' ';'; }
names_are() { [ "$(names)" = "$(printf '%s;' "$@" | tr ';' '\n' | sort | tr '\n' ';')" ]; }
# leave_out LUN... - a configuration that blacklists these
leave_out() {
	local lun
	config "no_path_retry fail"
	for lun; do printf 'blacklist {\n\twwid "%s"\n}\n' "${w[lun]}" | config_add; done
	[ -z "$daemon_pid" ] || multipathd reconfigure > /dev/null
}
bound() { grep -qx "$1 $2" $file; }
# all_bound - each map's name is in the file, for its WWID, and no name twice
all_bound() {
	local name wwid
	while read -r name wwid; do
		bound "$name" "$wwid" || fail "$name is not bound to $wwid"
	done < <(multipathd show maps raw format '%n %w' | grep -vx ok)
	same "no name twice" "$(grep -v '^#' $file | cut -d' ' -f1 | sort | uniq -d)" ""
}

say "edited by hand"
for path in $(paths_of_lun 3); do echo 1 > "/sys/block/$path/device/delete"; done
leave_out 4 5
mkdir -p /etc/multipath
printf 'mpathb %s\nmpathb %s\n\n  mpathq\t%s   # c\njunk\nmpathz %s trailing words\n\0\xff\xfe\na/b %s\ncontrol %s' \
	"${w[1]}" "${w[0]}" "${w[2]}" "${w[2]}" "${w[0]}" "${w[0]}" > $file
daemon_start
ready 3 2
until_true "names" names_are "mpatha ${w[0]}" "mpathb ${w[1]}" "mpathq ${w[2]}"
all_bound
check "what has no WWID is reported" logged "junk has no WWID"

say "edited in place while the daemon knows it otherwise"
cp $file /tmp/bindings
echo "mpathc somebody" >> /tmp/bindings
cat /tmp/bindings > $file
for host in /sys/class/scsi_host/host*; do echo "0 0 3" > "$host/scan"; done
ready 4 2
until_true "names" names_are "mpatha ${w[0]}" "mpathb ${w[1]}" "mpathd ${w[3]}" "mpathq ${w[2]}"
check "the line is kept" bound mpathc somebody

say "on a read-only file system"
# The file system, not the mount: a daemon in a mount namespace of its own has a mount of its own.
mount -o remount,ro /etc/multipath
leave_out 5
ready 5 2
until_true "a WWID is a name" names_are "mpatha ${w[0]}" "mpathb ${w[1]}" "mpathd ${w[3]}" "mpathq ${w[2]}" "${w[4]} ${w[4]}"
check "that is reported" logged "bindings: cannot write: Read-only file system"
mount -o remount,rw /etc/multipath
multipathd reconfigure > /dev/null
until_true "it gets a name when it can" names_are "mpatha ${w[0]}" "mpathb ${w[1]}" "mpathd ${w[3]}" "mpathq ${w[2]}" "mpathe ${w[4]}"
all_bound

say "lost: maps keep their names, and the file learns them"
leave_out 5
same_names=("mpatha ${w[0]}" "mpathb ${w[1]}" "mpathd ${w[3]}" "mpathq ${w[2]}" "mpathe ${w[4]}")
daemon_stop
rm $file
daemon_start
until_true "names" names_are "${same_names[@]}"
until_true "mpathe is bound" bound mpathe "${w[4]}"
all_bound

say "swapped: no map is renamed, no line is lost, and it is reported"
sed -i "s/^mpatha .*/mpatha ${w[1]}/; s/^mpathb .*/mpathb ${w[0]}/; s/^mpathd .*/oracle ${w[3]}/" $file
multipathd reconfigure > /dev/null
until_true "that is reported" logged "mpatha: keeps its name while it exists, although .* gives that name to ${w[1]}"
until_true "a free name is learned" bound mpathd "${w[3]}"
daemon_stop
daemon_start
holds 2 "names" names_are "${same_names[@]}"
for line in "mpatha ${w[1]}" "mpathb ${w[0]}" "oracle ${w[3]}"; do check "$line has stayed" grep -qx "$line" $file; done
check "it is explained" grep -q "although .*bindings gives that name to ${w[1]}" <<< "$(multipath explain mpatha)"
check "what it learned counts" [ "$(grep -n "${w[3]}" $file | head -n 1 | cut -d: -f2)" = "mpathd ${w[3]}" ]

say "renamed by hand"
dmsetup rename mpathe data
until_true "the name is learned" bound data "${w[4]}"
same_names=("${same_names[@]/#mpathe /data }")
holds 1 "names" names_are "${same_names[@]}"

say "an alias that is taken back: the map gets the name that it had"
printf 'multipaths {\n\tmultipath {\n\t\twwid "%s"\n\t\talias "#1 of \\z"\n\t}\n}\n' "${w[2]}" | config_add
multipathd reconfigure > /dev/null
until_true "it has its alias" eval 'multipathd show maps raw format %n | grep -qxF "#1 of \\z"'
leave_out 5
until_true "names" names_are "${same_names[@]}"

say "a name that needs care is written once, and read again"
config "no_path_retry fail" 'alias_prefix "my #disk "'
multipathd reconfigure > /dev/null
until_true "a new map, and the others as they were" names_are "${same_names[@]}" "my #disk a ${w[5]}"
until_true "the daemon rests" daemon_rests
writes=$(grep -c "updated bindings file" "$logfile")
daemon_stop
maps_remove
daemon_start
until_true "the same name" eval 'multipathd show maps raw format "%n" | grep -qx "my #disk a"'
same "nothing was written for it" "$(grep -c "updated bindings file" "$logfile")" "$writes"
