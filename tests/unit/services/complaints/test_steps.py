"""Which command is possible from which status, and where it leads: every cell is tried."""

import pytest

from services.complaints.domain import Status
from shared.promise.refusals import NotAllowed
from tests.support.complaints import COMMANDS, REACHED, act, said
from tests.support.tables import steps

STEPS = steps(
    """
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
)


def test_the_table_knows_every_status_and_every_command() -> None:
    assert STEPS.statuses == list(Status)
    assert set(STEPS.commands) == set(COMMANDS)


@pytest.mark.parametrize(("status", "command", "leads_to"), STEPS.possible)
def test_a_possible_command_leads_to(status: str, command: str, leads_to: str) -> None:
    complaint = REACHED[Status(status)]()

    COMMANDS[command](complaint, act())

    assert complaint.status == leads_to
    assert len(said(complaint)) == 1


@pytest.mark.parametrize(("status", "command", "_"), STEPS.impossible)
def test_an_impossible_command_says_what_is_possible(status: str, command: str, _: str) -> None:
    complaint = REACHED[Status(status)]()

    with pytest.raises(NotAllowed) as refused:
        COMMANDS[command](complaint, act())

    assert (refused.value.command, refused.value.status) == (command, status)
    assert set(refused.value.allowed) == STEPS.allowed[status]
    assert said(complaint) == []


@pytest.mark.parametrize("status", Status)
def test_a_complaint_lists_the_commands_that_are_possible_now(status: Status) -> None:
    complaint = REACHED[status]()

    assert set(complaint.allowed) == STEPS.allowed[status]
