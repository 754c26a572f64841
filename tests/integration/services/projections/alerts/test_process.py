"""A look for alerts while the read models stand somewhere in the middle of a log."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from services.projections import health
from services.projections.alerts.domain import KINDS, Alert
from services.projections.alerts.process import AlertProcess, FiguresAhead, ReadModelsBehind
from services.projections.ingest.projector import Projection
from services.projections.replay.sources import current_read_models
from services.projections.store import generations
from shared.eventstore.codec import Codec
from shared.eventstore.log import EventLog
from shared.eventstore.records import Appended
from shared.messaging.feed_client import FeedClient, FeedPage
from shared.messaging.feed_token import FileToken
from shared.office_time import local_date
from shared.postgres.pool import Pool
from shared.runtime.clocks import GuardedClock
from shared.web.health import HealthState
from testbed.databases import Database
from testbed.event_logs import running
from testbed.eventually import eventually
from tests.support.alerts.alerting_office import ANSWERED_LATE, AlertingOffice, alerting_office
from tests.support.clocks.agreeing import SameClock
from tests.support.clocks.case_clocks import at
from tests.support.clocks.fake_clock import FakeClock
from tests.support.messaging.event_source import assert_ends_soon

SOON_SECONDS = 0.2


class BusyFeed(FeedClient):
    """While it is asked, the world goes on."""

    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def read(self, after: int, limit: int = 1_000, wait_seconds: float = 0) -> FeedPage:
        page = await super().read(after, limit, wait_seconds)
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()
        return page


@dataclass
class Desk:
    """The read models of the requests, moved by hand, and who looks at them."""

    office: AlertingOffice
    projection: Projection
    feed: BusyFeed
    log: EventLog
    alerting: AlertProcess

    async def apply_to(self, position: int) -> None:
        """The read models stand there."""
        page = await self.office.sources["requests"].feed.read(0)
        events = [event for event in page.events if event.position <= position]
        await self.projection.apply_batch(events, from_feed=True)

    async def raised(self) -> int:
        return (await self.log.head()).position


@asynccontextmanager
async def at_the_desk(office: AlertingOffice) -> AsyncIterator[Desk]:
    url, fake_clock, models = (
        office.database.app_url,
        FakeClock(at("Mon 23 Nov 12:00")),
        current_read_models(),
    )
    source = office.sources["requests"]
    async with (
        Pool(url, name="alerts", size_max=4) as pool,
        running(url, codec=Codec(KINDS)) as log,
        BusyFeed(source.feed_url, FileToken(office.folder / "token")) as feed,
    ):
        today = local_date(fake_clock())
        sources = list(office.sources)
        await generations.ensure(
            pool, models.schema_sql, sources=sources, on=today, at=fake_clock()
        )
        projection = Projection(pool, models, "requests", now=fake_clock, today=lambda: today)
        alerting = AlertProcess(
            pool,
            projection,
            feed,
            log,
            calendar=lambda: models.calendar,
            clock=GuardedClock(fake_clock, log.clock),
            wait_seconds=SOON_SECONDS,
        )
        yield Desk(office, projection, feed, log, alerting)


@pytest.fixture
async def desk(database: Callable[[str], Database], tmp_path: Path) -> AsyncIterator[Desk]:
    async with alerting_office(database, tmp_path) as office, at_the_desk(office) as desk:
        yield desk


async def test_read_models_that_lag_behind_raise_nothing(desk: Desk) -> None:
    """In the middle of what was imported its case looks open, and overdue for weeks."""
    await desk.office.request("Mon 2 Nov 09:00", then=ANSWERED_LATE)

    for position in range(1, 6):
        await desk.apply_to(position)
        with pytest.raises(ReadModelsBehind):
            await desk.alerting.raise_missing()
    await desk.apply_to(6)

    assert await desk.alerting.raise_missing() == 0
    assert await desk.raised() == 0


async def test_alerts_that_are_kept_back_by_a_lag_are_said_to_be(desk: Desk) -> None:
    await desk.office.request("Mon 2 Nov 09:00", then=ANSWERED_LATE)
    await desk.apply_to(1)
    answered = health.alerting([desk.alerting])
    looking = asyncio.create_task(desk.alerting.run())

    async def says(state: HealthState) -> bool:
        return (await answered()).state == state

    await eventually(partial(says, "degraded"))
    lagging = await answered()
    await desk.apply_to(6)
    await eventually(partial(says, "ok"))
    await assert_ends_soon(looking)

    assert lagging.words == "requests: the figures lag behind the log"


async def test_a_case_to_which_something_happens_meanwhile_waits_for_the_next_look(
    desk: Desk,
) -> None:
    async def imported() -> None:
        await desk.office.request("Mon 2 Nov 09:00", then=ANSWERED_LATE)
        await desk.apply_to(3)

    await desk.office.request("Mon 2 Nov 09:00")
    await desk.apply_to(1)
    desk.feed.meanwhile = imported
    first = await desk.alerting.raise_missing()
    await desk.apply_to(7)
    second = await desk.alerting.raise_missing()

    assert (first, second) == (1, 0)
    assert await desk.raised() == 1


async def test_idle_process_asks_no_source(desk: Desk) -> None:
    await desk.office.request("Mon 2 Nov 09:00")
    await desk.apply_to(1)
    looks = [await desk.alerting.raise_missing() for _ in range(2)]
    await desk.office.sources["requests"].network.refuse()

    assert [*looks, await desk.alerting.raise_missing()] == [1, 0, 0]


async def test_figures_of_a_day_that_has_not_begun_raise_nothing(desk: Desk) -> None:
    await desk.office.request("Mon 23 Nov 09:00")
    await desk.apply_to(1)
    await rolled_ahead(desk)

    with pytest.raises(FiguresAhead):
        await desk.alerting.raise_missing()

    assert await desk.raised() == 0


async def test_alerts_are_withdrawn_only_while_all_clocks_agree(desk: Desk) -> None:
    """Else nobody knows which clock is off: the one that raised them, or this one."""
    await desk.office.request("Mon 23 Nov 09:00")
    await desk.apply_to(1)
    await rolled_ahead(desk)
    assert await with_clocks(desk, AHEAD).raise_missing() == 1

    with pytest.raises(FiguresAhead):
        await with_clocks(desk, NOON, source_at=AHEAD).raise_missing()
    in_doubt = await desk.raised()
    with pytest.raises(FiguresAhead):
        await with_clocks(desk, NOON, source_at=NOON).raise_missing()

    assert (in_doubt, await desk.raised()) == (1, 2)


async def test_alert_that_another_replica_raises_meanwhile_parks_no_case(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.office.request("Mon 2 Nov 09:00")
    await desk.apply_to(1)
    other, appends = with_clocks(desk, NOON), desk.log.append

    async def is_second(alert: Alert) -> Appended:
        monkeypatch.undo()
        assert await other.raise_missing() == 1
        return await appends(alert)

    monkeypatch.setattr(desk.log, "append", is_second)

    assert await desk.alerting.raise_missing() == 0
    assert desk.alerting.parked.reasons == {}
    assert await desk.raised() == 1


NOON, AHEAD = at("Mon 23 Nov 12:00"), at("Mon 23 Nov 12:00") + timedelta(days=40)


async def rolled_ahead(desk: Desk) -> None:
    """By a clock that ran ahead for a while."""
    desk.projection._today = lambda: local_date(AHEAD)
    await desk.projection.roll()


def with_clocks(desk: Desk, own: datetime, *, source_at: datetime | None = None) -> AlertProcess:
    """Another replica that looks for alerts, by these clocks."""
    told = SimpleNamespace(clock=SameClock(FakeClock(source_at))) if source_at else None
    return AlertProcess(
        desk.alerting._pool,
        desk.projection,
        desk.feed,
        desk.log,
        calendar=desk.alerting._calendar,
        clock=GuardedClock(FakeClock(own), desk.log.clock, {"requests": told} if told else None),
        wait_seconds=SOON_SECONDS,
    )
