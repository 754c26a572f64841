"""Responses with releases, and parts that live figures share, for the OpenAPI document."""

from datetime import date, datetime
from typing import Literal

from shared.cases.web.responses import NameView, View


class Spread(View):
    median: int | None
    p90: int | None
    max: int | None


class DaysUsed(Spread):
    """`histogram`: how many cases by days used."""

    histogram: dict[str, int]


class FurtherClock(View):
    """A deadline beside the promise: started = kept + missed + running."""

    name: NameView
    days: int
    unit: Literal["working_days", "calendar_days"]
    basis: NameView
    to_be_confirmed: bool
    started: int
    kept: int
    missed: int
    running: int


class ReleasedOn(View):
    """Released on a day; what hardly changed since then stands as it was."""

    released_on: date


class ReleasedDaysUsed(DaysUsed, ReleasedOn):
    pass


class ReleasedSpread(Spread, ReleasedOn):
    pass


class ReleasedClock(FurtherClock, ReleasedOn):
    pass


class ReleasedRow(ReleasedOn):
    """How many complaints of these members came out how."""

    members: list[str]
    received: int
    on_time: int
    not_on_time: int
    undecided: int
    on_time_rate: float | None


class CategoryRow(ReleasedRow):
    """`days_allowed`: null where the members' deadlines differ."""

    days_allowed: int | None


class Rating(ReleasedOn):
    mean: float | None
    count: int


class Detail(View):
    """What the newest release says; null where there is none yet, and in months."""

    released_at: datetime | None
    days_used: ReleasedDaysUsed | None
    days_elapsed: ReleasedSpread | None
    further_clocks: dict[str, ReleasedClock] | None
    by_category: dict[str, CategoryRow] | None
    by_channel: dict[str, ReleasedRow] | None
    rating: Rating | None


class ReleaseItem(View):
    """A release: of a quarter's first day, or of an import's end; the periods that it covers."""

    date: date
    released_at: datetime
    why: Literal["quarter", "import"]
    periods: list[str]
    url: str


class ReleasesView(View):
    items: list[ReleaseItem]
    next_cursor: None


class ReleaseView(View):
    """All that one release says, by period. It never changes."""

    date: date
    released_at: datetime
    why: Literal["quarter", "import"]
    periods: dict[str, Detail]
