"""The tables of a page, as a reader sees them: caption, and rows of cells."""

import re
from html.parser import HTMLParser

from tests.support.pages.markup import SOFT_HYPHEN

Rows = list[list[str]]


class Tables(HTMLParser):
    """`found`: each table's rows by its caption, the head's row first."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, Rows] = {}
        self._rows: Rows = []
        self._words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._rows = []
        elif tag == "tr":
            self._rows.append([])
        if tag in ("caption", "th", "td"):
            self._words = []

    def handle_data(self, data: str) -> None:
        self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        said = re.sub(r"\s+", " ", "".join(self._words)).strip().replace(SOFT_HYPHEN, "")
        if tag == "caption":
            assert said not in self.found, "two tables of the same name"
            self.found[said] = self._rows
        elif tag in ("th", "td"):
            self._rows[-1].append(said)
