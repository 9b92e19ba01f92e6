"""What `arena leaderboard --plot` does: draw a board's records into a file."""

from collections.abc import Sequence
from pathlib import Path

from arena.board.course import Course, courses
from arena.board.plots import cost_plot, time_plot
from arena.board.standings import ranked_by
from arena.cli.boards import Asked, of_class
from arena.errors import UsageError
from arena.files import write_atomic
from arena.metrics.table import metrics_of
from arena.model.safe_text import safe_line
from arena.model.task import Task
from arena.pipeline.boards import check_metric


def write_plot(asked: Asked, file: Path, of: str) -> None:
    """Draw scores over time, or against what they cost, from the records that are on this machine.

    Raises:
        UsageError: the file is no SVG file, there is nothing to draw, or costs are of several classes of devices.
    """
    task = asked.session.task(asked.task)
    if file.suffix != ".svg":
        # Whatever it is, it is not to be overwritten by a picture.
        raise UsageError("plot.no_svg", file=safe_line(str(file)), task=task.id)
    by = asked.by or task.metric
    check_metric(task, by)
    records = list(asked.session.ledger().records(task.id))
    if asked.device_class is not None:
        records = of_class(records, task, asked.device_class)
    metrics = ranked_by(metrics_of(task), by)
    found = courses(records, task, metrics)
    if not found:
        raise UsageError("plot.nothing", task=task.id)
    if of == "cost":
        text = cost_plot(_charged(found, task), metrics[0], task.title["en"])
    else:
        text = time_plot(found, metrics[0], task.title["en"])
    write_atomic(file, text.encode())


def _charged(found: Sequence[Course], task: Task) -> list[Course]:
    """Those that stand by something that ran, all on one class: seconds of two classes say nothing of each other."""
    ran = [course for course in found if course.usage.charged]
    if not ran:
        raise UsageError("plot.no_cost", task=task.id)
    if len({(course.usage.unit, course.usage.device_class) for course in ran}) > 1:
        known = sorted({safe_line(course.usage.device_class, 60) for course in ran})
        raise UsageError("plot.classes", task=task.id, known=", ".join(known))
    return ran
