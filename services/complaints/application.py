"""What may be asked of this service: one method a command; load, decide, append.

Next: `published.py`, which says what the world sees of what was appended.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID

from services.complaints.domain import Complaint
from services.complaints.intake import Intake, IntakeInPart, category_faults, intake_faults
from shared.cases.case import ANYBODY, SYSTEM
from shared.cases.use_cases import Answer, Casework, Order, command
from shared.eventstore.errors import VersionConflict
from shared.eventstore.log import EventLog
from shared.promise.case_number import new_number
from shared.promise.standard import Standards
from shared.promise.working_days import Calendar
from shared.refusals import Refusal

ComplaintAnswer = Answer[Complaint]


class Complaints(Casework[Complaint]):
    """The use cases. Each raises what its command refuses, and what `Casework` says."""

    kind = Complaint
    prefix = "ADU"

    def __init__(
        self,
        log: EventLog,
        *,
        standards: Standards,
        calendar: Calendar,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(log, calendar=calendar, now=now)
        self._standards = standards

    def faults_in_part(self, said: IntakeInPart) -> Iterator[Refusal]:
        """What is wrong with as much of a complaint as can be read, whoever gives it."""
        return intake_faults(said, self._act(Order(ANYBODY)), self._standards)

    def category_faults(self, category: str) -> Iterator[Refusal]:
        """What is wrong with a category, whatever else can't be read."""
        return category_faults(category, self._standards)

    @command
    async def receive(self, order: Order, intake: Intake) -> ComplaintAnswer:
        number = new_number(self.prefix)
        complaint = Complaint.receive(
            intake, self._act(order), number=number, standards=self._standards
        )
        return await self._append(order, complaint)

    @command
    async def classify(
        self, order: Order, number: str, category: str, reason: str | None, accept_breach: bool
    ) -> ComplaintAnswer:
        complaint = await self._load(order, number)
        complaint.classify(
            category,
            self._act(order),
            standards=self._standards,
            reason=reason,
            accept_breach=accept_breach,
        )
        return await self._append(order, complaint)

    @command
    async def assign(self, order: Order, number: str, assignee: str) -> ComplaintAnswer:
        complaint = await self._load(order, number)
        complaint.assign(assignee, self._act(order))
        await self._check_assignee(assignee)
        return await self._append(order, complaint)

    @command
    async def request_clarification(
        self, order: Order, number: str, question: str
    ) -> ComplaintAnswer:
        complaint = await self._load(order, number)
        complaint.request_clarification(question, self._act(order))
        return await self._append(order, complaint)

    @command
    async def clarify(self, order: Order, number: str, answer: str) -> ComplaintAnswer:
        complaint = await self._load(order, number)
        complaint.clarify(answer, self._act(order))
        return await self._append(order, complaint)

    @command
    async def resume(self, order: Order, number: str, reason: str) -> ComplaintAnswer:
        complaint = await self._load(order, number)
        complaint.resume(reason, self._act(order))
        return await self._append(order, complaint)

    @command
    async def respond(self, order: Order, number: str, text: str) -> ComplaintAnswer:
        complaint = await self._load(order, number)
        complaint.respond(text, self._act(order))
        return await self._append(order, complaint)

    @command
    async def resolve(self, order: Order, number: str, answer: str) -> ComplaintAnswer:
        complaint = await self._load(order, number)
        complaint.resolve(answer, self._act(order))
        return await self._append(order, complaint)

    @command
    async def reject(self, order: Order, number: str, reason: str) -> ComplaintAnswer:
        complaint = await self._load(order, number)
        complaint.reject(reason, self._act(order))
        return await self._append(order, complaint)

    @command
    async def forward(
        self, order: Order, number: str, to: str, reference: str, reason: str
    ) -> ComplaintAnswer:
        complaint = await self._load(order, number)
        complaint.forward(to, reference, reason, self._act(order))
        return await self._append(order, complaint)

    @command
    async def reopen(self, order: Order, number: str, reason: str) -> ComplaintAnswer:
        complaint = await self._load(order, number)
        complaint.reopen(reason, self._act(order))
        return await self._append(order, complaint)

    @command
    async def close(self, order: Order, number: str) -> ComplaintAnswer:
        complaint = await self._load(order, number)
        complaint.close(self._act(order))
        return await self._append(order, complaint)

    @command
    async def rate(
        self, order: Order, number: str, score: int, remark: str | None
    ) -> ComplaintAnswer:
        complaint = await self._load(order, number)
        complaint.rate(score, remark, self._act(order))
        return await self._append(order, complaint)

    @command
    async def erase_personal_data(self, order: Order, number: str) -> ComplaintAnswer:
        complaint = await self._load(order, number)
        complaint.erase_personal_data(self._act(order))
        return await self._append(order, complaint, erases=True)

    @command
    async def void(
        self, order: Order, number: str, reason: str, of: str | None, remark: str | None
    ) -> ComplaintAnswer:
        complaint = await self._load(order, number)
        twin = await self._twin(of, order.by)
        complaint.void(reason, self._act(order), of=twin, remark=remark)
        return await self._append(order, complaint)

    async def close_if_silent(self, id_: UUID) -> bool:
        """Close the complaint by itself if its silence is full; says whether this call did it.

        However many replicas ask at once, the log lets one of them: the others find the version
        taken, or the complaint closed or reopened, and that is an answer, not a fault.
        """
        complaint = self._now_closed(await self._known(await self._log.load(Complaint, id_)))
        if not complaint.pending_events:
            return False
        try:
            await self._log.append(complaint)
        except VersionConflict:
            return False
        return True

    async def _load(self, order: Order, number: str) -> Complaint:
        """As it stands now: one whose silence is full has closed, though nobody looked yet."""
        return self._now_closed(await super()._load(order, number))

    def _now_closed(self, complaint: Complaint) -> Complaint:
        complaint.close_by_itself(self._act(Order(SYSTEM)))
        return complaint
