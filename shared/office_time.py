"""The office's local time: instants as dates of Pontianak."""

import datetime as dt
from zoneinfo import ZoneInfo

PONTIANAK = ZoneInfo("Asia/Pontianak")


def local_date(instant: dt.datetime) -> dt.date:
    """The office's local date at that instant. 00:00 belongs to the new day."""
    return instant.astimezone(PONTIANAK).date()
