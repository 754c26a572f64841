"""Random years of an office: cases of both services, their steps in order of time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from shared.office_time import PONTIANAK
from testbed.event_factory import CaseEvents, EventFactory
from tests.support.cases.histories import STARTS, TIMES
from tests.support.years.recount import CATEGORY_DAYS, KINDS

CHANNELS = ["whatsapp", "phone", "lapor", "janji"]

NEXT = {  # by service and by where the clock stands: what may happen
    ("requests", "running"): [
        "returned",
        "review_started",
        "assigned",
        "confirmed",
        "confirmed",
        "rejected",
        "withdrawn",
        "voided",
    ],
    ("requests", "waiting"): ["resubmitted", "resumed", "withdrawn", "voided"],
    ("requests", "finished"): ["personal_data_erased", "personal_data_erased", "voided"],
    ("requests", "voided"): ["personal_data_erased"],
    ("complaints", "running"): [
        "classified",
        "classified",
        "assigned",
        "clarification_requested",
        "responded",
        "resolved",
        "resolved",
        "rejected",
        "forwarded",
        "voided",
    ],
    ("complaints", "waiting"): ["clarified", "resumed", "classified", "voided"],
    ("complaints", "finished"): ["reopened", "reopened", "rated", "closed", "voided"],
    ("complaints", "voided"): ["personal_data_erased"],
}

DELAYS = [timedelta(0), timedelta(0), timedelta(minutes=1), timedelta(days=1), timedelta(days=9)]

FACTS: dict[str, dict[str, Any]] = {
    "assigned": {"assignee": "officer-1"},
    "rated": {"score": 4},
    "closed": {"by_itself": True},
    "resubmitted": {"changed": [], "letter_number": None},
    "returned": {"missing": ["other"]},
    "voided": {"reason": "registered_in_error", "of": None},
}


@dataclass(frozen=True)
class Step:
    """What happens to one of the cases, and when; the first to each is its receipt."""

    case: int
    at: datetime
    choice: int
    delay: timedelta = timedelta(0)


@dataclass(frozen=True)
class Story:
    """`services` says what each case is, `imported` which came by import; `steps` are in order of
    time.

    Batches are `cuts` long and applied `late`, in days; `looks` are days to look back at.
    """

    services: Sequence[str]
    steps: Sequence[Step]
    cuts: Sequence[int]
    last_day: date
    late: int = 0
    looks: Sequence[date] = ()
    imported: Collection[int] = ()

    def office(self) -> EventFactory:
        office = EventFactory()
        cases: dict[int, CaseEvents] = {}
        for step in self.steps:
            office.delay = step.delay
            office.by = "import" if step.case in self.imported else "officer-1"
            if step.case not in cases:
                cases[step.case] = self._receive(office, step)
            else:
                go_on(cases[step.case], step)
        return office

    def _receive(self, office: EventFactory, step: Step) -> CaseEvents:
        if self.services[step.case] == "requests":
            return office.request(step.at, kind=KINDS[step.choice % len(KINDS)])
        return office.complaint(step.at, channel=CHANNELS[step.choice % len(CHANNELS)])


def go_on(case: CaseEvents, step: Step) -> None:
    """One of the things happens that may happen to it as it stands, or nothing."""
    possible = NEXT[case.service, _stands(case)]
    name = possible[step.choice % len(possible)]
    if name in ("reopened", "closed") and case.status != "resolved":
        return
    facts = dict(FACTS.get(name, {}))
    if name == "classified":
        facts = {"category": list(CATEGORY_DAYS)[step.choice // 8 % len(CATEGORY_DAYS)]}
        if facts["category"] == case.category:
            return
    case.then(name, step.at, **facts)


def _stands(case: CaseEvents) -> str:
    if case.status == "voided":
        return "voided"
    if case.clock.stopped_at is not None:
        return "finished"
    return "waiting" if case.clock.waits_now else "running"


@st.composite
def stories(draw: st.DrawFn, *, cases_max: int = 5, steps_max: int = 40) -> Story:
    start = draw(st.sampled_from(STARTS))
    services = draw(
        st.lists(st.sampled_from(["requests", "complaints"]), min_size=1, max_size=cases_max)
    )
    moments = st.tuples(
        st.integers(0, 40), st.sampled_from(TIMES), st.integers(0, len(services) - 1)
    )
    whens = draw(st.lists(moments, min_size=5, max_size=steps_max))
    steps = sorted(
        (datetime.combine(start + timedelta(days=after), at, PONTIANAK), case)
        for after, at, case in whens
    )
    choices = st.integers(0, 1_000)
    return Story(
        services=services,
        steps=[Step(case, at, draw(choices), draw(st.sampled_from(DELAYS))) for at, case in steps],
        cuts=draw(st.lists(st.integers(1, 10), max_size=5)),
        last_day=start + timedelta(days=draw(st.integers(0, 120))),
        late=draw(st.sampled_from([0, 0, 3, 20])),
        imported=draw(st.sets(st.integers(0, len(services) - 1), max_size=2)),
        looks=[start + timedelta(days=n) for n in draw(st.sets(st.integers(-1, 130), max_size=4))],
    )
