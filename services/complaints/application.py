"""The use cases of complaints: load, decide, append.

A command without a rule of its own here is carried out by `Complaints.carry_out`; the catalogue
lists them all. Next: `commands_and_roles.py`, which also says what is published of each event.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID

from services.complaints.domain import Complaint
from services.complaints.intake import Intake, IntakeInPart, category_faults, intake_faults
from shared.cases.case import SYSTEM, UNRESTRICTED
from shared.cases.idempotent import idempotent
from shared.cases.repository import CaseRepository, CommandContext, CommandResult
from shared.eventstore.errors import VersionConflict
from shared.eventstore.log import EventLog
from shared.promise.case_number import new_number
from shared.promise.standard import Standards
from shared.promise.working_days import Calendar
from shared.refusals import Refusal

ComplaintResult = CommandResult[Complaint]


class Complaints:
    """The use cases. Each raises what its command refuses, and what `CaseRepository` says."""

    def __init__(
        self,
        log: EventLog,
        *,
        standards: Standards,
        calendar: Calendar,
        now: Callable[[], datetime],
    ) -> None:
        self._log = log
        self._standards = standards
        self.cases = CaseRepository(log, Complaint, prefix="ADU", calendar=calendar, now=now)

    @idempotent
    async def receive(self, context: CommandContext, intake: Intake) -> ComplaintResult:
        """Register a complaint."""
        number = new_number(self.cases.prefix)
        act = self.cases.act(context.by)
        complaint = Complaint.receive(intake, act, number=number, standards=self._standards)
        return await self.cases.append(context, complaint)

    @idempotent
    async def carry_out(
        self, context: CommandContext, number: str, decide: Callable[..., None], /, **facts: object
    ) -> ComplaintResult:
        """Carry out a command that only loads, decides and appends, like `Complaint.resolve`.

        `facts` are the arguments of `decide` by name.
        """
        complaint = await self._load(context, number)
        decide(complaint, **facts, act=self.cases.act(context.by))
        return await self.cases.append(context, complaint)

    @idempotent
    async def classify(
        self,
        context: CommandContext,
        number: str,
        category: str,
        reason: str | None,
        accept_breach: bool,
    ) -> ComplaintResult:
        """Classify by the categories of the standard under which the complaint came."""
        complaint = await self._load(context, number)
        complaint.classify(
            category,
            self.cases.act(context.by),
            standards=self._standards,
            reason=reason,
            accept_breach=accept_breach,
        )
        return await self.cases.append(context, complaint)

    @idempotent
    async def assign(self, context: CommandContext, number: str, assignee: str) -> ComplaintResult:
        """Assign the complaint to a member of the staff."""
        complaint = await self._load(context, number)
        complaint.assign(assignee, self.cases.act(context.by))
        await self.cases.check_assignee(assignee)
        return await self.cases.append(context, complaint)

    @idempotent
    async def void(
        self, context: CommandContext, number: str, reason: str, of: str | None, remark: str | None
    ) -> ComplaintResult:
        """Void the complaint; `of` is the number of the original."""
        complaint = await self._load(context, number)
        original = await self.cases.original(of, context.by)
        complaint.void(reason, self.cases.act(context.by), of=original, remark=remark)
        return await self.cases.append(context, complaint)

    @idempotent
    async def erase_personal_data(self, context: CommandContext, number: str) -> ComplaintResult:
        """Delete the sealing key of the complaint in the transaction of the event."""
        complaint = await self._load(context, number)
        complaint.erase_personal_data(self.cases.act(context.by))
        return await self.cases.append(context, complaint, erases=True)

    async def close_if_silent(self, id_: UUID) -> bool:
        """Close the complaint by itself if its silence is full; says whether this call did it.

        However many replicas ask at once, the log lets one of them: the others find the version
        taken, or the complaint closed or reopened, and that is an answer, not a fault.
        """
        complaint = await self.cases.load_by_id(id_)
        complaint.close_by_itself(self.cases.act(SYSTEM))
        if not complaint.pending_events:
            return False
        try:
            await self._log.append(complaint)
        except VersionConflict:
            return False
        return True

    def faults_in_part(self, said: IntakeInPart) -> Iterator[Refusal]:
        """The faults of those parts of a complaint that can be read, whatever the role."""
        return intake_faults(said, self.cases.act(UNRESTRICTED), self._standards)

    def category_faults(self, category: str) -> Iterator[Refusal]:
        """The faults of a category, where other parts of the body can't be read."""
        return category_faults(category, self._standards)

    async def _load(self, context: CommandContext, number: str) -> Complaint:
        """The complaint as it stands now: after a full silence it is closed, though not stored."""
        complaint = await self.cases.load(context, number)
        complaint.close_by_itself(self.cases.act(SYSTEM))
        return complaint
