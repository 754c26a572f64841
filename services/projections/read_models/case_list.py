"""Which cases are there? The staff's list with its filters, one case, and how many are open.

The list has keyset pagination: "after this due date and number" costs the same on the first page
and on the last, and no case is shown twice because another one has moved.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from typing import Any, Literal, NamedTuple, TypeAlias

import asyncpg

from services.projections.read_models import deadlines
from services.projections.read_models.states import OPEN, State
from shared.postgres.connection import Connection

Sort: TypeAlias = Literal["due_on", "-due_on", "received_on", "-received_on"]

NO_DUE_DATE = dt.date.max  # sorts after every date, as PostgreSQL's infinity


class ListKey(NamedTuple):
    """The last row of a page: the key that the list is sorted by, and the number."""

    key: dt.date
    number: str


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """A filter that is None matches all cases. In the order of the query's parameters."""

    service: str | None = None
    open: bool | None = None
    state: State | None = None
    due_soon: bool | None = None
    status: str | None = None
    agency: str | None = None
    kind: str | None = None
    category: str | None = None
    channel: str | None = None
    assignee: str | None = None
    letter_number: str | None = None
    due_before: dt.date | None = None


# The planner knows the values (`_CUSTOM_PLANS`), so a filter that is null costs nothing.
_LIST = """
select number, service, status, version, received_at, standard, channel, kind, agency,
       letter_number, received_on, days_allowed, due_on, days_used, days_elapsed, state, due_soon,
       provisional, calendar, waiting_since, category, assignee, waited, reopenings, reclassified,
       backdated, imported_on is not null as imported, score
from cases
where ($1::text is null or service = $1)
    and ($2::bool is null or (basis is not null) = $2)
    and ($3::text is null or state = $3)
    and ($4::bool is null or due_soon = $4)
    and ($5::text is null or status = $5)
    and ($6::text is null or agency = $6)
    and ($7::text is null or kind = $7)
    and ($8::text is null or service = 'complaints' and coalesce(category, 'unclassified') = $8)
    and ($9::text is null or channel = $9)
    and ($10::text is null or assignee = $10)
    and ($11::text is null or letter_number = $11)
    and ($12::date is null or due_on < $12)
    and ($13::date is null or ({key}, number) {after} ($13, $14::text))
order by {key} {order}, number {order}
limit $15
"""

_BY_DUE_ON = "coalesce(due_on, 'infinity')"

_LISTS: Mapping[Sort, str] = {
    "due_on": _LIST.format(key=_BY_DUE_ON, after=">", order="asc"),
    "-due_on": _LIST.format(key=_BY_DUE_ON, after="<", order="desc"),
    "received_on": _LIST.format(key="received_on", after=">", order="asc"),
    "-received_on": _LIST.format(key="received_on", after="<", order="desc"),
}

_CUSTOM_PLANS = "set local plan_cache_mode = force_custom_plan"


async def case_list(
    connection: Connection, wanted: CaseFilter, sort: Sort, *, after: ListKey | None, limit: int
) -> list[dict[str, Any]]:
    """The cases that match, at most `limit` of them after `after`.

    Cases without a due date are the last, or the first in descending order.
    """
    if wanted.due_soon or wanted.state in OPEN:
        wanted = replace(wanted, open=wanted.open is not False)  # few cases, with their own index
    await connection.execute(_CUSTOM_PLANS)
    key, number = after or (None, None)
    rows = await connection.fetch(_LISTS[sort], *astuple(wanted), key, number, limit)
    clocks = await deadlines.of_cases(connection, [row["number"] for row in rows])
    return [case_json(row, clocks.get(row["number"], ())) for row in rows]


def key_of(case: Mapping[str, Any], sort: Sort) -> ListKey:
    """The key of this case in the list."""
    key = case["clock"]["received_on" if sort.endswith("received_on") else "due_on"]
    return ListKey(dt.date.fromisoformat(key) if key else NO_DUE_DATE, case["number"])


_CASE = """
select number, service, status, version, received_at, standard, channel, kind, agency,
       letter_number, received_on, days_allowed, due_on, days_used, days_elapsed, state, due_soon,
       provisional, calendar, waiting_since, category, assignee, waited, reopenings, reclassified,
       backdated, imported_on is not null as imported, score
from cases
where number = $1
"""


async def one_case(connection: Connection, number: str) -> dict[str, Any] | None:
    """The case with all its further clocks; None if it is unknown."""
    row = await connection.fetchrow(_CASE, number)
    if row is None:
        return None
    clocks = (await deadlines.of_cases(connection, [number])).get(number, ())
    return {**case_json(row, clocks), "further_clocks": [each._asdict() for each in clocks]}


COPIED_COLUMNS = (
    "number",
    "service",
    "status",
    "kind",
    "agency",
    "letter_number",
    "category",
    "assignee",
    "channel",
    "standard",
    "received_at",
    "waiting_since",
    "waited",
    "reopenings",
    "reclassified",
    "backdated",
    "imported",
    "score",
    "version",
)


def case_json(row: asyncpg.Record, clocks: Sequence[deadlines.CaseDeadline]) -> dict[str, Any]:
    """A case as the staff API shows it, without personal data."""
    next_one = deadlines.nearest(clocks)
    left = row["days_allowed"] - row["days_used"]
    return {
        **{name: row[name] for name in COPIED_COLUMNS},
        "clock": {
            "received_on": row["received_on"].isoformat(),
            "days_allowed": row["days_allowed"],
            "due_on": row["due_on"] and row["due_on"].isoformat(),
            "days_left": left if row["state"] in OPEN else None,
            "days_used": row["days_used"],
            "days_elapsed": row["days_elapsed"],
            "state": row["state"],
            "due_soon": row["due_soon"],
            "provisional": row["provisional"],
            "calendar": row["calendar"],
        },
        "next_deadline": next_one
        and {"clock": next_one.clock, "due_on": next_one.due_on, "state": next_one.state},
    }


_SUMMARY = """
select service, assignee,
       count(*) filter (where state = 'running') as running,
       count(*) filter (where due_soon) as due_soon,
       count(*) filter (where state = 'overdue') as overdue,
       count(*) filter (where state = 'waiting') as waiting
from cases
where basis is not null
group by service, assignee
order by service, assignee nulls first
"""

_COUNTED = ("running", "due_soon", "overdue", "waiting")


async def summary(connection: Connection, services: Sequence[str]) -> dict[str, Any]:
    """The number of open cases by state, for each service and assignee (null: none yet)."""
    rows = await connection.fetch(_SUMMARY)
    return {
        "services": {
            service: {
                counted: sum(row[counted] for row in rows if row["service"] == service)
                for counted in _COUNTED
            }
            for service in services
        },
        "assignees": [
            {"service": row["service"], "assignee": row["assignee"]}
            | {counted: row[counted] for counted in _COUNTED}
            for row in rows
        ],
    }
