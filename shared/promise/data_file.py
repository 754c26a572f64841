"""Strict reading of the office's data files: an invalid file is refused as a whole.

A table is read key by key inside `with table:`, whose end refuses unread keys: an unread key is a
typo, as bad as a missing key. An error names the file, the key, the rule and the line.
"""

import datetime as dt
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self, TypeVar

from shared.pasted_text import DIRECTIONS
from shared.text import Text

T = TypeVar("T")


HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]")
# Pages show these texts: control characters but line feeds, and turned directions.
UNSEEN = re.compile(f"[\x00-\x09\x0b-\x1f\x7f-\x9f]|{DIRECTIONS.pattern}")
ENTRY = re.compile(r"\s*([\w-]+)\s*=")


class WrongData(Exception):
    """A data file breaks a rule, and the service must not start with it.

    `line` is the line of the key, or of the table that lacks it.
    """

    def __init__(self, file: str, key: str, rule: str, line: int | None = None) -> None:
        place = f"{file}: {key}" if key else file
        super().__init__(f"{place}: {rule}" + (f" (line {line})" if line else ""))
        self.file = file
        self.key = key
        self.rule = rule
        self.line = line


def read_data_file(path: Path) -> "DataTable":
    """The root table of a TOML file. Raises WrongData, with the line of a syntax error."""
    return read_data(path.name, path.read_bytes())


def read_data(name: str, content: bytes) -> "DataTable":
    """The root table of a file's content, wherever it is stored."""
    try:
        text = content.decode("utf-8")
        return DataTable(name, "", tomllib.loads(text), text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongData(name, "", f"not TOML: {error}") from error


def line_of(text: str, key: str) -> int | None:
    """The line of a key like `days_off[3].date`, else of the nearest table around it.

    The parser reports no lines, so they are found by the layout of our files.
    """
    nearest: tuple[int, int | None] = (0, None)
    for number, path in _paths(text):
        if path == key:
            return number
        if key.startswith((f"{path}.", f"{path}[")) and len(path) > nearest[0]:
            nearest = len(path), number
    return nearest[1]


def _paths(text: str) -> Iterator[tuple[int, str]]:
    """The line and path of each key: `days_off[3]`, `days_off[3].date`."""
    lists: Counter[str] = Counter()
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := HEADER.match(line):
            brackets, name = header.groups()
            lists[name] += brackets == "[["
            above, _, last = name.rpartition(".")
            within = f"{above}[{lists[above]}].{last}" if lists[above] else name
            table = f"{name}[{lists[name]}]" if brackets == "[[" else within
            yield number, table
        elif entry := ENTRY.match(line):
            yield number, f"{table}.{entry[1]}" if table else entry[1]


class DataTable:
    """One table of a data file, which knows the keys that were not read yet."""

    def __init__(self, file: str, key: str, content: dict[str, Any], text: str = "") -> None:
        self.file = file
        self.key = key
        self._content = content
        self._text = text
        self._unread = set(content)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        if failure is None:
            for key in sorted(self._unread):
                raise self.wrong(key, "is not known here")

    def string(self, key: str) -> str:
        value = self._take(key, str, "a text")
        if not value.strip() or value != value.strip():
            raise self.wrong(key, "must not be empty or have blanks around it")
        if found := UNSEEN.search(value):
            raise self.wrong(key, f"holds a character that can't be seen (U+{ord(found[0]):04X})")
        return value

    def number(self, key: str, *, least: int) -> int:
        value = self._take(key, int, "a whole number")
        if value < least:
            raise self.wrong(key, f"must be at least {least}, not {value}")
        return value

    def share(self, key: str) -> float:
        value = self._take(key, float, "a number with a decimal point")
        if not 0 <= value <= 1:
            raise self.wrong(key, f"must lie between 0.0 and 1.0, not {value}")
        return value

    def flag(self, key: str) -> bool:
        return self._take(key, bool, "true or false")

    def date(self, key: str) -> dt.date:
        return self._take(key, dt.date, "a date without quotes, as 2026-11-02")

    def time(self, key: str) -> dt.time:
        return self._take(key, dt.time, "a time without quotes, as 07:30:00")

    def strings(self, key: str) -> tuple[str, ...]:
        values: list[Any] = self._take(key, list, "a list of texts")
        if not all(type(value) is str and value for value in values):
            raise self.wrong(key, "must be a list of texts")
        if len(set(values)) < len(values):
            raise self.wrong(key, "names one thing twice")
        return tuple(values)

    def table(self, key: str) -> "DataTable":
        return DataTable(self.file, self._path(key), self._take(key, dict, "a table"), self._text)

    def tables(self, key: str) -> list["DataTable"]:
        values: list[Any] = self._take(key, list, "a list of tables")
        if not values or not all(type(value) is dict for value in values):
            raise self.wrong(key, "must be a list of tables")
        return [
            DataTable(self.file, f"{self._path(key)}[{index}]", value, self._text)
            for index, value in enumerate(values, start=1)
        ]

    def entries(self) -> list[tuple[str, "DataTable"]]:
        """The sub-tables by name; at least one."""
        if not self._unread:
            raise self.wrong("", "must name at least one")
        return [(name, self.table(name)) for name in self._content if name in self._unread]

    def has(self, key: str) -> bool:
        """Whether the key exists, also as a path into a sub-table: `channels.email`."""
        content: Any = self._content
        for part in key.split("."):
            if not isinstance(content, dict) or part not in content:
                return False
            content = content[part]
        return True

    def wrong(self, key: str, rule: str) -> WrongData:
        path = self._path(key)
        return WrongData(self.file, path, rule, line_of(self._text, path))

    def _path(self, key: str) -> str:
        return ".".join(filter(None, (self.key, key)))

    def _take(self, key: str, kind: type[T], expected: str) -> T:
        if key not in self._content:
            raise self.wrong(key, f"is missing: {expected}")
        self._unread.discard(key)
        value = self._content[key]
        if type(value) is not kind:  # not isinstance: a bool is no number, an instant no date
            raise self.wrong(key, f"must be {expected}, not {value!r}")
        return value


def read_text(table: DataTable) -> Text:
    """A text in both languages."""
    with table:
        return Text(id=table.string("id"), en=table.string("en"))
