"""Who has used least is next; no team waits for ever; nothing but what is given decides."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from arena.queue.order import MINIMUM_SECONDS, Started, Waiting, order, weights

NOON = datetime(2025, 6, 2, 12, 0, tzinfo=UTC)
TEAMS = ("rahim", "karim", "salma", "nadia")


def _waiting(attempt: str, team: str = "rahim", minutes: int = 0, seconds: float = 60) -> Waiting:
    return Waiting(attempt=attempt, team=team, since=NOON + timedelta(minutes=minutes), seconds=seconds)


def _names(waiting: Sequence[Waiting], *started: Started) -> list[str]:
    return [each.attempt for each in order(waiting, started)]


_queues = st.lists(
    st.builds(
        _waiting,
        attempt=st.uuids().map(str),
        team=st.sampled_from(TEAMS),
        minutes=st.integers(0, 3),
        seconds=st.floats(0, 100),
    ),
    max_size=12,
    unique_by=lambda each: each.attempt,
)
_started = st.lists(st.builds(Started, team=st.sampled_from(TEAMS), seconds=st.floats(0, 100)), max_size=12)


def test_least_used_is_first() -> None:
    """A team that has used less is before one that has used more, however long that has waited."""
    queue = [_waiting("old", "rahim", 0), _waiting("new", "karim", 50)]
    assert _names(queue, Started(team="rahim", seconds=61), Started(team="karim", seconds=60)) == ["new", "old"]


def test_oldest_is_first_among_equals() -> None:
    """Teams that have used the same stand in the order in which they came, also across zones; then by id."""
    east = timezone(timedelta(hours=6))
    older = Waiting(attempt="z", team="karim", since=(NOON - timedelta(hours=1)).astimezone(east), seconds=1)
    assert _names([_waiting("b", "rahim"), _waiting("a", "salma"), older]) == ["z", "a", "b"]


def test_running_attempts_count_as_reserved() -> None:
    """A team whose attempt runs stands behind one that has none, before it is known what it will cost."""
    queue = [_waiting("a", "rahim", 0), _waiting("b", "karim", 5)]
    assert _names(queue) == ["a", "b"]
    assert _names(queue, Started(team="rahim", seconds=180)) == ["b", "a"]


def test_many_at_once_take_turns() -> None:
    """A team that hands in many attempts at once does not keep their places together."""
    queue = [_waiting(f"r{number}", "rahim", 0) for number in range(3)] + [_waiting("k", "karim", 9)]
    assert _names(queue) == ["r0", "k", "r1", "r2"]


@given(_queues, _started, st.randoms(use_true_random=False))
def test_order_of_input_does_not_matter(queue: list[Waiting], started: list[Started], chance: Random) -> None:
    """The same queue is ordered the same, however it is read."""
    expected = order(queue, started)
    shuffled, others = list(queue), list(started)
    chance.shuffle(shuffled)
    chance.shuffle(others)
    assert order(shuffled, others) == expected
    assert sorted(each.attempt for each in expected) == sorted(each.attempt for each in queue)


@given(_queues, _started)
def test_first_is_next(queue: list[Waiting], started: list[Started]) -> None:
    """The order is that of starting one after the other, each of which counts as running from then on."""
    left, running = list(queue), list(started)
    for each in order(queue, started):
        assert order(left, running)[0] == each
        weighs = weights(running)
        assert min((weighs.get(other.team, 0), other.since, other.attempt) for other in left) == (
            weighs.get(each.team, 0),
            each.since,
            each.attempt,
        )
        left.remove(each)
        running.append(Started(team=each.team, seconds=each.seconds))


@dataclass
class _Attempt:
    team: str
    seconds: float


@settings(max_examples=200)
@given(
    past=_started,
    own=st.integers(0, 2),
    costs=st.lists(st.floats(0, 20), min_size=1, max_size=8),
    ends=st.lists(st.sampled_from(["settled", "crashed at once", "refunded", "runs on"]), min_size=1, max_size=8),
    chance=st.randoms(use_true_random=False),
)
def test_no_team_starves(past: list[Started], own: int, costs: list[float], ends: list[str], chance: Random) -> None:
    """Against teams that always hand in more, and whatever becomes of their attempts, the bound holds for each."""
    world = [_Attempt(each.team, each.seconds) for each in past]
    mine = "rahim"
    weight = weights([Started(team=each.team, seconds=each.seconds) for each in world]).get(mine, 0)
    had = {team: sum(each.team == team for each in world) for team in TEAMS}
    bound = {team: max(0, math.floor(weight / MINIMUM_SECONDS) + 1 - had[team]) for team in TEAMS if team != mine}
    ahead = dict.fromkeys(bound, 0)
    queue = [_waiting(f"own-{number}", mine, number) for number in range(own + 1)]
    for turn in range(sum(bound.values()) + 1):
        for team in bound:
            while sum(each.team == team for each in queue) < 2:
                # As bad as it can be: what they hand in is always older than what waits.
                queue.append(_waiting(f"{team}-{turn}-{chance.random()}", team, -1, costs[turn % len(costs)]))
        found = order(queue, [Started(team=each.team, seconds=each.seconds) for each in world])[0]
        if found.team == mine:
            break
        ahead[found.team] += 1
        queue.remove(found)
        world.append(_Attempt(found.team, found.seconds))
        for attempt in world:
            # Any attempt of the others may end or be refunded at any time.
            if attempt.team != mine and chance.random() < 0.5:
                match ends[turn % len(ends)]:
                    case "settled":
                        attempt.seconds *= chance.random()
                    case "crashed at once" | "refunded":
                        attempt.seconds = 0.0
    else:
        raise AssertionError(f"not served after {sum(bound.values()) + 1} starts")
    assert all(ahead[team] <= bound[team] for team in bound)


def test_the_bound_is_reached() -> None:
    """It is no larger than it must be: a team whose attempts crash at once is started exactly so often."""
    started = [Started(team="rahim", seconds=5)]
    for count in range(6):
        queue = [_waiting("own", "rahim"), _waiting(f"k{count}", "karim", -1, 0)]
        assert order(queue, started)[0].team == "karim"
        started.append(Started(team="karim", seconds=0))
    assert order([_waiting("own", "rahim"), _waiting("k6", "karim", -1, 0)], started)[0].team == "rahim"
