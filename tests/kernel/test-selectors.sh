#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: every path selector of the kernel gets its arguments, spreads verified I/O and survives a lost path; one that the kernel lacks is reported, and I/O continues in the old table
# lab: --rules full
# module: dm-historical-service-time
# module: dm-io-affinity
. "$LAB/lib.sh"
both() { tcm_backstore disk 16 selectors; tcm_host 1; tcm_host 2; tcm_lun 1 0 disk; tcm_lun 2 0 disk; }
configure() {
	config
	config_add <<- END
		overrides {
			no_path_retry 30
			path_grouping_policy multibus
			path_selector "$1"
			rr_min_io_rq 7
			path_checker tur
			${2-}
		}
	END
}
ios_of() { awk '{ print $1 + $5 }' "/sys/block/$1/stat"; }
spread() { [ "$(ios_of "$one")" -gt $((one_before + 20)) ] && [ "$(ios_of "$two")" -gt $((two_before + 20)) ]; }
both_get_io() { one_before=$(ios_of "$one") two_before=$(ios_of "$two"); until_true "$1: both paths get I/O" spread; }
table_is() { dmsetup table "$map" | grep -Eq "$1"; }
switched() { multipathd reconfigure > /dev/null; until_true "$selector: the table is $1" table_is "$1"; }

udev_quick both
until_true "the disks are there" disks_are 2
read -r one two <<< "$(paths_of_lun 0 | sort | tr '\n' ' ')"
configure "service-time 0"
daemon_start
ready 1 2
map=$(map_of "$one")
io_start io "/dev/mapper/$map"

# exercise SELECTOR ARGUMENTS-OF-A-PATH [PRINTED] - PRINTED: in the kernel's table
exercise() {
	selector=$1
	configure "$1"
	switched " ${3-$1} 2 [12] [0-9]+:[0-9]+ $2 [0-9]+:[0-9]+ $2 \$"
	dmsetup table "$map" | sed 's/^/    /'
	both_get_io "$1"
	pull "$one"
	until_true "$1: the path is failed" path_is "$one" failed faulty
	until_true "$1: I/O continues" io_moves "/dev/mapper/$map"
	plug "$one"
	until_true "$1: the path is back" path_is "$one" active ready
	both_get_io "$1"
	say "$1"
}
failure="cannot reload the map"
[ "$LAB_IMPL" = ours ] || failure=""
reported() { logged "\[.* ${selector%% *} " && logged "$failure"; }
# refused SELECTOR WHY - by the kernel
refused() {
	selector=$1
	configure "$1"
	: > "$logfile"
	multipathd reconfigure > /dev/null
	until_true "$1: the log reports it" reported
	until_true "$1: the old table stays" table_is " service-time 0 2 "
	until_true "$1: I/O continues" io_moves "/dev/mapper/$map"
	say "$1: $2"
}
# The kernel has no repeat counts but 1 any more, whatever rr_min_io_rq is.
exercise "round-robin 0" 1
exercise "queue-length 0" 1
exercise "service-time 0" "1 1"
# As with Debian's kernels, which are built without it.
mkdir -p /etc/modprobe.d
echo "install dm-historical-service-time /bin/false" > /etc/modprobe.d/lab-lacking.conf
refused "historical-service-time 0" "not in this kernel"
rm /etc/modprobe.d/lab-lacking.conf
exercise "historical-service-time 0" 0 "historical-service-time 2 [0-9]+ 0"
exercise "historical-service-time 1 512" 0 "historical-service-time 2 512 0"
exercise "historical-service-time 2 512 1000" 0
exercise "service-time 0" "1 1"
# An argument of a path is the mask of the CPUs whose I/O it gets, and rr_min_io_rq is the same for all paths.
refused "io-affinity 0" "no two paths of a group may have the same CPUs"
configure "io-affinity 0" $'path_grouping_policy failover\n\t\tdetect_pgpolicy no\n\t\trr_min_io_rq 1'
selector=io-affinity
switched " io-affinity 0 1 1 [0-9]+:[0-9]+ 0*1 .*io-affinity 0 1 1 [0-9]+:[0-9]+ 0*1 \$"
dmsetup table "$map" | sed 's/^/    /'
pull "$one"
until_true "$selector: the path is failed" path_is "$one" failed faulty
until_true "$selector: I/O continues" io_moves "/dev/mapper/$map"
plug "$one"
until_true "$selector: the path is back" path_is "$one" active ready
until_true "$selector: I/O continues" io_moves "/dev/mapper/$map"
io_stop io
daemon_stop any
