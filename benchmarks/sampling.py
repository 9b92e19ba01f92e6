"""What sampling a leased GPU costs, in share of a core: ``sampling.py [SECONDS]``.

Where there is no GPU, the driver's library is the tests' stub: the cost is then arena's and the binding's alone.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from arena.devices.discover import discover
from arena.devices.nvml import Nvml
from arena.devices.sample import Sampler
from arena.model.device import DeviceKind

_STUB = Path(__file__).resolve().parent.parent / "tests" / "integration" / "nvml" / "stub.c"
_SCENARIO = "processes=4\nbusy=80\nnow_us=60000000\n"


def again_with_stub(folder: Path) -> int:
    """Run this file once more, with the stub for the driver's library."""
    library, scenario = folder / "libnvidia-ml.so.1", folder / "scenario"
    subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", str(library), str(_STUB)], check=True)
    scenario.write_text(_SCENARIO, encoding="ascii")
    environment = {**os.environ, "LD_LIBRARY_PATH": str(folder), "NVML_STUB": str(scenario)}
    return subprocess.run([sys.executable, *sys.argv], env=environment, check=False).returncode


def main() -> int:
    """Sample one GPU for a while; return 1 if that cost 1 % of a core or more."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    gpu = next((device for device in discover().devices if device.kind is DeviceKind.GPU), None)
    if gpu is None:
        with tempfile.TemporaryDirectory() as folder:
            return again_with_stub(Path(folder))
    with contextlib.closing(Nvml.open()) as driver:
        sampler = Sampler(driver.reader(gpu.id))
        before = time.process_time()
        sampler.start()
        time.sleep(seconds)
        figures = sampler.stop()
        whole = time.process_time() - before
    print(f"{gpu.name}, driver {driver.version}, {seconds:g} s, {figures.polls} rounds")
    print(f"sampler's thread  {figures.sampler_cpu_s / seconds:8.3%} of a core")
    print(f"whole process     {whole / seconds:8.3%} of a core")
    return int(whole / seconds >= 0.01)  # noqa: PLR2004


if __name__ == "__main__":
    sys.exit(main())
