"""What is stored of an event, and what comes back."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import (
    DatetimeAsISO,
    DecimalAsStr,
    JSONTranscoder,
    Mapper,
    StoredEvent,
    UUIDAsHex,
)

from shared.eventstore.codec import Codec, Encoded
from shared.eventstore.errors import (
    NewerEvent,
    SealBroken,
    UnknownTopic,
    UnreadableEvent,
    UnsealedText,
    UnstorableEvent,
)
from testbed.notes import KEYRING, Note, note, notes

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


class Parcel(Aggregate):
    """An aggregate whose first event has been through two changes of form."""

    TOPIC = "parcels.parcel"

    class Created(Aggregate.Created):
        TOPIC = "parcels.created"
        class_version = 3
        weight_grams: int
        addressee: str | None
        PERSONAL: ClassVar[tuple[str, ...]] = ("addressee",)

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            state["weight_grams"] = 1000 * state.pop("weight_kilograms")

        @staticmethod
        def upcast_v2_v3(state: dict[str, Any]) -> None:
            state["addressee"] = state.pop("name")

    class Said(Aggregate.Event):
        TOPIC = "parcels.said"
        value: Any

    def __init__(self, weight_grams: int, addressee: str | None) -> None: ...


def said(value: Any) -> Parcel.Said:
    place: dict[str, Any] = {"originator_id": uuid4(), "originator_version": 2, "timestamp": AT}
    return Parcel.Said(**place, value=value)  # type: ignore[call-arg]  # a dataclass all the same


def written(text: str | None = "from Ani, 0812-3456") -> Note.Created:
    (event,) = note("red", text).collect_events()
    assert isinstance(event, Note.Created)
    return event


def encoded_with_key(event: Note.Created) -> tuple[Encoded, Any]:
    key = KEYRING.unwrap(KEYRING.new_key(event.originator_id), event.originator_id)
    return notes().encode(event, key), key


def old_parcel(state: bytes) -> Encoded:
    return Encoded(uuid4(), 1, "parcels.created", state)


def test_an_event_reads_back_as_it_was_said() -> None:
    event = written()

    stored, key = encoded_with_key(event)

    assert notes().decode(stored, key) == event


def test_personal_data_are_not_in_the_stored_bytes() -> None:
    stored, _ = encoded_with_key(written("from Ani, 0812-3456"))

    assert b"Ani" not in stored.state
    assert b'"colour":"red"' in stored.state


def test_personal_fields_are_none_without_the_key() -> None:
    event = written()
    stored, _ = encoded_with_key(event)

    decoded = notes().decode(stored)

    assert (decoded.colour, decoded.text) == (event.colour, None)


def test_an_event_of_an_erased_case_keeps_nothing_personal() -> None:
    stored = notes().encode(written("from Ani"), None)

    assert b'"sealed":{"fields":["text"],"text":null}' in stored.state
    assert notes().decode(stored).text is None


def test_a_sealed_text_opens_in_its_own_event_alone() -> None:
    stored, key = encoded_with_key(written())

    with pytest.raises(SealBroken):
        notes().decode(replace(stored, version=2), key)


def test_the_key_of_another_case_opens_nothing() -> None:
    stored, _ = encoded_with_key(written())
    _, other_key = encoded_with_key(written())

    with pytest.raises(SealBroken):
        notes().decode(stored, other_key)


def test_key_is_not_made_without_a_keyring() -> None:
    with pytest.raises(UnsealedText):
        Codec([Note]).new_key(uuid4())


def test_the_librarys_mapper_reads_what_we_write_and_writes_what_we_read() -> None:
    mapper: Mapper[UUID] = Mapper(JSONTranscoder())
    assert isinstance(mapper.transcoder, JSONTranscoder)
    mapper.transcoder.register(UUIDAsHex())
    mapper.transcoder.register(DecimalAsStr())
    mapper.transcoder.register(DatetimeAsISO())
    event = said({"pieces": [1, 2], "price": Decimal("2.50"), "sender": uuid4()})
    codec = Codec([Parcel])

    ours = codec.encode(event, None)
    theirs = mapper.to_stored_event(event)

    assert ours.state == theirs.state
    assert mapper.to_domain_event(
        StoredEvent(ours.originator_id, ours.version, ours.topic, ours.state)
    ) == codec.decode(ours)


@pytest.mark.parametrize(
    "value",
    ["teks", 3, 2.5, None, True, AT, date(2026, 3, 2), Decimal("1.10"), UUID(int=1), [{"a": []}]],
    ids=repr,
)
def test_a_value_comes_back_as_it_is(value: object) -> None:
    codec = Codec([Parcel])

    decoded = codec.decode(codec.encode(said(value), None))

    assert decoded.value == value
    assert type(decoded.value) is type(value)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(("a", "b"), id="a tuple would come back as a list"),
        pytest.param([{"a": ("b",)}], id="nor does it come back from deep inside"),
        pytest.param({1: "a"}, id="a number as a key would come back as text"),
        pytest.param(float("nan"), id="NaN is no JSON"),
        pytest.param("\ud800", id="half a character has no UTF-8"),
        pytest.param({1, 2}, id="a set has no form in JSON"),
        pytest.param({"_type_": "x", "_data_": "y"}, id="the transcoder's own words"),
        pytest.param({"_type_": "date_iso", "_data_": "2026-03-02"}, id="would come back a date"),
    ],
)
def test_value_that_would_read_back_differently_is_refused(value: object) -> None:
    with pytest.raises(UnstorableEvent, match="value"):
        Codec([Parcel]).encode(said(value), None)


def test_a_refusal_names_the_field_but_never_quotes_it() -> None:
    with pytest.raises(UnstorableEvent) as refused:
        Codec([Parcel]).encode(said(("from Ani",)), None)

    assert "value (tuple)" in str(refused.value)
    assert "Ani" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_timestamp_needs_its_time_zone() -> None:
    naive = replace(said("x"), timestamp=AT.replace(tzinfo=None))

    with pytest.raises(UnstorableEvent, match="time zone"):
        Codec([Parcel]).encode(naive, None)


def test_old_versions_are_upcast_when_read() -> None:
    stored = old_parcel(
        b'{"originator_topic":"parcels.parcel","weight_kilograms":2,"name":"Ani"}',
    )
    key = KEYRING.unwrap(KEYRING.new_key(stored.originator_id), stored.originator_id)

    event = Codec([Parcel]).decode(stored, key)

    assert (event.weight_grams, event.addressee) == (2000, "Ani")


def test_an_old_version_in_the_open_is_still_personal() -> None:
    stored = old_parcel(b'{"class_version":2,"weight_grams":5,"name":"Ani"}')

    assert Codec([Parcel]).decode(stored).addressee is None


def test_an_upcaster_meets_erased_fields_as_none() -> None:
    stored = old_parcel(
        b'{"class_version":2,"weight_grams":5,"sealed":{"fields":["name"],"text":"AAAA"}}'
    )

    assert Codec([Parcel]).decode(stored).addressee is None


def test_a_version_newer_than_the_code_is_refused() -> None:
    stored = old_parcel(b'{"class_version":4,"weight_grams":5}')

    with pytest.raises(NewerEvent, match="version 4"):
        Codec([Parcel]).decode(stored)


def test_an_unknown_topic_is_refused_and_imports_nothing() -> None:
    stored = Encoded(uuid4(), 1, "antigravity", b"{}")

    with pytest.raises(UnknownTopic, match="antigravity"):
        notes().decode(stored)


def test_a_first_event_of_an_unknown_kind_is_refused() -> None:
    stored = Encoded(uuid4(), 1, "notes.created", b'{"originator_topic":"antigravity"}')

    with pytest.raises(UnknownTopic, match="antigravity"):
        notes().decode(stored)


@pytest.mark.parametrize("state", [b"", b"{", b"[]", b"\xff"])
def test_bytes_that_are_no_state_are_refused(state: bytes) -> None:
    with pytest.raises(UnreadableEvent):
        notes().decode(Encoded(uuid4(), 1, "notes.painted", state))


def test_an_event_of_another_kind_is_not_encoded() -> None:
    with pytest.raises(UnstorableEvent, match=r"parcels\.said"):
        notes().encode(said("x"), None)
