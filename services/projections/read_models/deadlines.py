"""Which further clocks does a case have, and how do they stand? One row a clock of a case.

The standard's file defines them (`shared/promise/further_clocks.py`); they follow the published
events and don't change the promise. Their counts are in `tally`, as members of the facet "clock". A
clock expires at 00:00, without an event.

Next: `statistics.py`, which says how many were kept; `case_list.py` shows the nearest.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import asyncpg

from services.projections.read_models.cases import CaseRow
from services.projections.read_models.counts import tally
from services.projections.read_models.counts.year_counts import Counts
from services.projections.read_models.events import CaseEvent
from services.projections.read_models.history.clock_history import (
    FACET,
    ClockHistory,
    Deadlines,
)
from services.projections.read_models.states import VOIDED
from shared.cases.published_events import EVENTS
from shared.postgres.connection import Connection
from shared.promise.clock_definition import ClockDefinition
from shared.promise.data_file import WrongData
from shared.promise.further_clocks import CaseCalendar, Deadline, State, deadlines_after
from shared.promise.standard import Standard, Standards
from shared.promise.working_days import Calendar

ORDER: tuple[State, ...] = ("kept", "missed", "running")

ByNumber: TypeAlias = dict[str, Deadlines]
"""Months and deadlines by case number."""


class FurtherClocks:
    """The clocks of the standards. A case has those of the standard in force at its receipt."""

    def __init__(self, standards: Standards) -> None:
        """Raises WrongData for an event that no service has."""
        self._standards = standards
        for standard in standards:
            for clock in standard.clocks.values():
                check_events(clock, standard.decree)

    async def apply(
        self,
        connection: Connection,
        service: str,
        events: Sequence[CaseEvent],
        cases: Mapping[str, CaseRow],
        history: ClockHistory,
        on: dt.date,
        calendar: Calendar,
    ) -> None:
        """Apply these events; `cases` are their cases, after the events.

        Not idempotent, as `tally.apply_change`: the caller applies no event twice.
        """
        if not any(self._of(case) for case in cases.values()):
            return
        before = await _fetch(connection, cases.keys())
        now = self._after(before, events, cases, history, calendar)
        history.finish(now)
        await history.store(connection, service)
        changed = sorted(number for number in now if now[number] != before.get(number))
        if not changed:
            return
        change = ClockTallyChange()
        for number in changed:
            change.count(before.get(number), on, -1)
            change.count(now[number], on, 1)
        await connection.execute(_DELETE, changed)
        rows = [row for number in changed for row in _rows(number, service, *now[number], on)]
        await connection.copy_records_to_table("deadline", records=rows, columns=_COLUMNS)
        await tally.apply_change(connection, service, change)

    def _after(
        self,
        before: ByNumber,
        events: Sequence[CaseEvent],
        cases: Mapping[str, CaseRow],
        history: ClockHistory,
        calendar: Calendar,
    ) -> ByNumber:
        standing = dict(before)
        for event in events:
            payload = event.payload
            found = standing.get(payload.number)
            clocks = () if payload.clock.state == VOIDED else self._of(cases[payload.number])
            deadlines = deadlines_after(
                event.type,
                found[1] if found else (),
                clocks,  # a voided case has no clocks
                at=payload.occurred_at,
                by=_calendar_of(payload.basis),
                calendar=calendar,
            )
            left = payload.clock.received_on.replace(day=1), deadlines
            history.event(event, found, left)
            standing[payload.number] = left
        return standing

    def _of(self, case: CaseRow) -> Sequence[ClockDefinition]:
        clocks = self._standards.named(case.standard).clocks.values()
        return [clock for clock in clocks if clock.service == case.service]


def check_events(clock: ClockDefinition, decree: str) -> None:
    """Raises WrongData if the clock names an event that its service doesn't have."""
    key = f"clocks.{clock.code}"
    if clock.service not in EVENTS:
        raise WrongData(decree, f"{key}.service", f"must be one of {', '.join(sorted(EVENTS))}")
    for event in clock.events:
        if event not in EVENTS[clock.service]:
            raise WrongData(decree, key, f"{clock.service} has no event {event}")


def _calendar_of(basis: Mapping[str, Any]) -> CaseCalendar:
    kept = tuple(map(dt.date.fromisoformat, basis["kept_days_off"]))
    return CaseCalendar(basis["calendar"], kept)


class ClockTallyChange(tally.TallyChange):
    """The change of the counts of further clocks."""

    def count(self, held: tuple[dt.date, Iterable[Deadline]] | None, on: dt.date, by: int) -> None:
        month, deadlines = held or (dt.date.min, ())
        for deadline in deadlines:
            self._by[month, FACET, deadline.clock, deadline.state(on), 0] += by

    def miss(self, month: dt.date, clock: str, cases: int) -> None:
        """So many clocks expired."""
        self._by[month, FACET, clock, "running", 0] -= cases
        self._by[month, FACET, clock, "missed", 0] += cases


_FETCH = """
select number, month, clock, days, unit, started_on, due_on, calendar, kept_days_off, ended_on
from deadline
where number = any($1::text[])
order by number, place
"""


async def _fetch(connection: Connection, numbers: Collection[str]) -> ByNumber:
    months: dict[str, dt.date] = {}
    deadlines: defaultdict[str, list[Deadline]] = defaultdict(list)
    for row in await connection.fetch(_FETCH, list(numbers)):
        months[row["number"]] = row["month"]
        deadlines[row["number"]].append(_deadline(row))
    return {number: (months[number], tuple(deadlines[number])) for number in months}


def _deadline(row: asyncpg.Record) -> Deadline:
    return Deadline(
        clock=row["clock"],
        days=row["days"],
        unit=row["unit"],
        started_on=row["started_on"],
        due_on=row["due_on"],
        by=CaseCalendar(row["calendar"], tuple(row["kept_days_off"])),
        ended_on=row["ended_on"],
    )


_DELETE = "delete from deadline where number = any($1::text[])"

_COLUMNS = (
    "number",
    "place",
    "service",
    "month",
    "clock",
    "days",
    "unit",
    "started_on",
    "due_on",
    "calendar",
    "kept_days_off",
    "ended_on",
    "state",
)


def _rows(
    number: str, service: str, month: dt.date, deadlines: Iterable[Deadline], on: dt.date
) -> list[tuple[Any, ...]]:
    return [
        (
            *(number, place, service, month),
            *(each.clock, each.days, each.unit, each.started_on, each.due_on),
            *(each.by.version, list(each.by.kept_days_off), each.ended_on, each.state(on)),
        )
        for place, each in enumerate(deadlines)
    ]


_EXPIRE = """
with missed as (
    update deadline
    set state = 'missed'
    where service = $1 and state = 'running' and due_on < $2
    returning number, month, clock, due_on
)
select m.month, m.clock, m.due_on, count(*) as cases,
       count(*) filter (where c.known_on <= m.due_on) as cases_noted
from missed m
join cases c using (number)
group by m.month, m.clock, m.due_on
"""


async def roll(connection: Connection, service: str, on: dt.date) -> None:
    """Let the clocks expire whose due date has passed. Idempotent: they don't run any more."""
    change, history = ClockTallyChange(), ClockHistory(on, {})
    for row in await connection.fetch(_EXPIRE, service, on):
        change.miss(row["month"], row["clock"], row["cases"])
        history.expire(row["month"], row["clock"], row["due_on"], row["cases_noted"])
    await tally.apply_change(connection, service, change)
    await history.store(connection, service)


# Queries.


class CaseDeadline(NamedTuple):
    """A further clock of a case, as the staff see it."""

    clock: str
    started_on: dt.date
    due_on: dt.date
    ended_on: dt.date | None
    state: State


_OF_CASES = """
select number, clock, started_on, due_on, ended_on, state
from deadline
where number = any($1::text[])
order by number, place
"""


async def of_cases(
    connection: Connection, numbers: Collection[str]
) -> Mapping[str, Sequence[CaseDeadline]]:
    """The further clocks of each of these cases, in the order of the standard."""
    found: defaultdict[str, list[CaseDeadline]] = defaultdict(list)
    for number, *shown in await connection.fetch(_OF_CASES, list(numbers)):
        found[number].append(CaseDeadline(*shown))
    return found


def nearest(clocks: Iterable[CaseDeadline]) -> CaseDeadline | None:
    """The next clock to expire; if none runs, the first that has expired and is still open."""
    waiting = [each for each in clocks if each.ended_on is None]
    return min(waiting, key=lambda each: (each.state == "missed", each.due_on), default=None)


def figures(
    counts: Counts, service: str, standard: Standard, standards: Standards
) -> dict[str, Any]:
    """How many were kept: started = kept + missed + running. No breakdown.

    Of the standard's own clocks, and of those of other standards that were counted.
    """
    clocks = {
        code: clock
        for each in (*standards, standard)
        for code, clock in each.clocks.items()
        if clock.service == service and (each is standard or code in counts.members(FACET))
    }
    return {clock.code: _figures(counts, clock) for clock in clocks.values()}


def _figures(counts: Counts, clock: ClockDefinition) -> dict[str, Any]:
    kept, missed, running = (counts.of(state, FACET, clock.code) for state in ORDER)
    return {
        "name": {"id": clock.name.id, "en": clock.name.en},
        "days": clock.days,
        "unit": clock.unit,
        "basis": {"id": clock.basis.source.id, "en": clock.basis.source.en},
        "to_be_confirmed": clock.to_be_confirmed,
        "started": kept + missed + running,
        "kept": kept,
        "missed": missed,
        "running": running,
    }
