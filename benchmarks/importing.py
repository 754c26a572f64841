"""Rows a second by the whole `janji import`: read, checked, decided, sealed and on disk.

The rows are those of the demonstration's year, for many offices: requests and complaints with their
histories, in order of time, so that the rows of a case lie far apart. Each run imports into new
logs. It has no baseline.
"""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.harness import Benchmark, Comparison
from benchmarks.rebuild import cloned
from benchmarks.servers import Servers
from janji.importing.import_file import import_file
from janji.importing.sample_year import Cells, sample_rows, write_csv
from testbed.databases import Database
from testbed.imports import RULES, settings_for

ROWS = 100_000
UNTIL = datetime(2026, 11, 24, 3, 15, tzinfo=UTC)


async def janji(servers: Servers, file: Path) -> float:
    async with AsyncExitStack() as stack:
        databases: dict[str, Database] = {}
        for service in ("requests", "complaints"):
            databases[service] = await stack.enter_async_context(cloned(servers, service))
        started_at = time.perf_counter()
        done = await import_file(file, settings_for(databases.__getitem__))
        seconds = time.perf_counter() - started_at
    assert done.imported is not None
    assert done.imported.rows == ROWS
    return ROWS / seconds


def offices() -> Iterator[Cells]:
    """The rows of one office's year after those of another's."""
    year = sample_rows(UNTIL, RULES)
    for office in count():
        yield from ({**row, "case": f"{office}-{row['case']}"} for row in year)


@asynccontextmanager
async def prepared(servers: Servers) -> AsyncIterator[Comparison]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "history.csv"
        write_csv(file, sorted(islice(offices(), ROWS), key=lambda row: row["at"]))
        yield Comparison("rows/s", partial(janji, servers, file))


BENCHMARKS = (Benchmark("import", prepared),)
