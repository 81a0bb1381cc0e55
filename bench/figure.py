#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""figure.py - measurements that need more than a shell.

figure.py show N PAUSE COMMAND       send COMMAND N times over one connection: the answers' times,
                                     median, p99 and longest in milliseconds, and how many timed out
figure.py waits COMMAND              send COMMAND every 10 ms until SIGTERM, "ready" after the first:
                                     how many answers, and the longest waits
figure.py serve SESSION DIR          on the host: answer DIR/ask with the CPU seconds that the
                                     whole guest (that session's processes) has used
figure.py table DIR                  on the host: the table of DIR/*/figures
"""
import glob
import math
import os
import signal
import socket
import struct
import sys
import time


def connect():
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.connect("\0/org/kernel/linux/storage/multipathd")
    return sock


def ask(sock, command):
    request = command.encode() + b"\0"
    sock.sendall(struct.pack("=Q", len(request)) + request)
    data = b""
    while len(data) < 8 or len(data) < 8 + struct.unpack("=Q", data[:8])[0]:
        more = sock.recv(1 << 20)
        if not more:
            raise EOFError
        data += more
    return data


def connect_when_it_listens(ended):
    while not ended:
        try:
            return connect()
        except OSError:
            time.sleep(0.01)
    sys.exit(0)


def waits(command):
    times = []
    ended = []
    signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
    sock = connect_when_it_listens(ended)
    ask(sock, command)
    print("ready", flush=True)
    while not ended:
        begin = time.monotonic()
        try:
            ask(sock, command)
            times.append(time.monotonic() - begin)
        except (EOFError, OSError):
            sock = connect_when_it_listens(ended)  # it was restarted
        time.sleep(0.01)
    print("%d answers, longest waits, ms:" % len(times),
          *("%.1f" % (t * 1e3) for t in sorted(times, reverse=True)[:6]))


def show(count, pause, command):
    sock = connect()
    times = []
    timeouts = 0
    for _ in range(count):
        begin = time.monotonic()
        data = ask(sock, command)
        times.append(time.monotonic() - begin)
        if b"timeout\n" in data[8:32]:
            timeouts += 1
        time.sleep(pause)
    times.sort()
    print("%.2f %.1f %.1f %d" % (
        times[count // 2] * 1e3, times[min(count - 1, int(count * .99))] * 1e3,
        times[-1] * 1e3, timeouts))


def session_cpu(session):
    ticks = 0
    for file in glob.glob("/proc/[0-9]*/stat"):
        try:
            stat = open(file).read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(stat[3]) == session:
            # its own, and that of the children that it has waited for
            ticks += sum(int(t) for t in stat[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def serve(session, folder):
    answered = ""
    while os.path.exists("/proc/%d" % session):
        try:
            ask = open(folder + "/ask").read().strip()
        except OSError:
            ask = ""
        if ask and ask != answered:
            with open(folder + "/answer.tmp", "w") as file:
                file.write("%s %.2f\n" % (ask, session_cpu(session)))
            os.rename(folder + "/answer.tmp", folder + "/answer." + ask)
            answered = ask
        time.sleep(0.01)


ROWS = (
    ("cold", "cold start until all maps are active, guest CPU, s", "%.2f"),
    ("cold_settled", "... until udev has settled, guest CPU, s", "%.2f"),
    ("syscalls", "system calls of the daemon for it, per path", "%.1f"),
    ("restart", "warm restart, guest CPU, s", "%.2f"),
    ("reloads", "warm restart, tables loaded", "%d"),
    ("ll", "multipath -ll, guest CPU, s", "%.3f"),
    ("answer", "show paths on an open connection, median, ms", "%.2f"),
    ("show_wall", "multipathd show paths, client wall time, ms", "%.1f"),
    ("steady", "steady state, guest CPU per minute, s", "%.3f"),
    ("hang_p99", "show paths while commands hang, p99, ms", "%.1f"),
    ("hang_max", "show paths while commands hang, longest, ms", "%.1f"),
    ("hang_timeouts", "show paths while commands hang, of 100 timed out", "%d"),
    ("threads", "maximum threads", "%d"),
    ("rss", "resident memory, MB", "%.1f"),
)
FLOORS = {"cold": "floor_maps_bare", "cold_settled": "floor_maps", "steady": "floor_tur"}
GROWTH = ("cold", "ll", "answer", "steady", "rss")


def read(file):
    try:
        return {k: float(v) for k, v in (line.split("=") for line in open(file) if "=" in line)}
    except OSError:
        return {}


def ratio(ours, theirs):
    if ours is None or theirs is None:
        return ""
    if ours == 0:
        return "1" if theirs == 0 else "inf"
    return "%.1f" % (theirs / ours)


def cell(form, value):
    return "-" if value is None else form % value


def table(folder):
    def paths(size):
        hosts, luns = size.split("x")
        return int(hosts) * int(luns)

    sizes = sorted({name.rsplit("-", 1)[1] for name in os.listdir(folder) if "-" in name}, key=paths)
    figures = {}
    for size in sizes:
        figures[size] = [read("%s/%s-%s/figures" % (folder, who, size)) for who in ("ours", "debian")]
        ours, theirs = figures[size]
        print("\n%-52s %10s %10s %8s %10s" % (size + " (hosts x LUNs)", "ours", "theirs", "ratio", "floor"))
        for key, text, form in ROWS:
            floor = [f.get(FLOORS.get(key)) for f in (ours, theirs)]
            floor = floor[0] if floor[0] is not None else floor[1]
            print("%-52s %10s %10s %8s %10s" % (
                text, cell(form, ours.get(key)), cell(form, theirs.get(key)),
                ratio(ours.get(key), theirs.get(key)), "" if floor is None else form % floor))
    if len(sizes) < 2:
        return
    first, last = sizes[0], sizes[-1]
    print("\n%-52s %10s %10s" % (
        "growth from %d to %d paths: n to the power of" % (paths(first), paths(last)), "ours", "theirs"))
    for key, text, _ in ROWS:
        if key not in GROWTH:
            continue
        powers = []
        for who in (0, 1):
            small, large = figures[first][who].get(key), figures[last][who].get(key)
            powers.append(None if not small or not large else
                          math.log(large / small) / math.log(paths(last) / paths(first)))
        print("%-52s %10s %10s" % (text, *(cell("%.2f", p) for p in powers)))


if __name__ == "__main__":
    what, *args = sys.argv[1:]
    if what == "show":
        show(int(args[0]), float(args[1]), args[2])
    elif what == "waits":
        waits(args[0])
    elif what == "serve":
        serve(int(args[0]), args[1])
    elif what == "table":
        table(args[0])
