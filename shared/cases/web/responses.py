"""The JSON that requests and complaints answer alike: the clock, its days, the history.

The models describe in the OpenAPI document the output of the functions below; a test compares
both. Next: `services/requests/api.py`.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any, Literal

import msgspec
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from shared.cases.case import Case
from shared.eventstore.records import Recorded
from shared.promise.counted_days import Day
from shared.promise.reading import State
from shared.promise.working_days import Calendar

CaseHistory = Sequence[tuple[Recorded, Any]]

COMMON_FIELDS = frozenset(field.name for field in fields(Case.Created))


class View(BaseModel):
    """An answer, described."""

    model_config = ConfigDict(extra="forbid")


class ContactView(View):
    """Where somebody can be reached."""

    name: str | None
    phone: str | None
    email: str | None


class ClockView(View):
    """What the clock says on a day: of a GET today's, of a command that of its recording."""

    received_on: date
    days_allowed: int
    due_on: date | None
    days_left: int | None
    days_used: int
    days_elapsed: int
    state: State
    due_soon: bool
    provisional: bool
    calendar: str


class HistoryItem(View):
    """One event. `facts` are its own; what is personal in them is null where it isn't shown."""

    event: str
    version: int
    occurred_at: datetime
    recorded_at: datetime
    status: str
    by: str
    role: str
    facts: dict[str, Any]


class HistoryView(View):
    """Everything that happened to a case, oldest first."""

    items: list[HistoryItem]
    next_cursor: None


class NameView(View):
    """A name in Indonesian and English."""

    id: str
    en: str


class DayView(View):
    """A day since the receipt: its number if it counted, and why it did or didn't."""

    date: date
    counted: int | None
    why: Literal["received", "counted", "weekend", "day_off", "with_applicant", "answer_received"]
    name: NameView | None
    decree: str | None


class EarlierDueDate(View):
    """A due date that was promised until something moved it; to null where it became unknown.

    `moved_by` is the event; `decrees` are those by which that event took over another calendar.
    """

    due_on: date
    moved_to: date | None
    moved_by: str
    decrees: list[str]
    occurred_at: datetime
    recorded_at: datetime
    calendar: str


class DaysView(View):
    """The clock day by day, as on a wall calendar."""

    number: str
    clock: ClockView
    days: list[DayView]
    earlier_due_dates: list[EarlierDueDate]


def case_view(
    view: type[View], case: Case, on: date, calendar: Calendar, **said: Any
) -> dict[str, Any]:
    """The fields of `view`: from `said`, or the attribute of the case that has the name.

    The clock is read as of that day.
    """
    said = {
        "received_at": utc(case.created_on),
        "clock": case.clock.reading(on, calendar).to_dict(),
        "allowed": list(case.allowed),
        **said,
    }
    return {name: said[name] if name in said else getattr(case, name) for name in view.model_fields}


def history_json(
    history: CaseHistory, *, hidden: Callable[[Case.Event], Collection[str]]
) -> dict[str, Any]:
    """`HistoryView`. Of what is `hidden` of an event it says only that it was there."""
    items = [
        {
            "event": _name(recorded),
            "version": recorded.version,
            "occurred_at": utc(event.timestamp),
            "recorded_at": recorded.recorded_at,
            "status": event.status,
            "by": event.by,
            "role": event.role,
            "facts": _facts(event, hidden(event)),
        }
        for recorded, event in history
    ]
    return {"items": items, "next_cursor": None}


def days_json(case: Case, history: CaseHistory, today: date, calendar: Calendar) -> dict[str, Any]:
    """`DaysView`."""
    return {
        "number": case.number,
        "clock": case.clock.reading(today, calendar).to_dict(),
        "days": [day.to_dict() for day in case.clock.day_by_day(today, calendar)],
        "earlier_due_dates": list(_earlier_due_dates(history, calendar)),
    }


def case_days(case: Case, today: date, calendar: Calendar) -> list[Day]:
    """The days of a wall calendar: up to today or the due date, whichever is later.

    What lies ahead says what will count if nothing happens.
    """
    due_on = case.clock.reading(today, calendar).due_on
    return case.clock.day_by_day(max(today, due_on or today), calendar)


def json_response(body: Any, *, version: int) -> Response:
    """The response with the ETag of that version of the case."""
    headers = {"ETag": f'"{version}"'}
    return Response(msgspec.json.encode(body), headers=headers, media_type="application/json")


def utc(instant: datetime) -> datetime:
    """The instant in UTC, as the API writes it."""
    return instant.astimezone(UTC)


def _facts(event: Case.Event, hidden: Collection[str]) -> dict[str, Any]:
    """The fields of this event that are not common to all."""
    return {
        name: None if name in hidden else value
        for name, value in vars(event).items()
        if name not in COMMON_FIELDS
    }


def _earlier_due_dates(history: CaseHistory, calendar: Calendar) -> Iterator[dict[str, Any]]:
    """Each due date that was promised and then moved, oldest first, with what moved it."""
    promised, reckoned_by = None, None
    for recorded, event in history:
        due_on, version = event.clock["due_on"], event.clock["calendar"]
        if promised is not None and due_on != promised:
            yield {
                "due_on": promised,
                "moved_to": due_on,
                "moved_by": _name(recorded),
                "decrees": calendar.decrees_between(
                    reckoned_by or version,
                    version,
                    since=date.fromisoformat(event.clock["received_on"]),
                ),
                "occurred_at": utc(event.timestamp),
                "recorded_at": recorded.recorded_at,
                "calendar": version,
            }
        promised, reckoned_by = due_on, version


def _name(recorded: Recorded) -> str:
    """`approved`, of the topic `requests.approved`."""
    return recorded.topic.partition(".")[2]
