"""The standards and the calendar by which the figures are counted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from services.projections.read_models.periods import Period
from shared.promise.standard import Standard, Standards, UnknownStandard
from shared.promise.working_days import Calendar


@dataclass(slots=True)
class RulesInForce:
    """All standards and one calendar, which is replaced when it is amended."""

    standards: Standards
    calendar: Calendar

    def calendar_version(self) -> str:
        return self.calendar.version

    def standard(self, period: Period, today: dt.date) -> Standard:
        """The standard at the end of the period, or today; before the first one, the newest."""
        try:
            return self.standards.in_force(min(period.last_day, today))
        except UnknownStandard:
            return self.standards.in_force(dt.date.max)
