"""Stored events of every version that was ever released, each with what was published of it.

A fixture is written once, by the release that brings the event, and never again: it stands for
an event in an installation's log. A file is named `<service>.<event>.v<version>.json`. Those that
are still missing are written by

    python -m tests.support.cases.event_fixtures
"""

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from eventsourcing.utils import get_topic

from services.complaints import commands_and_roles as complaints
from services.complaints.domain import Complaint
from services.projections.alerts import published as alerts
from services.projections.alerts.domain import KINDS
from services.requests import commands_and_roles as requests
from services.requests.domain import ServiceRequest
from shared.cases.case import Case
from shared.eventstore.codec import Codec
from shared.eventstore.keys.keyring import Keyring
from shared.eventstore.records import NO_HASH, Recorded
from shared.eventstore.sealing import WrappedKey
from shared.messaging.envelope import Publish
from testbed import complaints as paper_complaints
from testbed import service_requests
from tests.support.alerts import due_cases as paper_alerts

FOLDER = Path(__file__).parents[2] / "fixtures/events"
KEYRING = Keyring(bytes(32))
RECORDED_AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Fixture:
    """One stored event, the key to what is personal in it, what that says, what is published."""

    name: str
    recorded: Recorded
    key: WrappedKey
    personal: dict[str, Any]
    published: dict[str, Any]

    def decoded(self, codec: Codec) -> Any:
        """The event with its personal data."""
        originator_id = self.recorded.originator_id
        return codec.decode(self.recorded, codec.unwrapped(self.key, originator_id))


def fixtures(service: str) -> list[Fixture]:
    """Every fixture of that service."""
    return [_read(path) for path in sorted(FOLDER.glob(f"{service}.*.json"))]


def write_missing(events: Iterable[Case.Event], codec: Codec, publish: Publish) -> list[Path]:
    """One fixture for each class of these events that has none yet."""
    written = []
    for event in events:
        name, version = get_topic(type(event)), getattr(event, "class_version", 1)
        path = FOLDER / f"{name}.v{version}.json"
        if not path.exists():
            path.write_text(json.dumps(_fixture(event, codec, publish), indent=2) + "\n")
            written.append(path)
    return written


def _fixture(event: Case.Event, codec: Codec, publish: Publish) -> dict[str, Any]:
    key = codec.new_key(event.originator_id)
    encoded = codec.encode(event, codec.unwrapped(key, event.originator_id))
    recorded = _recorded(
        event.originator_id, event.originator_version, encoded.topic, encoded.state
    )
    return {
        "originator_id": str(event.originator_id),
        "version": event.originator_version,
        "topic": encoded.topic,
        "state": json.loads(encoded.state),
        "key": base64.b64encode(key).decode(),
        "personal": {name: getattr(event, name) for name in event.PERSONAL},
        "published": json.loads(publish(codec.decode(recorded), recorded).data),
    }


def _read(path: Path) -> Fixture:
    kept = json.loads(path.read_text())
    state = json.dumps(kept["state"]).encode()
    return Fixture(
        name=path.stem,
        recorded=_recorded(UUID(kept["originator_id"]), kept["version"], kept["topic"], state),
        key=WrappedKey(base64.b64decode(kept["key"])),
        personal=kept["personal"],
        published=kept["published"],
    )


def _recorded(originator_id: UUID, version: int, topic: str, state: bytes) -> Recorded:
    return Recorded(
        position=version,
        originator_id=originator_id,
        version=version,
        topic=topic,
        state=state,
        recorded_at=RECORDED_AT,
        hash=NO_HASH,
        trace=None,
        previous_hash=NO_HASH,
    )


if __name__ == "__main__":
    for path in (
        *write_missing(
            service_requests.every_event(), Codec([ServiceRequest], KEYRING), requests.publish
        ),
        *write_missing(
            paper_complaints.every_event(), Codec([Complaint], KEYRING), complaints.publish
        ),
        *write_missing(paper_alerts.every_event(), Codec(KINDS, KEYRING), alerts.publish),
    ):
        print(path.name)
