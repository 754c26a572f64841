"""Reading what arrives."""

import json

import pytest

from shared.messaging.subscription import MalformedEvent, parse

EVENT = {
    "id": "aaaaaaaa-42",
    "source": "/janji/requests",
    "type": "id.go.kalbarprov.diskominfo.requests.submitted.v1",
    "sequence": "00000000000000000042",
    "logepoch": "aaaaaaaa-0000-4000-8000-000000000000",
    "loghash": "00ff",
    "data": {"number": "PRM-0000-0000-0"},
}


def test_ordering_attributes_are_picked_out() -> None:
    incoming = parse(json.dumps(EVENT).encode())

    assert (incoming.source, incoming.type) == ("requests", "submitted")
    assert (incoming.position, incoming.epoch, incoming.hash) == (
        42,
        EVENT["logepoch"],
        b"\x00\xff",
    )
    assert incoming.body == EVENT


def test_unknown_attributes_are_no_fault() -> None:
    assert parse(json.dumps(EVENT | {"mood": "new"}).encode()).position == 42


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no JSON",
        b'{"a":' + b"[" * 200_000,
        b"[]",
        b"{}",
        json.dumps(EVENT | {"source": "/other"}).encode(),
        json.dumps(EVENT | {"sequence": "soon"}).encode(),
        json.dumps(EVENT | {"sequence": None}).encode(),
        json.dumps(EVENT | {"loghash": "zz"}).encode(),
        json.dumps(EVENT | {"logepoch": "first"}).encode(),
        json.dumps(EVENT | {"id": 42}).encode(),
        json.dumps(EVENT | {"id": "aaaaaaaa-43"}).encode(),
        json.dumps(EVENT | {"id": "bbbbbbbb-42"}).encode(),
    ],
)
def test_unparseable_message_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedEvent):
        parse(body)
