# SPDX-License-Identifier: LGPL-2.1-or-later
# geom.sh - what the tests of gmultipath share; to be read after lib.sh.

# gm VERB... - must succeed, silently;  gm_fails TEXT VERB... - must fail, and say so
gm() { gmultipath "$@" > "$LAB_OUT/gm.out" 2> "$LAB_OUT/gm.err" || { cat "$LAB_OUT/gm.err"; fail "gmultipath $*"; }; }
gm_fails() {
	local text=$1 status
	shift
	gmultipath "$@" > "$LAB_OUT/gm.out" 2> "$LAB_OUT/gm.err"
	status=$?
	[ $status -eq 1 ] || { cat "$LAB_OUT/gm.err"; fail "gmultipath $* ended with $status"; }
	grep -q -- "$text" "$LAB_OUT/gm.err" || { cat "$LAB_OUT/gm.err"; fail "gmultipath $* does not say: $text"; }
}
# gm_is NAME "STATE PATH:STATE ..." - as `status -s` has it
gm_status() { gmultipath status -s "$1" 2>/dev/null | awk '{ if (NR == 1) printf "%s", $2; gsub(/[()]/, "", $4); printf " %s:%s", $3, $4 }'; }
gm_is() { same "status of $1" "$(gm_status "$1")" "$2"; }
gm_becomes() { until_true "$1: $2" gm_has "$1" "$2"; }
gm_has() { [ "$(gm_status "$1")" = "$2" ]; }
gm_active() { same "active path of $1" "$(gmultipath getactive "$1")" "$2"; }
# label_of DISK - its last sector in hexadecimal
label_of() { dd if="/dev/$1" bs=512 skip=$(($(blockdev --getsz "/dev/$1") - 1)) count=1 iflag=direct 2>/dev/null | od -An -v -tx1 | tr -d ' \n'; }
is_clear() { [[ $(label_of "$1") =~ ^0*$ ]]; }
no_dm() { [ "$(dmsetup ls 2>/dev/null | grep -vc '^No devices')" -eq 0 ]; }

# geom_errors MODE - errors on one path, on the last good one, on every one; with the daemon
geom_errors() {
	local mode=$1 a b
	config "find_multipaths strict" "polling_interval 5" "max_polling_interval 5"
	san 2 1
	read -r -d '' a b < <(paths_of_lun 0 | tr '\n' ' ')
	daemon_start
	say "an error on one path"
	gm create $mode FOO "$a" "$b"
	until_true "the daemon lets I/O wait" geom_queues
	check "and rests" daemon_rests
	pull "$a"
	check "I/O goes elsewhere" geom_io
	until_true "$a is failed" gm_path_is FOO "$a" FAIL

	say "the last good one fails: the other is restored and tried"
	plug "$a"
	pull "$b"
	check "I/O continues by $a" geom_io
	until_true "$a is good" gm_path_is FOO "$a" ACTIVE

	say "errors on every path: it ends"
	pull "$a"
	check "an error" geom_io_fails
	check "and again" geom_io_fails
	gm_becomes FOO "BROKEN $a:FAIL $b:FAIL"
	gm_active FOO none
	check "and rests" daemon_rests

	say "and comes back"
	plug "$a" "$b"
	gm restore FOO "$a"
	check "I/O goes" geom_io
	gm restore FOO "$b"
	until_true "all is well" gm_state_is FOO OPTIMAL
	gm stop FOO
	daemon_stop
}
geom_queues() { dmsetup table FOO.write | grep -q queue_if_no_path; }
geom_io() { timeout 30 dd if=/dev/zero of=/dev/mapper/FOO bs=4k count=1 oflag=direct conv=notrunc 2>"$LAB_OUT/dd"; }
geom_io_fails() { ! geom_io && grep -q "Input/output error" "$LAB_OUT/dd"; }
gm_path_is() { gmultipath status -s "$1" | grep -q " $2 ($3)"; }
gm_state_is() { gmultipath status -s "$1" | grep -q " $2 "; }

# loop VAR BYTES [SECTOR] - a disk, /dev/$VAR;  loop_twin VAR DISK - another path to it
loop() {
	local file
	file=$(mktemp)
	truncate -s "$2" "$file"
	loop_of "$1" "$file" "${3:-512}"
}
loop_of() { local device; device=$(losetup -f --show -b "$3" "$2") || fail "losetup $2"; printf -v "$1" %s "${device##*/}"; }
loop_twin() { loop_of "$1" "$(losetup -n -O BACK-FILE "/dev/$2")" "$(blockdev --getss "/dev/$2")"; }

# blank DISK - all zeros
blank() { dd if=/dev/zero of="/dev/$1" bs=1M oflag=direct 2>/dev/null; }

# geom_usage - counts of arguments, and flags: no other program takes part
geom_usage() {
	local words a=sda b=sdb
	say "numbers of arguments, and flags"
	for words in "" create "create FOO" "create -P FOO $a" "create -Z FOO $a" label "label FOO" configure "configure -A" \
		"configure -A FOO BAR" add "add FOO" "add FOO $a $b" remove "remove FOO" fail "fail FOO" "fail FOO $a $b" \
		"restore FOO" rotate "rotate FOO BAR" prefer "prefer FOO" getactive "getactive FOO BAR" destroy stop \
		"stop FOO BAR" clear "load FOO" "unload FOO" "status -x" "list -x" "clear -f $a"; do
		gm_fails usage: $words
	done
	gm_fails "unknown verb frobnicate" frobnicate FOO
	gmultipath help | grep -q "gmultipath create" || fail "help"
}

# geom_arguments - what every verb refuses
geom_arguments() {
	local text words a b c big coarse coarser tiny other huge
	modprobe loop max_loop=16
	loop a 8M; loop_twin b "$a"; loop_twin c "$a"
	loop big 9M; loop coarse 8M 4096; loop_twin coarser "$coarse"; loop tiny 512; loop other 8M; loop huge 8T 4096

	[ -n "$daemon_pid" ] || geom_usage

	say "maps and devices that are not there"
	for words in "configure -A NONE" "add NONE $a" "remove NONE $a" "fail NONE $a" "restore NONE $a" "rotate NONE" \
		"prefer NONE $a" "getactive NONE" "destroy NONE" "stop NONE" "list NONE" "status NONE"; do
		gm_fails "NONE: no such map" $words
	done
	for words in "create FOO none" "label FOO $a /dev/none" "clear ../none"; do gm_fails "no such device" $words; done
	gm_fails "expected a block device" create FOO null
	gm_fails "expected a block device" clear /etc/passwd

	say "names"
	for words in abcdefghijklmnop a/b .. .x /x $'na\303\257f'; do
		gm_fails "1 to 15 bytes" create "$words" "$a"
		gm_fails "1 to 15 bytes" label "$words" "$a"
	done
	gm_fails "without blanks" create "a b" "$a"
	gm_fails "without blanks" create "" "$a"
	gm create abcdefghijklmno "$a" "$b"
	check "a link" [ -b /dev/multipath/abcdefghijklmno ]
	gm_fails "already used by a device-mapper device" create abcdefghijklmno "$other"
	gm_fails "already used by a device-mapper device" label abcdefghijklmno "$other"
	gm_fails "already a path of abcdefghijklmno" create FOO "$other" "$b"
	gm_fails "already a path of abcdefghijklmno" add abcdefghijklmno "$b"
	gm_fails "no path $c in this map" fail abcdefghijklmno "$c"
	gm_fails "one of -A, -P and -R" configure -AR abcdefghijklmno
	gm_fails "expected -A, -P or -R" configure abcdefghijklmno
	ln -sf "$b" /dev/by-another-name
	gm prefer abcdefghijklmno by-another-name
	gm_active abcdefghijklmno "$b"
	gm stop abcdefghijklmno

	say "disks that do not fit"
	gm_fails "is named twice" create FOO "$a" "/dev/$a"
	gm_fails "is named twice" create FOO "$a" "$b" "$b"
	gm_fails "expected the same" create FOO "$a" "$big"
	gm_fails "expected the same" label FOO "$a" "$coarse"
	gm_fails "at least two sectors" create FOO "$tiny"
	gm_fails "at least two sectors" label FOO "$tiny"
	gm_fails "it is another disk" label FOO "$a" "$b" "$other"
	gm_is FOO "OPTIMAL $a:ACTIVE $b:PASSIVE"
	gm_fails "it has [0-9]* sectors of 512 bytes, expected" add FOO "$big"
	gm_fails "it is another disk" add FOO "$other"
	gm add FOO "$c"
	gm destroy FOO
	gm label -R FOO "$coarse" "$coarser"
	gm_is FOO "OPTIMAL $coarse:ACTIVE $coarser:READ"
	same "one large sector shorter" "$(blockdev --getsize64 /dev/mapper/FOO)" $((8 * 1024 * 1024 - 4096))
	check "list says so" eval 'gmultipath list FOO | grep -q "Sectorsize: 4096"'
	gm destroy FOO
	check "erased" eval '! blkid -p "/dev/$coarse" >/dev/null && cmp -n 4096 <(tail -c 4096 "/dev/$coarse") /dev/zero'

	say "disks in use, and by whom"
	dmsetup create lin --table "0 8 linear /dev/$a 0"
	gm_fails "in use by dm-[0-9]* (lin)" create FOO "$a"
	gm_fails "in use by dm-[0-9]* (lin)" label -f FOO "$a"
	gm_fails "in use by dm-[0-9]* (lin)" clear "$a"
	udevadm settle -t 30
	dmsetup remove --retry lin
	mkswap "/dev/$a" >/dev/null 2>&1
	gm_fails "belongs to swap" label FOO "$a"
	swapon "/dev/$a" || fail swapon
	gm_fails "it is in use" label -f FOO "$a"
	gm_fails "it is in use" create FOO "$a"
	swapoff "/dev/$a"
	mkfs.ext2 -q "/dev/$other" >/dev/null 2>&1
	gm_fails "a file system (ext2)" label FOO "$other"
	mount "/dev/$other" /mnt || fail mount
	gm_fails "it is in use" label -f FOO "$other"
	umount /mnt

	say "what would be cut short"
	blank "$a"
	blank "$other"
	echo 'label: gpt' | sfdisk -q --no-reread "/dev/$a" >/dev/null 2>&1
	gm_fails "a GPT backup header" label FOO "$a"
	blank "$a"
	echo ',,L' | sfdisk -q --no-reread -X dos "/dev/$a" >/dev/null 2>&1
	gm_fails "a partition (dos) that extends to the end" label FOO "$a"
	blank "$a"
	echo ',4M,L' | sfdisk -q --no-reread -X dos "/dev/$a" >/dev/null 2>&1
	gm label FOO "$a"
	gm destroy FOO
	# From 4 TiB to the end, in sectors whose numbers are those of 2 TiB's if they are cut to 32 bits; and over the end.
	for text in 1073739776 1073740000; do
		echo "label: dos" | sfdisk -q --no-reread "/dev/$huge" >/dev/null 2>&1
		printf '\0\0\2\0\x83\xff\xff\xff\0\0\0\x40' > /tmp/entry
		python3 -c "import struct, sys; sys.stdout.buffer.write(struct.pack('<I', $text + 2048))" >> /tmp/entry
		dd if=/tmp/entry of="/dev/$huge" bs=1 seek=446 conv=notrunc,fsync status=none
		gm_fails "a partition (dos) that extends to the end" label FOO "$huge"
	done

	say "disks that cannot be written to"
	blockdev --setro "/dev/$other"
	gm_fails "label not written" label FOO "$other"
	same "it is as it was" "$(blockdev --getro "/dev/$other")" 1
	gm create FOO "$other"
	same "the map cannot either" "$(blockdev --getro /dev/mapper/FOO)" 1
	gm stop FOO
	check "nothing is left" no_dm
	check "nor a label that is known" eval '! grep -q ^known /etc/multipath/geom'
}

# geom_whole - after the next command, FOO is usable, and there is nothing besides it: no other device, no table that was never
# taken, no path in one half alone
geom_whole() {
	local maps halves
	gmultipath unload
	udevadm settle -t 30
	maps=$(dmsetup ls 2>/dev/null | grep -v '^No devices' | cut -f 1 | sort | tr '\n' ' ')
	case $maps in
	"") return;;
	"FOO FOO.write " | "FOO FOO.read FOO.write ");;
	*) echo "there is: $maps"; return 1;;
	esac
	halves=$(for map in $maps; do dmsetup table "$map" | grep multipath | grep -o ' [0-9]*:[0-9]*' | sort | tr -d '\n'; echo; done | sed '/^$/d' | sort -u | wc -l)
	[ "$halves" -eq 1 ] && ! dmsetup info $maps | grep -E "INACTIVE|SUSPENDED" &&
		timeout 10 dd if=/dev/mapper/FOO of=/dev/null bs=4k count=1 iflag=direct 2>/dev/null && [ -n "$(gm_status FOO)" ] && return
	echo "FOO is not whole: $(gm_status FOO)"
	dmsetup table
	dmsetup info
	return 1
}

# kernel_partition DEVICE 1|2 START SIZE - add or remove its partition 1 (BLKPG; sectors): not every release has addpart and delpart
kernel_partition() {
	python3 -c 'import ctypes, fcntl, struct, sys
device, operation, start, size = sys.argv[1], *map(int, sys.argv[2:])
data = ctypes.create_string_buffer(struct.pack("qqi128x4x", 512 * start, 512 * size, 1))
fcntl.ioctl(open(device, "rb"), 0x1269, struct.pack("iiiP", operation, 0, len(data.raw), ctypes.addressof(data)))' "$@"
}
