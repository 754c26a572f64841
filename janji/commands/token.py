"""`janji token`: an access token of this installation, for curl and for trying it out."""

import time
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from deploy.local.home import home
from deploy.local.issuer import issuer
from janji.commands.failures import errors_in_one_line
from shared.promise.agencies import load_agencies
from shared.web.identity.roles import ROLES

Roles = Annotated[list[str], typer.Option("--role", help=f"{', '.join(ROLES)}; again for more.")]
Name = Annotated[str | None, typer.Option("--name", help="Whose it is; never published.")]
Agency = Annotated[str | None, typer.Option("--agency", help="Its code, with --role agency.")]
app = typer.Typer(add_completion=False)


@app.command()
def token(role: Roles, name: Name = None, agency: Agency = None) -> None:
    """Print a token, valid for 8 hours, and nothing else."""
    if faults := list(_faults(role, agency)):
        raise typer.BadParameter("; ".join(faults))
    with errors_in_one_line():
        ours = issuer(home().folder)
        typer.echo(ours.token(roles=role, name=name, agency=agency, at=time.time()))


def _faults(roles: Sequence[str], agency: str | None) -> Iterator[str]:
    if unknown := sorted(set(roles).difference(ROLES)):
        yield f"--role {', '.join(unknown)}: there are {', '.join(ROLES)}"
    if ("agency" in roles) != bool(agency):
        yield "--role agency and --agency CODE go together"
    if agency and agency not in (known := load_agencies()):
        yield f"--agency {agency}: there are {', '.join(known)}"
