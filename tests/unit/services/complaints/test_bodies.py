"""What a complainant sends becomes an intake: as it is written, and no more than is kept."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.complaints.bodies import ComplaintBody, PublicComplaintBody
from services.complaints.intake import PUBLIC_FORM, Complainant
from shared.cases.receipt import Contact

SENT: dict[str, Any] = {
    "complainant": {"kind": "confidential", "contact": {"phone": " +628120000000 "}},
    "subject": "Surat belum dijawab",
    "text": "Sudah seminggu.\nMasih menunggu.",
}


def body(**changes: Any) -> PublicComplaintBody:
    return PublicComplaintBody.model_validate({**SENT, **changes})


def test_the_public_form_is_a_channel_of_its_own_and_received_now() -> None:
    intake = body().intake()

    assert (intake.channel, intake.received_at) == (PUBLIC_FORM, None)
    assert intake.complainant == Complainant.CONFIDENTIAL
    assert intake.contact == Contact(phone="+628120000000")
    assert intake.text == SENT["text"]


def test_the_office_says_on_which_channel_it_came() -> None:
    sent = {**SENT, "channel": "lapor", "received_at": "2026-11-24T09:00:00+07:00"}

    intake = ComplaintBody.model_validate(sent).intake()

    assert intake.channel == "lapor"
    assert intake.received_at is not None
    assert intake.received_at.isoformat() == "2026-11-24T09:00:00+07:00"


def test_contact_of_an_anonymous_complainant_does_not_leave_the_intake() -> None:
    anonymous = {"kind": "anonymous", "contact": {"name": "Budi"}}

    assert body(complainant=anonymous).intake().to_dict()["contact"] is None


@pytest.mark.parametrize(
    "typed", ["PRM-0000-0000-0", "prm 0000 0000 0", "PRM00000000O", " PRM-oooo-0000-0 "]
)
def test_the_request_that_it_is_about_is_read_as_people_type_it(typed: str) -> None:
    assert body(about_request=typed).intake().about_request == "PRM-0000-0000-0"


@pytest.mark.parametrize("typed", ["PRM-0000-0000-1", "ADU-0000-0000-0", "0000", "", 7])
def test_malformed_request_number_is_refused(typed: Any) -> None:
    with pytest.raises(ValidationError):
        body(about_request=typed)


@pytest.mark.parametrize("number", ["4412345", "#4412345", "LAPOR-2026/11.7", " 7 "])
def test_a_tracking_number_of_lapor_is_kept(number: str) -> None:
    assert body(lapor_number=number).intake().lapor_number == number.strip()


@pytest.mark.parametrize(
    "number", ["Budi 0812", "budi@dinkes.example", "7\n8", "#", "", "-7", "7" * 34, "\u0667"]
)
def test_text_that_could_name_a_person_is_no_tracking_number(number: str) -> None:
    with pytest.raises(ValidationError):
        body(lapor_number=number)
