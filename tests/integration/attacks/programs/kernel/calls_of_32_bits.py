"""Calls the kernel by the interrupt of 32-bit programs, whose numbers mean other calls; it must kill the caller."""

import ctypes
import mmap
import os

from kit import breach, hand_in

if os.uname().machine == "x86_64":
    # mov eax, 20 (getpid there); int 0x80; ret
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
    run = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
    child = os.fork()
    if child == 0:
        os._exit(0 if run() > 0 else 1)
    if os.waitpid(child, 0)[1] == 0:
        breach("a 32-bit call was answered")
hand_in()
