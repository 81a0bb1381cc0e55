#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: flush_on_last_del determines what happens to a map without paths, in use or not; queue_without_daemon whether I/O waits without a daemon
# long: queueing must end by itself
. "$LAB/lib.sh"
values=(never unused unused always always never)
retries=(queue queue queue queue queue fail)
names=(never used unused busy always fail)
san 2 6
configure() {
	local i
	config "queue_without_daemon $1"
	for i in "${!names[@]}"; do
		config_add <<-END
		multipaths {
			multipath {
				wwid "${wwids[i]}"
				alias ${names[i]}
				no_path_retry ${retries[i]}
				flush_on_last_del ${values[i]}
			}
		}
		END
	done
}
wwids=()
for lun in "${!names[@]}"; do
	path=$(paths_of_lun "$lun" | head -n 1)
	wwids+=("$(udevadm info --query=property --property=ID_SERIAL --value "/sys/block/$path")")
done
exists() { dmsetup info "$1" > /dev/null 2>&1; }
gone() { ! exists "$1"; }
queues() { dmsetup table "$1" | grep -q queue_if_no_path; }
fails() { ! queues "$1"; }
is_empty() { dmsetup table "$1" | grep -q '^0 [0-9]* multipath .* 0 0 *$'; }
configure no
daemon_start
ready 6 2
for name in "${names[@]}"; do until_true "$name has a node" test -b /dev/mapper/"$name"; done
exec {used}< /dev/mapper/used {busy}< /dev/mapper/busy

say "the last path goes"
echo -1 > $debug/add_host
echo -1 > $debug/add_host
until_true "no disk is left" disks_are 0
until_true "unused, not in use: it goes, though it queues" gone unused
until_true "always, not in use: it goes" gone always
until_true "never: one that does not queue goes" gone fail
until_true "never: one that queues waits" is_empty never
check "with its I/O" queues never
until_true "unused, in use: it waits" is_empty used
check "with its I/O" queues used
until_true "always: in use, it cannot go, but fails its I/O" fails busy
same "reads fail" "$(promptly 10 dd if=/dev/mapper/busy of=/dev/null count=1 iflag=direct status=none 2>&1 | grep -c 'Input/output error')" 1

say "and comes back"
dd if=/dev/mapper/used of=/dev/null count=1 iflag=direct status=none &
read_job=$!
echo 2 > $debug/add_host
ready 6 2
check "the waiting read gets its data" wait $read_job
until_true "queueing is restored" queues busy
exec {used}<&- {busy}<&-

say "without a daemon"
for name in never used unused busy always; do check "$name queues" queues $name; done
daemon_stop
for name in "${names[@]}"; do check "queue_without_daemon no: $name fails" fails "$name"; done
configure yes
daemon_start
ready 6 2
for name in never used unused busy always; do until_true "$name queues again" queues $name; done
daemon_stop
for name in never used unused busy always; do check "queue_without_daemon yes: $name queues" queues $name; done
