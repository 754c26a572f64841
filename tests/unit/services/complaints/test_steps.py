"""Which command is possible from which status, and where it leads: every cell is tried."""

import pytest

from services.complaints.domain import Status
from shared.promise.refusals import NotAllowed
from tests.support.complaints import COMMANDS, REACHED, act, said

TABLE = """
from         classify     assign       request-clarification  clarify      resume       respond      resolve   reject    forward    reopen       close   rate
received     classified   -            -                      -            -            -            -         rejected  forwarded  -            -       -
classified   classified   in_progress  -                      -            -            classified   -         rejected  forwarded  -            -       -
in_progress  in_progress  in_progress  waiting                -            -            in_progress  resolved  rejected  forwarded  -            -       -
waiting      waiting      waiting      -                      in_progress  in_progress  waiting      -         -         -          -            -       -
resolved     -            -            -                      -            -            -            -         -         -          in_progress  closed  resolved
closed       -            -            -                      -            -            -            -         -         -          -            -       closed
rejected     -            -            -                      -            -            -            -         -         -          -            -       -
forwarded    -            -            -                      -            -            -            -         -         -          -            -       -
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
    complaint = REACHED[Status(status)]()

    COMMANDS[command](complaint, act())

    assert complaint.status == leads_to
    assert len(said(complaint)) == 1


@pytest.mark.parametrize(("status", "command", "_"), IMPOSSIBLE)
def test_an_impossible_command_says_what_is_possible(status: str, command: str, _: str) -> None:
    complaint = REACHED[Status(status)]()

    with pytest.raises(NotAllowed) as refused:
        COMMANDS[command](complaint, act())

    assert (refused.value.command, refused.value.status) == (command, status)
    assert set(refused.value.allowed) == ALLOWED[status]
    assert said(complaint) == []


@pytest.mark.parametrize("status", Status)
def test_a_complaint_lists_the_commands_that_are_possible_now(status: Status) -> None:
    complaint = REACHED[status]()

    assert set(complaint.allowed) == ALLOWED[status]
