# SPDX-License-Identifier: LGPL-2.1-or-later
# machine.py - a guest whose root disk has two paths, in QEMU without KVM. Tests start it, follow its console, pull and plug
# the paths, and run commands in a root shell.
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

SLOW = float(os.environ.get("BOOT_SLOW", "1"))


class Failed(Exception):
    pass


def check(message, condition):
    if not condition:
        raise Failed(message)


def same(message, got, wanted):
    if got != wanted:
        raise Failed(f"{message}\n  got:    {got}\n  wanted: {wanted}")


class Machine:
    """image: what tests/boot/image made. Writes go to files that are deleted with the machine. disks: more of them, empty, with
    two paths each: those of disk 1 are paths 2 and 3."""

    def __init__(self, image, out, append="", disks=0):
        self.dir = tempfile.mkdtemp(prefix="boot.")
        self.out = out
        self.append = append
        self.image = image
        self.disks = disks
        self.overlay = os.path.join(self.dir, "overlay.qcow2")
        self.console = os.path.join(out, "console")
        self.seen = 0
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        shutil.rmtree(self.dir)

    @staticmethod
    def disk_of(number):
        return f"disk{number // 2}", 0x5000c500a0b1c2d3 + number // 2

    def path(self, number):
        drive, wwn = self.disk_of(number)
        return ["-device", f"virtio-scsi-pci,id=hba{number}",
                "-device", f"scsi-hd,id=path{number},bus=hba{number}.0,drive={drive},share-rw=on,serial=lab-{drive},wwn={wwn}"]

    def start(self):
        """Again after the machine has ended: what it has written is there."""
        if not os.path.exists(self.overlay):
            subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b",
                            os.path.abspath(f"{self.image}/disk"), self.overlay], check=True)
            for disk in range(self.disks):
                with open(os.path.join(self.dir, f"disk{disk + 1}"), "wb") as file:
                    file.truncate(64 << 20)
        root = open(f"{self.image}/root").read().strip()
        self.qmp_file = os.path.join(self.dir, "qmp")
        self.shell_file = os.path.join(self.dir, "shell")
        command = ["qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max,la57=off,-erms,-fsrm", "-smp", "2", "-m", "1G",
                   "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
                   "-kernel", f"{self.image}/vmlinuz", "-initrd", f"{self.image}/initrd",
                   "-append", f"root={root} ro console=ttyS0 loglevel=6 systemd.show_status=1 panic=-1 {self.append}",
                   "-chardev", f"file,id=console,path={self.console},append=on", "-serial", "chardev:console",
                   "-qmp", f"unix:{self.qmp_file},server=on,wait=off",
                   "-device", "virtio-serial-pci", "-chardev", f"socket,id=shell,path={self.shell_file},server=on,wait=off",
                   "-device", "virtserialport,chardev=shell,name=shell",
                   "-device", "virtio-rng-pci",
                   "-blockdev", f"qcow2,node-name=disk0,file.driver=file,file.filename={self.overlay},file.locking=off",
                   *self.path(0), *self.path(1)]
        for disk in range(1, self.disks + 1):
            file = os.path.join(self.dir, f"disk{disk}")
            command += ["-blockdev", f"file,node-name=disk{disk},filename={file},locking=off", *self.path(2 * disk), *self.path(2 * disk + 1)]
        self.began = time.monotonic()
        self.end = None
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        self.qmp_stream = self.connect(self.qmp_file).makefile("rw")
        self.qmp_stream.readline()
        self.qmp("qmp_capabilities")
        self.shell = self.connect(self.shell_file)
        self.pending = b""

    def connect(self, file):
        end = time.monotonic() + 20
        while True:
            try:
                stream = socket.socket(socket.AF_UNIX)
                stream.connect(file)
                return stream
            except OSError:
                if time.monotonic() > end or self.process.poll() is not None:
                    raise Failed("QEMU does not start")
                time.sleep(0.1)

    def say(self, text):
        print(f"  [{time.monotonic() - self.began:.0f}] {text}", flush=True)

    def qmp(self, execute, **arguments):
        self.qmp_stream.write(json.dumps({"execute": execute, "arguments": arguments}) + "\n")
        self.qmp_stream.flush()
        while True:
            reply = json.loads(self.qmp_stream.readline() or '{"error": "QEMU has ended"}')
            if "event" not in reply:
                check(f"{execute}: {reply}", "return" in reply)
                return reply["return"]
            self.note(reply)

    def note(self, event):
        if event["event"] == "SHUTDOWN":
            self.end = event["data"]["reason"]

    def pull(self, number):
        self.qmp("device_del", id=f"path{number}")

    def plug(self, number):
        drive, wwn = self.disk_of(number)
        self.qmp("device_add", driver="scsi-hd", id=f"path{number}", bus=f"hba{number}.0", drive=drive,
                 **{"share-rw": True, "serial": f"lab-{drive}", "wwn": wwn})

    def text(self):
        with open(self.console, errors="replace") as file:
            return file.read().replace("\r", "")

    def wait_console(self, pattern, limit=240):
        """Waits until the console has printed it, from where the last wait ended."""
        end = time.monotonic() + limit * SLOW
        while True:
            text = self.text()
            found = re.search(pattern, text[self.seen:])
            if found:
                self.seen += found.end()
                return found
            if time.monotonic() > end or self.process.poll() is not None:
                raise Failed(f"not within {limit} s on the console: {pattern}")
            time.sleep(0.1)

    def wait_shell(self, limit=400):
        self.read_until(b"shell ready\n", limit)
        self.say("booted")
        self.run("udevadm settle -t 180", 200)

    def read_until(self, mark, limit):
        end = time.monotonic() + limit * SLOW
        while mark not in self.pending:
            ready, _, _ = select.select([self.shell], [], [], max(0, end - time.monotonic()))
            data = self.shell.recv(65536) if ready else b""
            if not data:
                raise Failed(f"no answer from the shell in {limit} s; read so far: {self.pending.decode(errors='replace')}")
            self.pending += data
        text, self.pending = self.pending.split(mark, 1)
        return text.decode(errors="replace")

    def send(self, command):
        self.shell.sendall(command.encode() + b"\n")

    def run(self, command, limit=120):
        """Returns what it prints, and raises if it fails."""
        self.send(f"{{ {command}\n}} < /dev/null 2>&1; echo \"status $? of the command\"")
        text = self.read_until(b" of the command\n", limit)
        text, _, status = text.rpartition("status ")
        if status != "0":
            raise Failed(f"{command}: status {status}\n{text}")
        return text.rstrip("\n")

    def until(self, message, command, limit=60):
        """Polls until the command succeeds."""
        end = time.monotonic() + limit * SLOW
        while True:
            try:
                return self.run(command)
            except Failed as failed:
                if "status" not in str(failed) or time.monotonic() > end:
                    raise Failed(f"not within {limit} s: {message}\n{failed}")
            time.sleep(0.3)

    def wait_end(self, limit, reboot=False):
        """Returns how long it took until the machine was off, or asked for a reset."""
        begin = time.monotonic()
        try:
            self.process.wait(limit * SLOW)
        except subprocess.TimeoutExpired:
            raise Failed(f"the machine is still on after {limit} s")
        for line in self.qmp_stream:
            self.note(json.loads(line))
        same("how it ended", self.end, "guest-reset" if reboot else "guest-shutdown")
        return time.monotonic() - begin


def main(test):
    """The test's program: TEST IMAGE OUT"""
    image, out = sys.argv[1:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the machine ends, too
    try:
        test(image, out)
    except Failed as failed:
        print(f"FAILED: {failed}")
        sys.exit(1)
