"""The services that own cases: name, aggregate and number prefix of each."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from services.complaints.domain import Complaint
from services.requests.domain import ServiceRequest
from shared.cases.case import Case

C = TypeVar("C", bound=Case)


@dataclass(frozen=True, slots=True)
class CaseService(Generic[C]):
    """A service with its own log; the numbers of its cases begin with `prefix`."""

    name: str
    prefix: str
    kind: type[C]


REQUESTS = CaseService("requests", "PRM", ServiceRequest)
COMPLAINTS = CaseService("complaints", "ADU", Complaint)
CASE_SERVICES = {each.name: each for each in (REQUESTS, COMPLAINTS)}
