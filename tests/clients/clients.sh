# SPDX-License-Identifier: LGPL-2.1-or-later
# clients.sh - what the tests of other programs share, beside tests/lab/lib.sh

# conclude WHAT TEXT - note what a program concluded. run-all compares it with what it concluded about the other
# multipath-tools: whatever differs between two boots must not be in it.
conclude() {
	say "$1: $2"
	printf '%s: %s\n' "$1" "$2" >> "$LAB_OUT/conclusions"
}
