"""The projection service is killed around midnight, again and again."""

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import aio_pika
import msgspec
import pytest
from aio_pika.abc import AbstractQueue

from shared.messaging.topology import EXCHANGE
from testbed.databases import Database
from tests.support.alerts.alerting_office import AlertingOffice, alerting_office
from tests.support.clocks.case_clocks import at
from tests.support.messaging.ledger import Ledger
from tests.support.processes.child import child

CASES = 60

BEFORE_TUESDAY = "Mon 23 Nov 23:59:59"
BEFORE_WEDNESDAY = "Tue 24 Nov 23:59:59"


async def killed(now: str, point: str, times: int = 1) -> None:
    """It runs into midnight, and dies there."""
    module = "tests.support.processes.projection_process"
    async with child(module, at(now).isoformat(), point, str(times)) as projections:
        await projections.dies()


async def finished(office: AlertingOffice, now: str, alerts: int) -> None:
    """It is started once more, and is let."""
    async with office.projections(now) as service:
        assert len(await service.raised(alerts)) == alerts
        await service.relayed(alerts)


@pytest.fixture
async def queue(vhost: str) -> AsyncIterator[AbstractQueue]:
    """Somebody listens to all alerts from the first on."""
    async with await aio_pika.connect(vhost) as connection:
        channel = await connection.channel()
        await channel.declare_exchange(EXCHANGE, "topic", durable=True)
        queue = await channel.declare_queue("everything", durable=True)
        await queue.bind(EXCHANGE, "sla.#")
        yield queue


@pytest.fixture
async def office(
    database: Callable[[str], Database],
    vhost: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[AlertingOffice]:
    """Processes that are started find it by their environment."""
    async with alerting_office(database, tmp_path, vhost) as office:
        for name, value in office.environment().items():
            monkeypatch.setenv(name, value)
        yield office


async def everything_in(queue: AbstractQueue) -> list[dict[str, Any]]:
    seen = []
    while message := await queue.get(no_ack=True, fail=False):
        seen.append(msgspec.json.decode(message.body))
    return seen


def said_by(seen: Sequence[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """What each event says, whether or not it came twice."""
    once = {each["id"]: each for each in seen}.values()
    return sorted((each["subject"], each["type"], each["data"]["due_on"]) for each in once)


@pytest.mark.system
async def test_every_alert_is_raised_once_and_reaches_the_broker(
    office: AlertingOffice, queue: AbstractQueue
) -> None:
    """What is missing is read from the log, not remembered: a crash leaves it to the next start."""
    numbers = [await office.request("Mon 23 Nov 09:00") for _ in range(CASES)]

    await killed(BEFORE_TUESDAY, "rolled")
    await killed(BEFORE_TUESDAY, "appended", 11)
    await killed(BEFORE_TUESDAY, "published")
    await finished(office, "Tue 24 Nov 00:05", CASES)
    await killed(BEFORE_WEDNESDAY, "raising")
    await killed(BEFORE_WEDNESDAY, "raising", 3)
    await killed(BEFORE_WEDNESDAY, "confirmed")
    await finished(office, "Wed 25 Nov 00:05", 2 * CASES)

    seen = await everything_in(queue)
    ledger = Ledger("sla")
    ledger.stored(*await office.alerts())
    ledger.published(*[int(each["sequence"]) for each in seen])
    ledger.assert_balanced()
    assert said_by(seen) == sorted(
        (number, f"id.go.kalbarprov.diskominfo.sla.{alert}.v1", "2026-11-24")
        for number in numbers
        for alert in ("due_soon", "overdue")
    )
