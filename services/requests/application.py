"""The use cases of requests: load, decide, append.

A command without a rule of its own here is carried out by `Requests.carry_out`; the catalogue
lists them all. Next: `commands_and_roles.py`, which also says what is published of each event.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator
from datetime import datetime

from services.requests.domain import ServiceRequest
from services.requests.letter import Resubmission, Submission, SubmissionInPart, submission_faults
from services.requests.refusals import SameLetter
from services.requests.status import RequestStatus
from shared.cases.case import UNRESTRICTED
from shared.cases.idempotent import idempotent
from shared.cases.repository import CaseRepository, CommandContext, CommandResult
from shared.eventstore.errors import NameTaken
from shared.eventstore.log import EventLog
from shared.eventstore.records import Claim
from shared.promise.case_number import new_number
from shared.promise.standard import Standards
from shared.promise.working_days import Calendar
from shared.refusals import Refusal

RequestResult = CommandResult[ServiceRequest]

GIVEN_UP = {RequestStatus.REJECTED, RequestStatus.WITHDRAWN, RequestStatus.VOIDED}
"""A letter in such a request may come again."""


class Requests:
    """The use cases. Each raises what its command refuses, and what `CaseRepository` says."""

    def __init__(
        self,
        log: EventLog,
        *,
        standards: Standards,
        agencies: Collection[str],
        calendar: Calendar,
        now: Callable[[], datetime],
    ) -> None:
        self._log = log
        self._standards = standards
        self._agencies = agencies
        self.cases = CaseRepository(
            log,
            ServiceRequest,
            prefix="PRM",
            calendar=calendar,
            now=now,
            may_see=lambda request, by: by.may_act_for(request.agency),
        )

    @idempotent
    async def submit(
        self, context: CommandContext, submission: Submission, *, accept_duplicate: bool = False
    ) -> RequestResult:
        """Register a request, unless its letter stands in another one."""
        request = ServiceRequest.submit(
            submission,
            self.cases.act(context.by),
            number=new_number(self.cases.prefix),
            standards=self._standards,
            agencies=self._agencies,
        )
        return await self._append_claiming(context, request, shared=accept_duplicate)

    @idempotent
    async def carry_out(
        self, context: CommandContext, number: str, decide: Callable[..., None], /, **facts: object
    ) -> RequestResult:
        """Carry out a command that only loads, decides and appends, like `ServiceRequest.review`.

        `facts` are the arguments of `decide` by name. A request that is given up releases its
        letter.
        """
        request = await self.cases.load(context, number)
        decide(request, **facts, act=self.cases.act(context.by))
        released = Claim(None) if request.status in GIVEN_UP else None
        return await self.cases.append(context, request, claim=released)

    @idempotent
    async def resubmit(
        self,
        context: CommandContext,
        number: str,
        answer: Resubmission,
        *,
        accept_duplicate: bool = False,
    ) -> RequestResult:
        """Change the request; another letter must be free as that of a submission must be."""
        request = await self.cases.load(context, number)
        before = letter_name(request)
        request.resubmit(answer, self.cases.act(context.by), standards=self._standards)
        if letter_name(request) == before:
            return await self.cases.append(context, request)
        return await self._append_claiming(context, request, shared=accept_duplicate)

    @idempotent
    async def assign(self, context: CommandContext, number: str, assignee: str) -> RequestResult:
        """Assign the request to a member of the staff."""
        request = await self.cases.load(context, number)
        request.assign(assignee, self.cases.act(context.by))
        await self.cases.check_assignee(assignee)
        return await self.cases.append(context, request)

    @idempotent
    async def void(
        self, context: CommandContext, number: str, reason: str, of: str | None, remark: str | None
    ) -> RequestResult:
        """Void the request, which releases its letter; `of` is the number of the original."""
        request = await self.cases.load(context, number)
        original = await self.cases.original(of, context.by)
        request.void(reason, self.cases.act(context.by), of=original, remark=remark)
        return await self.cases.append(context, request, claim=Claim(None))

    @idempotent
    async def erase_personal_data(self, context: CommandContext, number: str) -> RequestResult:
        """Delete the sealing key of the request in the transaction of the event."""
        request = await self.cases.load(context, number)
        request.erase_personal_data(self.cases.act(context.by))
        return await self.cases.append(context, request, erases=True)

    def faults_in_part(self, said: SubmissionInPart) -> Iterator[Refusal]:
        """The faults of those parts of a submission that can be read, whatever the role."""
        act = self.cases.act(UNRESTRICTED)
        return submission_faults(said, act, standards=self._standards, agencies=self._agencies)

    async def _append_claiming(
        self, context: CommandContext, request: ServiceRequest, *, shared: bool
    ) -> RequestResult:
        """Append the request with the claim to its letter. Raises SameLetter if that is taken."""
        try:
            claim = Claim(letter_name(request), shared)
            return await self.cases.append(context, request, claim=claim)
        except NameTaken as taken:
            first = await self._log.load(ServiceRequest, taken.holder)
            raise SameLetter(first.number) from None


def letter_name(request: ServiceRequest) -> str:
    """The letter that a request stands on, as a name that only one request holds in the log.

    An agency, a number and a date are one letter, whatever spaces the number has and in whichever
    case its letters are. The migration that claims the letters from before computes the same name.
    """
    number = "".join(request.letter["number"].split()).lower()
    written = "|".join((request.agency, number, request.letter["date"]))
    return hashlib.sha256(written.encode()).hexdigest()
