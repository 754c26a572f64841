"""`janji quarantine`: lists the cases whose events couldn't be applied, and retries them."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from janji.commands.case_numbers import read_case
from janji.commands.failures import errors_in_one_line
from janji.installation import (
    failures_as_cannot_start,
    find_installation,
    open_builder,
)
from services.projections.ingest import quarantine
from services.projections.ingest.projector import Projection
from services.projections.ingest.quarantine import HeldCase
from services.projections.replay.generation_builder import GenerationBuilder
from services.projections.store import generations

Number = Annotated[str | None, typer.Argument(help="Of this case only.")]
app = typer.Typer(add_completion=False, no_args_is_help=True)
console = Console(highlight=False, soft_wrap=True)


@app.callback()
def _options() -> None:
    """Cases in quarantine, because one of their events could not be applied."""


@app.command("list")
def list_held() -> None:
    """Show them with their errors."""
    with errors_in_one_line(), failures_as_cannot_start():
        _show(asyncio.run(_list()))


@app.command()
def retry(number: Number = None) -> None:
    """Apply their events again, in order; exit code 0 only if none is held any more."""
    with errors_in_one_line(), failures_as_cannot_start():
        still_held = asyncio.run(_retry(None if number is None else read_case(number)[0]))
    _show(still_held)
    if still_held:
        raise typer.Exit(1)


async def _list() -> Sequence[HeldCase]:
    async with open_builder(find_installation(), report=lambda *_: None) as builder:
        return await _held(builder)


async def _retry(number: str | None) -> Sequence[HeldCase]:
    async with open_builder(find_installation(), report=lambda *_: None) as builder:
        for case in await _held(builder):
            if number in (None, case.number):
                projection = Projection(
                    builder.pool,
                    builder.read_models,
                    case.source,
                    now=builder.now,
                    today=builder.today,
                )
                all_went_in = await projection.retry(case.aggregate)
                console.print(f"{case.number}: {'applied' if all_went_in else 'still held'}")
        return [each for each in await _held(builder) if number in (None, each.number)]


async def _held(builder: GenerationBuilder) -> Sequence[HeldCase]:
    async with generations.live(builder.pool) as connection:
        return await quarantine.held_cases(connection)


def _show(held: Sequence[HeldCase]) -> None:
    if not held:
        console.print("No case is held.")
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("Case", "Source", "Position", "Event", "Behind it", "Since", "Why"):
        table.add_column(heading)
    for each in held:
        since = each.held_at.isoformat(timespec="seconds")
        table.add_row(
            each.number,
            each.source,
            str(each.position),
            each.type,
            str(each.waiting),
            since,
            each.error,
        )
    console.print(table)
