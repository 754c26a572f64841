"""A use case is run anew after a version conflict, a bounded number of times."""

from uuid import uuid4

import pytest

from shared.eventstore.errors import KeyReused, VersionConflict
from shared.eventstore.retries import TRIES_MAX, retried

CONFLICT = VersionConflict(uuid4(), expected=1, found=2)


class Desk:
    """A use case that fails as often as it is told."""

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)
        self.tries = 0

    @retried
    async def approve(self, number: str, *, by: str) -> str:
        self.tries += 1
        if self._errors:
            raise self._errors.pop()
        return f"{number} by {by}"


async def test_the_first_success_is_the_answer() -> None:
    desk = Desk(CONFLICT, CONFLICT)

    assert await desk.approve("PRM-1", by="ani") == "PRM-1 by ani"
    assert desk.tries == 3


async def test_the_last_conflict_is_raised() -> None:
    desk = Desk(*[CONFLICT] * TRIES_MAX)

    with pytest.raises(VersionConflict):
        await desk.approve("PRM-1", by="ani")

    assert desk.tries == TRIES_MAX


async def test_nothing_but_a_conflict_is_tried_again() -> None:
    desk = Desk(KeyReused())

    with pytest.raises(KeyReused):
        await desk.approve("PRM-1", by="ani")

    assert desk.tries == 1
