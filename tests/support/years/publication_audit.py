"""A reader of all that is published of a year's complaints, who looks for small counts in it.

The reader is a linear programme in whole numbers: a variable for each way that a complaint can have
gone, as far as one or two releases look at it, and an equation for each number that somebody
published. The live figures are known to the single case: how many complaints of each month
had which state at each release. If the equations leave a count of one member at a single
value, and that is 1 to 4, it is given away.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

YEAR = tuple(range(1, 13))
QUARTERS = tuple(YEAR[first : first + 3] for first in (0, 3, 6, 9))
PERIODS = (YEAR, *QUARTERS, *((month,) for month in YEAR))
UNCLASSIFIED = "unclassified"
OUTCOMES = ("on_time", "not_on_time", "undecided")


@dataclass(frozen=True)
class Seen:
    """How a complaint stands at a release; `band`: between which deadlines it took its days."""

    member: str
    outcome: str
    band: int = 0


Way = tuple[Seen | None, ...]
"""How it stood at each of the releases that are looked at; None: not received yet."""

Target = tuple[str, tuple[int, ...], int | None]
"""A member, the months, and at which release; None: what came between the two."""


def is_reclassified(way: Way) -> bool:
    """Which the live figures count; a first classification isn't seen in them."""
    first, last = way[0], way[-1]
    return bool(first and last and first.member not in (last.member, UNCLASSIFIED))


@dataclass
class Reader:
    """What somebody knows who has read these releases, and polled the live figures."""

    ways: Sequence[Way]
    truth: Mapping[tuple[int, Way], int]
    impossible: Collection[Way] = ()
    knowledge: list[tuple[list[int], int, float]] = field(default_factory=list)  # least, most

    def __post_init__(self) -> None:
        self._places = {place: n for n, place in enumerate(product(YEAR, self.ways))}
        live: dict[tuple[Any, ...], list[int]] = {}
        for (month, way), place in self._places.items():
            outcomes = tuple(each and each.outcome for each in way)
            live.setdefault((month, outcomes, is_reclassified(way)), []).append(place)
        for unknowns in live.values():
            self._learn(unknowns, self._true(unknowns))

    def read(
        self, release: int, members: Iterable[str], months: Collection[int], row: Mapping[str, int]
    ) -> None:
        """A row that was published as of that release."""
        for outcome in OUTCOMES:
            unknowns = [
                place
                for (month, way), place in self._places.items()
                if month in months
                and (seen := way[release])
                and seen.member in members
                and seen.outcome == outcome
            ]
            self._learn(unknowns, row[outcome])

    def told(self, release: int, months: Collection[int], bands: Mapping[int, int]) -> None:
        """How many decided cases took days of each band."""
        for band, cases in bands.items():
            unknowns = [
                place
                for (month, way), place in self._places.items()
                if month in months
                and (seen := way[release])
                and seen.outcome != "undecided"
                and seen.band == band
            ]
            self._learn(unknowns, cases)

    def knows_all_of(self, release: int, member: str, months: Collection[int]) -> None:
        unknowns = self._of((member, tuple(months), release))
        self._learn(unknowns, self._true(unknowns))

    def _learn(self, unknowns: list[int], cases: int) -> None:
        self.knowledge.append((unknowns, cases, cases))

    def _true(self, unknowns: list[int]) -> int:
        return int(self._truth[unknowns].sum())

    @property
    def _truth(self) -> Any:
        counts = np.zeros(len(self._places), dtype=int)
        for place, cases in self.truth.items():
            counts[self._places[place]] = cases
        return counts

    # What can't be hidden from this reader.

    def gives_away(self, members: Iterable[str]) -> list[tuple[Target, int]]:
        """All that has 1 to 4 complaints, and can't have another number."""
        releases = range(len(self.ways[0]))
        moments = (*releases, None) if len(releases) > 1 else (0,)
        targets = {target: self._of(target) for target in product(members, PERIODS, moments)}
        open_ = {target: self._true(unknowns) for target, unknowns in targets.items()}
        open_ = {target: cases for target, cases in open_.items() if 1 <= cases <= 4}
        found = []
        while open_:
            target, cases = open_.popitem()
            for sign in (1, -1):
                other = self._extreme(targets[target], sign)
                if int(other[targets[target]].sum()) != cases:
                    break
            else:
                found.append((target, cases))
            open_ = {t: n for t, n in open_.items() if int(other[targets[t]].sum()) == n}
        return found

    def _of(self, target: Target) -> list[int]:
        member, months, release = target
        return [
            place
            for (month, way), place in self._places.items()
            if month in months
            and (seen := way[-1 if release is None else release])
            and seen.member == member
            and (release is not None or way[0] is None)
        ]

    def _extreme(self, unknowns: list[int], sign: int) -> Any:
        """A year that all that was read is true of, with the least (1) or the most (-1)."""
        objective = np.zeros(len(self._places))
        objective[unknowns] = sign
        least, most = ([each[side] for each in self.knowledge] for side in (1, 2))
        found = milp(
            objective,
            integrality=np.ones(len(objective)),
            bounds=Bounds(0, self._upper_bounds()),
            constraints=LinearConstraint(self._matrix(), least, most),
        )
        assert found.success, "what is published is true, so there is a year"
        return np.rint(found.x)

    def _matrix(self) -> Any:
        sums = [unknowns for unknowns, _, _ in self.knowledge]
        rows = [row for row, unknowns in enumerate(sums) for _ in unknowns]
        columns = [column for unknowns in sums for column in unknowns]
        shape = (len(sums), len(self._places))
        return csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)

    def _upper_bounds(self) -> Any:
        impossible = set(self.impossible)
        return [0 if way in impossible else np.inf for _, way in self._places]
