"""`janji down`: stops a running `janji up`, in the foreground or background."""

import asyncio
import os
import signal

import typer

from deploy.failures import CannotStart
from deploy.local.home import Home, home
from deploy.local.supervisor import ended
from deploy.local.up import let_go
from janji.commands.failures import errors_in_one_line

STOP_SECONDS_MAX = 60.0
app = typer.Typer(add_completion=False)


@app.command()
def down() -> None:
    """Stop everything that `janji up` runs; the data stay."""
    with errors_in_one_line():
        asyncio.run(_down(home()))


async def _down(here: Home) -> None:
    pid = here.holder()
    if pid is None:
        typer.echo("Nothing runs.")
    else:
        await _end(pid)
    await let_go(here, typer.echo)


async def _end(pid: int) -> None:
    os.kill(pid, signal.SIGTERM)
    try:
        async with asyncio.timeout(STOP_SECONDS_MAX):
            await ended(pid)
    except TimeoutError:
        raise CannotStart(
            f"process {pid} has not ended within {STOP_SECONDS_MAX:.0f} s: kill -9 {pid} ends it"
        ) from None
    typer.echo("All has ended.")
