"""The calendar: which days are working days, and when office hours close.

A working day is Monday to Friday, less public holidays and collective leave (cuti bersama). The
newest version of each year's data holds; a case with a due date by an earlier version keeps the
days off of that version (`as_of`, `keeping`).

Days are counted by their rank, the number of working days up to them, so that counting sixty days
costs the same as counting one.
"""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from shared.office_time import PONTIANAK
from shared.promise.amending import newest_of
from shared.promise.calendar_year import DayOff, UnknownCalendar, Year, read_year
from shared.promise.standard import DATA, OfficeHours, load_standards

SATURDAY = 5  # as `date.weekday` counts
DAY = dt.timedelta(days=1)
RELATIVES_MAX = 64  # cached calendars of other versions; there are as many as amendments


class Calendar:
    """All years, each in one version. It is immutable.

    A future year without data has only weekends off and is provisional. A past year without data is
    unknown: new cases in it are refused (`unknown_year`), though stored ones can be read.
    """

    def __init__(
        self,
        years: Sequence[Year],
        office_hours: Callable[[dt.date], OfficeHours],
        *,
        numbers: Mapping[int, int] | None = None,
        kept_days_off: Iterable[dt.date] = (),
    ) -> None:
        """`numbers` gives the version of each year; by default the newest.

        `kept_days_off` are off as well: days that a decree removed for all but the cases that were
        open then.
        """
        self._years = years
        self._office_hours = office_hours
        if numbers is None:
            numbers = {year.year: year.newest.number for year in years}
        self.version = _version(numbers)
        self._decreed = frozenset(numbers)
        self._confirmed: set[int] = set()
        self._named: dict[dt.date, DayOff] = {}
        self._other_closes: dict[dt.date, dt.time] = {}
        for year in years:
            if year.year in numbers:
                self._add(year, numbers[year.year])
        kept = frozenset(kept_days_off)
        self._name_kept(kept)
        self.days_off = kept.union(self._named)

        self._off = sorted(day.toordinal() for day in self.days_off if day.weekday() < SATURDAY)
        # Day off i comes before the working day of rank r if and only if _off_ranks[i] <= r.
        self._off_ranks = [_weekdays_to(off) - index for index, off in enumerate(self._off)]
        self._relatives: dict[tuple[str, tuple[dt.date, ...]], Calendar] = {}

    # Questions about a day

    def is_working_day(self, day: dt.date) -> bool:
        return day.weekday() < SATURDAY and day not in self.days_off

    def day_off(self, day: dt.date) -> DayOff | None:
        """The decreed day off on that date, even if it falls on a weekend."""
        return self._named.get(day)

    def is_provisional(self, day: dt.date) -> bool:
        """Whether days off of that year may still be decreed or moved."""
        return day.year not in self._confirmed

    def reaches_provisional(self, first: dt.date, last: dt.date) -> bool:
        """Whether a count between the two days depends on days not yet decreed."""
        return not self._confirmed.issuperset(range(first.year, last.year + 1))

    def has_settled(self, version: str, first: dt.date, last: dt.date) -> bool:
        """Whether what that version left open from one day to the other is decreed by now, as it
        was: the days off between them are the same.
        """
        if not self.knows(version):
            return False
        then = self.as_of(version)
        open_years = set(range(first.year, last.year + 1)) - then._confirmed
        return open_years <= self._confirmed and all(
            then._off_between(*span) == self._off_between(*span)
            for span in (
                (max(first, dt.date(year, 1, 1)), min(last, dt.date(year, 12, 31)))
                for year in open_years
            )
        )

    def unknown_year(self, first: dt.date, last: dt.date, today: dt.date) -> int | None:
        """The first past year in this time that has no calendar; None if there is none.

        Past is what lies before this year, and what lies before a year that is decreed.
        """
        past = max(self._decreed | {today.year})
        years = range(first.year, min(last.year + 1, past))
        return next((year for year in years if year not in self._decreed), None)

    def next_working_day(self, day: dt.date) -> dt.date:
        """The first working day strictly after `day`."""
        return self.working_day(self.rank(day) + 1)

    def working_day_from(self, day: dt.date) -> dt.date:
        """That day if it is a working day, else the next one."""
        return self.next_working_day(day - DAY)

    def working_days_between(self, after: dt.date, until: dt.date) -> int:
        """The number of working days after `after`, up to and including `until`."""
        return max(0, self.rank(until) - self.rank(after))

    # Ranks

    def rank(self, day: dt.date) -> int:
        """The number of working days up to and including `day`, from an origin long ago.

        So the n-th working day after `day` is `working_day(rank(day) + n)`.
        """
        ordinal = day.toordinal()
        return _weekdays_to(ordinal) - bisect_right(self._off, ordinal)

    def rank_from(self, day: dt.date) -> int:
        """The rank of the first working day on or after `day`."""
        return self.rank(day - DAY) + 1

    def working_day(self, rank: int) -> dt.date:
        """The working day of that rank."""
        return dt.date.fromordinal(_weekday(rank + bisect_right(self._off_ranks, rank)))

    # Instants and the close of office hours

    def closes_at(self, day: dt.date) -> dt.datetime:
        """When office hours close on a Monday to Friday, if that is a working day."""
        return dt.datetime.combine(day, self._close(day), PONTIANAK)

    def received_on(self, instant: dt.datetime) -> dt.date:
        """The working day on which something that arrives at `instant` counts as received.

        It is the same day, if that is a working day and not closed yet; else the next working day.
        """
        local = instant.astimezone(PONTIANAK)
        day = local.date()
        if self.is_working_day(day) and local.time() < self._close(day):
            return day
        return self.next_working_day(day)

    def first_close(self, since: dt.datetime) -> dt.date:
        """The date of the first close of office hours at that instant or later.

        Only working days have a close.
        """
        local = since.astimezone(PONTIANAK)
        day = local.date()
        if self.is_working_day(day) and local.time() <= self._close(day):
            return day
        return self.next_working_day(day)

    def _off_between(self, first: dt.date, last: dt.date) -> list[int]:
        """The days off from Monday to Friday, both ends included, by their ordinals."""
        start = bisect_left(self._off, first.toordinal())
        return self._off[start : bisect_right(self._off, last.toordinal())]

    def _close(self, day: dt.date) -> dt.time:
        return self._other_closes.get(day) or self._office_hours(day).closes

    # Other versions

    def year(self, number: int) -> Year | None:
        """The data of a year, if there are any."""
        return next((year for year in self._years if year.year == number), None)

    def knows(self, version: str) -> bool:
        """Whether `as_of` knows that version."""
        try:
            return version == self.version or all(
                (year := self.year(number)) is not None and newest <= year.newest.number
                for number, newest in _numbers(version).items()
            )
        except UnknownCalendar:
            return False

    def decrees_between(self, old: str, new: str, *, since: dt.date) -> list[str]:
        """The decrees that made the one version of the calendar out of the other.

        Of years before `since` none are told: nothing that began then is reckoned by them.
        """
        before = _numbers(old)
        return [
            version.decree
            for number, newest in _numbers(new).items()
            if number >= since.year and (year := self.year(number)) is not None
            for version in year.versions[before.get(number, 0) : newest]
        ]

    def as_of(self, version: str) -> "Calendar":
        """The calendar as it is or was in that version; UnknownCalendar if the data lack it."""
        return self if version == self.version else self._relative(version, ())

    def keeping(self, days_off: tuple[dt.date, ...]) -> "Calendar":
        """The calendar for a case that keeps these days off, whatever was decreed since."""
        return self._relative(self.version, days_off) if days_off else self

    def _relative(self, version: str, kept: tuple[dt.date, ...]) -> "Calendar":
        relative = self._relatives.get((version, kept))
        if relative is None:
            if len(self._relatives) == RELATIVES_MAX:
                self._relatives.clear()
            numbers = _numbers(version)
            if missing := numbers.keys() - {year.year for year in self._years}:
                raise UnknownCalendar(f"there is no calendar of {min(missing)}")
            relative = Calendar(
                self._years, self._office_hours, numbers=numbers, kept_days_off=kept
            )
            self._relatives[version, kept] = relative
        return relative

    def _add(self, year: Year, number: int) -> None:
        if not year.version(number).provisional:
            self._confirmed.add(year.year)
        for day in year.days_off:
            if day.span.holds_in(number):
                self._named[day.date] = day
        for other in year.other_hours:
            if other.span.holds_in(number):
                for date in other.days():
                    if date.weekday() < SATURDAY:
                        self._other_closes[date] = other.hours[date.weekday()].closes

    def _name_kept(self, kept: frozenset[dt.date]) -> None:
        for year in self._years:
            for day in year.days_off:
                if day.date in kept:
                    self._named.setdefault(day.date, day)


def load_calendar(folder: Path = DATA, applied: Sequence[Year] = ()) -> Calendar:
    """The calendar in force: the newest version of every year, with the standards' office hours.

    `applied`: years that this office has amended since. A file that breaks a rule is refused with
    WrongData.
    """
    years = [read_year(path) for path in sorted((folder / "calendar").glob("*.toml"))]
    return Calendar(newest_of(years, applied), load_standards(folder).hours_on)


def _version(numbers: Mapping[int, int]) -> str:
    """As "2025.2+2026.1": what the clock of a case names the calendar by."""
    return "+".join(f"{year}.{number}" for year, number in sorted(numbers.items()))


def _numbers(version: str) -> dict[int, int]:
    try:
        pairs = [part.split(".") for part in version.split("+") if part]
        return {int(year): int(number) for year, number in pairs}
    except ValueError:
        raise UnknownCalendar(f"{version!r} names no calendar") from None


def _weekdays_to(ordinal: int) -> int:
    """How many days from Monday to Friday there are up to and with this ordinal."""
    weeks, days = divmod(ordinal - 1, 7)  # 1 January of the year 1 was a Monday
    return 5 * weeks + min(days + 1, 5)


def _weekday(rank: int) -> int:
    """The ordinal of the Monday to Friday of that rank: the way back from `_weekdays_to`."""
    weeks, days = divmod(rank - 1, 5)
    return 7 * weeks + days + 1
