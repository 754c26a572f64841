"""The days off of one year, with every version that was ever decreed.

An amendment overwrites nothing. It adds a version: the days that it adds hold `since` that version,
and the days that it removes hold `until` it. So every earlier version can be restored, and with it
what a case was promised.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from shared.promise.data_file import DataTable, read_data, read_text
from shared.promise.standard import OfficeHours, read_office_hours
from shared.text import Text

DayOffKind = Literal["holiday", "collective_leave"]


class UnknownCalendar(LookupError):
    """A calendar version that the data lack, for example after a downgrade."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a year, with the decree that made it."""

    number: int
    decree: str
    decided_on: dt.date
    provisional: bool


@dataclass(frozen=True, slots=True)
class Span:
    """A range of versions: from `since` on, before `until`."""

    since: int
    until: int | None

    def holds_in(self, number: int) -> bool:
        return self.since <= number and (self.until is None or number < self.until)

    def overlaps(self, other: "Span") -> bool:
        return other.holds_in(self.since) or self.holds_in(other.since)


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day off, with the decree that first gave it."""

    date: dt.date
    kind: DayOffKind
    name: Text
    decree: str
    span: Span


@dataclass(frozen=True, slots=True)
class OtherHours:
    """Office hours of a period, for example Ramadan."""

    first_on: dt.date
    last_on: dt.date
    name: Text
    hours: Mapping[int, OfficeHours]
    span: Span

    def days(self) -> Iterator[dt.date]:
        for ordinal in range(self.first_on.toordinal(), self.last_on.toordinal() + 1):
            yield dt.date.fromordinal(ordinal)


@dataclass(frozen=True, slots=True)
class Year:
    """A year with all its versions, oldest first."""

    year: int
    versions: tuple[Version, ...]
    days_off: tuple[DayOff, ...]
    other_hours: tuple[OtherHours, ...] = ()

    @property
    def newest(self) -> Version:
        return self.versions[-1]

    def version(self, number: int) -> Version:
        if not 1 <= number <= len(self.versions):
            raise UnknownCalendar(f"the calendar of {self.year} has no version {number}")
        return self.versions[number - 1]

    def off_in(self, number: int) -> dict[dt.date, DayOff]:
        """The days off of that version."""
        return {day.date: day for day in self.days_off if day.span.holds_in(number)}

    def other_hours_in(self, number: int) -> dict[dt.date, OfficeHours]:
        """The office hours of that version on the days with other than the usual hours."""
        return {
            date: other.hours[date.weekday()]
            for other in self.other_hours
            if other.span.holds_in(number)
            for date in other.days()
            if date.weekday() in other.hours
        }


def read_year(path: Path) -> Year:
    """Read `2026.toml`. Raises WrongData, which names file, key, rule and line."""
    return year_in(path.name, path.read_bytes())


def year_in(name: str, content: bytes) -> Year:
    """The year of a file's content, wherever it is stored."""
    with read_data(name, content) as table:
        year = table.number("year", least=1)
        if name != f"{year}.toml":
            raise table.wrong("year", f"must be the year of the file's name, not {year}")
        versions = _versions(table.tables("versions"))
        others = table.tables("other_hours") if table.has("other_hours") else []
        return Year(
            year=year,
            versions=versions,
            days_off=_days_off(table.tables("days_off"), year, versions),
            other_hours=_other_hours(others, year, versions),
        )


def _versions(tables: Sequence[DataTable]) -> tuple[Version, ...]:
    versions: list[Version] = []
    for table in tables:
        with table:
            version = Version(
                number=table.number("number", least=1),
                decree=table.string("decree"),
                decided_on=table.date("decided_on"),
                provisional=table.flag("provisional"),
            )
        if version.number != len(versions) + 1:
            raise table.wrong("number", f"must be {len(versions) + 1}: versions count from 1")
        if versions and version.decided_on < versions[-1].decided_on:
            raise table.wrong("decided_on", "must not be before that of the version before")
        versions.append(version)
    return tuple(versions)


def _days_off(
    tables: Sequence[DataTable], year: int, versions: Sequence[Version]
) -> tuple[DayOff, ...]:
    days_off: list[DayOff] = []
    seen: dict[dt.date, list[Span]] = {}
    for table in tables:
        with table:
            span = _span(table, versions)
            day = DayOff(
                date=_date_in(table, "date", year),
                kind=_kind(table),
                name=read_text(table.table("name")),
                decree=versions[span.since - 1].decree,
                span=span,
            )
        _refuse_overlap(table, "date", span, seen.setdefault(day.date, []))
        days_off.append(day)
    return tuple(days_off)


def _other_hours(
    tables: Sequence[DataTable], year: int, versions: Sequence[Version]
) -> tuple[OtherHours, ...]:
    others: list[OtherHours] = []
    seen: dict[dt.date, list[Span]] = {}
    for table in tables:
        with table:
            other = OtherHours(
                first_on=_date_in(table, "first_on", year),
                last_on=_date_in(table, "last_on", year),
                name=read_text(table.table("name")),
                hours=read_office_hours(table.table("hours")),
                span=_span(table, versions),
            )
        if other.last_on < other.first_on:
            raise table.wrong("last_on", f"must not be before {other.first_on}")
        for day in other.days():
            _refuse_overlap(table, "first_on", other.span, seen.setdefault(day, []))
        others.append(other)
    return tuple(others)


def _span(table: DataTable, versions: Sequence[Version]) -> Span:
    since = table.number("since", least=1) if table.has("since") else 1
    until = table.number("until", least=since + 1) if table.has("until") else None
    for key, number in (("since", since), ("until", until or 1)):
        if number > len(versions):
            raise table.wrong(key, f"there is no version {number}")
    return Span(since, until)


def _refuse_overlap(table: DataTable, key: str, span: Span, others: list[Span]) -> None:
    if any(span.overlaps(other) for other in others):
        raise table.wrong(key, "stands in this file twice")
    others.append(span)


def _date_in(table: DataTable, key: str, year: int) -> dt.date:
    date = table.date(key)
    if date.year != year:
        raise table.wrong(key, f"must lie in {year}, not {date}")
    return date


def _kind(table: DataTable) -> DayOffKind:
    kind = table.string("kind")
    for known in get_args(DayOffKind):
        if kind == known:
            return known  # type: ignore[no-any-return]
    raise table.wrong("kind", f"must be one of {', '.join(get_args(DayOffKind))}, not {kind!r}")
