"""`janji rebuild`: the read models made anew from the logs, while they go on being read."""

import asyncio
import time
from typing import Annotated

import typer
from rich.console import Console

from janji.commands.failures import errors_in_one_line
from janji.installation import (
    failures_as_cannot_start,
    find_installation,
    open_workspace,
    progress_bars,
)
from services.projections.replay import rebuild as rebuilding
from services.projections.replay.rebuild import RebuildResult
from services.projections.store.generations import schema_of

Keep = Annotated[bool, typer.Option("--keep", help="Keep the old ones, to be switched back to.")]
Back = Annotated[bool, typer.Option("--back", help="Switch back to those that were kept.")]
app = typer.Typer(add_completion=False)
console = Console(highlight=False, soft_wrap=True)


@app.command()
def rebuild(keep: Keep = False, back: Back = False) -> None:
    """Make the read models anew and switch to them. Readers notice nothing."""
    started = time.monotonic()
    with errors_in_one_line(), failures_as_cannot_start():
        rebuilt = asyncio.run(_rebuild(keep=keep, back=back))
    seconds = time.monotonic() - started
    console.print(
        f"{schema_of(rebuilt.generation)} is live: {rebuilt.events:,} events in {seconds:.1f} s."
    )
    if rebuilt.held:
        console.print(f"{rebuilt.held} cases are held for checking: janji quarantine list")


async def _rebuild(*, keep: bool, back: bool) -> RebuildResult:
    with progress_bars(console) as report:
        async with open_workspace(find_installation(), report) as builder:
            if back:
                return await rebuilding.rollback(builder)
            return await rebuilding.rebuild(builder, keep=keep)
