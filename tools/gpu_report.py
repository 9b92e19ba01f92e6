"""Write what the suite of tests/gpu measured into docs/reference/gpu.md: ``gpu_report.py RESULTS``.

RESULTS is the file that ARENA_GPU_RESULTS named while the tests ran, a JSON object a line.
"""

import json
import sys
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "gpu.md"
BEGIN, END = "<!-- results: written by tools/gpu_report.py -->\n", "<!-- end of results -->\n"


def rounded(value: object) -> object:
    """Numbers with three decimals, wherever they are."""
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {name: rounded(part) for name, part in value.items()}
    return [rounded(part) for part in value] if isinstance(value, list) else value


def report(lines: list[dict[str, Any]]) -> str:
    """The results as Markdown: a heading for each device and driver, a row for each test's last run."""
    newest = {(line["device"], line["driver"], line["test"]): line for line in lines}
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for (device, driver, _), line in newest.items():
        groups.setdefault((device, driver), []).append(line)
    parts = []
    for (device, driver), tests in groups.items():
        parts.append(f"### {device}, driver {driver}\n\nRun at {max(line['at'] for line in tests)}.\n")
        rows = (f"| `{line['test']}` | `{json.dumps(rounded(line['figures']))}` |" for line in tests)
        parts.append("| test | figures |\n| --- | --- |\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def replaced(page: str, results: str) -> str:
    """The page with these results in place of what stood between the two marks."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{PAGE} has lost the marks between which results stand")
    return f"{before}{BEGIN}\n{results}\n{END}{after}"


def main() -> None:
    """Read results, rewrite the page."""
    if len(sys.argv) != 2:  # noqa: PLR2004
        raise SystemExit(__doc__)
    lines = [json.loads(line) for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]
    if not lines:
        raise SystemExit("there are no results: no test ran on a GPU")
    PAGE.write_text(replaced(PAGE.read_text(encoding="utf-8"), report(lines)), encoding="utf-8")


if __name__ == "__main__":
    main()
