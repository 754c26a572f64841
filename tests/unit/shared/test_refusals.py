"""What several checks find is raised at once."""

from collections.abc import Iterator

import pytest

from shared.refusals import Refusal, Refusals, refuse


def found(*faults: Refusal) -> Iterator[Refusal]:
    yield from faults


def test_a_check_that_finds_nothing_refuses_nothing() -> None:
    refuse(found())


def test_one_fault_is_raised_as_it_is() -> None:
    fault = Refusal("one")

    with pytest.raises(Refusal) as refused:
        refuse(found(fault))

    assert refused.value is fault


def test_several_faults_are_raised_together_in_their_order() -> None:
    faults = Refusal("one"), Refusal("two")

    with pytest.raises(Refusals) as refused:
        refuse(found(*faults))

    assert refused.value.refusals == faults
    assert str(refused.value) == "one; two"
