"""Runs the system's set-uid programs to become root; they may exist but give no privilege."""

import os
import subprocess

from kit import files_below, hand_in, must, refused

found = [path for path in files_below(["/usr/bin", "/usr/sbin"]) if os.stat(path).st_mode & 0o6000]
for path in found[:20]:
    if os.path.basename(path) in {"su", "sudo", "mount", "newgrp", "pkexec"}:
        ended = subprocess.run([path, "--version"], capture_output=True, check=False, timeout=5)
        assert ended is not None
# A set-uid copy of a program that says who it is.
with open("/usr/bin/id", "rb") as source, open("/tmp/id", "wb") as copy:
    copy.write(source.read())
os.chmod("/tmp/id", 0o4755)
said = subprocess.run(["/tmp/id", "-u"], capture_output=True, check=False).stdout
must(f"effective user {said!r}", hold=said.strip() != b"0")
for name in ("setuid", "setgid"):
    refused(name, getattr(os, name), 0)
refused("groups", os.setgroups, [0])
hand_in()
