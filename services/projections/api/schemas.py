"""The responses of the projection service, described for the OpenAPI document.

The models don't build the responses; a test compares the two.
"""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from services.projections.api.release_schemas import DaysUsed, Detail, FurtherClock, Spread
from services.projections.read_models.states import State
from shared.cases.web.responses import ClockView, View

Service = Literal["requests", "complaints"]

# For the staff.


DeadlineState = Literal["running", "kept", "missed"]


class NextDeadline(View):
    """The further clock that runs out next; if none runs, one that did and is still open."""

    clock: str
    due_on: date
    state: DeadlineState


class FurtherClockView(NextDeadline):
    """A deadline that runs beside the promise."""

    started_on: date
    ended_on: date | None


class CaseView(View):
    """A case as it stands today; nothing in it is personal."""

    number: str
    service: Service
    status: str
    kind: str | None
    agency: str | None
    letter_number: str | None
    category: str | None
    assignee: str | None
    channel: str
    standard: str
    received_at: datetime
    clock: ClockView
    waiting_since: date | None
    waited: bool
    reopenings: int
    reclassified: bool
    backdated: bool
    imported: bool
    score: int | None
    next_deadline: NextDeadline | None
    version: int


class CasesView(View):
    items: list[CaseView]
    next_cursor: str | None


class TimelineEntry(View):
    """One event. `facts` are what it says beside what every event says."""

    version: int
    source: Service
    position: int
    event: str
    status: str
    occurred_at: datetime
    recorded_at: datetime
    role: str
    due_on: date | None
    state: State
    facts: dict[str, Any]


class CaseStoryView(CaseView):
    """A case, its further clocks, and what happened to it, oldest first."""

    further_clocks: list[FurtherClockView]

    timeline: list[TimelineEntry]


class OpenCases(View):
    """How many open cases stand where; due soon are running, too."""

    running: int
    due_soon: int
    overdue: int
    waiting: int


class AssigneeCases(OpenCases):
    service: Service
    assignee: str | None


class SummaryView(View):
    services: dict[Service, OpenCases]
    assignees: list[AssigneeCases]


class PositionView(View):
    """How far a source is applied; `unknown`: events left out because their type isn't known."""

    applied: int
    head: int
    lag_events: int
    lag_seconds: float
    quarantined: int
    forked_at: int | None
    unknown: dict[str, int]


# For everybody.


class PeriodView(View):
    """`complete`: it has ended."""

    id: str
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    complete: bool


class PeriodOfKind(PeriodView):
    kind: Literal["year", "quarter", "month"]


class PeriodsView(View):
    items: list[PeriodOfKind]
    next_cursor: None


class Identity(View):
    """received = on_time + late + overdue + running + waiting + withdrawn + forwarded."""

    received: int
    on_time: int
    late: int
    overdue: int
    running: int
    waiting: int
    withdrawn: int
    forwarded: int
    on_time_rate: float | None


class Block(Identity):
    """What is said of requests and of complaints alike; days are working days.

    `voided`: registered by mistake, so in no other count; `imported`: came by import, lastly on
    `imported_on`; `has_provisional`: some due dates stand on days off that are not decreed yet, and
    while cases with such a due date are decided (of complaints: as long as there is one, or its
    category would show), `target_met` is null. By month only in quarters and years.
    """

    standard: str
    days_allowed: int | None
    target_rate: float
    target_met: bool | None
    rejected: int
    waited: int
    reopened: int
    reopenings: int
    reclassified: int
    backdated: int
    voided: int
    voided_overdue: int
    imported: int
    imported_on: date | None
    has_provisional: bool
    oldest_overdue_days: int | None
    oldest_waiting_days: int | None
    by_month: dict[str, Identity] | None


class RequestsBlock(Block):
    """`provisional`: how many have such a due date, finished ones too."""

    provisional: int
    days_used: DaysUsed
    days_elapsed: Spread
    further_clocks: dict[str, FurtherClock]
    by_kind: dict[str, Identity]


class ComplaintsBlock(Block, Detail):
    pass


class Blocks(View):
    requests: RequestsBlock
    complaints: ComplaintsBlock


class LogPlace(View):
    """The last event counted: its epoch, its position, its hash.

    `forked_at`: only there if the log holds another event at this position; the figures are stale.
    """

    epoch: str | None
    position: int
    hash: str | None
    forked_at: int | None = None


class StatisticsView(View):
    """The figures of a period. `held`: cases held for checking, not counted."""

    period: PeriodView
    as_of: datetime
    calendar: str
    stale: bool
    held: int
    log: dict[Service, LogPlace]
    services: Blocks
