#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: kpartx lists, maps, updates and removes partitions of every kind of table, like Debian's where that is able to
# unit: kpartx alone: no daemon runs
. "$LAB/lib.sh"
[ "$LAB_IMPL" = ours ] || fail "this compares ours with Debian's"
mkdir /tmp/images /tmp/ours /tmp/theirs
theirs_mount
modprobe loop
cd /tmp/images || exit 1

python3 "$LAB/partition-images.py" /tmp/images > /dev/null
truncate -s 8M sfdisk-dos sfdisk-gpt sgdisk parted-mac parted-bsd
truncate -s 16M sfdisk-sun
sfdisk -q sfdisk-dos <<< 'label: dos
start=2048,size=1000,type=83
start=4096,size=10240,type=5
start=3072,size=100,type=7,bootable
start=6144,size=2048'
sfdisk -q sfdisk-gpt <<< 'label: gpt
start=2048,size=1000
7: start=4096,size=2048'
sfdisk -q sfdisk-sun <<< 'label: sun
start=16065,size=4096'
sgdisk -n 1:2048:+1M -n 5:6144:+1M sgdisk > /dev/null
parted -s parted-mac mklabel mac mkpart a ext2 1MiB 3MiB mkpart b ext2 4MiB 6MiB
parted -s parted-bsd mklabel bsd mkpart ext2 1MiB 3MiB mkpart ext2 4MiB 6MiB
# Its checksum is wrong, which newer libblkid does not let pass: the XOR of all 16-bit words of the label is 0.
python3 - parted-bsd <<- 'END'
	import struct, sys
	with open(sys.argv[1], "r+b") as disk:
	    disk.seek(64)
	    label = disk.read(148 + 16 * 22)
	    partitions = struct.unpack_from("<H", label, 138)[0]
	    rest = 0
	    for word in struct.unpack_from("<%dH" % ((148 + 16 * partitions) // 2), label):
	        rest ^= word
	    disk.seek(64 + 136)
	    disk.write(struct.pack("<H", struct.unpack_from("<H", label, 136)[0] ^ rest))
END
# Nothing here needs udev, and its work for every device would take minutes.
udevadm settle
kill -KILL $(pidof systemd-udevd)
until_true "udevd ended" udevd_gone
rm /run/udev/control	# or libdevmapper waits for it

## What Debian's cannot read, or reads otherwise (docs/differences.md): number:start+size, and the status of -a
# (in one process where it can be: each takes long here)
list_ours() {
	local name size start
	listed=
	while read -r name _ _ size _ start; do listed+=" ${name#loop0p}:$start+$size"; done < <(kpartx -l "$1" 2>/dev/null)
	listed=${listed# }
}
nothing_left() { local dm=(/sys/block/dm-*); [ ! -e "${dm[0]}" ] && [ ! -e /sys/block/loop0/loop ]; }
while read -r image status wanted; do
	list_ours "$image"
	same "-l $image" "$listed" "$wanted"
	kpartx -a "$image" 2> /tmp/errors
	same "status of -a $image" $? "$status"
	[ "$status" = 0 ] || [ -s /tmp/errors ] || fail "$image: nothing was said"
	case $image in
	gpt-4k*) same "sectors of $image" "$(blockdev --getss /dev/loop0)" 4096;;
	dos-past-end) same "messages" "$(grep -c 'is not on the disk' /tmp/errors)" 3;;
	gpt-past-end) same "messages" "$(grep -c 'is not on the disk' /tmp/errors)" 2;;
	esac
	kpartx -d "$image" || fail "-d $image"
	check "devices of $image are left" nothing_left
done <<- IMAGES
	atari 0 1:2+30 2:32+16 3:48+40
	bsd 1 1:16+16 2:32+8
	dos-ebr-leaves 1 1:32+2 5:2+6 6:10+6
	dos-ebr-loop 0 1:8+16 2:32+2 5:2+6 6:10+6
	dos-ebr-wraps 2 1:8+16 2:32+2 6:10+6
	dos-empty 0 3:24+1
	dos-extended-at-end 1
	dos-logical-outside 1 1:32+2 2:96+64 5:2+6
	dos-past-end 3 1:8+16
	dos-slice-past-end 2 1:8+16
	dos-two-extended 0 2:32+2 3:8+16 4:64+2 5:2+6 6:10+6 7:2+6 8:10+14
	gpt-4k 0 1:48+8 2:56+16
	gpt-4k-backup 0 1:48+8 2:56+16
	gpt-outside-usable 0 1:0+34 2:34+8 3:4054+42
	gpt-past-end 2 1:34+8
	gpt-reversed 1 2:34+1
	mac 1 1:1+3 2:8+16
	minix 0 1:16+8 2:24+8
	sgi 0 1:16+16 2:32+8 9:0+8 11:0+4096
	solaris 1 1:4+8 2:16+8
	sun 0 1:16+16 2:32+32 4:64+16
	ultrix 0 1:8+8 2:40+8 3:0+4096
IMAGES
kpartx -l gpt-wrong-crc 2>&1 | grep -q "no valid GPT after the protective MBR" || fail "a damaged GPT is not reported"
same "partitions listed of 400" "$(kpartx -l gpt-400 2>/tmp/errors | wc -l)" 256
grep -q "136 more partitions like these" /tmp/errors || fail "not said: $(cat /tmp/errors)"
say "formats of our own"

## What both read: the same lines, the same tables, the same exit codes
session() {
	local program=$1 image=$2
	shift 2
	"$program" -l "$@" "$image"; echo "list $?"
	"$program" -av "$@" "$image"; echo "add $?"
	dmsetup table
	stat -c '%N %Hr:%Lr %A %U' /dev/mapper/*p[0-9]*
	"$program" -dv "$image"; echo "delete $?"
} 2>/dev/null
# No udev here: the programs create nodes themselves, as in a container.
for image in dos-primary dos-logical dos-overlap dos-{bsd,minix,solaris,unixware} gpt gpt-backup-only gpt-primary-crc \
	gpt-wrong-crc gpt-last unixware "gpt-dos -g" "gpt-dos -rp /" sfdisk-dos sfdisk-sun sgdisk parted-mac parted-bsd; do
	session /usr/sbin/kpartx $image > "/tmp/ours/${image//[ \/]/_}"
	session /run/debian/kpartx $image > "/tmp/theirs/${image//[ \/]/_}"
	diff "/tmp/theirs/${image//[ \/]/_}" "/tmp/ours/${image//[ \/]/_}" || fail "$image is not as Debian's (<)"
done
say "the same as Debian's: $(ls /tmp/theirs | wc -l) images, $(cat /tmp/theirs/* | grep -c '^add map') partitions"

## A disk of 8 TiB with large sectors: ours finds what the kernel does, and data is where the table says
image=/tmp/huge
truncate -s 8T $image
huge=$(losetup -P -b 4096 -f --show $image)
sfdisk -q "$huge" <<< 'label: dos
start=256,size=536870656,type=83
start=536871168,size=1048576,type=83
start=537919744,size=1048576,type=5
start=538968320,size=640000000,type=83
start=537919760,size=4096,type=83
start=537923872,size=4096,type=83'
blockdev --rereadpt "$huge"
kernel=$(for p in /sys/block/"${huge#/dev/}"/*/partition; do echo "$(cat "$p") $(cat "${p%/*}/start") $(cat "${p%/*}/size")"; done | sort)
own() { dmsetup table | awk '{ sub(/.*p/, "", $1); sub(":", "", $1); print $1, $6, $3 }' | sort; }
check "-a of 8 TiB" kpartx -a "$huge"
same "partitions" "$(own)" "$kernel"
same "they are" "$(own | tr '\n' ' ')" \
	"1 2048 4294965248 2 4294969344 8388608 3 4303357952 8 4 4311746560 5120000000 5 4303358080 32768 6 4303390976 32768 "
head -c 64k /dev/urandom > /tmp/data
dd if=/tmp/data of="/dev/mapper/${huge#/dev/}p2" bs=64k oflag=direct status=none
cmp -n 65536 -i 0:$((4294969344 * 512)) /tmp/data $image || fail "the data is somewhere else"
check "nothing is written to the others" cmp -n 65536 -i $((2048 * 512)):0 $image /dev/zero
check "-d" kpartx -d "$huge"
check "Debian's" /run/debian/kpartx -a "$huge"
same "its partitions, but for logical ones, which it does not find here" "$(own)" "$(grep '^[1-4] ' <<< "$kernel")"
check "-u" kpartx -u "$huge"
same "added to them" "$(own)" "$kernel"
check "-d" kpartx -d "$huge"
losetup -d "$huge"
rm $image
say "8 TiB"

## A table that changes
table() { dmsetup table "$1" 2>/dev/null; }
image=sfdisk-gpt
check "-a with a delimiter" kpartx -a -p -part $image
same "names" "$(dmsetup ls | cut -f 1 | sort | tr '\n' ' ')" "loop0-part1 loop0-part7 "
kpartx -uv $image > /tmp/out 2> /tmp/errors || fail "-u"
same "renamed" "$(head -n 1 /tmp/errors)" "found map loop0-part1 for uuid part1-devnode_7:0_Wh5pYvM, renaming to loop0p1"
same "what is reported" "$(cat /tmp/out)" "add map loop0p1 (254:0): 0 1000 linear 7:0 2048
add map loop0p7 (254:1): 0 2048 linear 7:0 4096"

same "nodes" "$(cd /dev/mapper && stat -c '%n %Hr:%Lr' loop*)" "loop0p1 254:0
loop0p7 254:1"

# Data written through the partition is at its offset on the disk, and nowhere else.
head -c 512000 /dev/urandom > /tmp/data
dd if=/tmp/data of=/dev/dm-0 bs=64k conv=fsync status=none
cmp -n 512000 -i 0:$((2048 * 512)) /tmp/data $image || fail "the data is somewhere else"
same "size" "$(blockdev --getsize64 /dev/dm-0)" 512000

# 1 is in use and goes from the table, 7 in use and grows, 3 is new.
exec 8< /dev/dm-0 9< /dev/dm-1
sgdisk -d 1 -d 7 -n 3:2048:+1M -n 7:4096:+2M /dev/loop0 > /dev/null 2>&1
kpartx -uv /dev/loop0 > /tmp/out 2> /tmp/errors
same "status of -u" $? 1
same "what is reported" "$(cat /tmp/out)" "add map loop0p3 (254:2): 0 2048 linear 7:0 2048
add map loop0p7 (254:1): 0 4096 linear 7:0 4096
loop0p1 is in use. Not removing"
same "in use" "$(table loop0p1)" "0 1000 linear 7:0 2048"
same "grown" "$(table loop0p7)" "0 4096 linear 7:0 4096"
# It may not move, nor become read-only.
sgdisk -d 7 -n 7:8192:+1M /dev/loop0 > /dev/null 2>&1
kpartx -u /dev/loop0 2> /tmp/errors
grep -q "^loop0p7 has moved, but is in use" /tmp/errors || fail "a partition in use was moved: $(cat /tmp/errors)"
same "still there" "$(table loop0p7)" "0 4096 linear 7:0 4096"
kpartx -dv /dev/loop0 > /tmp/out
same "status of -d" $? 1
same "what is reported" "$(cat /tmp/out)" "loop0p1 is in use. Not removing"
exec 8<&- 9<&-
check "-u" kpartx -u /dev/loop0
same "tables" "$(dmsetup table)" "loop0p3: 0 2048 linear 7:0 2048
loop0p7: 0 2048 linear 7:0 8192"

# One that was to go with its last user stays, also if it grows now.
for mib in 1 2; do
	sgdisk -d 7 -n 7:8192:+${mib}M /dev/loop0 > /dev/null 2>&1
	exec 9< /dev/dm-1
	dmsetup remove --deferred loop0p7
	check "-u" kpartx -u /dev/loop0
	exec 9<&-
	same "retained" "$(table loop0p7)" "0 $((mib * 2048)) linear 7:0 8192"
done
# A missing table, and another program's device with the same name.
dmsetup remove loop0p7 loop0p3
dmsetup create loop0p7 --table "0 8 zero"
dmsetup create --notable --uuid part3-devnode_7:0_Wh5pYvM loop0p3
kpartx -a /dev/loop0 2> /tmp/errors
same "status with a name taken" $? 1
same "what is reported" "$(cat /tmp/errors)" "loop0p7 is already in use, and not a kpartx partition"
same "tables" "$(dmsetup table)" "loop0p3: 0 2048 linear 7:0 2048
loop0p7: 0 8 zero "
dmsetup remove loop0p7
check "-r" kpartx -ar /dev/loop0
same "read-only" "$(dmsetup info -c --noheadings -o attr loop0p3)" "L--r"
check "-d" kpartx -d $image
same "left" "$(dmsetup ls)$(losetup -a)$(ls /dev/mapper)" "No devices foundcontrol"

## Images: read-only, with a loop device that was there, without partitions
mount -t tmpfs tmpfs /mnt
cp --sparse=always sgdisk /mnt
mount -o remount,ro /mnt
check "-a of a read-only image" kpartx -a /mnt/sgdisk
same "passed on" "$(blockdev --getro /dev/loop0) $(dmsetup info -c --noheadings -o attr loop0p5)" "1 L--r"
check "-a again" kpartx -a /mnt/sgdisk
same "loop devices" "$(losetup -a | wc -l)" 1
check "-d" kpartx -d /mnt/sgdisk
truncate -s 1M /tmp/blank
check "no table is no error" kpartx -a /tmp/blank
same "loop devices" "$(losetup -a)" ""
# A disk that cannot be read is one whose partitions are not known: they stay.
check "-a" kpartx -a sgdisk
dmsetup create broken --uuid mpath-broken --table "0 16384 linear 7:0 0"
check "-a of a map" kpartx -a /dev/dm-2
dmsetup suspend broken; dmsetup load broken --table "0 16384 error"; dmsetup resume broken
blockdev --flushbufs /dev/dm-2
kpartx -u /dev/dm-2 2> /tmp/errors && fail "-u of a broken disk succeeds"
grep -q "cannot read partitions: Input/output error" /tmp/errors || fail "not said: $(cat /tmp/errors)"
same "its partitions" "$(dmsetup info -c --noheadings -o uuid broken1)" "part1-mpath-broken"
# A name that udev does not take as it is.
dmsetup create "a b" --uuid mpath-3ab --table "0 16384 linear 7:0 0"
read -r minor <<< "$(dmsetup info -c --noheadings -o minor "a b")"
check "-a of a name with a blank" kpartx -a "/dev/dm-$minor"
same "partitions" "$(kpartx -l "/dev/dm-$minor")" "a b1 : 0 2048 /dev/dm-$minor 2048
a b5 : 0 2048 /dev/dm-$minor 6144"
check "nodes" test -b '/dev/mapper/a\x20b1' -a -b '/dev/mapper/a\x20b5'
same "properties" "$(/usr/lib/udev/kpartx_id 254 "$(stat -c %Lr '/dev/mapper/a\x20b5')" part5-mpath-3ab)" "DM_MPATH=a b
DM_PART=5
DM_TYPE=scsi
DM_WWN=0xab
DM_SERIAL=3ab"
