# SPDX-License-Identifier: LGPL-2.1-or-later
# reservations.sh - a disk that another host has, too. Sourced by tests, after lib.sh.

ldconfig	# another libmpathpersist is in /lib, and ours comes first
mkdir -p /var/target/pr	# LIO keeps registrations there

# shared_disk HOSTS - one unit, a path for each host
shared_disk() {
	local host
	tcm_backstore disk 8 reservation-1
	for ((host = 0; host < $1; host++)); do tcm_host $host; tcm_lun $host 0 disk; done
}
# belongs_to_other DISK - this path is another host's; after config()
belongs_to_other() {
	other=$1
	config_add <<< $'blacklist {\n\tdevnode "^'"$1"$'$"\n}'
}
# mpp OPTION... - our mpathpersist, which must succeed;  refused STATUS OPTION... - must not
mpp() { promptly 60 /usr/sbin/mpathpersist "$@" > /tmp/out 2> /tmp/err || fail "mpathpersist $*: status $?: $(cat /tmp/out /tmp/err)"; }
refused() {
	local wanted=$1 status=0
	shift
	promptly 60 /usr/sbin/mpathpersist "$@" > /tmp/out 2> /tmp/err || status=$?
	same "mpathpersist $*: $(cat /tmp/out /tmp/err)" "$status $(tail -n 1 /tmp/out)" "$wanted PR out: command failed"
}
# other OPTION... - the other host, by another program. Its first command after it has been shut out only answers that.
other() {
	sg_persist -n "$@" "/dev/$other" > /tmp/other 2>&1 || sg_persist -n "$@" "/dev/$other" > /tmp/other 2>&1 ||
		fail "sg_persist $*: $(cat /tmp/other)"
}
# keys; holder - at the array;  notes - of the daemon: key, registered, held
keys() { other -i -k; sed -n 's/^ *0x//p' /tmp/other | sort | paste -sd,; }
holder() { other -i -r; sed -n 's/.*[Kk]ey *= *0x//p; s/.*type: *//p' /tmp/other | paste -sd' '; }
notes() { local note; for note in prkey prstatus prhold; do multipathd "get$note" map "$map"; done | paste -sd,; }

# child_stops PID - the first child of a tracer that writes to $trace, or of what it traces; sets $child. In /proc each system
# call that is traced looks like a stop for a moment.
trace=/tmp/trace
child_stops() {
	[ -e "/proc/$1" ] || fail "it has ended: $(cat /tmp/err)"
	child=$(pgrep -o -P "$1") && [[ $(grep -s "^ *$child " "$trace" | tail -n 1) == *"stopped by SIGSTOP"* ]]
}
