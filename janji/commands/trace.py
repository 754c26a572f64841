"""`janji trace NUMBER`: the history of one case from receipt to page, without personal data."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from deploy.failures import CannotStart
from janji.commands.case_numbers import read_case
from janji.commands.failures import errors_in_one_line
from janji.installation import (
    Installation,
    failures_as_cannot_start,
    find_installation,
    open_builder,
    today,
)
from services.projections.store import generations
from shared.calendars.store import CalendarStore
from shared.cases.case import Case
from shared.cases.web.wall_calendar import DUE, SIGNS
from shared.eventstore.codec import Codec
from shared.eventstore.database import READ_SECONDS
from shared.eventstore.errors import AggregateNotFound
from shared.eventstore.reader import LogReader
from shared.eventstore.records import Recorded
from shared.office_time import PONTIANAK
from shared.postgres.connection import connected
from shared.promise.case_number import case_id
from shared.promise.counted_days import Day
from shared.promise.reading import Reading

STRIP_DAYS_MAX = 70  # of a longer case the last ones
LEGEND = (
    "↓ received · 1 counted · – weekend · × day off · ‖ with the applicant · ↩ answered · ◆ due"
)

Number = Annotated[str, typer.Argument(help="PRM-XXXX-XXXX-C or ADU-XXXX-XXXX-C.")]
app = typer.Typer(add_completion=False)
console = Console(highlight=False, soft_wrap=True)


@app.command()
def trace(number: Number) -> None:
    """Show a case's events, when each was recorded, published and applied, and its clock."""
    with errors_in_one_line(), failures_as_cannot_start():
        found = asyncio.run(_trace(number))
    for line in drawn(found):
        console.print(line)


@dataclass(frozen=True, slots=True)
class Reached:
    """The positions that a service's events have reached. `held`: this case's, in quarantine."""

    published: int
    published_at: datetime | None
    applied: int
    held: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Traced:
    """Everything that is drawn of a case."""

    case: Case
    events: Sequence[tuple[Recorded, Any]]
    reading: Reading
    days: Sequence[Day]
    reached: Reached


async def _trace(text: str) -> Traced:
    """Raises CannotStart, LogUnavailable."""
    number, service = read_case(text)
    installation = find_installation()
    if service.name not in installation.logs:
        raise CannotStart(f"set JANJI_{service.name.upper()}_DATABASE_URL: the case's log is there")
    url = installation.logs[service.name]
    try:
        async with LogReader(url, codec=Codec([service.kind])) as log:
            events = await log.history(service.kind, case_id(number))
            case = await log.load(service.kind, case_id(number))
    except AggregateNotFound:
        raise CannotStart(f"there is no case {number}") from None
    async with CalendarStore(url) as store:
        calendar = await store.calendar()
    published, published_at = await _published(url)
    reading = case.clock.reading(today(), calendar)
    until = max(today(), reading.due_on or today())
    applied, held = await _applied(installation, service.name, number)
    return Traced(
        case=case,
        events=events,
        reading=reading,
        days=case.clock.day_by_day(until, calendar),
        reached=Reached(published, published_at, applied, held),
    )


async def _published(log_url: str) -> tuple[int, datetime | None]:
    async with connected(log_url, name="janji trace", answer_seconds=READ_SECONDS) as connection:
        row = await connection.fetchrow("select position, moved_at from relay_position")
    return (row["position"], row["moved_at"]) if row else (0, None)


_POSITION = "select position from projection_position where source = $1"
_HELD = """
    select position, coalesce(error, 'behind another') as why from quarantine where number = $1
"""


async def _applied(
    installation: Installation, service: str, number: str
) -> tuple[int, Mapping[int, str]]:
    async with (
        open_builder(installation, report=lambda *_: None) as builder,
        generations.live(builder.pool) as connection,
    ):
        applied = await connection.fetchval(_POSITION, service)
        held = await connection.fetch(_HELD, number)
    return applied or 0, {row["position"]: row["why"] for row in held}


# Drawn.


def drawn(found: Traced) -> Iterator[str]:
    """The output in lines, with markup of rich."""
    case, reading = found.case, found.reading
    yield f"[bold]{case.number}[/bold]  {case.status}  {_clock(reading.to_dict())}"
    yield ""
    last = len(found.events) - 1
    for index, (recorded, event) in enumerate(found.events):
        rail = " " if index == last else "│"
        what = f"[bold]{_name(recorded)}[/bold]  {event.role}"
        yield f"[bold]●[/bold] {_when(event.timestamp)}  {what}"
        yield f"{rail}   {_clock(event.clock)}"
        yield f"{rail}   {_way(recorded, event.timestamp, found.reached)}"
        if index < last:
            yield f"│   {_gap(event.timestamp, found.events[index + 1][1].timestamp)}".rstrip()
    yield ""
    yield from _strip(found.days, reading.due_on)


def _clock(clock: Mapping[str, Any]) -> str:
    due = f"due {clock['due_on']}" if clock["due_on"] else "due date unknown while it waits"
    left = "" if clock["days_left"] is None else f", {clock['days_left']} left"
    provisional = ", provisional" if clock["provisional"] else ""
    days = f"{clock['days_used']} of {clock['days_allowed']} days used{left}"
    return f"{due}{provisional} · {clock['state']} · {days}"


def _way(recorded: Recorded, occurred_at: datetime, reached: Reached) -> str:
    """When the event was recorded, published and applied, as far as is known."""
    position = recorded.position
    late = recorded.recorded_at - occurred_at
    after = f" ({_span(late)} later)" if late >= timedelta(minutes=1) else ""
    way = f"recorded {_when(recorded.recorded_at)}{after} at {position}"
    if position <= reached.published:
        at = reached.published_at if position == reached.published else None
        way += f" · published {_when(at) if at else 'yes'}"
    else:
        way += " · not published" if reached.published else " · on the feed"
    if position in reached.held:
        return f"{way} · [red]held: {escape(reached.held[position])}[/red]"
    return f"{way} · {'applied' if position <= reached.applied else 'not applied yet'}"


def _gap(before: datetime, after: datetime) -> str:
    """The time between two events, if it is a minute or more."""
    span = after - before
    return "" if span < timedelta(minutes=1) else f"[dim]{_span(span)}[/dim]"


def _strip(days: Sequence[Day], due_on: date | None) -> Iterator[str]:
    """One line a week, as on a wall calendar."""
    shown = days[-STRIP_DAYS_MAX:]
    weeks: dict[date, list[str]] = {}
    for day in shown:
        monday = day.date - timedelta(days=day.date.weekday())
        week = weeks.setdefault(monday, ["  . "] * 7)
        sign = SIGNS[day.why] or str(day.counted)
        week[day.date.weekday()] = f"{sign + DUE * (day.date == due_on):>3} "
    yield "week of      Mon Tue Wed Thu Fri Sat Sun"
    for monday, week in weeks.items():
        yield f"{monday}   {''.join(week)}".rstrip()
    yield f"[dim]{LEGEND}[/dim]"


def _when(at: datetime) -> str:
    return at.astimezone(PONTIANAK).strftime("%Y-%m-%d %H:%M:%S")


def _span(span: timedelta) -> str:
    hours, minutes = divmod(span.seconds // 60, 60)
    parts = ((span.days, "d"), (hours, "h"), (minutes, "min"))
    return " ".join(f"{amount} {unit}" for amount, unit in parts if amount) or "moments"


def _name(recorded: Recorded) -> str:
    return recorded.topic.partition(".")[2]
