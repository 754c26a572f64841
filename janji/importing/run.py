"""An import: every case decided first, then each appended in one piece.

Nothing is appended before all is checked. Every append has a key and a version that only it can
have, so an import that was interrupted anywhere is run again: what is in stays as it is.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from janji.importing.cases import CaseRows, Decider, Decision, InvalidCase, invalid
from janji.importing.commands import IMPORTER, ImportContext, ServiceImport
from janji.importing.numbers import Numbers, Secrets
from janji.importing.rows import Row, Violation
from shared.cases.voiding import OriginalCase
from shared.eventstore.codec import Codec
from shared.eventstore.errors import (
    KeyReused,
    LogBusy,
    OutcomeUnknown,
    SealBroken,
    VersionConflict,
)
from shared.eventstore.log import EventLog
from shared.promise.case_number import MalformedNumber, MistypedNumber, case_id, read_number
from shared.text import Text

CASES_A_CHECK = 500  # looked up in the log by one query
APPENDS_AT_ONCE = 64  # make batches worth a commit, and leave a live service its turn
TRIES_MAX = 10
PAUSE_SECONDS = 1.0
SAMPLE_EVENTS = 100  # looked at to see whether the master key is the log's

Report = Callable[[str, int, int], None]
"""What is under way, how much of it is done, and of how much."""


class WrongMasterKey(Exception):
    """What is in the log was sealed by another master key."""

    def __init__(self, service: str) -> None:
        super().__init__(
            f"JANJI_MASTER_KEY is not the key that the log of {service} is sealed with:"
            " give the one that the service has"
        )


@dataclass(frozen=True, slots=True)
class ImportTarget:
    """A service's log, open and running, and how its history gets in."""

    history: ServiceImport[Any]
    log: EventLog
    codec: Codec
    rules: ImportContext

    async def check_key(self) -> None:
        """Raises WrongMasterKey: the service couldn't read what would be imported."""
        sample = await self.log.read(0, SAMPLE_EVENTS)
        for id_ in {recorded.originator_id for recorded in sample}:
            try:
                await self.log.history(self.history.service.kind, id_)
            except SealBroken:
                raise WrongMasterKey(self.history.service.name) from None

    async def past(self, numbers: Collection[str]) -> Mapping[str, Sequence[Any]]:
        """The events of those cases that the log holds, without what is personal."""
        by_id = {case_id(number): number for number in numbers}
        streams = await self.log.streams(by_id)
        return {by_id[id_]: list(map(self.codec.decode, each)) for id_, each in streams.items()}

    async def originals(self, cases: Iterable[CaseRows]) -> Mapping[str, OriginalCase]:
        """The cases of the log that these name as the ones that they are duplicates of."""
        typed = {row.values["of"] for case in cases for row in case.rows if "of" in row.values}
        written = {each: number for each in typed if (number := self._written(each)) is not None}
        past = await self.past(set(written.values())) if written else {}
        return {
            each: OriginalCase(number, past[number][-1].status)
            for each, number in written.items()
            if number in past
        }

    def _written(self, typed: str) -> str | None:
        try:
            return read_number(typed, self.history.service.prefix)
        except (MalformedNumber, MistypedNumber):
            return None


@dataclass(slots=True)
class ImportTotals:
    """What an import came to."""

    rows: int = 0
    cases: int = 0
    refused: list[Violation] = field(default_factory=list)  # of cases that others changed meanwhile
    rows_refused: int = 0


class Importer:
    """Checks cases and appends them, of one service or of several."""

    def __init__(self, doors: Mapping[str, ImportTarget], secrets: Secrets, now: datetime) -> None:
        self._doors = doors
        self._secrets = secrets
        self._numbers = Numbers()
        self._deciders = {
            service: Decider(door.history, door.rules, now) for service, door in doors.items()
        }

    async def check(
        self, cases: Sequence[CaseRows], report: Report = lambda *_: None
    ) -> tuple[list[CaseRows], dict[CaseRows, Sequence[Violation]]]:
        """The cases with something new, and those that are refused: all flaws of the first row."""
        new: list[CaseRows] = []
        refused: dict[CaseRows, Sequence[Violation]] = {}
        done, total = 0, sum(len(case.rows) for case in cases)
        for service, door in self._doors.items():
            for batch in _batches(case for case in cases if case.key.service == service):
                past = await door.past([n for case in batch for n in self._candidates(case)])
                door.rules.originals.update(await door.originals(batch))
                for case in batch:
                    try:
                        if self._checked(case, past).new:
                            new.append(case)
                    except InvalidCase as refusal:
                        refused[case] = refusal.flaws
                done += sum(len(case.rows) for case in batch)
                report("checked", done, total)
        return new, refused

    def flaws_in_part(self, rows: Iterable[Row]) -> list[Violation]:
        """What the domain says of rows that can't be decided: others of their case are wrong."""
        return [flaw for row in rows for flaw in self._deciders[row.service].flaws_in_part(row)]

    async def append(
        self, cases: Sequence[CaseRows], report: Report = lambda *_: None
    ) -> ImportTotals:
        """All of them, some at once. Cancelled, those that are in are in whole.

        Raises what `EventLog.append` raises, once it was tried again and again.
        """
        imported, total = ImportTotals(), sum(len(case.rows) for case in cases)
        waiting, done = iter(cases), 0

        async def some() -> None:
            nonlocal done
            for case in waiting:
                try:
                    rows = await self._append(case)
                except InvalidCase as refusal:
                    imported.refused += refusal.flaws
                    imported.rows_refused += len(case.rows)
                else:
                    imported.rows += rows
                    imported.cases += rows > 0
                done += len(case.rows)
                report("imported", done, total)

        async with asyncio.TaskGroup() as tasks:
            for _ in range(APPENDS_AT_ONCE):
                tasks.create_task(some())
        return imported

    def _candidates(self, case: CaseRows) -> Sequence[str]:
        service = self._doors[case.key.service].history.service
        return self._secrets.candidates(case.key, service.prefix)

    def _checked(self, case: CaseRows, past: Mapping[str, Sequence[Any]]) -> Decision:
        """Decide the case, once it is settled which it is. Raises WrongCase."""
        history = self._doors[case.key.service].history
        candidates = [each for each in self._candidates(case) if _may_be(past.get(each))]
        receipt = case.receipt(history.receipt)
        number = self._numbers.settle(
            case.key,
            candidates,
            imported={each: past[each][0].timestamp for each in candidates if each in past},
            received_at=receipt.at if receipt else None,
        )
        if number is None:
            raise invalid(case.rows[0], "case", "one_case", WHICH_CASE)
        case.number, case.is_known = number, number in past
        return self._deciders[history.service.name].decide(case, past.get(number, ()))

    async def _append(self, case: CaseRows) -> int:
        """How many rows went in. Raises WrongCase, and what `EventLog.append` does."""
        door, tries = self._doors[case.key.service], 0
        while True:
            decision = await self._decided(case, door)
            if decision.case is None:
                return 0
            key = self._secrets.command_key(
                case.key, after_version=decision.after_version, content=decision.content
            )
            try:
                claim = door.history.claim_of(decision.case)
                await door.log.append(decision.case, key=key, claim=claim)
                return len(decision.new)
            except (VersionConflict, KeyReused, LogBusy, OutcomeUnknown) as error:
                tries += 1
                if tries == TRIES_MAX:
                    raise
                if isinstance(error, VersionConflict | KeyReused):
                    case.is_known = True  # somebody else imports it too, or it went on
                else:
                    await asyncio.sleep(PAUSE_SECONDS)

    async def _decided(self, case: CaseRows, door: ImportTarget) -> Decision:
        past = (await door.past([case.number])).get(case.number, ()) if case.is_known else ()
        if not _may_be(past):
            raise invalid(case.rows[0], "case", "one_case", WHICH_CASE)
        return self._deciders[case.key.service].decide(case, past)


def _may_be(past: Sequence[Any] | None) -> bool:
    """Whether an import made it, or nobody: another case may have drawn the same number."""
    return not past or past[0].by == IMPORTER.sub


def _batches(cases: Iterator[CaseRows]) -> Iterator[list[CaseRows]]:
    while batch := list(islice(cases, CASES_A_CHECK)):
        yield batch


WHICH_CASE = Text(
    id="Kasus ini tidak dapat dibedakan dari kasus lain yang sudah diimpor: sertakan baris"
    " penerimaannya, atau pakai kunci lain pada kolom `case`.",
    en="This case can't be told from another that was imported: bring the row of its receipt, or"
    " use another key in column `case`.",
)
