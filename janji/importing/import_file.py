"""The import of one file, from reading it to what became of it."""

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
from janji.importing.run import Importer, ImportTotals, Report, WrongMasterKey
from janji.importing.table import Unreadable
from shared.eventstore.errors import EventLogError, LogBusy, OutcomeUnknown
from shared.runtime.exception_groups import collected


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of a file. `bad` is where the rows of wrong cases were written to."""

    reading: ParsedFile
    flaws: Sequence[Violation]
    lines_wrong: Collection[int]
    numbered: Sequence[CaseRows] = ()
    imported: ImportTotals | None = None  # None: nothing was, because of the flaws
    bad: Path | None = None

    @property
    def rows_known(self) -> int:
        """How many were in the log before."""
        if self.imported is None:
            return 0
        others = self.imported.rows + self.imported.rows_refused + len(self.lines_wrong)
        return self.reading.rows - others


async def import_file(
    path: Path, given: ImportSettings, report: Report = lambda *_: None, *, skip_bad: bool = False
) -> ImportResult:
    """Read, check, append. Raises CannotStart, OSError.

    Cancelled, each case is in whole or not at all; the same again goes on from there.
    """
    now = datetime.now(UTC)
    with _failures_in_words():
        reading = parse(path, now, lambda done, of: report("read", done, of))
        services = {case.key.service for case in reading.cases}
        services |= {row.service for row in reading.undecided}
        async with open_targets(given, sorted(services)) as doors:
            for door in doors.values():
                await door.check_key()
            work = Importer(doors, given.secrets, now)
            new, refused = await work.check(reading.cases, report)
            flaws = [*reading.flaws, *work.flaws_in_part(reading.undecided)]
            flaws += [flaw for found in refused.values() for flaw in found]
            lines = {*reading.left_out, *(row.line for case in refused for row in case.rows)}
            if flaws and not skip_bad:
                return ImportResult(reading, flaws, lines)
            bad = _set_aside(path, lines) if lines else None
            imported = await work.append(new, report)
    numbered = [case for case in reading.cases if case not in refused]
    return ImportResult(reading, [*flaws, *imported.refused], lines, numbered, imported, bad)


def _set_aside(path: Path, lines: Collection[int]) -> Path:
    """Before anything is imported, so that no row can be in neither place.

    Raises CannotStart if other rows lie there: somebody may be mending them. The same ones are
    those of this import, which was interrupted.
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
def _failures_in_words() -> Iterator[None]:
    """What stops an import, as `CannotStart`."""
    with collected(EventLogError, Unreadable, WrongMasterKey) as failures:
        yield
    for failure in failures:
        again = "; run it again to go on" if isinstance(failure, LogBusy | OutcomeUnknown) else ""
        raise CannotStart(f"{failure}{again}") from failure
