"""The aggregate of requests and of complaints: a number, a status, a clock, and its events.

A *case* is an aggregate of the `eventsourcing` library. Its commands decide: every rule stands
in one of them. Its events remember: they run again each time the case is loaded, so they never
refuse. `Case._record` writes the status and the clock after an event onto the event, so that no
follower needs to know the rules.

Next: `services/requests/domain.py`, the first case. Its events go to `shared/eventstore`.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any, ClassVar, Self

from eventsourcing.domain import Aggregate

from shared.cases.void_reasons import MISTAKES, VOIDED, OriginalCase, check_void
from shared.office_time import local_date
from shared.promise.case_number import case_id
from shared.promise.reading import Outcome
from shared.promise.sla_clock import SlaClock
from shared.promise.working_days import Calendar
from shared.refusals import CaseFull, NotAllowed, UnknownYear

Steps = Mapping[str, Collection[str]]
"""The steps of a procedure, in the words of the API, each with the statuses that allow it."""

NO_STEPS: Steps = {}

EVENTS_MAX = 2_000
"""A case of so many events takes no repeatable step, only the steps to its end.

No case of an office comes near it. The bound limits the cost of reading a whole case: for the page
of its history, the first load of a new replica, and an import, which appends it in one piece.
"""

ClockMove = Callable[[datetime, Calendar], SlaClock]
"""The effect of an event on the clock: `clock.wait`, `clock.answer` …"""


@dataclass(frozen=True, slots=True)
class Actor:
    """The author of a command. `sub` is a pseudonym and may be published; no name is kept here.

    `agency` is the agency that the actor belongs to, in the role of an agency; otherwise None.
    """

    sub: str
    role: str
    agency: str | None = None

    def may_act_for(self, agency: str) -> bool:
        """The people of an agency act for that agency only; the office's staff act for all."""
        return self.agency in (None, agency)


SYSTEM = Actor(sub="system", role="system")
"""The office's own software: it changes due dates when the calendar is amended, for instance."""


UNRESTRICTED = Actor(sub="", role="supervisor")
"""An actor to whom no rule on persons applies: only the content of a command is checked."""


@dataclass(frozen=True, slots=True)
class ActContext:
    """The circumstances of a command: its author, its time, and the calendar that is in force."""

    by: Actor
    at: datetime
    calendar: Calendar


class Case(Aggregate):
    """A case of the office. It has no TOPIC: a subclass would silently inherit it."""

    STEPS = NO_STEPS  # unannotated, because the library makes a dataclass of annotated classes
    REPEATABLE_STEPS = NO_STEPS  # those that an endless case could repeat
    VOID_REASONS = MISTAKES

    class Event(Aggregate.Event):
        """The fields of every event: the status and clock of the case after it, and its author."""

        number: str
        status: str
        clock: dict[str, Any]  # the clock as read on the day of the event
        basis: dict[str, Any]  # the facts that the clock stands on
        by: str
        role: str

        PERSONAL: ClassVar[tuple[str, ...]] = ()
        """The fields that the event log seals, and that are None once they are erased."""

        @staticmethod
        def create_timestamp() -> datetime:
            """Raise TypeError; the default of the library silently takes the wall clock."""
            raise TypeError("an event of a case never stamps itself: pass its timestamp")

        def apply(self, aggregate: Any) -> None:
            super().apply(aggregate)
            aggregate.status = self.status
            aggregate.basis = self.basis

    class Created(Event, Aggregate.Created):
        """The case was received: its timestamp is the moment of receipt."""

    class Voided(Event):
        """The case was registered by mistake, or twice. `of` is the number of the original."""

        PERSONAL = ("remark",)
        reason: str
        of: str | None
        remark: str | None

    class DueDateChanged(Event):
        """An amended calendar moved the due date."""

        due_on_before: str | None

    class PersonalDataErased(Event):
        """The sealing key of the case was deleted, and all its personal data with it."""

        def apply(self, aggregate: Any) -> None:
            super().apply(aggregate)
            aggregate.personal_data_erased = True

    def __init__(self, number: str) -> None:
        self.number = number
        self.personal_data_erased = False
        self.status: str  # every event sets these two
        self.basis: dict[str, Any]

    @property
    def clock(self) -> SlaClock:
        """The clock is made on demand: a long history makes only the last one."""
        return SlaClock.from_dict(self.basis)

    @property
    def allowed(self) -> tuple[str, ...]:
        """The steps that are possible now, in the words of the API."""
        return tuple(
            step
            for step, statuses in self.STEPS.items()
            if self.status in statuses and not self._is_full_for(step)
        )

    # Commands that every case has.

    def change_due_date(self, act: ActContext) -> None:
        """Take over an amended calendar if that moves the due date; otherwise nothing happens."""
        if self.clock.outcome is not None:
            return  # finished cases are left as they were
        act = self._monotonic(act)
        today = local_date(act.at)
        before = self.clock.reading(today, act.calendar).due_on
        after = self.clock.amend(act.calendar, act.at).reading(today, act.calendar).due_on
        if after != before:
            due_on_before = before and before.isoformat()
            self._record(self.DueDateChanged, self.status, act, due_on_before=due_on_before)

    def erase_personal_data(self, act: ActContext) -> None:
        """Erase the personal data; the case and its clock stay in the statistics.

        The reason for the erasure is not kept: it is a free text, which would be erased at once.
        """
        if self.personal_data_erased:
            raise self._not_allowed("erase-personal-data")
        self._record(self.PersonalDataErased, self.status, act)

    def void(
        self,
        reason: str,
        act: ActContext,
        *,
        of: OriginalCase | None = None,
        remark: str | None = None,
    ) -> None:
        """Declare that it was no case; from then on it is counted apart."""
        self._allow("void")
        check_void(reason, self.VOID_REASONS, of=of, number=self.number)
        facts = {"reason": reason, "of": of and of.number, "remark": remark}
        self._record(self.Voided, VOIDED, act, self.clock.void, **facts)

    # For the commands of the subclasses.

    @classmethod
    def _receive(
        cls, number: str, status: str, clock: SlaClock, act: ActContext, **facts: Any
    ) -> Self:
        """Create the case, by an act whose instant is the moment of receipt."""
        said = event_header(number, status, clock, act)
        _check_years(said["clock"], act, at_receipt=True)
        return cls._create(cls.Created, id=case_id(number), timestamp=act.at, **said, **facts)

    def _allow(self, command: str) -> None:
        if self.status not in self.STEPS[command]:
            raise self._not_allowed(command)
        if self._is_full_for(command):
            raise CaseFull(
                command=command, status=self.status, allowed=self.allowed, events_max=EVENTS_MAX
            )

    def _is_full_for(self, command: str) -> bool:
        return self.version >= EVENTS_MAX and self.status in self.REPEATABLE_STEPS.get(command, ())

    def _record(
        self,
        event_class: type[Event],
        status: str,
        act: ActContext,
        move_clock: ClockMove | None = None,
        **facts: Any,
    ) -> None:
        """Trigger an event with the status and the clock of the case after it.

        Without `move_clock` the clock runs on, by the calendar that is in force now. After an
        erasure personal fields are None, since there is no key to seal them with.
        Raises UnknownYear if the clock would move into a past year without a calendar.
        """
        act = self._monotonic(act)
        clock = (move_clock or self._take_over_calendar)(act.at, act.calendar)
        if self.personal_data_erased:
            facts |= dict.fromkeys(event_class.PERSONAL)
        said = event_header(self.number, status, clock, act)
        if move_clock is not None:
            _check_years(said["clock"], act, at_receipt=False)
        self.trigger_event(event_class, timestamp=act.at, **said, **facts)

    def _stop_clock(self, outcome: Outcome) -> ClockMove:
        return partial(self.clock.stop, outcome=outcome)

    def _not_allowed(self, command: str) -> NotAllowed:
        return NotAllowed(command=command, status=self.status, allowed=self.allowed)

    def _take_over_calendar(self, at: datetime, calendar: Calendar) -> SlaClock:
        return self.clock.amend(calendar, at)

    def _monotonic(self, act: ActContext) -> ActContext:
        """The same context, not earlier than the last event: the clocks of replicas differ."""
        return replace(act, at=max(act.at, self.modified_on))


def event_header(number: str, status: str, clock: SlaClock, act: ActContext) -> dict[str, Any]:
    """The fields of every event (`Case.Event`), in the form in which they are stored."""
    return {
        "number": number,
        "status": str(status),
        "clock": clock.reading(local_date(act.at), act.calendar).to_dict(),
        "basis": clock.to_dict(),
        "by": act.by.sub,
        "role": act.by.role,
    }


def _check_years(clock: Mapping[str, Any], act: ActContext, *, at_receipt: bool) -> None:
    """Whether all years are known that this reading of a clock stands on. Raises UnknownYear."""
    received_on = date.fromisoformat(clock["received_on"])
    due_on = date.fromisoformat(clock["due_on"]) if clock["due_on"] else received_on
    last = max(due_on, local_date(act.at))
    year = act.calendar.unknown_year(received_on, last, today=received_on)
    if year is not None:
        raise UnknownYear(year, at_receipt)
