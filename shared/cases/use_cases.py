"""How a command is carried out, whatever the case: load, decide, append.

A use case of either service reads

    @command
    async def approve(self, order: Order, number: str, …) -> Answer[ServiceRequest]:
        request = await self._load(order, number)
        request.approve(…, self._act(order))
        return await self._append(order, request)

and `command` makes it harmless to repeat. Next: the events lie in `shared/eventstore`, which the
relay of `shared/messaging` reads.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar
from uuid import UUID

from shared.cases.case import SYSTEM, ActContext, Actor, Case
from shared.cases.voiding import OriginalCase
from shared.eventstore.errors import AggregateNotFound, LogUnavailable
from shared.eventstore.log import EventLog
from shared.eventstore.records import Appended, Claim, CommandKey, Recorded
from shared.eventstore.retries import retried
from shared.office_time import local_date
from shared.promise.case_number import MalformedNumber, MistypedNumber, case_id, read_number
from shared.promise.working_days import Calendar
from shared.refusals import Refusal

AUDITOR = "auditor"  # the one role that sees cases, but no personal data

C = TypeVar("C", bound=Case)
P = ParamSpec("P")
W = TypeVar("W", bound="CaseUseCases[Any]")


@dataclass(frozen=True, slots=True)
class CommandContext:
    """Who gives a command, and what holds for it.

    The case must be in one of `expected_versions` (If-Match); None: in any. `key` makes a repeat
    give the first answer again. `trace` is a traceparent and goes with the events.
    """

    by: Actor
    expected_versions: Collection[int] | None = None
    key: CommandKey | None = None
    trace: str | None = None


@dataclass(frozen=True, slots=True)
class CommandResult(Generic[C]):
    """The case as the command left it, and where its events lie."""

    case: C
    appended: Appended


class StaleVersion(Refusal):
    """The case has changed since the caller saw it; `version` is the present one."""

    def __init__(self, version: int) -> None:
        super().__init__(f"the case is at version {version}")
        self.version = version


class InstantInFuture(Refusal):
    """Nobody knows yet how the case will stand then."""

    def __init__(self) -> None:
        super().__init__("the instant lies in the future")


@dataclass(eq=False)
class UnknownStaff(Refusal):
    """Nobody of this `sub` ever held a staff role in this office."""

    sub: str


class CaseUseCases(Generic[C]):
    """What the use cases of both services have in common. Subclassed by each `application.py`."""

    kind: type[C]
    prefix: str  # of the numbers: PRM or ADU

    def __init__(self, log: EventLog, *, calendar: Calendar, now: Callable[[], datetime]) -> None:
        self._log = log
        self.calendar = calendar  # the one in force; `shared/calendars` replaces an amended one
        self.look_for_amendments: Callable[[], Awaitable[None]] = no_amendments
        self.is_staff: Callable[[str], Awaitable[bool]] = accept_anybody  # by `sub`
        self._now = now

    def today(self) -> date:
        """The date on the office's wall."""
        return local_date(self._now())

    # Reading.

    async def read(self, number: str, by: Actor) -> C:
        """The case as it stands, for somebody to see. Seeing personal data is put on record.

        Raises MistypedNumber, MalformedNumber, AggregateNotFound: also where the case exists,
        but not for him.
        """
        case = await self._load_visible(number, by)
        await self._record_reading(case, by)
        return case

    async def read_at(self, number: str, by: Actor, at: datetime) -> tuple[C, C]:
        """The case as it was known at that instant, and as it stands, which says who may see what.

        What was erased since is gone from both. Raises as `read`, AggregateNotFound before the
        receipt was recorded too, and AskedOfTheFuture.
        """
        if at > self._now():
            raise InstantInFuture
        case = await self._load_visible(number, by)
        history = await self._log.history(self.kind, case.id)
        then: C | None = None
        for recorded, event in history:
            if recorded.recorded_at <= at:
                then = event.mutate(then)
        if then is None:
            raise AggregateNotFound(self.kind.__name__, case.id)
        then.personal_data_erased = case.personal_data_erased
        await self._record_reading(case, by)
        return then, case

    async def history(
        self,
        number: str,
        by: Actor,
        *,
        personal: bool = True,
        topics: Collection[str] | None = None,
    ) -> tuple[C, list[tuple[Recorded, Any]]]:
        """The case and its events, of these topics or all, oldest first. Raises as `read`.

        Without `personal` nothing personal will be shown of them, so nothing is put on record.
        """
        case = await self._load_visible(number, by)
        if personal:
            await self._record_reading(case, by)
        return case, await self._log.history(self.kind, case.id, topics=topics)

    # What the office's own software does.

    @retried
    async def change_due_date(self, id_: UUID) -> bool:
        """Let an amended calendar come to this case; whether that moved its due date.

        Twice is harmless: the second time there is nothing to change. Raises as `EventLog.append`.
        """
        case = await self._with_known_calendar(await self._log.load(self.kind, id_))
        case.change_due_date(self._act(CommandContext(SYSTEM)))
        if not case.pending_events:
            return False
        await self._log.append(case)
        return True

    # What use cases are made of.

    async def result_of_first(self, context: CommandContext) -> CommandResult[C] | None:
        """The answer that the same command got when it came first. Raises KeyReused."""
        if context.key is None:
            return None
        first = await self._log.find(context.key)
        return None if first is None else await self._as_first_answered(first)

    async def _load(self, context: CommandContext, number: str) -> C:
        """The case, in a version that the order allows. Raises as `read`, and StaleVersion."""
        case = await self._load_visible(number, context.by)
        if context.expected_versions is not None and case.version not in context.expected_versions:
            raise StaleVersion(case.version)
        return case

    async def _check_assignee(self, assignee: str) -> None:
        """Only who held a staff role in this office is given a case."""
        if not await self.is_staff(assignee):
            raise UnknownStaff(assignee)

    async def _original(self, number: str | None, by: Actor) -> OriginalCase | None:
        """The case that another one is said to be a duplicate of, as far as there is one."""
        if number is None:
            return None
        try:
            original = await self._load_visible(number, by)
        except (MalformedNumber, MistypedNumber, AggregateNotFound):
            return OriginalCase(number, None)
        return OriginalCase(original.number, original.status)

    def _act(self, context: CommandContext) -> ActContext:
        return ActContext(by=context.by, at=self._now(), calendar=self.calendar)

    async def _append(
        self, context: CommandContext, case: C, *, erases: bool = False, claim: Claim | None = None
    ) -> CommandResult[C]:
        """Store what the case decided. Raises, and is cancelled, as `EventLog.append`."""
        appended = await self._log.append(
            case, key=context.key, trace=context.trace, erases=erases, claim=claim
        )
        if appended.replayed or erases:
            return await self._as_first_answered(appended)
        return CommandResult(case, appended)

    def _may_see(self, case: C, by: Actor) -> bool:  # noqa: ARG002 - for subclasses
        """Whether he may know that there is such a case."""
        return True

    async def _load_visible(self, number: str, by: Actor) -> C:
        id_ = case_id(read_number(number, self.prefix))
        case = await self._log.load(self.kind, id_)
        if not self._may_see(case, by):
            raise AggregateNotFound(self.kind.__name__, id_)
        return await self._with_known_calendar(case)

    async def _with_known_calendar(self, case: C) -> C:
        """The same case, its calendar known: another replica may have taken it over before us.

        Raises LogUnavailable if only a newer release knows it.
        """
        if not self.calendar.knows(case.clock.calendar):
            await self.look_for_amendments()
            if not self.calendar.knows(case.clock.calendar):
                raise LogUnavailable(f"this release doesn't know calendar {case.clock.calendar}")
        return case

    async def _as_first_answered(self, appended: Appended) -> CommandResult[C]:
        """The case as it stood then, made again from its events."""
        id_, version = appended.originator_id, appended.version
        case = await self._log.load(self.kind, id_, version=version)
        return CommandResult(await self._with_known_calendar(case), appended)

    async def _record_reading(self, case: C, by: Actor) -> None:
        """Put on record who is about to see personal data: if that fails, nobody sees it.

        Whoever gives a command sees the case too; his event is the record of it.
        """
        if by.role != AUDITOR and not case.personal_data_erased:
            await self._log.record_reading(case.id, by.sub)


async def accept_anybody(_sub: str) -> bool:
    """Until `shared/staff` says who; where nobody keeps a list, as in a test."""
    return True


async def no_amendments() -> None:
    """Until `shared/calendars` says how; where nobody brings amended calendars, as in a test."""


def command(
    use_case: Callable[Concatenate[W, CommandContext, P], Awaitable[CommandResult[C]]],
) -> Callable[Concatenate[W, CommandContext, P], Awaitable[CommandResult[C]]]:
    """Make a use case harmless to repeat, and right when others are faster.

    A key that came before gives its first answer; the log looks again, under its lock. When
    somebody else appended first, the case is loaded and decides anew; a new case then draws
    another number, since a number that is taken is a conflict like any other.
    """
    decide_until_first = retried(use_case)

    @wraps(use_case)
    async def carried_out(
        work: W, context: CommandContext, /, *args: P.args, **kwargs: P.kwargs
    ) -> CommandResult[C]:
        first: CommandResult[C] | None = await work.result_of_first(context)
        return first or await decide_until_first(work, context, *args, **kwargs)

    return carried_out
