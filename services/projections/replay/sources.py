"""The sources of the figures: the feeds of the services' logs, and this release's rules."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from services.projections.read_models.batch import CaseReadModels
from shared.messaging.feed_client import FeedClient
from shared.messaging.feed_token import FeedToken, FileToken, IssuedToken
from shared.promise.standard import load_standards
from shared.promise.working_days import load_calendar
from shared.runtime.settings import FeedSettings


def current_read_models() -> CaseReadModels:
    """Read models that read clocks by the newest calendar, as the services do."""
    return CaseReadModels(load_calendar(), load_standards())


def feeds_of(given: FeedSettings) -> Mapping[str, FeedClient]:
    """A client for each source's feed."""
    token = _token_of(given)
    return {
        "complaints": FeedClient(given.complaints_url, token),
        "requests": FeedClient(given.requests_url, token),
    }


def _token_of(given: FeedSettings) -> FeedToken:
    if given.feed_token_url is None:
        assert given.feed_token_file is not None
        return FileToken(given.feed_token_file)
    return IssuedToken(
        given.feed_token_url,
        given.feed_client_id,
        given.feed_client_secret.get_secret_value(),
        dict(parse_qsl(given.feed_token_parameters)),
    )
