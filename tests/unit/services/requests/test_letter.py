"""What is handed in is looked at whole: all that is wrong is said at once."""

from dataclasses import replace
from datetime import date

import pytest

from services.requests.letter import Resubmission
from services.requests.refusals import NoAddress
from shared.cases.receipt import Contact
from shared.refusals import Refusals
from testbed.service_requests import (
    LETTER,
    STANDARDS,
    agency,
    at,
    intake,
    returned,
    said,
    submit,
    supervisor,
)


@pytest.mark.parametrize("kind", ["account_change", "password_reset"])
def test_an_account_is_an_address(kind: str) -> None:
    with pytest.raises(NoAddress) as refused:
        submit(intake(), kind=kind, accounts=["a@kalbarprov.go.id", "Bagian Umum"])

    assert refused.value.index == 1


def test_a_contact_is_kept_in_one_form() -> None:
    contact = Contact(name="Siti", phone="0812-3456 7890", email=" siti@dinkes.example")

    request = submit(intake(), contact=contact)

    assert request.contact == {
        "name": "Siti",
        "phone": "+6281234567890",
        "email": "siti@dinkes.example",
    }


def test_every_part_of_a_contact_must_lead_to_somebody() -> None:
    with pytest.raises(Refusals) as refused:
        submit(intake(), contact=Contact(phone="12345", email="siti"))

    assert names(refused.value) == ["Unreachable", "Unreachable"]


def names(refusals: Refusals) -> list[str]:
    return [type(each).__name__ for each in refusals.refusals]


def test_every_fault_of_a_submission_is_said_at_once() -> None:
    with pytest.raises(Refusals) as refused:
        submit(
            intake(),
            kind="account_deletion",
            channel="whatsapp",
            agency="NASA",
            letter=replace(LETTER, dated_on=date(2027, 1, 1)),
            accounts=["Bagian Umum", "a@kalbarprov.go.id", "b@"],
            contact=Contact(phone="12345"),
        )

    assert names(refused.value) == [
        "UnknownKind",
        "UnknownRequestChannel",
        "UnknownAgency",
        "LetterAfterReceipt",
        "NoAddress",
        "NoAddress",
        "Unreachable",
    ]


def test_every_wrong_account_is_named() -> None:
    addresses = ["a@gmail.com", "b@kalbarprov.go.id", "B@kalbarprov.go.id", "c d@kalbarprov.go.id"]

    with pytest.raises(Refusals) as refused:
        submit(intake(), kind="account_creation", accounts=addresses)

    assert names(refused.value) == ["AccountOutsideDomain", "AccountNamedTwice", "NoAddress"]


def test_codes_that_are_not_known_come_with_those_that_are() -> None:
    with pytest.raises(Refusals) as refused:
        submit(intake(), kind="x", channel="y", agency="z")

    kind, channel, agency_ = (each.allowed for each in refused.value.refusals)  # type: ignore[attr-defined]
    assert kind == ("account_creation", "account_change", "password_reset")
    assert channel == ("counter", "email", "post", "online")
    assert "DINKES" in agency_


def test_a_letter_is_not_held_against_a_receipt_that_is_wrong_itself() -> None:
    with pytest.raises(Refusals) as refused:
        submit(supervisor(), received_at=at("2021-12-31 09:00"), agency="NASA")

    assert names(refused.value) == ["UnknownAgency", "NothingPromisedYet"]


def test_a_letter_of_tomorrow_is_wrong_beside_any_receipt() -> None:
    """It was left out where the receipt lay in the future, too."""
    with pytest.raises(Refusals) as refused:
        submit(
            intake(),
            received_at=at("2027-11-01 09:00"),
            letter=replace(LETTER, dated_on=date(2027, 12, 20)),
        )

    assert names(refused.value) == ["LetterAfterReceipt", "ReceivedInFuture"]


def test_every_fault_of_a_resubmission_is_said_at_once() -> None:
    request = returned(kind="account_creation", accounts=["a@kalbarprov.go.id"])
    letter = replace(LETTER, dated_on=date(2027, 1, 1))
    answer = Resubmission(letter=letter, accounts=["a@gmail.com"], contact=Contact(email="siti"))

    with pytest.raises(Refusals) as refused:
        request.resubmit(answer, agency(), standards=STANDARDS)

    assert names(refused.value) == ["LetterAfterReceipt", "AccountOutsideDomain", "Unreachable"]
    assert said(request) == []
