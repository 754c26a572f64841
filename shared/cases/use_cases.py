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

from shared.cases.case import SYSTEM, Act, Actor, Case
from shared.cases.voiding import Twin
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
W = TypeVar("W", bound="Casework[Any]")


@dataclass(frozen=True, slots=True)
class Order:
    """Who gives a command, and what holds for it.

    `versions` are those in which the case may be (If-Match); None: any. `key` makes a repeat
    give the first answer again. `trace` is a traceparent and goes with the events.
    """

    by: Actor
    versions: Collection[int] | None = None
    key: CommandKey | None = None
    trace: str | None = None


@dataclass(frozen=True, slots=True)
class Answer(Generic[C]):
    """The case as the command left it, and where its events lie."""

    case: C
    appended: Appended


class StaleVersion(Refusal):
    """The case has changed since the caller saw it; `version` is the present one."""

    def __init__(self, version: int) -> None:
        super().__init__(f"the case is at version {version}")
        self.version = version


class AskedOfTheFuture(Refusal):
    """Nobody knows yet how the case will stand then."""

    def __init__(self) -> None:
        super().__init__("the instant lies in the future")


@dataclass(eq=False)
class UnknownStaff(Refusal):
    """Nobody of this `sub` ever held a staff role in this office."""

    sub: str


class Casework(Generic[C]):
    """What the use cases of both services have in common. Subclassed by each `application.py`."""

    kind: type[C]
    prefix: str  # of the numbers: PRM or ADU

    def __init__(self, log: EventLog, *, calendar: Calendar, now: Callable[[], datetime]) -> None:
        self._log = log
        self.calendar = calendar  # the one in force; `shared/calendars` replaces an amended one
        self.look_for_amendments: Callable[[], Awaitable[None]] = nothing_to_look_for
        self.is_staff: Callable[[str], Awaitable[bool]] = anybody  # by `sub`
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
        case = await self._find(number, by)
        await self._note_reading(case, by)
        return case

    async def read_at(self, number: str, by: Actor, at: datetime) -> tuple[C, C]:
        """The case as it was known at that instant, and as it stands, which says who may see what.

        What was erased since is gone from both. Raises as `read`, AggregateNotFound before the
        receipt was recorded too, and AskedOfTheFuture.
        """
        if at > self._now():
            raise AskedOfTheFuture
        case = await self._find(number, by)
        history = await self._log.history(self.kind, case.id)
        then: C | None = None
        for recorded, event in history:
            if recorded.recorded_at <= at:
                then = event.mutate(then)
        if then is None:
            raise AggregateNotFound(self.kind.__name__, case.id)
        then.personal_data_erased = case.personal_data_erased
        await self._note_reading(case, by)
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
        case = await self._find(number, by)
        if personal:
            await self._note_reading(case, by)
        return case, await self._log.history(self.kind, case.id, topics=topics)

    # What the office's own software does.

    @retried
    async def change_due_date(self, id_: UUID) -> bool:
        """Let an amended calendar come to this case; whether that moved its due date.

        Twice is harmless: the second time there is nothing to change. Raises as `EventLog.append`.
        """
        case = await self._known(await self._log.load(self.kind, id_))
        case.change_due_date(self._act(Order(SYSTEM)))
        if not case.pending_events:
            return False
        await self._log.append(case)
        return True

    # What use cases are made of.

    async def first_answer(self, order: Order) -> Answer[C] | None:
        """The answer that the same command got when it came first. Raises KeyReused."""
        if order.key is None:
            return None
        first = await self._log.find(order.key)
        return None if first is None else await self._answer_again(first)

    async def _load(self, order: Order, number: str) -> C:
        """The case, in a version that the order allows. Raises as `read`, and StaleVersion."""
        case = await self._find(number, order.by)
        if order.versions is not None and case.version not in order.versions:
            raise StaleVersion(case.version)
        return case

    async def _check_assignee(self, assignee: str) -> None:
        """Only who held a staff role in this office is given a case."""
        if not await self.is_staff(assignee):
            raise UnknownStaff(assignee)

    async def _twin(self, number: str | None, by: Actor) -> Twin | None:
        """The case that another one is said to be a duplicate of, as far as there is one."""
        if number is None:
            return None
        try:
            twin = await self._find(number, by)
        except (MalformedNumber, MistypedNumber, AggregateNotFound):
            return Twin(number, None)
        return Twin(twin.number, twin.status)

    def _act(self, order: Order) -> Act:
        return Act(by=order.by, at=self._now(), calendar=self.calendar)

    async def _append(
        self, order: Order, case: C, *, erases: bool = False, claim: Claim | None = None
    ) -> Answer[C]:
        """Store what the case decided. Raises, and is cancelled, as `EventLog.append`."""
        appended = await self._log.append(
            case, key=order.key, trace=order.trace, erases=erases, claim=claim
        )
        if appended.replayed or erases:
            return await self._answer_again(appended)
        return Answer(case, appended)

    def _may_know(self, case: C, by: Actor) -> bool:  # noqa: ARG002 - for subclasses
        """Whether he may know that there is such a case."""
        return True

    async def _find(self, number: str, by: Actor) -> C:
        id_ = case_id(read_number(number, self.prefix))
        case = await self._log.load(self.kind, id_)
        if not self._may_know(case, by):
            raise AggregateNotFound(self.kind.__name__, id_)
        return await self._known(case)

    async def _known(self, case: C) -> C:
        """The same case, its calendar known: another replica may have taken it over before us.

        Raises LogUnavailable if only a newer release knows it.
        """
        if not self.calendar.knows(case.clock.calendar):
            await self.look_for_amendments()
            if not self.calendar.knows(case.clock.calendar):
                raise LogUnavailable(f"this release doesn't know calendar {case.clock.calendar}")
        return case

    async def _answer_again(self, appended: Appended) -> Answer[C]:
        """The case as it stood then, made again from its events."""
        id_, version = appended.originator_id, appended.version
        case = await self._log.load(self.kind, id_, version=version)
        return Answer(await self._known(case), appended)

    async def _note_reading(self, case: C, by: Actor) -> None:
        """Put on record who is about to see personal data: if that fails, nobody sees it.

        Whoever gives a command sees the case too; his event is the record of it.
        """
        if by.role != AUDITOR and not case.personal_data_erased:
            await self._log.record_reading(case.id, by.sub)


async def anybody(_sub: str) -> bool:
    """Until `shared/staff` says who; where nobody keeps a list, as in a test."""
    return True


async def nothing_to_look_for() -> None:
    """Until `shared/calendars` says how; where nobody brings amended calendars, as in a test."""


def command(
    use_case: Callable[Concatenate[W, Order, P], Awaitable[Answer[C]]],
) -> Callable[Concatenate[W, Order, P], Awaitable[Answer[C]]]:
    """Make a use case harmless to repeat, and right when others are faster.

    A key that came before gives its first answer; the log looks again, under its lock. When
    somebody else appended first, the case is loaded and decides anew; a new case then draws
    another number, since a number that is taken is a conflict like any other.
    """
    decide_until_first = retried(use_case)

    @wraps(use_case)
    async def carried_out(work: W, order: Order, /, *args: P.args, **kwargs: P.kwargs) -> Answer[C]:
        first: Answer[C] | None = await work.first_answer(order)
        return first or await decide_until_first(work, order, *args, **kwargs)

    return carried_out
