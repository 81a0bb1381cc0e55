#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""valid.py NAME MODE [WWID...] - ask libmpathvalid about a device: "mode RESULT WWID" on one line

MODE 0 is the configured one, 1 strict, 2 smart, 3 greedy; WWIDs are those of other paths.
"""
import ctypes
import sys

library = ctypes.CDLL("libmpathvalid.so.0")
name, mode, others = sys.argv[1], int(sys.argv[2]), [wwid.encode() for wwid in sys.argv[3:]]
assert library.mpathvalid_get_mode() == 4
assert library.mpathvalid_init(0, -1) == 0
assert library.mpathvalid_reload_config() == 0
wwid = ctypes.c_char_p(b"x")
wwids = (ctypes.c_char_p * len(others))(*others) if others else None
result = library.mpathvalid_is_path(name.encode(), mode, ctypes.byref(wwid), wwids, len(others))
print(library.mpathvalid_get_mode(), result, wwid.value.decode() if wwid.value else "none")
assert library.mpathvalid_exit() == 0
assert library.mpathvalid_init(0, -1) == -1
