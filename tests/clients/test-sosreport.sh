#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: sosreport's plugin collects the same files and commands' output
. "$LAB/lib.sh"
. "$LAB_ROOT/tests/clients/clients.sh"
# collect WHAT - a report of the plugin, and what is in it
collect() {
	local report
	rm -rf /tmp/sos
	mkdir /tmp/sos
	sos report --batch --quiet --build --only-plugins multipath --tmp-dir /tmp/sos > "$LAB_OUT/sos.log" 2>&1
	report=$(echo /tmp/sos/sosreport-*/)
	conclude "$1, files" "$(cd "$report" && find etc sos_commands -type f | sort)"
	conclude "$1, multipath -ll" "$(without_numbers < "$report/sos_commands/multipath/multipath_-ll" | sed 's/^[0-9.]* | /UPTIME | /')"
	conclude "$1, multipath -v4 -ll, maps" "$(grep -A1 '^mpath' "$report/sos_commands/multipath/multipath_-v4_-ll" | without_numbers)"
	conclude "$1, sections of the configuration" "$(grep -h '^[a-z].*{' "$report"/sos_commands/multipath/multipath*_{-t,show_config})"
	conclude "$1, commands that failed" "$(grep -h "timed out\|failed\|not found\|exited" "$report"/sos_logs/sos.log | sed 's/^[^]]*\] *//; s/^.*: //' | sort -u)"
}
config ""
san 2 2
name_maps 2
daemon_start
ready 2 2
collect "all paths"
pull "$(paths_of_lun 0 | head -n 1)"
until_true "a path has failed" kernel_path mpatha "$(paths_of_lun 0 | head -n 1)" F
# The next I/O switches to the other group. With Debian's rules blkid reads the map when a path has failed.
check "I/O" dd if=/dev/mapper/mpatha of=/dev/null count=1 iflag=direct status=none
collect "a path lost"
daemon_stop any
collect "daemon stopped"
rm /etc/multipath.conf
collect "no configuration"
