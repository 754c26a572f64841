"""The demonstration year as it is published, with no service running."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec

from janji.importing.cases import by_case
from janji.importing.sample_year import sample_rows
from services.complaints import commands_and_roles as complaints
from services.requests import commands_and_roles as requests
from shared.eventstore.records import Recorded
from shared.messaging.subscription import Incoming
from testbed.event_factory import EPOCH
from testbed.imports import RULES, decider, rows
from testbed.surface import NOW

PUBLISHED = {"complaints": complaints.publish, "requests": requests.publish}
PREFIXES = {"complaints": "ADU", "requests": "PRM"}


def demonstration(now: datetime = NOW) -> Sequence[Incoming]:
    """All that it is published of, as one import brings it."""
    positions: Counter[str] = Counter()
    found: list[Incoming] = []
    for number, case in enumerate(by_case(rows(sample_rows(now, RULES), now))):
        service = case.key.service
        case.number = f"{PREFIXES[service]}-0000-{number:04}-0"
        decided = decider(service, now).decide(case, ()).case
        assert decided is not None
        for event in decided.collect_events():
            positions[service] += 1
            found.append(incoming(service, positions[service], event, now))
    return found


def incoming(service: str, position: int, event: Any, now: datetime) -> Incoming:
    case_id, version = event.originator_id, event.originator_version
    recorded = Recorded(position, case_id, version, "", b"", now, b"", None)
    publication = PUBLISHED[service](event, recorded)
    body = {
        "type": f"id.go.kalbarprov.diskominfo.{service}.{publication.name}.v1",
        "subject": publication.number,
        "partitionkey": str(case_id),
        "data": msgspec.json.decode(publication.data),
    }
    hashed = sha256(f"{service} {position}".encode()).digest()
    return Incoming(service, position, EPOCH, hashed, publication.name, body)
