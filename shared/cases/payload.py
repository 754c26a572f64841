"""The payload of a published event, without personal data.

Each service lists its contracts in `commands_and_roles.py`: which payload is published of which
stored event. A payload is a struct, so that its JSON Schema comes from the same lines as its bytes.
Within a version only optional fields may be added; a new version is published instead of the old.

A payload never holds personal data: its fields are checked against `PERSONAL` of the event class
when the contract is made, so that a mistake stops the service at its start.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from eventsourcing.utils import get_topic

from shared.cases.case import Case
from shared.event_names import schema_uri
from shared.eventstore.records import Recorded
from shared.messaging.envelope import Publication, Publish
from shared.promise.reading import Outcome, State


class Clock(msgspec.Struct):
    """The clock as of `occurred_at`: the object that every answer of the API calls `clock`."""

    received_on: date
    days_allowed: int
    due_on: date | None
    days_left: int | None
    days_used: int
    days_elapsed: int
    state: State
    due_soon: bool
    provisional: bool
    calendar: str


class Wait(msgspec.Struct):
    """A time in which the ball was with the applicant; still is, without `until_at`."""

    from_at: datetime
    until_at: datetime | None


class Basis(msgspec.Struct):
    """The facts that the clock stands on: from them it can be read for any other day.

    `waits` are the last waits. What earlier ones took out is settled and stands in `taken_out`:
    days that don't count, each time from a first to a last one, which was that of the answer. A
    pause that took out nothing may be left out of both. Older events have all waits in `waits`.
    """

    received_at: datetime
    received_on: date
    days_allowed: int
    calendar: str
    waits: list[Wait]
    stopped_at: datetime | None
    outcome: Outcome | None
    fixed_due_on: date | None
    kept_days_off: list[date]
    # Both are left out where there are none.
    taken_out: list[tuple[date, date]] = []
    uncounted_days: list[date] = []


class Payload(msgspec.Struct):
    """What every payload says. `by` is a pseudonym; `status` and `version` are those after it."""

    number: str
    status: str
    version: int
    occurred_at: datetime
    recorded_at: datetime
    clock: Clock
    basis: Basis
    by: str
    role: str


class Assigned(Payload):
    """Who has it in hand: a pseudonym of the staff."""

    assignee: str


class DueDateChanged(Payload):
    """An amended calendar moved the due date from here to the clock's."""

    due_on_before: date | None


@dataclass(frozen=True, slots=True)
class Contract:
    """Which payload is published of which stored event, in which version.

    `own` gives the payload's own fields; without it they are the event's of the same names.
    """

    event: type[Case.Event]
    payload: type[Payload] = Payload
    own: Callable[[Any], Mapping[str, Any]] | None = None
    version: int = 1

    def __post_init__(self) -> None:
        personal = set(self.own_fields) & set(self.event.PERSONAL)
        assert not personal, f"{self.name} would publish {personal}"

    @property
    def name(self) -> str:
        """`submitted`, of an event whose topic is `requests.submitted`."""
        return get_topic(self.event).partition(".")[2]

    @property
    def own_fields(self) -> tuple[str, ...]:
        return self.payload.__struct_fields__[len(Payload.__struct_fields__) :]


def publisher(contracts: Sequence[Contract], *, known: Collection[str] | None = None) -> Publish:
    """The service's `publish`. An event without a contract is a bug: KeyError.

    `known` are the events that the projections know (`published_events.py`): exactly those have a
    contract, so that a service with an event that they would drop doesn't start.
    """
    names = {contract.name for contract in contracts}
    unlike = names ^ set(names if known is None else known)
    assert not unlike, f"in the contracts or in published_events.py, but not in both: {unlike}"
    by_class = {
        contract.event: (contract.name, contract.version, contract.payload, _own(contract))
        for contract in contracts
    }
    encode = msgspec.json.Encoder().encode

    def publish(event: Case.Event, recorded: Recorded) -> Publication:
        name, version, payload, own = by_class[type(event)]
        occurred_at = event.timestamp.astimezone(UTC)
        said: dict[str, Any] = {
            "number": event.number,
            "status": event.status,
            "version": event.originator_version,
            "occurred_at": occurred_at,
            "recorded_at": recorded.recorded_at,
            "clock": event.clock,
            "basis": event.basis,
            "by": event.by,
            "role": event.role,
        }
        data = encode(payload(**said, **own(event)))
        return Publication(name, version, event.number, occurred_at, data)

    return publish


def json_schema(service: str, contract: Contract) -> dict[str, Any]:
    """The JSON Schema (2020-12) of the payload, under the URI that every such event names."""
    schema = msgspec.json.schema(contract.payload)
    name = f"{service}.{contract.name}.v{contract.version}"
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": schema_uri(service, contract.name, contract.version),
        "title": name,
        **schema,
    }


def _own(contract: Contract) -> Callable[[Any], Mapping[str, Any]]:
    names = contract.own_fields
    return contract.own or (lambda event: {name: getattr(event, name) for name in names})
