"""`janji restore finish`: what is left to do when a database was restored from a backup."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console

from deploy.databases import SERVICES, Database, Passwords, provide
from deploy.local.addresses import Addresses
from deploy.local.home import Home, home
from deploy.setup import SetupSettings, setup
from janji.commands.failures import errors_in_one_line
from janji.commands.verify import verify
from janji.installation import (
    Installation,
    failures_as_cannot_start,
    find_installation,
    open_builder,
    progress_bars,
)
from services.projections.replay.rebuild import rebuild
from services.projections.store.lost_cases import lost_cases
from shared.eventstore.codec import Codec
from shared.eventstore.epochs import open_epoch
from shared.eventstore.erasure_register import ErasureRegister
from shared.eventstore.log import EventLog
from shared.runtime.settings import ErasureSettings, load

app = typer.Typer(add_completion=False, no_args_is_help=True)
console = Console(highlight=False, soft_wrap=True)


@app.callback()
def _options() -> None:
    """After a restore of one of the databases from a backup."""


IsCopy = Annotated[
    bool,
    typer.Option("--copy", help="The whole machine was moved back, as by a snapshot of its disk."),
]


@app.command()
def finish(copy: IsCopy = False) -> None:
    """Restore the grants, open the epoch, repeat erasures, rebuild, name lost cases, verify.

    The services may run. Running it again does no harm (with --copy, it opens another epoch). Exit
    code 0 only if all is equal.
    """
    with errors_in_one_line(), failures_as_cannot_start():
        asyncio.run(_finish(is_copy=copy))
    verify(heads=None)


async def _finish(*, is_copy: bool) -> None:
    installation = find_installation()
    databases = await _restore_grants()
    for service, url in installation.logs.items():
        if is_copy:
            await open_epoch(databases[service].owner_url, of_copy=True)
        await _settle(service, url)
    for source, number in await _rebuild(installation):
        console.print(f"{number} ({source}) was published and is gone: tell its people.")


async def _restore_grants() -> dict[str, Database]:
    """By the administrator's URL of the environment, else that of `janji up`."""
    if (addresses := Addresses.load(home())) is not None:
        databases = {
            service: await provide(addresses.postgres, service, _passwords(home(), service))
            for service in SERVICES
        }
    else:
        databases = await setup(load(SetupSettings))
    console.print("The grants and the schema are those of this release.")
    return databases


def _passwords(here: Home, service: str) -> Passwords:
    of = here.password
    return Passwords(owner=of(f"postgres_{service}_owner"), app=of(f"postgres_{service}_app"))


async def _settle(service: str, url: str) -> None:
    """Opening the log opens its epoch and repeats the erasures of the register."""
    folder = load(ErasureSettings).erasure_register
    register = ErasureRegister(folder / service) if folder else None
    async with EventLog(url, codec=Codec([]), name="janji restore", erasures=register) as log:
        newest = (await log.epochs())[-1]
    console.print(f"{service}: the epoch {newest.id} began at {newest.first_position:,}.")
    if register is None:
        console.print("JANJI_ERASURE_REGISTER is not set: no erasure was repeated.", style="red")


async def _rebuild(installation: Installation) -> Sequence[tuple[str, str]]:
    """Rebuild; the cases that were published and are gone."""
    with progress_bars(console) as report:
        async with open_builder(installation, report) as builder:
            rebuilt = await rebuild(builder)
            console.print(f"Rebuilt from {rebuilt.events:,} events.")
            return await lost_cases(builder.pool)
