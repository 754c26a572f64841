"""What the figures are made of: the feeds of the services' logs, and the rules of this release."""

from __future__ import annotations

from collections.abc import Mapping

from services.projections.read_models.batch import CaseReadModels
from shared.messaging.feed_client import FeedClient
from shared.promise.standard import load_standards
from shared.promise.working_days import load_calendar
from shared.runtime.settings import FeedSettings


def current_read_models() -> CaseReadModels:
    """Clocks are read by the newest calendar, as the services reckon them."""
    return CaseReadModels(load_calendar(), load_standards())


def feeds_of(given: FeedSettings) -> Mapping[str, FeedClient]:
    """Where each source's log is read."""
    return {
        "complaints": FeedClient(given.complaints_url, given.feed_token_file),
        "requests": FeedClient(given.requests_url, given.feed_token_file),
    }
