"""The import of one file, from reading to its result."""

import filecmp
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from deploy.failures import CannotStart
from janji.importing.cases import CaseRows
from janji.importing.logs import ImportSettings, open_targets
from janji.importing.parsed_file import ParsedFile, copy_lines, parse
from janji.importing.rows import Violation
from janji.importing.run import Importer, ImportTotals, Report
from janji.importing.table import Unreadable
from shared.eventstore.errors import EventLogError, LogBusy, OutcomeUnknown
from shared.runtime.exception_groups import collected


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The result for a file. `bad` is the file with the rows of invalid cases."""

    reading: ParsedFile
    violations: Sequence[Violation]
    invalid_lines: Collection[int]
    numbered: Sequence[CaseRows] = ()
    imported: ImportTotals | None = None  # None: no case, because of the violations
    bad: Path | None = None

    @property
    def rows_known(self) -> int:
        """The number of rows that the log held before."""
        if self.imported is None:
            return 0
        others = self.imported.rows + self.imported.rows_refused + len(self.invalid_lines)
        return self.reading.rows - others


async def import_file(
    path: Path, given: ImportSettings, report: Report = lambda *_: None, *, skip_bad: bool = False
) -> ImportResult:
    """Read, check, append. Raises CannotStart, OSError.

    A cancellation leaves whole cases; another run continues from there.
    """
    now = datetime.now(UTC)
    with _failures_as_cannot_start():
        reading = parse(path, now, lambda done, of: report("read", done, of))
        services = {case.key.service for case in reading.cases}
        services |= {row.service for row in reading.undecided}
        async with open_targets(given, sorted(services)) as targets:
            work = Importer(targets, now)
            new, refused = await work.check(reading.cases, report)
            violations = [*reading.violations, *work.partial_violations(reading.undecided)]
            violations += [violation for found in refused.values() for violation in found]
            lines = {*reading.skipped_lines, *(row.line for case in refused for row in case.rows)}
            if violations and not skip_bad:
                return ImportResult(reading, violations, lines)
            bad = _set_aside(path, lines) if lines else None
            imported = await work.append(new, report)
    numbered = [case for case in reading.cases if case not in refused]
    return ImportResult(reading, [*violations, *imported.refused], lines, numbered, imported, bad)


def _set_aside(path: Path, lines: Collection[int]) -> Path:
    """Write the rows of invalid cases to a file, before the import, so that no row can be lost.

    Raises CannotStart if the file holds other rows, which the office may be correcting. Equal rows
    are those of an interrupted run of this import.
    """
    bad = path.with_name(f"{path.stem}.bad.csv")
    unfinished = bad.with_suffix(".new")
    copy_lines(path, unfinished, lines)
    if bad.exists() and not filecmp.cmp(unfinished, bad, shallow=False):
        unfinished.unlink()
        raise CannotStart(f"{bad} is there from an earlier import: import it first, or rename it")
    unfinished.replace(bad)
    return bad


@contextmanager
def _failures_as_cannot_start() -> Iterator[None]:
    """Translate the errors that stop an import into `CannotStart`."""
    with collected(EventLogError, Unreadable) as failures:
        yield
    for failure in failures:
        again = "; run it again to go on" if isinstance(failure, LogBusy | OutcomeUnknown) else ""
        raise CannotStart(f"{failure}{again}") from failure
