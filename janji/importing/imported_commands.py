"""How the rows of a history become commands, of requests as of complaints.

A command comes from the catalogue of its service; the columns of its row are the fields of its
body. Next: `request_commands.py` and `complaint_commands.py`, where the columns are not the fields.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from janji.case_services import CaseService
from janji.importing.rows import Row, Use
from shared.cases.case import ActContext, Actor, Case
from shared.cases.void_reasons import OriginalCase
from shared.cases.web.command_routes import Command
from shared.eventstore.records import Claim
from shared.promise.standard import Standards
from shared.promise.working_days import Calendar
from shared.refusals import Refusal
from shared.web.problems.log_errors import Refused
from shared.web.problems.problem import Problem

IMPORTER = Actor(sub="import", role="supervisor")
"""The author of the commands of history. This `sub` tells everybody what was imported."""

LEFT_OUT = "impor"
"""The text for what the office's spreadsheet doesn't hold."""

NOT_IMPORTED = "erase-personal-data"
COLUMNS = {"question": "text", "answer": "text", "result": "text"}
"""The column of a field, where it has another name."""

C = TypeVar("C", bound=Case)


@dataclass(frozen=True, slots=True)
class ImportContext:
    """The data that decide the commands, as they are in force now.

    `originals` are the cases of the log that voids name, by what stands in their column.
    """

    standards: Standards
    agencies: Collection[str]
    calendar: Calendar
    originals: dict[str, OriginalCase] = field(default_factory=dict)


Give = Callable[[C, Row, ActContext, ImportContext], None]
"""Gives a command to a case, as a row has it."""


@dataclass(frozen=True, slots=True)
class ImportedCommand(Generic[C]):
    """A command on a known case: the event that it becomes, how it is given, what it uses."""

    event: type[Case.Event]
    give: Give[C]
    use: Use


@dataclass(frozen=True, slots=True)
class ServiceImport(Generic[C]):
    """How the rows of one service become events."""

    service: CaseService[C]
    receipt: str  # the command that every case begins with
    receive: Callable[[Row, ActContext, ImportContext, str], C]
    receipt_use: Use
    commands: Mapping[str, ImportedCommand[C]]
    pass_time: Callable[[C, ActContext], None]  # applies what happens by itself until then
    problem_of: Callable[[Refused], Problem]
    faults: Callable[
        [Row, ActContext, ImportContext], Iterable[Refusal]
    ]  # in the cells that can be read
    claim_of: Callable[[C], Claim | None] = lambda _case: None  # the name that the case holds

    @property
    def uses(self) -> Mapping[str, Use]:
        """The columns that each command uses."""
        others = {word: command.use for word, command in self.commands.items()}
        return {self.receipt: self.receipt_use, **others}

    def event(self, command: str) -> type[Case.Event]:
        """The event that a command becomes."""
        if command == self.receipt:
            return self.service.kind.Created
        return self.commands[command].event


def imported_commands(
    catalogue: Iterable[Command], written_out: Mapping[str, tuple[Give[C], Use]]
) -> Mapping[str, ImportedCommand[C]]:
    """The commands of a catalogue that a history may hold; `written_out` replaces the usual way."""
    return {
        command.name: ImportedCommand(
            command.event, *written_out.get(command.name, _from_columns(command))
        )
        for command in catalogue
        if command.name != NOT_IMPORTED
    }


def _from_columns(command: Command) -> tuple[Give[Any], Use]:
    """The fields of the body are the columns of the row; an empty one says LEFT_OUT."""
    columns = {field: COLUMNS.get(field, field) for field in command.body.model_fields}

    def give(case: Any, row: Row, act: ActContext, _: ImportContext) -> None:
        facts = {field: text_of(row, column) for field, column in columns.items()}
        command.decide(case, **facts, act=act)

    return give, Use(useful=tuple(columns.values()))


def void(case: Case, row: Row, act: ActContext, context: ImportContext) -> None:
    """Void the case; the original of a duplicate must be in the log already."""
    number = row.values.get("of")
    original = None if number is None else context.originals.get(number, OriginalCase(number, None))
    case.void(row.values["reason"], act, of=original, remark=row.values.get("text"))


VOID = void, Use(needed=("reason",), useful=("of", "text"))


def text_of(row: Row, column: str) -> str:
    """The text of the column, or LEFT_OUT."""
    said: str = row.values.get(column, LEFT_OUT)
    return said
