"""What may be asked of this service: one method a command; load, decide, append.

Next: `published.py`, which says what the world sees of what was appended.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID

from services.complaints.domain import Complaint
from services.complaints.intake import Intake, IntakeInPart, category_faults, intake_faults
from shared.cases.case import SYSTEM, UNRESTRICTED
from shared.cases.use_cases import CaseUseCases, CommandContext, CommandResult, command
from shared.eventstore.errors import VersionConflict
from shared.eventstore.log import EventLog
from shared.promise.case_number import new_number
from shared.promise.standard import Standards
from shared.promise.working_days import Calendar
from shared.refusals import Refusal

ComplaintResult = CommandResult[Complaint]


class Complaints(CaseUseCases[Complaint]):
    """The use cases. Each raises what its command refuses, and what `CaseUseCases` says."""

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
        return intake_faults(said, self._act(CommandContext(UNRESTRICTED)), self._standards)

    def category_faults(self, category: str) -> Iterator[Refusal]:
        """What is wrong with a category, whatever else can't be read."""
        return category_faults(category, self._standards)

    @command
    async def receive(self, context: CommandContext, intake: Intake) -> ComplaintResult:
        number = new_number(self.prefix)
        complaint = Complaint.receive(
            intake, self._act(context), number=number, standards=self._standards
        )
        return await self._append(context, complaint)

    @command
    async def classify(
        self,
        context: CommandContext,
        number: str,
        category: str,
        reason: str | None,
        accept_breach: bool,
    ) -> ComplaintResult:
        complaint = await self._load(context, number)
        complaint.classify(
            category,
            self._act(context),
            standards=self._standards,
            reason=reason,
            accept_breach=accept_breach,
        )
        return await self._append(context, complaint)

    @command
    async def assign(self, context: CommandContext, number: str, assignee: str) -> ComplaintResult:
        complaint = await self._load(context, number)
        complaint.assign(assignee, self._act(context))
        await self._check_assignee(assignee)
        return await self._append(context, complaint)

    @command
    async def request_clarification(
        self, context: CommandContext, number: str, question: str
    ) -> ComplaintResult:
        complaint = await self._load(context, number)
        complaint.request_clarification(question, self._act(context))
        return await self._append(context, complaint)

    @command
    async def clarify(self, context: CommandContext, number: str, answer: str) -> ComplaintResult:
        complaint = await self._load(context, number)
        complaint.clarify(answer, self._act(context))
        return await self._append(context, complaint)

    @command
    async def resume(self, context: CommandContext, number: str, reason: str) -> ComplaintResult:
        complaint = await self._load(context, number)
        complaint.resume(reason, self._act(context))
        return await self._append(context, complaint)

    @command
    async def respond(self, context: CommandContext, number: str, text: str) -> ComplaintResult:
        complaint = await self._load(context, number)
        complaint.respond(text, self._act(context))
        return await self._append(context, complaint)

    @command
    async def resolve(self, context: CommandContext, number: str, answer: str) -> ComplaintResult:
        complaint = await self._load(context, number)
        complaint.resolve(answer, self._act(context))
        return await self._append(context, complaint)

    @command
    async def reject(self, context: CommandContext, number: str, reason: str) -> ComplaintResult:
        complaint = await self._load(context, number)
        complaint.reject(reason, self._act(context))
        return await self._append(context, complaint)

    @command
    async def forward(
        self, context: CommandContext, number: str, to: str, reference: str, reason: str
    ) -> ComplaintResult:
        complaint = await self._load(context, number)
        complaint.forward(to, reference, reason, self._act(context))
        return await self._append(context, complaint)

    @command
    async def reopen(self, context: CommandContext, number: str, reason: str) -> ComplaintResult:
        complaint = await self._load(context, number)
        complaint.reopen(reason, self._act(context))
        return await self._append(context, complaint)

    @command
    async def close(self, context: CommandContext, number: str) -> ComplaintResult:
        complaint = await self._load(context, number)
        complaint.close(self._act(context))
        return await self._append(context, complaint)

    @command
    async def rate(
        self, context: CommandContext, number: str, score: int, remark: str | None
    ) -> ComplaintResult:
        complaint = await self._load(context, number)
        complaint.rate(score, remark, self._act(context))
        return await self._append(context, complaint)

    @command
    async def erase_personal_data(self, context: CommandContext, number: str) -> ComplaintResult:
        complaint = await self._load(context, number)
        complaint.erase_personal_data(self._act(context))
        return await self._append(context, complaint, erases=True)

    @command
    async def void(
        self, context: CommandContext, number: str, reason: str, of: str | None, remark: str | None
    ) -> ComplaintResult:
        complaint = await self._load(context, number)
        original = await self._original(of, context.by)
        complaint.void(reason, self._act(context), of=original, remark=remark)
        return await self._append(context, complaint)

    async def close_if_silent(self, id_: UUID) -> bool:
        """Close the complaint by itself if its silence is full; says whether this call did it.

        However many replicas ask at once, the log lets one of them: the others find the version
        taken, or the complaint closed or reopened, and that is an answer, not a fault.
        """
        complaint = self._with_silence_closed(
            await self._with_known_calendar(await self._log.load(Complaint, id_))
        )
        if not complaint.pending_events:
            return False
        try:
            await self._log.append(complaint)
        except VersionConflict:
            return False
        return True

    async def _load(self, context: CommandContext, number: str) -> Complaint:
        """As it stands now: one whose silence is full has closed, though nobody looked yet."""
        return self._with_silence_closed(await super()._load(context, number))

    def _with_silence_closed(self, complaint: Complaint) -> Complaint:
        complaint.close_by_itself(self._act(CommandContext(SYSTEM)))
        return complaint
