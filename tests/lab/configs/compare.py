#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""compare.py VERSION THEIRS OURS - what `multipath -t` and `-T` of Debian's VERSION and ours printed, line by line, for each file.

The built-in hardware table changes with every release (a unit test compares ours with its list): of sections with blocks
(devices, blacklists by device), what each has in 01-empty.t already is left out. Every other difference must be one of those
below, and each of those a sentence of docs/differences.md.
"""
import difflib
import os
import re
import sys

KEYWORDS = "Keywords that were removed are not printed, and new ones are."
FLUSH = "`flush_on_last_del` has new values: `no` is now `unused`, `yes` is now `always`."
TABLE = "The built-in hardware table differs, and so does what an entry in a file inherits from it."
UNKNOWN = "0.9.4 warns of values and keywords that came later, and keeps the value it had."
FORCED = "`multipath -t` and `-T` print the daemon's `retrigger_tries` and `force_sync`."
QUOTED = "several `uid_attrs` records are quoted"
FDS = "`max_fds 0` is printed"
LOSS = "Here such a `dev_loss_tmo` is `infinity`."
ENDLESS = "`multipath` 0.11.1 never finishes."
ALONE = "`multipath -T` prints only the configuration, whatever `verbosity` is."

# Line in Debian's, line here, sentence; "" is no such line.
LINES_0_9_4 = (
    (r'(bindings|wwids|prkeys)_file "[^"]*"', "", KEYWORDS),
    (r'disable_changed_wwids "ignored"', "", KEYWORDS),
    ("", r'(detect_pgpolicy|detect_pgpolicy_use_tpg|purge_disconnected) "(yes|no)"', KEYWORDS),
    ("", r'auto_resize "[a-z_]*"', KEYWORDS),
    (r'flush_on_last_del "no"', r'flush_on_last_del "unused"', FLUSH),
    (r'flush_on_last_del "yes"', r'flush_on_last_del "always"', FLUSH),
    (r"retrigger_tries 0", r"retrigger_tries [0-9]+", FORCED),
    (r'force_sync "yes"', r'force_sync "no"', FORCED),
)
# Of one file.
FILES_0_9_4 = {
    "09-defaults-shaky": ((r"uid_attrs ([^\"]*)", r'uid_attrs "[^"]*"', QUOTED),),
    "16-devices-override-builtin": (
        (r'hardware_handler "1 alua"', "", TABLE),
        ("", r'path_checker "directio"', TABLE),
        ("", r'detect_checker "no"', TABLE),
    ),
    "26-mistakes": (
        (r"===== paths list =====", "", ALONE),
        (r"uuid +hcil .*", "", ALONE),
        (r"[0-9a-f]+ [0-9]:0:0:0 .*", "", ALONE),
    ),
    "30-everything-off": (("", r"max_fds 0", FDS),),
    "31-since-0.9.4": (
        (r'path_grouping_policy "failover"', r'path_grouping_policy "group_by_tpg"', UNKNOWN),
        (r'flush_on_last_del "no"', r'flush_on_last_del "never"', UNKNOWN),
        ("", r'flush_on_last_del "(always|unused|never)"', UNKNOWN),
        ("", r"max_retries 3", UNKNOWN),
    ),
    "33-out-of-range": ((r"dev_loss_tmo 1215752191", r'dev_loss_tmo "infinity"', LOSS),),
}
LINES_0_11_1 = (
    ("", r'(detect_pgpolicy|detect_pgpolicy_use_tpg|purge_disconnected) "(yes|no)"', KEYWORDS),
)
FILES_0_11_1 = {
    "09-defaults-shaky": ((r"uid_attrs ([^\"]*)", r'uid_attrs "[^"]*"', QUOTED),),
    "26-mistakes": (
        (r"===== paths list =====", "", ALONE),
        (r"uuid +hcil .*", "", ALONE),
        (r"[0-9a-f]+ [0-9]:0:0:0 .*", "", ALONE),
    ),
    "30-everything-off": (("", r"max_fds 0", FDS),),
}
# Lines, lines of one file, and files that Debian's does not come to an end with.
RELEASES = {
    "0.9.4": (LINES_0_9_4, FILES_0_9_4, {}),
    "0.11.1": (LINES_0_11_1, FILES_0_11_1, {"33-out-of-range": ENDLESS}),
}
ANY = r"([a-z_]+ \| )?"
used = set()


def read(name):
    """Blocks: (section, (line, ...)), the section's own lines as one block."""
    blocks, section, own, inner = [], None, [], None
    for line in open(name, errors="surrogateescape").read().split("\n"):
        text = line.strip()
        if not text:
            continue
        if text.endswith(" {"):
            if section is None:
                section, own = text, []
            else:
                inner = [text]
        elif text != "}":
            (own if inner is None else inner).append(text)
            if section is None:
                blocks.append(("", (text,)))
                own = []
        elif inner is not None:
            blocks.append((section, tuple(inner)))
            inner = None
        else:
            blocks += [(section, (text,)) for text in own]
            blocks.append((section, ("}",)))
            section = None
    return blocks


def allowed(theirs, ours, rules):
    for left, right, reason in rules:
        if re.fullmatch(left, theirs) and re.fullmatch(right, ours):
            used.add((left.replace(ANY, ""), right.replace(ANY, "")))
            return True
    return False


def same_lines(theirs, ours, rules):
    """Two lists of lines in their order, each pair of which is the same or allowed."""
    if not theirs and not ours:
        return True
    if theirs and ours and (theirs[0] == ours[0] or allowed(theirs[0], ours[0], rules)):
        return same_lines(theirs[1:], ours[1:], rules)
    if theirs and allowed(theirs[0], "", rules):
        return same_lines(theirs[1:], ours, rules)
    if ours and allowed("", ours[0], rules):
        return same_lines(theirs, ours[1:], rules)
    return False


def beside(blocks, base):
    """What is not in the list that is always there, and what is missing of it."""
    left = list(base)
    more = []
    for block in blocks:
        if block in left:
            left.remove(block)
        else:
            more.append(block)
    return more, left


def flat(blocks):
    return [line if section == "" else section.split()[0] + " | " + line for section, lines in blocks for line in lines]


def in_any_section(rules):
    return [(left and ANY + left, right and ANY + right, reason)
            for left, right, reason in rules]


def undocumented(lines, files, endless):
    """Rules that no difference needs any more, and those that docs/differences.md does not have."""
    root = os.path.dirname(os.path.realpath(__file__)) + "/../../.."
    text = " ".join(open(root + "/docs/differences.md").read().split())
    rules = lines + sum(files.values(), ())
    reasons = {reason for _, _, reason in rules} | set(endless.values())
    return ["not in docs/differences.md: " + r for r in sorted(reasons) if r not in text] + \
        ["no difference needs this: %r %r" % rule[:2] for rule in rules if rule[:2] not in used]


def report(name, theirs, ours):
    print("== " + name)
    print("\n".join(difflib.unified_diff(theirs, ours, "theirs", "ours", lineterm="", n=1)))


def main():
    sys.setrecursionlimit(100000)
    version, theirs_dir, ours_dir = sys.argv[1:4]
    if version not in RELEASES:
        sys.exit("there is no list of what differs from " + version)
    common, files, endless = RELEASES[version]
    names = sorted(name for name in os.listdir(ours_dir) if name.endswith((".t", ".T")))
    base = {folder: read(folder + "/01-empty.t") for folder in (theirs_dir, ours_dir)}
    table = {folder: [b for b in base[folder] if len(b[1]) > 1] for folder in base}
    failed = 0
    lines = 0
    for name in names:
        if name[:-2] in endless:
            if open(theirs_dir + "/" + name).read().split("\n")[-2] != "exit 124":
                failed += 1
                print(name + ": it came to an end")
            continue
        sides = []
        for folder in (theirs_dir, ours_dir):
            blocks = read(folder + "/" + name)
            lines += len(flat(blocks))
            more, missing = beside([b for b in blocks if len(b[1]) > 1], table[folder])
            if name.endswith(".T"):
                missing = []
            sides.append(flat([b for b in blocks if len(b[1]) == 1]) + flat(more))
        rules = common + files.get(name[:-2], ())
        if not same_lines(sides[0], sides[1], in_any_section(rules)):
            failed += 1
            report(name, *sides)
    for text in undocumented(common, files, endless):
        failed += 1
        print(text)
    print("%d lines of %d outputs, %d differences that are not allowed" % (lines, len(names), failed))
    return failed != 0


sys.exit(main())
