"""A whole year of an office at random: hundreds of cases, and a decree in the middle of it.

Instants lie at and beside the close of office hours and midnight, over days off and the end of the
year. On one day days off are added and taken away, and each open case whose due date moves is told.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from shared.messaging.subscription import Incoming
from shared.office_time import PONTIANAK, local_date
from shared.promise.working_days import Calendar
from testbed.event_factory import CaseEvents, EventFactory
from tests.support.cases.histories import TIMES
from tests.support.clocks.case_clocks import made_up_calendar
from tests.support.years.recount import KINDS, Decrees
from tests.support.years.stories import Step, go_on

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
CHANNELS = ("whatsapp", "phone", "lapor", "janji", "email")
STEPS_MAX = 7
GAPS = (0, 0, 0, 1, 1, 2, 3, 5, 8, 20, 45, 90)  # days between two steps


@dataclass
class RandomYear:
    """What is random hangs on the seed alone."""

    seed: int
    cases: int

    def __post_init__(self) -> None:
        self._random = Random(self.seed)
        self.amended_on = self._day(FIRST, LAST)
        old = frozenset(self._day(FIRST, LAST) for _ in range(25))
        taken_away = frozenset(self._random.sample(sorted(old), 4))
        added = frozenset(self._day(self.amended_on, LAST) for _ in range(4))
        new = old - taken_away | added
        self.calendar = made_up_calendar(old, new)
        amended_at = datetime.combine(self.amended_on, self._random.choice(TIMES), PONTIANAK)
        self.decrees = Decrees(newest=new, before=old, amended_at=amended_at, years=[2026])

    def events(self) -> list[Incoming]:
        """All that is published, in order of time."""
        office, cases = EventFactory(calendar=self._calendar(old=True)), dict[int, CaseEvents]()
        is_amended = False
        for step in sorted(self._steps(), key=lambda each: each.at):
            if not is_amended and step.at >= self._amended_at:
                is_amended, office.calendar = True, self._calendar(old=False)
                self._tell(cases)
            if step.case in cases:
                go_on(cases[step.case], step)
            else:
                cases[step.case] = self._receive(office, step)
        return office.events

    @property
    def _amended_at(self) -> datetime:
        assert self.decrees.amended_at is not None
        return self.decrees.amended_at

    def _calendar(self, *, old: bool) -> Calendar:
        return self.calendar.as_of("2026.1") if old else self.calendar

    def _tell(self, cases: dict[int, CaseEvents]) -> None:
        """Each open case is told of the due date that the decree gives it, if it is another."""
        today = local_date(self._amended_at)
        for case in cases.values():
            if case.clock.stopped_at is None:
                before = case.clock.reading(today, self.calendar).due_on
                amended = case.clock.amend(self.calendar, self._amended_at)
                if amended.reading(today, self.calendar).due_on != before:
                    said = before and before.isoformat()
                    case.then("due_date_changed", self._amended_at, due_on_before=said)

    def _receive(self, office: EventFactory, step: Step) -> CaseEvents:
        if step.choice % 2:
            return office.request(step.at, kind=KINDS[step.choice % len(KINDS)])
        return office.complaint(step.at, channel=CHANNELS[step.choice % len(CHANNELS)])

    def _steps(self) -> Iterator[Step]:
        for case in range(self.cases):
            on = self._day(FIRST, LAST)
            for _ in range(self._random.randint(1, STEPS_MAX)):
                at = datetime.combine(on, self._random.choice(TIMES), PONTIANAK)
                yield Step(case, at, self._random.randrange(1_000))
                on += timedelta(days=self._random.choice(GAPS))

    def _day(self, first: date, last: date) -> date:
        return first + timedelta(days=self._random.randint(0, (last - first).days))
