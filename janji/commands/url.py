"""`janji url`: the address of a service, for use in a shell."""

from typing import Annotated

import typer

from deploy.databases import SERVICES
from deploy.failures import CannotStart
from deploy.local.addresses import Addresses
from deploy.local.home import home
from janji.commands.failures import errors_in_one_line

Service = Annotated[str, typer.Argument(help=f"{', '.join(SERVICES)}.")]
app = typer.Typer(add_completion=False)


@app.command()
def url(service: Service) -> None:
    """Print the address of a service, and nothing else."""
    if service not in SERVICES:
        raise typer.BadParameter(f"{service}: there are {', '.join(SERVICES)}")
    with errors_in_one_line():
        addresses = Addresses.load(home())
        if addresses is None:
            raise CannotStart("nothing runs here: start it by `janji up`")
        typer.echo(addresses.services[service])
