#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: gmultipath writes to a last sector only while its own label is there and the disk is the right one, and a failing verb changes nothing
# unit: gmultipath alone: no daemon runs
# long: each way to write there
. "$LAB/lib.sh"
. "$LAB/geom.sh"
san 2 2
read -r -d '' a b < <(paths_of_lun 0 | tr '\n' ' ')
host=$(readlink -f "/sys/block/$b/device"); host=${host##*/}
[ "${host%%:*}" != 0 ] || { c=$a a=$b b=$c; }
read -r -d '' x _ < <(paths_of_lun 1 | tr '\n' ' ')
sectors=$(blockdev --getsz "/dev/$a")
last() { dd of="/dev/$a" bs=512 seek=$((sectors - 1)) count=1 oflag=direct conv=sync 2>/dev/null; }
bytes() { python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.argv[1]))' "$1"; }
mode_of_label() { label_of "$a" | cut -c 177-178; }
mode_of_map() { gmultipath list FOO | sed -n 's/^Mode: //p'; }
noted() { grep -q "^$1" /run/multipath/geom/state; }
is_known() { grep -q "^known .* FOO " /etc/multipath/geom; }
# disturbed CALL:HOW VERB... - with that system call disturbed; disturbed_fails: and the verb fails, and says TEXT
disturbed() { local what=$1; shift; strace -f -o /dev/null -e trace="${what%%:*}" -e inject="$what" gmultipath "$@" > "$LAB_OUT/gm.out" 2> "$LAB_OUT/gm.err"; }
disturbed_fails() {
	local text=$1
	shift
	! disturbed "$@" && grep -q -- "$text" "$LAB_OUT/gm.err" || { cat "$LAB_OUT/gm.err"; fail "$* does not fail with: $text"; }
}

say "something else has been written there since"
gm label FOO "$a" "$b"
mine=$(label_of "$a")
printf 'EFI PART' | last
theirs=$(label_of "$a")
for verb in "destroy FOO" "configure -R FOO"; do
	gm_fails "no path shows its label ($a: a GPT backup header; $b: a GPT backup header)" $verb
	gm_is FOO "OPTIMAL $a:ACTIVE $b:PASSIVE"
	same "the sector after $verb" "$(label_of "$a")" "$theirs"
done
check "it is known as before" is_known
check "and not stopped" eval '! noted stopped'
bytes "${mine:0:32}31313131${mine:40}" | last
theirs=$(label_of "$a")
gm_fails "the label of another map" destroy FOO
same "the label of the other map" "$(label_of "$a")" "$theirs"
bytes "$mine" | last

say "the LUN has been remapped since"
gm remove FOO "$a"
echo 1 > $debug/vpd_use_hostno # the second host's LUN is another one
gm_fails "leads to another LUN" configure -A FOO
same "the mode" "$(mode_of_map)" Active/Passive
gm_fails "leads to another LUN" destroy FOO
gm_is FOO "DEGRADED $b:ACTIVE"
gm stop FOO
gm_fails "leads to another LUN" clear "$b"
gm_fails "leads to another LUN" label -f BAR "$b"
same "the label" "$(label_of "$a")" "$mine"
check "it is known as before" is_known
echo 0 > $debug/vpd_use_hostno
gm load
gm_is FOO "OPTIMAL $a:ACTIVE $b:PASSIVE"

say "configure: a label that cannot be written changes nothing"
blockdev --setro "/dev/$a" "/dev/$b"
gm_fails "Read-only file system" configure -A FOO
blockdev --setrw "/dev/$a" "/dev/$b"
disturbed_fails "label not written ($a: Input/output error; $b: Input/output error)" pwrite64:error=EIO configure -R FOO
same "the mode" "$(mode_of_map)" Active/Passive
same "the label" "$(label_of "$a")" "$mine"
gm_is FOO "OPTIMAL $a:ACTIVE $b:PASSIVE"
check "nothing is noted" eval '! noted configuring'
same "nothing is left of Active/Read" "$(dmsetup ls | wc -l)" 2
check "another path can" disturbed pwrite64:error=EIO:when=1 configure -R FOO
same "table and label" "$(mode_of_map) $(mode_of_label)" "Active/Read 02"

say "configure, killed between table and label: the next verb completes it"
disturbed pwrite64:signal=KILL configure -A FOO
same "table and label" "$(mode_of_map) $(mode_of_label)" "Active/Active 02"
gm unload
same "table and label" "$(mode_of_map) $(mode_of_label)" "Active/Active 01"
check "nothing is noted" eval '! noted configuring'
gm load

say "destroy, clear and label leave what is known, and what was there"
disturbed_fails "FOO: label not erased" pwrite64:error=EIO destroy FOO
check "it is known as before" is_known
disturbed_fails "label not erased" pwrite64:error=EIO clear "$a"
check "it is known as before" is_known
gm clear "$a"
check "clear erases" is_clear "$a"
check "and forgets" eval '! is_known'
printf 'data' | last
theirs=$(label_of "$a")
mkdir -p /etc/modprobe.d
echo "install dm-delay /bin/false" > /etc/modprobe.d/no-delay.conf
modprobe -r dm-delay
gm_fails "not created" label -fR FOO "$a" "$b"
same "what was overwritten is back" "$(label_of "$a")" "$theirs"
check "and nothing is known" eval '! is_known'
check "no map" no_dm
rm /etc/modprobe.d/no-delay.conf

say "a copy of the disk, with its label, is no path"
gm_fails "$x has another WWID than $a" label -f FOO "$a" "$x"
check "what was done all the same is said" grep -q "FOO: label written, map created with 1 of 2 paths" "$LAB_OUT/gm.err"
gm_is FOO "DEGRADED $a:ACTIVE"
gm add FOO "$b"
gm_fails "its WWID is not that of FOO" add FOO "$x"
gm_fails "its WWID is not that of FOO" add -f FOO "$x"
gm_is FOO "OPTIMAL $a:ACTIVE $b:PASSIVE"
gm destroy FOO

say "a partition that only the kernel knows"
kernel_partition "/dev/$a" 1 $((sectors - 8)) 8 || fail "no partition was added"
gm_fails "a partition that extends to the end" label FOO "$a"
kernel_partition "/dev/$a" 2 0 0 || fail "no partition was removed"
check "nothing was written" is_clear "$a"
check "nothing is left" no_dm
