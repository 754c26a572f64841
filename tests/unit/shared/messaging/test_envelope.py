"""What stands in an envelope, letter by letter: others parse it."""

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from shared.eventstore.records import Epoch, Recorded
from shared.messaging.envelope import Envelopes, Publication, cloud_event
from testbed.notes import note, notes

FIRST = Epoch(UUID("aaaaaaaa-0000-4000-8000-000000000000"), 1)
RESTORED = Epoch(UUID("bbbbbbbb-0000-4000-8000-000000000000"), 100)
PONTIANAK = timezone(timedelta(hours=7))
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
PUBLICATION = Publication(
    name="submitted",
    version=1,
    number="PRM-0000-0000-0",
    occurred_at=datetime(2026, 11, 24, 9, 0, tzinfo=PONTIANAK),
    data=b'{"number":"PRM-0000-0000-0","status":"submitted"}',
)
RECORDED = Recorded(
    position=42,
    originator_id=UUID("cccccccc-0000-4000-8000-000000000000"),
    version=1,
    topic="requests.submitted",
    state=b"{}",
    recorded_at=datetime(2026, 11, 24, 9, 0, tzinfo=PONTIANAK),
    hash=bytes(range(32)),
    trace=TRACE,
    previous_hash=bytes(32),
)
EVENT = cloud_event("requests", RECORDED, FIRST.id, PUBLICATION)
WITHOUT_TRACE = cloud_event("requests", replace(RECORDED, trace=None), FIRST.id, PUBLICATION)


def test_the_body_is_a_structured_cloudevent() -> None:
    assert json.loads(EVENT.body()) == {
        "specversion": "1.0",
        "id": "aaaaaaaa-42",
        "source": "/janji/requests",
        "type": "id.go.kalbarprov.diskominfo.requests.submitted.v1",
        "subject": "PRM-0000-0000-0",
        "time": "2026-11-24T02:00:00Z",
        "datacontenttype": "application/json",
        "dataschema": "tag:diskominfo.kalbarprov.go.id,2026:janji/events/requests.submitted.v1",
        "sequence": "00000000000000000042",
        "partitionkey": "cccccccc-0000-4000-8000-000000000000",
        "logepoch": "aaaaaaaa-0000-4000-8000-000000000000",
        "loghash": bytes(range(32)).hex(),
        "logprevious": bytes(32).hex(),
        "logcursor": "42.0001020304050607",
        "traceparent": TRACE,
        "data": {"number": "PRM-0000-0000-0", "status": "submitted"},
    }


def test_the_payload_is_carried_byte_for_byte() -> None:
    assert EVENT.body().endswith(b'"data":' + PUBLICATION.data + b"}")


def test_traceparent_is_absent_without_a_trace() -> None:
    assert b"traceparent" not in WITHOUT_TRACE.body()
    assert "traceparent" not in WITHOUT_TRACE.headers()


def test_the_headers_repeat_what_one_routes_by() -> None:
    assert EVENT.headers() == {
        "ce-id": "aaaaaaaa-42",
        "ce-type": "id.go.kalbarprov.diskominfo.requests.submitted.v1",
        "ce-source": "/janji/requests",
        "ce-subject": "PRM-0000-0000-0",
        "ce-sequence": "00000000000000000042",
        "traceparent": TRACE,
    }


def test_the_routing_key_names_service_event_and_version() -> None:
    assert EVENT.routing_key == "requests.submitted.v1"


def test_sequences_sort_as_they_count() -> None:
    nine, ten = (
        cloud_event("requests", replace(RECORDED, position=each), FIRST.id, PUBLICATION)
        for each in (9, 10)
    )

    assert nine.sequence < ten.sequence


def published(_: Any, recorded: Recorded) -> Publication:
    return replace(PUBLICATION, number=f"NOTE-{recorded.position}")


def recorded(position: int) -> Recorded:
    [created] = note().collect_events()
    encoded = notes().encode(created, None)
    return Recorded(
        position=position,
        originator_id=encoded.originator_id,
        version=1,
        topic=encoded.topic,
        state=encoded.state,
        recorded_at=datetime(2026, 11, 24, tzinfo=PONTIANAK),
        hash=bytes(32),
        trace=TRACE,
        previous_hash=bytes(32),
    )


@pytest.mark.parametrize(
    ("position", "id_"),
    [(1, "aaaaaaaa-1"), (99, "aaaaaaaa-99"), (100, "bbbbbbbb-100"), (1000, "bbbbbbbb-1000")],
)
def test_an_id_carries_the_epoch_in_which_its_position_was_written(position: int, id_: str) -> None:
    envelopes = Envelopes("requests", notes(), published, [FIRST, RESTORED])

    assert envelopes.envelope(recorded(position)).id == id_


def test_later_of_two_epochs_that_begin_together_holds() -> None:
    later = Epoch(RESTORED.id, FIRST.first_position)
    envelopes = Envelopes("requests", notes(), published, [FIRST, later])

    assert envelopes.envelope(recorded(1)).id == "bbbbbbbb-1"


def test_an_envelope_copies_what_the_log_says_of_the_event() -> None:
    stored = recorded(7)
    envelope = Envelopes("requests", notes(), published, [FIRST]).envelope(stored)

    assert (envelope.partitionkey, envelope.loghash) == (stored.originator_id, stored.hash.hex())
    assert (envelope.traceparent, envelope.subject) == (TRACE, "NOTE-7")


def test_envelopes_learn_of_a_restore() -> None:
    envelopes = Envelopes("requests", notes(), published, [FIRST])
    assert not envelopes.knows(RESTORED.id)

    envelopes.learn([FIRST, RESTORED])

    assert envelopes.knows(RESTORED.id)
    assert envelopes.envelope(recorded(100)).id == "bbbbbbbb-100"
