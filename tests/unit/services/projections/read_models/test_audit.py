"""An audit of what is published of complaints: no reader can work out a hidden cell.

Random years of an office are counted, published by the real code (four quarters and the year, both
tables), and read by somebody who solves every equation there is (`tests/support/audit.py`).
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.projections.read_models.breakdowns import breakdowns, days_allowed
from services.projections.read_models.counts import Count, YearCounts
from services.projections.read_models.periods import parts_of
from shared.promise.standard import load_standards
from shared.promise.working_days import load_calendar
from tests.support.audit import COLUMNS, MONTHS, QUARTERS, YEAR, Cell, Reader, Totals, cells
from tests.support.examples import examples

TODAY, CALENDAR = date(2026, 12, 31), load_calendar()
STANDARD = load_standards().named("09/DISKOMINFO/2022")
ALLOWED = days_allowed(STANDARD)
BANDS = sorted(set(ALLOWED.values()))
CATEGORIES, CHANNELS = list(ALLOWED), list(STANDARD.channels)
WITH_DEADLINES = "by_category"
FACETS = {"by_category": CATEGORIES, "by_channel": CHANNELS}

STATES = ("on_time", "late", "overdue", "running", "waiting", "forwarded")
DECIDED = {"on_time": "on_time", "late": "not_on_time", "overdue": "not_on_time"}


@dataclass(frozen=True)
class Complaint:
    """As much of one as the statistics count."""

    category: str
    channel: str
    month: int
    state: str
    days_used: int
    paused: bool


def counts(year: Sequence[Complaint]) -> YearCounts:
    """What the table `tally` holds of them."""
    counted: Counter[tuple[int, str, str, str, int]] = Counter()
    for each in year:
        for facet, member in (
            ("", ""),
            ("category", each.category),
            ("channel", each.channel),
        ):
            counted[each.month, facet, member, each.state, 0] += 1
        if each.state in DECIDED:
            counted[each.month, "", "", "days_used", each.days_used] += 1
        if each.paused:
            counted[each.month, "", "", "waited", 0] += 1
    return YearCounts([Count("complaints", *key, count) for key, count in counted.items()])


def published(year: Sequence[Complaint]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """By table, the rows of the quarters and of the year."""
    whole, *quarters = parts_of(2026)[:5]
    said = [
        breakdowns(period, counts(year), STANDARD, on=TODAY, calendar=CALENDAR)
        for period in (*quarters, whole)
    ]
    return {name: [rows[name] or {} for rows in said] for name in FACETS}


def totals(year: Sequence[Complaint], month: int) -> Totals:
    """What is said of all of a month's."""
    mine = [each for each in year if each.month == month]
    parts = Counter(DECIDED.get(each.state, "undecided") for each in mine)
    days = [each.days_used for each in mine if each.state in DECIDED]
    lowest = [-1, *BANDS[:-1]]
    return Totals(
        on_time=parts["on_time"],
        not_on_time=parts["not_on_time"],
        undecided=parts["undecided"],
        days=[
            len([each for each in days if low < each and (high == BANDS[-1] or each <= high)])
            for low, high in zip(lowest, BANDS, strict=True)
        ],
        unpaused=max(
            0,
            len([each for each in mine if each.state == "running"])
            - len([each for each in mine if each.paused]),
        ),
        age=age_of(month),
    )


def age_of(month: int) -> int:
    """Working days since it ended."""
    last_day = date(2026, month, monthrange(2026, month)[1])
    days = [last_day + timedelta(days=n) for n in range(1, (TODAY - last_day).days + 1)]
    return len([day for day in days if CALENDAR.is_working_day(day)])


def value(year: Sequence[Complaint], cell: Cell) -> int:
    """What a cell really is."""
    member, period, column = cell
    return len(
        [
            each
            for each in year
            if member in (each.category, each.channel)
            and period in (YEAR, (each.month - 1) // 3)
            and column in ("received", DECIDED.get(each.state))
        ]
    )


def given_away(year: Sequence[Complaint], known: Sequence[str] = ()) -> dict[Cell, int]:
    """The hidden cells that the breakdowns tell to somebody whom the totals alone don't tell.

    He knows everything of the members that are `known`.
    """
    months = {month: totals(year, month) for month in MONTHS}
    told: dict[Cell, int] = {}
    for name, publication in published(year).items():
        hidden = {cell: value(year, cell) for cell, said in cells(publication) if said is None}
        readers = []
        for _ in ("of everything", "of the totals"):
            readers.append(
                Reader(FACETS[name], months, ALLOWED if name == WITH_DEADLINES else None)
            )
            for cell in product(known if name == WITH_DEADLINES else (), QUARTERS, COLUMNS):
                readers[-1].told(cell, value(year, cell))
        readers[0].read(publication)
        found = {cell: hidden[cell] for cell in readers[0].gives_away(hidden)}
        obvious = readers[1].gives_away(found)
        told |= {cell: count for cell, count in found.items() if cell not in obvious}
    return told


@st.composite
def complaints(draw: st.DrawFn) -> Complaint:
    category = draw(st.sampled_from(CATEGORIES))
    state = draw(st.sampled_from(STATES))
    most = ALLOWED[category] if state == "on_time" else 70
    month = draw(st.integers(1, 12))
    needs_a_pause = state == "waiting" or (state == "running" and age_of(month) > ALLOWED[category])
    return Complaint(
        category=category,
        channel=draw(st.sampled_from(CHANNELS)),
        month=month,
        state=state,
        days_used=draw(st.integers(0, most)),
        paused=needs_a_pause or draw(st.booleans()),
    )


@st.composite
def years(draw: st.DrawFn) -> list[Complaint]:
    """A few kinds of complaint, each of them so many times."""
    groups = draw(
        st.lists(
            st.tuples(complaints(), st.one_of(st.integers(1, 5), st.integers(1, 60))), max_size=25
        )
    )
    return [complaint for complaint, times in groups for _ in range(times)]


@settings(max_examples=examples(6), deadline=None)
@given(years())
def test_no_hidden_cell_can_be_worked_out(year: list[Complaint]) -> None:
    assert given_away(year) == {}


@settings(max_examples=examples(6), deadline=None)
@given(years())
def test_nor_a_small_one_by_who_knows_how_many_are_not_classified(year: list[Complaint]) -> None:
    """The further clocks say how many were verified; at worst that tells who was not."""
    told = given_away(year, known=["unclassified"])

    assert [cell for cell, count in told.items() if cell[0] in ALLOWED and 1 <= count <= 4] == []
