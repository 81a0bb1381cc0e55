#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: with ALL_TG_PT on a target that has it, all paths are registered, get another key without losing the reservation, and are unregistered, and a host that is fenced stays fenced
# long: paths are lost and come back
. "$LAB/lib.sh"
. "$LAB/reservations.sh"
M=

# port HOST PORT - a target port with an ACL for that host: LIO has ALL_TG_PT for those only. The disk is LUN 1 there: the kernel
# looks for a LUN when it is linked, and that of an ACL can be linked only afterwards.
port() {
	local target initiator
	printf -v target '%s/naa.500140500000%04x/tpgt_%d' "$fabric" "$1" "$2"
	printf -v initiator 'naa.600140500000%04x' "$1"
	modprobe tcm_loop
	mkdir -p "$target"/lun/lun_{0,1} "$target/acls/$initiator/lun_1"
	ln -s "$core"/*/disk "$target/lun/lun_0/link"
	ln -s "$target/lun/lun_0" "$target/acls/$initiator/lun_1/link"
	printf %s "$initiator" > "$target/nexus"
	ln -s "$core"/*/disk "$target/lun/lun_1/link"
}
san() {
	local host
	tcm_backstore disk 8 reservation-1
	for host in 0 1; do port $host 1; port $host 2; done
	port 2 1
}
# ports - key of each registration, with a star if it was made with ALL_TG_PT, in order
ports() { other -i -s; awk '/Key=/ { sub(".*Key=0x", ""); key = $0 } /All target ports bit/ { print key (/ set/ ? "*" : "") }' /tmp/other | sort | paste -sd,; }
# world - of the array and the daemon
world() { echo "$(keys) $(notes) $(multipathd show reservations | awk -v map="$map" '$1 == map { print $3, $4, $7, $8 }')"; }
world_is() { [ "$(world)" = "$1" ]; }
becomes() { until_true "$1" world_is "$2"; }
writes() { dd if=/dev/zero of="/dev/${1:-mapper/$map}" bs=4k count=1 oflag=direct status=none 2> /dev/null; }
each_writes() { local disk; for disk in sda sdb sdc sdd "mapper/$map"; do writes $disk || return; done; }
none_writes() { local disk; for disk in sda sdb sdc sdd "mapper/$map"; do ! writes $disk || return; done; }

udev_quick san
until_true "all disks" disks_are 5
config "no_path_retry fail" "path_grouping_policy multibus" "reservation_key file" "all_tg_pt yes"
belongs_to_other sde
daemon_start
ready 1 4
map=$(map_of sda)
M=/dev/mapper/$map

say "all ports"
mpp -o -G -S a "$M"
same "registered with one command for each host" "$(ports)" "a*,a*,a*,a*"
same "registered" "$(world)" "a,a,a,a 0xa,set,unknown registered 4/4 none -"
lose sda
mpp -o -R -K a -T 5 "$M"
regain sda
same "the second port holds the reservation" "$(world)" "a,a,a,a 0xa,set,set holder 4/4 0xa WE-RO"
check "every path is let through" each_writes

say "another key"
io_start one "$M"
mpp -o -G -K a -S b "$M"
same "on all paths, which hold the reservation as before" "$(world)" "b,b,b,b 0xb,set,set holder 4/4 0xb WE-RO"
mpp -o -I -S a "$M"
same "whatever it was" "$(world)" "a,a,a,a 0xa,set,set holder 4/4 0xa WE-RO"
lose sdb
mpp -o -G -K a -S b "$M"
becomes "the path that is down loses the reservation" "b,b,b 0xb,set,set holder 3/4 0xb WE-RO"
regain sdb
becomes "and is registered" "b,b,b,b 0xb,set,set holder 4/4 0xb WE-RO"
lose sdd
mpp -o -G -K b -S a "$M"
regain sdd
becomes "a path that was down gets the key, too" "a,a,a,a 0xa,set,set holder 4/4 0xa WE-RO"
mpp -o -P -K a -S a -T 5 "$M"
same "preempting oneself leaves all registered" "$(world)" "a,a,a,a 0xa,set,set holder 4/4 0xa WE-RO"
io_stop one

say "unregistering"
lose sdb
mpp -o -G -K a -S 0 "$M"
plug sdb
ready 1 4
becomes "nothing is left" " none,unset,unset no-key 0/4 none -"
mpp -o -Z -I -S a "$M"
same "and then whatever it was" "$(ports)" "a*,a*,a*,a*"
lose sdc
mpp -o -I -S 0 "$M"
plug sdc
ready 1 4
becomes "nothing is left" " none,unset,unset no-key 0/4 none -"

say "without ALL_TG_PT"
mpp -o -I -S a "$M"
config "no_path_retry fail" "path_grouping_policy multibus" "reservation_key file"
belongs_to_other sde
multipathd reconfigure > /dev/null
until_true "the daemon serves" daemon_serves
lose sdb
regain sdb
becomes "what was registered with it is known" "a,a,a,a 0xa,set,unknown registered 4/4 none -"
check "mpathpersist needs it, too" eval '! /usr/sbin/mpathpersist -o -G -K a -S b "$M" > /tmp/out 2> /tmp/err'
same "nothing has changed" "$(world)" "a,a,a,a 0xa,set,unset registered 4/4 none -"
mpp -o -Y -G -K a -S b "$M"
same "with the option" "$(world)" "b,b,b,b 0xb,set,unknown registered 4/4 none -"

say "fenced"
other -o -I -S f
other -o -P -K f -S b -T 5
other -o -R -K f -T 5
lose sda
plug sda
ready 1 4
becomes "a path that comes back is not registered" "f 0xb,unset,unset lost 0/4 0xf WE-RO"
daemon_stop
daemon_start
ready 1 4
becomes "nor is any after a restart" "f 0xb,unset,unset lost 0/4 0xf WE-RO"
check "no path is let through" none_writes
mpp -o -Y -I -S b "$M"
same "until it joins again" "$(world)" "b,b,b,b,f 0xb,set,unset registered 4/4 0xf WE-RO"
check "every path is let through" each_writes
