"""`janji up`: runs everything on this machine, until Ctrl-C."""

import asyncio
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from deploy.failures import CannotStart
from deploy.local.addresses import Addresses
from deploy.local.demonstration import Demonstration
from deploy.local.home import Home, home
from deploy.local.status import status
from deploy.local.supervisor import ended, reason
from deploy.local.up import running
from janji.commands.failures import errors_in_one_line
from janji.importing.import_file import import_file
from janji.importing.logs import rules_in, settings_of
from janji.importing.release_wait import wait_released
from janji.importing.sample_year import sample_rows, write_csv

ASKED_SECONDS = 2.0
LOOK_AGAIN_SECONDS = 0.2
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
console = Console(highlight=False, soft_wrap=True)

Detach = Annotated[bool, typer.Option("--detach", help="Return when all is ready; `down` ends it.")]
Demo = Annotated[
    bool,
    typer.Option("--demo", help="Fill an empty installation with a year of sample data."),
]
app = typer.Typer(add_completion=False)


@app.command()
def up(detach: Detach = False, demo: Demo = False) -> None:
    """Start PostgreSQL, RabbitMQ and the three services, and keep them running."""
    with errors_in_one_line():
        work = in_background if detach else _until_stopped
        asyncio.run(work(home(), demo=demo))


async def _until_stopped(here: Home, *, demo: bool) -> None:
    with here.held() as is_ours:
        if not is_ours:
            _check_demonstration(here, demo=demo)
            console.print(f"Already running, as process {here.holder()}.")
            _show(Addresses.load(here))
            return
        _stop_on_signal()
        try:
            async with running(here, console.print, as_demonstration=demo) as addresses:
                await _fill(here, addresses)
                _show(addresses)
                console.print("Ctrl-C ends all of it; the data stay.")
                await _until_removed(here)
        except asyncio.CancelledError:
            console.print("All has ended.")


def _check_demonstration(here: Home, *, demo: bool) -> None:
    if demo and Demonstration.load(here) is None:
        raise CannotStart(
            f"what runs as process {here.holder()} is no demonstration:"
            " name another folder in JANJI_HOME for one"
        )


async def _fill(here: Home, addresses: Addresses) -> None:
    """Import the sample year into a demonstration, unless it is complete.

    It does so without `--demo`, too: a run that was killed while it filled has left half of it.
    """
    demonstration = Demonstration.load(here)
    if demonstration is None:
        return
    if not demonstration.is_filled:
        console.print("Sample data …")
        given = settings_of(here, addresses)
        rules = await rules_in(given.database_url("requests"))
        file = here.folder / "demonstration.csv"
        write_csv(file, sample_rows(datetime.fromisoformat(demonstration.until), rules))
        began_at = datetime.now(UTC)
        done = await import_file(file, given)
        assert done.imported is not None, f"the sample year breaks a rule: {done.violations[0]}"
        await wait_released(began_at, addresses)
        demonstration.filled(here)
    console.print("DATA CONTOH. Bukan data nyata. / SAMPLE DATA. Not real.")


def _is_whole(here: Home, *, demo: bool) -> bool:
    """Whether a demonstration has all its sample data."""
    demonstration = Demonstration.load(here)
    return demonstration.is_filled if demonstration else not demo


async def _until_removed(here: Home) -> None:
    """Run as long as the folder exists: without it no command could find this process to end it."""
    while True:
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
        if not here.folder.exists():
            console.print(f"{here.folder} was removed: ending")
            return


def _stop_on_signal() -> None:
    """The first signal stops everything in order; a second one at once."""
    everything = asyncio.current_task()
    assert everything is not None

    def stop() -> None:
        console.print("Ending (RabbitMQ takes a few seconds) …")
        everything.cancel()

    for number in STOP_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stop)


async def in_background(here: Home, *, demo: bool) -> None:
    """Start in the background, and return when all is ready. Raises CannotStart.

    An interruption stops the started process.
    """
    here.prepare()
    log = here.logs / "up.log"
    said = log.stat().st_size if log.exists() else 0
    child = _start(log, demo=demo)
    try:
        while not (await _is_ready(here) and _is_whole(here, demo=demo)):
            said = _repeat(log, said)
            code = child.poll()
            # Exit code 0: another process runs already, and makes everything ready.
            if code or (code == 0 and here.holder() is None):
                raise CannotStart(reason(log.read_text().strip()).removeprefix("janji: "))
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
    except asyncio.CancelledError:
        if child.poll() is None:
            child.terminate()
            await ended(child.pid)
        raise
    _show(Addresses.load(here))
    console.print(f"Runs in the background, as process {here.holder()}; `janji down` ends it.")


def _start(log: Path, *, demo: bool) -> Popen[bytes]:
    """`janji up`, which outlives this process; asyncio's child wouldn't, from Python 3.12 on."""
    with log.open("ab") as output:
        return Popen(
            (sys.executable, "-m", "janji", "up", *(["--demo"] if demo else [])),
            stdin=DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


async def _is_ready(here: Home) -> bool:
    found = await status(here, seconds=ASKED_SECONDS)
    return all(entry is None or entry["ready"] for entry in found.values())


def _repeat(log: Path, already: int) -> int:
    """Print the new output of the log; returns its end."""
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
