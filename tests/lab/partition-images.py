#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""partition-images DIR [SECTORS] - small disk images with partition tables that no tool at hand makes: old formats, broken ones.

All of them are the same at each run. Sizes and places are in sectors of 512 bytes unless a name says 4k.
"""
import struct
import sys
import zlib
from functools import reduce
from pathlib import Path

SECTOR = 512


class Image:
    def __init__(self, sectors):
        self.data = bytearray(sectors * SECTOR)
        self.sectors = sectors

    def put(self, offset, data):
        end = offset + len(data)
        if end <= len(self.data):
            self.data[offset:end] = data

    def get(self, offset, size):
        return bytes(self.data[offset:offset + size])

    def save(self, directory, name):
        (directory / name).write_bytes(self.data)


def dos_table(image, sector, entries, sector_bytes=SECTOR):
    """entries: (type, start, size) of up to four"""
    at = sector * sector_bytes
    for i, (kind, start, size) in enumerate(entries):
        image.put(at + 446 + 16 * i, struct.pack("<B3sB3sII", 0, b"\0\2\0", kind, b"\xfe\xff\xff", start, size))
    image.put(at + 510, b"\x55\xaa")


def dos_chain(image, extended, logicals, after=None):
    """EBRs below the extended partition at that sector: (EBR, start, size), each absolute; after: where the last one points"""
    for i, (ebr, start, size) in enumerate(logicals):
        entries = [(0x83, start - ebr, size)]
        if i + 1 < len(logicals):
            entries.append((5, logicals[i + 1][0] - extended, logicals[i + 1][2] + 1))
        elif after is not None:
            entries.append((5, after - extended, 1))
        dos_table(image, ebr, entries)


def gpt(sectors, parts, sector_bytes=SECTOR, entries=128, primary=True, backup=True, wrong_crc=(), pmbr=True, edges=True):
    """parts: {number: (first, last)} in logical sectors"""
    image = Image(sectors)
    lbas = sectors * SECTOR // sector_bytes
    table_lbas = -(-entries * 128 // sector_bytes)
    table = bytearray(table_lbas * sector_bytes)
    for number, (first, last) in parts.items():
        entry = bytes.fromhex("af3dc60f838472478e793d69d8477de4") + struct.pack("<IHH8s", number, 1, 2, b"unique!!")
        table[128 * (number - 1):128 * number] = entry + struct.pack("<QQQ", first, last, 0) + bytes(72)
    if pmbr:
        dos_table(image, 0, [(0xee, 1, min(lbas - 1, 0xffffffff))])
    usable = (2 + table_lbas, lbas - 2 - table_lbas) if edges else (2 + table_lbas, 2 ** 63)
    for mine, other, at, wanted, name in ((1, lbas - 1, 2, primary, "primary"),
                                          (lbas - 1, 1, lbas - 1 - table_lbas, backup, "backup")):
        header = struct.pack("<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, 0, 0, mine, other, *usable, b"disk's guid here",
                             at, entries, 128, zlib.crc32(table[:entries * 128]))
        crc = zlib.crc32(header) ^ (1 if name in wrong_crc else 0)
        if wanted:
            image.put(mine * sector_bytes, header[:16] + struct.pack("<I", crc) + header[20:])
            image.put(at * sector_bytes, table)
    return image


def bsd_label(image, sector, parts):
    """parts: (start, size, type)"""
    label = bytearray(148 + 16 * 8)
    struct.pack_into("<IHH", label, 0, 0x82564557, 4, 0)
    struct.pack_into("<IIIIII", label, 40, 512, 32, 16, 4, 512, image.sectors)
    struct.pack_into("<I", label, 132, 0x82564557)
    struct.pack_into("<HII", label, 138, 8, 8192, 8192)
    for i, (start, size, kind) in enumerate(parts):
        struct.pack_into("<IIIBBH", label, 148 + 16 * i, size, start, 1024, kind, 8, 16)
    words = struct.unpack("<%dH" % (len(label) // 2), label)
    struct.pack_into("<H", label, 136, reduce(lambda a, b: a ^ b, words))
    image.put(sector * SECTOR, label)


def sun_label(image, parts, heads=1, track=16):
    """parts: (start cylinder, sectors, tag)"""
    label = bytearray(512)
    label[:8] = b"sundisk\0"
    struct.pack_into(">I8sH", label, 128, 1, b"volume", 8)
    for i, (cylinder, size, tag) in enumerate(parts):
        struct.pack_into(">HH", label, 142 + 4 * i, tag, 0)
        struct.pack_into(">II", label, 444 + 8 * i, cylinder, size)
    struct.pack_into(">I", label, 188, 0x600DDEEE)
    cylinders = image.sectors // (heads * track)
    struct.pack_into(">HHHHHHHHHHHH", label, 420, 5400, cylinders, 0, 0, 0, 1, cylinders, 0, heads, track, 0, 0)
    struct.pack_into(">H", label, 508, 0xDABE)
    struct.pack_into(">H", label, 510, reduce(lambda a, b: a ^ b, struct.unpack(">256H", label)))
    image.put(0, label)


def sgi_header(image, parts):
    """parts: {index: (start, size, type)}"""
    header = bytearray(512)
    struct.pack_into(">IHH16s", header, 0, 0x0BE5A941, 0, 1, b"/unix")
    for i, (start, size, kind) in parts.items():
        struct.pack_into(">III", header, 312 + 12 * i, size, start, kind)
    struct.pack_into(">I", header, 504, -sum(struct.unpack(">128I", header)) & 0xffffffff)
    image.put(0, header)


def solaris_vtoc(image, sector, parts):
    """parts: (start within the partition, size, tag)"""
    vtoc = bytearray(512)
    struct.pack_into("<I", vtoc, 12, 0x600DDEEE)
    struct.pack_into("<I8sHH", vtoc, 16, 1, b"volume", 512, 16)
    for i, (start, size, tag) in enumerate(parts):
        struct.pack_into("<HHII", vtoc, 72 + 12 * i, tag, 0, start, size)
    image.put((sector + 1) * SECTOR, vtoc)


def unixware_label(image, sector, parts):
    """parts: (start, size, tag)"""
    label = bytearray(512)
    struct.pack_into("<II", label, 0, 2, 0xCA5E600D)
    struct.pack_into("<II8sH", label, 156, 0x600DDEEE, 1, b"volume", 16)
    for i, (start, size, tag) in enumerate(parts):
        struct.pack_into("<HHII", label, 216 + 12 * i, tag, 0x200, start, size)
    image.put((sector + 29) * SECTOR, label)


def mac_map(image, parts, block=512):
    """parts: (start, size, type, name)"""
    image.put(0, struct.pack(">2sHI", b"ER", block, len(image.data) // block))
    for i, (start, size, kind, name) in enumerate(parts):
        image.put((i + 1) * block, struct.pack(">2sHIII32s32s", b"PM", 0, len(parts), start, size, name, kind))


def ultrix_label(image, parts):
    """parts: (start, size)"""
    label = struct.pack("<Ii", 0x032957, 1)
    for start, size in parts:
        label += struct.pack("<II", size, start)
    image.put(16384 - 72, label.ljust(72, b"\0"))


def atari_root(image, parts):
    """parts: (start, size)"""
    sector = bytearray(512)
    struct.pack_into(">I", sector, 0x1c2, image.sectors)
    for i, (start, size) in enumerate(parts):
        struct.pack_into(">B3sII", sector, 0x1c6 + 12 * i, 1, b"GEM", start, size)
    image.put(0, sector)


def make(directory, sectors):
    def save(name):
        image = Image(sectors)
        save.names.append(name)
        yield image
        image.save(directory, name)
    save.names = []

    half = sectors // 2
    for image in save("dos-primary"):
        dos_table(image, 0, [(0x83, 8, 16), (7, 24, 8), (0, 0, 0), (0x82, 40, 24)])
    for image in save("dos-logical"):
        dos_table(image, 0, [(0x83, 8, 16), (5, 32, 64)])
        dos_chain(image, 32, [(32, 34, 6), (40, 42, 6), (48, 50, 14)])
    for image in save("dos-ebr-loop"):
        dos_table(image, 0, [(0x83, 8, 16), (0xf, 32, 64)])
        dos_chain(image, 32, [(32, 34, 6), (40, 42, 6)], after=40)
    for image in save("dos-ebr-loop-to-first"):
        dos_table(image, 0, [(0x83, 8, 16), (0x85, 32, 64)])
        dos_chain(image, 32, [(32, 34, 6), (40, 42, 6)], after=32)
    for image in save("dos-ebr-leaves"):
        dos_table(image, 0, [(5, 32, 64)])
        dos_chain(image, 32, [(32, 34, 6), (40, 42, 6)], after=sectors + 1000)
    for image in save("dos-ebr-wraps"):
        dos_table(image, 0, [(0x83, 8, 16), (5, 32, 64)])
        dos_table(image, 32, [(0x83, 2 ** 32 - 32, 16), (5, 8, 16)])
        dos_table(image, 40, [(0x83, 2, 6), (5, 2 ** 32 - 32, 8)])
    for image in save("dos-logical-outside"):
        dos_table(image, 0, [(5, 32, 64), (0x83, 96, 64)])
        dos_table(image, 32, [(0x83, 2, 6), (5, 8, 16)])
        dos_table(image, 40, [(0x83, 56, 64)])
    for image in save("dos-slice-past-end"):
        dos_table(image, 0, [(0x83, 8, 16), (0xa5, 32, sectors), (0xbf, 32, sectors)])
    for image in save("dos-past-end"):
        dos_table(image, 0, [(0x83, 8, 16), (0x83, half, sectors), (0x83, sectors, 1), (0x83, 0xfffffff0, 0xfffffff0)])
    for image in save("dos-overlap"):
        dos_table(image, 0, [(0x83, 8, 32), (0x83, 24, 32), (0x83, 8, 32)])
    for image in save("dos-empty"):
        dos_table(image, 0, [(0x83, 8, 0), (5, 16, 0), (0x83, 24, 1)])
    for image in save("dos-extended-at-end"):
        dos_table(image, 0, [(5, sectors - 1, 64)])
    for image in save("dos-two-extended"):
        dos_table(image, 0, [(0, 0, 0), (5, 32, 16), (0x83, 8, 16), (0xf, 64, 32)])
        dos_chain(image, 32, [(32, 34, 6), (40, 42, 6)])
        dos_chain(image, 64, [(64, 66, 6), (72, 74, 14)])
    for image in save("dos-bsd"):
        dos_table(image, 0, [(0x83, 8, 8), (0xa5, 16, half - 16)])
        bsd_label(image, 17, [(24, 8, 7), (32, 8, 7), (16, half - 16, 0), (40, sectors, 7)])
    for image in save("dos-solaris"):
        dos_table(image, 0, [(0x83, 8, 8), (0xbf, 16, 64)])
        solaris_vtoc(image, 16, [(4, 8, 2), (12, 8, 3), (0, 64, 5), (20, sectors, 7)])
    for image in save("solaris"):
        solaris_vtoc(image, 0, [(4, 8, 2), (16, 8, 3), (0, 64, 5), (40, sectors, 7)])
    for image in save("unixware"):
        unixware_label(image, 0, [(0, 96, 5), (48, 8, 2), (56, 8, 3)])
    for image in save("minix"):
        dos_table(image, 0, [(0x81, 16, 8), (0x81, 24, 8)])
    for image in save("dos-unixware"):
        dos_table(image, 0, [(0x63, 8, 96)])
        unixware_label(image, 8, [(8, 96, 5), (48, 8, 2), (56, 8, 3)])
    for image in save("dos-minix"):
        dos_table(image, 0, [(0x81, 8, 64)])
        dos_table(image, 8, [(0x81, 16, 8), (0x81, 24, 8)])
    for image in save("bsd"):
        bsd_label(image, 1, [(16, 16, 7), (32, 8, 1), (0, sectors, 0), (40, sectors, 7)])
    for image in save("sun"):
        sun_label(image, [(1, 16, 2), (2, 32, 3), (0, sectors, 5), (4, 16, 4)])
    for image in save("sgi"):
        sgi_header(image, {0: (16, 16, 7), 1: (32, 8, 3), 8: (0, 8, 0), 10: (0, sectors, 6)})
    for image in save("mac"):
        mac_map(image, [(1, 3, b"Apple_partition_map", b"map"), (8, 16, b"Apple_HFS", b"data"),
                        (24, sectors, b"Apple_UNIX_SVR2", b"outside")])
    for image in save("ultrix"):
        ultrix_label(image, [(8, 8), (40, 8), (0, sectors)])
    for image in save("atari"):
        atari_root(image, [(2, 30), (32, 16), (48, 40)])

    first, last = 34, sectors - 34
    variants = {
        "gpt": gpt(sectors, {1: (first, first + 7), 3: (first + 8, first + 23)}),
        "gpt-primary-only": gpt(sectors, {1: (first, first + 7)}, backup=False),
        "gpt-backup-only": gpt(sectors, {2: (first, first + 7)}, primary=False),
        "gpt-primary-crc": gpt(sectors, {2: (first, first + 7)}, wrong_crc=("primary",)),
        "gpt-wrong-crc": gpt(sectors, {2: (first, first + 7)}, wrong_crc=("primary", "backup")),
        "gpt-no-pmbr": gpt(sectors, {1: (first, first + 7)}, pmbr=False),
        "gpt-last": gpt(sectors, {128: (last - 8, last)}),
        "gpt-past-end": gpt(sectors, {1: (first, first + 7), 2: (first + 8, sectors + 100), 3: (sectors, 2 ** 62)}, edges=False),
        "gpt-outside-usable": gpt(sectors, {1: (0, first - 1), 2: (first, first + 7), 3: (last - 8, sectors - 1)}),
        "gpt-reversed": gpt(sectors, {1: (first + 8, first), 2: (first, first)}),
        "gpt-overlap": gpt(sectors, {1: (first, first + 15), 2: (first + 8, first + 23)}),
    }
    variants["gpt-dos"] = gpt(sectors, {2: (first, first + 7)}, pmbr=False)
    dos_table(variants["gpt-dos"], 0, [(0x83, 8, 16)])
    large = 64 + 400 * 2
    if sectors >= large:
        variants["gpt-400"] = gpt(sectors, {n: (250 + n, 250 + n) for n in range(1, 401)}, entries=400)
    if sectors >= 8 * 24:
        variants["gpt-4k"] = gpt(sectors, {1: (6, 6), 2: (7, 8)}, sector_bytes=4096)
        variants["gpt-4k-backup"] = gpt(sectors, {1: (6, 6), 2: (7, 8)}, sector_bytes=4096, primary=False)
    for name, image in variants.items():
        image.save(directory, name)
        save.names.append(name)
    return save.names


def main():
    directory = Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    for name in make(directory, int(sys.argv[2]) if len(sys.argv) > 2 else 4096):
        print(name)


main()
