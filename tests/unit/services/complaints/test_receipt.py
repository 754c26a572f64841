"""Receiving a complaint: from whom, by which channel, and when."""

import pytest

from services.complaints.intake import Complainant
from services.complaints.refusals import (
    NoWayOfContact,
    UnknownChannel,
)
from shared.promise.refusals import Refusals
from shared.receipt import BackdatedTooFar, Contact, ReceivedInFuture
from tests.support.complaints import (
    INTAKE,
    act,
    reading,
    receive,
    received,
)


def test_unclassified_is_not_untimed_but_measured_by_the_shortest_deadline() -> None:
    complaint = received()

    assert reading(complaint, "2026-11-02")["days_allowed"] == 5
    assert reading(complaint, "2026-11-02")["due_on"] == "2026-11-09"


def test_of_an_anonymous_complainant_no_contact_is_kept() -> None:
    complaint = receive(act(), complainant=Complainant.ANONYMOUS)

    assert INTAKE.contact is not None
    assert complaint.contact is None


def test_the_contact_of_an_anonymous_complainant_is_not_even_looked_at() -> None:
    contact = Contact(phone="12345", email="siti")

    complaint = receive(act(), complainant=Complainant.ANONYMOUS, contact=contact)

    assert complaint.contact is None


@pytest.mark.parametrize("complainant", [Complainant.NAMED, Complainant.CONFIDENTIAL])
@pytest.mark.parametrize("contact", [None, Contact(), Contact(name="Budi")])
def test_who_wants_to_be_known_can_be_reached(
    complainant: Complainant, contact: Contact | None
) -> None:
    with pytest.raises(NoWayOfContact):
        receive(act(), complainant=complainant, contact=contact)


@pytest.mark.parametrize(
    ("contact", "kept"),
    [
        (Contact(phone="0812 3456 7890"), ("+6281234567890", None)),
        (Contact(email="budi@contoh.example"), (None, "budi@contoh.example")),
    ],
)
def test_one_way_of_contact_is_enough(
    contact: Contact, kept: tuple[str | None, str | None]
) -> None:
    complaint = receive(act(), contact=contact)

    assert complaint.contact is not None
    assert (complaint.contact["phone"], complaint.contact["email"]) == kept


def test_every_fault_of_a_receipt_is_said_at_once() -> None:
    contact = Contact(phone="12345", email="budi")

    with pytest.raises(Refusals) as refused:
        receive(act("2026-11-02 08:59"), channel="pigeon", contact=contact)

    assert [type(each).__name__ for each in refused.value.refusals] == [
        "UnknownChannel",
        "Unreachable",
        "Unreachable",
        "ReceivedInFuture",
    ]


def test_a_named_complaint_from_before_contacts_were_checked_still_loads() -> None:
    (created,) = receive(act()).collect_events()
    created.__dict__["contact"] = None

    complaint = created.mutate(None)

    assert complaint is not None
    assert (complaint.complainant, complaint.contact) == ("named", None)


def test_a_channel_that_the_standard_does_not_name_is_refused() -> None:
    with pytest.raises(UnknownChannel):
        receive(act(), channel="pigeon")


def test_a_receipt_lies_in_the_past() -> None:
    with pytest.raises(ReceivedInFuture):
        receive(act("2026-11-02 08:59"))


@pytest.mark.parametrize(
    ("role", "when", "is_refused"),
    [
        pytest.param("intake", "2026-11-09 09:00", False, id="five working days back"),
        pytest.param("intake", "2026-11-10 09:00", True, id="six working days back"),
        pytest.param("supervisor", "2026-11-10 09:00", False, id="six, by a supervisor"),
    ],
)
def test_only_a_supervisor_enters_a_receipt_from_long_ago(
    role: str, when: str, is_refused: bool
) -> None:
    try:
        receive(act(when, role))
    except BackdatedTooFar:
        assert is_refused
    else:
        assert not is_refused
