"""The comparisons of one board, kept up: one new submission costs O(teams × rows), and not all pairs of teams."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from arena.board.ranks import Field, Ranks, after_change, all_pairs
from arena.model.influence import Influence

# From so many changes on, as a share of the teams, all pairs are compared anew.
_MANY = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """What a team stands by: its record, and the score that everyone sees."""

    team: str
    record: str
    score: float


@dataclass(slots=True)
class Tracked:
    """The field of a board's teams, in any order, and their ranks, as they were the last time."""

    teams: list[str] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    known: tuple[Field, Ranks] | None = None

    def update(
        self, stands: Sequence[Stand], load: Callable[[str], Influence | None], *, greater_is_better: bool
    ) -> tuple[Field, Ranks] | None:
        """Come to how teams stand now; ``None`` where there is nothing to compare.

        ``load`` gives a record's influences; who has none, or none that fit the others', is not compared.
        """
        before = dict(zip(self.teams, self.records, strict=True))
        changed = [each for each in stands if before.get(each.team) != each.record]
        gone = before.keys() - {each.team for each in stands}
        if self.known is None or gone or len(changed) * _MANY > len(before):
            return self._begin(stands, load, greater_is_better=greater_is_better)
        for each in changed:
            whole, ranks = self.known
            new = _shown(load(each.record), each.score)
            if new is None or _form(new) != (whole.kind, whole.df, whole.phi.shape[1]):
                return self._begin(stands, load, greater_is_better=greater_is_better)
            if each.team not in before:
                self.teams.append(each.team)
                self.records.append(each.record)
            at = self.teams.index(each.team)
            self.records[at] = each.record
            ranks, whole = after_change(ranks, whole, at, new)
            self.known = whole, ranks
        return self.known

    def _begin(
        self, stands: Sequence[Stand], load: Callable[[str], Influence | None], *, greater_is_better: bool
    ) -> tuple[Field, Ranks] | None:
        found = [(each, one) for each in stands if (one := _shown(load(each.record), each.score)) is not None]
        alike = [(each, one) for each, one in found if _form(one) == _form(found[0][1])]
        self.teams = [each.team for each, _ in alike]
        self.records = [each.record for each, _ in alike]
        self.known = None
        if alike:
            whole = Field.of([one for _, one in alike], greater_is_better=greater_is_better)
            self.known = whole, all_pairs(whole)
        return self.known


def _form(one: Influence) -> tuple[object, ...]:
    return one.kind, one.df, len(one.phi)


def _shown(one: Influence | None, score: float) -> Influence | None:
    """With the score that everyone sees: what a rule blunts, comparisons do not tell either."""
    return None if one is None else replace(one, score=score)
