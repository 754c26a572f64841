"""A flat form becomes the API's body, and a broken rule points to a field of the form."""

import pytest

from services.complaints.intake import Complainant
from services.complaints.pages import form_bodies
from services.complaints.pages.form_rejected import FormRejected

COMPLAINT = {
    "subject": "Surat belum dijawab",
    "text": "Sudah seminggu kami menunggu.",
    "complainant": "named",
    "name": "Budi Hartono",
    "phone": "",
    "email": "budi@contoh.example",
}


def test_a_form_that_is_filled_in_is_a_complaint() -> None:
    intake = form_bodies.complaint(COMPLAINT).intake()

    assert intake.channel == "janji"
    assert intake.complainant is Complainant.NAMED
    assert intake.contact is not None
    assert (intake.contact.name, intake.contact.phone) == ("Budi Hartono", None)
    assert (intake.about_request, intake.lapor_number) == (None, None)


def test_an_empty_form_says_what_is_required_in_the_order_of_its_fields() -> None:
    with pytest.raises(FormRejected) as again:
        form_bodies.complaint({"subject": "  "})

    assert again.value.status == 422
    assert list(again.value.errors) == ["subject", "text", "complainant"]
    assert again.value.errors["subject"].en == "Required."
    assert again.value.errors["complainant"].en == "Choose one."


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        pytest.param("subject", "a" * 201, "At most 200 characters.", id="a subject too long"),
        pytest.param("text", "a" * 10_001, "At most 10000 characters.", id="a text too long"),
        pytest.param("text", "a\0b", "can't be stored", id="NUL"),
        pytest.param("subject", "one\ntwo", "can't be stored", id="two lines where one fits"),
        pytest.param("about_request", "PRM-1", "Not a request's number", id="no request's number"),
        pytest.param("lapor_number", "<script>", "form", id="no number of SP4N-LAPOR!"),
        pytest.param("complainant", "king", "Choose one.", id="a choice that isn't there"),
        pytest.param("email", "a\tb", "can't be stored", id="a contact with a tab"),
    ],
)
def test_a_broken_rule_leads_to_its_field(field: str, typed: str, says: str) -> None:
    with pytest.raises(FormRejected) as again:
        form_bodies.complaint({**COMPLAINT, field: typed})

    assert list(again.value.errors) == [field]
    assert says in again.value.errors[field].en
    assert typed not in again.value.errors[field].en


@pytest.mark.parametrize("typed", ["", "0", "6", "4.5", "four", "４", "-1", "1" * 5_000])
def test_a_rating_is_one_of_five_numbers(typed: str) -> None:
    with pytest.raises(FormRejected) as again:
        form_bodies.rating({"score": typed})

    assert again.value.errors["score"].en == "Choose a number from 1 to 5."


def test_a_rating_may_say_why_or_not() -> None:
    assert form_bodies.rating({"score": "4", "remark": ""}).remark is None
    assert form_bodies.rating({"score": "4", "remark": "Agak lama"}).remark == "Agak lama"


def test_faults_of_the_contact_are_said_with_the_rest() -> None:
    with pytest.raises(FormRejected) as again:
        form_bodies.complaint({**COMPLAINT, "subject": "", "phone": "12345", "email": "budi"})

    assert list(again.value.errors) == ["subject", "phone", "email"]
    assert again.value.errors["phone"].en.startswith("Must be a telephone number of 9 digits")
    assert again.value.errors["email"].en.startswith("Must be an e-mail address")


def test_named_complainant_is_asked_for_a_contact_in_plain_words() -> None:
    with pytest.raises(FormRejected) as again:
        form_bodies.complaint({**COMPLAINT, "text": "", "email": ""})

    assert list(again.value.errors) == ["text", "phone"]
    assert again.value.errors["phone"].en == (
        "Fill in a telephone number or an e-mail address, or choose “Anonymous”."
    )


def test_an_anonymous_complainant_is_asked_for_nothing() -> None:
    typed = {**COMPLAINT, "complainant": "anonymous", "email": "budi"}

    assert form_bodies.complaint(typed).intake().to_dict()["contact"] is None
