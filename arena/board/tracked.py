"""The comparisons of one board, kept up: one new submission costs O(teams × rows), and not all pairs of teams."""

import dataclasses
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

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

    teams: list[str] = dataclasses.field(default_factory=list)
    records: list[str] = dataclasses.field(default_factory=list)
    known: tuple[Field, Ranks] | None = None

    def update(
        self, stands: Sequence[Stand], load: Callable[[str], Influence | None], *, greater_is_better: bool
    ) -> tuple[Field, Ranks] | None:
        """Come to how teams stand now; ``None`` where there is nothing to compare.

        ``load`` gives a record's influences; who has none, or none that fit the others', is not compared.
        """
        before = dict(zip(self.teams, self.records, strict=True))
        if self.known is None or before.keys() - {each.team for each in stands}:
            return self._begin(stands, load, greater_is_better=greater_is_better)
        field, ranks = self.known
        changed = []
        for each in stands:
            if before.get(each.team) == each.record:
                continue
            new = _shown(load(each.record), each.score)
            if new is not None and _form(new) == (field.kind, field.df, field.phi.shape[1]):
                changed.append((each, new))
            elif each.team in before:
                return self._begin(stands, load, greater_is_better=greater_is_better)
        if len(changed) * _MANY > len(before):
            return self._begin(stands, load, greater_is_better=greater_is_better)
        for each, new in changed:
            at = self.teams.index(each.team) if each.team in before else len(self.teams)
            self.teams[at : at + 1], self.records[at : at + 1] = [each.team], [each.record]
            ranks, field = after_change(ranks, field, at, new)
        self.known = field, ranks
        return self.known

    def _begin(
        self, stands: Sequence[Stand], load: Callable[[str], Influence | None], *, greater_is_better: bool
    ) -> tuple[Field, Ranks] | None:
        found = [(each, one) for each in stands if (one := _shown(load(each.record), each.score)) is not None]
        # What does not fit most of them is left out.
        forms = Counter(_form(one) for _, one in found).most_common(1)
        alike = [(each, one) for each, one in found if _form(one) == forms[0][0]]
        self.teams = [each.team for each, _ in alike]
        self.records = [each.record for each, _ in alike]
        self.known = None
        if alike:
            field = Field.of([one for _, one in alike], greater_is_better=greater_is_better)
            self.known = field, all_pairs(field)
        return self.known


def _form(one: Influence) -> tuple[object, ...]:
    return one.kind, one.df, len(one.phi)


def _shown(one: Influence | None, score: float) -> Influence | None:
    """With the score that everyone sees: what a rule blunts, comparisons do not tell either."""
    return None if one is None else replace(one, score=score)
