"""The ledger of a fault test: what was sent, accepted, stored, published, applied, in order.

A test writes down what it sees, each entry a hashable that names one command or one event (a
key, a position); at the end it asks for the balance, which is printed and must show nothing
lost, nothing doubled, nothing out of order. One ledger a source: order is a promise within a
source only. Columns that a test does not use take no part in the reckoning.

    ledger = Ledger("requests")
    ledger.stored(*range(1, 501))
    ledger.published(*seen_on_the_queue)
    ledger.assert_balanced(repeats_max=500)
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

Entry = Hashable


@dataclass(frozen=True, slots=True)
class Balance:
    """What the books say. All counts; `None` where the column was not kept.

    lost: accepted but not stored, or stored but not published, or stored but not applied.
    doubled: stored or applied more than once.
    out_of_order: published or applied for the first time after an entry that follows it.
    unknown: stored, published or applied although nobody sent (or stored) it.
    repeated: published again; at least once is the promise, so this is bounded, not zero.
    """

    sent: int | None
    accepted: int | None
    stored: int | None
    published: int | None
    applied: int | None
    lost: int
    doubled: int
    out_of_order: int
    unknown: int
    repeated: int

    def __str__(self) -> str:
        columns = ("sent", "accepted", "stored", "published", "applied")
        counts = (f"{name} {_shown(getattr(self, name))}" for name in columns)
        faults = ("lost", "doubled", "out_of_order", "unknown", "repeated")
        verdicts = (f"{name.replace('_', ' ')} {getattr(self, name)}" for name in faults)
        return f"{', '.join(counts)} | {', '.join(verdicts)}"


class Ledger:
    """Five columns, each a list of entries in the order in which they were seen."""

    def __init__(self, source: str = "") -> None:
        self._source = source
        self._sent: list[Entry] = []
        self._accepted: list[Entry] = []
        self._stored: list[Entry] = []
        self._published: list[Entry] = []
        self._applied: list[Entry] = []
        self._kept: set[str] = set()

    def sent(self, *entries: Entry) -> None:
        """A command left its client."""
        self._note("sent", self._sent, entries)

    def accepted(self, *entries: Entry) -> None:
        """A command was answered with success."""
        self._note("accepted", self._accepted, entries)

    def stored(self, *entries: Entry) -> None:
        """It stands in the log; to be written down in the log's order."""
        self._note("stored", self._stored, entries)

    def published(self, *entries: Entry) -> None:
        """It arrived in a queue; repeats are written down too."""
        self._note("published", self._published, entries)

    def applied(self, *entries: Entry) -> None:
        """It took effect in a read model."""
        self._note("applied", self._applied, entries)

    def balance(self) -> Balance:
        """Reckon the books as they stand."""
        chain = [("accepted", self._accepted, "stored", self._stored)]
        chain += [("stored", self._stored, "published", self._published)]
        chain += [("stored", self._stored, "applied", self._applied)]
        kept = [pair for pair in chain if pair[0] in self._kept and pair[2] in self._kept]
        return Balance(
            sent=self._count("sent", self._sent),
            accepted=self._count("accepted", self._accepted),
            stored=self._count("stored", self._stored),
            published=self._count("published", self._published),
            applied=self._count("applied", self._applied),
            lost=sum(len(set(before) - set(after)) for _, before, _, after in kept),
            doubled=_repeats(self._stored) + _repeats(self._applied),
            out_of_order=sum(
                _inversions(self._stored, seen) for seen in (self._published, self._applied)
            ),
            unknown=self._unknown(),
            repeated=_repeats(self._published),
        )

    def assert_balanced(self, *, repeats_max: int | None = None) -> Balance:
        """Print the balance, and fail unless nothing was lost, doubled, out of order, unknown.

        `repeats_max` bounds what was published again; without it that is only printed.
        """
        balance = self.balance()
        print(f"ledger {self._source}: {balance}" if self._source else f"ledger: {balance}")
        faults = (balance.lost, balance.doubled, balance.out_of_order, balance.unknown)
        assert faults == (0, 0, 0, 0), str(balance)
        assert repeats_max is None or balance.repeated <= repeats_max, str(balance)
        return balance

    def _note(self, column: str, entries: list[Entry], seen: Sequence[Entry]) -> None:
        self._kept.add(column)
        entries.extend(seen)

    def _count(self, column: str, entries: list[Entry]) -> int | None:
        return len(entries) if column in self._kept else None

    def _unknown(self) -> int:
        unsent = set(self._stored) - set(self._sent) if "sent" in self._kept else set()
        if "stored" not in self._kept:
            return len(unsent)
        unstored = (set(self._published) | set(self._applied)) - set(self._stored)
        return len(unsent) + len(unstored)


def _repeats(entries: Sequence[Entry]) -> int:
    return sum(count - 1 for count in Counter(entries).values())


def _inversions(order: Sequence[Entry], seen: Sequence[Entry]) -> int:
    """How many first appearances come after one that should have followed them."""
    rank = {entry: index for index, entry in enumerate(order)}
    inversions, highest = 0, -1
    for entry in dict.fromkeys(seen):
        if entry not in rank:
            continue
        inversions += rank[entry] < highest
        highest = max(highest, rank[entry])
    return inversions


def _shown(count: int | None) -> str:
    return "–" if count is None else str(count)
