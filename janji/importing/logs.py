"""The logs of an import: those named in the environment, else those of `janji up`."""

import asyncio
import os
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Annotated

from pydantic import AfterValidator, SecretStr

from deploy.failures import CannotStart
from deploy.local.addresses import Addresses
from deploy.local.home import Home, home
from janji.importing.imported_commands import ImportContext
from janji.importing.numbers import Secrets
from janji.importing.parsed_file import SERVICE_IMPORTS
from janji.importing.run import ImportTarget
from shared.calendars.store import CalendarStore
from shared.eventstore.codec import Codec
from shared.eventstore.log import EventLog
from shared.eventstore.sealing import Keyring
from shared.promise.agencies import load_agencies
from shared.promise.standard import load_standards
from shared.runtime import settings

NAMED = ("JANJI_REQUESTS_DATABASE_URL", "JANJI_COMPLAINTS_DATABASE_URL", "JANJI_MASTER_KEY")

DatabaseUrl = Annotated[SecretStr, AfterValidator(settings.postgres_url)]


class ImportSettings(settings.SealingSettings):
    """The URLs of both logs for the application's role, and their services' master key."""

    requests_database_url: DatabaseUrl
    complaints_database_url: DatabaseUrl

    def database_url(self, service: str) -> str:
        url: SecretStr = getattr(self, f"{service}_database_url")
        return url.get_secret_value()

    @property
    def secrets(self) -> Secrets:
        """The secrets that case numbers are derived from."""
        return Secrets(self.master_key.get_secret_value())


def find_settings() -> ImportSettings:
    """Raises CannotStart; invalid variables end the process, as in a service."""
    if any(name in os.environ for name in NAMED):
        return settings.load(ImportSettings)
    here = home()
    addresses = Addresses.load(here)
    if addresses is None:
        raise CannotStart(f"nothing runs here: `janji up` first, or set {', '.join(NAMED)}")
    return settings_of(here, addresses)


def settings_of(here: Home, addresses: Addresses) -> ImportSettings:
    """The settings of an installation on this machine."""
    urls = {f"{each}_database_url": addresses.databases[each].app_url for each in SERVICE_IMPORTS}
    return ImportSettings.model_validate({**urls, "master_key": here.master_key()})


@asynccontextmanager
async def open_targets(
    given: ImportSettings, services: Collection[str]
) -> AsyncIterator[Mapping[str, ImportTarget]]:
    """The import targets of these services, open until the block ends. Raises LogUnavailable."""
    keyring = Keyring(given.master_key.get_secret_value())
    async with AsyncExitStack() as stack:
        targets = {}
        for service in services:
            history = SERVICE_IMPORTS[service]
            codec = Codec([history.service.kind], keyring)
            url = given.database_url(service)
            log = EventLog(url, codec=codec, name=f"import: {service}")
            await stack.enter_async_context(_running(log))
            targets[service] = ImportTarget(history, log, codec, await rules_in(url))
        yield targets


async def rules_in(database_url: str) -> ImportContext:
    """The newest standards, agencies and calendar, as in the service; they decide history."""
    async with CalendarStore(database_url, name="import") as store:
        calendar = await store.calendar()
    return ImportContext(load_standards(), load_agencies(), calendar)


@asynccontextmanager
async def _running(log: EventLog) -> AsyncIterator[None]:
    async with log:
        loops = asyncio.create_task(log.run())
        try:
            yield
        finally:
            loops.cancel()
            with suppress(asyncio.CancelledError):
                await loops
