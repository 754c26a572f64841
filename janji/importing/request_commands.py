"""The commands on requests, as a row of history gives them; what is left out is filled in."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from janji import case_services
from janji.importing.imported_commands import (
    LEFT_OUT,
    VOID,
    ImportContext,
    ServiceImport,
    imported_commands,
    text_of,
)
from janji.importing.rows import Row, Use
from services.requests.application import GIVEN_UP, letter_name
from services.requests.commands_and_roles import COMMANDS
from services.requests.domain import ServiceRequest
from services.requests.letter import (
    Checklist,
    Letter,
    Missing,
    Resubmission,
    SignedBy,
    Submission,
    SubmissionInPart,
    submission_faults,
)
from services.requests.problems import problem_of
from shared.cases.case import ActContext
from shared.cases.receipt import standard_on
from shared.eventstore.records import Claim
from shared.office_time import local_date
from shared.refusals import Refusal

ALL_MET = Checklist(signed_by_authorised_head=True, stamped=True, accounts_named=True)
SUBMIT = "submit"
LETTER = ("letter_number", "letter_date", "signed_by")


def submit(row: Row, act: ActContext, rules: ImportContext, number: str) -> ServiceRequest:
    """Submit a request; missing parts of an old letter are filled in."""
    values = row.values
    standard = standard_on(local_date(row.at), rules.standards)  # without one, all is refused
    left_out = [f"{LEFT_OUT}@{standard.mail_domain}"] if standard else []
    submission = Submission(
        kind=values["kind"],
        agency=values["agency"],
        letter=_letter(row, {}),
        accounts=values.get("accounts", left_out),
        contact=None,
        channel=values["channel"],
        received_at=row.at,
    )
    return ServiceRequest.submit(
        submission, act, number=number, standards=rules.standards, agencies=rules.agencies
    )


def faults(row: Row, act: ActContext, rules: ImportContext) -> Iterable[Refusal]:
    """The faults of a submission, of the cells that can be read."""
    if row.command != SUBMIT:
        return ()
    values = row.values
    said = SubmissionInPart(
        kind=values.get("kind"),
        agency=values.get("agency"),
        letter=_letter(row, {}),
        accounts=values.get("accounts"),
        channel=values.get("channel"),
    )
    return submission_faults(said, act, standards=rules.standards, agencies=rules.agencies)


def resubmit(request: ServiceRequest, row: Row, act: ActContext, rules: ImportContext) -> None:
    """Resubmit; an empty column means no change."""
    has_letter = any(column in row.values for column in LETTER)
    answer = Resubmission(
        letter=_letter(row, request.letter) if has_letter else None,
        accounts=row.values.get("accounts"),
    )
    request.resubmit(answer, act, standards=rules.standards)


def _letter(row: Row, before: dict[str, Any]) -> Letter:
    """The letter that the row tells of; the rest as it was before, if it was."""
    values = row.values
    dated_on = before.get("date")
    return Letter(
        number=values.get("letter_number") or before.get("number", LEFT_OUT),
        dated_on=values.get("letter_date")
        or (date.fromisoformat(dated_on) if dated_on else local_date(row.at)),
        signed_by=values.get("signed_by")
        or SignedBy(before.get("signed_by", SignedBy.HEAD_OF_AGENCY)),
        stamped=True,
    )


def confirm(request: ServiceRequest, row: Row, act: ActContext, _: ImportContext) -> None:
    """By the letter that the row names."""
    letter_date = row.values.get("letter_date", local_date(row.at))
    request.confirm(text_of(row, "letter_number"), letter_date, act)


def claim_of(request: ServiceRequest) -> Claim:
    """History is as it was, so it shares its letters; a letter that was left out has no claim."""
    is_left_out = request.letter["number"].lower() == LEFT_OUT
    if is_left_out or request.status in GIVEN_UP:
        return Claim(None)
    return Claim(letter_name(request), shared=True)


def return_(request: ServiceRequest, row: Row, act: ActContext, _: ImportContext) -> None:
    """A spreadsheet doesn't say which part was missing."""
    request.return_(text_of(row, "reason"), [Missing.OTHER], act)


def approve(request: ServiceRequest, _row: Row, act: ActContext, _: ImportContext) -> None:
    request.approve(ALL_MET, act)


REQUESTS = ServiceImport(
    service=case_services.REQUESTS,
    receipt=SUBMIT,
    receive=submit,
    receipt_use=Use(needed=("kind", "agency", "channel"), useful=(*LETTER, "accounts")),
    commands=imported_commands(
        COMMANDS,
        {
            "return": (return_, Use(useful=("reason",))),
            "resubmit": (resubmit, Use(useful=(*LETTER, "accounts"))),
            "approve": (approve, Use()),
            "confirm": (confirm, Use(useful=("letter_number", "letter_date"))),
            "void": VOID,
        },
    ),
    pass_time=lambda _case, _act: None,
    problem_of=problem_of,
    claim_of=claim_of,
    faults=faults,
)
