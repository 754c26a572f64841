"""What may be asked of this service: one method a command; load, decide, append.

Next: `published.py`, which says what the world sees of what was appended.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime

from services.requests.claims import claim_of
from services.requests.domain import ServiceRequest
from services.requests.letter import (
    Checklist,
    Missing,
    Resubmission,
    Submission,
    SubmissionInPart,
    submission_faults,
)
from services.requests.refusals import SameLetter
from shared.cases.case import UNRESTRICTED, Actor
from shared.cases.use_cases import CaseUseCases, CommandContext, CommandResult, command
from shared.eventstore.errors import NameTaken
from shared.eventstore.log import EventLog
from shared.eventstore.records import Claim
from shared.promise.case_number import new_number
from shared.promise.standard import Standards
from shared.promise.working_days import Calendar
from shared.refusals import Refusal

RequestResult = CommandResult[ServiceRequest]


class Requests(CaseUseCases[ServiceRequest]):
    """The use cases. Each raises what its command refuses, and what `CaseUseCases` says."""

    kind = ServiceRequest
    prefix = "PRM"

    def __init__(
        self,
        log: EventLog,
        *,
        standards: Standards,
        agencies: Collection[str],
        calendar: Calendar,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(log, calendar=calendar, now=now)
        self._standards = standards
        self._agencies = agencies

    def faults_in_part(self, said: SubmissionInPart) -> Iterator[Refusal]:
        """What is wrong with as much of a submission as can be read, whoever gives it."""
        act = self._act(CommandContext(UNRESTRICTED))
        return submission_faults(said, act, standards=self._standards, agencies=self._agencies)

    @command
    async def submit(
        self, context: CommandContext, submission: Submission, *, accept_duplicate: bool = False
    ) -> RequestResult:
        request = ServiceRequest.submit(
            submission,
            self._act(context),
            number=new_number(self.prefix),
            standards=self._standards,
            agencies=self._agencies,
        )
        return await self._claim(context, request, claim_of(request, shared=accept_duplicate))

    @command
    async def review(self, context: CommandContext, number: str) -> RequestResult:
        request = await self._load(context, number)
        request.review(self._act(context))
        return await self._append(context, request)

    @command
    async def return_(
        self, context: CommandContext, number: str, reason: str, missing: Sequence[Missing]
    ) -> RequestResult:
        request = await self._load(context, number)
        request.return_(reason, missing, self._act(context))
        return await self._append(context, request)

    @command
    async def resubmit(
        self,
        context: CommandContext,
        number: str,
        answer: Resubmission,
        *,
        accept_duplicate: bool = False,
    ) -> RequestResult:
        request = await self._load(context, number)
        before = claim_of(request)
        request.resubmit(answer, self._act(context), standards=self._standards)
        if claim_of(request) == before:
            return await self._append(context, request)
        return await self._claim(context, request, claim_of(request, shared=accept_duplicate))

    @command
    async def resume(self, context: CommandContext, number: str, reason: str) -> RequestResult:
        request = await self._load(context, number)
        request.resume(reason, self._act(context))
        return await self._append(context, request)

    @command
    async def approve(
        self, context: CommandContext, number: str, checklist: Checklist
    ) -> RequestResult:
        request = await self._load(context, number)
        request.approve(checklist, self._act(context))
        return await self._append(context, request)

    @command
    async def reject(self, context: CommandContext, number: str, reason: str) -> RequestResult:
        request = await self._load(context, number)
        request.reject(reason, self._act(context))
        return await self._append(context, request, claim=claim_of(request))

    @command
    async def process(self, context: CommandContext, number: str) -> RequestResult:
        request = await self._load(context, number)
        request.process(self._act(context))
        return await self._append(context, request)

    @command
    async def complete(self, context: CommandContext, number: str, result: str) -> RequestResult:
        request = await self._load(context, number)
        request.complete(result, self._act(context))
        return await self._append(context, request)

    @command
    async def confirm(
        self, context: CommandContext, number: str, letter_number: str, letter_date: date
    ) -> RequestResult:
        request = await self._load(context, number)
        request.confirm(letter_number, letter_date, self._act(context))
        return await self._append(context, request)

    @command
    async def withdraw(self, context: CommandContext, number: str, reason: str) -> RequestResult:
        request = await self._load(context, number)
        request.withdraw(reason, self._act(context))
        return await self._append(context, request, claim=claim_of(request))

    @command
    async def assign(self, context: CommandContext, number: str, assignee: str) -> RequestResult:
        request = await self._load(context, number)
        request.assign(assignee, self._act(context))
        await self._check_assignee(assignee)
        return await self._append(context, request)

    @command
    async def void(
        self, context: CommandContext, number: str, reason: str, of: str | None, remark: str | None
    ) -> RequestResult:
        request = await self._load(context, number)
        original = await self._original(of, context.by)
        request.void(reason, self._act(context), of=original, remark=remark)
        return await self._append(context, request, claim=claim_of(request))

    @command
    async def erase_personal_data(self, context: CommandContext, number: str) -> RequestResult:
        request = await self._load(context, number)
        request.erase_personal_data(self._act(context))
        return await self._append(context, request, erases=True)

    async def _claim(
        self, context: CommandContext, request: ServiceRequest, claim: Claim
    ) -> RequestResult:
        """Append it, unless its letter stands in another request: then SameLetter."""
        try:
            return await self._append(context, request, claim=claim)
        except NameTaken as taken:
            first = await self._log.load(ServiceRequest, taken.holder)
            raise SameLetter(first.number) from None

    def _may_see(self, case: ServiceRequest, by: Actor) -> bool:
        return by.may_act_for(case.agency)
