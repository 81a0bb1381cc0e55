#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""reserve.py ACTION DEVICE KEY - PERSISTENT RESERVE OUT, as another program would send it; for tests in Python also IN

ACTION: register (with KEY, whatever was registered), reserve (write exclusive, registrants only), clear
"""
import ctypes
import fcntl
import os
import struct
import sys

SG_IO = 0x2285
READ_KEYS, READ_RESERVATION = 0, 1
RESERVE, CLEAR, PREEMPT, REGISTER_AND_IGNORE = 1, 3, 4, 6
ACTIONS = {"register": REGISTER_AND_IGNORE, "reserve": RESERVE, "clear": CLEAR}
TYPE = {"reserve": 5}


class Header(ctypes.Structure):
    _fields_ = [("interface_id", ctypes.c_int), ("direction", ctypes.c_int), ("cmd_len", ctypes.c_ubyte),
                ("mx_sb_len", ctypes.c_ubyte), ("iovec_count", ctypes.c_ushort), ("dxfer_len", ctypes.c_uint),
                ("dxferp", ctypes.c_void_p), ("cmdp", ctypes.c_void_p), ("sbp", ctypes.c_void_p),
                ("timeout", ctypes.c_uint), ("flags", ctypes.c_uint), ("pack_id", ctypes.c_int),
                ("usr_ptr", ctypes.c_void_p), ("status", ctypes.c_ubyte), ("masked_status", ctypes.c_ubyte),
                ("msg_status", ctypes.c_ubyte), ("sb_len_wr", ctypes.c_ubyte), ("host_status", ctypes.c_ushort),
                ("driver_status", ctypes.c_ushort), ("resid", ctypes.c_int), ("duration", ctypes.c_uint),
                ("info", ctypes.c_uint)]


def send(fd, cdb, data, direction):
    command, sense = ctypes.create_string_buffer(cdb, len(cdb)), ctypes.create_string_buffer(32)
    header = Header(interface_id=ord("S"), direction=direction, cmd_len=len(cdb), mx_sb_len=32, dxfer_len=len(data), timeout=10000)
    header.dxferp, header.cmdp, header.sbp = map(ctypes.addressof, (data, command, sense))
    for _ in range(5):
        fcntl.ioctl(fd, SG_IO, header)
        if not (header.status == 2 and sense.raw[2] & 0xf == 6):  # unit attention: again
            break
    if header.status or header.host_status:
        raise OSError(f"status {header.status:#x}, host status {header.host_status:#x}, sense key {sense.raw[2] & 0xf:#x}")
    return data.raw[:len(data) - header.resid]


def reserve_out(device, action, kind=0, key=0, new_key=0):
    fd = os.open(device, os.O_RDWR | os.O_NONBLOCK)
    try:
        send(fd, bytes([0x5f, action, kind, 0, 0, 0, 0, 0, 24, 0]), ctypes.create_string_buffer(struct.pack(">QQ8x", key, new_key), 24), -2)
    finally:
        os.close(fd)


def reserve_in(device, action):
    fd = os.open(device, os.O_RDWR | os.O_NONBLOCK)
    try:
        return send(fd, bytes([0x5e, action, 0, 0, 0, 0, 0, 2, 0, 0]), ctypes.create_string_buffer(512), -3)
    finally:
        os.close(fd)


def registered_keys(device):
    data = reserve_in(device, READ_KEYS)
    return [key for key, in struct.iter_unpack(">Q", data[8:])]


def reservation(device):
    """None, or its key and type"""
    data = reserve_in(device, READ_RESERVATION)
    return (int.from_bytes(data[8:16], "big"), data[21] & 0xf) if len(data) >= 24 else None


def main():
    action, device, key = sys.argv[1:]
    old, new = (0, int(key, 16)) if action == "register" else (int(key, 16), 0)
    try:
        reserve_out(device, ACTIONS[action], TYPE.get(action, 0), old, new)
    except OSError as error:
        sys.exit(f"{action} {device}: {error}")


if __name__ == "__main__":
    main()
