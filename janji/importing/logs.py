"""The logs of an import: those named in the environment, else those of `janji up`."""

import asyncio
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
from shared.eventstore.keys.master_keys import IMPORTS
from shared.eventstore.log import EventLog
from shared.promise.agencies import load_agencies
from shared.promise.standard import load_standards
from shared.runtime import settings
from shared.runtime.event_source import keyring_of

NAMED = ("REQUESTS_DATABASE_URL", "COMPLAINTS_DATABASE_URL", "MASTER_KEY")

DatabaseUrl = Annotated[SecretStr, AfterValidator(settings.postgres_url)]


class ImportSettings(settings.SealingSettings):
    """The URLs of both logs for the application's role, and their services' master key."""

    requests_database_url: DatabaseUrl
    complaints_database_url: DatabaseUrl

    def database_url(self, service: str) -> str:
        url: SecretStr = getattr(self, f"{service}_database_url")
        return url.get_secret_value()


def find_settings() -> ImportSettings:
    """Raises CannotStart; invalid variables end the process, as in a service."""
    if is_named():
        return settings.load(ImportSettings)
    here = home()
    addresses = Addresses.load(here)
    if addresses is None:
        variables = ", ".join(f"JANJI_{each}" for each in NAMED)
        raise CannotStart(f"nothing runs here: `janji up` first, or set {variables}")
    return settings_of(here, addresses)


def is_named() -> bool:
    """Whether the environment names the logs of a server."""
    return any(map(settings.named, NAMED))


def settings_of(here: Home, addresses: Addresses) -> ImportSettings:
    """The settings of an installation on this machine."""
    urls = {f"{each}_database_url": addresses.databases[each].app_url for each in SERVICE_IMPORTS}
    here.key_files.prepare()
    keys = {
        "master_key": here.key_files.in_use.read_text().strip(),
        "retired_master_keys": here.key_files.retired.read_text(),
    }
    return ImportSettings.model_validate({**urls, **keys})


@asynccontextmanager
async def open_targets(
    given: ImportSettings, services: Collection[str]
) -> AsyncIterator[Mapping[str, ImportTarget]]:
    """The import targets of these services, open until the block ends. Raises LogUnavailable."""
    async with AsyncExitStack() as stack:
        targets = {}
        for service in services:
            history = SERVICE_IMPORTS[service]
            keyring = keyring_of(given)
            codec = Codec([history.service.kind], keyring)
            url = given.database_url(service)
            log = EventLog(url, codec=codec, name=f"import: {service}")
            await stack.enter_async_context(_running(log))
            secrets = Secrets(keyring.derived[IMPORTS])
            targets[service] = ImportTarget(history, log, codec, await rules_in(url), secrets)
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
