#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: multipath -u, -c, -U and -C decide the same, without delay, whether the daemon is up, down, stuck or not started yet
# long: each command with the daemon in each state
. "$LAB/lib.sh"
udev_quick modprobe scsi_debug add_host=2 num_tgts=1 max_luns=1 vpd_use_hostno=0 dev_size_mb=8
single() { tcm_host 1; tcm_backstore lonely 8 lonely; tcm_lun 1 0 lonely; }
udev_quick single
until_true "3 disks" disks_are 3
serial() { udevadm info -q property -n "$1" | sed -n 's/^ID_SERIAL=//p'; }
multi=$(serial sda) alone=$(serial sdc)
waits=/run/multipath/find_multipaths failed=/run/multipath/failed_wwids

# properties DISK VAR - what udev knows of it, but for former answers
properties() { mapfile -t "$2" < <(udevadm info -q property -n "$1" | grep -v '^DM_MULTIPATH_DEVICE_PATH=\|^FIND_MULTIPATHS_'); }
properties sda of_sda
properties sdc of_sdc
# u DISK [NAME=VALUE]... - multipath -u as udev calls it: the properties so far are the environment
u() {
	local -n known=of_$1
	local disk=$1
	shift
	env -i "${known[@]}" "$@" /usr/sbin/multipath ${options-} -u "$disk" | tr '\n' ' '
	[ "${PIPESTATUS[0]}" -eq 0 ] || echo "failed"
}
yes='DM_MULTIPATH_DEVICE_PATH="1" ' no='DM_MULTIPATH_DEVICE_PATH="0" '
maybe='FIND_MULTIPATHS_WAIT_UNTIL="[0-9]+\.[0-9]{6}" DM_MULTIPATH_DEVICE_PATH="2" '
over='FIND_MULTIPATHS_WAIT_UNTIL="0" DM_MULTIPATH_DEVICE_PATH="0" '
# answers MESSAGE WANTED DISK [NAME=VALUE]... - WANTED is a regular expression
answers() {
	local message=$1 wanted=$2 got
	shift 2
	got=$(u "$@")
	[[ $got =~ ^$wanted$ ]] || { echo "got:    $got"; echo "wanted: $wanted"; fail "$who: $message"; }
}

# A daemon is to make no map of sda: what decides is what is known of it.
prepare() {	# prepare KEYWORDS... [-- MORE]
	local more=
	rm -rf /etc/multipath/wwids $waits $failed
	[[ " $* " != *" -- "* ]] || { more=${!#}; set -- "${@:1:$#-2}"; }
	[[ $* == *find_multipaths* ]] || set -- "find_multipaths strict" "$@"
	config "user_friendly_names no" "$@"
	config_add <<< "$more"
	"$reload"
	echo "/$multi/" > /etc/multipath/wwids	# after the daemon has looked
}
none() { :; }
reconfigured() { multipathd reconfigure > /dev/null; until_true "reconfigured" daemon_serves; }
mount_it() {
	[ -e /tmp/made ] || { mkfs.ext2 -q /dev/sdc 2> /dev/null && : > /tmp/made; }
	check "mounted" mount -t ext2 /dev/sdc /mnt
}
ten_thousand() { local i; for ((i = 0; i < 10000; i++)); do echo "wwid 36001405${i}0000000000000000"; done; }

# The same questions, with and without a daemon.
ask_all() {
	prepare "find_multipaths strict"
	answers "strict: nothing is known of it" "$no" sdc
	answers "strict: what stands in the wwids file is taken" "$yes" sda
	answers "strict: even if it was released" "$yes" sda DM_MULTIPATH_DEVICE_PATH=0
	answers "no partition is a path" "$no" sda DEVTYPE=partition
	check "-c: as udev has it in its database" multipath -c /dev/sda > /dev/null
	check "-c: and not" eval '! multipath -c /dev/sdc > /dev/null'
	mkdir -p $failed
	: > "$failed/$multi"
	answers "a map that could not be made is not taken" "$no" sda
	rm "$failed/$multi"
	options=-i answers "-i: strict becomes smart, and it waits" "$maybe" sdc

	local rule
	for rule in 'devnode "^sd[a]"' "wwid $multi" "wwid \"!$alone\"" "protocol scsi:unspec" 'property DEVTYPE' \
		$'device {\nvendor Linux\nproduct scsi_debug\n}'; do
		prepare -- "blacklist {
$rule
}"
		answers "blacklisted: $rule" "$no" sda
	done
	prepare -- "blacklist {
wwid .*
}
blacklist_exceptions {
wwid $multi
}"
	answers "an exception" "$yes" sda
	prepare -- "blacklist {
$(ten_thousand)
}"
	answers "none of ten thousand rules" "$yes" sda
	prepare "uid_attribute ID_OTHER"
	answers "no WWID, no path" "$no" sda
	answers "any property may be the WWID" "$yes" sda "ID_OTHER=$multi"

	prepare "find_multipaths smart" "find_multipaths_timeout 600"
	answers "smart: a lone one waits" "$maybe" sdc
	same "$who: its marker's mode" "$(stat -c %a $waits/*)" 644
	answers "smart: the same wait goes on" "$maybe" sdc
	touch -d '1 second ago' $waits/*
	answers "smart: and is over" "$over" sdc
	rm -rf $waits
	answers "smart: no wait for what was released" "$no" sdc DM_MULTIPATH_DEVICE_PATH=0
	check "$who: no marker" [ ! -e $waits ]
	mount_it
	answers "smart: nor for what is in use" "$no" sdc
	umount /mnt
	rm /etc/multipath/wwids
	answers "smart: a sibling is enough" "$yes" sda
}

say "no daemon"
config "find_multipaths greedy"
reload=none who="no daemon"
answers "nobody is there to make a map" "$no" sda
check "-c does not need one" multipath -c /dev/sda > /dev/null

say "a socket whose daemon is not there yet"
python3 -c '
import socket, time
s = socket.socket(socket.AF_UNIX)
s.bind("\0/org/kernel/linux/storage/multipathd")
s.listen(1000)
time.sleep(600)' &
holder=$!
socket_is_there() { grep -q '@/org/kernel/linux/storage/multipathd$' /proc/net/unix; }
until_true "the socket is there" socket_is_there
who="not started"
ask_all
prepare "find_multipaths greedy"
answers "greedy: any disk is taken" "$yes" sdc
answers "greedy: unless it was released" "$no" sdc DM_MULTIPATH_DEVICE_PATH=0
mount_it
answers "greedy: not if it is in use" "$no" sdc
umount /mnt
prepare "find_multipaths off"
answers "off: nothing is known" "$no" sdc
echo "blacklist {" >> /etc/multipath.conf
echo 'wwid "("' >> /etc/multipath.conf
answers "an error in the file" "failed" sda
kill $holder
wait $holder 2> /dev/null

say "a daemon"
reload=reconfigured who="daemon"
config "find_multipaths strict"
rm /etc/multipath/wwids
daemon_start
ask_all
ready 1 2
map=$(cat /sys/block/sda/holders/dm-*/dm/uuid)
same "a map was made" "$map" "mpath-$multi"
answers "what a map holds is its path" "$yes" sda DM_MULTIPATH_DEVICE_PATH=0
dm=(/sys/block/sda/holders/dm-*)
dm=${dm##*/}
usable() { multipath -U -v1 "$dm" && multipath -C "/dev/$dm" && multipath -C "$(cat "/sys/block/$dm/dev")"; }
check "it is usable" usable
pull sda
until_true "sda is failed" path_is sda failed faulty
check "one path is enough" usable
pull sdb
until_true "sdb is failed" path_is sdb failed faulty
check "none is not" eval "! multipath -U -v1 $dm"
check "what is no map is not" eval "! multipath -U -v1 sda && ! multipath -C mpatha && ! multipath -U dm-99"
plug sda sdb
until_true "sda is back" path_is sda active ready
printf 'blacklist {\nwwid "("\n}\n' >> /etc/multipath.conf
echo "/$alone/" > /etc/multipath/wwids
answers "an error in the file does not matter: the old one is in force" "$yes" sdc

say "a daemon that is stuck"
kill -STOP "$daemon_pid"
who="stuck"
answers "nothing waits for it" "failed" sdc
config "find_multipaths strict"
now a
answers "the files tell" "$yes" sdc
now b
[ $((b - a)) -lt $((2000000 * LAB_SLOW)) ] || fail "it took $((b - a)) us"
kill -CONT "$daemon_pid"

say "system calls"
count() { strace -qq -c -o /tmp/count "$@" > /dev/null; awk '$NF == "total" { print $4 }' /tmp/count; }
asked=$(count env -i DEVTYPE=disk "ID_SERIAL=$alone" SCSI_IDENT_SERIAL=x /usr/sbin/multipath -u sdc)
say "$asked, env's own included"
[ "$asked" -lt 130 ] || { cat /tmp/count; fail "multipath -u makes $asked system calls"; }
