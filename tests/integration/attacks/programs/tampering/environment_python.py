"""Writes into the runtime: interpreter, site-packages, standard library and its caches; all must be read-only."""

import os

from kit import HOST, hand_in, planted, refused

for folder in (HOST["site"], HOST["stdlib"], HOST["prefix"], HOST["base"], f"{HOST['stdlib']}/__pycache__"):
    refused(f"write in {folder}", planted, f"{folder}/evil-file")
    refused(f"nameless file in {folder}", os.open, folder, os.O_WRONLY | os.O_TMPFILE)
refused("write the interpreter", os.open, os.path.realpath(HOST["python"]), os.O_WRONLY)
refused("replace the interpreter's link", os.symlink, "/tmp/x", f"{HOST['prefix']}/bin/evil")
refused("change its mode", os.chmod, HOST["site"], 0o777)
hand_in()
