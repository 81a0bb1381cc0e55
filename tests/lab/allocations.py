#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""allocations.py TRACE PROGRAM - what was allocated by PROGRAM and never released, by place.

The kernel's test guest has too small an address space for AddressSanitizer's shadow (39 bits), so
glibc's own trace of allocations stands in for its leak check. Exit status 1 if PROGRAM leaks.
"""
import collections
import re
import subprocess
import sys

trace, program = sys.argv[1:3]
live = {}
recorded = 0
for line in open(trace, errors="replace"):
    found = re.match(r"@ (\S+) ([+<>-]) (\S+)(?: (\S+))?", line)
    if not found:
        continue
    where, what, address, size = found.groups()
    recorded += 1
    if what in "+>":
        live[address] = (where, int(size, 16))
    elif address in live:
        del live[address]
places = collections.Counter()
sizes = collections.Counter()
for where, size in live.values():
    places[where] += 1
    sizes[where] += size
mine = [w for w in places if w.startswith(program + ":")]
print("%d allocations and releases, %d not released at the end, %d of them made by %s itself" % (
    recorded, len(live), sum(places[w] for w in mine), program))
for where, count in places.most_common(20):
    text = where
    found = re.match(r"(.*?):.*\[(?:0x)?([0-9a-f]+)\]|(.*?):\(\+(0x[0-9a-f]+)\)", where)
    if found:
        file, address = (found[1], found[2]) if found[1] else (found[3], found[4])
        named = subprocess.run(["addr2line", "-fpe", file, address], capture_output=True, text=True).stdout
        text += " " + named.strip()
    print("%6d times, %8d bytes: %s" % (count, sizes[where], text))
sys.exit(1 if mine or not recorded else 0)
