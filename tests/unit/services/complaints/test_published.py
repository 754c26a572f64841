"""What the world sees of each event: everything, in order, and nothing personal."""

import json

import jsonschema
import msgspec
import pytest
from eventsourcing.utils import get_topic

from services.complaints.domain import Complaint
from services.complaints.published import CONTRACTS, publish
from shared.eventstore.codec import Codec, event_classes
from shared.payload import json_schema
from tests.support.event_fixtures import KEYRING, Fixture, fixtures

CODEC = Codec([Complaint], KEYRING)
EVENTS = {
    "received",
    "classified",
    "assigned",
    "clarification_requested",
    "clarified",
    "resumed",
    "responded",
    "resolved",
    "rejected",
    "forwarded",
    "reopened",
    "closed",
    "rated",
    "due_date_changed",
    "personal_data_erased",
}
FIXTURES = fixtures("complaints")
BY_NAME = {f"complaints.{each.name}.v{each.version}": each for each in CONTRACTS}

each_fixture = pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.name)


def test_the_events_are_those_of_the_catalogue() -> None:
    assert {contract.name for contract in CONTRACTS} == EVENTS


def test_every_stored_class_is_published_once() -> None:
    stored = {
        event_class
        for topic, event_class in event_classes(Complaint).items()
        if topic.startswith("complaints.")
    }

    assert sorted(map(get_topic, stored)) == sorted(get_topic(each.event) for each in CONTRACTS)


def test_every_version_ever_released_has_its_fixture() -> None:
    assert {fixture.name for fixture in FIXTURES} >= set(BY_NAME)


@each_fixture
def test_a_stored_event_reads_as_when_it_was_stored(fixture: Fixture) -> None:
    event = fixture.decoded(CODEC)

    assert {name: getattr(event, name) for name in fixture.personal} == fixture.personal


@each_fixture
def test_a_stored_event_is_published_as_when_it_was_released(fixture: Fixture) -> None:
    publication = publish(CODEC.decode(fixture.recorded), fixture.recorded)

    assert json.loads(publication.data) == fixture.published
    assert f"complaints.{publication.name}.v{publication.version}" == fixture.name


@each_fixture
def test_nothing_personal_is_published_even_by_who_could_read_it(fixture: Fixture) -> None:
    publication = publish(fixture.decoded(CODEC), fixture.recorded)

    assert json.loads(publication.data) == fixture.published
    assert not set(json.loads(publication.data)) & set(fixture.personal)


@each_fixture
def test_what_is_published_follows_its_schema(fixture: Fixture) -> None:
    contract = BY_NAME[fixture.name]

    jsonschema.validate(fixture.published, json_schema("complaints", contract))
    msgspec.convert(fixture.published, contract.payload)


def test_a_schema_is_found_under_the_uri_that_the_event_names() -> None:
    schema = json_schema("complaints", CONTRACTS[0])

    assert schema["$id"].endswith("complaints.received.v1")
    jsonschema.Draft202012Validator.check_schema(schema)
