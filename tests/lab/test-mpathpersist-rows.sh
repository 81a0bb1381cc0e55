#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: after each action of mpathpersist, with all paths, one down or the holder's deleted, array, key file and daemon agree
# long: 102 rows
# lab: --rules bare --limit 600
. "$LAB/lib.sh"
. "$LAB/reservations.sh"
units=8

hosts() {
	local unit port
	for ((unit = 0; unit < units; unit++)); do
		tcm_backstore "disk$unit" 8 $((1000 + unit))
		for port in 0 1 2; do
			tcm_host $((3 * unit + port))
			tcm_lun $((3 * unit + port)) 0 "disk$unit"
		done
	done
}
others() { local unit; for ((unit = 0; unit < units; unit++)); do paths_of_host $((3 * unit + 2)); done; }
udev_quick hosts
until_true "all disks" disks_are $((3 * units))
config "no_path_retry fail" "path_grouping_policy multibus" "reservation_key file"
config_add <<< $'blacklist {\n'"$(others | sed 's/.*/\tdevnode "^&$"/')"$'\n}'
daemon_start
ready $units 2
python3 "$LAB/reservation_rows.py" $units > "$LAB_OUT/rows" || fail "$(tail -n 30 "$LAB_OUT/rows")"
[ "$LAB_IMPL" = ours ] || exit 0	# what it does is to be read in "rows"
diff "$LAB/reservation-rows" "$LAB_OUT/rows" || fail "other outcomes (< expected, > found)"
