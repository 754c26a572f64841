"""`janji up`: everything on this machine, until Ctrl-C."""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from deploy.local.addresses import Addresses
from deploy.local.commands import CannotStart
from deploy.local.home import Home, home
from deploy.local.status import status
from deploy.local.supervisor import last_line
from deploy.local.up import running
from janji.commands.failures import said_in_one_line

ASKED_SECONDS = 2.0
LOOK_AGAIN_SECONDS = 0.2
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
console = Console(highlight=False, soft_wrap=True)

Detach = Annotated[bool, typer.Option("--detach", help="Return when all is ready; `down` ends it.")]
app = typer.Typer(add_completion=False)


@app.command()
def up(detach: Detach = False) -> None:
    """Start PostgreSQL, RabbitMQ and the three services, and keep them running."""
    with said_in_one_line():
        asyncio.run(_in_background(home()) if detach else _until_stopped(home()))


async def _until_stopped(here: Home) -> None:
    with here.held() as is_ours:
        if not is_ours:
            console.print(f"Already running, as process {here.holder()}.")
            _show(Addresses.load(here))
            return
        _stop_on_signal()
        try:
            async with running(here, console.print) as addresses:
                _show(addresses)
                console.print("Ctrl-C ends all of it; the data stay.")
                await _until_removed(here)
        except asyncio.CancelledError:
            console.print("All has ended.")


async def _until_removed(here: Home) -> None:
    """As long as its folder is there: without it nobody could find this process to end it."""
    while True:
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
        if not here.folder.exists():
            console.print(f"{here.folder} was removed: ending")
            return


def _stop_on_signal() -> None:
    """The first signal ends all in order; a second one at once."""
    everything = asyncio.current_task()
    assert everything is not None

    def stop() -> None:
        console.print("Ending (RabbitMQ takes a few seconds) …")
        everything.cancel()

    for number in STOP_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stop)


async def _in_background(here: Home) -> None:
    here.prepare()
    log = here.logs / "up.log"
    with log.open("ab") as output:
        said = output.tell()
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "janji", "up"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    while not await _is_ready(here):
        said = _repeat(log, said)
        if child.returncode is not None and here.holder() is None:
            raise CannotStart(last_line(log).removeprefix("janji: "))
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
    _show(Addresses.load(here))
    console.print(f"Runs in the background, as process {here.holder()}; `janji down` ends it.")


async def _is_ready(here: Home) -> bool:
    found = await status(here, seconds=ASKED_SECONDS)
    return all(entry is None or entry["ready"] for entry in found.values())


def _repeat(log: Path, already: int) -> int:
    """Show what came since; where it ends now."""
    with log.open("rb") as text:
        text.seek(already)
        console.out(text.read().decode(errors="replace"), end="", highlight=False)
        return text.tell()


def _show(addresses: Addresses | None) -> None:
    if addresses is None:
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("What")
    table.add_column("Where")
    table.add_row("Public page", f"{addresses.services['projections']}/")
    for service, url in addresses.services.items():
        table.add_row(f"API of {service}", f"{url}/docs")
    table.add_row("PostgreSQL", _without_password(addresses.postgres))
    table.add_row("RabbitMQ", _without_password(addresses.broker or "none: the feeds do its work"))
    if addresses.management:
        table.add_row("RabbitMQ's page", _without_password(addresses.management))
    console.print(table)
    console.print("Passwords: `janji status --json`; a token: `janji token --role intake`.")


def _without_password(url: str) -> str:
    scheme, separator, rest = url.rpartition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"
