"""The catalogue of commands is whole, and its bodies fit the methods that decide."""

import inspect

import pytest

from services.complaints.commands_and_roles import COMMANDS, CONTRACTS
from services.complaints.domain import STEPS, Complaint
from shared.cases.web.command_routes import Command

WRITTEN_OUT = {"classify", "assign", "void", "erase-personal-data"}
PLAIN = [command for command in COMMANDS if command.name not in WRITTEN_OUT]
NO_COMMAND = {Complaint.Created, Complaint.DueDateChanged}


def test_every_step_is_a_command_of_the_catalogue() -> None:
    assert [command.name for command in COMMANDS] == [*STEPS, "erase-personal-data"]


def test_every_event_comes_from_one_command() -> None:
    published = {contract.event for contract in CONTRACTS}

    assert {command.event for command in COMMANDS} == published - NO_COMMAND
    assert len({command.event for command in COMMANDS}) == len(COMMANDS)


@pytest.mark.parametrize("command", PLAIN, ids=lambda command: command.name)
def test_body_has_the_arguments_of_the_method_that_decides(command: Command) -> None:
    _complaint, *arguments, act = inspect.signature(command.decide).parameters

    assert list(command.body.model_fields) == arguments
    assert act == "act"
