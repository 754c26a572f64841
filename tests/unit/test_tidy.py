"""The house rules that a machine can count; what they are for stands in CONTRIBUTING.md."""

import ast
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("services", "shared", "janji", "deploy", "testbed", "tests", "benchmarks")
SOURCES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
TEXTS = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.sql")) + SOURCES
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "tests/README.md"]

FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 30  # without its docstring
LONGER = {
    "services/complaints/domain.py": 365,  # one aggregate is read in one piece
    "services/requests/domain.py": 320,
    "services/complaints/domain.py:classify": 35,  # the rules of one command, in their order
    "services/complaints/main.py:build": 44,  # a wiring is read from top to bottom
    "services/projections/main.py:build": 50,
    "services/requests/main.py:build": 37,
    "tests/support/years/audited_years.py:complaints": 32,  # one draw of all that may happen
    "shared/web/problems/problem_kinds.py": 375,  # a list
    "tests/e2e/test_the_promise_is_kept.py:test_the_story_of_a_request": 40,  # told whole
    "tests/e2e/test_the_promise_is_kept.py:test_the_story_of_a_complaint": 40,
}

# Built from pieces, so that the rules don't find themselves.
NOTE_TO_SELF = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX")) + r")\b")
NAP = "sle" + "ep("
WALL_CLOCK = re.compile(r"\b(datetime\.(now|utcnow)|date\.today|time\.time)\(")
MAY_READ_THE_CLOCK = re.compile(
    r"^(services/\w+/main\.py|(janji|deploy|benchmarks|testbed|tests)/)"
)
# A test's name begins with a noun phrase, so that a red line says which thing is broken.
NO_NOUN = re.compile(
    r"test_(after|again|anybody|as|at|because|before|but|by|each|else|elsewhere|for|from|he|how"
    r"|however|i|if|in|into|it|its|neither|nobody|of|on|once|others|she|since|that|them|there|these"
    r"|they|this|those|to|too|under|until|what|whatever|when|where|which|while|who|whoever|whom"
    r"|whose|why|with|without|you)_"
)
# Whoever connects by himself has none of the bounds of `shared/postgres/connection.py`.
CONNECTS = re.compile(
    r"\basyncpg\.(connect|create_pool|Pool)\b|\bfrom asyncpg import|\badd_listener\b"
)
WRITES_CSV = re.compile(r"\bcsv\.(writer|DictWriter)\b")
PRODUCT = ("services/", "shared/", "janji/", "deploy/")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
QUOTED_PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:py|md|sql|toml|yml|json|lock))`")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_files_hold_one_idea() -> None:
    lines = {name(path): len(path.read_text().splitlines()) for path in SOURCES}

    assert [each for each, n in lines.items() if n > LONGER.get(each, FILE_LINES_MAX)] == []


def test_functions_are_read_at_a_glance() -> None:
    found = [(f"{name(path)}:{label}", n) for path in SOURCES for label, n in functions(path)]

    assert [each for each, n in found if n > LONGER.get(each, FUNCTION_LINES_MAX)] == []


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function's name and its lines without the docstring."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first, end = node.body[0], node.end_lineno or node.lineno
            is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
            docstring = (first.end_lineno or 0) - first.lineno + 1 if is_docstring else 0
            yield node.name, end - node.lineno + 1 - docstring


def test_nothing_is_left_to_be_done() -> None:
    assert [name(path) for path in TEXTS if NOTE_TO_SELF.search(path.read_text())] == []


def test_tests_wait_for_a_condition_and_never_for_a_time() -> None:
    assert [name(path) for path in TESTS if NAP in path.read_text()] == []


def test_names_of_tests_begin_with_a_noun_phrase() -> None:
    labels = [(path, label) for path in TESTS for label, _ in functions(path)]

    assert [f"{name(path)}:{label}" for path, label in labels if NO_NOUN.match(label)] == []


def test_the_wall_clock_is_read_only_where_a_process_begins() -> None:
    readers = [name(path) for path in SOURCES if WALL_CLOCK.search(path.read_text())]

    assert [each for each in readers if not MAY_READ_THE_CLOCK.match(each)] == []


def test_connections_to_postgresql_are_made_in_one_place() -> None:
    product = [path for path in SOURCES if name(path).startswith(PRODUCT)]

    found = [name(path) for path in product if CONNECTS.search(path.read_text())]

    assert found == ["shared/postgres/connection.py"]


def test_csv_is_written_in_one_place() -> None:
    """Whoever writes it elsewhere may write a cell that a spreadsheet takes for a formula."""
    product = [path for path in SOURCES if name(path).startswith(PRODUCT)]

    found = [name(path) for path in product if WRITES_CSV.search(path.read_text())]

    assert found == ["shared/spreadsheet.py"]


def test_failures_of_groups_are_collected_in_one_place() -> None:
    """What is raised inside `except*` becomes a group, up to Python 3.11.3 even an exit."""
    found = [name(path) for path in SOURCES if catches_groups(path)]

    assert found == ["shared/runtime/exception_groups.py"]


def catches_groups(path: Path) -> bool:
    return any(isinstance(node, ast.TryStar) for node in ast.walk(ast.parse(path.read_text())))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_path_that_a_page_names_is_there(page: Path) -> None:
    text = page.read_text()
    named = {*LINK.findall(text), *QUOTED_PATH.findall(text)}

    missing = [each for each in sorted(named) if not is_there(page, each)]

    assert missing == []


def is_there(page: Path, path: str) -> bool:
    """From the page's own folder or from the project's."""
    return (page.parent / path).exists() or (ROOT / path).exists()


def test_the_library_called_requests_is_not_our_service() -> None:
    found = find_spec("requests")

    assert found is None or ROOT / "services" not in Path(found.origin or "").parents
