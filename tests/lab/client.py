#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""client.py - what tests do to the daemon's socket beyond sending commands.

client.py latency N COMMAND LIMIT   send COMMAND N times; fails if the 99th percentile is above
                                    LIMIT seconds, or any answer is missing or says timeout
client.py abuse                     random bytes, 1,000 connections, clients that do not read
client.py user WHAT                 as a user who is not root, until it is killed; "ready" when it has begun:
                                    flood         16 clients that ask without a pause
                                    crowd         as many connections as there can be
                                    storm         16 that connect, ask and leave without a pause
                                    deaf          400 clients that ask for much and do not read it
                                    descriptors   descriptors whose closing takes an hour are sent along
                                    squat         have the daemon's name, and answer
                                    reads         have all asynchronous reads that the kernel has for all
                                    semaphores    have all semaphores
                                    hide          have the daemon's name, among millions of descriptors
"""
import ctypes
import os
import random
import resource
import socket
import struct
import sys
import threading
import time

ADDRESS = "\0/org/kernel/linux/storage/multipathd"


def connect(timeout=10):
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.connect(ADDRESS)   # waits while the daemon's backlog is full
    sock.settimeout(timeout)
    return sock


def send(sock, command):
    data = command.encode() + b"\0"
    sock.sendall(struct.pack("=Q", len(data)) + data)


def receive(sock):
    def exactly(size):
        data = b""
        while len(data) < size:
            more = sock.recv(size - len(data))
            if not more:
                raise EOFError("closed after %d of %d bytes" % (len(data), size))
            data += more
        return data
    size = struct.unpack("=Q", exactly(8))[0]
    data = exactly(size)
    assert data[-1:] == b"\0", "a reply ends with NUL"
    return data[:-1].decode(errors="replace")


def ask(sock, command):
    send(sock, command)
    return receive(sock)


def latency(count, command, limit):
    sock = connect(30)
    times = []
    failed = 0
    for _ in range(count):
        begin = time.monotonic()
        reply = ask(sock, command)
        times.append(time.monotonic() - begin)
        if "timeout\n" in reply[:20] or reply.startswith("fail"):
            failed += 1
        time.sleep(0.01)
    times.sort()
    p99 = times[min(count - 1, int(count * 0.99))]
    print("%s: %d replies, p50 %.1f ms, p99 %.1f ms, max %.1f ms, %d timed out" % (
        command, count, times[count // 2] * 1e3, p99 * 1e3, times[-1] * 1e3, failed))
    return 0 if p99 <= limit and not failed else 1


def answers(what, limit=1.0):
    begin = time.monotonic()
    sock = connect()
    reply = ask(sock, "show paths")
    took = time.monotonic() - begin
    assert "hcil" in reply, reply
    assert took < limit, "%s: show paths took %.3f s" % (what, took)
    sock.close()
    print("%s: answered in %.1f ms" % (what, took * 1e3))


def abuse():
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    random.seed(1)
    answers("before")

    # Random bytes, in random pieces.
    for _ in range(200):
        sock = connect()
        try:
            for _ in range(random.randint(1, 4)):
                sock.sendall(os.urandom(random.choice((1, 7, 8, 9, 64, 4096))))
        except OSError:
            pass
        sock.close()
    answers("random bytes")

    # Well-framed nonsense.
    for _ in range(100):
        sock = connect()
        size = random.randint(1, 512)
        data = os.urandom(size) if random.random() < 0.5 else bytes(
            random.choice(b'show paths maps format "%%{}!# \t\n') for _ in range(size))
        try:
            sock.sendall(struct.pack("=Q", size) + data)
            receive(sock)
        except (OSError, EOFError):
            pass
        sock.close()
    answers("nonsense")

    # Lengths that nobody means, and a request that never ends.
    halves = []
    for size in (0, 513, 1 << 31, (1 << 64) - 1):
        sock = connect()
        sock.sendall(struct.pack("=Q", size))
        try:
            assert sock.recv(1) == b"", "length %d is not hung up on" % size
        except ConnectionResetError:
            pass
        sock.close()
    for _ in range(20):
        sock = connect()
        sock.sendall(struct.pack("=Q", 100) + b"show")
        halves.append(sock)
    answers("half requests")

    # A client that asks and asks and never reads.
    deaf = connect(0.2)
    try:
        for _ in range(100000):
            send(deaf, "show topology")
    except OSError:
        pass
    answers("a client that never reads")

    # A thousand connections at once, every one of which is served.
    crowd = [connect(30) for _ in range(1000)]
    answers("1,000 connections")
    for sock in crowd:
        send(sock, "show daemon")
    for sock in crowd:
        assert receive(sock).startswith("pid ")
    print("1,000 answers")
    for sock in crowd + halves + [deaf]:
        sock.close()
    answers("after")
    return 0


def frame(command):
    data = command.encode() + b"\0"
    return struct.pack("=Q", len(data)) + data


def user_flood():
    def ask_and_ask():
        sock = connect(None)
        threading.Thread(target=lambda: [sock.sendall(frame("show maps json") * 16) for _ in iter(int, 1)],
                         daemon=True).start()
        while sock.recv(1 << 16):
            pass
    for _ in range(16):
        threading.Thread(target=ask_and_ask, daemon=True).start()
    return None


def user_crowd():
    socks = []
    resource.setrlimit(resource.RLIMIT_NOFILE, resource.getrlimit(resource.RLIMIT_NOFILE)[1:] * 2)
    try:
        while len(socks) < 9000:
            sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            sock.settimeout(2)
            socks.append(sock)
            sock.connect(ADDRESS)
    except OSError as error:
        print(error, flush=True)
    print(len(socks), "connections", flush=True)
    return socks


def user_storm():
    def come_and_go():
        while True:
            try:
                sock = connect()
                sock.sendall(frame("show daemon"))
                sock.close()
            except OSError:
                pass    # hung up on: too many
    for _ in range(16):
        threading.Thread(target=come_and_go, daemon=True).start()
    time.sleep(0.5)


def user_deaf():
    socks = [connect() for _ in range(400)]
    for sock in socks:
        try:
            sock.sendall(frame('show paths raw format "%s"' % ("%s" * 220)))
        except OSError:
            pass    # hung up on: too many
    return socks


def lingering():
    listener = socket.create_server(("127.0.0.1", 0))
    sock = socket.create_connection(listener.getsockname())
    peer, _ = listener.accept()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 3600))
    sock.setblocking(False)
    try:
        while True:
            sock.send(bytes(1 << 16))
    except BlockingIOError:
        return sock, peer


def user_descriptors():
    """Who closes such a descriptor last waits; the end of a process does not. So children send them, and end."""
    kept = []
    for size in (8, 1, 100, 5000) * 2:
        sock, peer = lingering()
        mine, childs = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(childs)
            os.read(mine, 1)    # until the parent's is closed
            user = connect()
            try:
                if size == 5000:    # what lies behind requests that are not answered yet
                    user.sendall(frame("show topology") * 50)
                user.sendmsg([bytes(size)], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("i", sock.fileno()))])
            except OSError as error:
                print(error, flush=True)    # a kernel that does not pass it on
            os._exit(0)
        sock.close()
        os.close(childs)
        os.close(mine)
        os.waitpid(child, 0)
        kept.append(peer)
    return kept


def user_squat():
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(ADDRESS)
    listener.listen(100)

    def serve(sock):
        while True:
            head = sock.recv(8)
            if len(head) < 8:
                return
            request = sock.recv(struct.unpack("=Q", head)[0])
            print("asked", request[:40], flush=True)
            reply = b"ruling 1 3 2 1 0 1 3600squatter\n" if request.startswith(b"@claim") else b"\33[31mfake\n"
            sock.sendall(struct.pack("=Q", len(reply) + 1) + reply + b"\0")

    def accept():
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
    threading.Thread(target=accept, daemon=True).start()
    return listener


def user_reads():
    setup = ctypes.CDLL(None).syscall
    for events in (1000, 1):
        while setup(206, events, ctypes.byref(ctypes.c_ulong(0))) == 0:     # io_setup() of x86-64
            pass


def user_semaphores():
    libc = ctypes.CDLL(None)
    while libc.semget(0, 1, 0o1600) >= 0:
        pass


def user_hide():
    resource.setrlimit(resource.RLIMIT_NOFILE, resource.getrlimit(resource.RLIMIT_NOFILE)[1:] * 2)
    try:
        while os.dup(0) < 350000:
            pass
    except OSError as error:
        print(error, flush=True)
    for _ in range(20):
        if os.fork() == 0:
            time.sleep(3600)
    if os.fork():
        time.sleep(3600)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(ADDRESS)
    return listener


def user(what):
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    kept = globals()["user_" + what]()
    print("ready", flush=True)
    time.sleep(3600)
    return kept


if __name__ == "__main__":
    if sys.argv[1] == "user":
        user(sys.argv[2])
    if sys.argv[1] == "latency":
        sys.exit(latency(int(sys.argv[2]), sys.argv[3], float(sys.argv[4])))
    sys.exit(abuse())
