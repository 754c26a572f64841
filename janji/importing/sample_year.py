"""A made-up year of an office for `janji up --demo`, the same every time.

It is imported as the rows of a file. Each case runs to its end and is then cut off at the present,
so that some cases are open.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import chain
from pathlib import Path
from random import Random

from janji.importing.imported_commands import ImportContext
from janji.importing.table import COLUMNS
from shared import spreadsheet
from shared.office_time import PONTIANAK, local_date
from shared.promise.standard import Standard

YEAR = timedelta(days=365)
SEED = "DATA CONTOH"
SAMPLE = "DATA CONTOH"  # every text, so that it can't be mistaken for a real one
REQUESTS_A_DAY, COMPLAINTS_A_DAY = (3, 8), (0, 3)

Cells = Mapping[str, str]
Weights = Mapping[str, int]

KINDS: Weights = {"password_reset": 60, "account_creation": 25, "account_change": 15}
CATEGORIES: Weights = {"minor": 55, "normative": 25, "non_oversight": 15, "oversight": 5}
REQUESTS: Weights = {
    "prompt": 165,
    "slow": 8,
    "returned": 16,
    "rejected": 4,
    "withdrawn": 3,
    "unanswered": 2,
    "forgotten": 1,
}
COMPLAINTS: Weights = {
    "answered": 70,
    "asked": 14,
    "reopened": 4,
    "slow": 6,
    "rejected": 3,
    "forwarded": 3,
    "forgotten": 1,
}


SCORES: Weights = {"5": 50, "4": 30, "3": 12, "2": 5, "1": 3}
LATE_SCORES: Weights = {"4": 10, "3": 30, "2": 35, "1": 25}
SHARE_RATED, SHARE_CLOSED = 0.45, 0.3
WORKING_HOURS = 8.5  # of a day


def write_csv(path: Path, rows: Iterable[Cells]) -> None:
    """Write the rows as a file to import."""
    with path.open("w", encoding="utf-8", newline="") as file:
        cells = ([row.get(column, "") for column in COLUMNS] for row in rows)
        spreadsheet.write_csv(file, chain([COLUMNS], cells))


def sample_rows(until: datetime, rules: ImportContext) -> list[Cells]:
    """The rows of the year before that instant, in order of time."""
    rows = [row for row in _Year(until, rules).rows() if row["at"] <= _written(until)]
    return sorted(rows, key=lambda row: row["at"])


def _written(at: datetime) -> str:
    return at.astimezone(PONTIANAK).isoformat(timespec="seconds")


class _Story:
    """The rows of one case. Hours are working hours, so the office rests at night."""

    def __init__(self, service: str, key: str, begins_at: datetime, rules: ImportContext) -> None:
        self.rows: list[Cells] = []
        self._case = {"service": service, "case": key}
        self._at = begins_at
        self._rules = rules

    def then(self, command: str, hours: float, **cells: str) -> None:
        """Add this command, so many working hours later."""
        self._at = self._worked(self._at, timedelta(hours=hours))
        self.rows.append({**self._case, "at": _written(self._at), "command": command, **cells})

    def _worked(self, at: datetime, left: timedelta) -> datetime:
        while True:
            opens_at, closes_at = self._hours(self._rules.calendar.working_day_from(local_date(at)))
            at = max(at, opens_at)
            if at + left < closes_at:
                return at + left
            left -= max(closes_at - at, timedelta())
            at = datetime.combine(local_date(at) + timedelta(days=1), time(), PONTIANAK)

    def _hours(self, day: date) -> tuple[datetime, datetime]:
        opens = self._rules.standards.hours_on(day).opens
        return datetime.combine(day, opens, PONTIANAK), self._rules.calendar.closes_at(day)


class _Year:
    """Draws days, cases and their stories from one seed, in a fixed order."""

    def __init__(self, until: datetime, rules: ImportContext) -> None:
        self._until = until
        self._rules = rules
        self._random = Random(SEED)  # noqa: S311  not a secret
        self._agencies = sorted(rules.agencies)
        self._cases = 0

    def rows(self) -> Iterator[Cells]:
        first, last = local_date(self._until - YEAR), local_date(self._until)
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            if not self._rules.calendar.is_working_day(day):
                continue
            standard = self._rules.standards.in_force(day)
            for _ in range(self._random.randint(*REQUESTS_A_DAY)):
                yield from self._request(day, standard)
            for _ in range(self._random.randint(*COMPLAINTS_A_DAY)):
                yield from self._complaint(day, standard)

    # Requests.

    def _request(self, day: date, standard: Standard) -> Sequence[Cells]:
        story, number = self._story("requests", day), self._cases
        agency = self._random.choice(self._agencies)
        story.then(
            "submit",
            0,
            kind=self._drawn(KINDS),
            agency=agency,
            channel=self._random.choice(sorted(standard.request_channels)),
            letter_number=f"800/{number}/{agency}",
            accounts=f"contoh{number}@{standard.mail_domain}",
        )
        kind = self._drawn(REQUESTS)
        if kind == "withdrawn":
            story.then("withdraw", self._hours(0.5, 2), reason=SAMPLE)
            return story.rows
        story.then("review", self._hours(0.2, 1.5))
        if kind == "rejected":
            story.then("reject", self._hours(0.2, 2), reason=SAMPLE)
        if kind in ("returned", "unanswered"):
            story.then("return", self._hours(0.2, 1), reason=SAMPLE)
        if kind == "returned":
            story.then("resubmit", self._hours(4, 50), letter_number=f"800/{number}-2/{agency}")
            story.then("review", self._hours(0.2, 1.5))
        if kind in ("prompt", "slow", "returned"):
            self._process(story, number, delay=self._hours(18, 45) if kind == "slow" else 0)
        return story.rows

    def _process(self, story: _Story, number: int, *, delay: float) -> None:
        story.then("approve", self._hours(0.1, 0.5))
        story.then("process", self._hours(0.1, 1) + delay)
        story.then("complete", self._hours(0.3, 3), text=SAMPLE)
        story.then("confirm", self._hours(0.1, 1), letter_number=f"555/{number}/DISKOMINFO")

    # Complaints.

    def _complaint(self, day: date, standard: Standard) -> Sequence[Cells]:
        story, kind = self._story("complaints", day), self._drawn(COMPLAINTS)
        category = self._drawn(CATEGORIES)
        channel = self._random.choice(sorted(standard.channels))
        story.then("receive", 0, channel=channel, text=SAMPLE)
        story.then("classify", self._hours(0.5, 12), category=category)
        if kind == "rejected":
            story.then("reject", self._hours(1, 10), reason=SAMPLE)
        if kind == "forwarded":
            story.then("forward", self._hours(1, 10), to="Inspektorat", reason=SAMPLE)
        if kind in ("rejected", "forwarded"):
            return story.rows
        story.then("assign", self._hours(0.1, 2), assignee=f"petugas-{self._random.randint(1, 5)}")
        if kind == "asked":
            story.then("request-clarification", self._hours(1, 8), text=SAMPLE)
            story.then("clarify", self._hours(3, 40), text=SAMPLE)
        if kind != "forgotten":
            allowed = standard.complaint_days[category] * WORKING_HOURS
            share = self._hours(1.1, 1.7) if kind == "slow" else self._hours(0.1, 0.6)
            story.then("resolve", allowed * share, text=SAMPLE)
            self._after_the_answer(story, kind)
        return story.rows

    def _after_the_answer(self, story: _Story, kind: str) -> None:
        if kind == "reopened":
            story.then("reopen", self._hours(2, 40), reason=SAMPLE)
            story.then("resolve", self._hours(2, 12), text=SAMPLE)
        if self._random.random() < SHARE_RATED:
            score = self._drawn(LATE_SCORES if kind == "slow" else SCORES)
            story.then("rate", self._hours(1, 20), score=score)
        if self._random.random() < SHARE_CLOSED:
            story.then("close", self._hours(1, 40))

    # Draws.

    def _story(self, service: str, day: date) -> _Story:
        """A story that begins on that day, mostly in office hours."""
        self._cases += 1
        begins_at = datetime.combine(day, time(7, 30), PONTIANAK)
        begins_at += timedelta(minutes=self._random.randint(0, 500))
        return _Story(service, f"CONTOH-{self._cases:05}", begins_at, self._rules)

    def _drawn(self, weights: Weights) -> str:
        return self._random.choices(list(weights), list(weights.values()))[0]

    def _hours(self, least: float, most: float) -> float:
        return self._random.uniform(least, most)
