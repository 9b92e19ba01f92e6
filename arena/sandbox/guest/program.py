"""``python -m arena_guest.program /kaggle/src/main.py``: run one script."""

import sys

from . import entry


def main() -> None:
    """Run the script that the first argument names."""
    script = sys.argv[1]
    module = entry.prepare(script)
    with open(script, "rb") as file:
        code = compile(file.read(), script, "exec", dont_inherit=True)
    exec(code, module.__dict__)


if __name__ == "__main__":
    main()
