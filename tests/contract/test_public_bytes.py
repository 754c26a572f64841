"""What the public reads and subscribers receive stays byte for byte, but for changes on purpose.

The files of `public_bytes/` are answers and events of the demonstration year. A change on purpose
is made by `JANJI_RENEW=1 .venv/bin/python -m pytest tests/contract/test_public_bytes.py`; the
difference that git then shows belongs into the review.
"""

import os
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

from testbed.databases import Database
from tests.support.pages.public_bytes import FOLDER, Exhibits, exhibits

AROUND = 120  # bytes that are shown on both sides of a difference


async def test_public_bytes_are_those_of_the_files(
    database: Callable[[str], Database], tmp_path: Path
) -> None:
    found = await exhibits(database, tmp_path)
    if "JANJI_RENEW" in os.environ:
        renew(found)
    kept = {path.name: path.read_bytes() for path in FOLDER.iterdir()}

    assert sorted(found) == sorted(kept)
    assert [
        difference(name, kept[name], found[name]) for name in kept if kept[name] != found[name]
    ] == []


def renew(found: Exhibits) -> None:
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.iterdir():
        path.unlink()
    for name, content in found.items():
        (FOLDER / name).write_bytes(content)


def difference(name: str, kept: bytes, found: bytes) -> str:
    """Where the two part, and what stands there in each."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(kept, found, strict=False))
    place = sum(1 for _ in same)
    around = slice(max(0, place - AROUND), place + AROUND)
    return f"{name} at byte {place}: {kept[around]!r} became {found[around]!r}"
