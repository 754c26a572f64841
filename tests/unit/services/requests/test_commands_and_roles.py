"""The catalogue of commands is whole, and its bodies fit the methods that decide.

What holds for the published events of every case is in
`tests/contract/services/test_published_events.py`.
"""

import inspect

import pytest

from services.requests.commands_and_roles import COMMANDS, CONTRACTS
from services.requests.domain import STEPS, ServiceRequest
from shared.cases.payload import Contract, Payload, publisher
from shared.cases.published_events import EVENTS
from shared.cases.web.command_routes import Command

WRITTEN_OUT = {"resubmit", "assign", "void", "erase-personal-data"}
PLAIN = [command for command in COMMANDS if command.name not in WRITTEN_OUT]
NO_COMMAND = {ServiceRequest.Created, ServiceRequest.DueDateChanged}


def test_every_step_is_a_command_of_the_catalogue() -> None:
    assert [command.name for command in COMMANDS] == [*STEPS, "erase-personal-data"]


def test_every_event_comes_from_one_command() -> None:
    published = {contract.event for contract in CONTRACTS}

    assert {command.event for command in COMMANDS} == published - NO_COMMAND
    assert len({command.event for command in COMMANDS}) == len(COMMANDS)


@pytest.mark.parametrize("command", PLAIN, ids=lambda command: command.name)
def test_body_has_the_arguments_of_the_method_that_decides(command: Command) -> None:
    _request, *arguments, act = inspect.signature(command.decide).parameters

    assert list(command.body.model_fields) == arguments
    assert act == "act"


def test_event_that_the_projections_do_not_know_stops_the_service() -> None:
    known = EVENTS["requests"].keys() - {"returned"}

    with pytest.raises(AssertionError, match="returned"):
        publisher(CONTRACTS, known=known)


def test_a_contract_that_would_publish_something_personal_stops_the_service() -> None:
    class Reasons(Payload):
        reason: str

    with pytest.raises(AssertionError, match="reason"):
        Contract(ServiceRequest.Rejected, Reasons)
