"""The nemesis's judge: what no single copy of a case would have answered is found."""

import pytest

from tests.support.nemesis.history import READ, SUBMIT, Call, History, anomalies, two_answers

AFTER = {"P-1": ["submitted", "under_review", "approved"]}


def call(command: str, key: str, version: int, begin: float, end: float) -> Call:
    """One that succeeded."""
    status = AFTER["P-1"][version - 1]
    return Call(command, key, "P-1", begin, end, "ok", f"200 {version}", version, status)


def refusal(command: str, key: str, begin: float, end: float) -> Call:
    return Call(command, key, "P-1", begin, end, "fail", "409")


SUBMITTED = call(SUBMIT, "a", 1, 0, 1)
REVIEWED = call("review", "b", 2, 2, 3)
APPROVED = call("approve", "c", 3, 4, 5)


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(call(READ, "", 2, 3.5, 3.6), id="read between"),
        pytest.param(call(READ, "", 3, 3.5, 4.5), id="read of what was under way"),
        pytest.param(refusal("process", "d", 0, 9), id="refused while it was not allowed"),
        pytest.param(refusal("approve", "d", 1.5, 2.5), id="refused before the review"),
        pytest.param(refusal("review", "d", 2.5, 2.6), id="refused during the review"),
    ],
)
def test_history_of_one_copy_has_no_anomaly(seen: Call) -> None:
    history = History([SUBMITTED, REVIEWED, APPROVED, seen])

    assert list(anomalies(history, AFTER)) == []


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(call(READ, "", 1, 3.5, 3.6), id="read of what is over"),
        pytest.param(call(READ, "", 3, 3.5, 3.6), id="read of what comes later"),
        pytest.param(refusal("review", "d", 1.1, 1.9), id="refused while it was allowed"),
        pytest.param(refusal("approve", "c", 4.1, 4.9), id="refused, and succeeded"),
        pytest.param(refusal("approve", "c", 5.1, 5.9), id="refused after its success"),
        pytest.param(call("process", "d", 2, 5.5, 5.6), id="written behind what was there"),
    ],
)
def test_anomaly_is_found(seen: Call) -> None:
    history = History([SUBMITTED, REVIEWED, APPROVED, seen])

    assert list(anomalies(history, AFTER)) != []


def test_success_that_a_restore_may_have_taken_is_in_doubt() -> None:
    history = History([SUBMITTED, REVIEWED], restores=[(2.5, 3.5)])

    assert history.certain == [SUBMITTED]
    assert set(history.in_doubt()) == {"b"}


def test_two_answers_to_one_key_are_found() -> None:
    assert two_answers(History([REVIEWED, call("review", "b", 3, 4, 5)])) != []


def test_event_that_two_keys_claim_is_found() -> None:
    with pytest.raises(AssertionError, match="two keys"):
        History([REVIEWED, call("review", "d", 2, 4, 5)]).claims()
