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
from shared.cases.case import ANYBODY, Actor
from shared.cases.use_cases import Answer, Casework, Order, command
from shared.eventstore.errors import NameTaken
from shared.eventstore.log import EventLog
from shared.eventstore.records import Claim
from shared.promise.case_number import new_number
from shared.promise.standard import Standards
from shared.promise.working_days import Calendar
from shared.refusals import Refusal

RequestAnswer = Answer[ServiceRequest]


class Requests(Casework[ServiceRequest]):
    """The use cases. Each raises what its command refuses, and what `Casework` says."""

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
        act = self._act(Order(ANYBODY))
        return submission_faults(said, act, standards=self._standards, agencies=self._agencies)

    @command
    async def submit(
        self, order: Order, submission: Submission, *, accept_duplicate: bool = False
    ) -> RequestAnswer:
        request = ServiceRequest.submit(
            submission,
            self._act(order),
            number=new_number(self.prefix),
            standards=self._standards,
            agencies=self._agencies,
        )
        return await self._claim(order, request, claim_of(request, shared=accept_duplicate))

    @command
    async def review(self, order: Order, number: str) -> RequestAnswer:
        request = await self._load(order, number)
        request.review(self._act(order))
        return await self._append(order, request)

    @command
    async def return_(
        self, order: Order, number: str, reason: str, missing: Sequence[Missing]
    ) -> RequestAnswer:
        request = await self._load(order, number)
        request.return_(reason, missing, self._act(order))
        return await self._append(order, request)

    @command
    async def resubmit(
        self, order: Order, number: str, answer: Resubmission, *, accept_duplicate: bool = False
    ) -> RequestAnswer:
        request = await self._load(order, number)
        before = claim_of(request)
        request.resubmit(answer, self._act(order), standards=self._standards)
        if claim_of(request) == before:
            return await self._append(order, request)
        return await self._claim(order, request, claim_of(request, shared=accept_duplicate))

    @command
    async def resume(self, order: Order, number: str, reason: str) -> RequestAnswer:
        request = await self._load(order, number)
        request.resume(reason, self._act(order))
        return await self._append(order, request)

    @command
    async def approve(self, order: Order, number: str, checklist: Checklist) -> RequestAnswer:
        request = await self._load(order, number)
        request.approve(checklist, self._act(order))
        return await self._append(order, request)

    @command
    async def reject(self, order: Order, number: str, reason: str) -> RequestAnswer:
        request = await self._load(order, number)
        request.reject(reason, self._act(order))
        return await self._append(order, request, claim=claim_of(request))

    @command
    async def process(self, order: Order, number: str) -> RequestAnswer:
        request = await self._load(order, number)
        request.process(self._act(order))
        return await self._append(order, request)

    @command
    async def complete(self, order: Order, number: str, result: str) -> RequestAnswer:
        request = await self._load(order, number)
        request.complete(result, self._act(order))
        return await self._append(order, request)

    @command
    async def confirm(
        self, order: Order, number: str, letter_number: str, letter_date: date
    ) -> RequestAnswer:
        request = await self._load(order, number)
        request.confirm(letter_number, letter_date, self._act(order))
        return await self._append(order, request)

    @command
    async def withdraw(self, order: Order, number: str, reason: str) -> RequestAnswer:
        request = await self._load(order, number)
        request.withdraw(reason, self._act(order))
        return await self._append(order, request, claim=claim_of(request))

    @command
    async def assign(self, order: Order, number: str, assignee: str) -> RequestAnswer:
        request = await self._load(order, number)
        request.assign(assignee, self._act(order))
        await self._check_assignee(assignee)
        return await self._append(order, request)

    @command
    async def void(
        self, order: Order, number: str, reason: str, of: str | None, remark: str | None
    ) -> RequestAnswer:
        request = await self._load(order, number)
        twin = await self._twin(of, order.by)
        request.void(reason, self._act(order), of=twin, remark=remark)
        return await self._append(order, request, claim=claim_of(request))

    @command
    async def erase_personal_data(self, order: Order, number: str) -> RequestAnswer:
        request = await self._load(order, number)
        request.erase_personal_data(self._act(order))
        return await self._append(order, request, erases=True)

    async def _claim(self, order: Order, request: ServiceRequest, claim: Claim) -> RequestAnswer:
        """Append it, unless its letter stands in another request: then SameLetter."""
        try:
            return await self._append(order, request, claim=claim)
        except NameTaken as taken:
            first = await self._log.load(ServiceRequest, taken.holder)
            raise SameLetter(first.number) from None

    def _may_know(self, case: ServiceRequest, by: Actor) -> bool:
        return by.speaks_for(case.agency)
