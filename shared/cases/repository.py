"""Where the cases of a service are loaded and appended.

Next: `idempotent.py`, which makes a use case of load, decide and append safe to repeat; the events
lie in `shared/eventstore`, whose log the relay of `shared/messaging` reads.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Generic, TypeVar
from uuid import UUID

from shared.cases.case import SYSTEM, ActContext, Actor, Case
from shared.cases.void_reasons import OriginalCase
from shared.eventstore.errors import AggregateNotFound, LogUnavailable
from shared.eventstore.log import EventLog
from shared.eventstore.readings import PersonalDataReading
from shared.eventstore.records import Appended, Claim, CommandKey, Recorded
from shared.eventstore.retries import retried
from shared.office_time import local_date
from shared.promise.case_number import MalformedNumber, MistypedNumber, case_id, read_number
from shared.promise.working_days import Calendar
from shared.refusals import Refusal

AUDITOR = "auditor"  # the one role that sees cases, but no personal data

C = TypeVar("C", bound=Case)


@dataclass(frozen=True, slots=True)
class CommandContext:
    """The author of a command, and the conditions on it.

    The case must be in one of `expected_versions` (If-Match); None: in any. `key` makes a repeat
    give the first answer again. `trace` is a traceparent and goes with the events.
    """

    by: Actor
    expected_versions: Collection[int] | None = None
    key: CommandKey | None = None
    trace: str | None = None

    def part(self, name: str) -> "CommandContext":
        """The context of one command of several that came as one, with a key of its own."""
        key = self.key and replace(
            self.key, key=sha256(f"{self.key.key} {name}".encode()).hexdigest()
        )
        return CommandContext(self.by, key=key, trace=self.trace)


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
    """The state of a case at a future instant is not known yet."""

    def __init__(self) -> None:
        super().__init__("the instant lies in the future")


@dataclass(eq=False)
class UnknownStaff(Refusal):
    """No holder of this `sub` ever had a staff role in this office."""

    sub: str


class CaseRepository(Generic[C]):
    """The cases of one service, on its event log. Safe for any number of tasks.

    `may_see` says whether an actor may know that a case exists. `calendar` is the one in force;
    `shared/calendars` replaces an amended one and sets `look_for_amendments`, and `shared/staff`
    sets `is_staff`.
    """

    def __init__(
        self,
        log: EventLog,
        kind: type[C],
        *,
        prefix: str,
        calendar: Calendar,
        now: Callable[[], datetime],
        may_see: Callable[[C, Actor], bool] = lambda _case, _by: True,
    ) -> None:
        self._log = log
        self._kind = kind
        self.prefix = prefix  # of the numbers: PRM or ADU
        self.calendar = calendar
        self.look_for_amendments: Callable[[], Awaitable[None]] = no_amendments
        self.is_staff: Callable[[str], Awaitable[bool]] = accept_anybody  # by `sub`
        self._now = now
        self._may_see = may_see

    def today(self) -> date:
        """The date in the office."""
        return local_date(self._now())

    def act(self, by: Actor) -> ActContext:
        """The circumstances of a command that is decided now."""
        return ActContext(by=by, at=self._now(), calendar=self.calendar)

    # Commands.

    async def load(self, context: CommandContext, number: str) -> C:
        """The case, in a version that the context allows. Raises as `read`, and StaleVersion."""
        case = await self._visible(number, context.by)
        if context.expected_versions is not None and case.version not in context.expected_versions:
            raise StaleVersion(case.version)
        return case

    async def load_by_id(self, id_: UUID) -> C:
        """The case for the office's own software. Raises AggregateNotFound."""
        return await self._in_known_calendar(await self._log.load(self._kind, id_))

    async def append(
        self, context: CommandContext, case: C, *, erases: bool = False, claim: Claim | None = None
    ) -> CommandResult[C]:
        """Store what the case decided. Raises, and is cancelled, as `EventLog.append`."""
        appended = await self._log.append(
            case, key=context.key, trace=context.trace, erases=erases, claim=claim
        )
        if appended.replayed or erases:
            return await self._as_first_answered(appended, context.by)
        return CommandResult(case, appended)

    async def result_of_first(self, key: CommandKey, by: Actor) -> CommandResult[C] | None:
        """The result that the command with this key had when it came first. Raises KeyReused."""
        first = await self._log.find(key)
        return None if first is None else await self._as_first_answered(first, by)

    async def original(self, number: str | None, by: Actor) -> OriginalCase | None:
        """The case that another one is said to be a duplicate of, as far as it exists."""
        if number is None:
            return None
        try:
            original = await self._visible(number, by)
        except (MalformedNumber, MistypedNumber, AggregateNotFound):
            return OriginalCase(number, None)
        return OriginalCase(original.number, original.status)

    async def check_assignee(self, assignee: str) -> None:
        """A case is assigned only to somebody who had a staff role. Raises UnknownStaff."""
        if not await self.is_staff(assignee):
            raise UnknownStaff(assignee)

    @retried
    async def change_due_date(self, id_: UUID) -> bool:
        """Apply an amended calendar to this case; whether that moved its due date.

        A second call is harmless: it finds nothing to change. Raises as `EventLog.append`.
        """
        case = await self.load_by_id(id_)
        case.change_due_date(self.act(SYSTEM))
        if not case.pending_events:
            return False
        await self._log.append(case)
        return True

    # Reading.

    async def read(self, number: str, by: Actor) -> C:
        """The case as it stands. The access to personal data is put on record.

        Raises MistypedNumber, MalformedNumber, AggregateNotFound: also where the case exists,
        but the actor may not know it.
        """
        case = await self._visible(number, by)
        await self._record_reading(case, by)
        return case

    async def read_at(self, number: str, by: Actor, at: datetime) -> tuple[C, C]:
        """The case as it was known at that instant, and as it stands, which decides what is shown.

        What was erased since is absent from both. Raises as `read`, AggregateNotFound before the
        receipt was recorded too, and InstantInFuture.
        """
        if at > self._now():
            raise InstantInFuture
        case = await self._visible(number, by)
        then: C | None = None
        for recorded, event in await self._log.history(self._kind, case.id):
            if recorded.recorded_at <= at:
                then = event.mutate(then)
        if then is None:
            raise AggregateNotFound(self._kind.__name__, case.id)
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

        Without `personal` the caller shows nothing personal, so no access is put on record.
        """
        case = await self._visible(number, by)
        if personal:
            await self._record_reading(case, by)
        return case, await self._log.history(self._kind, case.id, topics=topics)

    async def readings(
        self, after: datetime, *, limit: int, number: str | None = None
    ) -> list[PersonalDataReading]:
        """Who read personal data, of one case or of all. Raises MistypedNumber, MalformedNumber."""
        of = None if number is None else case_id(read_number(number, self.prefix))
        return await self._log.readings.after(after, limit=limit, of=of)

    async def _visible(self, number: str, by: Actor) -> C:
        id_ = case_id(read_number(number, self.prefix))
        case = await self._log.load(self._kind, id_)
        if not self._may_see(case, by):
            raise AggregateNotFound(self._kind.__name__, id_)
        return await self._in_known_calendar(case)

    async def _in_known_calendar(self, case: C) -> C:
        """The same case, once its calendar is known: another replica may know an amended one.

        Raises LogUnavailable if only a newer release knows it.
        """
        if not self.calendar.knows(case.clock.calendar):
            await self.look_for_amendments()
            if not self.calendar.knows(case.clock.calendar):
                raise LogUnavailable(f"this release doesn't know calendar {case.clock.calendar}")
        return case

    async def _as_first_answered(self, appended: Appended, by: Actor) -> CommandResult[C]:
        """The case in the version that the first answer showed, made again from its events.

        A repeat shows personal data and stores no event, so it is put on record as a reading.
        """
        id_, version = appended.originator_id, appended.version
        case = await self._log.load(self._kind, id_, version=version)
        if appended.replayed:
            await self._record_reading(case, by)
        return CommandResult(await self._in_known_calendar(case), appended)

    async def _record_reading(self, case: C, by: Actor) -> None:
        """Put the access to personal data on record; if that fails, the data are not shown.

        The author of a command sees the case too; the event is the record of it.
        """
        if by.role != AUDITOR and not case.personal_data_erased:
            await self._log.readings.record(case.id, by.sub)


async def accept_anybody(_sub: str) -> bool:
    """Until `shared/staff` decides; in a test without a list of the staff, always."""
    return True


async def no_amendments() -> None:
    """Until `shared/calendars` looks; in a test without amended calendars, always."""
