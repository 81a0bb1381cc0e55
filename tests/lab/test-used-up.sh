#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a user who exhausts shared kernel resources (asynchronous reads, semaphores) or floods /proc does not keep the programs from starting and working
# long: the kernel's resources are used up first
. "$LAB/lib.sh"
ulimit -Hn 400000
config "path_checker directio" "find_multipaths greedy"
san 2 1
read -r -a paths <<< "$(paths_of_lun 0 | tr '\n' ' ')"

# begin WHAT - of client.py
begin() {
	say "$1"
	rm -f "$LAB_OUT/user"
	python3 "$LAB/client.py" user "$1" > "$LAB_OUT/user" 2>&1 &
	user=$!
	until_true -t 60 "the user has begun" grep -q ready "$LAB_OUT/user"
}
gone() { ! pgrep -u 65534 > /dev/null; }
end() {
	pkill -KILL -u 65534
	wait $user 2>/dev/null
	until_true "the user is gone" gone
}

begin reads
daemon_start
ready 1 2
check "it is reported" logged "fs.aio-max-nr"
pull "${paths[0]}"
until_true "a path fails in the kernel" kernel_path mpatha "${paths[0]}" F
plug "${paths[0]}"
until_true "and is back" kernel_path mpatha "${paths[0]}" A
daemon_stop
end

begin hide
now a
daemon_start
now b
say "the daemon served after $(((b - a) / 1000)) ms"
check "the search for the socket's holder ends soon" test $((b - a)) -lt $((5000000 * LAB_SLOW))
daemon_stop
end

begin semaphores
# No program waits for udev then.
check "partitions get their devices" eval 'printf ",1M\n" | sfdisk -q --no-reread /dev/mapper/mpatha && kpartx -a -p -part /dev/mapper/mpatha'
until_true "they are there" test -b /dev/mapper/mpatha-part1
check "and go" kpartx -d -p -part /dev/mapper/mpatha
until_true "a map is removed" multipath -f mpatha
check "maps are created" multipath
check "it is there" maps_are 1
end
