"""The responses about the past, described for the OpenAPI document.

The models don't build the responses; a test compares the two.
"""

from datetime import date

from services.projections.api.schemas import Service
from services.projections.read_models.history.reasons import Reason
from shared.cases.web.responses import View


class RevisionView(View):
    """A figure of a past period that changed after the period's end, and why.

    `kind`: of the requests of that kind only. `old` and `new` are null where a rate was of nothing.
    """

    period: str
    revised_on: date
    service: Service
    kind: str | None
    figure: str
    old: float | None
    new: float | None
    why: Reason


class RevisionsView(View):
    items: list[RevisionView]
    next_cursor: str | None


class LogHeadView(View):
    """The last event that the log recorded on that day: its position, and its hash in hex."""

    date: date
    position: int
    hash: str


class LogHeadsView(View):
    requests: list[LogHeadView]
    complaints: list[LogHeadView]
