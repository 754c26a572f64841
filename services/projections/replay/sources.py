"""The sources of the figures: the feeds of the services' logs, and this release's rules."""

from __future__ import annotations

from collections.abc import Mapping

from services.projections.read_models.batch import CaseReadModels
from shared.messaging.feed_client import FeedClient
from shared.promise.standard import load_standards
from shared.promise.working_days import load_calendar
from shared.runtime.settings import FeedSettings


def current_read_models() -> CaseReadModels:
    """Read models that read clocks by the newest calendar, as the services do."""
    return CaseReadModels(load_calendar(), load_standards())


def feeds_of(given: FeedSettings) -> Mapping[str, FeedClient]:
    """A client for each source's feed."""
    return {
        "complaints": FeedClient(given.complaints_url, given.feed_token_file),
        "requests": FeedClient(given.requests_url, given.feed_token_file),
    }
