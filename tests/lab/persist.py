#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""persist.py DEVICE KEY [END] - use libmpathpersist as QEMU's helper for reservations does: by several threads at a time

The map has that key, registered on its two paths. It goes on until there is a file END. Offsets are those of programs that were compiled for multipath-tools.
"""
import concurrent.futures
import ctypes
import os
import struct
import sys

READ_KEYS, READ_RESERVATION, CAPABILITIES, FULL_STATUS = range(4)
RESERVE, RELEASE = 1, 2
VERBOSITY = 3
library = ctypes.CDLL("libmpathpersist.so.0")
library.mpath_lib_init.restype = ctypes.c_void_p


def ask(fd, action):
    response = ctypes.create_string_buffer(b"\xee" * (8200 + 32 * 8), 8200 + 32 * 8)
    code = library.mpath_persistent_reserve_in(fd, action, response, 0, 0)
    return code, response


def keys(fd):
    code, response = ask(fd, READ_KEYS)
    size, = struct.unpack_from("=I", response, 4)
    return code, [struct.unpack_from(">Q", response, 8 + at)[0] for at in range(0, size, 8)]


def holder(fd):
    """As QEMU reads it: through the structure for keys."""
    code, response = ask(fd, READ_RESERVATION)
    size, = struct.unpack_from("=I", response, 4)
    return code, size and struct.unpack_from(">Q", response, 8)[0]


def registrants(fd):
    code, response = ask(fd, FULL_STATUS)
    count, = struct.unpack_from("=I", response, 4)
    pointers = struct.unpack_from(f"={count}Q", response, 8200)
    start = ctypes.addressof(response)
    assert all(start + 8 <= pointer <= start + 8200 - 270 for pointer in pointers)
    return code, [struct.unpack_from(">Q", response, pointer - start)[0] for pointer in pointers]


def change(fd, action, key):
    parameters = ctypes.create_string_buffer(struct.pack(">Q", key), 8224 + 32 * 8)
    return library.mpath_persistent_reserve_out(fd, action, 0, 5, parameters, 0, VERBOSITY)


def rounds(end):
    count = 0
    while count < 3 or end and not os.path.exists(end):
        yield count
        count += 1


def check_keys(answer, key, end):
    """While paths come and go, one of them may not be registered."""
    code, found = answer
    assert code == 0 and (set(found) == {key} if end else found == [key, key]), answer


def work(device, key, end):
    fd = os.open(device, os.O_RDONLY)
    try:
        for _ in rounds(end):
            check_keys(keys(fd), key, end)
            check_keys(registrants(fd), key, end)
            assert (code := change(fd, RESERVE, key)) == 0, code
            assert holder(fd)[0] == 0
            assert (code := change(fd, RELEASE, key)) == 0, code
    finally:
        os.close(fd)


def main():
    device, key, end = sys.argv[1], int(sys.argv[2], 16), sys.argv[3] if len(sys.argv) > 3 else None
    assert library.mpath_lib_init()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for one in [pool.submit(work, device, key, end) for _ in range(4)]:
            one.result()
    with open(device, "rb") as file:
        assert holder(file.fileno()) == (0, 0)
    with open("/dev/null", "rb") as file:
        assert ask(file.fileno(), READ_KEYS)[0] == 12
    library.mpath_lib_exit(None)


main()
