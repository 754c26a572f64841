"""What comes in: the letter, the accounts, the agency, the day of receipt."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from services.requests.letter import Resubmission
from services.requests.problems import problem_of
from services.requests.refusals import (
    AccountNamedTwice,
    AccountOutsideDomain,
    ForeignAgency,
    LetterAfterReceipt,
    NoAccountNamed,
    UnknownAgency,
    UnknownKind,
    UnknownRequestChannel,
)
from shared.cases.receipt import (
    BackdatedByAgency,
    BackdatedTooFar,
    NothingPromisedYet,
    ReceivedInFuture,
)
from shared.promise.working_days import load_calendar
from shared.refusals import UnknownYear
from testbed.service_requests import (
    LETTER,
    MONDAY,
    NUMBER,
    STANDARDS,
    agency,
    at,
    intake,
    returned,
    reviewer,
    said,
    submit,
    supervisor,
)
from tests.support.clocks.data_files import DataFiles

LETTER_OF_2023 = replace(LETTER, dated_on=date(2023, 4, 17))


def test_a_submission_becomes_a_request_that_keeps_what_was_asked_for() -> None:
    request = submit(intake())

    assert request.number == NUMBER
    assert request.status == "submitted"
    assert request.agency == "DINKES"
    assert request.accounts == ["dinkes@kalbarprov.go.id"]
    assert request.standard == "09/DISKOMINFO/2022"
    assert said(request) == ["submitted"]


def test_request_is_received_when_the_letter_came_not_when_it_was_entered() -> None:
    request = submit(intake("2026-11-04 10:00"), received_at=at(MONDAY))

    assert request.created_on == at(MONDAY)
    assert request.clock.received_on == date(2026, 11, 2)


def test_a_kind_that_the_standard_does_not_know_is_refused() -> None:
    with pytest.raises(UnknownKind):
        submit(intake(), kind="account_deletion")


def test_a_channel_that_the_standard_does_not_know_is_refused() -> None:
    with pytest.raises(UnknownRequestChannel):
        submit(intake(), channel="whatsapp")


def test_an_agency_outside_the_register_is_refused() -> None:
    with pytest.raises(UnknownAgency) as refused:
        submit(intake(), agency="NASA")

    assert refused.value.agency == "NASA"


def test_an_agency_makes_no_requests_for_another() -> None:
    with pytest.raises(ForeignAgency) as refused:
        submit(agency(code="DINSOS"), agency="DINKES")

    assert refused.value.agency == "DINKES"


def test_a_letter_may_be_dated_on_the_day_it_comes() -> None:
    request = submit(intake(), letter=replace(LETTER, dated_on=date(2026, 11, 2)))

    assert request.letter["date"] == "2026-11-02"


def test_a_letter_dated_after_its_receipt_is_refused() -> None:
    with pytest.raises(LetterAfterReceipt) as refused:
        submit(intake(), letter=replace(LETTER, dated_on=date(2026, 11, 3)))

    assert refused.value.dated_on == date(2026, 11, 3)
    assert refused.value.received_on == date(2026, 11, 2)


def test_the_day_of_receipt_is_the_day_in_pontianak() -> None:
    """23:30 UTC on Sunday is Monday morning at the office, when Monday's letter may come."""
    request = submit(
        intake(),
        received_at=at("2026-11-02 06:30"),
        letter=replace(LETTER, dated_on=date(2026, 11, 2)),
    )

    assert request.clock.received_on == date(2026, 11, 2)


def test_nothing_is_received_in_the_future() -> None:
    with pytest.raises(ReceivedInFuture) as refused:
        submit(intake(MONDAY), received_at=at("2026-11-02 09:01"))

    assert refused.value.now == at(MONDAY)


def test_receipt_before_the_first_promise_is_refused() -> None:
    with pytest.raises(NothingPromisedYet):
        submit(supervisor(), received_at=at("2021-12-31 09:00"))


def test_a_past_year_without_a_calendar_is_unknown_and_not_empty(tmp_path: Path) -> None:
    data = DataFiles(tmp_path / "data")
    (data.folder / "calendar/2023.toml").unlink()
    act = replace(supervisor(), calendar=load_calendar(data.folder))

    with pytest.raises(UnknownYear) as refused:
        submit(act, received_at=at("2023-04-18 09:00"), letter=LETTER_OF_2023)

    (error,) = problem_of(refused.value).members["errors"]
    assert (error["pointer"], error["rule"]) == ("/received_at", "calendar_known")
    assert "2023" in error["detail"].id
    assert "janji calendar apply" in error["detail"].id


def test_a_past_year_is_reckoned_by_its_decrees() -> None:
    """Eid al-Fitr and the leave around it lie between Tuesday 18 and Wednesday 26 April."""
    request = submit(supervisor(), received_at=at("2023-04-18 09:00"), letter=LETTER_OF_2023)

    reading = request.clock.reading(date(2023, 4, 18), supervisor().calendar)
    assert (reading.due_on, reading.provisional) == (date(2023, 4, 26), False)


# Monday 2 November is five working days before Monday 9 November, six before Tuesday.


def test_five_working_days_back_are_for_everybody_to_enter() -> None:
    request = submit(intake("2026-11-09 15:00"), received_at=at(MONDAY))

    assert said(request) == ["submitted"]


@pytest.mark.parametrize("act", [intake, reviewer])
def test_six_working_days_back_need_a_supervisor(act: object) -> None:
    assert callable(act)
    with pytest.raises(BackdatedTooFar) as refused:
        submit(act("2026-11-10 08:00"), received_at=at(MONDAY))

    assert (refused.value.working_days, refused.value.working_days_max) == (6, 5)


def test_agency_submission_is_received_now() -> None:
    with pytest.raises(BackdatedByAgency):
        submit(agency("2026-11-02 09:06"), received_at=at(MONDAY))


def test_an_agencys_clock_may_be_five_minutes_behind() -> None:
    request = submit(agency("2026-11-02 09:05"), received_at=at(MONDAY))

    assert request.created_on == at(MONDAY)


def test_a_supervisor_may_enter_a_receipt_from_long_ago() -> None:
    request = submit(supervisor("2027-03-01 08:00"), received_at=at(MONDAY))

    assert request.created_on == at(MONDAY)


# Accounts.


def test_a_new_account_lies_under_the_offices_mail_domain() -> None:
    addresses = ["baru@kalbarprov.go.id", "Baru@Dinkes.kalbarprov.go.id"]

    request = submit(intake(), kind="account_creation", accounts=addresses)

    assert request.accounts == addresses


@pytest.mark.parametrize(
    "address",
    [
        "baru@gmail.com",
        "baru@evilkalbarprov.go.id",
        "baru@kalbarprov.go.id.example",
        "@kalbarprov.go.id",
        "baru",
        "baru@gmail.com@kalbarprov.go.id",
    ],
)
def test_a_new_account_elsewhere_is_refused(address: str) -> None:
    with pytest.raises(AccountOutsideDomain) as refused:
        submit(intake(), kind="account_creation", accounts=["a@kalbarprov.go.id", address])

    assert (refused.value.index, refused.value.mail_domain) == (1, "kalbarprov.go.id")


def test_no_new_account_is_asked_for_twice() -> None:
    addresses = ["baru@kalbarprov.go.id", "BARU@kalbarprov.go.id"]

    with pytest.raises(AccountNamedTwice) as refused:
        submit(intake(), kind="account_creation", accounts=addresses)

    assert refused.value.index == 1


@pytest.mark.parametrize("kind", ["account_creation", "password_reset"])
def test_a_new_account_and_a_reset_name_at_least_one(kind: str) -> None:
    with pytest.raises(NoAccountNamed) as refused:
        submit(intake(), kind=kind, accounts=[])

    assert refused.value.kind == kind


def test_a_change_may_come_without_accounts_and_is_then_returned() -> None:
    request = submit(intake(), kind="account_change", accounts=[])

    assert request.accounts == []


# The same rules hold for what is handed in afterwards.


def test_a_resubmission_replaces_what_it_names_and_leaves_the_rest() -> None:
    request = returned()

    request.resubmit(
        Resubmission(accounts=["lain@kalbarprov.go.id"]), agency(), standards=STANDARDS
    )

    assert request.accounts == ["lain@kalbarprov.go.id"]
    assert request.letter == LETTER.to_dict()
    assert request.contact is not None
    assert request.pending_events[0].changed == ["accounts"]  # type: ignore[attr-defined]


def test_a_resubmitted_letter_is_not_dated_after_the_resubmission() -> None:
    request = returned()
    answer = Resubmission(letter=replace(LETTER, dated_on=date(2026, 11, 4)))

    with pytest.raises(LetterAfterReceipt):
        request.resubmit(answer, agency("2026-11-03 09:00"), standards=STANDARDS)

    assert said(request) == []


def test_resubmitted_accounts_follow_the_rules_of_the_kind() -> None:
    request = returned(kind="account_creation", accounts=["a@kalbarprov.go.id"])

    with pytest.raises(AccountOutsideDomain):
        request.resubmit(Resubmission(accounts=["a@gmail.com"]), agency(), standards=STANDARDS)

    assert said(request) == []
