"""How long ``arena --help`` takes, against the help of a bare click group of two commands.

Interleaved, 20 runs each, medians of whole processes. Run: ``make benchmark``.
"""

import statistics
import subprocess
import sys
import time

RUNS = 20
LIMIT = 1.5
BARE = """
import click

@click.group()
def main(): "A group."

@main.command()
def one(): "One."

@main.command()
def two(): "Two."

main()
"""


def seconds(arguments: list[str]) -> float:
    """One whole process, from start to exit."""
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments, "--help"], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    """Measure and print; exit 1 past the limit."""
    commands = {"arena --help": ["-m", "arena"], "bare click group --help": ["-c", BARE]}
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(RUNS + 1):
        for name, arguments in commands.items():
            taken[name].append(seconds(arguments))
    medians = {name: statistics.median(times[1:]) for name, times in taken.items()}
    for name, median in medians.items():
        print(f"{name:<26} median {median * 1000:6.1f} ms of {RUNS}")
    ours, bare = medians.values()
    print(f"ratio {ours / bare:.2f} (at most {LIMIT})")
    sys.exit(ours / bare > LIMIT)


if __name__ == "__main__":
    main()
