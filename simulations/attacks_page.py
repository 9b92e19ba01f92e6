"""The page on what feedback gives away, and its picture."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.figure import Figure

from arena.board.feedback import Feedback

if TYPE_CHECKING:
    from simulations.attacks import Claim, Curve

# Readable on white and on black.
_COLOURS = {Feedback.EXACT: "#d1495b", Feedback.ROUNDED: "#c98a00", Feedback.LADDER: "#2f81f7"}
_AXES = "#808080"
_LARGE, _SMALL = 4000, 209
_SHOWN = {_LARGE: (100, 400, 1000), _SMALL: (5, 35, 70, 100, 400, 1000)}
_PICTURED = ("voting", "hill climbing", "one-row probing")

_HEAD = """\
# Feedback and attacks

What each [feedback rule](../why/why-feedback-is-blunted.md) tells an attacker, measured. The labels are random, so
nobody can predict them: whatever an attacker gains was given away by the answers. A figure is the mean gain in points
of accuracy over one half on the public rows, that is, what would stand on the board by mistake. Of the private rows
no answer tells anything, so there is nothing to gain on them.

This page and its picture are written by the run itself: {run}.

- *Voting*: random predictions; those that score above one half, or climb the ladder, vote on each row (Blum and Hardt,
  2015). *Both ways*: those below one half vote as well, turned round.
- *Hill climbing*: turn a block of rows of the best prediction so far, keep what is shown as better. Of blocks of 1 to
  2,000 rows the one that gains most after so many questions. Under a ladder it begins at the constant prediction, whose
  own luck is in the figure.
- *One-row probing*: find a prediction at the edge of a step, then turn one row at a time: who falls off was right.
- *One-shot accounts*: voting, and each question is the first of an account of its own.

"""


def page(curves: "Sequence[Curve]", claims: "Sequence[Claim]", run: str, *, picture: str) -> str:
    """The whole page."""
    parts = [_HEAD.format(run=run)]
    parts += ["## 4,000 public rows\n\n", _table(curves, _LARGE)]
    worst = max(one.gains[number][1] for one in curves if one.rows == _LARGE for number in _SHOWN[_LARGE])
    parts.append(f"\nMeans over 20 boards; their standard errors are {worst:.2f} points at most.\n\n")
    parts.append(f"![{_alt(curves)}]({picture})\n\n")
    parts += ["## 209 public rows, and what a cap leaves\n\n", _caps(), _table(curves, _SMALL)]
    worst = max(one.gains[number][1] for one in curves if one.rows == _SMALL for number in _SHOWN[_SMALL])
    parts.append(f"\nMeans over 400 boards; their standard errors are {worst:.2f} points at most.\n\n")
    parts.append(
        "## What must hold\n\nThe command fails where it does not.\n\n| claim | measured | |\n| --- | ---: | --- |\n"
    )
    parts += [f"| {each.text} | {each.measured:.2f} | {'holds' if each.holds else '**fails**'} |\n" for each in claims]
    return "".join(parts)


def _table(curves: "Sequence[Curve]", rows: int) -> str:
    numbers = _SHOWN[rows]
    lines = ["| rule | attack | " + " | ".join(f"{number:,}" for number in numbers) + " |"]
    lines.append("| --- | --- |" + " ---: |" * len(numbers))
    for one in curves:
        if one.rows == rows:
            cells = " | ".join(f"{one.gains[number][0]:.1f}" for number in numbers)
            lines.append(f"| `{one.rule.value}` | {one.attack} | {cells} |")
    return "\n".join(lines) + "\n"


def _caps() -> str:
    return (
        "A column is a number of questions, and so is a cap: with five submissions a day it takes 1, 7, 14, 20, 80 and "
        "200 days\nto ask them. `submissions.total` ends it at one of the columns for good.\n\n"
    )


def _alt(curves: "Sequence[Curve]") -> str:
    """The picture in words."""
    ends = [
        f"{one.attack} under {one.rule.value} {one.gains[max(one.gains)][0]:.1f}"
        for one in curves
        if one.rows == _LARGE and one.attack in _PICTURED
    ]
    return f"Gain in points against questions on 4,000 rows. After 1,000 questions: {', '.join(ends)}."


def curves(found: "Sequence[Curve]") -> bytes:
    """Gain against questions as SVG, a panel for each attack; the same bytes for the same figures."""
    # Text stays text, and names are not drawn by chance.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "arena", "font.size": 9}):
        figure = Figure(figsize=(9, 3), layout="constrained")
        panels = figure.subplots(1, len(_PICTURED), sharey=True)
        for panel, attack in zip(panels, _PICTURED, strict=True):
            for one in found:
                if one.attack == attack:
                    numbers = sorted(one.gains)
                    means = [one.gains[number][0] for number in numbers]
                    panel.plot(numbers, means, color=_COLOURS[one.rule], label=one.rule.value, marker=".", lw=1.5)
            panel.set_title(attack, color=_AXES)
            panel.set_xlabel("questions", color=_AXES)
            panel.tick_params(colors=_AXES)
            panel.spines[:].set_color(_AXES)
            panel.set_ylim(bottom=-0.5)
        panels[0].set_ylabel("points over one half", color=_AXES)
        legend = panels[0].legend(frameon=False)
        for text in legend.get_texts():
            text.set_color(_AXES)
        out = io.BytesIO()
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    # What it says of itself ends lines with spaces, which no diff likes.
    return b"\n".join(line.rstrip() for line in out.getvalue().split(b"\n"))
