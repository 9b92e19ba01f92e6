"""``python -m arena_guest.exercise``: call the functions of ``solution.py``, each case in a process of its own.

Standard input holds, to be read once, eight bytes with the length of a header, the header as JSON, and the arguments of
the cases one after the other, each ``[args, kwargs]`` as ``values`` writes it:

    {preload: [module, …], solution, harness: path or null, quiet, seconds, memory: bytes,
     cases: [{function, size, seconds, mutates}, …]}

This process never reads the arguments of a case: the case's own process does, so that no other has them. ``quiet`` says
that nothing of what a case prints or raises may be told. See ``apart`` for what is left as ``results``.
"""

import importlib
import importlib.util
import json
import os
import sys
import traceback
import types
from typing import Any

from . import apart, entry, values

# Of an exception's text.
_TEXT = 4000
_CLASSES = 20


def main() -> None:
    """Run the cases that standard input tells of."""
    header, position = _header()
    spec = json.loads(header)
    cases = []
    for case in spec["cases"]:
        cases.append(_Call(spec, case, position))
        position += case["size"]
    apart.run(cases, preload=spec["preload"], seconds=spec["seconds"], memory=spec["memory"], quiet=spec["quiet"])


def _header() -> tuple[bytes, int]:
    """The header, and where the arguments begin; of those not a byte is read."""
    size = int.from_bytes(_read(0, 8), "big")
    return _read(8, size), 8 + size


def _read(position: int, size: int) -> bytes:
    data = b""
    while len(data) < size:
        chunk = os.pread(0, size - len(data), position + len(data))
        if not chunk:
            raise EOFError("standard input ends too early")
        data += chunk
    return data


class _Call:
    """One case, in its own process: ``prepare`` while it still has standard input, then the call itself."""

    def __init__(self, spec: dict[str, Any], case: dict[str, Any], position: int) -> None:
        self.spec, self.case, self.position = spec, case, position
        self.seconds: float = case["seconds"]
        self.arguments = b""

    def prepare(self) -> None:
        """Take the arguments."""
        self.arguments = _read(self.position, self.case["size"])

    def __call__(self) -> bytes:
        """Call the function; return what it did as JSON."""
        report = call(
            self.arguments,
            solution=self.spec["solution"],
            harness=self.spec["harness"],
            function=self.case["function"],
            mutates=self.case["mutates"],
        )
        if self.spec["quiet"]:
            report.pop("text", None)
        data = json.dumps(report, allow_nan=False).encode("ascii")
        if len(data) > values.MAX_JSON_BYTES:
            data = json.dumps({"not_plain": "it is too large", "changed": False}).encode("ascii")
        return data


def call(arguments: bytes, *, solution: str, harness: str | None, function: str, mutates: bool) -> dict[str, Any]:
    """Load ``solution`` and call ``function``, or the harness's function of that name.

    Returns one of ``{"returned": value}``, ``{"raised": [class, …], "at_import", "text"}``, ``{"missing": name}`` and
    ``{"not_plain": reason}``, with ``"changed": true`` where the arguments are not what they were.
    """
    args, kwargs = values.loads(arguments, values.to_torch)
    report: dict[str, Any] = {}
    at_import = True
    module: types.ModuleType | None = None
    try:
        entry.prepare(solution)
        module = load(solution)
        driver = load(harness) if harness else None
        at_import = False
        own = getattr(driver, function, None)
        result = own(module, *args, **kwargs) if own else getattr(module, function)(*args, **kwargs)
        report = {"returned": values.encode(result)}
    except values.NotPlainError as error:
        report = {"not_plain": str(error)[:_TEXT]}
    except BaseException as error:
        if isinstance(error, AttributeError) and module is not None and error.obj is module:
            report = {"missing": str(error.name)}
        else:
            report = _raised(error, at_import=at_import)
    report["changed"] = not mutates and _changed(arguments, args, kwargs)
    return report


def load(path: str) -> types.ModuleType:
    """The module in the file ``path``, under its own name, so that what it defines can be pickled."""
    name = os.path.basename(path).removesuffix(".py")
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _raised(error: BaseException, *, at_import: bool) -> dict[str, Any]:
    classes = [each.__name__[:100] for each in type(error).__mro__[:_CLASSES]]
    trace = error.__traceback__
    while trace is not None and entry.is_ours(trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    try:
        text = "".join(traceback.format_exception(type(error), error, trace))
    except Exception:
        text = classes[0]
    return {"raised": classes, "at_import": at_import, "text": text[-_TEXT:]}


def _changed(arguments: bytes, args: Any, kwargs: Any) -> bool:
    try:
        return values.dumps([args, kwargs]) != arguments
    except values.NotPlainError:
        return True


if __name__ == "__main__":
    main()
