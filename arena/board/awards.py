"""What a rank is worth: medal and percentile among the teams, and points for a course. Pure."""

import math
from enum import Enum


class Medal(Enum):
    """Kaggle's medals."""

    GOLD = "gold"
    SILVER = "silver"
    BRONZE = "bronze"


# By the least number of teams: how many get at least bronze, silver and gold. Shares are of the teams, rounded up, and
# from 250 teams on there is one more gold medal for each 500: https://www.kaggle.com/progression (competitions).
_HUNDREDS, _LARGE, _LARGEST = 100, 250, 1000
_EACH = 500


def medal(rank: int, teams: int) -> Medal | None:
    """The medal of a rank among so many teams."""
    if teams < _HUNDREDS:
        most = (_share(10, teams), _share(20, teams), _share(40, teams))
    elif teams < _LARGE:
        most = (10, _share(20, teams), _share(40, teams))
    elif teams < _LARGEST:
        most = (10 + teams // _EACH, 50, 100)
    else:
        most = (10 + teams // _EACH, _share(5, teams), _share(10, teams))
    return next((one for one, last in zip(Medal, most, strict=True) if rank <= last), None)


def _share(percent: int, teams: int) -> int:
    return -(-percent * teams // 100)


def percentile(rank: int, teams: int) -> float:
    """How many in a hundred of the other teams stand below: 100 for the first, 0 for the last of several."""
    return 100.0 if teams == 1 else 100 * (teams - rank) / (teams - 1)


def points(score: float, baseline: float, reference: float) -> float | None:
    """How far a score has come on the way from the baseline's to the reference's, in percent from 0 to 100.

    ``None`` where the way has no length. The direction of the metric is that of the way.
    """
    way = reference - baseline
    if not way or not math.isfinite(way):
        return None
    return min(max(100 * (score - baseline) / way, 0.0), 100.0)
