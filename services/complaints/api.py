"""HTTP for the office: parse, call one use case, shape the answer.

Who may give which command stands in `commands_and_roles.py`; the commands whose body isn't simply
the arguments of the domain's method are written out here. The complainant's own calls are in
`public_api.py`. Next: `application.py`.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import partial
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.responses import Response

from services.complaints.application import ComplaintResult, Complaints
from services.complaints.bodies import (
    ClassificationBody,
    ComplaintBody,
    ComplaintView,
    ComplaintVoidBody,
    PublicComplaintBody,
    RegisteredView,
    SelectionVoidBody,
    SelectionVoidView,
    in_part,
)
from services.complaints.commands_and_roles import COMMANDS, COUNTER
from services.complaints.domain import SUPERVISOR, Complaint
from services.complaints.intake import Complainant
from services.complaints.problems import problem_of
from services.complaints.tracking import TrackingSecrets
from shared.cases.case import Actor, Case
from shared.cases.repository import AUDITOR, CommandContext
from shared.cases.web.clock_page import DAYS, clock_response
from shared.cases.web.command_routes import Command, Handler, add_command
from shared.cases.web.http import AssignmentBody, At, Reason, command_context_for, reader_for
from shared.cases.web.responses import HistoryView, case_view, history_json, json_response
from shared.cases.web.wall_calendar import COMPLAINANT_AWAITED
from shared.eventstore.errors import EventLogError
from shared.office_time import local_date
from shared.promise.working_days import Calendar
from shared.refusals import Refusal
from shared.web.command_route import CommandRoute
from shared.web.commands import command_response
from shared.web.fields import Body
from shared.web.problems.problem import problem_details

SERVICE = "complaints"
VOIDED_AT_ONCE = 16  # of a selection: they share the log's batches, and leave the readers places

AtCounter = Annotated[CommandContext, Depends(command_context_for(*COUNTER))]
Supervising = Annotated[CommandContext, Depends(command_context_for(SUPERVISOR))]
Reader = Annotated[Actor, Depends(reader_for("intake", "reviewer", "supervisor", "auditor"))]

Responses = dict[int | str, dict[str, Any]]
_COMPLAINT: Responses = {200: {"model": ComplaintView, "description": "The complaint"}}
_REGISTERED: Responses = {201: {"model": RegisteredView, "description": "It, and its receipt"}}
_SELECTION: Responses = {200: {"model": SelectionVoidView, "description": "Each, in its order"}}
_HISTORY: Responses = {200: {"model": HistoryView, "description": "Its history"}}


class ComplaintsApi:
    """One method a call."""

    def __init__(self, complaints: Complaints, secrets: TrackingSecrets) -> None:
        self._complaints = complaints
        self._secrets = secrets

    def router(self) -> APIRouter:
        router = APIRouter(tags=["complaints"], route_class=CommandRoute)
        router.add_api_route(
            "/v1/complaints", self.receive, methods=["POST"], status_code=201, responses=_REGISTERED
        )
        written_out: Mapping[str, Handler] = {
            "classify": self.classify,
            "assign": self.assign,
            "void": self.void,
            "erase-personal-data": self.erase_personal_data,
        }
        router.add_api_route(
            "/v1/complaints/void", self.void_selection, methods=["POST"], responses=_SELECTION
        )
        for command in COMMANDS:
            if command.roles:
                handle = written_out.get(command.name, partial(self.carry_out, command))
                path = f"/v1/complaints/{{number}}/{command.name}"
                add_command(router, path, command, handle, responses=_COMPLAINT)
        router.add_api_route("/v1/complaints/{number}", self.complaint, responses=_COMPLAINT)
        router.add_api_route("/v1/complaints/{number}/events", self.events, responses=_HISTORY)
        router.add_api_route("/v1/complaints/{number}/clock", self.clock, responses=DAYS)
        return router

    def faults_in_part(self, model: type[BaseModel], read: Mapping[str, Any]) -> Iterable[Refusal]:
        """The faults of the fields of a body that can be read, where others can't."""
        if issubclass(model, PublicComplaintBody):
            return self._complaints.faults_in_part(in_part(read))
        if model is ClassificationBody and "category" in read:
            return self._complaints.category_faults(read["category"])
        return ()

    # Commands.

    async def receive(self, context: AtCounter, body: ComplaintBody) -> Response:
        """Register what came on a channel of the standard; the answer holds the receipt."""
        result = await self._complaints.receive(context, body.intake())
        complaint = result.case
        secret = self._secrets.of(complaint.id)
        location = f"/v1/complaints/{complaint.number}"
        return self._answer(result, context, location=location, tracking_secret=secret)

    async def carry_out(
        self, command: Command, context: CommandContext, number: str, body: Body
    ) -> Response:
        """Any command of the catalogue that is not written out below."""
        facts = command.facts(body)
        result = await self._complaints.carry_out(context, number, command.decide, **facts)
        return self._answer(result, context)

    async def classify(
        self, context: CommandContext, number: str, body: ClassificationBody
    ) -> Response:
        opinion = body.category, body.reason, body.accept_breach
        return self._answer(await self._complaints.classify(context, number, *opinion), context)

    async def assign(self, context: CommandContext, number: str, body: AssignmentBody) -> Response:
        return self._answer(await self._complaints.assign(context, number, body.assignee), context)

    async def void(self, context: CommandContext, number: str, body: ComplaintVoidBody) -> Response:
        why = body.reason, body.of, body.remark
        return self._answer(await self._complaints.void(context, number, *why), context)

    async def void_selection(
        self, request: Request, context: Supervising, body: SelectionVoidBody
    ) -> Response:
        """Void many at once, each for itself: what is refused of one says so and stops no other."""
        places = asyncio.Semaphore(VOIDED_AT_ONCE)

        async def one(number: str) -> dict[str, Any]:
            said = {"number": number, "voided": False, "version": None, "problem": None}
            try:
                async with places:
                    why = body.reason, None, body.remark
                    result = await self._complaints.void(context.part(number), number, *why)
            except (Refusal, EventLogError) as refusal:
                return said | {"problem": problem_details(request, problem_of(refusal))}
            return said | {"voided": True, "version": result.appended.version}

        items = await asyncio.gather(*map(one, dict.fromkeys(body.numbers)))
        voided = sum(each["voided"] for each in items)
        said = {"items": items, "voided": voided, "refused": len(items) - voided}
        return Response(msgspec.json.encode(said), media_type="application/json")

    async def erase_personal_data(
        self, context: CommandContext, number: str, _body: Reason
    ) -> Response:
        """Make the case's personal data unreadable, for ever, in this database and in any that is
        restored from a backup made since the register of erasures began. A backup that is opened
        outside the service can be read until the master key of its time is destroyed."""
        return self._answer(await self._complaints.erase_personal_data(context, number), context)

    # Reading. An auditor sees everything but personal data.

    async def complaint(self, reader: Reader, number: str, at: At = None) -> Response:
        """The complaint as it stands today, or as it was known at an instant.

        Who may see the contact is decided by how it stands today.
        """
        cases = self._complaints.cases
        if at is None:
            complaint = await cases.read(number, reader)
            shown = complaint_json(complaint, cases.today(), cases.calendar, reader)
            return json_response(shown, version=complaint.version)
        then, complaint = await cases.read_at(number, reader, at)
        shown = complaint_json(then, local_date(at), cases.calendar, reader, today=complaint)
        return json_response(shown, version=then.version)

    async def events(self, reader: Reader, number: str) -> Response:
        """Its history, oldest first."""
        complaint, history = await self._complaints.cases.history(number, reader)
        shown = history_json(history, hidden=lambda event: hidden(event, complaint, reader))
        return json_response(shown, version=complaint.version)

    async def clock(self, request: Request, reader: Reader, number: str) -> Response:
        """The clock, why each day counted or didn't, and what was promised before."""
        cases = self._complaints.cases
        case, history = await cases.history(number, reader, personal=False)
        today, calendar = cases.today(), cases.calendar
        return clock_response(request, case, history, today, calendar, awaited=COMPLAINANT_AWAITED)

    def _answer(
        self,
        result: ComplaintResult,
        context: CommandContext,
        *,
        location: str | None = None,
        **receipt: str,
    ) -> Response:
        """The clock is read on the day of recording, so that a repeat gives the same bytes."""
        recorded_on = local_date(result.appended.recorded_at)
        calendar = self._complaints.cases.calendar
        shown = complaint_json(result.case, recorded_on, calendar, context.by) | receipt
        return command_response(shown, result.appended, service=SERVICE, location=location)


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
    contact = complaint.contact if may_see_contact(today or complaint, reader) else None
    said: dict[str, Any] = {
        "complainant": {"kind": complaint.complainant, "contact": contact},
        "rating": complaint.score,
        "personal_data": "erased" if complaint.personal_data_erased else "shown",
    }
    if reader.role == AUDITOR:
        said |= {"subject": None, "text": None, "personal_data": "withheld"}
    return case_view(ComplaintView, complaint, on, calendar, **said)


def may_see_contact(complaint: Complaint, reader: Actor) -> bool:
    """Only the assignee and supervisors see the contact of a confidential complainant."""
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
