#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""reservation_rows.py UNITS [NAME...] - mpathpersist's actions on a map in several states: a line for each, of what there is afterwards

Each action has a unit for a while, of three ports with a SCSI host each. Ports 0 and 1 are this host's paths, 2 is another host's.
"""
import glob
import os
import subprocess
import sys
import time

import client
import reserve

A, OTHER = 0xa, 0xf  # the map's key, and that of the other host
SHARED = 7
# Name, what is done before, and the action. "held": a reservation of type 5, by the path of port 0. "mixed": that path has
# another key than the map's. "held-by-all": of type 7. "other": another host is registered, too. "fenced": it has taken the
# map's key away. PREEMPT AND ABORT is in test-reservation-abort.sh: over the loopback, on one CPU, LIO waits for itself (Linux 6.1).
ROWS = """
register      -              -G -S a
rekey         registered     -G -K a -S b
rekey-held    held           -G -K a -S b
rekey-mixed   mixed          -G -K a -S b
rekey-fenced  fenced         -G -K a -S b
ignore-fenced fenced         -I -S a
wrong-key     registered     -G -K c -S b
unregister    registered     -G -K a -S 0
leave-held    held           -G -K a -S 0
leave-wrong   held           -G -K c -S 0
leave-no-key  held           -G -S 0
ignore        registered     -I -S b
ignore-held   held           -I -S b
drop-held     held           -I -S 0
all-ports     -              -G -Y -S a
reserve       registered     -R -K a -T 5
again         held           -R -K a -T 5
other-type    held           -R -K a -T 6
reserve-wrong registered     -R -K c -T 5
shut-out      fenced         -R -K a -T 5
taken         held-by-other  -R -K a -T 5
release       held           -L -K a -T 5
release-none  registered     -L -K a -T 5
release-type  held           -L -K a -T 6
release-other held-by-other  -L -K a -T 5
preempt       held-by-other  -P -K a -S f -T 5
preempt-key   other          -P -K a -S f -T 5
preempt-self  held           -P -K a -S a -T 5
preempt-all   held-by-all    -P -K a -S 0 -T 5
preempt-wrong held-by-other  -P -K c -S f -T 5
preempt-late  fenced         -P -K a -S f -T 5
clear         held           -C -K a
clear-other   held-by-other  -C -K a
clear-wrong   held           -C -K c
"""
DEADLINE = 60 * int(os.environ.get("LAB_SLOW", "1"))


def ask(command):
    sock = client.connect(60)
    try:
        return client.ask(sock, command).strip()
    finally:
        sock.close()


def host_of(port, unit):
    return 3 * unit + port


def disk(port, unit):
    block, = glob.glob(f"/sys/class/scsi_device/{host_of(port, unit)}:*/device/block/*")
    return os.path.basename(block)


def mpathpersist(action, name):
    return subprocess.run(["/usr/sbin/mpathpersist", "-o", *action.split(), f"/dev/mapper/{name}"], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False).returncode


def until(what, condition):
    end = time.monotonic() + DEADLINE
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"not in time: {what}\n" + ask("show paths"))
        time.sleep(0.1)


def paths_are(units, good, all_of_them):
    """So many paths of each map are good, of so many."""
    paths = [line.split() for line in ask('show paths raw format "%m %t %T"').splitlines()]
    return len(paths) == units * all_of_them and \
        sum(path[1:] == ["failed", "faulty"] for path in paths) == units * (all_of_them - good) and \
        sum(path[1:] == ["active", "ready"] for path in paths) == units * good


class Unit:
    def __init__(self, number):
        self.number = number
        self.name, self.wwid = next(line.split()[1:] for line in ask('show paths raw format "%d %m %w"').splitlines()
                                    if line.split()[0] == disk(0, number))
        self.other = "/dev/" + disk(2, number)

    def prepare(self, before):
        if before == "-":
            return
        ask(f"setprkey map {self.name} key {A:x}")
        for port in (0, 1):
            reserve.reserve_out("/dev/" + disk(port, self.number), reserve.REGISTER_AND_IGNORE, 0, 0, A)
        ask(f"setprstatus map {self.name}")
        if before == "mixed":
            reserve.reserve_out("/dev/" + disk(0, self.number), reserve.REGISTER_AND_IGNORE, 0, 0, 0xe)
        if "other" in before or before == "fenced":
            reserve.reserve_out(self.other, reserve.REGISTER_AND_IGNORE, 0, 0, OTHER)
        if before == "held-by-other":
            reserve.reserve_out(self.other, reserve.RESERVE, 5, OTHER)
        elif before == "fenced":
            reserve.reserve_out(self.other, reserve.PREEMPT, 5, OTHER, A)
        elif before.startswith("held"):
            kind = SHARED if before == "held-by-all" else 5
            reserve.reserve_out("/dev/" + disk(0, self.number), reserve.RESERVE, kind, A)
            ask(f"setprhold map {self.name}")

    def keys(self):
        return ",".join(f"{key:x}" for key in sorted(reserve.registered_keys(self.other))) or "none"

    def in_file(self):
        with open("/etc/multipath/prkeys", encoding="ascii") as file:
            words = [line.split() for line in file]
        return "".join(word[0].lower() for word in words if word[0][0] == "0" and word[1] == self.wwid)

    def note(self, name):
        """0.9.4 has numbers, and no prhold."""
        reply = ask(f"get{name} map {self.name}")
        return {"1": "set", "0": "unset", "fail": "-"}.get(reply, reply)

    def world(self):
        """prhold is unknown until the daemon reads a reservation: then it knows of none."""
        holder = reserve.reservation(self.other)
        until("the daemon knows", lambda: self.note("prstatus") != "unknown")
        notes = [self.note("prkey"), self.note("prstatus"), self.note("prhold").replace("unknown", "unset")]
        key = self.in_file()
        return [self.keys(), "%x/%u" % holder if holder else "-", hex(int(key, 16)) if key else "none", "/".join(notes)]

    def forget(self):
        reserve.reserve_out(self.other, reserve.REGISTER_AND_IGNORE, 0, 0, OTHER)
        reserve.reserve_out(self.other, reserve.CLEAR, 0, OTHER)
        ask(f"unsetprstatus map {self.name}")
        ask(f"unsetprkey map {self.name}")


def write(file, text):
    with open(file, "w", encoding="ascii") as opened:
        opened.write(text + "\n")


def lose(situation, units):
    for unit in units:
        device = f"/sys/block/{disk(0, unit.number)}/device/"
        if situation == "down":
            write(device + "state", "offline")
        elif situation == "deleted":
            write(device + "delete", "1")
    until(situation, lambda: paths_are(len(units), 2 if situation == "up" else 1, 1 if situation == "deleted" else 2))


def restore(situation, units):
    if situation == "down":
        for unit in units:
            write(f"/sys/block/{disk(0, unit.number)}/device/state", "running")
    elif situation == "deleted":
        for unit in units:
            write(f"/sys/class/scsi_host/host{host_of(0, unit.number)}/scan", "- - -")
    until("paths are back", lambda: paths_are(len(units), 2, 2))


def run(situation, units, rows):
    pairs = list(zip(units, rows))
    for unit, (_, before, _) in pairs:
        unit.prepare(before)
    lose(situation, units)
    results = [[str(mpathpersist(action, unit.name))] + unit.world() for unit, (_, _, action) in pairs]
    restore(situation, units)
    for (unit, (name, _, _)), result in zip(pairs, results):
        print(f"%-13s %-7s %2s  %-7s %-4s %-4s %-15s  %s" % (name, situation, *result, unit.keys()), flush=True)
        unit.forget()


def main():
    units = [Unit(number) for number in range(int(sys.argv[1]))]
    rows = [line.split(None, 2) for line in ROWS.strip().splitlines()]
    rows = [row for row in rows if not sys.argv[2:] or row[0] in sys.argv[2:]]
    for first in range(0, len(rows), len(units)):
        for situation in ("up", "down", "deleted"):
            run(situation, units, rows[first:first + len(units)])


main()
