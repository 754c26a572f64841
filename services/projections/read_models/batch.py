"""A batch of events, or a new day, brought into all read models: one statement a table.

Each function runs in the transaction of the consumer that holds the source's position and moves
it, so nothing here happens twice. What is written depends on the events, their order within a
case, and the day; not on how they are cut into batches, nor on the wall clock.
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
from services.projections.store.generations import Connection
from shared.calendars.store import applied_years
from shared.messaging.subscription import Incoming
from shared.promise.sla_clock import SlaClock
from shared.promise.standard import Standards
from shared.promise.working_days import Calendar, load_calendar

ROLL_SIZE_MAX = 1_000  # open cases in memory at once: 20 ms of reckoning between two statements


class CaseReadModels:
    """All read models of the projection service. `calendar` is the one by which clocks are read.

    It is replaced when it is amended; at the latest when an event or a case stands on a version
    that isn't known yet, since an amendment is in this database before it is in the services'.
    """

    def __init__(self, calendar: Calendar, standards: Standards) -> None:
        self.calendar = calendar
        self._further_clocks = deadlines.FurtherClocks(standards)

    @property
    def schema_sql(self) -> str:
        return resources.files(__package__).joinpath("schema.sql").read_text("utf-8")

    def knows(self, event: Incoming) -> bool:
        return knows(event)

    async def apply(
        self, connection: Connection, source: str, events: Sequence[Incoming], on: date
    ) -> None:
        """Take these events into figures that speak of the day `on`.

        Raises `ValidationError` (of msgspec) or `CannotApply` for an event that can't be, before
        anything is written.
        """
        batch = [read(event) for event in events]
        await self._learn(connection, {event.payload.clock.calendar for event in batch})
        if source == SOURCE:
            batch = await _with_day_parts(connection, batch)
        known = await cases.fetch(connection, {event.payload.number for event in batch})
        clocks_past = ClockHistory(on, {case.number: case.known_on for case in known.values()})
        change, past = tally.TallyChange(), CountHistory(source, on)
        change.take_away(known.values())
        for event in self._after(batch, known, past):
            known[event.payload.number].read_clock(event, on, self.calendar)
        change.add(known.values())
        past.end(known.values())
        await cases.store(connection, known.values())
        await timelines.extend(connection, batch)
        await tally.apply_change(connection, source, change)
        await past.store(connection)
        await self._further_clocks.apply(
            connection, source, batch, known, clocks_past, on, self.calendar
        )

    def _after(
        self, batch: Sequence[CaseEvent], known: dict[str, CaseRow], past: CountHistory
    ) -> Sequence[CaseEvent]:
        """Let the events happen to their cases; each case's last one is handed back."""
        last: dict[str, CaseEvent] = {}
        for event in batch:
            number = event.payload.number
            if case := known.get(number):
                past.before(case, event)
                case.take(event)
            else:
                case = known[number] = cases.from_first_event(event, self.calendar)
            past.after(case, event)
            last[number] = event
        return list(last.values())

    async def roll(self, connection: Connection, source: str, on: date) -> None:
        """Move the figures of this source's open cases on to the day `on`.

        Twice is harmless: a clock read twice on a day says the same, and changes no count.
        """
        after = ""
        while numbers := await cases.open_after(connection, source, after, ROLL_SIZE_MAX):
            rows = (await cases.fetch(connection, numbers)).values()
            await self._learn(connection, {case.calendar for case in rows})
            change, past = tally.TallyChange(), CountHistory(source, on)
            change.take_away(rows)
            for case in rows:
                self._grow_old(case, on, past)
            change.add(rows)
            await cases.store(connection, rows)
            await tally.apply_change(connection, source, change)
            await past.store(connection)
            after = numbers[-1]
        await deadlines.roll(connection, source, on)

    def _grow_old(self, case: CaseRow, on: date, past: CountHistory) -> None:
        assert case.basis is not None
        was_overdue = case.state == "overdue"
        case.grow_old(SlaClock.from_dict(msgspec.json.decode(case.basis)), on, self.calendar)
        if case.state == "overdue" and not was_overdue:
            past.rolled(case)

    async def _learn(self, connection: Connection, versions: Set[str]) -> None:
        if not all(map(self.calendar.knows, versions)):
            self.calendar = load_calendar(applied=await applied_years(connection))


async def _with_day_parts(connection: Connection, batch: Sequence[CaseEvent]) -> list[CaseEvent]:
    """The same events, each in the part of its day in which it was recorded."""
    imports = await Imports.of_days(connection, {event.known_on for event in batch})
    parted = [
        event if not (part := imports.part(event)) else msgspec.structs.replace(event, part=part)
        for event in batch
    ]
    await imports.store(connection)
    return parted
