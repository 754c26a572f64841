"""What is counted of a case, and the keys under which it is counted: the columns of `tally`."""

import datetime as dt
from typing import NamedTuple, TypeAlias

from services.projections.read_models.states import State

Facet: TypeAlias = str
Key: TypeAlias = tuple[dt.date, Facet, str, str, int]
"""month, facet, member, measure, value."""

Facets: TypeAlias = tuple[tuple[Facet, str], ...]
"""The facets that count a case, each with the case's member."""

ALL: tuple[Facet, str] = ("", "")
UNCLASSIFIED = "unclassified"


class CountedCase(NamedTuple):
    """The part of a case that is counted, as it stood on some day."""

    facets: Facets
    received_on: dt.date
    state: State
    due_on: dt.date | None
    waiting_since: dt.date | None
    days_used: int
    days_elapsed: int
    provisional: bool
    calendar: str
    is_rejected: bool
    waited: bool
    reopenings: int
    reclassified: bool
    score: int | None
    backdated: bool
    imported_on: dt.date | None
    is_voided_overdue: bool


class TallyRow(NamedTuple):
    """A row of `tally`, `month` as its number."""

    service: str
    month: int
    facet: Facet
    member: str
    measure: str
    value: int
    counted: int
