"""No text on a page stands outside a catalogue, and no catalogue lacks a language or a use."""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from string import Formatter

import pytest
from jinja2 import Environment

from services.projections.api.downloads.workbook_sheets import TABLES, WORKBOOK
from services.projections.page import sentences
from services.projections.page.drawings import captions
from services.projections.page.examples import EXAMPLES
from services.projections.page.fact_words import TO_BE_CONFIRMED
from services.projections.page.routes import TEMPLATES
from services.projections.page.rules import CLOCK_RULES, STATISTICS_RULES
from services.projections.page.words import WORDS
from services.projections.read_models.history.revisions import FIGURES, REASONS
from shared.cases.web import wall_calendar
from shared.text import Text
from shared.web.page.shell import HERE
from shared.web.page.words import SHELL

# For programmers, in English; all kinds of problem in both languages on one page.
NOT_FOR_THE_PUBLIC = {"docs.html", "problems.html"}
PAGES = [
    path
    for folder in (TEMPLATES, HERE / "templates")
    for path in sorted(folder.glob("*.html"))
    if path.name not in NOT_FOR_THE_PUBLIC
]
TAG = re.compile(r"<[^>]*>")
ATTRIBUTE = re.compile(r' [\w-]+="[^"]*"?|\bgovuk-[\w\0-]+')  # that a macro gives to a tag
SPOKEN = re.compile(r'(?:aria-label|alt|title|placeholder|content)="([^"]*)')
LETTERS = re.compile(r"[^\W\d_]{2,}")

# The same in every language: names of formats and codes, and what the head of a page says to a
# browser.
NAMES = {"CSV", "JSON", "SK", "HTTP", "utf", "light", "dark", "width", "device", "initial", "scale"}

TEXTS = [
    *chain(WORDS.values(), SHELL.values(), TO_BE_CONFIRMED.values(), CLOCK_RULES.values()),
    *chain(*STATISTICS_RULES),
    *(example.story for example in EXAMPLES.values()),
    *chain(wall_calendar.LEGEND.values(), wall_calendar.WORDS.values()),
    *(each for each in vars(sentences).values() if isinstance(each, Text)),
    *(each for each in vars(captions).values() if isinstance(each, Text)),
    *chain(WORKBOOK.values(), TABLES.values()),
]


def untranslated(template: str) -> Iterator[str]:
    """Words of a template that no catalogue gave it, in its text and in what is read aloud."""
    tokens = Environment(autoescape=True).lex(template)
    html = "".join(value if kind == "data" else "\0" for _, kind, value in tokens)
    for text in (ATTRIBUTE.sub(" ", TAG.sub(" ", html)), *SPOKEN.findall(html)):
        yield from (word for word in LETTERS.findall(text) if word not in NAMES)


def named(path: Path) -> set[str]:
    """The keys that a template takes from the catalogue by their name."""
    return set(re.findall(r"""word\(["'](\w+)["']""", path.read_text()))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_text_of_a_template_stands_outside_the_catalogue(path: Path) -> None:
    assert list(untranslated(path.read_text())) == []


def test_a_text_that_somebody_forgot_would_be_found() -> None:
    forgotten = '<p title="Halo">{{ word("received") }} cases <b>{% if x %}late{% endif %}</b></p>'

    assert list(untranslated(forgotten)) == ["cases", "late", "Halo"]


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.en[:40])
def test_every_text_is_there_in_both_languages_and_names_the_same_values(text: Text) -> None:
    def values(said: str) -> set[str | None]:
        return {field for _, field, _, _ in Formatter().parse(said) if field}

    assert text.id.strip()
    assert text.en.strip()
    assert values(text.id) == values(text.en)


@pytest.mark.parametrize("why", REASONS)
def test_every_reason_has_words(why: str) -> None:
    assert WORDS[f"why_{why}"].id


@pytest.mark.parametrize("figure", FIGURES)
def test_every_figure_that_can_be_revised_has_words(figure: str) -> None:
    assert figure in WORDS or figure == "on_time_rate"  # its two counts are shown instead
