"""What is left out of a background task, and what stops all of it."""

import pytest

from shared.eventstore.errors import LogUnavailable, NewerEvent
from shared.runtime.parked import ParkedCases, ParkedMetrics


async def test_a_case_at_fault_is_left_out_named_and_counted() -> None:
    parked, done = ParkedCases("closing"), []

    for case in ("ADU-1", "ADU-2", "ADU-3"):
        with parked.attempt(case):
            if case == "ADU-2":
                raise NewerEvent("of a later release")
            done.append(case)

    assert done == ["ADU-1", "ADU-3"]
    assert parked.reasons == {"ADU-2": "of a later release"}
    said = await parked.check()
    assert said.state == "degraded"
    assert "ADU-2" in said.words
    (gauge,) = ParkedMetrics([parked]).collect()
    assert [(each.labels["task"], each.value) for each in gauge.samples] == [("closing", 1)]


async def test_a_case_that_succeeds_later_is_left_out_no_more() -> None:
    parked = ParkedCases("closing")
    with parked.attempt("ADU-1"):
        raise ValueError("no state")

    with parked.attempt("ADU-1"):
        pass

    assert parked.reasons == {}
    assert (await parked.check()).state == "ok"


@pytest.mark.parametrize("error", [MemoryError(), LogUnavailable("down"), ConnectionError()])
def test_an_error_of_the_surroundings_is_no_cases_fault(error: Exception) -> None:
    parked = ParkedCases("closing")

    with pytest.raises(type(error)), parked.attempt("ADU-1"):
        raise error

    assert parked.reasons == {}
