"""Single-event commands a second through the event log, at 1 to 128 writers.

Baselines: the recorder of the `eventsourcing` library as it is by default, with as many threads;
its mode with database functions, which takes no lock and lets followers skip events; and plain
single-row INSERTs by pgbench, with the same columns and indexes and nothing else: no lock, no
order, no conflict check, no key, no hash.

Every side stores states of 300 bytes, half of them on new streams and half on new streams' second
versions, each in a commit that is synced to disk. Encoding is excluded on every side.
"""

import asyncio
import itertools
import os
import re
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from functools import partial
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

from benchmarks.harness import Benchmark, Comparison
from benchmarks.servers import Servers
from shared.eventstore.append.command_append import append_of
from shared.eventstore.codec import Encoded
from shared.eventstore.log import EventLog
from shared.eventstore.records import CommandKey
from testbed.databases import Database, clone, drop
from testbed.event_logs import running

SECONDS = 3.0
WARM_UP_SECONDS = 0.5
TOPIC = "notes.painted"
STATE = os.urandom(300)
UNIT = "commands/s"
LIBRARY = "eventsourcing's recorder"
LIBRARY_FUNCTIONS = "eventsourcing's recorder, database functions (skips)"
PGBENCH = "pgbench, single-row INSERTs"
MILLION = 1_000_000


def places() -> Iterator[tuple[UUID, int]]:
    """The streams and versions to write: each new stream gets two events."""
    while True:
        stream = uuid4()
        yield stream, 1
        yield stream, 2


# Ours.


async def janji(log: EventLog, writers: int) -> float:
    """`writers` tasks, each with one command after the other."""
    keys = map("{:032x}".format, itertools.count(int.from_bytes(os.urandom(8), "big") << 40))

    async def write(until: float) -> int:
        done = 0
        for stream, version in places():
            encoded = [Encoded(stream, version, TOPIC, STATE)]
            await log.write(append_of(encoded, key=CommandKey(next(keys), b"")))
            done += 1
            if time.perf_counter() > until:
                break
        return done

    async def all_write(seconds: float) -> float:
        started_at = time.perf_counter()
        until = started_at + seconds
        done = await asyncio.gather(*(write(until) for _ in range(writers)))
        return sum(done) / (time.perf_counter() - started_at)

    await all_write(WARM_UP_SECONDS)
    return await all_write(SECONDS)


# The library's.


def library(url: str, table: str, threads: int, **options: Any) -> float:
    """The same with the library's threads."""
    parts = urlsplit(url)
    place: dict[str, Any] = {"host": parts.hostname, "port": parts.port}
    login: dict[str, Any] = {"user": parts.username, "password": parts.password}
    datastore = PostgresDatastore(
        parts.path.removeprefix("/"), **place, **login, pool_size=threads, **options
    )

    def write(recorder: PostgresApplicationRecorder, until: float) -> int:
        done = 0
        for stream, version in places():
            recorder.insert_events([StoredEvent(stream, version, TOPIC, STATE)])
            done += 1
            if time.perf_counter() > until:
                break
        return done

    def all_write(recorder: PostgresApplicationRecorder, seconds: float) -> float:
        started_at = time.perf_counter()
        until = started_at + seconds
        with ThreadPoolExecutor(threads) as pool:
            done = list(pool.map(lambda _: write(recorder, until), range(threads)))
        return sum(done) / (time.perf_counter() - started_at)

    with closing(datastore):
        recorder = PostgresApplicationRecorder(datastore, events_table_name=table)
        recorder.create_table()
        all_write(recorder, WARM_UP_SECONDS)
        return all_write(recorder, SECONDS)


# pgbench's.

RAW_TABLE = """
    create table if not exists raw_events (
        originator_id uuid not null,
        originator_version bigint not null,
        topic text not null,
        state bytea not null,
        notification_id bigserial,
        primary key (originator_id, originator_version)
    );
    create unique index if not exists raw_events_notification_id_idx
        on raw_events (notification_id);
"""
RAW_INSERT = f"""
    insert into raw_events (originator_id, originator_version, topic, state)
    values (gen_random_uuid(), 1, '{TOPIC}', '\\x{STATE.hex()}');
"""


async def pgbench(servers: Servers, url: str, clients: int) -> float:
    with NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(RAW_INSERT)
        script.flush()
        process = await asyncio.create_subprocess_exec(
            *(servers.binaries / "pgbench", "--no-vacuum", "--protocol=prepared"),
            *(f"--client={clients}", "--jobs=2", f"--time={SECONDS:.0f}", "-f", script.name, url),
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await process.communicate()
    found = re.search(rb"tps = ([0-9.]+)", output)
    assert found, output.decode()
    return float(found[1])


# What is compared.


@asynccontextmanager
async def database(servers: Servers) -> AsyncIterator[Database]:
    made = await clone(servers.postgres_url, "eventlog")
    try:
        yield made
    finally:
        await drop(servers.postgres_url, made)


async def execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


@asynccontextmanager
async def against_library(
    servers: Servers, *, writers: int, name: str = LIBRARY, **options: Any
) -> AsyncIterator[Comparison]:
    table = "library_events"
    async with database(servers) as made, running(made.app_url) as log:
        yield Comparison(
            unit=UNIT,
            janji=partial(janji, log, writers),
            baseline=partial(asyncio.to_thread, library, made.owner_url, table, writers, **options),
            baseline_name=name,
        )


FILL = f"""
    insert into {{}} ({{}})
    select gen_random_uuid(), 1, '{TOPIC}', '\\x{STATE.hex()}', n {{}}
    from generate_series(1, {MILLION}) n
"""
COLUMNS = "originator_id, originator_version, topic, state, notification_id"
FILL_OURS = FILL.format(
    "stored_events", f"{COLUMNS}, recorded_at, hash", ", now(), sha256(int8send(n))"
)
FILL_COMMANDS = f"""
    insert into command_log
    select encode(sha256(int8send(n)), 'hex'), '', n, n, now() from generate_series(1, {MILLION}) n
"""
FILL_LIBRARYS = FILL.format("library_events", COLUMNS, "")


@asynccontextmanager
async def with_a_million(servers: Servers) -> AsyncIterator[Comparison]:
    """Both tables hold a million events before the first run."""
    async with database(servers) as made, running(made.app_url) as log:
        await asyncio.to_thread(library, made.owner_url, "library_events", 1)
        restart = f"alter sequence library_events_notification_id_seq restart {2 * MILLION}"
        await execute(made.owner_url, "truncate library_events", FILL_LIBRARYS, restart)
        await execute(made.owner_url, FILL_OURS, FILL_COMMANDS, "analyze")
        yield Comparison(
            unit=UNIT,
            janji=partial(janji, log, 32),
            baseline=partial(asyncio.to_thread, library, made.owner_url, "library_events", 32),
            baseline_name=LIBRARY,
        )


@asynccontextmanager
async def against_raw_inserts(servers: Servers) -> AsyncIterator[Comparison]:
    async with database(servers) as made, running(made.app_url) as log:
        await execute(made.owner_url, RAW_TABLE)
        yield Comparison(
            unit=UNIT,
            janji=partial(janji, log, 32),
            baseline=partial(pgbench, servers, made.owner_url, 32),
            baseline_name=PGBENCH,
        )


BENCHMARKS = (
    Benchmark("append_1", partial(against_library, writers=1)),
    Benchmark("append_8", partial(against_library, writers=8)),
    Benchmark("append_32", partial(against_library, writers=32)),
    Benchmark("append_128", partial(against_library, writers=128)),
    Benchmark("append_32_million", with_a_million),
    Benchmark("append_32_raw", against_raw_inserts),
    Benchmark(
        "append_32_functions",
        partial(against_library, writers=32, name=LIBRARY_FUNCTIONS, enable_db_functions=True),
    ),
)
