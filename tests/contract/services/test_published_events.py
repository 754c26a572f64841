"""What the world sees of each event: everything, in order, and nothing personal."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import jsonschema
import msgspec
import pytest
from eventsourcing.domain import Aggregate
from eventsourcing.utils import get_topic

from services.complaints import commands_and_roles as of_complaints
from services.complaints.domain import Complaint
from services.projections.alerts import published as of_alerts
from services.projections.alerts.domain import KINDS
from services.requests import commands_and_roles as of_requests
from services.requests.domain import ServiceRequest
from shared.cases.payload import Contract, json_schema
from shared.eventstore.codec import Codec, event_classes
from shared.messaging.envelope import Publication, Publish
from tests.support.cases.event_fixtures import KEYRING, Fixture, fixtures


@dataclass(frozen=True, slots=True)
class Source:
    """A service that publishes, and the events that the catalogue lists of it, the first first."""

    name: str
    kinds: Sequence[type[Aggregate]]
    contracts: Sequence[Contract]
    publish: Publish
    events: str

    def contract(self, fixture: Fixture) -> Contract:
        (found,) = [
            each
            for each in self.contracts
            if f"{self.name}.{each.name}.v{each.version}" == fixture.name
        ]
        return found

    def decoded(self, fixture: Fixture) -> object:
        """As whoever holds the keys reads it."""
        return fixture.decoded(Codec(self.kinds, KEYRING))


REQUESTS = Source(
    "requests",
    [ServiceRequest],
    of_requests.CONTRACTS,
    of_requests.publish,
    "submitted review_started returned resubmitted approved rejected processing_started completed"
    " confirmed withdrawn resumed assigned voided due_date_changed personal_data_erased",
)
COMPLAINTS = Source(
    "complaints",
    [Complaint],
    of_complaints.CONTRACTS,
    of_complaints.publish,
    "received classified assigned clarification_requested clarified resumed responded resolved"
    " rejected forwarded reopened closed rated voided due_date_changed personal_data_erased",
)
EVENTS_OF_ALERTS = "due_soon overdue due_soon_withdrawn overdue_withdrawn"
ALERTS = Source("sla", KINDS, of_alerts.CONTRACTS, of_alerts.publish, EVENTS_OF_ALERTS)
SOURCES = (REQUESTS, COMPLAINTS, ALERTS)

each_source = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
each_fixture = pytest.mark.parametrize(
    ("source", "fixture"),
    [
        pytest.param(source, fixture, id=fixture.name)
        for source in SOURCES
        for fixture in fixtures(source.name)
    ],
)


@each_source
def test_the_events_are_those_of_the_catalogue(source: Source) -> None:
    assert {contract.name for contract in source.contracts} == set(source.events.split())


@each_source
def test_every_stored_class_is_published_once(source: Source) -> None:
    stored = {
        event_class
        for kind in source.kinds
        for topic, event_class in event_classes(kind).items()
        if topic.startswith(f"{source.name}.")
    }

    published = sorted(get_topic(contract.event) for contract in source.contracts)
    assert sorted(map(get_topic, stored)) == published


@each_source
def test_every_version_ever_released_has_its_fixture(source: Source) -> None:
    released = {f"{source.name}.{each.name}.v{each.version}" for each in source.contracts}

    assert {fixture.name for fixture in fixtures(source.name)} >= released


@each_source
def test_a_schema_is_found_under_the_uri_that_the_event_names(source: Source) -> None:
    schema = json_schema(source.name, source.contracts[0])

    first, *_ = source.events.split()
    assert schema["$id"].endswith(f"{source.name}.{first}.v1")
    jsonschema.Draft202012Validator.check_schema(schema)


@each_fixture
def test_a_stored_event_reads_as_when_it_was_stored(source: Source, fixture: Fixture) -> None:
    event = source.decoded(fixture)

    assert {name: getattr(event, name) for name in fixture.personal} == fixture.personal


@each_fixture
def test_a_stored_event_is_published_as_when_it_was_released(
    source: Source, fixture: Fixture
) -> None:
    codec = Codec(source.kinds, KEYRING)

    publication = source.publish(codec.decode(fixture.recorded), fixture.recorded)

    assert _as_then(publication, source.contract(fixture), fixture) == fixture.published
    assert f"{source.name}.{publication.name}.v{publication.version}" == fixture.name


@each_fixture
def test_nothing_personal_is_published_even_by_who_could_read_it(
    source: Source, fixture: Fixture
) -> None:
    publication = source.publish(source.decoded(fixture), fixture.recorded)

    assert _as_then(publication, source.contract(fixture), fixture) == fixture.published
    assert not set(json.loads(publication.data)) & set(fixture.personal)


@each_fixture
def test_published_events_follow_their_schema(source: Source, fixture: Fixture) -> None:
    contract = source.contract(fixture)

    jsonschema.validate(fixture.published, json_schema(source.name, contract))
    msgspec.convert(fixture.published, contract.payload)


def _as_then(publication: Publication, contract: Contract, fixture: Fixture) -> dict[str, object]:
    """What is published, without the optional fields that came since the fixture was written."""
    optional = {
        field.name for field in msgspec.structs.fields(contract.payload) if not field.required
    }
    said = json.loads(publication.data).items()
    return {
        name: value for name, value in said if name in fixture.published or name not in optional
    }
