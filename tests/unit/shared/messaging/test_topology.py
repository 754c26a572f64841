"""What stands on the broker, and that its definitions file says the same."""

import json
from pathlib import Path

import pytest

from shared.messaging.topology import (
    PROJECTION_QUEUES,
    QueuePlan,
    definitions,
    projection_queue,
    subscriber_queues,
)

ROOT = Path(__file__).parents[4]
DEAD, QUEUE = subscriber_queues("bapenda", "closed", ("requests.confirmed.*",))


def test_the_definitions_file_is_made_from_the_same_constants() -> None:
    committed = (ROOT / "deploy/rabbitmq/definitions.json").read_text()

    assert json.loads(committed) == definitions()


def test_a_projection_gets_all_events_of_its_source() -> None:
    assert projection_queue("requests").routing_keys == ("requests.#",)


@pytest.mark.parametrize("plan", PROJECTION_QUEUES, ids=lambda plan: plan.name)
def test_crashes_can_not_reach_the_delivery_limit_of_our_own_queues(plan: QueuePlan) -> None:
    assert plan.arguments["x-delivery-limit"] == 1_000_000  # −1 drops at once on 3.10
    assert "x-expires" not in plan.arguments
    assert "x-max-length-bytes" not in plan.arguments


@pytest.mark.parametrize("plan", [DEAD, QUEUE], ids=lambda plan: plan.name)
def test_a_stranger_can_not_fill_the_broker(plan: QueuePlan) -> None:
    assert plan.arguments["x-overflow"] == "drop-head"
    assert plan.arguments["x-max-length-bytes"] == 256 * 1024 * 1024
    assert plan.arguments["x-expires"] == 14 * 24 * 3600 * 1000
    assert plan.arguments["x-delivery-limit"] == 20


def test_dropped_message_of_an_external_subscriber_goes_to_its_dead_letters() -> None:
    assert QUEUE.arguments["x-dead-letter-routing-key"] == DEAD.name == "sub.bapenda.closed.dead"
    assert "x-dead-letter-exchange" not in DEAD.arguments
