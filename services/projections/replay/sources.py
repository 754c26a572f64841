"""What the figures are made of: the feeds of the services' logs, and the rules of this release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.projections.read_models.batch import ReadModels
from shared.messaging.feed_client import FeedClient
from shared.promise.standard import load_standards
from shared.promise.working_days import load_calendar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.runtime.settings import Sources


def read_models_of_today() -> ReadModels:
    """Clocks are read by the newest calendar, as the services reckon them."""
    return ReadModels(load_calendar(), load_standards())


def feeds_of(given: Sources) -> Mapping[str, FeedClient]:
    """Where each source's log is read."""
    return {
        "complaints": FeedClient(given.complaints_url, given.feed_token_file),
        "requests": FeedClient(given.requests_url, given.feed_token_file),
    }
