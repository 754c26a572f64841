"""An import: it decides every case first, then appends each case in one transaction.

It appends nothing before every case is checked. Every append has a unique key and version, so an
interrupted import is run again: appended cases stay as they are.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from janji.importing.cases import CaseRows, Decider, Decision, InvalidCase, invalid
from janji.importing.imported_commands import IMPORTER, ImportContext, ServiceImport
from janji.importing.numbers import Numbers, Secrets
from janji.importing.rows import Row, Violation
from shared.cases.void_reasons import OriginalCase
from shared.eventstore.codec import Codec
from shared.eventstore.errors import (
    KeyReused,
    LogBusy,
    OutcomeUnknown,
    VersionConflict,
)
from shared.eventstore.log import EventLog
from shared.promise.case_number import MalformedNumber, MistypedNumber, case_id, read_number
from shared.text import Text

CASES_A_CHECK = 500  # looked up in the log by one query
APPENDS_AT_ONCE = 64  # enough for group commit, and a live service still gets its turn
TRIES_MAX = 10
PAUSE_SECONDS = 1.0

Report = Callable[[str, int, int], None]
"""Called with the step's name, the amount done, and the total."""


@dataclass(frozen=True, slots=True)
class ImportTarget:
    """The open, running log of a service, and the import's rules for it."""

    history: ServiceImport[Any]
    log: EventLog
    codec: Codec
    rules: ImportContext
    secrets: Secrets

    async def past(self, numbers: Collection[str]) -> Mapping[str, Sequence[Any]]:
        """The events of the cases that the log holds, without personal data."""
        by_id = {case_id(number): number for number in numbers}
        streams = await self.log.streams(by_id)
        return {by_id[id_]: list(map(self.codec.decode, each)) for id_, each in streams.items()}

    async def originals(self, cases: Iterable[CaseRows]) -> Mapping[str, OriginalCase]:
        """The cases of the log that these cases name as the originals of duplicates."""
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
    """The totals of an import."""

    rows: int = 0
    cases: int = 0
    refused: list[Violation] = field(default_factory=list)  # of cases that changed meanwhile
    rows_refused: int = 0


class Importer:
    """Checks and appends the cases of one service or several."""

    def __init__(self, targets: Mapping[str, ImportTarget], now: datetime) -> None:
        self._targets = targets
        self._numbers = Numbers()
        self._deciders = {
            service: Decider(target.history, target.rules, now)
            for service, target in targets.items()
        }

    async def check(
        self, cases: Sequence[CaseRows], report: Report = lambda *_: None
    ) -> tuple[list[CaseRows], dict[CaseRows, Sequence[Violation]]]:
        """The cases with new rows, and the refused cases with the violations of their first row."""
        new: list[CaseRows] = []
        refused: dict[CaseRows, Sequence[Violation]] = {}
        done, total = 0, sum(len(case.rows) for case in cases)
        for service, target in self._targets.items():
            for batch in _batches(case for case in cases if case.key.service == service):
                past = await target.past([n for case in batch for n in self._candidates(case)])
                target.rules.originals.update(await target.originals(batch))
                for case in batch:
                    try:
                        if self._checked(case, past).new:
                            new.append(case)
                    except InvalidCase as refusal:
                        refused[case] = refusal.violations
                done += sum(len(case.rows) for case in batch)
                report("checked", done, total)
        return new, refused

    def partial_violations(self, rows: Iterable[Row]) -> list[Violation]:
        """The domain's refusals of rows that can't be decided: their case has invalid rows."""
        found = [self._deciders[row.service].partial_violations(row) for row in rows]
        return [violation for violations in found for violation in violations]

    async def append(
        self, cases: Sequence[CaseRows], report: Report = lambda *_: None
    ) -> ImportTotals:
        """Append all cases, `APPENDS_AT_ONCE` concurrently. A cancellation leaves whole cases.

        Raises the errors of `EventLog.append`, after `TRIES_MAX` tries.
        """
        imported, total = ImportTotals(), sum(len(case.rows) for case in cases)
        waiting, done = iter(cases), 0

        async def some() -> None:
            nonlocal done
            for case in waiting:
                try:
                    rows = await self._append(case)
                except InvalidCase as refusal:
                    imported.refused += refusal.violations
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
        target = self._targets[case.key.service]
        return target.secrets.candidates(case.key, target.history.service.prefix)

    def _checked(self, case: CaseRows, past: Mapping[str, Sequence[Any]]) -> Decision:
        """Settle the number of the case, and decide it. Raises InvalidCase."""
        history = self._targets[case.key.service].history
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
        """The number of appended rows. Raises InvalidCase, and the errors of `EventLog.append`."""
        target, tries = self._targets[case.key.service], 0
        while True:
            decision = await self._decided(case, target)
            if decision.case is None:
                return 0
            key = target.secrets.command_key(
                case.key, after_version=decision.after_version, content=decision.content
            )
            try:
                claim = target.history.claim_of(decision.case)
                await target.log.append(decision.case, key=key, claim=claim)
                return len(decision.new)
            except (VersionConflict, KeyReused, LogBusy, OutcomeUnknown) as error:
                tries += 1
                if tries == TRIES_MAX:
                    raise
                if isinstance(error, VersionConflict | KeyReused):
                    case.is_known = True  # a concurrent import or command wrote to it
                else:
                    await asyncio.sleep(PAUSE_SECONDS)

    async def _decided(self, case: CaseRows, target: ImportTarget) -> Decision:
        past = (await target.past([case.number])).get(case.number, ()) if case.is_known else ()
        if not _may_be(past):
            raise invalid(case.rows[0], "case", "one_case", WHICH_CASE)
        return self._deciders[case.key.service].decide(case, past)


def _may_be(past: Sequence[Any] | None) -> bool:
    """Whether the number is free or an import's; another case may have drawn the same number."""
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
