"""Amending the calendar: what a new version of a year may say, and which of two files holds.

A decree may take days off away and give others, from one day to the next. What it can't do is
change what was promised before: so a new version comes in a file that still holds the old ones,
word for word as to days and hours, and anything else is refused with key, line and rule.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from shared.promise.calendar_year import Year
from shared.promise.data_file import WrongData, line_of


def check_amendment(year: Year, present: Year | None, *, text: str, today: dt.date) -> None:
    """Whether this year may be in force from now on. Raises WrongData, with the line in `text`.

    `text` is the file that it was read from, and `present` the year as it is in force; None:
    nothing is known of it yet.
    """
    for key, rule in _objections(year, present, today):
        raise WrongData(f"{year.year}.toml", key, rule, line_of(text, key) or 1)


def newest_of(shipped: Sequence[Year], applied: Sequence[Year]) -> list[Year]:
    """Each year as it is in force: as it was applied here, or as this release ships it.

    The shipped one holds if it goes on from the applied one. If a release brought something else
    under a number that this office has used already, the promises stand as they were made.
    """
    years = {year.year: year for year in applied}
    for year in shipped:
        applied_here = years.get(year.year)
        if applied_here is None or _goes_on(year, applied_here):
            years[year.year] = year
    return [years[number] for number in sorted(years)]


def _goes_on(year: Year, present: Year) -> bool:
    return next(_rewritten(year, present), None) is None


def _objections(year: Year, present: Year | None, today: dt.date) -> Iterator[tuple[str, str]]:
    """What speaks against it: a key and a rule."""
    newest, key = year.newest.number, f"versions[{len(year.versions)}]"
    if present is not None:
        known = present.newest.number
        if newest <= known:
            yield f"{key}.number", f"must be newer than {known}, which is in force"
        yield from _rewritten(year, present)
    if year.newest.decided_on > today:
        decided_on = year.newest.decided_on
        yield f"{key}.decided_on", f"lies ahead ({decided_on}): only a decree amends, once given"


def _rewritten(year: Year, present: Year) -> Iterator[tuple[str, str]]:
    """Where it says of an old version something else than what was promised by it."""
    for old in present.versions:
        place = f"versions[{old.number}]"
        if old.number > len(year.versions):
            yield "versions", f"lacks version {old.number}, which was in force"
        elif year.versions[old.number - 1] != old:
            yield place, f"version {old.number} must stay as it was: {old.decree}"
        else:
            yield from _other_days(year, present, old.number)


def _other_days(year: Year, present: Year, number: int) -> Iterator[tuple[str, str]]:
    was, says = present.off_in(number), year.off_in(number)
    for date in sorted(was.keys() - says.keys()):
        mend = f"give it `until = {number + 1}` instead of leaving it out"
        yield _place(year, date), f"{date} was off in version {number}: {mend}"
    for date in sorted(says.keys() - was.keys()):
        mend = f"give it `since = {number + 1}` or later"
        yield _place(year, date), f"{date} was not off in version {number}: {mend}"
    hours_were, hours_say = present.other_hours_in(number), year.other_hours_in(number)
    for date in sorted(_differing(hours_were, hours_say)):
        yield "other_hours[1]", f"{date} had other office hours in version {number}"


def _differing(one: Mapping[dt.date, object], other: Mapping[dt.date, object]) -> set[dt.date]:
    return {day for day in one.keys() | other.keys() if one.get(day) != other.get(day)}


def _place(year: Year, date: dt.date) -> str:
    """The key of a day off, or of the one that stands where it should."""
    for index, day in enumerate(year.days_off, start=1):
        if day.date >= date:
            return f"days_off[{index}].date"
    return f"days_off[{len(year.days_off)}]"
