"""Which instant a service acts by, and whose clock is said to be off."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.clock_reading import ClockReading
from shared.runtime.clocks import GuardedClock
from tests.support.clocks.fake_clock import FakeClock

NOW = datetime(2026, 11, 30, 5, tzinfo=UTC)
HOUR, DAY, FORTY_DAYS = timedelta(hours=1), timedelta(days=1), timedelta(days=40)
RIGHT = timedelta()
A_MOMENT = timedelta(seconds=1)


class Asked:
    """A source whose answers told this time."""

    def __init__(self, ahead: timedelta) -> None:
        self.clock: ClockReading | None = ClockReading(NOW + ahead)


async def guarded(own: timedelta, database: timedelta, *sources: timedelta) -> GuardedClock:
    async def shown() -> datetime:
        return NOW + database

    named = {f"source {n}": Asked(ahead) for n, ahead in enumerate(sources, start=1)}
    clock = GuardedClock(FakeClock(NOW + own), shown, named)
    await clock.read()
    return clock


@pytest.mark.parametrize(
    ("own", "others", "acts_by"),
    [
        pytest.param(RIGHT, [RIGHT, RIGHT, RIGHT], RIGHT, id="all right"),
        pytest.param(FORTY_DAYS, [RIGHT, RIGHT, RIGHT], RIGHT, id="own ahead"),
        pytest.param(HOUR, [RIGHT, RIGHT, RIGHT], RIGHT, id="own an hour ahead"),
        pytest.param(FORTY_DAYS, [RIGHT], RIGHT, id="own ahead, no source"),
        pytest.param(RIGHT, [FORTY_DAYS, RIGHT, RIGHT], RIGHT, id="the database's ahead"),
        pytest.param(RIGHT, [RIGHT, FORTY_DAYS, RIGHT], RIGHT, id="a source's ahead"),
        pytest.param(FORTY_DAYS, [RIGHT, FORTY_DAYS, RIGHT], RIGHT, id="own and a source's ahead"),
        pytest.param(RIGHT, [-FORTY_DAYS, RIGHT, RIGHT], RIGHT, id="the database's behind"),
        pytest.param(RIGHT, [RIGHT, -DAY, -DAY], RIGHT, id="the sources' behind"),
        pytest.param(-2 * HOUR, [RIGHT, RIGHT, RIGHT], -2 * HOUR, id="own behind"),
        pytest.param(A_MOMENT, [RIGHT, RIGHT, RIGHT], A_MOMENT, id="a moment is no difference"),
    ],
)
async def test_an_instant_ahead_of_database_and_sources_is_never_acted_by(
    own: timedelta, others: list[timedelta], acts_by: timedelta
) -> None:
    clock = await guarded(own, *others)

    assert abs(clock.now() - (NOW + acts_by)) < A_MOMENT


@pytest.mark.parametrize(
    ("own", "others", "words"),
    [
        pytest.param(RIGHT, [RIGHT, RIGHT, RIGHT], [], id="none"),
        pytest.param(FORTY_DAYS, [RIGHT, RIGHT, RIGHT], ["this process", "40 days"], id="own"),
        pytest.param(-2 * HOUR, [RIGHT, RIGHT, RIGHT], ["this process", "2:00:00"], id="back"),
        pytest.param(RIGHT, [FORTY_DAYS, RIGHT, RIGHT], ["of the database runs"], id="database"),
        pytest.param(RIGHT, [RIGHT, FORTY_DAYS, RIGHT], ["of source 1 runs"], id="source"),
        pytest.param(DAY, [RIGHT], ["this process runs 1 day", "the database"], id="one of two"),
    ],
)
async def test_a_clock_that_is_off_is_named(
    own: timedelta, others: list[timedelta], words: list[str]
) -> None:
    clock = await guarded(own, *others)

    said = await clock.check()

    assert (said.state == "degraded") == clock.is_any_off == bool(words)
    assert [each for each in words if each not in said.words] == []


async def test_a_clock_alone_is_its_own_judge() -> None:
    clock = GuardedClock(FakeClock(NOW + FORTY_DAYS), lambda: pytest.fail("not asked"))

    assert clock.now() == NOW + FORTY_DAYS
    assert not clock.is_any_off


async def test_distances_are_a_metric() -> None:
    clock = await guarded(FORTY_DAYS, RIGHT, RIGHT)

    (gauge,) = clock.collect()

    ahead = {sample.labels["clock"]: round(sample.value) for sample in gauge.samples}
    assert ahead == {"this process": 40 * 86_400, "the database": 0, "source 1": 0}
