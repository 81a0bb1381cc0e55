#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a bindings file that was edited badly, cannot be written, or is written by two programs or killed ones gives no name twice
. "$LAB/lib.sh"
san 2 6
wwid() { udevadm info -q property -n "$(paths_of_lun "$1" | head -n 1)" | sed -n 's/^ID_SERIAL=//p'; }
for lun in 0 1 2 3 4 5; do w[lun]=$(wwid $lun); done
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
# all_bound - each map's name stands in the file, for its WWID, and no name twice
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
check "what has no WWID is told" logged "junk has no WWID"

say "edited in place while the daemon knows it otherwise"
cp $file /tmp/bindings
echo "mpathc somebody" >> /tmp/bindings
cat /tmp/bindings > $file
for host in /sys/class/scsi_host/host*; do echo "0 0 3" > "$host/scan"; done
ready 4 2
until_true "names" names_are "mpatha ${w[0]}" "mpathb ${w[1]}" "mpathd ${w[3]}" "mpathq ${w[2]}"
check "the line has stayed" bound mpathc somebody

say "on a read-only file system"
mount --bind /etc/multipath /etc/multipath
mount -o remount,ro,bind /etc/multipath
leave_out 5
ready 5 2
until_true "a WWID is a name" names_are "mpatha ${w[0]}" "mpathb ${w[1]}" "mpathd ${w[3]}" "mpathq ${w[2]}" "${w[4]} ${w[4]}"
check "that is told" logged "bindings: cannot write: Read-only file system"
mount -o remount,rw,bind /etc/multipath
multipathd reconfigure > /dev/null
until_true "it gets a name when it can" names_are "mpatha ${w[0]}" "mpathb ${w[1]}" "mpathd ${w[3]}" "mpathq ${w[2]}" "mpathe ${w[4]}"
all_bound
umount /etc/multipath
