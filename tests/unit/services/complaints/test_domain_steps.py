"""Which command is possible from which status, and where it leads: every cell is tried."""

from functools import partial

import pytest

from services.complaints.domain import Complaint
from services.complaints.status import ComplaintStatus
from shared.refusals import NotAllowed
from testbed.complaints import COMMANDS, REACHED, act, said
from tests.support.cases.longest_path import longest_path, reached
from tests.support.cases.transition_tables import transitions

STEPS = transitions(
    """
from         classify     assign       request-clarification  clarify      resume       respond      resolve   reject    forward    reopen       close   rate      void
received     classified   -            -                      -            -            -            -         rejected  forwarded  -            -       -         voided
classified   classified   in_progress  -                      -            -            classified   -         rejected  forwarded  -            -       -         voided
in_progress  in_progress  in_progress  waiting                -            -            in_progress  resolved  rejected  forwarded  -            -       -         voided
waiting      waiting      waiting      -                      in_progress  in_progress  waiting      -         -         -          -            -       -         voided
resolved     -            -            -                      -            -            -            -         -         -          in_progress  closed  resolved  voided
closed       -            -            -                      -            -            -            -         -         -          -            -       closed    voided
rejected     -            -            -                      -            -            -            -         -         -          -            -       -         voided
forwarded    -            -            -                      -            -            -            -         -         -          -            -       -         voided
voided       -            -            -                      -            -            -            -         -         -          -            -       -         -
"""  # noqa: E501 - a table is read across
)


def test_the_table_knows_every_status_and_every_command() -> None:
    assert STEPS.statuses == list(ComplaintStatus)
    assert set(STEPS.commands) == set(COMMANDS)


@pytest.mark.parametrize(("status", "command", "leads_to"), STEPS.possible)
def test_a_possible_command_leads_to(status: str, command: str, leads_to: str) -> None:
    complaint = REACHED[ComplaintStatus(status)]()

    COMMANDS[command](complaint, act())

    assert complaint.status == leads_to
    assert len(said(complaint)) == 1


@pytest.mark.parametrize(("status", "command", "_"), STEPS.impossible)
def test_an_impossible_command_says_what_is_possible(status: str, command: str, _: str) -> None:
    complaint = REACHED[ComplaintStatus(status)]()

    with pytest.raises(NotAllowed) as refused:
        COMMANDS[command](complaint, act())

    assert (refused.value.command, refused.value.status) == (command, status)
    assert set(refused.value.allowed) == STEPS.allowed[status]
    assert said(complaint) == []


@pytest.mark.parametrize("status", ComplaintStatus)
def test_a_complaint_lists_the_commands_that_are_possible_now(status: ComplaintStatus) -> None:
    complaint = REACHED[status]()

    assert set(complaint.allowed) == STEPS.allowed[status]


# Of a complaint that holds as many events as one may.

WAY_MAX = 10  # longer than classify, assign, resolve, close, rate
GIVEN = {name: partial(lambda do, case: do(case, act()), do) for name, do in COMMANDS.items()}
ENDS = {
    ComplaintStatus.CLOSED,
    ComplaintStatus.REJECTED,
    ComplaintStatus.FORWARDED,
    ComplaintStatus.VOIDED,
}


def full(status: ComplaintStatus, monkeypatch: pytest.MonkeyPatch) -> Complaint:
    """One in that status, and no complaint may have more events than it has."""
    case = REACHED[status]()
    monkeypatch.setattr("shared.cases.case.EVENTS_MAX", case.version)
    return case


@pytest.mark.parametrize("status", ComplaintStatus)
def test_a_full_complaint_comes_to_an_end_whatever_is_done_with_it(
    status: ComplaintStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert longest_path(full(status, monkeypatch), GIVEN, WAY_MAX) < WAY_MAX


@pytest.mark.parametrize("status", [each for each in ComplaintStatus if each not in ENDS])
def test_a_full_complaint_can_still_be_answered_and_closed(
    status: ComplaintStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ComplaintStatus.CLOSED in reached(full(status, monkeypatch), GIVEN, WAY_MAX)
