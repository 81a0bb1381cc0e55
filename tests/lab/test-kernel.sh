#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: probing, device-mapper operations, checkers and prioritizers do on real devices what their headers promise
# lab: --rules bare
# unit: the library alone: no daemon runs
# long: every operation on every kind of device
. "$LAB/lib.sh"
# The maps here have made-up WWIDs, which `multipath -U` in the rules would reject.
mkdir -p /run/udev/rules.d
for rule in 11-dm-mpath 56-dm-mpath; do
	ln -sfn /dev/null "/run/udev/rules.d/$rule.rules"
done
san 2 4
# What the C library keeps for its threads counts as memory in use.
GLIBC_TUNABLES=glibc.malloc.tcache_count=0 promptly 240 "$LAB_ROOT/build/${LAB_SAN:+san/}unit/lab-kernel" "$@"
