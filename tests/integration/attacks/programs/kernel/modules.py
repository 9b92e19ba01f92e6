"""Loads modules and a new kernel with empty images; it must be refused for want of privilege, not of an image."""

import os

from kit import hand_in, refused, system

refused("init_module", system, "init_module", None, 0, b"")
refused("finit_module", system, "finit_module", os.memfd_create("module"), b"", 0)
refused("delete_module", system, "delete_module", b"no-such-module", 0o4000)
refused("kexec_load", system, "kexec_load", 0, 0, None, 0)
refused("kexec_file_load", system, "kexec_file_load", -1, -1, 0, b"", 0)
hand_in()
