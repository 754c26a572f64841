"""Which command is possible from which status, and where it leads: every cell is tried."""

from functools import partial

import pytest

from services.requests.domain import ServiceRequest
from services.requests.status import RequestStatus
from shared.refusals import NotAllowed
from testbed.service_requests import COMMANDS, REACHED, said, supervisor
from tests.support.cases.longest_path import longest_path, reached
from tests.support.cases.transition_tables import transitions

STEPS = transitions(
    """
from          review        return    resubmit   resume     approve   reject    process     complete   confirm    withdraw   assign        void
submitted     under_review  returned  -          -          -         -         -           -          -          withdrawn  submitted     voided
under_review  -             returned  -          -          approved  rejected  -           -          -          withdrawn  under_review  voided
returned      -             -         submitted  submitted  -         -         -           -          -          withdrawn  returned      voided
approved      -             -         -          -          -         -         in_process  -          -          withdrawn  approved      voided
in_process    -             -         -          -          -         -         -           completed  -          withdrawn  in_process    voided
completed     -             -         -          -          -         -         -           -          confirmed  -          completed     voided
confirmed     -             -         -          -          -         -         -           -          -          -          -             voided
rejected      -             -         -          -          -         -         -           -          -          -          -             voided
withdrawn     -             -         -          -          -         -         -           -          -          -          -             voided
voided        -             -         -          -          -         -         -           -          -          -          -             -
"""  # noqa: E501 - a table is read across
)


def test_the_table_knows_every_status_and_every_command() -> None:
    assert STEPS.statuses == list(RequestStatus)
    assert set(STEPS.commands) == set(COMMANDS)


@pytest.mark.parametrize(("status", "command", "leads_to"), STEPS.possible)
def test_a_possible_command_leads_to(status: str, command: str, leads_to: str) -> None:
    request = REACHED[RequestStatus(status)]()

    COMMANDS[command](request, supervisor())

    assert request.status == leads_to
    assert len(said(request)) == 1


@pytest.mark.parametrize(("status", "command", "_"), STEPS.impossible)
def test_an_impossible_command_says_what_is_possible(status: str, command: str, _: str) -> None:
    request = REACHED[RequestStatus(status)]()

    with pytest.raises(NotAllowed) as refused:
        COMMANDS[command](request, supervisor())

    assert (refused.value.command, refused.value.status) == (command, status)
    assert set(refused.value.allowed) == STEPS.allowed[status]
    assert said(request) == []


@pytest.mark.parametrize("status", RequestStatus)
def test_a_request_lists_the_commands_that_are_possible_now(status: RequestStatus) -> None:
    request = REACHED[status]()

    assert set(request.allowed) == STEPS.allowed[status]


# Of a request that holds as many events as one may.

WAY_MAX = 10  # longer than resubmit, review, approve, process, complete, confirm
GIVEN = {
    name: partial(lambda do, case: do(case, supervisor()), do) for name, do in COMMANDS.items()
}
ENDS = {
    RequestStatus.CONFIRMED,
    RequestStatus.REJECTED,
    RequestStatus.WITHDRAWN,
    RequestStatus.VOIDED,
}


def full(status: RequestStatus, monkeypatch: pytest.MonkeyPatch) -> ServiceRequest:
    """One in that status, and no request may have more events than it has."""
    case = REACHED[status]()
    monkeypatch.setattr("shared.cases.case.EVENTS_MAX", case.version)
    return case


@pytest.mark.parametrize("status", RequestStatus)
def test_a_full_request_comes_to_an_end_whatever_is_done_with_it(
    status: RequestStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert longest_path(full(status, monkeypatch), GIVEN, WAY_MAX) < WAY_MAX


@pytest.mark.parametrize("status", [each for each in RequestStatus if each not in ENDS])
def test_a_full_request_can_still_be_confirmed(
    status: RequestStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert RequestStatus.CONFIRMED in reached(full(status, monkeypatch), GIVEN, WAY_MAX)
