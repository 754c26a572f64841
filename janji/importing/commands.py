"""What the commands of history have in common: on what they are given, and what gives them.

Next: `request_commands.py` and `complaint_commands.py`, the commands of each service.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from janji.case_services import CaseService
from janji.importing.rows import Row, Use
from shared.cases.case import ActContext, Actor, Case
from shared.cases.voiding import OriginalCase
from shared.eventstore.records import Claim
from shared.promise.standard import Standards
from shared.promise.working_days import Calendar
from shared.refusals import Refusal
from shared.web.problems.log_errors import Refused
from shared.web.problems.problem import Problem

IMPORTER = Actor(sub="import", role="supervisor")
"""Who gave the commands of history. By this `sub` everybody can tell what was imported."""

LEFT_OUT = "impor"
"""What stands for a text that the office's spreadsheet doesn't hold."""

NOTHING = Use()
VOID = Use(needed=("reason",), useful=("of", "text"))

C = TypeVar("C", bound=Case)


@dataclass(frozen=True, slots=True)
class ImportContext:
    """What the commands are decided by: all of it as it is in force now.

    `originals` are the cases of the log that voids name, by what stands in their column.
    """

    standards: Standards
    agencies: Collection[str]
    calendar: Calendar
    originals: dict[str, OriginalCase] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportedCommand(Generic[C]):
    """A step of a known case: the event that it becomes, how it is given, what it makes use of."""

    event: type[Case.Event]
    give: Callable[[C, Row, ActContext, ImportContext], None]
    use: Use = NOTHING


@dataclass(frozen=True, slots=True)
class ServiceImport(Generic[C]):
    """How the rows of one service become events."""

    service: CaseService[C]
    receipt: str  # the command that every case begins with
    receive: Callable[[Row, ActContext, ImportContext, str], C]
    receipt_use: Use
    commands: Mapping[str, ImportedCommand[C]]
    pass_time: Callable[[C, ActContext], None]  # what happens by itself until then
    problem_of: Callable[[Refused], Problem]
    faults: Callable[
        [Row, ActContext, ImportContext], Iterable[Refusal]
    ]  # in the cells that can be read
    claim_of: Callable[[C], Claim | None] = lambda _case: None  # the name that the case holds

    @property
    def uses(self) -> Mapping[str, Use]:
        """What each command makes use of."""
        others = {word: command.use for word, command in self.commands.items()}
        return {self.receipt: self.receipt_use, **others}

    def event(self, command: str) -> type[Case.Event]:
        """The event that a command becomes."""
        if command == self.receipt:
            return self.service.kind.Created
        return self.commands[command].event


def void(case: Case, row: Row, act: ActContext, rules: ImportContext) -> None:
    """Of a duplicate the other case must be in the log already."""
    number = row.values.get("of")
    original = None if number is None else rules.originals.get(number, OriginalCase(number, None))
    case.void(row.values["reason"], act, of=original, remark=row.values.get("text"))


def text_of(row: Row, column: str) -> str:
    """What was filled in, or the word that stands for it."""
    said: str = row.values.get(column, LEFT_OUT)
    return said
