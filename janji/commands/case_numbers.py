"""A case number that an operator types or pastes."""

from typing import Any

from deploy.failures import CannotStart
from janji.case_services import CASE_SERVICES, CaseService
from shared.promise.case_number import MalformedNumber, MistypedNumber, prefix_of, read_number

BY_PREFIX = {each.prefix: each for each in CASE_SERVICES.values()}


def read_case(text: str) -> tuple[str, CaseService[Any]]:
    """The number in its canonical form, and the service of the case. Raises CannotStart."""
    service = BY_PREFIX.get(prefix_of(text))
    if service is None:
        raise CannotStart(f"{text!r} is no case: PRM-XXXX-XXXX-C or ADU-XXXX-XXXX-C")
    try:
        return read_number(text, service.prefix), service
    except MistypedNumber as refusal:
        raise CannotStart(f"{refusal.number} is mistyped: its last character doesn't fit") from None
    except MalformedNumber:
        raise CannotStart(f"{text!r} is no case: {service.prefix}-XXXX-XXXX-C") from None
