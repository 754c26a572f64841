"""HTTP for the public: a complaint needs no token, and its tracking secret gives access to it.

A wrong secret and an unknown number are the same answer in the same time: the secret is checked
before the log is asked (`tracking.py`). Next: `application.py`.
"""

from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial
from typing import Annotated, Any

from eventsourcing.utils import get_topic
from fastapi import APIRouter, Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.responses import Response

from services.complaints.api import SERVICE
from services.complaints.application import ComplaintResult, Complaints
from services.complaints.bodies import (
    OwnComplaintView,
    PublicComplaintBody,
    ReceiptView,
)
from services.complaints.commands_and_roles import COMMANDS
from services.complaints.domain import Complaint
from services.complaints.rate_limit.public_limit import PublicLimit
from services.complaints.rate_limit.rates import COMPLAINING, FOLLOWING
from services.complaints.tracking import TrackingSecrets
from shared.cases.case import Actor
from shared.cases.repository import CommandContext
from shared.cases.web.clock_page import DAYS, clock_response
from shared.cases.web.command_routes import Command, add_command
from shared.cases.web.responses import CaseHistory, case_view, json_response, utc
from shared.cases.web.wall_calendar import COMPLAINANT_AWAITED
from shared.office_time import local_date
from shared.promise.case_number import case_id, read_number
from shared.web.commands import PublicHeaders, command_response, decoded_header
from shared.web.fields import Body
from shared.web.problems.problem import Problem
from shared.web.problems.problem_kinds import NOT_FOUND
from shared.web.security.security_log import note_refusal

SECRET = HTTPBearer(scheme_name="tracking_secret", auto_error=False)
Secret = Annotated[HTTPAuthorizationCredentials | None, Depends(SECRET)]

COMPLAINANT = Actor(sub="complainant", role="complainant")
OWN_STEPS = {  # as the OpenAPI document describes them
    "clarify": "Answer the office's question.",
    "reopen": "Say, within 10 working days, that the answer didn't answer it.",
    "close": "Be content with the answer.",
    "rate": "Say, once, how well it was handled.",
}
OWN_COMMANDS = {command.name: command for command in COMMANDS if command.name in OWN_STEPS}
OFFICE_WROTE = {  # the field of each event that the office writes to the complainant
    Complaint.ClarificationRequested: "question",
    Complaint.Responded: "text",
    Complaint.Resolved: "answer",
    Complaint.Rejected: "reason",
    Complaint.Forwarded: "reason",
}

ANSWER_TOPICS = tuple(map(get_topic, OFFICE_WROTE))

Responses = dict[int | str, dict[str, Any]]
_RECEIPT: Responses = {201: {"model": ReceiptView, "description": "The receipt"}}
_OWN: Responses = {200: {"model": OwnComplaintView, "description": "The complaint"}}

OWN = "/v1/public/complaints/{number}"


async def public_context(headers: PublicHeaders) -> CommandContext:
    """A dependency: the context of a command by a caller without a token."""
    return CommandContext(
        by=COMPLAINANT, expected_versions=headers.expected, key=headers.key, trace=headers.trace
    )


PublicContext = Annotated[CommandContext, Depends(public_context)]


class PublicComplaintsApi:
    """One method a call."""

    def __init__(
        self, complaints: Complaints, secrets: TrackingSecrets, limit: PublicLimit
    ) -> None:
        self._complaints = complaints
        self._secrets = secrets
        self._limit = limit

    def router(self) -> APIRouter:
        router = APIRouter(tags=["public"])
        router.add_api_route(
            "/v1/public/complaints",
            self.complain,
            methods=["POST"],
            status_code=201,
            responses=_RECEIPT,
            dependencies=[Depends(self._limit.keeping(COMPLAINING))],
        )
        holder = [Depends(self._limit.keeping(FOLLOWING)), Depends(self.holder())]
        for command in OWN_COMMANDS.values():
            add_command(
                router,
                f"{OWN}/{command.name}",
                command,
                partial(self.carry_out, command),
                context=public_context,
                description=OWN_STEPS[command.name],
                responses=_OWN,
                dependencies=holder,
            )
        router.add_api_route(OWN, self.own, responses=_OWN, dependencies=holder)
        router.add_api_route(f"{OWN}/clock", self.clock, responses=DAYS, dependencies=holder)
        return router

    def holder(self) -> Callable[..., Awaitable[None]]:
        """A dependency: the caller has the secret of that number; 404 otherwise."""

        async def check(request: Request, number: str, given: Secret) -> None:
            complaint_id = case_id(read_number(number, self._complaints.cases.prefix))
            # The framework's own text of it may end in half a character: it strips bytes.
            sent = (
                decoded_header(request.headers["authorization"]).partition(" ")[2] if given else ""
            )
            if not self._secrets.fits(complaint_id, sent):
                note_refusal(request.scope, "wrong_secret")
                raise Problem(NOT_FOUND)

        return check

    # Commands.

    async def complain(self, context: PublicContext, body: PublicComplaintBody) -> Response:
        """Complain. The secret in the answer is shown this once: it is the key to the case."""
        result = await self._complaints.receive(context, body.intake())
        complaint = result.case
        receipt = {
            "number": complaint.number,
            "tracking_secret": self._secrets.of(complaint.id),
        }
        location = OWN.format(number=complaint.number)
        return command_response(receipt, result.appended, service=SERVICE, location=location)

    async def carry_out(
        self, command: Command, context: CommandContext, number: str, body: Body
    ) -> Response:
        """One of the commands that the complainant may give."""
        facts = command.facts(body)
        result = await self._complaints.carry_out(context, number, command.decide, **facts)
        return await self._answer(result)

    # Reading.

    async def own(self, number: str) -> Response:
        """One's own complaint, with what the office wrote."""
        complaint, history = await self._complaints.cases.history(
            number, COMPLAINANT, topics=ANSWER_TOPICS
        )
        shown = self._json(complaint, history, self._complaints.cases.today())
        return json_response(shown, version=complaint.version)

    async def clock(self, request: Request, number: str) -> Response:
        """Its clock, and why each day counted or didn't."""
        complaint, history = await self._complaints.cases.history(
            number, COMPLAINANT, personal=False
        )
        today, calendar = self._complaints.cases.today(), self._complaints.cases.calendar
        return clock_response(
            request, complaint, history, today, calendar, awaited=COMPLAINANT_AWAITED
        )

    async def _answer(self, result: ComplaintResult) -> Response:
        """As of the day of recording and of this version, so that a repeat gives the same bytes."""
        complaint = result.case
        _, history = await self._complaints.cases.history(
            complaint.number, COMPLAINANT, topics=ANSWER_TOPICS
        )
        until_then = [each for each in history if each[0].version <= complaint.version]
        recorded_on = local_date(result.appended.recorded_at)
        shown = self._json(complaint, until_then, recorded_on)
        return command_response(shown, result.appended, service=SERVICE)

    def _json(self, complaint: Complaint, history: CaseHistory, on: date) -> dict[str, Any]:
        """`OwnComplaintView`, with the clock as of that day."""
        return case_view(
            OwnComplaintView,
            complaint,
            on,
            self._complaints.cases.calendar,
            answers=answers_json(history),
            allowed=[step for step in complaint.allowed if step in OWN_STEPS],
        )


def answers_json(history: CaseHistory) -> list[dict[str, Any]]:
    """The answers of the office to the complainant, oldest first."""
    return [
        {
            "at": utc(event.timestamp),
            "event": recorded.topic.partition(".")[2],
            "text": getattr(event, OFFICE_WROTE[type(event)]),
            "to": getattr(event, "to", None),
            "reference": getattr(event, "reference", None),
        }
        for recorded, event in history
        if type(event) in OFFICE_WROTE
    ]
