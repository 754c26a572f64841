"""`janji rebuild`: rebuilds the read models from the logs while the present ones serve readers."""

import asyncio
import time
from typing import Annotated

import typer
from rich.console import Console

from janji.commands.failures import errors_in_one_line
from janji.installation import (
    failures_as_cannot_start,
    find_installation,
    open_builder,
    progress_bars,
)
from services.projections.replay import rebuild as rebuilding
from services.projections.replay.rebuild import RebuildResult
from services.projections.store.generations import schema_of

Keep = Annotated[bool, typer.Option("--keep", help="Keep the old read models for a rollback.")]
Rollback = Annotated[
    bool,
    typer.Option("--rollback", "--back", help="Switch back to the kept read models."),
]
app = typer.Typer(add_completion=False)
console = Console(highlight=False, soft_wrap=True)


@app.command()
def rebuild(keep: Keep = False, rollback: Rollback = False) -> None:
    """Rebuild the read models and switch to them, without an interruption for readers."""
    started = time.monotonic()
    with errors_in_one_line(), failures_as_cannot_start():
        rebuilt = asyncio.run(_rebuild(keep=keep, rollback=rollback))
    seconds = time.monotonic() - started
    console.print(
        f"{schema_of(rebuilt.generation)} is live: {rebuilt.events:,} events in {seconds:.1f} s."
    )
    if rebuilt.held:
        console.print(f"{rebuilt.held} cases are held for checking: janji quarantine list")


async def _rebuild(*, keep: bool, rollback: bool) -> RebuildResult:
    with progress_bars(console) as report:
        async with open_builder(find_installation(), report) as builder:
            if rollback:
                return await rebuilding.rollback(builder)
            return await rebuilding.rebuild(builder, keep=keep)
