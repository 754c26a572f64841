"""The commands on complaints, as a row of history gives them; what is left out is filled in."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from janji import case_services
from janji.importing.commands import (
    LEFT_OUT,
    VOID,
    ImportContext,
    ImportedCommand,
    ServiceImport,
    text_of,
    void,
)
from janji.importing.rows import Row, Use
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
REASON, TEXT = Use(useful=("reason",)), Use(useful=("text",))


def receive(row: Row, act: ActContext, rules: ImportContext, number: str) -> Complaint:
    """Who complained isn't told by a spreadsheet."""
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
    """Of a receipt or a classification, as far as it can be read."""
    if row.command == RECEIVE:
        said = IntakeInPart(channel=row.values.get("channel"))
        return intake_faults(said, act, rules.standards)
    if row.command == CLASSIFY and "category" in row.values:
        return category_faults(row.values["category"], rules.standards)
    return ()


def classify(complaint: Complaint, row: Row, act: ActContext, rules: ImportContext) -> None:
    """History is as it is: a reclassification that breached the promise did breach it."""
    complaint.classify(
        row.values["category"],
        act,
        standards=rules.standards,
        reason=text_of(row, "reason"),
        accept_breach=True,
    )


def forward(complaint: Complaint, row: Row, act: ActContext, _: ImportContext) -> None:
    complaint.forward(text_of(row, "to"), text_of(row, "reference"), text_of(row, "reason"), act)


def close_silent(complaint: Complaint, act: ActContext) -> None:
    """By itself, if its silence was full by then: as the service does it, and in its name."""
    complaint.close_by_itself(replace(act, by=SYSTEM))


Event = Complaint
COMMANDS: Mapping[str, ImportedCommand[Complaint]] = {
    CLASSIFY: ImportedCommand(
        Event.Classified, classify, Use(needed=("category",), useful=("reason",))
    ),
    "assign": ImportedCommand(
        Event.Assigned,
        lambda case, row, act, _: case.assign(text_of(row, "assignee"), act),
        Use(useful=("assignee",)),
    ),
    "request-clarification": ImportedCommand(
        Event.ClarificationRequested,
        lambda case, row, act, _: case.request_clarification(text_of(row, "text"), act),
        TEXT,
    ),
    "clarify": ImportedCommand(
        Event.Clarified, lambda case, row, act, _: case.clarify(text_of(row, "text"), act), TEXT
    ),
    "resume": ImportedCommand(
        Event.Resumed, lambda case, row, act, _: case.resume(text_of(row, "reason"), act), REASON
    ),
    "respond": ImportedCommand(
        Event.Responded, lambda case, row, act, _: case.respond(text_of(row, "text"), act), TEXT
    ),
    "resolve": ImportedCommand(
        Event.Resolved, lambda case, row, act, _: case.resolve(text_of(row, "text"), act), TEXT
    ),
    "reject": ImportedCommand(
        Event.Rejected, lambda case, row, act, _: case.reject(text_of(row, "reason"), act), REASON
    ),
    "forward": ImportedCommand(Event.Forwarded, forward, Use(useful=("to", "reference", "reason"))),
    "reopen": ImportedCommand(
        Event.Reopened, lambda case, row, act, _: case.reopen(text_of(row, "reason"), act), REASON
    ),
    "close": ImportedCommand(Event.Closed, lambda case, _row, act, _: case.close(act)),
    "rate": ImportedCommand(
        Event.Rated,
        lambda case, row, act, _: case.rate(row.values["score"], row.values.get("text"), act),
        Use(needed=("score",), useful=("text",)),
    ),
    "void": ImportedCommand(Event.Voided, void, VOID),
}

COMPLAINTS = ServiceImport(
    service=case_services.COMPLAINTS,
    receipt=RECEIVE,
    receive=receive,
    receipt_use=Use(needed=("channel",), useful=("text",)),
    commands=COMMANDS,
    pass_time=close_silent,
    problem_of=problem_of,
    faults=faults,
)
