"""How soon a program ends that spins past its budget of device time: 200 trials, none of which may be 0.25 s late.

The delay is what the grader saw from the start of the job to the end of its last process, less the budget. Run:
``make benchmark``, or ``python benchmarks/enforcement.py``.
"""

import os
import statistics
import sys
import tempfile
from pathlib import Path

from arena.model.budget import Budget
from arena.sandbox.interface import Job, Killed, KillReason, Mount
from arena.sandbox.launchers import NAMES, open_launcher
from arena.sandbox.runtime import find_runtime

TRIALS = 200
LIMIT_S = 0.25
ALLOWED_S = 0.25
SPIN = "import os\nos.fork()\nwhile True: pass\n"
BUDGET = Budget(
    device="cpu",
    cpu_seconds=60,
    wall_seconds=60,
    device_seconds=ALLOWED_S,
    memory_bytes=256 << 20,
    processes=16,
    disk_bytes=1 << 20,
    files=100,
    log_bytes=4096,
)


def delays(name: str, script: Path) -> list[float]:
    """How late each trial of a launcher ended, in seconds."""
    launcher = open_launcher(name, find_runtime(Path(sys.executable)))
    mount = Mount(source=script, target="/kaggle/src/main.py")
    job = Job(
        module="program",
        arguments=(mount.target,),
        mounts=(mount,),
        environment={},
        budget=BUDGET,
        outputs=(),
        output_max_bytes=0,
    )
    late = []
    for _ in range(TRIALS):
        run = launcher.run(job)
        assert run.ending == Killed(KillReason.DEVICE), run.ending
        assert run.usage.charged == ALLOWED_S, run.usage
        late.append(run.usage.wall_s - ALLOWED_S)
    launcher.close()
    return sorted(late)


def main() -> None:
    """Measure and print; exit 1 past the limit."""
    worst = 0.0
    with tempfile.TemporaryDirectory(prefix="arena-benchmark-") as folder:
        script = Path(folder) / "main.py"
        script.write_text(SPIN, encoding="ascii")
        for path in (script.parent, script):
            path.chmod(0o755)
        for name in NAMES:
            late = delays(name, script)
            worst = max(worst, late[-1])
            print(
                f"{name}: {TRIALS} trials past a budget of {ALLOWED_S} s ended late by: median "
                f"{statistics.median(late) * 1000:.1f} ms, p99 {late[int(0.99 * TRIALS) - 1] * 1000:.1f} ms, "
                f"maximum {late[-1] * 1000:.1f} ms; each was charged exactly its budget; load {os.getloadavg()[0]:.2f}"
            )
    print(f"at most {LIMIT_S * 1000:.0f} ms")
    sys.exit(worst > LIMIT_S)


if __name__ == "__main__":
    main()
