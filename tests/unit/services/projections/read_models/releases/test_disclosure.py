"""What can be inferred from two releases together, by tables that can be counted by hand."""

import pytest

from services.projections.read_models.releases.disclosure import (
    QUARTERS,
    Cells,
    OutcomeTable,
    TableRules,
    is_disclosive_since,
)

PAIR = ("a", "b")
RULES = TableRules(groups=(PAIR,))


@pytest.mark.parametrize(
    ("added", "is_disclosive"),
    [
        pytest.param((3, 9), True, id="three more"),
        pytest.param((9, 0), False, id="enough more"),
        pytest.param((0, 9), False, id="none more"),
    ],
)
def test_few_complaints_added_since_a_release_are_disclosive(
    added: tuple[int, int], is_disclosive: bool
) -> None:
    then = OutcomeTable({(member, 1): Cells(on_time=20) for member in PAIR})
    now = OutcomeTable(
        {(member, 1): Cells(on_time=20 + more) for member, more in zip(PAIR, added, strict=True)}
    )

    found = is_disclosive_since(RULES, now, then, ("a",), PAIR, QUARTERS[:1])

    assert found is is_disclosive
