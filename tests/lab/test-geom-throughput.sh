#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: Active/Active has the throughput of both paths, Active/Read has it for reads, and that of one path for writes, which stay in order
# long: it measures, for which the machine must be quiet
# lab: --urgent
# unit: gmultipath alone: no daemon runs
. "$LAB/lib.sh"
. "$LAB/geom.sh"
# Disks that take one command at a time, 2 ms each: they are what limits it.
san 2 1
read -r -d '' a b < <(paths_of_lun 0 | tr '\n' ' ')
echo 2000000 > $debug/ndelay
for d in "$a" "$b"; do echo 1 > "/sys/block/$d/device/queue_depth"; done
# rate read|write VAR - I/Os a second
rate() {
	local n
	n=$(fio --name=t --filename=/dev/mapper/FOO --rw="rand$1" --bs=4k --size=4m --direct=1 --ioengine=libaio --iodepth=16 \
		--time_based --runtime=1 --output-format=terse 2>"$LAB_OUT/fio.err" | cut -d ';' -f "$([ "$1" = read ] && echo 8 || echo 49)")
	[ -n "$n" ] || { cat "$LAB_OUT/fio.err"; fail "fio"; }
	printf -v "$2" %s "$n"
}
# times X Y PERCENT - is X at least PERCENT of Y?
times() { [ $(($1 * 100)) -ge $(($2 * $3)) ]; }
gm create FOO "$a" "$b"
udevadm settle -t 30
for mode in P A R; do
	gm configure -$mode FOO
	udevadm settle -t 30
	rate read "reads_$mode"
	rate write "writes_$mode"
done
say "reads a second:  Active/Passive $reads_P, Active/Active $reads_A, Active/Read $reads_R"
say "writes a second: Active/Passive $writes_P, Active/Active $writes_A, Active/Read $writes_R"
check "Active/Active reads by both" times "$reads_A" "$reads_P" 150
check "Active/Active writes by both" times "$writes_A" "$writes_P" 150
check "Active/Read reads as Active/Active" times "$reads_R" "$reads_A" 75
check "Active/Read writes as Active/Passive" times "$writes_R" "$writes_P" 75
check "and not by both" times "$writes_A" "$writes_R" 150

say "Active/Read: while the writer changes, no reader ever sees an older state than before"
python3 - > "$LAB_OUT/order" 2>&1 <<'PYTHON' &
import mmap, os, threading, time
fd = os.open("/dev/mapper/FOO", os.O_RDWR | os.O_DIRECT)
end = time.monotonic() + 3
def write():
    page = mmap.mmap(-1, 4096)
    n = 0
    while time.monotonic() < end:
        n += 1
        page[0:8] = n.to_bytes(8, "little")
        os.pwritev(fd, [page], 0)
    print("writes", n)
os.pwritev(fd, [mmap.mmap(-1, 4096)], 0)
thread = threading.Thread(target=write)
thread.start()
page, last, reads = mmap.mmap(-1, 4096), 0, 0
while thread.is_alive():
    os.preadv(fd, [page], 0)
    n = int.from_bytes(page[0:8], "little")
    assert n >= last, (n, last)
    last = n
    reads += 1
print("reads", reads, "last", last)
assert last > 100
PYTHON
order=$!
while kill -0 $order 2>/dev/null; do gm rotate FOO; pause 0.2; done
wait $order || { cat "$LAB_OUT/order"; fail "order"; }
say "$(tr '\n' ' ' < "$LAB_OUT/order")"
udevadm settle -t 30 # the writer has closed it: udev looks at it, and has it open for that
gm stop FOO
check "nothing is left" no_dm
