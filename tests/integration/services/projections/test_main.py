"""The service as main.py wires it: an alert goes out, by the relay and by the feed."""

from collections.abc import Callable
from pathlib import Path

import aio_pika
import msgspec
import pytest
from cloudevents.core.bindings.rabbitmq import RabbitMQMessage, from_rabbitmq_event

from shared.messaging.topology import EXCHANGE
from testbed.databases import Database
from tests.support.alerts.alerting_office import alerting_office
from tests.support.clocks.case_clocks import at

Databases = Callable[[str], Database]


async def test_an_alert_is_published_as_the_feed_has_it_and_the_sdk_reads_it(
    database: Databases, vhost: str, tmp_path: Path
) -> None:
    async with (
        alerting_office(database, tmp_path, vhost) as office,
        await aio_pika.connect(vhost) as connection,
    ):
        channel = await connection.channel()
        await channel.declare_exchange(EXCHANGE, "topic", durable=True)
        queue = await channel.declare_queue(exclusive=True)
        await queue.bind(EXCHANGE, "sla.overdue.*")
        number = await office.request("Mon 23 Nov 09:00")
        async with office.projections("Wed 25 Nov 12:00") as service:
            await service.relayed(1)
            subscriber = service.token("subscriber")
            feed = await service.client.get("/v1/events?after=0", token=subscriber)
            head = await service.client.get("/v1/events/head", token=subscriber)
        message = await queue.get(no_ack=True)

    headers = {name: str(value) for name, value in message.headers.items()}
    event = from_rabbitmq_event(RabbitMQMessage(headers, message.content_type, message.body))
    assert (message.routing_key, message.app_id) == ("sla.overdue.v1", "janji.sla")
    assert [msgspec.json.decode(message.body)] == feed.json
    assert head.json["position"] == 1
    assert (event.get_source(), event.get_subject()) == ("/janji/sla", number)
    assert event.get_type() == "id.go.kalbarprov.diskominfo.sla.overdue.v1"
    assert event.get_extension("sequence") == "00000000000000000001"


async def test_alerts_to_which_nobody_listens_go_out_all_the_same(
    database: Databases, vhost: str, tmp_path: Path
) -> None:
    """Of requests and complaints, what no queue takes comes back as a fault; of alerts it doesn't,
    since nobody need subscribe to them."""
    async with alerting_office(database, tmp_path, vhost) as office:
        for _ in range(3):
            await office.request("Mon 23 Nov 09:00")
        async with office.projections("Wed 25 Nov 12:00") as service:
            await service.relayed(3)
            ready = await service.client.get("/health/ready")
            shown = await service.metrics()

    assert (ready.status, ready.json["status"]) == (200, "ok")
    assert set(ready.json["parts"]) == {
        "database",
        "complaints",
        "requests",
        "alerts",
        "log",
        "relay",
        "clock",
        "credentials",
        "rolling",
    }
    assert "janji_relay_leading 1.0" in shown
    assert "janji_relay_lag_events 0.0" in shown


async def test_feeds_suffice_without_a_broker(database: Databases, tmp_path: Path) -> None:
    async with alerting_office(database, tmp_path) as office:
        await office.request("Mon 23 Nov 09:00")
        async with office.projections("Wed 25 Nov 12:00") as service:
            await service.raised(1)
            feed = await service.client.get("/v1/events", token=service.token("subscriber"))
            ready = await service.client.get("/health/ready")

    assert [each["type"] for each in feed.json] == ["id.go.kalbarprov.diskominfo.sla.overdue.v1"]
    assert (ready.status, ready.json["status"]) == (200, "ok")
    assert "relay" not in ready.json["parts"]


@pytest.mark.parametrize("path", ["/v1/events", "/v1/events/head"])
async def test_the_feed_is_for_subscribers(database: Databases, tmp_path: Path, path: str) -> None:
    async with (
        alerting_office(database, tmp_path) as office,
        office.projections("Wed 25 Nov 12:00") as service,
    ):
        refused = await service.client.get(path, token=service.token("supervisor"))
        stranger = await service.client.get(path)
        too_far = await service.client.get(
            "/v1/events?after=9223372036854775808", token=service.token("subscriber")
        )
        wrong = await service.client.get("/v1/events?after=-1", token=service.token("subscriber"))

    assert (refused.status, stranger.status) == (403, 401)
    assert (too_far.status, wrong.status) == (422, 422)


async def test_a_source_that_does_not_answer_is_said_to_keep_alerts_back(
    database: Databases, tmp_path: Path
) -> None:
    async with alerting_office(database, tmp_path) as office:
        await office.request("Mon 23 Nov 09:00")
        async with office.projections("Mon 23 Nov 12:00") as service:
            await service.applied("requests", 1)
            await office.sources["requests"].network.refuse()
            service.fake_clock.at = at("Tue 24 Nov 00:00")
            await service.kept_back("requests")
            ready = await service.client.get("/health/ready")

    assert (ready.status, ready.json["status"]) == (200, "degraded")
