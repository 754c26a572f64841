"""Formats numbers, dates and times as people here write them: 1.234 · 95,7 % · pukul 10.15 WIB."""

import datetime as dt
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_date, format_time
from babel.numbers import format_decimal

from shared.office_time import PONTIANAK
from shared.web.language import Language

LOCALES = {"id": "id", "en": "en_GB"}
NO_BREAK = "\N{NO-BREAK SPACE}"
TENTH = Decimal("0.1")


def number(value: float, language: Language) -> str:
    return format_decimal(value, locale=LOCALES[language])


def percent(part: int, whole: int, language: Language) -> str:
    """One decimal; 100 only for the whole and 0 only for nothing."""
    rate = (Decimal(100 * part) / whole).quantize(TENTH, ROUND_HALF_UP)
    if 0 < part < whole:
        rate = min(max(rate, TENTH), 100 - TENTH)
    return format_decimal(rate, "#,##0.0", locale=LOCALES[language]) + NO_BREAK + "%"


def working_days(value: int, language: Language) -> str:
    """`1 hari kerja`; English has a plural."""
    unit = "hari kerja" if language == "id" else "working day" if value == 1 else "working days"
    return f"{number(value, language)} {unit}"


def day(value: date, language: Language) -> str:
    return format_date(value, "d MMMM y", locale=LOCALES[language])


def weekday(value: date, language: Language) -> str:
    return format_date(value, "EEEE, d MMMM y", locale=LOCALES[language])


def month(value: date, language: Language) -> str:
    return format_date(value, "MMMM y", locale=LOCALES[language])


def month_short(value: date, language: Language) -> str:
    """`Agu`, below a column of a chart."""
    return format_date(value, "LLL", locale=LOCALES[language])


def month_letter(value: date, language: Language) -> str:
    """`A`, below a narrow column."""
    return format_date(value, "LLLLL", locale=LOCALES[language])


def time(value: datetime, language: Language) -> str:
    """The time of an instant in Pontianak's time zone."""
    here = value.astimezone(PONTIANAK)
    before = "" if language == "en" else "pukul "
    return f"{before}{clock(here.time(), language)} {here:%Z}"


def clock(value: dt.time, language: Language) -> str:
    """`16.30`, in English `16:30`."""
    return format_time(value, "HH:mm" if language == "en" else "HH.mm", locale=LOCALES[language])


def instant(value: datetime, language: Language) -> str:
    """Date and time of an instant in Pontianak."""
    between = ", " if language == "en" else " "
    here = value.astimezone(PONTIANAK)
    return f"{day(here.date(), language)}{between}{time(here, language)}"
