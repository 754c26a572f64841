"""`janji status`: the running programs, and whether they are ready."""

import asyncio
import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from deploy.local.home import home
from deploy.local.processes import age_seconds
from deploy.local.status import Entry
from deploy.local.status import status as look
from janji.commands.failures import errors_in_one_line

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document, with credentials.")]
# The command answers within two seconds, including the start of the interpreter.
ANSWER_SECONDS_MAX = 1.3
ASKED_SECONDS_MIN = 0.3
app = typer.Typer(add_completion=False)


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show the running programs; exit code 0 only if all are ready."""
    with errors_in_one_line():
        seconds = max(ANSWER_SECONDS_MAX - age_seconds(), ASKED_SECONDS_MIN)
        found = asyncio.run(look(home(), seconds=seconds))
    if as_json:
        typer.echo(json.dumps(found, indent=2))
    else:
        _show(found)
    if not all(entry is None or entry["ready"] for entry in found.values()):
        raise typer.Exit(1)


def _show(found: dict[str, Entry | None]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("What", "Process", "Ready"):
        table.add_column(heading)
    for name, entry in found.items():
        if entry is None:
            table.add_row(name, "", "not used")
        else:
            table.add_row(name, str(entry["pid"] or ""), "yes" if entry["ready"] else "no")
    Console(highlight=False).print(table)
