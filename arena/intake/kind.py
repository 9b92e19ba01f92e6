"""What a submission is, decided from its files' names; of weights the bytes must agree."""

from collections.abc import Callable, Sequence

from arena.intake import weights
from arena.intake.freeze import RejectedError
from arena.model.message import Message
from arena.model.safe_text import safe_line
from arena.model.submission import Kind

TABLES = (".csv", ".parquet")
SOLUTION = "solution.py"


def detect(paths: Sequence[str], accepted: Sequence[Kind], sample: Callable[[str], bytes]) -> tuple[Kind, str]:
    """Return the kind and the file that it starts from.

    ``sample`` gives the beginning and the end of one of the files, at most ``weights.SAMPLE_BYTES`` of each.

    Raises:
        RejectedError: the files are none of the kinds, could be several, or are of one that the task does not take.
    """
    if Kind.EXERCISE in accepted:
        return _solution(set(paths))
    kind, entry = _detect(set(paths), sample, advise=Kind.ARTIFACT in accepted)
    if kind not in accepted:
        names = ", ".join(each.value for each in accepted)
        raise RejectedError(Message.of("submission.kind_not_accepted", kind=kind.value, accepted=names))
    return kind, entry


def _solution(names: set[str]) -> tuple[Kind, str]:
    if SOLUTION not in names:
        found = safe_line(", ".join(sorted(names)[:5]), 120)
        raise RejectedError(Message.of("submission.no_solution", found=found or "∅"))
    return Kind.EXERCISE, SOLUTION


def _detect(names: set[str], sample: Callable[[str], bytes], *, advise: bool) -> tuple[Kind, str]:
    if "main.py" in names:
        return Kind.PROGRAM, "main.py"
    if "model.py" in names:
        return Kind.MODEL, "model.py"
    top = sorted(name for name in names if "/" not in name)
    notebooks = [name for name in top if name.casefold().endswith(".ipynb")]
    if len(notebooks) == 1:
        return Kind.PROGRAM, notebooks[0]
    if len(notebooks) > 1:
        raise RejectedError(Message.of("submission.several_notebooks", names=safe_line(", ".join(notebooks), 120)))
    if len(names) == 1 and top and top[0].casefold().endswith(TABLES):
        return Kind.PREDICTIONS, top[0]
    try:
        if entry := weights.find(names, sample):
            return Kind.ARTIFACT, entry
    except RejectedError:
        # How to save weights so that they are taken is no help where none are.
        if advise:
            raise
    tables = [name for name in top if name.casefold().endswith(TABLES)]
    if len(tables) > 1:
        raise RejectedError(Message.of("submission.several_tables", names=safe_line(", ".join(tables), 120)))
    found = safe_line(", ".join(sorted(names)[:5]), 120)
    raise RejectedError(Message.of("submission.no_entry_file", found=found or "∅"))
