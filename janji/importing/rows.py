"""A row of history: its cells are checked by the same types as the fields of the API.

Cells that its command doesn't use are ignored. Next: `cases.py` applies the rows to the case.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from sys import intern
from typing import Any

from pydantic import TypeAdapter, ValidationError

from janji.importing.table import REQUIRED, Record
from services.requests.bodies import Accounts
from services.requests.letter import SignedBy
from shared.cases.web.http import NOT_IN_FUTURE
from shared.text import Text
from shared.web.fields import Day, Instant, Line, PersonalLine, Prose, Pseudonym, TypedLine
from shared.web.problems.validation import RULES, errors_of

NO_VALUES: Mapping[str, Any] = {}

FORMS: Mapping[str, TypeAdapter[Any]] = {
    "case": TypeAdapter(Line),
    "at": TypeAdapter(Instant),
    "kind": TypeAdapter(Line),
    "agency": TypeAdapter(Line),
    "channel": TypeAdapter(Line),
    "category": TypeAdapter(Line),
    "reason": TypeAdapter(Prose),
    "text": TypeAdapter(Prose),
    "to": TypeAdapter(PersonalLine),
    "reference": TypeAdapter(PersonalLine),
    "assignee": TypeAdapter(Pseudonym),
    "of": TypeAdapter(TypedLine),
    "score": TypeAdapter(int),
    "letter_number": TypeAdapter(Line),
    "letter_date": TypeAdapter(Day),
    "signed_by": TypeAdapter(SignedBy),
    "accounts": TypeAdapter(Accounts),
}
"""The type of each column; several accounts share one cell, separated by spaces."""


@dataclass(frozen=True, slots=True)
class Use:
    """The columns that a command needs, and those that it may use."""

    needed: tuple[str, ...] = ()
    useful: tuple[str, ...] = ()


Uses = Mapping[str, Mapping[str, Use]]
"""By service and command."""


@dataclass(frozen=True, slots=True)
class Row:
    """One event of a case of the office. `values` are the filled-in cells."""

    line: int
    case: str
    service: str
    command: str
    at: datetime
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a row breaks: line, column, rule, and the message."""

    line: int
    column: str
    rule: str
    detail: Text

    def __str__(self) -> str:
        words = f"{self.detail.id} / {self.detail.en}"
        return f"line {self.line}, column {self.column}, rule {self.rule}: {words}"


class InvalidRow(Exception):
    """Cells of a row break rules. `row` is its readable part; its `case` may be empty."""

    def __init__(self, violations: Sequence[Violation], row: Row) -> None:
        super().__init__(*violations)
        self.violations = violations
        self.row = row


class Rows:
    """Makes rows of the records of one table. `now`: later instants are refused."""

    def __init__(self, columns: Sequence[str], uses: Uses, now: datetime) -> None:
        self._columns = columns
        self._uses = uses
        self._now = now

    def row(self, record: Record) -> Row:
        """Raises InvalidRow."""
        filled = {
            name: cell.strip()
            for name, cell in zip(self._columns, record.cells, strict=False)
            if cell and not cell.isspace()
        }
        self._check_shape(record, filled)
        service, command = filled.get("service", ""), filled.get("command", "")
        use = self._uses.get(service, {}).get(command, Use())
        values: dict[str, Any] = {}
        violations = list(self._of_words(record.line, filled))
        violations += _missing(record.line, (*REQUIRED, *use.needed), filled)
        for name in ("case", "at", *use.needed, *use.useful):
            if name in filled:
                try:
                    values[name] = FORMS[name].validate_python(_parts(name, filled[name]))
                except ValidationError as error:
                    violations += _of_form(record.line, name, error)
        at, case = values.pop("at", self._now), values.pop("case", "")
        if at > self._now:
            violations.append(Violation(record.line, "at", "not_in_future", NOT_IN_FUTURE))
        if violations:
            raise InvalidRow(violations, Row(record.line, case, service, command, at, values))
        # A file of millions of rows repeats the same few words.
        case, service, command = intern(case), intern(service), intern(command)
        return Row(record.line, case, service, command, at.astimezone(UTC), values or NO_VALUES)

    def _check_shape(self, record: Record, filled: Mapping[str, str]) -> None:
        """Check the number of cells first, since cells may be in the wrong columns."""
        found, wanted = len(record.cells), len(self._columns)
        if found != wanted:
            detail = Text(
                id=f"Baris ini berisi {found} sel; barisan judul {wanted}.",
                en=f"This row has {found} cells; the header has {wanted}.",
            )
            column = self._columns[min(found, wanted) - 1]
            violation = Violation(record.line, column, "as_many_cells", detail)
            case = filled.get("case", "")
            raise InvalidRow([violation], Row(record.line, case, "", "", self._now, NO_VALUES))

    def _of_words(self, line: int, filled: Mapping[str, str]) -> Iterator[Violation]:
        """Check that service and command are names of the API."""
        service, command = filled.get("service"), filled.get("command")
        if service is not None and service not in self._uses:
            yield Violation(line, "service", "choice", _choice(self._uses))
        elif service and command and command not in self._uses[service]:
            yield Violation(line, "command", "choice", _choice(self._uses[service]))


def _missing(line: int, needed: Iterable[str], filled: Container[str]) -> list[Violation]:
    return [
        Violation(line, name, "required", RULES["required"])
        for name in needed
        if name not in filled
    ]


def _parts(name: str, cell: str) -> str | list[str]:
    return cell.split() if name == "accounts" else cell


def _of_form(line: int, name: str, error: ValidationError) -> list[Violation]:
    """Every violation of a cell, in the words of the API."""
    found = error.errors(include_url=False, include_input=False)
    broken = errors_of([{**each, "loc": ("body",)} for each in found], {})
    return list(
        dict.fromkeys(Violation(line, name, each["rule"], each["detail"]) for each in broken)
    )


def _choice(words: Iterable[str]) -> Text:
    expected = ", ".join(words)
    rule = RULES["choice"]
    return Text(id=rule.id.format(expected=expected), en=rule.en.format(expected=expected))
