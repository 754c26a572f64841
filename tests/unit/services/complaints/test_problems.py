"""What this service refuses is said with what is needed to mend it."""

from datetime import date

import pytest

from services.complaints import refusals
from services.complaints.problems import problem_of
from shared.refusals import Refusal

DAY = date(2026, 11, 9)
REFUSED: list[tuple[Refusal, int]] = [
    (refusals.UnknownComplaintChannel("pigeon", ("phone",)), 422),
    (refusals.UnknownCategory("grave", ("minor",)), 422),
    (refusals.NoWayOfContact(), 422),
    (refusals.SameCategory("minor"), 422),
    (refusals.ReasonNeeded(), 422),
    (refusals.ScoreOutOfRange(6), 422),
    (refusals.WouldBreach("minor", DAY), 409),
    (refusals.ReopenedTooLate(DAY, "resolved", ()), 409),
    (refusals.RatedAlready("closed", ()), 409),
    (refusals.NotAssignedToYou("resolve"), 403),
    (refusals.ForSupervisors("classify"), 403),
]


def test_every_refusal_of_this_service_has_its_words() -> None:
    own = {each for each in Refusal.__subclasses__() if each.__module__ == refusals.__name__}

    assert {type(refusal) for refusal, _ in REFUSED} == own


@pytest.mark.parametrize(("refusal", "status"), REFUSED, ids=lambda each: type(each).__name__)
def test_a_refusal_is_a_problem_of_that_status(refusal: Refusal, status: int) -> None:
    assert problem_of(refusal).kind.status == status


def test_a_category_that_breaks_the_promise_at_once_says_since_when() -> None:
    problem = problem_of(refusals.WouldBreach("minor", date(2026, 11, 9)))

    assert (problem.kind.slug, problem.kind.status) == ("would-breach", 409)
    assert problem.members == {"due_on": "2026-11-09"}


def test_reopening_too_late_says_what_is_possible_still() -> None:
    refused = refusals.ReopenedTooLate(date(2026, 11, 16), "resolved", ("close", "rate"))

    problem = problem_of(refused)

    assert (problem.kind.slug, problem.kind.status) == ("not-allowed", 409)
    assert problem.members == {"status": "resolved", "allowed": ["close", "rate"]}
