"""The list of guarantees can't rot: each finds its place in the code, and its tests exist."""

import ast
from collections import Counter

import pytest

from tests.guarantees.entries import ROOT, Guarantee, guarantees

GUARANTEES = list(guarantees())


def test_guarantees_are_each_named_once() -> None:
    assert len(GUARANTEES) >= 80
    assert [name for name, n in Counter(each.name for each in GUARANTEES).items() if n > 1] == []


@pytest.mark.parametrize("guarantee", GUARANTEES, ids=lambda each: each.name)
def test_a_guarantee_finds_its_place_in_the_code(guarantee: Guarantee) -> None:
    for path, text in guarantee.edited(ROOT).items():
        if path.suffix == ".py":
            compile(text, path, "exec")


def test_the_tests_of_guarantees_are_there() -> None:
    named = {test for each in GUARANTEES for test in each.tests}

    assert sorted(test for test in named if not is_there(test)) == []


def is_there(test: str) -> bool:
    path, _, label = test.partition("::")
    if not (ROOT / path).is_file():
        return False
    nodes = ast.walk(ast.parse((ROOT / path).read_text()))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return not label or label in {node.name for node in nodes if isinstance(node, functions)}
