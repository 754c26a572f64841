"""`janji recount`: recomputes the published figures of requests from the open data."""

from pathlib import Path
from typing import Annotated

import typer

from janji.recounting import __main__ as recounting

File = Annotated[
    Path, typer.Argument(dir_okay=False, help="What /v1/public/requests.csv?period=… answered.")
]
Statistics = Annotated[
    str | None,
    typer.Option(metavar="URL|FILE", help="What /v1/public/statistics?period=… says."),
]
app = typer.Typer(add_completion=False)


@app.command()
def recount(file: File, statistics: Statistics = None) -> None:
    """Count the requests of FILE case by case, and compare with the published figures.

    Exit code 1: figures differ, and are named. 2: something can't be counted.
    """
    raise typer.Exit(recounting.recount(file, statistics))
