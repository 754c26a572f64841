"""Amending the calendar: what a new version of a year may change, and which of two files holds.

A decree may add and remove days off, from one day to the next, but it can't change an earlier
promise. So the file of a new version must still contain the old versions with the same days and
hours; any other file is refused with key, line and rule.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from shared.promise.calendar_year import Year
from shared.promise.data_file import WrongData, line_of


def check_amendment(year: Year, present: Year | None, *, text: str, today: dt.date) -> None:
    """Check that this year may come into force. Raises WrongData, with the line in `text`.

    `text` is the file of the year, and `present` the year as it is in force; None: it is unknown.
    """
    for key, rule in _objections(year, present, today):
        raise WrongData(f"{year.year}.toml", key, rule, line_of(text, key) or 1)


def newest_of(shipped: Sequence[Year], applied: Sequence[Year]) -> list[Year]:
    """Each year as it is in force: as it was applied here, or as this release ships it.

    The shipped year holds if it extends the applied one. If a release ships other content under a
    version number that this office has used, the applied year holds, so promises don't change.
    """
    years = {year.year: year for year in applied}
    for year in shipped:
        applied_here = years.get(year.year)
        if applied_here is None or _extends(year, applied_here):
            years[year.year] = year
    return [years[number] for number in sorted(years)]


def _extends(year: Year, present: Year) -> bool:
    return next(_changed_history(year, present), None) is None


def _objections(year: Year, present: Year | None, today: dt.date) -> Iterator[tuple[str, str]]:
    """The objections, each with a key and a rule."""
    newest, key = year.newest.number, f"versions[{len(year.versions)}]"
    if present is not None:
        known = present.newest.number
        if newest <= known:
            yield f"{key}.number", f"must be newer than {known}, which is in force"
        yield from _changed_history(year, present)
    if year.newest.decided_on > today:
        decided_on = year.newest.decided_on
        yield f"{key}.decided_on", f"lies ahead ({decided_on}): only a decree amends, once given"


def _changed_history(year: Year, present: Year) -> Iterator[tuple[str, str]]:
    """Where the year contradicts an old version by which promises were made."""
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
    """The key of a day off, or of the next one in the file if it is missing."""
    for index, day in enumerate(year.days_off, start=1):
        if day.date >= date:
            return f"days_off[{index}].date"
    return f"days_off[{len(year.days_off)}]"
