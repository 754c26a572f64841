"""Reading the office's data files strictly: a wrong file is refused, never half understood.

A table is read key by key inside `with table:`, which refuses at its end what nobody asked for:
that is a typo, and as bad as a missing key. A refusal names the file, the line or the key, and
the rule.
"""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any, Self, TypeVar

T = TypeVar("T")


class WrongData(Exception):
    """A data file breaks a rule; the service must not start on it."""

    def __init__(self, file: str, key: str, rule: str) -> None:
        super().__init__(f"{file}: {key}: {rule}" if key else f"{file}: {rule}")
        self.file = file
        self.key = key
        self.rule = rule


def read_data_file(path: Path) -> "Table":
    """The root table of a TOML file. What can't be parsed is refused with its line."""
    try:
        return Table(path.name, "", tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongData(path.name, "", f"not TOML: {error}") from error


class Table:
    """One table of a data file, remembering which of its keys nobody has read yet."""

    def __init__(self, file: str, key: str, content: dict[str, Any]) -> None:
        self.file = file
        self.key = key
        self._content = content
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

    def table(self, key: str) -> "Table":
        return Table(self.file, self._path(key), self._take(key, dict, "a table"))

    def tables(self, key: str) -> list["Table"]:
        values: list[Any] = self._take(key, list, "a list of tables")
        if not values or not all(type(value) is dict for value in values):
            raise self.wrong(key, "must be a list of tables")
        return [
            Table(self.file, f"{self._path(key)}[{index}]", value)
            for index, value in enumerate(values, start=1)
        ]

    def entries(self) -> list[tuple[str, "Table"]]:
        """The sub-tables, each with its own name; at least one."""
        if not self._unread:
            raise self.wrong("", "must name at least one")
        return [(name, self.table(name)) for name in self._content if name in self._unread]

    def has(self, key: str) -> bool:
        """Whether there is such a key, also in a table below it: `channels.email`."""
        content: Any = self._content
        for part in key.split("."):
            if not isinstance(content, dict) or part not in content:
                return False
            content = content[part]
        return True

    def wrong(self, key: str, rule: str) -> WrongData:
        return WrongData(self.file, self._path(key), rule)

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
