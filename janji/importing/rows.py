"""A row of history: its cells checked, each by the form that the API asks of the same field.

What its command has no use for is not looked at. Next: `cases.py` drives the case with it.
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
from shared.web.fields import Day, Instant, Line, PersonalLine, Prose
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
    "assignee": TypeAdapter(Line),
    "of": TypeAdapter(PersonalLine),
    "score": TypeAdapter(int),
    "letter_number": TypeAdapter(Line),
    "letter_date": TypeAdapter(Day),
    "signed_by": TypeAdapter(SignedBy),
    "accounts": TypeAdapter(Accounts),
}
"""What a cell becomes; several accounts stand in one cell with spaces between."""


@dataclass(frozen=True, slots=True)
class Use:
    """The columns that a command makes use of, and those that it can't do without."""

    needed: tuple[str, ...] = ()
    useful: tuple[str, ...] = ()


Uses = Mapping[str, Mapping[str, Use]]
"""By service and command."""


@dataclass(frozen=True, slots=True)
class Row:
    """What happened to a case of the office, when. `values` are those that were filled in."""

    line: int
    case: str
    service: str
    command: str
    at: datetime
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong with a row: where, by which rule, and in words."""

    line: int
    column: str
    rule: str
    detail: Text

    def __str__(self) -> str:
        words = f"{self.detail.id} / {self.detail.en}"
        return f"line {self.line}, column {self.column}, rule {self.rule}: {words}"


class InvalidRow(Exception):
    """Cells of a row break rules. `row` is what can be read of it, with an empty `case` if that
    can't be told.
    """

    def __init__(self, flaws: Sequence[Violation], row: Row) -> None:
        super().__init__(*flaws)
        self.flaws = flaws
        self.row = row


class Rows:
    """Makes rows of the records of one table. `now`: what lies after it hasn't happened."""

    def __init__(self, columns: Sequence[str], uses: Uses, now: datetime) -> None:
        self._columns = columns
        self._uses = uses
        self._now = now

    def row(self, record: Record) -> Row:
        """Raises WrongRow."""
        filled = {
            name: cell.strip()
            for name, cell in zip(self._columns, record.cells, strict=False)
            if cell and not cell.isspace()
        }
        self._check_shape(record, filled)
        service, command = filled.get("service", ""), filled.get("command", "")
        use = self._uses.get(service, {}).get(command, Use())
        values: dict[str, Any] = {}
        flaws = list(self._of_words(record.line, filled))
        flaws += _missing(record.line, (*REQUIRED, *use.needed), filled)
        for name in ("case", "at", *use.needed, *use.useful):
            if name in filled:
                try:
                    values[name] = FORMS[name].validate_python(_parts(name, filled[name]))
                except ValidationError as error:
                    flaws += _of_form(record.line, name, error)
        at, case = values.pop("at", self._now), values.pop("case", "")
        if at > self._now:
            flaws.append(Violation(record.line, "at", "not_in_future", NOT_IN_FUTURE))
        if flaws:
            raise InvalidRow(flaws, Row(record.line, case, service, command, at, values))
        # A file of millions of rows says the same few words again and again.
        case, service, command = intern(case), intern(service), intern(command)
        return Row(record.line, case, service, command, at.astimezone(UTC), values or NO_VALUES)

    def _check_shape(self, record: Record, filled: Mapping[str, str]) -> None:
        """Nothing else can be said of a row whose cells may stand in the wrong columns."""
        found, wanted = len(record.cells), len(self._columns)
        if found != wanted:
            detail = Text(
                id=f"Baris ini berisi {found} sel; barisan judul {wanted}.",
                en=f"This row has {found} cells; the header has {wanted}.",
            )
            column = self._columns[min(found, wanted) - 1]
            flaw = Violation(record.line, column, "as_many_cells", detail)
            case = filled.get("case", "")
            raise InvalidRow([flaw], Row(record.line, case, "", "", self._now, NO_VALUES))

    def _of_words(self, line: int, filled: Mapping[str, str]) -> Iterator[Violation]:
        """The service and the command are words of the API."""
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
    """All that is wrong with a cell, in the words of the API."""
    found = error.errors(include_url=False, include_input=False)
    broken = errors_of([{**each, "loc": ("body",)} for each in found], {})
    return list(
        dict.fromkeys(Violation(line, name, each["rule"], each["detail"]) for each in broken)
    )


def _choice(words: Iterable[str]) -> Text:
    expected = ", ".join(words)
    rule = RULES["choice"]
    return Text(id=rule.id.format(expected=expected), en=rule.en.format(expected=expected))
