"""The CloudEvents SDK reads ours: from a real message, and from a page of the feed.

The SDK forgives much (it makes up a missing id, lets numbers pass as extensions), so what it must
not forgive is asserted here.
"""

import json
from collections.abc import Callable
from typing import Any

import aio_pika
import pytest
from aio_pika.abc import AbstractIncomingMessage
from cloudevents.core.bindings.rabbitmq import RabbitMQMessage, from_rabbitmq_event
from yarl import URL

from shared.messaging.topology import stream
from testbed.databases import Database
from testbed.event_logs import running
from tests.support.messaging.published_notes import SOURCE, append, eventually, relaying
from tests.support.messaging.streams import read_stream


@pytest.fixture
async def message(database: Callable[[str], Database], vhost: str) -> AbstractIncomingMessage:
    """The first event of a log, as it lies in its stream."""
    url = database(SOURCE).app_url
    async with running(url) as log, relaying(log, url, vhost) as relay:
        await append(log, 1)
        await eventually(lambda: relay.health.position == 1)
    [message] = await read_stream(vhost, stream(SOURCE).name, 1)
    return message


async def test_the_sdk_reads_a_message(message: AbstractIncomingMessage) -> None:
    headers = {name: str(value) for name, value in message.headers.items()}
    event = from_rabbitmq_event(RabbitMQMessage(headers, message.content_type, message.body))

    body = json.loads(message.body)
    assert event.get_id() == body["id"]
    assert event.get_source() == "/janji/requests"
    assert event.get_type() == "id.go.kalbarprov.diskominfo.requests.created.v1"
    assert event.get_subject() == body["subject"]
    assert event.get_dataschema() == body["dataschema"]
    assert event.get_data() == body["data"]
    assert event.get_extension("sequence") == "00000000000000000001"


async def test_every_attribute_is_text(message: AbstractIncomingMessage) -> None:
    body: dict[str, Any] = json.loads(message.body)
    body.pop("data")

    assert {type(value) for value in body.values()} == {str}
    assert all(name.isalnum() and name == name.lower() for name in body)


async def test_the_message_repeats_it_for_those_who_route(
    message: AbstractIncomingMessage, vhost: str
) -> None:
    body = json.loads(message.body)

    assert message.content_type == "application/cloudevents+json"
    assert (message.message_id, message.type) == (body["id"], body["type"])
    assert message.app_id == "janji.requests"
    assert message.user_id == URL(vhost).user
    assert message.timestamp is not None
    assert message.timestamp.isoformat(timespec="seconds")[:19] == body["time"][:19]
    assert message.delivery_mode == aio_pika.DeliveryMode.PERSISTENT
    assert message.headers["ce-sequence"] == body["sequence"]
