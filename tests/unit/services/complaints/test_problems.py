"""What this service refuses is said with what is needed to mend it."""

from datetime import date

from services.complaints import refusals
from services.complaints.problems import problem_of


def test_a_category_that_breaks_the_promise_at_once_says_since_when() -> None:
    problem = problem_of(refusals.WouldBreach("minor", date(2026, 11, 9)))

    assert (problem.kind.slug, problem.kind.status) == ("would-breach", 409)
    assert problem.members == {"due_on": "2026-11-09"}


def test_reopening_too_late_says_what_is_possible_still() -> None:
    refused = refusals.ReopenedTooLate(date(2026, 11, 16), "resolved", ("close", "rate"))

    problem = problem_of(refused)

    assert (problem.kind.slug, problem.kind.status) == ("not-allowed", 409)
    assert problem.members == {"status": "resolved", "allowed": ["close", "rate"]}


def test_whoever_may_not_is_told_why() -> None:
    for refused in (refusals.NotAssignedToYou("resolve"), refusals.ForSupervisors("classify")):
        assert problem_of(refused).kind.status == 403
