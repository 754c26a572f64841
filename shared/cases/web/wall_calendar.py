"""A small wall calendar that explains a due date: which days counted, and why the others didn't.

    wall_calendar(case_days(case, today, calendar), "id", due_on=reading.due_on, today=today)

It is given to a template as it is: words are in it, and each reason has a sign beside its colour.
`case_days` is in `shared/cases/web/responses.py`; the look is in `wall_calendar.css`.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from babel.dates import format_date
from markupsafe import Markup

from shared.promise.counted_days import Day, Why
from shared.text import Text
from shared.web.language import Language, say
from shared.web.page import formatting
from shared.web.page.html import TEMPLATES, html_templates

MONTHS_MAX = 13  # a case that is open for longer is explained by its first months
MONDAY = dt.date(2026, 11, 2)
DAY = dt.timedelta(days=1)

SIGNS: Mapping[Why, str] = {
    "received": "↓",
    "counted": "",  # its number stands there
    "weekend": "–",
    "day_off": "×",
    "with_applicant": "‖",
    "answer_received": "↩",
}
DUE, TODAY = "◆", "●"

APPLICANT_AWAITED = Text(id="menunggu pemohon", en="waiting for the applicant")
COMPLAINANT_AWAITED = Text(id="menunggu jawaban pelapor", en="waiting for the complainant")

REASONS: Mapping[Why, Text] = {
    "received": Text(id="diterima", en="received"),
    "counted": Text(id="hari kerja ke-{counted} yang dihitung", en="counted, day {counted}"),
    "weekend": Text(id="akhir pekan", en="weekend"),
    "day_off": Text(id="hari libur", en="day off"),
    "with_applicant": APPLICANT_AWAITED,
    "answer_received": Text(id="jawaban diterima", en="answer received"),
}
LEGEND: Mapping[Why, Text] = {
    **REASONS,
    "counted": Text(id="hari kerja yang dihitung", en="working day that counts"),
}
WORDS: Mapping[str, Text] = {
    "due": Text(id="batas waktu", en="due date"),
    "today": Text(id="hari ini", en="today"),
    "ahead": Text(id="perkiraan", en="expected"),
    "days_off": Text(id="Hari libur", en="Days off"),
    "more": Text(
        id="Hari-hari sesudahnya, sampai {day}, tidak ditampilkan.",
        en="The days after that, until {day}, are not shown.",
    ),
}


@dataclass(frozen=True, slots=True)
class CalendarCell:
    """A day on the wall. One that is not the case's has no sign and no words."""

    date: dt.date
    kind: str = "outside"  # or why it counts or doesn't
    sign: str = ""
    words: str = ""
    is_due: bool = False
    is_today: bool = False
    is_ahead: bool = False


CalendarWeek = Sequence[CalendarCell | None]


@dataclass(frozen=True, slots=True)
class CalendarMonth:
    """A table: weeks of seven days, Monday first; None where another month's days would be."""

    name: str
    weeks: Sequence[CalendarWeek]


def wall_calendar(
    days: Sequence[Day],
    language: Language,
    *,
    due_on: dt.date | None = None,
    today: dt.date | None = None,
    awaited: Text = APPLICANT_AWAITED,
) -> Markup:
    """The months of these days, in order and without gaps; what lies after `today` is expected.

    `awaited`: whose answer a waiting case waits for, in words.
    """
    reasons = {**REASONS, "with_applicant": awaited}
    months = _months([_cell(day, reasons, language, due_on, today) for day in days], language)
    shown, left_out = months[:MONTHS_MAX], months[MONTHS_MAX:]
    cells = [cell for month in shown for week in month.weeks for cell in week if cell]
    more = say(WORDS["more"], language).format(day=formatting.day(days[-1].date, language))
    html = _TEMPLATE.render(
        months=shown,
        weekdays=[_weekday(MONDAY + number * DAY, language) for number in range(7)],
        legend=_legend(days, {**LEGEND, "with_applicant": awaited}, language),
        days_off=_days_off(days, language),
        due=DUE if any(cell.is_due for cell in cells) else None,
        today=TODAY if any(cell.is_today for cell in cells) else None,
        any_ahead=any(cell.is_ahead for cell in cells),
        more=more if left_out else None,
        word={key: say(text, language) for key, text in WORDS.items()},
    )
    return Markup(html)  # noqa: S704  the template escapes


def _legend(
    days: Sequence[Day], legend: Mapping[Why, Text], language: Language
) -> list[tuple[Why, str, str]]:
    """The meaning of each sign that is shown."""
    seen = {day.why for day in days}
    return [
        (why, SIGNS[why] or "1", say(words, language))
        for why, words in legend.items()
        if why in seen
    ]


def _days_off(days: Sequence[Day], language: Language) -> list[tuple[str, str, str | None]]:
    return [
        (formatting.weekday(day.date, language), say(day.name, language), day.decree)
        for day in days
        if day.name is not None
    ]


def _months(cells: Sequence[CalendarCell], language: Language) -> list[CalendarMonth]:
    by_month = groupby(cells, key=lambda cell: cell.date.replace(day=1))
    return [
        CalendarMonth(formatting.month(first, language), list(_weeks(first, list(of_month))))
        for first, of_month in by_month
    ]


def _cell(
    day: Day,
    reasons: Mapping[Why, Text],
    language: Language,
    due_on: dt.date | None,
    today: dt.date | None,
) -> CalendarCell:
    words = [say(reasons[day.why], language).format(counted=day.counted)]
    is_due, is_today = day.date == due_on, day.date == today
    is_ahead = today is not None and day.date > today
    words += [say(day.name, language)] if day.name else []
    for key, holds in (("due", is_due), ("today", is_today), ("ahead", is_ahead)):
        words += [say(WORDS[key], language)] if holds else []
    return CalendarCell(
        date=day.date,
        kind=day.why,
        sign=SIGNS[day.why] or str(day.counted),
        words=", ".join(words),
        is_due=is_due,
        is_today=is_today,
        is_ahead=is_ahead,
    )


def _weeks(first: dt.date, cells: Sequence[CalendarCell]) -> Iterator[CalendarWeek]:
    """The weeks that hold a day of the case; the month's other days of them are only numbers."""
    known = {cell.date: cell for cell in cells}
    monday = cells[0].date - cells[0].date.weekday() * DAY
    while monday <= cells[-1].date:
        week = [monday + number * DAY for number in range(7)]
        yield [
            known.get(date, CalendarCell(date)) if date.month == first.month else None
            for date in week
        ]
        monday += 7 * DAY


def _weekday(date: dt.date, language: Language) -> tuple[str, str]:
    """`Sen`, and `Senin` for a screen reader."""
    locale = formatting.LOCALES[language]
    return format_date(date, "EEE", locale=locale), format_date(date, "EEEE", locale=locale)


_TEMPLATE = html_templates([TEMPLATES]).get_template("wall_calendar.html")
