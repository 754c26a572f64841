"""The house's vocabulary and the tests' map: retired words, class names, a test for each module."""

import ast
import io
import re
import tokenize
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("services", "shared", "janji", "deploy")
MODULES = sorted(path for folder in PRODUCT for path in (ROOT / folder).rglob("*.py"))
SOURCES = MODULES + sorted(
    path for folder in ("testbed", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")
)
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
MIRRORS = ("unit", "integration", "contract")
MAP = ROOT / "tests/README.md"

# Words that were once used for what the field has a term for: see `docs/glossary.md`.
RETIRED = re.compile(
    r"(^|_)(casework|doors?|flaws?|grow_old|hold_still|keeper|packings|paper_case|paper_office|shelf"
    r"|soundness|strikes|telltales?|vouch|vouched|vouches|workshop)(_|$)"
)
PART = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")  # before each part of a name like `PaperCase`


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_retired_words_are_in_no_name() -> None:
    found = {name(path): retired for path in SOURCES if (retired := retired_names(path))}

    assert found == {}


def retired_names(path: Path) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text()).readline)
    names = {token.string for token in tokens if token.type == tokenize.NAME} | {path.stem}
    return [each for each in sorted(names) if RETIRED.search(PART.sub("_", each).lower())]


def test_a_class_name_of_the_product_stands_in_one_module_only() -> None:
    modules: dict[str, list[str]] = defaultdict(list)
    for path in MODULES:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef):
                modules[node.name].append(name(path))

    assert {each: found for each, found in modules.items() if len(found) > 1} == {}


def test_every_module_with_logic_has_its_test_file_or_its_row_in_the_map() -> None:
    expected = {name(path) for path in MODULES if has_logic(path) and not has_tests(path)}
    listed = {
        f"{room}{module}.py"
        for room, modules in re.findall(r"^\| `([\w/]+/)` \| ([\w, ]+) \|", MAP.read_text(), re.M)
        for module in modules.split(", ")
        if not room.startswith("tests/")
    }

    assert sorted(expected - listed) == []
    assert sorted(listed - expected) == [], "has a test file of its own by now, or is gone"


def has_logic(path: Path) -> bool:
    defined = (ast.FunctionDef, ast.AsyncFunctionDef)
    has_any = any(isinstance(node, defined) for node in ast.walk(ast.parse(path.read_text())))
    return has_any and path.name != "__init__.py"


def has_tests(path: Path) -> bool:
    """A test file of its name, or of that with a suffix, in a folder that mirrors its own."""
    own = re.compile(rf"test_{path.stem.strip('_')}(_\w*)?")
    folders = [ROOT / "tests" / kind / path.parent.relative_to(ROOT) for kind in MIRRORS]
    return any(test.parent in folders and own.fullmatch(test.stem) for test in TESTS)


def test_the_map_names_every_module_of_the_support() -> None:
    rows = re.findall(r"^\|[^|]*\| ([\w, ]+) \|", MAP.read_text(), re.M)
    named = {module for row in rows for module in row.split(", ")}

    assert {path.stem for path in (ROOT / "tests/support").rglob("*.py")} - named == set()


def test_the_map_names_the_plays_of_every_fault_as_they_name_it() -> None:
    told = {
        (fault, play)
        for fault, plays in re.findall(r"^\| (F\d+) \|[^|]*\| ([\w, ]+) \|", MAP.read_text(), re.M)
        for play in plays.split(", ")
    }
    plays = sorted((ROOT / "tests/faults").glob("test_*.py"))

    assert told == {(fault, play.stem) for play in plays for fault in faults_named(play)}
    assert {fault for fault, _ in told} == {f"F{number}" for number in range(1, 33)}


def faults_named(play: Path) -> set[str]:
    """In the docstrings of the file and of its tests."""
    tree = ast.parse(play.read_text())
    defined = (ast.FunctionDef, ast.AsyncFunctionDef)
    parts = [tree, *(node for node in tree.body if isinstance(node, defined))]
    return set(re.findall(r"\bF\d+\b", " ".join(ast.get_docstring(each) or "" for each in parts)))
