"""When figures are stale, and what is a position."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.projections.store.checkpoints import (
    MalformedPosition,
    is_stale,
    parse_positions,
)
from tests.support.messaging.source_positions import applied_position

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
FIVE_MINUTES = timedelta(minutes=5)
NEVER_CHECKED = applied_position("requests", recorded_at=NOW)
JUST_CHECKED = replace(NEVER_CHECKED, at_head_at=NOW)


def test_figures_are_stale_when_no_check_found_them_at_the_head_for_five_minutes() -> None:
    assert is_stale([NEVER_CHECKED], NOW)
    assert not is_stale([JUST_CHECKED], NOW + FIVE_MINUTES)
    assert is_stale([JUST_CHECKED], NOW + FIVE_MINUTES + timedelta(seconds=1))


def test_a_forked_source_is_stale_at_once() -> None:
    assert is_stale([replace(JUST_CHECKED, forked_at=7)], NOW)


def test_one_stale_source_makes_figures_stale() -> None:
    assert is_stale([JUST_CHECKED, NEVER_CHECKED], NOW)


@pytest.mark.parametrize(
    "text",
    ["", "requests", "requests:", ":4", "requests:x", "requests:-1", ",".join(["requests:1"] * 20)],
)
def test_malformed_position_is_refused(text: str) -> None:
    with pytest.raises(MalformedPosition):
        parse_positions(text)
