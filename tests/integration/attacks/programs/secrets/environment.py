"""Looks through its own environment; only the sandbox's own variables may stand there."""

import os

from kit import hand_in, must, report_leaks

OURS = {
    "HOME",
    "USER",
    "LANG",
    "TZ",
    "PATH",
    "LOKY_MAX_CPU_COUNT",
    "KERAS_BACKEND",
    "JE_ARROW_MALLOC_CONF",
    "PWD",
    "LC_CTYPE",
    "LC_ALL",
    # No GPU, and caches in the sandbox's own /tmp.
    "CUDA_VISIBLE_DEVICES",
    "CUDA_CACHE_PATH",
    "TRITON_CACHE_DIR",
    "TORCHINDUCTOR_CACHE_DIR",
    "TORCH_EXTENSIONS_DIR",
}
STARTS = ("ARENA_", "PYTHON", "OMP_", "OPENBLAS_", "MKL_", "NUMEXPR_")
for name in os.environ:
    must(f"variable {name}", hold=name in OURS or name.startswith(STARTS))
must("the vault's place", hold="ARENA_VAULT" not in os.environ)
with open("/proc/self/environ", "rb") as file:
    report_leaks("/proc/self/environ", file.read())
report_leaks("os.environ", repr(dict(os.environ)).encode())
hand_in()
