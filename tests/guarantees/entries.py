"""The list of guarantees: how each is switched off, and the tests that keep it.

They stand in the TOML files of this folder, one table a guarantee:

    [[guarantee]]
    name = "Confirms are awaited before the position is stored"
    file = "shared/…/decisions.py"
    old = "AwaitConfirms(self.step.last)"
    new = "Store(self.step.last)"
    tests = ["tests/unit/shared/messaging/relay/test_decisions.py"]

`tests` are the fewest that should notice, each a file or `file::test`. An edit replaces text that
occurs once in its file, or as often as its `times` says. More edits of a guarantee follow as tables
`[[guarantee.also]]`.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[2]
LISTS = sorted(Path(__file__).parent.glob("*.toml"))
EDIT_FIELDS = ("file", "old", "new", "times")


@dataclass(frozen=True, slots=True)
class Edit:
    """A text to replace in a file of the product."""

    file: str
    old: str
    new: str
    times: int = 1

    def applied_to(self, text: str) -> str:
        """The text with this edit. Raises LookupError unless the old one occurs so often."""
        if self.old == self.new or text.count(self.old) != self.times:
            found = text.count(self.old)
            raise LookupError(f"{self.file}: {found} times, not {self.times}: {self.old!r}")
        return text.replace(self.old, self.new)


@dataclass(frozen=True, slots=True)
class Guarantee:
    """A sentence that holds, the edits that switch it off, and the tests that then turn red."""

    name: str
    room: str
    edits: tuple[Edit, ...]
    tests: tuple[str, ...]

    @classmethod
    def of(cls, room: str, table: dict[str, Any]) -> Self:
        edits = [table, *table.get("also", [])]
        fields = [{name: each[name] for name in EDIT_FIELDS if name in each} for each in edits]
        return cls(
            table["name"], room, tuple(Edit(**each) for each in fields), tuple(table["tests"])
        )

    def is_meant_by(self, word: str) -> bool:
        """Whether the word is part of its name, its list or a file that it edits."""
        texts = [self.name, self.room, *(edit.file for edit in self.edits)]
        return any(word.lower() in text.lower() for text in texts)

    def edited(self, folder: Path) -> dict[Path, str]:
        """The files of a tree as they are with this guarantee switched off."""
        texts: dict[Path, str] = {}
        for edit in self.edits:
            path = folder / edit.file
            texts[path] = edit.applied_to(texts.get(path) or path.read_text(encoding="utf-8"))
        return texts


def guarantees() -> Iterator[Guarantee]:
    """All of them, list by list."""
    for path in LISTS:
        for table in tomllib.loads(path.read_text(encoding="utf-8"))["guarantee"]:
            yield Guarantee.of(path.stem, table)
