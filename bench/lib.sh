# SPDX-License-Identifier: LGPL-2.1-or-later
# lib.sh - what the measurements in the guest share, beside tests/lab/lib.sh
asked=0
# cpu VAR - CPU seconds that the whole guest has used; the host knows
cpu() {
	local got
	asked=$((asked + 1))
	echo $asked > "$LAB_OUT/ask"
	until_true "the host answers" test -e "$LAB_OUT/answer.$asked"
	read -r _ got < "$LAB_OUT/answer.$asked"
	printf -v "$1" %s "$got"
}
less() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", b - a }'; }
over() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a / b }'; }
