"""The read models and logs of an installation, for the commands that work on them.

On a server the environment names them, as for the service; else they are those of `janji up`.
"""

import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial

import asyncpg
from pydantic import SecretStr
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
)

from deploy.failures import CannotStart
from deploy.local.addresses import Addresses
from deploy.local.home import home
from deploy.local.services import environment
from janji.case_services import CASE_SERVICES
from services.projections.ingest.ordering import Forked
from services.projections.ingest.quarantine import TooManyHeld
from services.projections.replay.generation_builder import GenerationBuilder, Report
from services.projections.replay.rebuild import NeverCaughtUp, NoPreviousGeneration
from services.projections.replay.sources import current_read_models, feeds_of
from services.projections.store.generations import NoGeneration, RebuildUnderWay
from services.projections.store.pools import builders_of
from shared.eventstore.errors import LogUnavailable, WrongMasterKey
from shared.eventstore.log import CLOCK
from shared.messaging.feed_client import FeedUnavailable
from shared.office_time import local_date
from shared.postgres.errors import DatabaseUnavailable
from shared.postgres.pool import Pool
from shared.runtime import settings
from shared.runtime.clocks import GuardedClock

# External failures, which a command reports in one line.
FAILURES = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    FeedUnavailable,
    Forked,
    LogUnavailable,
    DatabaseUnavailable,
    NeverCaughtUp,
    NoGeneration,
    NoPreviousGeneration,
    RebuildUnderWay,
    TooManyHeld,
    WrongMasterKey,
)


class OperatorSettings(settings.PostgresSettings, settings.FeedSettings):
    """The settings of the projection service that the commands need."""


class LogUrls(settings.SettingsPart):
    """The databases of the logs; a command may need none of them, or only some."""

    requests_database_url: SecretStr = SecretStr("")
    complaints_database_url: SecretStr = SecretStr("")

    def by_service(self) -> dict[str, str]:
        urls: dict[str, SecretStr] = {
            service: getattr(self, f"{service}_database_url") for service in CASE_SERVICES
        }
        return {service: url.get_secret_value() for service, url in urls.items() if url}


@dataclass(frozen=True, slots=True)
class Installation:
    """The read models' settings, and the logs that can be reached.

    `owners` are the databases for what only their owner may do; on a server, as they are named.
    """

    settings: OperatorSettings
    logs: Mapping[str, str]  # a database URL each
    owners: Mapping[str, str]


def find_installation() -> Installation:
    """The installation that the environment names, else that of `janji up`. Raises CannotStart."""
    if settings.named("DATABASE_URL"):
        given, logs = settings.load(OperatorSettings), settings.load(LogUrls).by_service()
        ours = {"projections": given.database_url.get_secret_value()}
        return Installation(given, logs, owners=logs | ours)
    here = home()
    addresses = Addresses.load(here)
    if addresses is None:
        raise CannotStart("nothing runs here: `janji up` first, or set JANJI_DATABASE_URL")
    os.environ |= environment(here, addresses, "projections")
    os.environ["JANJI_ERASURE_REGISTER"] = str(here.erasures)
    logs = {service: addresses.databases[service].app_url for service in CASE_SERVICES}
    for service, url in logs.items():  # for the next call
        os.environ[f"JANJI_{service.upper()}_DATABASE_URL"] = url
    owners = {service: each.owner_url for service, each in addresses.databases.items()}
    return Installation(settings.load(OperatorSettings), logs, owners)


@asynccontextmanager
async def open_builder(
    installation: Installation, report: Report
) -> AsyncIterator[GenerationBuilder]:
    """Its read models and feeds, open."""
    async with AsyncExitStack() as stack:
        feeds = feeds_of(installation.settings)
        for feed in feeds.values():
            await stack.enter_async_context(feed)
        url = installation.settings.database_url.get_secret_value()
        pool = await stack.enter_async_context(builders_of(url))
        clock = await stack.enter_async_context(
            GuardedClock(now, partial(_database_clock, pool), feeds)
        )
        yield GenerationBuilder(
            pool, current_read_models(), feeds, now=clock.now, today=clock.today, report=report
        )


async def _database_clock(pool: Pool) -> datetime:
    async with pool.acquire() as connection:
        shown: datetime = await connection.fetchval(CLOCK)
    return shown


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    return local_date(now())


@contextmanager
def failures_as_cannot_start() -> Iterator[None]:
    """Translate external failures into `CannotStart`."""
    try:
        yield
    except FAILURES as failure:
        words = str(failure) or type(failure).__name__
        raise CannotStart(f"{words}{_remedy(failure)}") from failure


def _remedy(failure: BaseException | None) -> str:
    """What helps where nobody listens; else nothing is known to."""
    while failure is not None:
        if isinstance(failure, ConnectionRefusedError):
            return "; does anything run there? `janji up` starts it"
        failure = failure.__cause__ or failure.__context__
    return ""


class _Speed(ProgressColumn):
    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> str:
        speed = task.finished_speed or task.speed
        return f"{speed:,.0f} {self._unit}/s" if speed else ""  # unknown on the first page


@contextmanager
def progress_bars(console: Console, unit: str = "events") -> Iterator[Report]:
    """A progress bar for each source, as long as the block lasts."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Speed(unit))
    bars: dict[str, TaskID] = {}
    with Progress(*columns, console=console) as progress:

        def report(source: str, reached: int, to: int) -> None:
            if source not in bars:
                bars[source] = progress.add_task(source, total=to)
            progress.update(bars[source], completed=reached, total=to)

        yield report
