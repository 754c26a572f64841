"""Cases to which more happened than to any of an office, laid straight into a service's log."""

from dataclasses import replace

from services.complaints.domain import Complaint
from services.requests.domain import ServiceRequest
from shared.cases.case import Case
from shared.eventstore.codec import Codec
from shared.eventstore.keys.keyring import Keyring
from testbed import complaints
from testbed.databases import Database
from testbed.event_logs import running
from testbed.service_requests import (
    AGENCIES,
    COMMANDS,
    NUMBER,
    STANDARDS,
    SUBMISSION,
    supervisor,
)

WHEN = "2026-11-24 09:30"  # before the services of the tests look at their clocks


def long_request(events: int, *, number: str = NUMBER, when: str = WHEN) -> ServiceRequest:
    """Returned and resubmitted within a day, so often that it has so many events."""
    act = supervisor(when)
    request = ServiceRequest.submit(
        replace(SUBMISSION, received_at=None),
        act,
        number=number,
        standards=STANDARDS,
        agencies=AGENCIES,
    )
    while request.version < events:
        COMMANDS["return" if request.status == "submitted" else "resubmit"](request, act)
    return request


def long_complaint(events: int) -> Complaint:
    """Asked about and clarified within a day, so often that it has so many events."""
    act = complaints.act(WHEN)
    complaint = complaints.receive(act, received_at=None)
    complaint.classify("minor", act, standards=complaints.STANDARDS)
    complaint.assign("reviewer-1", act)
    while complaint.version < events:
        asked = complaint.status == "in_progress"
        complaints.COMMANDS["request-clarification" if asked else "clarify"](complaint, act)
    return complaint


async def store(database: Database, case: Case) -> None:
    """As the service of the tests would, by its master key."""
    codec = Codec([type(case)], Keyring(bytes(32)))
    async with running(database.app_url, codec=codec) as log:
        await log.append(case)
