"""The time on the office's wall: dates of the office, from instants."""

import datetime as dt
from zoneinfo import ZoneInfo

PONTIANAK = ZoneInfo("Asia/Pontianak")


def local_date(instant: dt.datetime) -> dt.date:
    """The date on the office's wall at that instant. 00:00 belongs to the new day."""
    return instant.astimezone(PONTIANAK).date()
