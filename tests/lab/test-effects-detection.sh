#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: detect_* and what they override, priorities and their arguments, selectors, weights and uid_attrs appear in the kernel's tables
. "$LAB/lib.sh"
# Hosts of scsi_debug are optimized, non-optimized and standby in turn, each a port group of its own.
san 4 1
again() {	# again [KEYWORD VALUE]...
	config "no_path_retry fail" "path_grouping_policy multibus" "prio const" "path_checker directio" "$@"
	config_add <<-'END'
	blacklist {
		devnode "^sdc$"
	}
	END
	[ -z "$daemon_pid" ] || multipathd reconfigure > /dev/null
}
priorities() { multipathd show paths raw format '%d %p' | grep '^sd' | sort | awk '{ printf "%s%s", sep, $2; sep = " " }'; }
# groups - the kernel's numbers of paths, group by group
groups() { dmsetup status "$map" | grep -oE ' [ADE] 0 [0-9]+ [0-9]' | awk '$3 { printf "%s%s", sep, $3; sep = " " }'; }
is() { [ "$($1)" = "$2" ]; }
makes() {	# makes MESSAGE PRIORITIES GROUPS
	until_true "$1: priorities $2" is priorities "$2"
	until_true "$1: groups of $3" is groups "$3"
}
reads() { awk '{ print $1 }' /sys/block/sda/stat; }
reads_grow() { local before; before=$(reads); pause 2.5; [ "$(reads)" -gt "$before" ]; }
# loaded TABLE - kernels from 4.6 on take the repeat counts, say that they are deprecated, and show 1
loaded() { logged "$map: reload \\[.*$1"; }
again
daemon_start
ready 1 3
map=$(map_of sda)
udevadm settle -t 60
makes "what is detected goes first" "50 10 50" "2 1"
check "the detected checker reads nothing" eval '! reads_grow'
again "detect_pgpolicy_use_tpg yes"
makes "detect_pgpolicy_use_tpg" "50 10 50" "1 1 1"
again "detect_pgpolicy no"
makes "detect_pgpolicy no" "50 10 50" "3"
again "detect_prio no"
makes "detect_prio no" "1 1 1" "3"
again "detect_checker no"
check "detect_checker no: directio reads" reads_grow

say "weights"
again "detect_prio no" 'path_selector "round-robin 0"' "rr_min_io_rq 5"
until_true "the selector" eval 'dmsetup table "$map" | grep -q " round-robin 0 3 1 8:0 "'
check "and after how many requests it continues" loaded "round-robin 0 3 1 8:0 5 8:16 5 8:48 5]"
sed -i -e 's/prio const/prio weightedpath/' -e '/prio weightedpath/a prio_args "devname sda 2 sdb 3 sdd 4"\nrr_weight priorities' \
	-e 's/policy multibus/policy group_by_prio/' /etc/multipath.conf
multipathd reconfigure > /dev/null
makes "prio_args" "2 3 4" "1 1 1"
check "rr_weight: as often as it is worth" loaded "8:48 20 round-robin 0 1 1 8:16 15 round-robin 0 1 1 8:0 10]"
again 'features "2 pg_init_retries 7"'
until_true "features" eval 'dmsetup table "$map" | grep -q " multipath 2 pg_init_retries 7 "'

say "another property is the WWID"
serial=$(udevadm info --query=property --property=ID_SERIAL --value /sys/block/sda)
wwn=$(udevadm info --query=property --property=ID_WWN --value /sys/block/sda)
check "they differ" [ "$wwn" != "$serial" ]
again 'uid_attrs "dasd:ID_UID sd:ID_WWN"'
until_true "a map of that WWID" eval '[ "$(multipathd show maps raw format "%w %N")" = "$wwn 3" ]'
until_true "and no other" maps_are 1
same "the kernel's" "$(dmsetup info -c --noheadings -o uuid "$(map_of sda)")" "mpath-$wwn"
again
until_true "and back" eval '[ "$(multipathd show maps raw format "%w %N")" = "$serial 3" ]'

say "the limit of open files"
again "max_fds 4321"
daemon_stop
daemon_start
same "max_fds" "$(awk '/^Max open files/ { print $4 }' "/proc/$daemon_pid/limits")" 4321
