"""The structure of a page, as a strict parser reads it."""

import re
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "hr", "input", "img"}
SOFT_HYPHEN = "\N{SOFT HYPHEN}"

Attributes = dict[str, str | None]


class Markup(HTMLParser):
    """An element that is closed in the wrong place, or never, is an error."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, Attributes]] = []
        self.paths: list[str] = []  # of each element: the names of those around it, and its own
        self.words: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    @property
    def text(self) -> str:
        """All words, with one space between them; spaces that must not break a line stay."""
        return re.sub(r"[ \n]+", " ", " ".join(self.words).replace(SOFT_HYPHEN, ""))

    def all(self, name: str) -> list[Attributes]:
        return [attributes for tag, attributes in self.elements if tag == name]

    def links(self) -> list[str]:
        return [str(each["href"]) for each in self.all("a")]

    def ids(self) -> list[str]:
        return [str(each["id"]) for _, each in self.elements if "id" in each]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.paths.append("/".join([*self.open, tag]))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.words.append(data.strip())
