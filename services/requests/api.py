"""HTTP for requests: parse, call one use case, shape the answer.

Who may give which command stands in `commands_and_roles.py`; the commands whose body isn't simply
the arguments of the domain's method are written out here. Next: `application.py`.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.responses import Response

from services.requests.application import RequestResult, Requests
from services.requests.bodies import (
    ConfirmationBody,
    RequestView,
    RequestVoidBody,
    ResubmissionBody,
    SubmissionBody,
    in_part,
)
from services.requests.commands_and_roles import APPLICANTS, COMMANDS
from services.requests.domain import ServiceRequest
from services.requests.letter import confirmation_faults
from shared.cases.case import Actor
from shared.cases.repository import AUDITOR, CommandContext
from shared.cases.web.clock_page import DAYS, clock_response
from shared.cases.web.command_routes import Command, Handler, add_command
from shared.cases.web.http import AssignmentBody, At, Reason, command_context_for, reader_for
from shared.cases.web.responses import HistoryView, case_view, history_json, json_response
from shared.office_time import local_date
from shared.promise.working_days import Calendar
from shared.refusals import Refusal
from shared.web.command_route import CommandRoute
from shared.web.commands import command_response
from shared.web.fields import Body

SERVICE = "requests"

ByApplicant = Annotated[CommandContext, Depends(command_context_for(*APPLICANTS))]
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
        router.add_api_route(
            "/v1/requests", self.submit, methods=["POST"], status_code=201, responses=_CREATED
        )
        written_out: Mapping[str, Handler] = {
            "resubmit": self.resubmit,
            "assign": self.assign,
            "void": self.void,
            "erase-personal-data": self.erase_personal_data,
        }
        for command in COMMANDS:
            handle = written_out.get(command.name, partial(self.carry_out, command))
            path = f"/v1/requests/{{number}}/{command.name}"
            add_command(router, path, command, handle, responses=_REQUEST)
        router.add_api_route("/v1/requests/{number}", self.request, responses=_REQUEST)
        router.add_api_route("/v1/requests/{number}/events", self.events, responses=_HISTORY)
        router.add_api_route("/v1/requests/{number}/clock", self.clock, responses=DAYS)
        return router

    def faults_in_part(self, model: type[BaseModel], read: Mapping[str, Any]) -> Iterable[Refusal]:
        """The faults of the fields of a body that can be read, where others can't."""
        if model in (SubmissionBody, ResubmissionBody):
            return self._requests.faults_in_part(in_part(read))
        if model is ConfirmationBody:
            number, dated_on = read.get("letter_number"), read.get("letter_date")
            today = self._requests.cases.today()
            return confirmation_faults(number, dated_on, received_on=None, today=today)
        return ()

    # Commands.

    async def submit(self, context: ByApplicant, body: SubmissionBody) -> Response:
        """Register a request. An agency does so for itself."""
        submission, accepted = body.submission(), body.accept_duplicate
        result = await self._requests.submit(context, submission, accept_duplicate=accepted)
        return self._answer(result, location=f"/v1/requests/{result.case.number}")

    async def carry_out(
        self, command: Command, context: CommandContext, number: str, body: Body
    ) -> Response:
        """Any command of the catalogue that is not written out below."""
        facts = command.facts(body)
        return self._answer(
            await self._requests.carry_out(context, number, command.decide, **facts)
        )

    async def resubmit(
        self, context: CommandContext, number: str, body: ResubmissionBody
    ) -> Response:
        answer, accepted = body.resubmission(), body.accept_duplicate
        return self._answer(
            await self._requests.resubmit(context, number, answer, accept_duplicate=accepted)
        )

    async def assign(self, context: CommandContext, number: str, body: AssignmentBody) -> Response:
        return self._answer(await self._requests.assign(context, number, body.assignee))

    async def void(self, context: CommandContext, number: str, body: RequestVoidBody) -> Response:
        why = body.reason, body.of, body.remark
        return self._answer(await self._requests.void(context, number, *why))

    async def erase_personal_data(
        self, context: CommandContext, number: str, _body: Reason
    ) -> Response:
        """Make the case's personal data unreadable, for ever, in this database and in any that is
        restored from a backup made since the register of erasures began. A backup that is opened
        outside the service can be read until the master key of its time is destroyed."""
        return self._answer(await self._requests.erase_personal_data(context, number))

    # Reading. An agency's own people find their own requests, and of others not even that they
    # exist (404). An auditor sees everything but personal data.

    async def request(self, reader: Reader, number: str, at: At = None) -> Response:
        """The request as it stands today, or as it was known at an instant."""
        cases = self._requests.cases
        if at is None:
            request, on = await cases.read(number, reader), cases.today()
        else:
            (request, _), on = await cases.read_at(number, reader, at), local_date(at)
        shown = request_json(request, on, cases.calendar, withheld=_withheld(reader))
        return json_response(shown, version=request.version)

    async def events(self, reader: Reader, number: str) -> Response:
        """Its history, oldest first."""
        request, history = await self._requests.cases.history(number, reader)
        withheld = _withheld(reader)
        shown = history_json(history, hidden=lambda event: event.PERSONAL if withheld else ())
        return json_response(shown, version=request.version)

    async def clock(self, request: Request, reader: Reader, number: str) -> Response:
        """The clock, why each day counted or didn't, and what was promised before."""
        cases = self._requests.cases
        case, history = await cases.history(number, reader, personal=False)
        return clock_response(request, case, history, cases.today(), cases.calendar)

    def _answer(self, result: RequestResult, *, location: str | None = None) -> Response:
        """The clock is read on the day of recording, so that a repeat gives the same bytes."""
        recorded_on = local_date(result.appended.recorded_at)
        shown = request_json(result.case, recorded_on, self._requests.cases.calendar)
        return command_response(shown, result.appended, service=SERVICE, location=location)


def request_json(
    request: ServiceRequest, on: date, calendar: Calendar, *, withheld: bool = False
) -> dict[str, Any]:
    """`RequestView`, with the clock as of that day."""
    if withheld:
        said = {"accounts": None, "contact": None, "personal_data": "withheld"}
    else:
        said = {"personal_data": "erased" if request.personal_data_erased else "shown"}
    return case_view(RequestView, request, on, calendar, **said)


def _withheld(reader: Actor) -> bool:
    return reader.role == AUDITOR
