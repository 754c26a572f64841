"""What stands on the broker."""

import pytest

from shared.messaging.topology import QueuePlan, projection_queue, stream

PLANS = [make(source) for make in (projection_queue, stream) for source in ("requests", "sla")]


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_a_queue_gets_all_events_of_its_source(plan: QueuePlan) -> None:
    assert plan.routing_key == f"{plan.source}.#"


def test_crashes_can_not_reach_the_delivery_limit_of_our_own_queues() -> None:
    assert projection_queue("requests").arguments["x-delivery-limit"] == 1_000_000
    assert "x-expires" not in projection_queue("requests").arguments


def test_a_projection_that_is_away_can_not_fill_the_broker() -> None:
    assert projection_queue("requests").arguments["x-max-length-bytes"] == 256 * 1024 * 1024
    assert projection_queue("requests").arguments["x-overflow"] == "drop-head"


def test_a_stream_keeps_thirty_days_within_a_byte_limit() -> None:
    assert stream("sla").name == "events.sla"
    assert stream("sla").arguments == {
        "x-queue-type": "stream",
        "x-max-age": "30D",
        "x-max-length-bytes": 1024 * 1024 * 1024,
        "x-stream-max-segment-size-bytes": 16 * 1024 * 1024,
    }
