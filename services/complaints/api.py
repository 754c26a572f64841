"""HTTP for the office: parse, call one use case, shape the answer. Who may call what stands here.

The complainant's own calls are in `public_api.py`. Next: `application.py`, which has a use case of
the same name for each command.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.responses import Response

from services.complaints.application import ComplaintResult, Complaints
from services.complaints.bodies import (
    AnswerBody,
    ClassificationBody,
    ComplaintBody,
    ComplaintView,
    ComplaintVoidBody,
    ForwardingBody,
    PublicComplaintBody,
    QuestionBody,
    RegisteredView,
    ResponseBody,
    in_part,
)
from services.complaints.domain import SUPERVISOR, Complaint
from services.complaints.intake import Complainant
from services.complaints.tracking import TrackingSecrets
from shared.cases.case import Actor, Case
from shared.cases.use_cases import AUDITOR, CommandContext
from shared.cases.web.clock_page import DAYS, clock_response
from shared.cases.web.http import (
    AssignmentBody,
    At,
    Nothing,
    Reason,
    command_context_for,
    reader_for,
)
from shared.cases.web.responses import (
    HistoryView,
    clock_json,
    history_json,
    json_response,
    utc,
)
from shared.cases.web.wall_calendar import COMPLAINANT_AWAITED
from shared.office_time import local_date
from shared.promise.working_days import Calendar
from shared.refusals import Refusal
from shared.web.command_route import CommandRoute
from shared.web.commands import command_response

SERVICE = "complaints"
NOTHING = Nothing()

AtCounter = Annotated[CommandContext, Depends(command_context_for("intake", "supervisor"))]
ByReviewer = Annotated[CommandContext, Depends(command_context_for("reviewer", "supervisor"))]
BySupervisor = Annotated[CommandContext, Depends(command_context_for("supervisor"))]
Reader = Annotated[Actor, Depends(reader_for("intake", "reviewer", "supervisor", "auditor"))]

Responses = dict[int | str, dict[str, Any]]
_COMPLAINT: Responses = {200: {"model": ComplaintView, "description": "The complaint"}}
_REGISTERED: Responses = {201: {"model": RegisteredView, "description": "It, and its receipt"}}
_HISTORY: Responses = {200: {"model": HistoryView, "description": "Its history"}}


class ComplaintsApi:
    """One method a call."""

    def __init__(self, complaints: Complaints, secrets: TrackingSecrets) -> None:
        self._complaints = complaints
        self._secrets = secrets

    def router(self) -> APIRouter:
        router = APIRouter(tags=["complaints"], route_class=CommandRoute)
        commands = (
            self.classify,
            self.assign,
            self.request_clarification,
            self.clarify,
            self.resume,
            self.respond,
            self.resolve,
            self.reject,
            self.forward,
            self.reopen,
            self.close,
            self.void,
            self.erase_personal_data,
        )
        router.add_api_route(
            "/v1/complaints", self.receive, methods=["POST"], status_code=201, responses=_REGISTERED
        )
        for command in commands:
            path = command.__name__.replace("_", "-")
            router.add_api_route(
                f"/v1/complaints/{{number}}/{path}", command, methods=["POST"], responses=_COMPLAINT
            )
        router.add_api_route("/v1/complaints/{number}", self.complaint, responses=_COMPLAINT)
        router.add_api_route("/v1/complaints/{number}/events", self.events, responses=_HISTORY)
        router.add_api_route("/v1/complaints/{number}/clock", self.clock, responses=DAYS)
        return router

    def faults_in_part(self, model: type[BaseModel], read: Mapping[str, Any]) -> Iterable[Refusal]:
        """What the domain says of the fields of a body that can be read, where others can't."""
        if issubclass(model, PublicComplaintBody):
            return self._complaints.faults_in_part(in_part(read))
        if model is ClassificationBody and "category" in read:
            return self._complaints.category_faults(read["category"])
        return ()

    # Commands.

    async def receive(self, context: AtCounter, body: ComplaintBody) -> Response:
        """Register what came on a channel of the standard; the answer holds the receipt."""
        answer = await self._complaints.receive(context, body.intake())
        complaint = answer.case
        secret = self._secrets.of(complaint.id)
        location = f"/v1/complaints/{complaint.number}"
        return self._answer(answer, context, location=location, tracking_secret=secret)

    async def classify(
        self, context: ByReviewer, number: str, body: ClassificationBody
    ) -> Response:
        """Say how grave it is. Another opinion is a supervisor's."""
        opinion = body.category, body.reason, body.accept_breach
        return self._answer(await self._complaints.classify(context, number, *opinion), context)

    async def assign(self, context: BySupervisor, number: str, body: AssignmentBody) -> Response:
        """Put it into somebody's hands."""
        return self._answer(await self._complaints.assign(context, number, body.assignee), context)

    async def request_clarification(
        self, context: ByReviewer, number: str, body: QuestionBody
    ) -> Response:
        """Ask the complainant; the clock waits."""
        answer = await self._complaints.request_clarification(context, number, body.question)
        return self._answer(answer, context)

    async def clarify(self, context: AtCounter, number: str, body: AnswerBody) -> Response:
        """Note what the complainant answered at the counter."""
        return self._answer(await self._complaints.clarify(context, number, body.answer), context)

    async def resume(self, context: BySupervisor, number: str, body: Reason) -> Response:
        """Go on without the complainant's answer."""
        return self._answer(await self._complaints.resume(context, number, body.reason), context)

    async def respond(self, context: ByReviewer, number: str, body: ResponseBody) -> Response:
        """Give an interim answer."""
        return self._answer(await self._complaints.respond(context, number, body.text), context)

    async def resolve(self, context: ByReviewer, number: str, body: AnswerBody) -> Response:
        """Answer the complainant; the clock stops."""
        return self._answer(await self._complaints.resolve(context, number, body.answer), context)

    async def reject(self, context: ByReviewer, number: str, body: Reason) -> Response:
        """Refuse it; the clock stops."""
        return self._answer(await self._complaints.reject(context, number, body.reason), context)

    async def forward(self, context: BySupervisor, number: str, body: ForwardingBody) -> Response:
        """Hand it to the office that it concerns."""
        where = body.to, body.reference, body.reason
        return self._answer(await self._complaints.forward(context, number, *where), context)

    async def reopen(self, context: AtCounter, number: str, body: Reason) -> Response:
        """Note at the counter that the answer didn't answer it."""
        return self._answer(await self._complaints.reopen(context, number, body.reason), context)

    async def close(self, context: AtCounter, number: str, _body: Nothing = NOTHING) -> Response:
        """Note at the counter that the complainant is content."""
        return self._answer(await self._complaints.close(context, number), context)

    async def void(self, context: BySupervisor, number: str, body: ComplaintVoidBody) -> Response:
        """Say that it was no complaint: registered by mistake, twice, or spam."""
        why = body.reason, body.of, body.remark
        return self._answer(await self._complaints.void(context, number, *why), context)

    async def erase_personal_data(
        self, context: BySupervisor, number: str, _body: Reason
    ) -> Response:
        """Erase contact and every text for ever, from backups too."""
        return self._answer(await self._complaints.erase_personal_data(context, number), context)

    # Reading. An auditor sees everything but personal data.

    async def complaint(self, reader: Reader, number: str, at: At = None) -> Response:
        """The complaint as it stands today, or as it was known at an instant.

        Who may see the contact is decided by how it stands today.
        """
        calendar = self._complaints.calendar
        if at is None:
            complaint = await self._complaints.read(number, reader)
            shown = complaint_json(complaint, self._complaints.today(), calendar, reader)
            return json_response(shown, version=complaint.version)
        then, complaint = await self._complaints.read_at(number, reader, at)
        shown = complaint_json(then, local_date(at), calendar, reader, today=complaint)
        return json_response(shown, version=then.version)

    async def events(self, reader: Reader, number: str) -> Response:
        """Its history, oldest first."""
        complaint, history = await self._complaints.history(number, reader)
        shown = history_json(history, hidden=lambda event: hidden(event, complaint, reader))
        return json_response(shown, version=complaint.version)

    async def clock(self, request: Request, reader: Reader, number: str) -> Response:
        """The clock, why each day counted or didn't, and what was promised before."""
        complaint, history = await self._complaints.history(number, reader, personal=False)
        today, calendar = self._complaints.today(), self._complaints.calendar
        return clock_response(
            request, complaint, history, today, calendar, awaited=COMPLAINANT_AWAITED
        )

    def _answer(
        self,
        answer: ComplaintResult,
        context: CommandContext,
        *,
        location: str | None = None,
        **receipt: str,
    ) -> Response:
        """The clock is read on the day of recording, so that a repeat gives the same bytes."""
        recorded_on = local_date(answer.appended.recorded_at)
        shown = complaint_json(answer.case, recorded_on, self._complaints.calendar, context.by)
        return command_response(
            {**shown, **receipt}, answer.appended, service=SERVICE, location=location
        )


def complaint_json(
    complaint: Complaint,
    on: date,
    calendar: Calendar,
    reader: Actor,
    *,
    today: Complaint | None = None,
) -> dict[str, Any]:
    """`ComplaintView`, with the clock as of that day and what this reader may see.

    today: the same complaint as it stands today, if this one is of the past.
    """
    withheld = reader.role == AUDITOR
    shown = "erased" if complaint.personal_data_erased else "shown"
    contact = complaint.contact if may_see_contact(today or complaint, reader) else None
    return {
        "number": complaint.number,
        "status": complaint.status,
        "category": complaint.category,
        "channel": complaint.channel,
        "complainant": {"kind": complaint.complainant, "contact": contact},
        "subject": None if withheld else complaint.subject,
        "text": None if withheld else complaint.text,
        "about_request": complaint.about_request,
        "lapor_number": complaint.lapor_number,
        "assignee": complaint.assignee,
        "rating": complaint.score,
        "received_at": utc(complaint.created_on),
        "standard": complaint.standard,
        "clock": clock_json(complaint, on, calendar),
        "allowed": list(complaint.allowed),
        "version": complaint.version,
        "personal_data": "withheld" if withheld else shown,
    }


def may_see_contact(complaint: Complaint, reader: Actor) -> bool:
    """Of a confidential complainant only the assignee and supervisors see who it is."""
    if reader.role == AUDITOR:
        return False
    if complaint.complainant == Complainant.CONFIDENTIAL:
        return reader.role == SUPERVISOR or reader.sub == complaint.assignee
    return True


def hidden(event: Case.Event, complaint: Complaint, reader: Actor) -> Collection[str]:
    """The fields of the event that this reader doesn't see."""
    if reader.role == AUDITOR:
        return event.PERSONAL
    return () if may_see_contact(complaint, reader) else ("contact",)
