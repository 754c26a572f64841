"""Which command is possible from which status, and where it leads: every cell is tried."""

import pytest

from services.requests.domain import Status
from shared.promise.refusals import NotAllowed
from tests.support.service_requests import COMMANDS, REACHED, said, supervisor

TABLE = """
from          review        return    resubmit   resume     approve   reject    process     complete   confirm    withdraw
submitted     under_review  returned  -          -          -         -         -           -          -          withdrawn
under_review  -             returned  -          -          approved  rejected  -           -          -          withdrawn
returned      -             -         submitted  submitted  -         -         -           -          -          withdrawn
approved      -             -         -          -          -         -         in_process  -          -          withdrawn
in_process    -             -         -          -          -         -         -           completed  -          withdrawn
completed     -             -         -          -          -         -         -           -          confirmed  -
confirmed     -             -         -          -          -         -         -           -          -          -
rejected      -             -         -          -          -         -         -           -          -          -
withdrawn     -             -         -          -          -         -         -           -          -          -
"""  # noqa: E501 - a table is read across

HEADER, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
CELLS = [(row[0], command, to) for row in ROWS for command, to in zip(HEADER, row, strict=True)]
POSSIBLE = [cell for cell in CELLS if cell[1] != "from" and cell[2] != "-"]
IMPOSSIBLE = [cell for cell in CELLS if cell[2] == "-"]
ALLOWED = {
    row[0]: {c for c, to in zip(HEADER[1:], row[1:], strict=True) if to != "-"} for row in ROWS
}


def test_the_table_knows_every_status_and_every_command() -> None:
    assert [row[0] for row in ROWS] == list(Status)
    assert set(HEADER[1:]) == set(COMMANDS)


@pytest.mark.parametrize(("status", "command", "leads_to"), POSSIBLE)
def test_a_possible_command_leads_to(status: str, command: str, leads_to: str) -> None:
    request = REACHED[Status(status)]()

    COMMANDS[command](request, supervisor())

    assert request.status == leads_to
    assert len(said(request)) == 1


@pytest.mark.parametrize(("status", "command", "_"), IMPOSSIBLE)
def test_an_impossible_command_says_what_is_possible(status: str, command: str, _: str) -> None:
    request = REACHED[Status(status)]()

    with pytest.raises(NotAllowed) as refused:
        COMMANDS[command](request, supervisor())

    assert (refused.value.command, refused.value.status) == (command, status)
    assert set(refused.value.allowed) == ALLOWED[status]
    assert said(request) == []


@pytest.mark.parametrize("status", Status)
def test_a_request_lists_the_commands_that_are_possible_now(status: Status) -> None:
    request = REACHED[status]()

    assert set(request.allowed) == ALLOWED[status]
