"""Which errors an event is to blame for."""

import asyncpg
import pytest

from services.projections.ingest.quarantine import is_poison


@pytest.mark.parametrize("error", [ValueError("no date"), KeyError("number"), RecursionError()])
def test_an_event_that_cannot_be_read_is_poison(error: Exception) -> None:
    assert is_poison(error)


@pytest.mark.parametrize(
    "error", [MemoryError(), ConnectionError(), asyncpg.OutOfMemoryError(), asyncpg.DiskFullError()]
)
def test_an_error_of_the_surroundings_makes_no_event_poison(error: Exception) -> None:
    assert not is_poison(error)
