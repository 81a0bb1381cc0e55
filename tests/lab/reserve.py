#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""reserve.py ACTION DEVICE KEY - PERSISTENT RESERVE OUT, as another program of this host would send it

ACTION: register (with KEY, whatever was registered), reserve (write exclusive, registrants only), clear
"""
import ctypes
import fcntl
import os
import struct
import sys

SG_IO = 0x2285
ACTIONS = {"register": 0x06, "reserve": 0x01, "clear": 0x03}
TYPE = {"reserve": 0x05}


class Header(ctypes.Structure):
    _fields_ = [("interface_id", ctypes.c_int), ("direction", ctypes.c_int), ("cmd_len", ctypes.c_ubyte),
                ("mx_sb_len", ctypes.c_ubyte), ("iovec_count", ctypes.c_ushort), ("dxfer_len", ctypes.c_uint),
                ("dxferp", ctypes.c_void_p), ("cmdp", ctypes.c_void_p), ("sbp", ctypes.c_void_p),
                ("timeout", ctypes.c_uint), ("flags", ctypes.c_uint), ("pack_id", ctypes.c_int),
                ("usr_ptr", ctypes.c_void_p), ("status", ctypes.c_ubyte), ("masked_status", ctypes.c_ubyte),
                ("msg_status", ctypes.c_ubyte), ("sb_len_wr", ctypes.c_ubyte), ("host_status", ctypes.c_ushort),
                ("driver_status", ctypes.c_ushort), ("resid", ctypes.c_int), ("duration", ctypes.c_uint),
                ("info", ctypes.c_uint)]


def send(fd, action, key):
    old, new = (0, key) if action == "register" else (key, 0)
    data = ctypes.create_string_buffer(struct.pack(">QQ8x", old, new), 24)
    cdb = ctypes.create_string_buffer(bytes([0x5f, ACTIONS[action], TYPE.get(action, 0), 0, 0, 0, 0, 0, 24, 0]), 10)
    sense = ctypes.create_string_buffer(32)
    header = Header(interface_id=ord("S"), direction=-2, cmd_len=10, mx_sb_len=32, dxfer_len=24, timeout=10000)
    header.dxferp, header.cmdp, header.sbp = map(ctypes.addressof, (data, cdb, sense))
    fcntl.ioctl(fd, SG_IO, header)
    return header.status, header.host_status, sense.raw[2] & 0xf


def main():
    action, device, key = sys.argv[1:]
    fd = os.open(device, os.O_RDWR | os.O_NONBLOCK)
    for _ in range(5):
        status, host_status, sense_key = send(fd, action, int(key, 16))
        if not (status == 2 and sense_key == 6):  # unit attention: again
            break
    if status or host_status:
        sys.exit(f"{action} {device}: status {status:#x}, host status {host_status:#x}, sense key {sense_key:#x}")


main()
