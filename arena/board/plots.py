"""Plots of a board as SVG: scores over time, and scores against what they cost. Pure: a function of records.

They are made when somebody asks for them, and never published with the boards. Whoever grades the same submissions
publishes the same bytes, and neither a time of receipt nor a charge is the same for two graders. Besides, a line over
time needs every record of its team, while publishing reads what is new.
"""

from collections.abc import Iterable, Sequence

from arena.board.axis import Axis, number_axis, seconds, time_axis
from arena.board.course import Course
from arena.board.svg import DARK_PAGE, LIGHT_PAGE, Colour, cut, document, escaped, hexadecimal, ink
from arena.model.metric import Metric, shown

_WIDTH, _HEIGHT = 760, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 72, 560, 32, 364
# How many teams and how many baselines are named; all are drawn.
MOST_NAMED = 10
_MOST_BASELINES = 8
_LONGEST_NAME = 20
_LINE = 14  # What a name needs above the next one.
# The colours of the named teams, on a light page and on a dark one.
LIGHT: tuple[Colour, ...] = (
    *((5, 80, 174), (207, 34, 46), (17, 99, 41), (130, 80, 223), (149, 56, 0)),
    *((10, 105, 115), (191, 57, 137), (92, 99, 0), (27, 31, 138), (77, 45, 0)),
)
DARK: tuple[Colour, ...] = (
    *((121, 192, 255), (255, 123, 114), (126, 231, 135), (210, 168, 255), (255, 166, 87)),
    *((57, 197, 207), (255, 155, 206), (212, 216, 106), (165, 180, 252), (227, 179, 65)),
)
GREY_ON_LIGHT: Colour = (89, 99, 110)
GREY_ON_DARK: Colour = (145, 152, 161)


def time_plot(courses: Sequence[Course], metric: Metric, title: str) -> str:
    """Each team's standing as a step line, baselines as dashed ones; of at least one course."""
    named, baselines, others = _groups(courses)
    known = [course for course in courses if course.rank is not None] or courses
    across = time_axis((at for course in known for at, _ in course.steps), _LEFT, _RIGHT)
    up = number_axis(_heights(named, baselines), _BOTTOM, _TOP)
    parts = [*_frame(across, up, metric, "time of receipt, UTC"), '<g clip-path="url(#inside)">']
    parts += [_line(course, across, up, "rest") for course in others]
    for course in baselines:
        y = up.at(course.score)
        parts.append(f'<path class="line grey" stroke-dasharray="5 4" d="M{_LEFT} {y}H{_RIGHT}"/>')
    # The leader's line is on top.
    for place, course in reversed([*enumerate(named)]):
        parts.append(_line(course, across, up, f"s{place}"))
        parts += [
            f'<circle class="f{place}" cx="{across.at(seconds(at))}" cy="{up.at(score)}" r="2.5"/>'
            for at, score in course.steps
        ]
    parts.append("</g>")
    ends = [(up.at(course.score), _called(course), f"f{place}") for place, course in enumerate(named)]
    ends += [(up.at(course.score), _called(course), "grey-text") for course in baselines[:_MOST_BASELINES]]
    parts += _names(ends)
    return _document(f"{title}: scores over time", _words(courses, metric, "Steps are times of receipt."), parts)


def cost_plot(courses: Sequence[Course], metric: Metric, title: str) -> str:
    """Each standing against what it was charged; of at least one course, all charged in one unit on one class."""
    named, baselines, others = _groups(courses)
    across = number_axis((course.usage.charged for course in courses), _LEFT, _RIGHT, from_zero=True)
    up = number_axis((course.score for course in courses), _BOTTOM, _TOP)
    usage = courses[0].usage
    parts = _frame(across, up, metric, f"charged: {usage.unit} on {usage.device_class}")
    styles = [(course, "rest-dot", 2.5) for course in others]
    styles += [(course, "hollow", 4) for course in reversed(baselines)]
    styles += [(course, f"f{place}", 4) for place, course in reversed([*enumerate(named)])]
    parts += [
        f'<circle class="{style}" cx="{across.at(course.usage.charged)}" cy="{up.at(course.score)}" r="{radius}">'
        f"<title>{escaped(_called(course))}</title></circle>"
        for course, style, radius in styles
    ]
    texts = [(course, f"f{place}") for place, course in enumerate(named)]
    texts += [(course, "grey-text") for course in baselines[:_MOST_BASELINES]]
    parts += _beside((across.at(each.usage.charged), up.at(each.score), _called(each), style) for each, style in texts)
    told = _words(courses, metric, "Across is what the submission that each stands by was charged.", costs=True)
    return _document(f"{title}: scores and what they cost", told, parts)


def _groups(courses: Sequence[Course]) -> tuple[list[Course], list[Course], list[Course]]:
    """The best teams, the baselines, and the other teams."""
    teams = [course for course in courses if course.rank is not None]
    baselines = [course for course in courses if course.rank is None]
    return teams[:MOST_NAMED], baselines, teams[MOST_NAMED:]


def _heights(named: Sequence[Course], baselines: Sequence[Course]) -> list[float]:
    # The rest may leave the frame: one score that is far off would make a line of all others.
    return [score for course in named for _, score in course.steps] + [course.score for course in baselines]


def _line(course: Course, across: Axis, up: Axis, style: str) -> str:
    (first, score), *steps = course.steps
    way = [f"M{across.at(seconds(first))} {up.at(score)}"]
    way += [f"H{across.at(seconds(at))}V{up.at(score)}" for at, score in steps]
    path = f'<path class="line {style}" d="{"".join(way)}H{_RIGHT}">'
    return f"{path}<title>{escaped(_called(course))}</title></path>"


def _called(course: Course) -> str:
    return course.team if course.rank is None else f"{course.rank}. {course.team}"


def _frame(across: Axis, up: Axis, metric: Metric, below: str) -> list[str]:
    parts = [f'<clipPath id="inside"><path d="M{_LEFT} {_TOP - 4}H{_RIGHT}V{_BOTTOM + 4}H{_LEFT}Z"/></clipPath>']
    for value, said in up.marks:
        y = up.at(value)
        parts.append(f'<path class="grid" d="M{_LEFT} {y}H{_RIGHT}"/>')
        parts.append(f'<text class="name" x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{said}</text>')
    for value, said in across.marks:
        x = across.at(value)
        parts.append(f'<path class="grid" d="M{x} {_BOTTOM}v5"/>')
        parts.append(f'<text class="name" x="{x}" y="{_BOTTOM + 20}" text-anchor="middle">{said}</text>')
    better = "greater is better" if metric.greater_is_better else "less is better"
    parts.append(f'<text class="name" x="{_LEFT}" y="{_TOP - 14}">{escaped(metric.title)} ({better})</text>')
    middle = (_LEFT + _RIGHT) // 2
    parts.append(f'<text class="name" x="{middle}" y="{_BOTTOM + 44}" text-anchor="middle">{escaped(below)}</text>')
    return parts


def _names(ends: Sequence[tuple[float, str, str]]) -> list[str]:
    """Each name beside the end of its line, and where those are too near to each other, one below the other."""
    placed: list[tuple[float, float, str, str]] = []
    for y, name, style in sorted(ends, key=lambda end: end[0]):
        placed.append((y, max(y, placed[-1][1] + _LINE) if placed else y, name, style))
    lowest = float(_BOTTOM)
    for at in range(len(placed) - 1, -1, -1):
        y, beside, name, style = placed[at]
        placed[at] = (y, min(beside, lowest), name, style)
        lowest = placed[at][1] - _LINE
    parts = []
    for y, beside, name, style in placed:
        parts.append(f'<path class="grid" d="M{_RIGHT} {y}L{_RIGHT + 14} {beside:.1f}"/>')
        where = f'x="{_RIGHT + 18}" y="{beside + 4:.1f}"'
        parts.append(f'<text class="{style}" {where}>{cut(name, _LONGEST_NAME)}</text>')
    return parts


def _beside(points: Iterable[tuple[float, float, str, str]]) -> list[str]:
    """Each name right of its point, else left of it; where others stand on both sides it is left out of the picture."""
    taken: list[tuple[float, float, float]] = []
    parts = []
    for x, y, name, style in points:
        width = 7 * min(len(name), _LONGEST_NAME)
        for left, start, anchor in ((x + 8, x + 8, "start"), (x - 8 - width, x - 8, "end")):
            if left > _LEFT and all(
                abs(y - other) >= _LINE or left + width <= begin or left >= end for begin, end, other in taken
            ):
                taken.append((left, left + width, y))
                where = f'x="{start:.1f}" y="{y + 4:.1f}" text-anchor="{anchor}"'
                parts.append(f'<text class="{style}" {where}>{cut(name, _LONGEST_NAME)}</text>')
                break
    return parts


def _words(courses: Sequence[Course], metric: Metric, first: str, *, costs: bool = False) -> str:
    """What the picture says: where those stand who are named in it, and how many others there are."""
    named, baselines, others = _groups(courses)
    told = [f"Public scores by {metric.title}. {first}"]
    for course in [*named, *baselines[:_MOST_BASELINES]]:
        cost = f" for {course.usage.charged:.2f} {course.usage.unit}" if costs else ""
        told.append(f"{_called(course)}: {shown(course.score)}{cost}.")
    if rest := len(others) + len(baselines[_MOST_BASELINES:]):
        told.append(f"And {rest} more.")
    return " ".join(told)


def _document(title: str, description: str, parts: Sequence[str]) -> str:
    always = ".line{fill:none;stroke-width:2}.rest,.grey{stroke-width:1}.rest{stroke-opacity:.35}"
    return document(
        _WIDTH,
        _HEIGHT,
        title=title,
        description=description,
        light=always + _scheme(LIGHT_PAGE, LIGHT, GREY_ON_LIGHT),
        dark=_scheme(DARK_PAGE, DARK, GREY_ON_DARK),
        parts=parts,
    )


def _scheme(page: Colour, colours: Sequence[Colour], grey: Colour) -> str:
    dull = hexadecimal(grey)
    rules = [
        f".name{{fill:{hexadecimal(ink(page))}}}.grey-text,.rest-dot{{fill:{dull}}}.grey,.rest{{stroke:{dull}}}",
        f".grid{{fill:none;stroke:{dull};stroke-opacity:.3}}.hollow{{fill:none;stroke:{dull};stroke-width:2}}",
    ]
    for place, colour in enumerate(map(hexadecimal, colours)):
        rules.append(f".s{place}{{stroke:{colour}}}.f{place}{{fill:{colour}}}")
    return "".join(rules)
