"""How long an answer waits for an echo: ten working days, then the complaint closes by itself.

Counted like every promise of this office, in working days of its calendar, so that a complainant
can find the last day on a wall calendar (domain rule of this product; the standard is silent).
"""

from datetime import date, datetime, time, timedelta

from shared.office_time import PONTIANAK, local_date
from shared.promise.working_days import Calendar

SILENT_DAYS = 10  # working days after the day of the resolution


def last_day_to_reopen(resolved_at: datetime, calendar: Calendar) -> date:
    """The tenth working day after the day of the resolution."""
    day = local_date(resolved_at)
    for _ in range(SILENT_DAYS):
        day = calendar.next_working_day(day)
    return day


def closes_at(resolved_at: datetime, calendar: Calendar) -> datetime:
    """The midnight that ends the last day to reopen."""
    last_day = last_day_to_reopen(resolved_at, calendar)
    return datetime.combine(last_day + timedelta(days=1), time(), PONTIANAK)
