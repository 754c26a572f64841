"""Applies a batch of events, or a new date, to all read models: one statement a table.

Each function runs in the transaction of the consumer that has locked the source's position and
moves it, so no event is applied twice. The rows depend on the events, their order within a case,
and the date; not on the size of batches, nor on the wall clock.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import date
from importlib import resources

import msgspec

from services.projections.read_models import cases, deadlines, timelines
from services.projections.read_models.cases import CaseRow
from services.projections.read_models.counts import tally
from services.projections.read_models.events import CaseEvent, knows, read
from services.projections.read_models.history.clock_history import ClockHistory
from services.projections.read_models.history.count_history import CountHistory
from services.projections.read_models.releases.imports import SOURCE, Imports
from shared.calendars.store import applied_years
from shared.messaging.subscription import Incoming
from shared.postgres.connection import Connection
from shared.promise.sla_clock import SlaClock
from shared.promise.standard import Standards
from shared.promise.working_days import Calendar, load_calendar
from shared.runtime.parked import ParkedCases

ROLL_SIZE_MAX = 1_000  # open cases in memory at once: 20 ms of computing between two statements


class CaseReadModels:
    """All read models of the projection service. `calendar` is the one by which clocks are read.

    It is replaced when it is amended; at the latest when an event or a case has an unknown version,
    since an amendment is in this database before it is in the services'.
    """

    def __init__(self, calendar: Calendar, standards: Standards) -> None:
        self.calendar = calendar
        self.parked = ParkedCases("rolling")
        self._further_clocks = deadlines.FurtherClocks(standards)

    @property
    def schema_sql(self) -> str:
        return resources.files(__package__).joinpath("schema.sql").read_text("utf-8")

    def knows(self, event: Incoming) -> bool:
        return knows(event)

    async def apply(
        self, connection: Connection, source: str, events: Sequence[Incoming], on: date
    ) -> None:
        """Apply these events to figures that are as of the day `on`.

        Raises `ValidationError` (of msgspec) or `CannotApply` for an event that can't be applied,
        before anything is written.
        """
        batch = [read(event) for event in events]
        await self._load_calendar(connection, {event.payload.clock.calendar for event in batch})
        if source == SOURCE:
            batch = await _with_day_parts(connection, batch)
        known = await cases.fetch(connection, {event.payload.number for event in batch})
        clock_history = ClockHistory(on, {case.number: case.known_on for case in known.values()})
        change, history = tally.TallyChange(), CountHistory(source, on)
        change.subtract(known.values())
        for event in self._after(batch, known, history):
            known[event.payload.number].update_clock(event, on, self.calendar)
        change.add(known.values())
        history.finish(known.values())
        await cases.store(connection, known.values())
        await timelines.extend(connection, batch)
        await tally.apply_change(connection, source, change)
        await history.store(connection)
        await self._further_clocks.apply(
            connection, source, batch, known, clock_history, on, self.calendar
        )

    def _after(
        self, batch: Sequence[CaseEvent], known: dict[str, CaseRow], history: CountHistory
    ) -> Sequence[CaseEvent]:
        """Apply the events to their cases; return the last event of each case."""
        last: dict[str, CaseEvent] = {}
        for event in batch:
            number = event.payload.number
            if case := known.get(number):
                history.before_event(case, event)
                case.apply(event)
            else:
                case = known[number] = cases.from_first_event(event, self.calendar)
            history.after_event(case, event)
            last[number] = event
        return list(last.values())

    async def roll(self, connection: Connection, source: str, on: date) -> None:
        """Recompute the figures of this source's open cases as of the day `on`.

        Idempotent: a clock that is read twice on a day gives the same, and changes no count. A case
        whose clock can't be read stays as it is, and is tried again with the next roll.
        """
        after = ""
        while numbers := await cases.open_after(connection, source, after, ROLL_SIZE_MAX):
            rows = (await cases.fetch(connection, numbers)).values()
            await self._load_calendar(connection, {case.calendar for case in rows})
            change, history = tally.TallyChange(), CountHistory(source, on)
            change.subtract(rows)
            for case in rows:
                with self.parked.attempt(case.number):
                    self._recompute(case, on, history)
            change.add(rows)
            await cases.store(connection, rows)
            await tally.apply_change(connection, source, change)
            await history.store(connection)
            after = numbers[-1]
        await deadlines.roll(connection, source, on)

    def _recompute(self, case: CaseRow, on: date, history: CountHistory) -> None:
        assert case.basis is not None
        was_overdue = case.state == "overdue"
        case.recompute_clock(SlaClock.from_dict(msgspec.json.decode(case.basis)), on, self.calendar)
        if case.state == "overdue" and not was_overdue:
            history.became_overdue(case)

    async def _load_calendar(self, connection: Connection, versions: Set[str]) -> None:
        if not all(map(self.calendar.knows, versions)):
            self.calendar = load_calendar(applied=await applied_years(connection))


async def _with_day_parts(connection: Connection, batch: Sequence[CaseEvent]) -> list[CaseEvent]:
    """The same events, each with the part of the day in which it was recorded."""
    imports = await Imports.of_days(connection, {event.known_on for event in batch})
    parted = [
        event if not (part := imports.part(event)) else msgspec.structs.replace(event, part=part)
        for event in batch
    ]
    await imports.store(connection)
    return parted
