"""The periods of the figures: years, their quarters, and months."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from shared.postgres.connection import Connection

Kind: TypeAlias = Literal["year", "quarter", "month"]

MONTHS = range(1, 13)
QUARTERS = range(1, 5)

_SHAPE = re.compile(r"([1-9][0-9]{3})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")


class MalformedPeriod(ValueError):
    """A period reads 2026, 2026-Q4 or 2026-11."""


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months of one year; a case belongs to the period in which it was received."""

    kind: Kind
    year: int
    first_month: int
    months: int

    @property
    def id(self) -> str:
        if self.kind == "year":
            return f"{self.year}"
        if self.kind == "quarter":
            return f"{self.year}-Q{self.quarter}"
        return f"{self.year}-{self.first_month:02}"

    @property
    def quarter(self) -> int:
        """The quarter of its first month."""
        return quarter_of(self.first_month)

    @property
    def first_day(self) -> dt.date:
        return dt.date(self.year, self.first_month, 1)

    @property
    def last_day(self) -> dt.date:
        last_month = self.first_month + self.months - 1
        after = dt.date(self.year + last_month // 12, last_month % 12 + 1, 1)
        return after - dt.timedelta(days=1)

    def has_begun(self, today: dt.date) -> bool:
        return self.first_day <= today

    def is_complete(self, today: dt.date) -> bool:
        return self.last_day < today


def year(number: int) -> Period:
    return Period("year", number, 1, 12)


def quarter(of_year: int, number: int) -> Period:
    return Period("quarter", of_year, 3 * number - 2, 3)


def month(of_year: int, number: int) -> Period:
    return Period("month", of_year, number, 1)


def quarter_of(month_number: int) -> int:
    return (month_number + 2) // 3


def read_period(text: str) -> Period:
    """Raises `MalformedPeriod`."""
    found = _SHAPE.fullmatch(text)
    if found is None or found[1] == "9999":
        raise MalformedPeriod(text)
    if found[2]:
        return quarter(int(found[1]), int(found[2]))
    if found[3]:
        return month(int(found[1]), int(found[3]))
    return year(int(found[1]))


def parts_of(number: int) -> list[Period]:
    """A year, its quarters, its months."""
    quarters = [quarter(number, each) for each in QUARTERS]
    return [year(number), *quarters, *(month(number, each) for each in MONTHS)]


_MONTHS_WITH_CASES = "select distinct month from tally order by month"


async def periods(connection: Connection, today: dt.date) -> list[Period]:
    """The periods that have begun or hold a case, the newest year first.

    The first year is that of the first case. A case that arrives on the last evening of a month
    belongs to the next month, which has not begun then.
    """
    months = [row["month"] for row in await connection.fetch(_MONTHS_WITH_CASES)]
    first = min([today, *months]).year
    last = max([today, *months]).year
    return [
        period
        for number in range(last, first - 1, -1)
        for period in parts_of(number)
        if exists(period, today, months)
    ]


def exists(period: Period, today: dt.date, months_with_cases: list[dt.date]) -> bool:
    """Whether it has begun or holds a case."""
    return period.has_begun(today) or any(
        period.first_day <= month <= period.last_day for month in months_with_cases
    )
