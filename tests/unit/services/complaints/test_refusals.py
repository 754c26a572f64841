"""A refusal names what was refused and what is possible instead: whoever reads it can go on."""

from collections.abc import Callable
from dataclasses import fields

import pytest

from services.complaints import refusals
from services.complaints.domain import Complaint
from shared.refusals import Refusal
from testbed.complaints import (
    COMMANDS,
    STANDARDS,
    act,
    classified,
    in_progress,
    receive,
    resolved,
)

NEXT_MONTH = "2026-12-03 10:00"


def rated() -> Complaint:
    complaint = resolved()
    complaint.rate(4, None, act())
    return complaint


def somebody_elses() -> Complaint:
    complaint = in_progress()
    complaint.assign("reviewer-2", act())
    return complaint


def as_category(complaint: Complaint, category: str, when: str = "2026-11-02 10:00") -> None:
    complaint.classify(category, act(when), standards=STANDARDS, reason="Lain")


def by_reviewer(complaint: Complaint, command: str) -> None:
    COMMANDS[command](complaint, act(role="reviewer"))


@pytest.mark.parametrize(
    ("does", "refused"),
    [
        pytest.param(
            lambda: receive(act(), channel="pigeon"),
            refusals.UnknownComplaintChannel("pigeon", tuple(next(iter(STANDARDS)).channels)),
            id="channel",
        ),
        pytest.param(
            lambda: as_category(classified(), "grave"),
            refusals.UnknownCategory("grave", tuple(next(iter(STANDARDS)).categories)),
            id="category",
        ),
        pytest.param(
            lambda: as_category(classified(), "minor"),
            refusals.SameCategory("minor"),
            id="the same category",
        ),
        pytest.param(
            lambda: by_reviewer(classified(), "classify"),
            refusals.ForSupervisors("classify"),
            id="a second opinion",
        ),
        pytest.param(
            lambda: by_reviewer(somebody_elses(), "resolve"),
            refusals.NotAssignedToYou("resolve"),
            id="somebody else's",
        ),
        pytest.param(
            lambda: resolved().rate(6, None, act()), refusals.ScoreOutOfRange(6), id="score"
        ),
        pytest.param(
            lambda: rated().rate(5, None, act()),
            refusals.RatedAlready("resolved", ("reopen", "close", "void")),
            id="rated",
        ),
    ],
)
def test_a_refusal_says_what_it_is_about(does: Callable[[], object], refused: Refusal) -> None:
    with pytest.raises(type(refused)) as raised:
        does()

    assert said(raised.value) == said(refused)


def test_late_reopening_is_told_what_is_still_possible() -> None:
    complaint = resolved()

    with pytest.raises(refusals.ReopenedTooLate) as raised:
        COMMANDS["reopen"](complaint, act(NEXT_MONTH))

    assert raised.value.status == "resolved"
    assert set(raised.value.allowed) == {"close", "rate", "void"}


def said(refusal: Refusal) -> dict[str, object]:
    values = {each.name: getattr(refusal, each.name) for each in fields(refusal)}  # type: ignore[arg-type]
    return {n: sorted(v) if isinstance(v, tuple) else v for n, v in values.items()}
