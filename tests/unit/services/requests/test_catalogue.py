"""Only what is published of requests alone; what holds for every event of a case is in
`tests/contract/services/test_published_events.py`.
"""

import pytest

from services.requests.domain import ServiceRequest
from shared.cases.payload import Contract, Payload


def test_a_contract_that_would_publish_something_personal_stops_the_service() -> None:
    class Reasons(Payload):
        reason: str

    with pytest.raises(AssertionError, match="reason"):
        Contract(ServiceRequest.Rejected, Reasons)
