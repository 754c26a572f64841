"""HTTP: parse, call one use case, shape the answer. Who may call what stands with each call.

Next: `application.py`, which has a use case of the same name for each command.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.responses import Response

from services.requests.application import RequestResult, Requests
from services.requests.bodies import (
    ApprovalBody,
    CompletionBody,
    ConfirmationBody,
    RequestView,
    RequestVoidBody,
    ResubmissionBody,
    ReturnBody,
    SubmissionBody,
    in_part,
)
from services.requests.domain import ServiceRequest
from services.requests.letter import confirmation_faults
from shared.cases.case import Actor
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
from shared.office_time import local_date
from shared.promise.working_days import Calendar
from shared.refusals import Refusal
from shared.web.command_route import CommandRoute
from shared.web.commands import command_response

SERVICE = "requests"
NOTHING = Nothing()

ByApplicant = Annotated[
    CommandContext, Depends(command_context_for("agency", "intake", "reviewer", "supervisor"))
]
ByReviewer = Annotated[CommandContext, Depends(command_context_for("reviewer", "supervisor"))]
BySupervisor = Annotated[CommandContext, Depends(command_context_for("supervisor"))]
Reader = Annotated[
    Actor, Depends(reader_for("agency", "intake", "reviewer", "supervisor", "auditor"))
]

Responses = dict[int | str, dict[str, Any]]
_REQUEST: Responses = {200: {"model": RequestView, "description": "The request"}}
_CREATED: Responses = {201: {"model": RequestView, "description": "The request, registered"}}
_HISTORY: Responses = {200: {"model": HistoryView, "description": "Its history"}}


class RequestsApi:
    """One method a call."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    def router(self) -> APIRouter:
        router = APIRouter(tags=["requests"], route_class=CommandRoute)
        commands = (
            self.review,
            self.return_,
            self.resubmit,
            self.resume,
            self.approve,
            self.reject,
            self.process,
            self.complete,
            self.confirm,
            self.withdraw,
            self.assign,
            self.void,
            self.erase_personal_data,
        )
        router.add_api_route(
            "/v1/requests", self.submit, methods=["POST"], status_code=201, responses=_CREATED
        )
        for command in commands:
            path = command.__name__.strip("_").replace("_", "-")
            router.add_api_route(
                f"/v1/requests/{{number}}/{path}", command, methods=["POST"], responses=_REQUEST
            )
        router.add_api_route("/v1/requests/{number}", self.request, responses=_REQUEST)
        router.add_api_route("/v1/requests/{number}/events", self.events, responses=_HISTORY)
        router.add_api_route("/v1/requests/{number}/clock", self.clock, responses=DAYS)
        return router

    def faults_in_part(self, model: type[BaseModel], read: Mapping[str, Any]) -> Iterable[Refusal]:
        """What the domain says of the fields of a body that can be read, where others can't."""
        if model in (SubmissionBody, ResubmissionBody):
            return self._requests.faults_in_part(in_part(read))
        if model is ConfirmationBody:
            number, dated_on = read.get("letter_number"), read.get("letter_date")
            today = self._requests.today()
            return confirmation_faults(number, dated_on, received_on=None, today=today)
        return ()

    # Commands.

    async def submit(self, context: ByApplicant, body: SubmissionBody) -> Response:
        """Register a request. An agency does so for itself."""
        accepted = body.accept_duplicate
        answer = await self._requests.submit(context, body.submission(), accept_duplicate=accepted)
        return self._answer(answer, location=f"/v1/requests/{answer.case.number}")

    async def review(self, context: ByReviewer, number: str, _body: Nothing = NOTHING) -> Response:
        """Begin the review, and take the request."""
        return self._answer(await self._requests.review(context, number))

    async def return_(self, context: ByReviewer, number: str, body: ReturnBody) -> Response:
        """Ask the agency for what is missing; the clock waits."""
        return self._answer(
            await self._requests.return_(context, number, body.reason, body.missing)
        )

    async def resubmit(self, context: ByApplicant, number: str, body: ResubmissionBody) -> Response:
        """Hand in what was missing."""
        answer = body.resubmission()
        accepted = body.accept_duplicate
        return self._answer(
            await self._requests.resubmit(context, number, answer, accept_duplicate=accepted)
        )

    async def resume(self, context: BySupervisor, number: str, body: Reason) -> Response:
        """Go on without the agency's answer."""
        return self._answer(await self._requests.resume(context, number, body.reason))

    async def approve(self, context: ByReviewer, number: str, body: ApprovalBody) -> Response:
        """Grant it: every item of the checklist must be true."""
        checklist = body.checklist.checklist()
        return self._answer(await self._requests.approve(context, number, checklist))

    async def reject(self, context: ByReviewer, number: str, body: Reason) -> Response:
        """Refuse it; the clock stops."""
        return self._answer(await self._requests.reject(context, number, body.reason))

    async def process(self, context: ByReviewer, number: str, _body: Nothing = NOTHING) -> Response:
        """Begin the work."""
        return self._answer(await self._requests.process(context, number))

    async def complete(self, context: ByReviewer, number: str, body: CompletionBody) -> Response:
        """Say what was done; the clock runs on until the agency is told."""
        return self._answer(await self._requests.complete(context, number, body.result))

    async def confirm(self, context: ByReviewer, number: str, body: ConfirmationBody) -> Response:
        """Name the letter of confirmation; the clock stops."""
        letter_number, letter_date = body.letter_number, body.letter_date
        return self._answer(
            await self._requests.confirm(context, number, letter_number, letter_date)
        )

    async def withdraw(self, context: ByApplicant, number: str, body: Reason) -> Response:
        """Give it up, as the agency may until the work is done."""
        return self._answer(await self._requests.withdraw(context, number, body.reason))

    async def assign(self, context: BySupervisor, number: str, body: AssignmentBody) -> Response:
        """Put it into another reviewer's hands."""
        return self._answer(await self._requests.assign(context, number, body.assignee))

    async def void(self, context: BySupervisor, number: str, body: RequestVoidBody) -> Response:
        """Say that it was no request: registered by mistake, or twice."""
        why = body.reason, body.of, body.remark
        return self._answer(await self._requests.void(context, number, *why))

    async def erase_personal_data(
        self, context: BySupervisor, number: str, _body: Reason
    ) -> Response:
        """Erase contact, accounts and every text for ever, from backups too."""
        return self._answer(await self._requests.erase_personal_data(context, number))

    # Reading. An agency's own people find their own requests, and of others not even that they
    # exist (404). An auditor sees everything but personal data.

    async def request(self, reader: Reader, number: str, at: At = None) -> Response:
        """The request as it stands today, or as it was known at an instant."""
        if at is None:
            request, on = await self._requests.read(number, reader), self._requests.today()
        else:
            (request, _), on = await self._requests.read_at(number, reader, at), local_date(at)
        shown = request_json(request, on, self._requests.calendar, withheld=_withheld(reader))
        return json_response(shown, version=request.version)

    async def events(self, reader: Reader, number: str) -> Response:
        """Its history, oldest first."""
        request, history = await self._requests.history(number, reader)
        withheld = _withheld(reader)
        shown = history_json(history, hidden=lambda event: event.PERSONAL if withheld else ())
        return json_response(shown, version=request.version)

    async def clock(self, request: Request, reader: Reader, number: str) -> Response:
        """The clock, why each day counted or didn't, and what was promised before."""
        case, history = await self._requests.history(number, reader, personal=False)
        today, calendar = self._requests.today(), self._requests.calendar
        return clock_response(request, case, history, today, calendar)

    def _answer(self, answer: RequestResult, *, location: str | None = None) -> Response:
        """The clock is read on the day of recording, so that a repeat gives the same bytes."""
        recorded_on = local_date(answer.appended.recorded_at)
        shown = request_json(answer.case, recorded_on, self._requests.calendar)
        return command_response(shown, answer.appended, service=SERVICE, location=location)


def request_json(
    request: ServiceRequest, on: date, calendar: Calendar, *, withheld: bool = False
) -> dict[str, Any]:
    """`RequestView`, with the clock as of that day."""
    personal_data = "erased" if request.personal_data_erased else "shown"
    return {
        "number": request.number,
        "kind": request.kind,
        "status": request.status,
        "agency": request.agency,
        "letter": request.letter,
        "accounts": None if withheld else request.accounts,
        "contact": None if withheld else request.contact,
        "channel": request.channel,
        "assignee": request.assignee,
        "received_at": utc(request.created_on),
        "standard": request.standard,
        "clock": clock_json(request, on, calendar),
        "allowed": list(request.allowed),
        "version": request.version,
        "personal_data": "withheld" if withheld else personal_data,
    }


def _withheld(reader: Actor) -> bool:
    return reader.role == AUDITOR
