"""Copies of the shipped data files, in which a test changes a line."""

import shutil
from pathlib import Path

from shared.promise.standard import DATA

STANDARD = "09-diskominfo-2022.toml"
NEXT_STANDARD = "10-diskominfo-2030.toml"
YEAR_2025 = "calendar/2025.toml"
YEAR_2026 = "calendar/2026.toml"
AGENCIES = "agencies.toml"


class DataFiles:
    """A copy of the shipped data."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(shutil.copytree(DATA, folder))

    def change(self, file: str, old: str, new: str) -> None:
        text = self._read(file)
        assert old in text, f"{file} has no {old!r}"
        (self.folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    def add(self, file: str, more: str) -> None:
        (self.folder / file).write_text(self._read(file) + more, encoding="utf-8")

    def copy(self, file: str, to: str) -> None:
        shutil.copy(self.folder / file, self.folder / to)

    def _read(self, file: str) -> str:
        return (self.folder / file).read_text(encoding="utf-8")
