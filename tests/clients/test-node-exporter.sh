#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: prometheus-node-exporter shows the same maps and paths in its disk metrics
. "$LAB/lib.sh"
. "$LAB_ROOT/tests/clients/clients.sh"
# metrics WHAT - the disks' names and properties: values of counters differ
metrics() {
	until_true "it is scraped" scrape
	conclude "$1" "$(grep '^node_disk_\(device_mapper_info\|info\|filesystem_info\|read_errors\)' "$LAB_OUT/metrics" |
		sed -E 's/path="[^"]*"/path="P"/; s/minor="[0-9]+"/minor="N"/' | without_numbers | sort -u)"
	conclude "$1, collectors of maps" "$(grep -c '^node_dmmultipath' "$LAB_OUT/metrics")"
	conclude "$1, disks with counters" "$(grep -o '^node_disk_reads_completed_total{device="[a-z]*' "$LAB_OUT/metrics" | sort | uniq -c)"
}
scrape() { python3 -c 'import urllib.request as u; print(u.urlopen("http://127.0.0.1:9100/metrics").read().decode())' > "$LAB_OUT/metrics" 2> /dev/null; }
config ""
san 2 2
name_maps 2
daemon_start
ready 2 2
prometheus-node-exporter --web.listen-address=127.0.0.1:9100 > "$LAB_OUT/exporter" 2>&1 &
exporter=$!
conclude "its dmmultipath collector" "$(prometheus-node-exporter --help 2>&1 | grep -c dmmultipath)"
metrics "all paths"
pull "$(paths_of_lun 0 | head -n 1)"
until_true "a path has failed" kernel_path mpatha "$(paths_of_lun 0 | head -n 1)" F
metrics "a path lost"
kill $exporter
