"""The commands on complaints, as a row of history gives them; what is left out is filled in."""

from collections.abc import Iterable
from dataclasses import replace

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
from services.complaints.commands_and_roles import COMMANDS
from services.complaints.domain import Complaint
from services.complaints.intake import (
    Complainant,
    Intake,
    IntakeInPart,
    category_faults,
    intake_faults,
)
from services.complaints.problems import problem_of
from shared.cases.case import SYSTEM, ActContext
from shared.refusals import Refusal

RECEIVE, CLASSIFY = "receive", "classify"


def receive(row: Row, act: ActContext, rules: ImportContext, number: str) -> Complaint:
    """Receive a complaint; a spreadsheet doesn't name the complainant."""
    intake = Intake(
        channel=row.values["channel"],
        complainant=Complainant.ANONYMOUS,
        contact=None,
        subject=LEFT_OUT,
        text=text_of(row, "text"),
        about_request=None,
        lapor_number=None,
        received_at=row.at,
    )
    return Complaint.receive(intake, act, number=number, standards=rules.standards)


def faults(row: Row, act: ActContext, rules: ImportContext) -> Iterable[Refusal]:
    """The faults of a receipt or a classification, of the cells that can be read."""
    if row.command == RECEIVE:
        said = IntakeInPart(channel=row.values.get("channel"))
        return intake_faults(said, act, rules.standards)
    if row.command == CLASSIFY and "category" in row.values:
        return category_faults(row.values["category"], rules.standards)
    return ()


def classify(complaint: Complaint, row: Row, act: ActContext, rules: ImportContext) -> None:
    """Classify; a breach that a reclassification caused in the past is accepted."""
    complaint.classify(
        row.values["category"],
        act,
        standards=rules.standards,
        reason=text_of(row, "reason"),
        accept_breach=True,
    )


def rate(complaint: Complaint, row: Row, act: ActContext, _: ImportContext) -> None:
    complaint.rate(row.values["score"], row.values.get("text"), act)


def close_silent(complaint: Complaint, act: ActContext) -> None:
    """Close the complaint if its silence was full by then, as the service does."""
    complaint.close_by_itself(replace(act, by=SYSTEM))


COMPLAINTS = ServiceImport(
    service=case_services.COMPLAINTS,
    receipt=RECEIVE,
    receive=receive,
    receipt_use=Use(needed=("channel",), useful=("text",)),
    commands=imported_commands(
        COMMANDS,
        {
            CLASSIFY: (classify, Use(needed=("category",), useful=("reason",))),
            "rate": (rate, Use(needed=("score",), useful=("text",))),
            "void": VOID,
        },
    ),
    pass_time=close_silent,
    problem_of=problem_of,
    faults=faults,
)
