"""F23: a source is updated before the projections, and publishes what these don't know yet."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from services.requests.commands_and_roles import publish
from services.requests.domain import ServiceRequest
from shared.eventstore.records import Recorded
from shared.messaging.envelope import Publication
from testbed.databases import Database
from testbed.event_logs import connected
from testbed.eventually import eventually
from tests.support.alerts import alerting_office as offices
from tests.support.alerts.alerting_office import alerting_office
from tests.support.messaging.ledger import Ledger

CASES = 5
UNKNOWN = "id.go.kalbarprov.diskominfo.requests.weighed.v1"
COUNTED = 'janji_projection_unknown_events{source="requests"} 1.0'
APPLIED = "select position from rm_0001.timeline where source = 'requests' order by position"
BEGUN = "Mon 23 Nov 09:00"


def of_the_next_release(event: Any, recorded: Recorded) -> Publication:
    """Each event says more, in places that a schema of today doesn't name; one is of a new type."""
    published = publish(event, recorded)
    data = msgspec.json.decode(published.data)
    data |= {"weight": 7, "clock": {**data["clock"], "moon": "full"}}
    is_new = isinstance(event, ServiceRequest.Assigned)
    name = "weighed" if is_new else published.name
    return replace(published, name=name, data=msgspec.json.encode(data))


async def test_newer_events_are_applied_without_their_news_or_counted_as_unknown(
    database: Callable[[str], Database], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(offices.PUBLISHED, "requests", of_the_next_release)
    async with alerting_office(database, tmp_path) as office:
        numbers = [
            await office.request(BEGUN, then="review Mon 23 Nov 10:00") for _ in range(CASES)
        ]
        await office.tell(numbers[0], "assign", "Mon 23 Nov 11:00")
        await office.tell(numbers[0], "approve", "Mon 23 Nov 11:30")
        async with office.projections("Mon 23 Nov 12:00") as service:
            await service.applied("requests", 2 * CASES + 2)

            async def is_shown() -> bool:
                ready = await service.client.get("/health/ready")
                assert ready.status == 200, "an unknown event ends no service"
                is_named = UNKNOWN in ready.json["parts"]["requests"]["detail"]
                return is_named and COUNTED in await service.metrics()

            await eventually(is_shown, seconds=20)

        ledger = Ledger("requests, but for the unknown event")
        unknown = 2 * CASES + 1
        ledger.stored(*(at for at in await office.sources["requests"].stored() if at != unknown))
        async with connected(office.database.app_url) as connection:
            ledger.applied(*(row[0] for row in await connection.fetch(APPLIED)))
    ledger.assert_balanced()
