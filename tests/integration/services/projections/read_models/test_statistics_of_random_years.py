"""Every published figure of a whole random year against a slow recount, day by day.

`tests/support/years/random_year.py` makes the year, `recount.py` and `slow_clock.py` count it,
sharing no code with `shared/promise/` and the read models. `JANJI_TEST_TIMES=20` looks at
twenty times as many.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.projections.read_models.periods import Period, parts_of, year
from services.projections.read_models.releases.releases import NOT_RELEASED
from shared.messaging.subscription import Incoming
from testbed.databases import Database
from testbed.projected import Projected, projected
from tests.support.years.apply_stories import BEFORE_ALL, day_of
from tests.support.years.examples import examples
from tests.support.years.random_year import RandomYear
from tests.support.years.recount import CountedCase, follow, recount
from tests.support.years.recount_detail import in_detail
from tests.support.years.recount_registration import not_voided

# A seed that fails says it all; looking for a smaller one would take minutes.
ONE_LOOK = settings(
    deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.reuse, Phase.generate]
)
PERIODS = [*parts_of(2026), year(2027)]
STANDARD = {"standard": "09/DISKOMINFO/2022", "target_rate": 1.0}
DETAIL = set(NOT_RELEASED)

worlds = st.builds(RandomYear, seed=st.integers(0, 10**9), cases=st.integers(100, 400))


def test_every_published_figure_is_that_of_a_recount(
    database: Callable[[str], Database],
) -> None:
    url = database("projections").app_url

    async def told(world: RandomYear, days_later: int) -> None:
        async with projected(url, BEFORE_ALL, world.calendar) as office:
            events = world.events()
            await told_in_batches(office, events)
            await office.roll(office.today + timedelta(days=days_later))
            cases = follow(events, office.today, world.decrees)
            for period in PERIODS:
                await every_figure_is_counted(office, cases, period, world)

    @settings(ONE_LOOK, max_examples=examples(2))
    @given(worlds, st.integers(0, 100))
    def holds(world: RandomYear, days_later: int) -> None:
        asyncio.run(told(world, days_later))

    holds()


async def told_in_batches(office: Projected, events: Sequence[Incoming]) -> None:
    """Each on the day of its last event."""
    size = len(events) // 5 + 1
    for first in range(0, len(events), size):
        batch = events[first : first + size]
        office.today = day_of(batch[-1])
        await office.apply(batch)
    assert await office.held() == 0
    assert "other" not in await office.reasons()


async def every_figure_is_counted(
    office: Projected, cases: Sequence[CountedCase], period: Period, world: RandomYear
) -> None:
    first, last, on = period.first_day, period.last_day, office.today
    said = (await office.statistics(period.id))["services"]
    received = [c for c in cases if c.service == "complaints" and first <= c.received_on <= last]
    complaints = not_voided(received)
    assert said["requests"] == {
        **recount(cases, "requests", first, last, on, world.decrees),
        **STANDARD,
        "days_allowed": 1,
        "further_clocks": {},
    }
    assert {
        name: said["complaints"][name] for name in said["complaints"] if name not in DETAIL
    } == {
        **recount(cases, "complaints", first, last, on, world.decrees),
        **STANDARD,
        "days_allowed": None,
    }
    assert await office.in_detail(period.id) == in_detail(complaints, on)
