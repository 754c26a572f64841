"""The service standard: the office's published promise, as data.

All code reads deadlines, channels, kinds and office hours from here. Another office runs Janji with
another file in `data/`; the code contains none of its facts. A case keeps the standard under which
it was received: a new decree changes no old promise.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from shared.promise.clock_definition import ClockDefinition
from shared.promise.data_file import DataTable, WrongData, read_data_file, read_text
from shared.promise.legal_basis import LegalBasis, named_basis, read_basis
from shared.text import Text

T = TypeVar("T")
DATA = Path(__file__).parent / "data"
AGENCIES = "agencies.toml"

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


@dataclass(frozen=True, slots=True)
class Office:
    government: Text
    name: Text
    reviewer: Text  # the unit that reviews and processes requests
    address: Text
    phone: str
    website: str


@dataclass(frozen=True, slots=True)
class RequestKind:
    """A kind of request."""

    code: str
    name: Text
    basis: LegalBasis


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to reach the office; `address` is a phone number, a mail address or a link, if any."""

    code: str
    name: Text
    address: str | None
    basis: LegalBasis


@dataclass(frozen=True, slots=True)
class Category:
    """A category of complaints and its deadline in working days."""

    code: str
    name: Text
    days_allowed: int
    basis: LegalBasis


@dataclass(frozen=True, slots=True)
class OfficeHours:
    opens: dt.time
    closes: dt.time

    @classmethod
    def read(cls, table: DataTable) -> "OfficeHours":
        with table:
            hours = cls(opens=table.time("opens"), closes=table.time("closes"))
        if hours.closes <= hours.opens:
            raise table.wrong("closes", f"must be after {hours.opens}, not {hours.closes}")
        return hours


@dataclass(frozen=True, slots=True)
class Standard:
    """One decree on one service. `to_be_confirmed` names the keys that the decree leaves open."""

    decree: str
    in_force_from: dt.date
    title: Text
    office: Office
    requirements: tuple[Text, ...]
    procedure: tuple[Text, ...]
    completion: Text
    days_allowed: int
    days_basis: LegalBasis
    fee: Text
    products: tuple[Text, ...]
    kinds: Mapping[str, RequestKind]
    request_channels: Mapping[str, Channel]
    channels: Mapping[str, Channel]
    categories: Mapping[str, Category]
    mail_domain: str
    target_rate: float
    office_hours: Mapping[int, OfficeHours]  # by weekday, Monday is 0; other days are not worked
    hours_basis: LegalBasis
    clocks: Mapping[str, ClockDefinition]  # that run beside the promise
    to_be_confirmed: tuple[str, ...]

    @property
    def complaint_days(self) -> Mapping[str, int]:
        return {code: category.days_allowed for code, category in self.categories.items()}

    @property
    def shortest_complaint_days(self) -> int:
        """The days allowed for an unclassified complaint: not classifying one gains nothing."""
        return min(self.complaint_days.values())


class UnknownStandard(LookupError):
    """No standard of that name, or none in force on that day."""


class Standards:
    """All standards that the office has had."""

    def __init__(self, standards: Sequence[Standard]) -> None:
        self._newest_first = sorted(standards, key=lambda each: each.in_force_from, reverse=True)
        self._by_decree = {standard.decree: standard for standard in standards}

    def __iter__(self) -> Iterator[Standard]:
        """The oldest first."""
        return reversed(self._newest_first)

    def in_force(self, on: dt.date) -> Standard:
        """The standard for a case received on that day."""
        for standard in self._newest_first:
            if standard.in_force_from <= on:
                return standard
        raise UnknownStandard(f"no service standard was in force on {on}")

    def hours_on(self, day: dt.date) -> OfficeHours:
        """The office hours of a weekday; before the first standard, those of the first."""
        standard = self._newest_first[0]
        if day < standard.in_force_from:
            standard = self.in_force(max(day, self._newest_first[-1].in_force_from))
        return standard.office_hours[day.weekday()]

    def named(self, decree: str) -> Standard:
        """The standard under which a case was received."""
        try:
            return self._by_decree[decree]
        except KeyError:
            raise UnknownStandard(f"there is no service standard {decree}") from None


def load_standards(folder: Path = DATA) -> Standards:
    """Read all service standards of the office. Raises WrongData with file, key and rule."""
    standards: list[Standard] = []
    for path in sorted(set(folder.glob("*.toml")) - {folder / AGENCIES}):
        table = read_data_file(path)
        standard = _standard(table)
        if any(standard.decree == other.decree for other in standards):
            raise table.wrong("decree", f"{standard.decree} stands in another file already")
        if any(standard.in_force_from == other.in_force_from for other in standards):
            raise table.wrong("in_force_from", "another standard starts on the same day")
        standards.append(standard)
    if not standards:
        raise WrongData(str(folder), "", "holds no service standard")
    return Standards(standards)


def read_office_hours(table: DataTable) -> dict[int, OfficeHours]:
    """The office hours of a week: one table a day, Monday to Friday."""
    with table:
        return {number: OfficeHours.read(table.table(day)) for number, day in enumerate(WEEKDAYS)}


def _standard(table: DataTable) -> Standard:
    with table, table.table("completion") as completion:
        bases = {name: read_basis(entry) for name, entry in table.table("bases").entries()}
        hours = table.table("office_hours")
        return Standard(
            decree=table.string("decree"),
            in_force_from=table.date("in_force_from"),
            title=read_text(table.table("title")),
            office=_office(table.table("office")),
            requirements=tuple(map(read_text, table.tables("requirements"))),
            procedure=tuple(map(read_text, table.tables("procedure"))),
            completion=read_text(completion.table("text")),
            days_allowed=completion.number("days_allowed", least=1),
            days_basis=named_basis(completion, bases),
            fee=read_text(table.table("fee")),
            products=tuple(map(read_text, table.tables("products"))),
            kinds=_each(table, "kinds", partial(_kind, bases=bases)),
            request_channels=_each(table, "request_channels", partial(_channel, bases=bases)),
            channels=_each(table, "channels", partial(_channel, bases=bases)),
            categories=_each(table, "categories", partial(_category, bases=bases)),
            mail_domain=table.string("mail_domain"),
            target_rate=table.share("target_rate"),
            hours_basis=named_basis(hours, bases),
            office_hours=read_office_hours(hours),
            clocks=_clocks(table, bases),
            to_be_confirmed=_to_be_confirmed(table),
        )


def _each(table: DataTable, key: str, read: Callable[[str, DataTable], T]) -> dict[str, T]:
    return {code: read(code, entry) for code, entry in table.table(key).entries()}


def _office(table: DataTable) -> Office:
    with table:
        return Office(
            government=read_text(table.table("government")),
            name=read_text(table.table("name")),
            reviewer=read_text(table.table("reviewer")),
            address=read_text(table.table("address")),
            phone=table.string("phone"),
            website=table.string("website"),
        )


def _kind(code: str, table: DataTable, bases: Mapping[str, LegalBasis]) -> RequestKind:
    with table:
        return RequestKind(code, read_text(table.table("name")), named_basis(table, bases))


def _channel(code: str, table: DataTable, bases: Mapping[str, LegalBasis]) -> Channel:
    with table:
        address = table.string("address") if table.has("address") else None
        return Channel(code, read_text(table.table("name")), address, named_basis(table, bases))


def _category(code: str, table: DataTable, bases: Mapping[str, LegalBasis]) -> Category:
    with table:
        name, days = read_text(table.table("name")), table.number("days_allowed", least=1)
        return Category(code, name, days, named_basis(table, bases))


def _clocks(table: DataTable, bases: Mapping[str, LegalBasis]) -> dict[str, ClockDefinition]:
    return _each(table, "clocks", partial(_clock, bases=bases)) if table.has("clocks") else {}


def _clock(code: str, table: DataTable, bases: Mapping[str, LegalBasis]) -> ClockDefinition:
    with table:
        name = read_text(table.table("name"))
        return ClockDefinition.read(code, table, name, named_basis(table, bases))


def _to_be_confirmed(table: DataTable) -> tuple[str, ...]:
    keys = table.strings("to_be_confirmed")
    for key in keys:
        if not table.has(key):
            raise table.wrong("to_be_confirmed", f"there is no {key} here")
    return keys


def as_json(standard: Standard) -> dict[str, Any]:
    """The standard as `GET /v1/standard` returns it."""
    plain: dict[str, Any] = _plain(standard)
    hours = plain["office_hours"]
    plain["office_hours"] = {WEEKDAYS[number]: each for number, each in hours.items()}
    return plain


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return value
