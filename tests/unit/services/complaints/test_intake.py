"""What must be right of a receipt and of an opinion: all that is wrong is said at once."""

import pytest

from services.complaints.intake import Complainant
from services.complaints.refusals import NoWayOfContact, ReasonNeeded, UnknownCategory
from shared.cases.receipt import Contact
from shared.refusals import Refusals
from testbed.complaints import act, classified, classify, receive, said


def test_the_contact_of_an_anonymous_complainant_is_not_even_looked_at() -> None:
    contact = Contact(phone="12345", email="siti")

    complaint = receive(act(), complainant=Complainant.ANONYMOUS, contact=contact)

    assert complaint.contact is None


@pytest.mark.parametrize("complainant", [Complainant.NAMED, Complainant.CONFIDENTIAL])
@pytest.mark.parametrize("contact", [None, Contact(), Contact(name="Budi")])
def test_named_complainant_can_be_reached(
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
        "UnknownComplaintChannel",
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


def test_a_second_opinion_is_told_all_that_it_lacks() -> None:
    complaint = classified()

    with pytest.raises(Refusals) as refused:
        classify(complaint, "grave", "2026-11-03 10:00")

    category, reason = refused.value.refusals
    assert isinstance(category, UnknownCategory)
    assert category.allowed == ("minor", "normative", "non_oversight", "oversight")
    assert isinstance(reason, ReasonNeeded)
    assert said(complaint) == []
