"""The command `janji`: an operator's commands on an installation."""

import logging
import warnings
from importlib import import_module
from keyword import iskeyword
from typing import Any

import typer
from typer.core import TyperGroup

COMMANDS = (
    *("up", "down", "status", "token", "url"),
    *("rebuild", "verify", "quarantine", "import", "calendar", "trace", "recount", "restore"),
    "keys",
)


class CommandsOnDemand(TyperGroup):
    """Imports only the requested command, since `status` must answer within two seconds."""

    # Typer's own types of contexts and commands are private, hence `Any`.

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  the same in any context
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name + "_" * iskeyword(cmd_name)
        command = typer.main.get_command(import_module(f"janji.commands.{name}").app)
        command.name = cmd_name  # Typer names a command after its function, and a group not at all
        return command


app = typer.Typer(
    name="janji",
    cls=CommandsOnDemand,
    help="A public office's promise of how long its services take.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _options() -> None:
    """For every command: silence the libraries, whose logs are meant for services."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")


def main() -> None:
    """Run the requested command."""
    app()
