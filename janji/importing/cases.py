"""The rows of a case, in order of time, become commands on its aggregate.

The log's own rows are recognised by their instant and command. New rows must come after all of its
events: an import adds to history and never changes it. Next: `run.py` appends.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from janji.importing.imported_commands import IMPORTER, ImportContext, ServiceImport
from janji.importing.numbers import CaseKey
from janji.importing.rows import Row, Violation
from shared.cases.case import EVENTS_MAX, ActContext, Case
from shared.cases.web.http import calendar_unknown
from shared.office_time import local_date
from shared.refusals import NotAllowed, Refusal, UnknownYear
from shared.text import Text
from shared.web.problems.problem import Problem
from shared.web.problems.validation import BrokenRule

ROWS_MAX = EVENTS_MAX

PUBLISHED = ("kind", "agency", "channel", "category", "assignee", "score", "reason")
"""The columns that are stored unsealed, so that a changed cell can be detected."""


@dataclass(eq=False, slots=True)
class CaseRows:
    """The rows of a case in the file; `number` is empty until it is settled."""

    key: CaseKey
    rows: list[Row] = field(default_factory=list)
    number: str = ""
    is_known: bool = False  # whether the log held it when it was checked

    def receipt(self, command: str) -> Row | None:
        """The receipt, if it is the first row."""
        first = self.rows[0]
        return first if first.command == command else None


@dataclass(frozen=True, slots=True)
class Decision:
    """The case with its new events pending; None without new rows."""

    case: Case | None
    new: Sequence[Row]
    after_version: int

    @property
    def content(self) -> str:
        """The content of the new rows, regardless of their lines."""
        return repr([(row.at.isoformat(), row.command, row.values) for row in self.new])


class InvalidCase(Exception):
    """A row of the case breaks one rule or several."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__(*violations)
        self.violations = violations


def by_case(rows: Iterable[Row]) -> list[CaseRows]:
    """Each case's rows in order of time; those of one instant as in the file."""
    cases: dict[CaseKey, CaseRows] = {}
    for row in rows:
        key = CaseKey(row.service, row.case)
        found = cases.get(key)
        if found is None:
            found = cases[key] = CaseRows(key)
        found.rows.append(row)
    for case in cases.values():
        case.rows.sort(key=attrgetter("at"))
    return list(cases.values())


class Decider:
    """Decides the cases of one service. `now`: the end of history, for rules about elapsed time."""

    def __init__(self, history: ServiceImport[Any], rules: ImportContext, now: datetime) -> None:
        self._history = history
        self._rules = rules
        self._now = now

    def decide(self, case: CaseRows, past: Sequence[Any]) -> Decision:
        """Decide the rows that are new against the past events of the case. Raises InvalidCase."""
        if len(case.rows) > ROWS_MAX:
            raise invalid(case.rows[ROWS_MAX], "case", "too_many", TOO_MANY)
        new = self._new(case.rows, past)
        aggregate: Case | None = None
        for event in past:
            aggregate = event.mutate(aggregate)
        for row in new:
            aggregate = self._applied(aggregate, row, case.number)
        if aggregate is not None and new:
            self._history.pass_time(aggregate, self._act(self._now))
            self._check_years(aggregate, new)
        return Decision(aggregate if new else None, new, len(past))

    def _new(self, rows: Sequence[Row], past: Sequence[Any]) -> list[Row]:
        """The rows that are not in the log; the others must agree with it."""
        known: dict[tuple[datetime, type[Case.Event]], deque[Any]] = {}
        for event in past:
            if event.by == IMPORTER.sub:
                known.setdefault((event.timestamp, type(event)), deque()).append(event)
        new: list[Row] = []
        for row in rows:
            if events := known.get((row.at, self._history.event(row.command))):
                _check_same(row, events.popleft())
            else:
                new.append(row)
        if new and past and new[0].at < past[-1].timestamp:
            raise invalid(new[0], "at", "after_the_known", _after(past[-1]))
        return new

    def _applied(self, case: Case | None, row: Row, number: str) -> Case:
        act = self._act(row.at)
        try:
            if row.command == self._history.receipt:
                if case is not None:
                    raise invalid(row, "command", "received_once", RECEIVED_ONCE)
                received: Case = self._history.receive(row, act, self._rules, number)
                return received
            if case is None:
                raise invalid(row, "command", "received_first", self._received_first())
            self._history.pass_time(case, act)
            self._history.commands[row.command].give(case, row, act, self._rules)
        except UnknownYear as refusal:
            raise _unknown(row, refusal.year) from refusal
        except Refusal as refusal:
            problem = self._history.problem_of(refusal)
            raise InvalidCase(violations_of(row, problem, refusal)) from refusal
        return case

    def _check_years(self, case: Case, new: Sequence[Row]) -> None:
        """Refuse a case whose clock needs the calendar of an unknown year that is over by now."""
        calendar, last = self._rules.calendar, local_date(case.modified_on)
        due_on = case.clock.reading(last, calendar).due_on
        year = calendar.unknown_year(
            local_date(case.clock.received_at), max(last, due_on or last), local_date(self._now)
        )
        if year is not None:
            there = (row for row in new if local_date(row.at).year >= year)
            raise _unknown(next(there, new[-1]), year)

    def partial_violations(self, row: Row) -> list[Violation]:
        """The domain's refusals of the readable cells, for a row that can't be decided."""
        faults = self._history.faults(row, self._act(row.at), self._rules)
        found = [violations_of(row, self._history.problem_of(fault), fault) for fault in faults]
        return [violation for violations in found for violation in violations]

    def _act(self, at: datetime) -> ActContext:
        return ActContext(by=IMPORTER, at=at, calendar=self._rules.calendar)

    def _received_first(self) -> Text:
        receipt = self._history.receipt
        return Text(
            id=f"Sebuah kasus dimulai dengan `{receipt}`; sistem belum mengenal kasus ini.",
            en=f"A case begins with `{receipt}`; the system doesn't know this one.",
        )


def _unknown(row: Row, year: int) -> InvalidCase:
    return invalid(row, "at", "calendar_known", calendar_unknown(year))


def invalid(row: Row, column: str, rule: str, detail: Text) -> InvalidCase:
    return InvalidCase([Violation(row.line, column, rule, detail)])


def violations_of(row: Row, problem: Problem, refusal: Refusal) -> list[Violation]:
    """A refusal in the words of the API, each fault at its column."""
    violations = [_violation_of(row, broken) for broken in problem.members.get("errors", ())]
    if violations:
        return list(dict.fromkeys(violations))
    detail = problem.detail
    if isinstance(refusal, NotAllowed):
        possible = ", ".join(refusal.allowed) or "–"
        detail = Text(
            id=f"{detail.id} Yang mungkin: {possible}.", en=f"{detail.en} Possible: {possible}."
        )
    return [Violation(row.line, "command", problem.kind.slug.replace("-", "_"), detail)]


def _violation_of(row: Row, broken: BrokenRule) -> Violation:
    pointer = broken["pointer"]
    found = (column for field_, column in COLUMNS.items() if pointer.startswith(field_))
    return Violation(row.line, next(found, "command"), broken["rule"], broken["detail"])


def _check_same(row: Row, event: Any) -> None:
    for column in PUBLISHED:
        given = row.values.get(column)
        stored = getattr(event, column, None)
        if None not in (given, stored) and given != stored:
            detail = Text(
                id=f"Sudah diimpor sebagai `{stored}`; riwayat tidak diubah oleh impor.",
                en=f"Was imported as `{stored}`; an import doesn't change history.",
            )
            raise invalid(row, column, "as_imported", detail)


def _after(event: Any) -> Text:
    name, by, at = event.TOPIC, event.by, event.timestamp.isoformat()
    return Text(
        id="Sistem sudah mencatat peristiwa yang lebih baru pada kasus ini"
        f" (`{name}` oleh `{by}`, {at}).",
        en=f"The system holds a later event of this case (`{name}` by `{by}`, {at}).",
    )


COLUMNS = {
    "/received_at": "at",
    "/letter/number": "letter_number",
    "/letter/date": "letter_date",
    "/letter_number": "letter_number",
    "/letter_date": "letter_date",
    "/of": "of",
    "/accounts": "accounts",
    "/kind": "kind",
    "/agency": "agency",
    "/channel": "channel",
    "/category": "category",
    "/reason": "reason",
    "/score": "score",
}
"""The columns of the fields in the bodies of the API."""

TOO_MANY = Text(
    id=f"Paling banyak {ROWS_MAX} baris per kasus.", en=f"At most {ROWS_MAX} rows a case."
)
RECEIVED_ONCE = Text(
    id="Kasus ini sudah diterima sebelumnya.", en="This case has been received before."
)
