"""A source's position as a test gives it, without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from services.projections.store.checkpoints import SourcePosition

EPOCH = "0123abcd-0000-4000-8000-000000000000"
AT_ITS_HEAD = SourcePosition(
    source="requests",
    applied=1042,
    head=1042,
    lag_events=0,
    lag_seconds=0.0,
    quarantined=0,
    held_since=None,
    at_head_at=None,
    forked_at=None,
    unknown={},
    epoch=EPOCH,
    hash=b"\xab\xcd",
    recorded_at=datetime(2026, 11, 23, 3, 10, tzinfo=UTC),
    figures_on=date(2026, 11, 2),
)


def applied_position(source: str, **changes: Any) -> SourcePosition:
    """Of that source, at its head but for these changes; no head check has been there yet."""
    return replace(AT_ITS_HEAD, source=source, **changes)
