# SPDX-License-Identifier: LGPL-2.1-or-later
# lib.sh - what the tests in the guest share: SANs, paths, the daemon, I/O, and waiting.
#
# Nothing here sleeps for a guessed time: it waits for what it wants to see, until a deadline.
set -u
LC_ALL=C
export LC_ALL
logfile=$LAB_OUT/multipathd.log
daemon_pid=
exec {idle_fd}<> <(:)

# pause SECONDS - without starting a process
pause() { read -rt "$1" -u $idle_fd _ || :; }

# now VAR - microseconds since boot or so
now() { printf -v "$1" %s "${EPOCHREALTIME/./}"; }

say() { local up; read -r up _ < /proc/uptime; echo "  [$up] $*"; }

# waiting - processes that wait in the kernel and cannot be ended, and where
waiting() {
	local process state
	for process in /proc/[0-9]*; do
		state=$(sed -n 's/^State:.//p' "$process/status" 2> /dev/null)
		[[ $state != D* ]] || { echo "$(tr '\0' ' ' < "$process/cmdline")"; sed 's/^/    /' "$process/stack"; }
	done
}

# What one wants to see when a test fails.
show_world() {
	echo "--- paths and maps"
	timeout 10 multipathd show paths
	timeout 10 multipathd show topology
	timeout 10 dmsetup status --target multipath
	timeout 10 dmsetup table --target multipath
	if [ -e "$logfile" ]; then
		echo "--- end of the daemon's log"
		tail -n 40 "$logfile"
	elif [ -d /run/systemd/system ]; then
		echo "--- end of the unit's journal"
		journalctl -u multipathd --no-pager -o cat -n 40
	fi
	echo "--- processes waiting in the kernel"
	waiting
	echo "--- all processes"
	timeout 10 ps -L -N --ppid 2 -p 2 -o pid,ppid,stat,wchan:24,args | cut -c 1-150
	dmesg 2>/dev/null | tail -n 8
} 2>&1

fail() {
	echo "FAILED: ${BASH_SOURCE[1]##*/}:${BASH_LINENO[0]}: $*"
	show_world
	exit 1
}

# check MESSAGE COMMAND... - the command must succeed
check() {
	local message=$1
	shift
	"$@" || fail "$message"
}

# same MESSAGE GOT WANTED
same() {
	[ "$2" = "$3" ] && return
	echo "got:    $2"
	echo "wanted: $3"
	fail "$1"
}

# until_true [-t SECONDS] MESSAGE COMMAND... - poll until the command succeeds (default 20 s; LAB_SLOW times that on
# a slow machine). What is waited for has half of the guest's CPU, however slow the command is.
until_true() {
	local limit=20 end t poll_begun poll_rest # the command sees these: no test has such names
	[ "$1" != -t ] || { limit=$2; shift 2; }
	local message=$1
	shift
	now end
	limit=$((limit * LAB_SLOW))
	end=$((end + limit * 1000000))
	for ((;;)); do
		now poll_begun
		! "$@" || return 0
		now t
		[ "$t" -lt "$end" ] || fail "not within $limit s: $message"
		poll_rest=$((t - poll_begun < 100000 ? 100000 : t - poll_begun > 500000 ? 500000 : t - poll_begun))
		printf -v poll_rest %d.%06d $((poll_rest / 1000000)) $((poll_rest % 1000000))
		pause "$poll_rest"
	done
}

# promptly SECONDS COMMAND... - it is ended after so long (LAB_SLOW times that), and has failed
promptly() { local limit=$(($1 * LAB_SLOW)); shift; timeout "$limit" "$@"; }

# holds SECONDS MESSAGE COMMAND... - the command must keep succeeding
holds() {
	local end t limit=$1 message=$2
	shift 2
	now end
	end=$((end + limit * 1000000))
	for ((;;)); do
		"$@" || fail "$message"
		now t
		[ "$t" -lt "$end" ] || return 0
		pause 0.2
	done
}

## The other side of comparisons

# theirs_mount - Debian's programs, which ours hide elsewhere, are in /run/debian
theirs_mount() {
	mkdir /run/debian
	# Newer kernels have a name for the option.
	mount -t hostfs -o hostfs=/usr/sbin none /run/debian 2>/dev/null ||
		mount -t hostfs -o /usr/sbin none /run/debian || fail "Debian's programs cannot be reached"
}
# theirs_version - of Debian's multipath-tools, such as 0.9.4
theirs_version() { local v; v=$(dpkg-query -W -f '${Version}' multipath-tools) && echo "${v%%-*}"; }

# inotifies VAR - how many descriptors of the daemon watch something; without a process, because it waits for seconds at most
inotifies() {
	local fd lines found=0
	for fd in /proc/"$daemon_pid"/fdinfo/*; do
		mapfile -t lines < "$fd"
		[[ ${lines[*]} != *"inotify wd:"* ]] || found=$((found + 1))
	done 2> /dev/null
	printf -v "$1" %s $found
}
watches_more() { local count; inotifies count; [ $count -gt "$1" ]; }

# while_udev_looks DISK DEVICE COMMAND... - run it while DEVICE is open and udev has an event of DISK to handle; when the daemon
# waits for udev, DEVICE is closed and udev continues. Its output is in $LAB_OUT/reply.
while_udev_looks() {
	local disk=$1 device=$2 before
	shift 2
	udevadm settle -t 60
	inotifies before
	udevadm control --stop-exec-queue
	udevadm trigger --action=change "/sys/block/$disk"
	until_true "udev has an event" test -e /run/udev/queue
	exec 9< "$device"
	"$@" > "$LAB_OUT/reply" 2>&1 9<&- &
	until_true "$* waits for udev" watches_more "$before"
	exec 9<&-
	udevadm control --start-exec-queue
	wait $!
}

## The SAN

debug=/sys/bus/pseudo/drivers/scsi_debug

udevd_gone() { ! pidof systemd-udevd >/dev/null; }

# udev_quick COMMAND... - run it without udevd listening, then let udev see the block devices
# alone: the hosts', targets', bsg's and sg's events are six of the seven that a disk causes.
udev_quick() {
	if [ -d /run/systemd/system ]; then
		"$@"
	else
		udevadm settle -t 300
		kill -KILL $(pidof systemd-udevd)	# "udevadm control --exit" may take minutes
		until_true "udevd ended" udevd_gone
		"$@"
		/lib/systemd/systemd-udevd --daemon 2>/dev/null
		udevadm trigger --action=add --subsystem-match=block --sysname-match='sd*'
	fi
	udevadm settle -t 300
}

# san HOSTS LUNS [PARAMETER=VALUE]... - disks of scsi_debug: LUNS disks, HOSTS paths each
san() {
	local hosts=$1 luns=$2
	shift 2
	udev_quick modprobe scsi_debug add_host="$hosts" num_tgts=1 max_luns="$luns" \
		vpd_use_hostno=0 "dev_size_mb=8" "$@"
	until_true -t 60 "$((hosts * luns)) disks" disks_are $((hosts * luns))
	udevadm settle -t 300
}

# disks_are N - so many disks are there
disks_are() { local d=(/sys/block/sd*); [ -e "${d[0]}" ] || d=(); [ ${#d[@]} -eq "$1" ]; }

# paths_of_host N / paths_of_lun N: their disks' names, one a line
paths_of_host() { local d; for d in /sys/class/scsi_device/"$1":*/device/block/*; do echo "${d##*/}"; done; }
paths_of_lun() { local d; for d in /sys/class/scsi_device/*:*:*:"$1"/device/block/*; do echo "${d##*/}"; done; }

# wwid_of_disk NAME / wwid_of_lun N - as udev has it
wwid_of_disk() { udevadm info -q property -n "$1" | sed -n 's/^ID_SERIAL=//p'; }
wwid_of_lun() { wwid_of_disk "$(paths_of_lun "$1" | head -n 1)"; }

pull() { local p; for p; do echo offline > "/sys/block/$p/device/state"; done; }
plug() { local p; for p; do echo running > "/sys/block/$p/device/state"; done; }
# lose PATH - and multipathd knows;  regain PATH - and it is in use again
lose() { pull "$1"; until_true "$1 is failed" path_is "$1" failed faulty; }
regain() { plug "$1"; until_true "$1 is back" path_is "$1" active ready; }

# tcm_backstore NAME MEGABYTES SERIAL [DEVICE] - a LIO disk in memory, or on DEVICE
core=/sys/kernel/config/target/core
fabric=/sys/kernel/config/target/loopback
tcm_backstore() {
	local kind=rd_mcp_0 store
	[ $# -lt 4 ] || kind=iblock_0
	[ -d "$core" ] || modprobe -a target_core_mod tcm_loop target_core_iblock
	store=$core/$kind/$1
	mkdir -p "$store"
	if [ $# -lt 4 ]; then
		echo "rd_pages=$(($2 * 256))" > "$store/control"
	else
		echo "udev_path=$4" > "$store/control"
	fi
	echo "$3" > "$store/wwn/vpd_unit_serial"
	echo 1 > "$store/enable"
}

# tcm_host N - an initiator and target joined by tcm_loop;  tcm_lun N LUN BACKSTORE: a LUN on it
tcm_host() {
	local target
	printf -v target '%s/naa.500140500000%04x/tpgt_1' "$fabric" "$1"
	modprobe tcm_loop
	mkdir -p "$target"
	printf 'naa.600140500000%04x' "$1" > "$target/nexus"
}
tcm_lun() {
	local target store
	printf -v target '%s/naa.500140500000%04x/tpgt_1' "$fabric" "$1"
	store=$(echo "$core"/*/"$3")
	mkdir -p "$target/lun/lun_$2"
	ln -s "$store" "$target/lun/lun_$2/link"
}
tcm_unlun() {
	local target
	printf -v target '%s/naa.500140500000%04x/tpgt_1' "$fabric" "$1"
	rm "$target/lun/lun_$2/link"
	rmdir "$target/lun/lun_$2"
}
tcm_hctl() { local target; printf -v target '%s/naa.500140500000%04x/tpgt_1/address' "$fabric" "$1"; cat "$target"; }

# iscsi_portal TARGET N DISK... - disks of tcm_backstore at 127.0.0.N, as LUN 0, 1 ...; open to all
iscsi_portal() {
	local group=/sys/kernel/config/target/iscsi/$1/tpgt_$2 n=$2 lun=0 disk
	shift 2
	modprobe -a iscsi_target_mod iscsi_tcp
	mkdir -p /sys/kernel/config/target/iscsi
	mkdir -p "$group/np/127.0.0.$n:3260"
	for disk; do
		mkdir -p "$group/lun/lun_$lun"
		ln -s "$core"/*/"$disk" "$group/lun/lun_$lun/link"
		lun=$((lun + 1))
	done
	echo 0 > "$group/attrib/authentication"
	echo 1 > "$group/attrib/generate_node_acls"
	echo 0 > "$group/attrib/demo_mode_write_protect"
	echo 1 > "$group/enable"
}

# iscsi_login TARGET N - a session with that portal; iscsid runs
iscsi_login() {
	iscsiadm -m node -T "$1" -p "127.0.0.$2:3260,$2" -o new > /dev/null
	iscsiadm -m node -T "$1" -p "127.0.0.$2:3260" -o update -n node.startup -v manual
	iscsiadm -m node -T "$1" -p "127.0.0.$2:3260" --login > /dev/null || fail "no session with $1 $2"
}

## The daemon

# config ["KEYWORD VALUE"]... - write multipath.conf: these defaults, and the tests' own
config() {
	local setting
	{
		echo "defaults {"
		for setting in "user_friendly_names yes" "find_multipaths no" "polling_interval 1" \
			"max_polling_interval 2"; do
			[[ " $* " == *" ${setting%% *} "* ]] || echo "	$setting"
		done
		printf '\t%s\n' "$@"
		echo "}"
	} > /etc/multipath.conf
}
# config_add - append stdin to it
config_add() { cat >> /etc/multipath.conf; }

# daemon_start [OPTION]... - start it and wait until it serves; with LAB_UNIT as its systemd unit, confined as that says
daemon_start() {
	case $LAB_IMPL in
	ours) daemon_program=$(multipathd_program);;
	*) daemon_program=/usr/sbin/multipathd;;
	esac
	ulimit -r 10	# as in its unit: it runs with real-time priority then
	set -- ${daemon_wrap:-} "$daemon_program" ${daemon_options:--d -s -v3} "$@"
	if [ -n "${LAB_UNIT-}" ]; then
		unit_run "$@" &
	else
		"$@" >> "$logfile" 2>&1 &
	fi
	daemon_job=$!
	until_true -t "${daemon_limit:-60}" "the daemon serves" daemon_serves
	read -r daemon_pid < /run/multipathd.pid || :
	[ -z "${LAB_UNIT-}" ] || unit_confines
}
# unit_run COMMAND... - run it as the daemon's unit, until it has ended, and return its status as a shell does: see unit.conf
unit_run() {
	local code status
	[ -p /run/lab/ended ] || mkfifo /run/lab/ended
	echo "DAEMON=\"$*\"" > /run/lab/daemon
	systemctl start --no-block multipathd
	read -r code status < /run/lab/ended
	case $code in
	exited) return "$status";;
	killed|dumped) return $((128 + $(kill -l "$status")));;
	*) return 1;;	# it was not even started
	esac
}
# unit_confines - the daemon runs in the unit, with its filters; run-all looks whether that was so
unit_confines() {
	check "the daemon runs in its unit" grep -q '/multipathd\.service$' "/proc/$daemon_pid/cgroup"
	check "its system calls are filtered" grep -qx 'Seccomp:.2' "/proc/$daemon_pid/status"
	check "it gets no new privileges" grep -qx 'NoNewPrivs:.1' "/proc/$daemon_pid/status"
	check "it has realtime priority" grep -q 'RR' <<< "$(ps -o cls= -p "$daemon_pid")"
	echo "$daemon_pid" >> "$LAB_OUT/confined"
}
# The program that the front end would start: its process id is then the daemon's.
multipathd_program() { echo /usr/sbin/multipathd; }
daemon_serves() {
	local reply
	reply=$(multipathd show daemon 2>/dev/null)
	[[ $reply == "pid "*" idle" || $reply == "pid "*" running" ]] && return
	kill -0 "$daemon_job" 2>/dev/null || fail "the daemon ended while starting"
	return 1
}
daemon_gone() { ! kill -0 "$daemon_pid" 2>/dev/null; }
# What it does by itself in a second is a check or two; looks that cause looks are hundreds.
daemon_turns() { awk '/^voluntary/ { print $2 }' "/proc/$daemon_pid/status"; }
daemon_rests() { local before; before=$(daemon_turns); pause 1; [ $(($(daemon_turns) - before)) -lt 60 ]; }
daemon_stop() {
	[ "${1-}" = any ] || until_true "the daemon rests" daemon_rests
	kill -TERM "$daemon_pid"
	wait "$daemon_job"
	local status=$?
	[ "${1-}" = any ] || [ $status -eq 0 ] || fail "the daemon ended with status $status"
	daemon_pid=
}
daemon_kill() {
	kill -KILL "$daemon_pid"
	wait "$daemon_job" 2>/dev/null
	daemon_pid=
}
logged() { grep -q -- "$1" "$logfile"; }

# latency N COMMAND - N answers; fails above 50 ms (LAB_SLOW times that) at the 99th percentile, or when one is missing.
# The client has real-time priority: the daemon is measured, not other users of the CPU. Whoever wants the
# machine's CPU beside this guest is beyond that, and only ever adds: the best of three counts.
latency() {
	local try
	for try in 1 2 3; do
		if chrt -r 1 python3 "$LAB/client.py" latency "$1" "$2" $((50 * LAB_SLOW))e-3 > "$LAB_OUT/latency"; then
			say "$(cat "$LAB_OUT/latency")"
			return
		fi
		say "$(cat "$LAB_OUT/latency")"
	done
	fail "$2 is late"
}

## Maps

# maps_are N - dm-multipath maps in the kernel
maps_are() { [ "$(dmsetup ls --target multipath 2>/dev/null | grep -vc '^No devices')" -eq "$1" ]; }
# maps_remove - remove every map, when udev and all others have closed it
maps_remove() { udevadm settle -t 60; until_true "no map is left" maps_removed; }
maps_removed() { dmsetup remove_all 2>/dev/null; maps_are 0; }
# maps_of_paths PATHS - how many maps the daemon has of PATHS paths, all of them active and ready
maps_of_paths() {
	multipathd show paths raw format "%m %t %T" 2>/dev/null | awk -v want="$1" '
		$1 != "[orphan]" { all[$1]++; if ($2 == "active" && $3 == "ready") good[$1]++ }
		END { for (m in all) if (all[m] == want && good[m] == want) maps++; print maps + 0 }'
}
# maps_have N PATHS - there are N maps, of PATHS good paths each
maps_have() { [ "$(maps_of_paths "$2")" -eq "$1" ] && maps_are "$1"; }
# ready N HAVE [SECONDS] - wait for N maps of HAVE good paths
ready() { until_true -t "${3:-60}" "$1 maps of $2 good paths" maps_have "$1" "$2"; udevadm settle -t 120; }

# path_state PATH DM CHECKER - e.g. sda failed faulty
path_is() { [ "$(multipathd show paths raw format '%d %t %T' 2>/dev/null | awk -v p="$1" '$1 == p { print $2, $3 }')" = "$2 $3" ]; }
path_known() { multipathd show paths raw format '%d' 2>/dev/null | grep -qx "$1"; }
path_unknown() { ! path_known "$1"; }
map_of() { multipathd show paths raw format '%d %m' | awk -v p="$1" '$1 == p { print $2 }'; }
map_field() { multipathd show maps raw format "%n $2" | awk -v m="$1" '$1 == m { $1 = ""; print substr($0, 2) }'; }
# kernel_path MAP PATH STATE - A or F in the kernel's status line
kernel_path() {
	local dev
	read -r dev < "/sys/block/$2/dev"
	dmsetup status "$1" 2>/dev/null | grep -q " $dev $3 "
}
# loads - table loads since boot, of all maps, which the kernel's event numbers do not show: see dmsetup's "create"
loads() { multipathd show maps raw format '%2' 2>/dev/null | awk '{ n += $1 } END { print n + 0 }'; }

## I/O

# io_start NAME DEVICE [FIO OPTION]... - write and verify in the background until io_stop
io_start() {
	local name=$1 device=$2
	shift 2
	fio --name="$name" --filename="$device" --rw=randwrite --bs=4k --size=4m --direct=1 \
		--ioengine=libaio --iodepth=4 --verify=crc32c --verify_fatal=1 --verify_backlog=64 \
		--time_based --runtime=1d --loops=100000 --output-format=json \
		--thinktime=2ms --output="$LAB_OUT/fio-$name.json" "$@" > "$LAB_OUT/fio-$name.err" 2>&1 &
	eval "io_pid_$name=$!"
	until_true "I/O goes" io_moves "$device"
}
# io_count DEVICE VAR - sectors read and written
io_count() { local dm s; dm=$(readlink -f "$1"); read -r -a s < "/sys/block/${dm##*/}/stat"; printf -v "$2" %s $((s[2] + s[6])); }
io_moves() { local a b; io_count "$1" a; pause 0.3; io_count "$1" b; [ "$b" -gt "$a" ]; }
io_stands() { ! io_moves "$1"; }
io_runs() { local v=io_pid_$1; kill -0 "${!v}" 2>/dev/null; }
# io_stop NAME - end it; every byte read back must have been the one written, without an error
io_stop() {
	local v=io_pid_$1 status
	kill -INT "${!v}" 2>/dev/null
	wait "${!v}"
	status=$?
	grep -q '"error" : 0' "$LAB_OUT/fio-$1.json" && ! grep -q '"error" : [1-9]' "$LAB_OUT/fio-$1.json" &&
		! grep -q 'verify:' "$LAB_OUT/fio-$1.err" ||
		{ cat "$LAB_OUT/fio-$1.err"; grep '"error"' "$LAB_OUT/fio-$1.json"; fail "I/O was lost (fio status $status)"; }
}
