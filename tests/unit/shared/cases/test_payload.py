"""What a service may say of its events to others."""

import pytest

from shared.cases.case import Case
from shared.cases.payload import Contract, Payload


class TellsRemark(Payload):
    """A payload as a careless change would have it."""

    remark: str


def test_payload_with_a_personal_field_is_no_contract() -> None:
    with pytest.raises(AssertionError, match="would publish"):
        Contract(Case.Voided, TellsRemark)
