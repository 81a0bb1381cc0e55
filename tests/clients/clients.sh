# SPDX-License-Identifier: LGPL-2.1-or-later
# clients.sh - what the tests of other programs share, beside tests/lab/lib.sh

# conclude WHAT TEXT - note what a program concluded. run-all compares it with what it concluded about the other
# multipath-tools: whatever differs between two boots must not be in it.
conclude() {
	local line
	while IFS= read -r line; do
		say "$1: $line"
		printf '%s: %s\n' "$1" "$line" >> "$LAB_OUT/conclusions"
	done <<< "$2"
}
# answer COMMAND... - what it prints, and its status, for conclude
answer() { "$@" 2>&1; echo "status $?"; }
# without_numbers - stdin, without what differs between two boots: disks, maps, their numbers, serial numbers of simulated disks
without_numbers() { sed -E 's/\bsd[a-z]+\b/sdX/g; s/\bdm-[0-9]+\b/dm-N/g; s/\b[0-9]+:[0-9]+:[0-9]+:([0-9]+)\b/H:C:T:\1/g; s/\b(8|25[0-9]):[0-9]+\b/\1:N/g'; }
# name_maps [N] - for N disks (default 2): the map of LUN 0 is mpatha, that of LUN 1 mpathb ..., in whatever order they are found
name_maps() {
	local lun letters=abcdefgh
	mkdir -p /etc/multipath
	for ((lun = 0; lun < ${1:-2}; lun++)); do
		echo "mpath${letters:lun:1} $(wwid_of_lun $lun)"
	done >> /etc/multipath/bindings
}
# lio HOSTS LUNS [MB] - disks of LIO (default 16 MB): other than those of scsi_debug they have a memory of their own
lio() {
	local lun host
	for ((lun = 0; lun < $2; lun++)); do
		tcm_backstore "disk$lun" "${3:-16}" "e$lun"
	done
	for ((host = 0; host < $1; host++)); do
		tcm_host $host
		for ((lun = 0; lun < $2; lun++)); do
			tcm_lun $host $lun "disk$lun"
		done
	done
	until_true "$(($1 * $2)) disks" disks_are $(($1 * $2))
	udevadm settle -t 300
}
