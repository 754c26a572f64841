"""What was known when? The changes of the counts of `counts/tally.py`, by day.

The figures of a past day come from the events recorded by its end, with clocks read as of that day.
So each event's change is recorded under the day on which the log recorded the event, and a due date
that passes is a change of the day after it. The sum of the changes up to a day gives the counts of
its end; the changes after the end of a period are its revisions. A day on which an import of
complaints ended has parts (`releases/imports.py`), so the same holds for that instant.

The days that overdue cases have used grow every day and are not recorded: for a past day they are
read from the clocks that were overdue then (`overdue_spell`).

The rows depend on the events and on the date of the figures alone: not on the size of batches, nor
on the day on which events are applied.

Next: `known_counts.py` and `revisions.py`, which read the changes.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

import msgspec

from services.projections.read_models.cases import CaseRow
from services.projections.read_models.counts import provisional, tally
from services.projections.read_models.counts.keys import ALL, UNCLASSIFIED, CountedCase, Facets, Key
from services.projections.read_models.events import CaseEvent
from services.projections.read_models.history.reasons import reason_of
from services.projections.read_models.states import OPEN, State
from shared.office_time import local_date
from shared.postgres.connection import Connection

DAY = dt.timedelta(days=1)

OVERDUE: Literal["overdue"] = "overdue"


Changes: TypeAlias = Counter[tuple[dt.date, int, str, Key]]
"""The change of a count in a part of a day, with its reason."""


class OverdueSpell(NamedTuple):
    """A row of `overdue_spell`."""

    service: str
    number: str
    version: int
    received_on: dt.date
    since: dt.date
    since_part: int
    until: dt.date
    until_part: int
    basis: str


class CountHistory:
    """Collects the changes of a batch of one service's events; `on` is the day of the figures.

    Called before and after each event is applied to its case, and in the end with `finish`.
    """

    def __init__(self, service: str, on: dt.date) -> None:
        self._service = service
        self._on = on
        self._by: Changes = Counter()
        self._spells: list[OverdueSpell] = []
        self._last: dict[str, CaseEvent] = {}
        self._found: CountedCase | None = None
        self._found_by = ""  # the version of the calendar

    def before_event(self, case: CaseRow, event: CaseEvent) -> None:
        """The case before this event."""
        if case.state in OPEN:
            self._leave(case, event)
        self._found = self._standing(case, event.known_on)
        self._found_by = case.calendar

    def after_event(self, case: CaseRow, event: CaseEvent) -> None:
        """The case after this event."""
        found, self._found = self._found, None
        self._last[case.number] = event
        case.set_clock(event.payload.clock)
        left = self._standing(case, event.known_on)
        if left != found:
            why = reason_of(event, is_amended=case.calendar != self._found_by)
            self._change((event.known_on, event.part, why), found, left)

    def finish(self, cases: Iterable[CaseRow]) -> None:
        """After the last event: record due dates that pass up to the day of the figures."""
        for case in cases:
            if case.state in OPEN and _falls_overdue(case, until=self._on):
                self._overdue(case, 1)

    def became_overdue(self, case: CaseRow) -> None:
        """Record that an open case has become overdue on one of the days up to today."""
        if _falls_overdue(case, until=self._on):
            self._overdue(case, 1)

    def _leave(self, case: CaseRow, event: CaseEvent) -> None:
        """Record an open case's overdue time up to this event.

        The event may arrive late: then `finish` or `became_overdue` has recorded an overdue case
        that the event prevents, and this takes it back.
        """
        was_recorded = case.number not in self._last and _falls_overdue(case, until=self._on)
        is_overdue = _falls_overdue(case, until=event.known_on)
        if is_overdue != was_recorded:
            self._overdue(case, is_overdue - was_recorded)
        if case.due_on is None:
            return
        since = max((case.known_on, case.known_part), (case.due_on + DAY, 0))
        if since < (until := (event.known_on, event.part)):
            row = (self._service, case.number, case.version, case.received_on, *since, *until)
            self._spells.append(OverdueSpell(*row, self._basis(case)))

    def _overdue(self, case: CaseRow, by: int) -> None:
        """Record that its due date passed (1), or take that back (-1).

        This is the result of `_change`, written out, since a rebuild needs it with most events.
        """
        assert case.due_on is not None
        passed, month = (case.due_on + DAY, 0, OVERDUE), tally.month_of(case)
        state, since, *_ = self._open(case, case.due_on)
        for facet, member in (ALL, *_facets_of(case)):
            self._by[*passed, (month, facet, member, state, 0)] -= by
            self._by[*passed, (month, facet, member, OVERDUE, 0)] += by
        self._by[*passed, (month, *ALL, "overdue_since", case.due_on.toordinal())] += by
        if case.provisional:
            self._by[*passed, provisional.key_of(case, month, provisional.OF_DECIDED)] += by
        if since is not None:
            self._by[*passed, (month, *ALL, "waiting_since", since.toordinal())] -= by

    def _change(
        self, why: tuple[dt.date, int, str], before: CountedCase | None, after: CountedCase
    ) -> None:
        for key, count in tally.lasting_counts_of(after, after.facets):
            self._by[*why, key] += count
        for key, count in tally.lasting_counts_of(before, before.facets) if before else ():
            self._by[*why, key] -= count

    def _standing(self, case: CaseRow, day: dt.date) -> CountedCase:
        """The counted part of the case at the end of that day."""
        state, since, used, elapsed = case.state, None, case.days_used, case.days_elapsed
        if state in OPEN:
            state, since, used, elapsed = self._open(case, day)
        return CountedCase(
            _facets_of(case),
            case.received_on,
            state,
            case.due_on,
            since,
            used,
            elapsed,
            case.provisional,
            case.calendar,
            case.is_rejected,
            case.waited,
            case.reopenings,
            case.reclassified,
            case.score,
            case.backdated,
            case.imported_on,
            case.is_voided_overdue,
        )

    def _open(self, case: CaseRow, day: dt.date) -> tuple[State, dt.date | None, int, int]:
        """Its state on that day, and since when it waits; its days are not recorded."""
        if case.due_on is not None and day > case.due_on:
            return OVERDUE, None, 0, 0
        last = self._last.get(case.number)
        since = _waiting_since(last.payload.basis if last else msgspec.json.decode(_basis(case)))
        return "waiting" if since else "running", since, 0, 0

    def _basis(self, case: CaseRow) -> str:
        last = self._last.get(case.number)
        return msgspec.json.encode(last.payload.basis).decode() if last else _basis(case)

    async def store(self, connection: Connection) -> None:
        """Write the changes. Not idempotent, as the function below."""
        await store(connection, self._service, self._by)
        if self._spells:
            await connection.copy_records_to_table("overdue_spell", records=self._spells)


async def store(connection: Connection, service: str, by: Changes) -> None:
    """Write these changes. Not idempotent: the caller has locked the source's position and moves it
    in the same transaction, so no change comes twice."""
    changes = [(*when, *key, count) for (*when, key), count in sorted(by.items()) if count]
    if changes:
        await connection.execute(_RECORD, service, *zip(*changes, strict=True))


def _facets_of(case: CaseRow) -> Facets:
    """The facets whose changes are recorded."""
    if case.kind is not None:
        return (("kind", case.kind),)
    return (("category", case.category or UNCLASSIFIED), ("channel", case.channel))


def _falls_overdue(case: CaseRow, *, until: dt.date) -> bool:
    """Whether its due date passes after the day of its last event, and by that day."""
    return case.due_on is not None and case.known_on <= case.due_on < until


def _waiting_since(basis: Mapping[str, Any]) -> dt.date | None:
    waits = basis["waits"]
    if not waits or waits[-1]["until_at"] is not None:
        return None
    return local_date(dt.datetime.fromisoformat(waits[-1]["from_at"]))


def _basis(case: CaseRow) -> str:
    assert case.basis is not None, "an open case has one"
    return case.basis


_RECORD = """
merge into tally_change
using unnest($2::date[], $3::int[], $4::text[], $5::date[], $6::text[], $7::text[], $8::text[],
             $9::int[], $10::bigint[])
    as change (known_on, part, why, month, facet, member, measure, value, by)
on tally_change.service = $1
    and tally_change.month = change.month
    and tally_change.known_on = change.known_on
    and tally_change.part = change.part
    and tally_change.why = change.why
    and tally_change.facet = change.facet
    and tally_change.member = change.member
    and tally_change.measure = change.measure
    and tally_change.value = change.value
when matched and tally_change.by + change.by = 0 then delete
when matched then update set by = tally_change.by + change.by
when not matched then
    insert (service, month, known_on, part, why, facet, member, measure, value, by)
    values ($1, change.month, change.known_on, change.part, change.why, change.facet,
            change.member, change.measure, change.value, change.by)
"""
