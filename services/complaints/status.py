"""Where a complaint can stand, and when a resolved one closes by itself.

A resolved complaint waits ten working days for an objection (domain rule of this product; the
standard is silent). They are counted like every promise of this office, so that a complainant can
find the last day on a wall calendar. Next: `domain.py` says which step leads on from where.
"""

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from shared.office_time import PONTIANAK, local_date
from shared.promise.working_days import Calendar

SILENT_DAYS = 10  # working days after the day of the resolution


class ComplaintStatus(StrEnum):
    """Where a complaint stands."""

    RECEIVED = "received"
    CLASSIFIED = "classified"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REJECTED = "rejected"
    FORWARDED = "forwarded"
    VOIDED = "voided"


UNANSWERED = {
    ComplaintStatus.RECEIVED,
    ComplaintStatus.CLASSIFIED,
    ComplaintStatus.IN_PROGRESS,
    ComplaintStatus.WAITING,
}


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
