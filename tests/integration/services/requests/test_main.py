"""The service as main.py wires it: what a command stores goes out, by the relay and by the feed."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import aio_pika
import msgspec
import pytest

from shared.messaging.topology import EXCHANGE
from testbed.databases import Database
from testbed.eventually import eventually
from testbed.http import Client
from testbed.surface import NOW
from tests.support.cases.requests_service import (
    REVIEWER,
    SUBSCRIBER,
    SUPERVISOR,
    give,
    in_status,
    received_now,
    requests_service,
)

SECONDS_MAX = 20.0


async def test_stored_events_are_published_without_personal_data(
    database: Callable[[str], Database], vhost: str, tmp_path: Path
) -> None:
    async with (
        await aio_pika.connect(vhost) as connection,
        requests_service(database("requests"), tmp_path, broker_url=vhost) as client,
    ):
        await eventually(lambda: relay_works(client), seconds=SECONDS_MAX)
        channel = await connection.channel()
        queue = await channel.declare_queue(exclusive=True)
        await queue.bind(EXCHANGE, "requests.#")

        number = await in_status(client, "submitted")
        await give(client, number, "return", token=REVIEWER)

        async with asyncio.timeout(SECONDS_MAX), queue.iterator() as messages:
            first, second = await anext(messages), await anext(messages)
        feed = await client.get("/v1/events?after=0", token=SUBSCRIBER)

    assert [first.routing_key, second.routing_key] == [
        "requests.submitted.v1",
        "requests.returned.v1",
    ]
    assert [msgspec.json.decode(each.body) for each in (first, second)] == feed.json
    assert feed.json[0]["subject"] == number
    assert b"Siti" not in first.body + second.body
    assert b"Cap belum ada" not in second.body


async def test_dates_are_not_those_of_a_clock_that_runs_ahead(
    database: Callable[[str], Database], tmp_path: Path
) -> None:
    ahead = NOW + timedelta(days=40)
    async with requests_service(
        database("requests"), tmp_path, now=ahead, database_at=NOW
    ) as client:
        answer = await client.post("/v1/requests", received_now(), token=SUPERVISOR)

    assert answer.status == 201, answer
    assert datetime.fromisoformat(answer.json["received_at"]) == NOW


@pytest.mark.asyncio(loop_scope="module")
async def test_a_service_without_a_broker_is_ready_and_has_its_feed(client: Client) -> None:
    ready = await client.get("/health/ready")

    assert (ready.status, ready.json["status"]) == (200, "ok")
    assert set(ready.json["parts"]) == {"log", "clock", "credentials", "calendar_sweep"}


async def test_the_relay_is_seen_in_health_and_metrics(
    database: Callable[[str], Database], vhost: str, tmp_path: Path
) -> None:
    async with requests_service(database("requests"), tmp_path, broker_url=vhost) as client:
        await eventually(lambda: relay_works(client), seconds=SECONDS_MAX)

        metrics = await client.get("/metrics", token=SUPERVISOR)

    assert "janji_relay_leading 1.0" in metrics.text
    assert "janji_relay_lag_events" in metrics.text


@pytest.mark.asyncio(loop_scope="module")
async def test_the_standard_is_served(client: Client) -> None:
    answer = await client.get("/v1/standard")

    assert answer.json["decree"] == "09/DISKOMINFO/2022"


async def relay_works(client: Client) -> bool:
    metrics = await client.get("/metrics", token=SUPERVISOR)
    return "janji_relay_connected 1.0" in metrics.text
