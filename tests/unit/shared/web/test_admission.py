"""The places and the line in front of them, in virtual time."""

import asyncio
from collections import Counter

import pytest

from shared.web.admission import (
    GIVE_BACK_SECONDS,
    PACE_AT_START,
    PLACES,
    RETRY_AFTER_SECONDS_MAX,
    TICK_SECONDS,
    WAIT_SECONDS_MAX,
    WAITING_BYTES_MAX,
    WAITING_MAX,
    AdmissionLine,
)
from shared.web.problems.problem import Problem
from tests.support.clocks.virtual_time import run

FLOOD = 5_000


class Trial:
    """A line in virtual time in front of work that takes as long as it is told."""

    def __init__(self, work_seconds: float) -> None:
        self.work_seconds = work_seconds
        self.reasons: Counter[str] = Counter()
        self.line = AdmissionLine(lambda reason: self.reasons.update([reason]), now)
        self.done_after: list[float] = []
        self.refused_after: list[float] = []
        self.retries_after: list[int] = []
        self.connections: set[str] = set()

    async def flood(self, requests: int, *, size_bytes: int = 0) -> None:
        """So many at once, until the last one is answered."""
        await asyncio.gather(*(self.visit(size_bytes) for _ in range(requests)))

    async def visit(self, size_bytes: int = 0) -> None:
        came_at = now()
        try:
            self.line.check()
            await self.line.enter(size_bytes)
        except Problem as busy:
            self.refused_after.append(now() - came_at)
            self.retries_after.append(int(busy.headers["Retry-After"]))
            self.connections.add(busy.headers["Connection"])
            return
        try:
            await asyncio.wait([asyncio.Future()], timeout=self.work_seconds)
            self.done_after.append(now() - came_at)
        finally:
            self.line.leave()


def now() -> float:
    return asyncio.get_running_loop().time()


def test_a_request_that_cannot_be_served_in_time_is_refused_at_once() -> None:
    trial = Trial(work_seconds=0.4)  # 320 a second

    run(trial.flood(FLOOD))

    assert len(trial.done_after) == PLACES + WAIT_SECONDS_MAX * PACE_AT_START
    assert max(trial.done_after) <= WAIT_SECONDS_MAX + 0.5
    assert set(trial.refused_after) == {0.0}
    assert trial.reasons == {"late": len(trial.refused_after)}


def test_the_refused_are_told_to_come_one_after_another() -> None:
    trial = Trial(work_seconds=0.4)

    run(trial.flood(4_000))

    first, last = trial.retries_after[0], trial.retries_after[-1]
    assert trial.retries_after == sorted(trial.retries_after)
    assert first == WAIT_SECONDS_MAX + 1
    assert abs(last - 4_000 / PACE_AT_START) <= 1


def test_retry_after_has_a_longest_time() -> None:
    trial = Trial(work_seconds=60.0)

    run(trial.flood(3 * FLOOD))

    assert max(trial.retries_after) == RETRY_AFTER_SECONDS_MAX


def test_a_measured_pace_decides_how_many_may_wait() -> None:
    """Faster work lets more of the next flood in, however idle the service was before."""
    trial = Trial(work_seconds=0.1)  # 1,280 a second

    async def twice() -> None:
        await trial.flood(FLOOD)
        done = len(trial.done_after)
        await asyncio.wait([asyncio.Future()], timeout=3_600)
        await trial.flood(FLOOD)
        trial.done_after = trial.done_after[done:]

    run(twice())

    assert len(trial.done_after) == PLACES + WAITING_MAX > PLACES + WAIT_SECONDS_MAX * PACE_AT_START


def test_a_standstill_lets_nobody_wait_longer_than_promised() -> None:
    trial = Trial(work_seconds=60.0)

    async def flood_twice() -> None:
        first = asyncio.create_task(trial.flood(1_000))
        await asyncio.wait([first], timeout=10.0)
        await trial.flood(1_000)
        await first

    run(flood_twice())

    assert len(trial.done_after) == PLACES
    assert max(trial.refused_after) <= WAIT_SECONDS_MAX + TICK_SECONDS
    assert trial.refused_after.count(0.0) >= 999  # after ten seconds without a response


def test_large_bodies_fill_the_line_sooner() -> None:
    trial = Trial(work_seconds=0.5)

    async def large_before_small() -> None:
        await asyncio.gather(
            trial.flood(PLACES + 2, size_bytes=WAITING_BYTES_MAX // 2), trial.flood(10)
        )

    run(large_before_small())

    assert len(trial.done_after) == PLACES + 2
    assert trial.reasons == {"full": 10}


def test_a_cancelled_request_leaves_its_place_to_the_next() -> None:
    trial = Trial(work_seconds=0.5)

    async def cancelled_in_line() -> None:
        places = asyncio.create_task(trial.flood(PLACES))
        await asyncio.wait([places], timeout=0.1)
        impatient = asyncio.create_task(trial.visit())
        next_one = asyncio.create_task(trial.visit())
        await asyncio.wait([impatient], timeout=0.1)
        impatient.cancel()
        await asyncio.gather(places, next_one)
        await trial.flood(PLACES)

    run(cancelled_in_line())

    assert len(trial.done_after) == 2 * PLACES + 1
    assert not trial.reasons


def test_a_request_cancelled_in_the_moment_of_its_turn_leaves_its_place() -> None:
    line = Trial(work_seconds=0.5).line

    async def cancelled_in_its_turn() -> None:
        for _ in range(PLACES):
            await line.enter()
        impatient = asyncio.create_task(line.enter())
        await asyncio.wait([impatient], timeout=0.1)
        line.leave()
        impatient.cancel()
        await asyncio.wait([impatient])

        async with asyncio.timeout(1.0):
            await line.enter()

    run(cancelled_in_its_turn())


def test_memory_is_given_back_once_after_a_flood(monkeypatch: pytest.MonkeyPatch) -> None:
    given_back_at: list[float] = []
    monkeypatch.setattr(
        "shared.web.admission.give_memory_back", lambda: given_back_at.append(now())
    )
    trial = Trial(work_seconds=0.5)

    async def flood_and_wait() -> None:
        await trial.flood(FLOOD)
        await asyncio.wait([asyncio.Future()], timeout=2 * GIVE_BACK_SECONDS)

    run(flood_and_wait())

    assert len(given_back_at) == 1


def test_refused_callers_are_told_to_close_their_connection() -> None:
    """Or those of a flood would keep its memory."""
    trial = Trial(work_seconds=0.5)

    run(trial.flood(FLOOD))

    assert trial.connections == {"close"}


def test_an_idle_line_refuses_nobody() -> None:
    trial = Trial(work_seconds=0.5)

    run(trial.flood(PLACES))

    assert len(trial.done_after) == PLACES
    assert not trial.reasons
