"""The caption of a drawing: "56 dari 59 tepat waktu; 3 dalam proses".

There is one denominator: b in "a of b on time" is always the number of decided cases. Undecided,
withdrawn and forwarded cases are named after them, never included.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from services.projections.page.words import WORDS
from shared.text import Text
from shared.web.language import Language, say
from shared.web.page.formatting import number

# A request can't be forwarded, reopened or reclassified, and a complaint can't be withdrawn.
NEVER: Mapping[str, frozenset[str]] = {
    "requests": frozenset({"forwarded", "reopened", "reopenings", "reclassified"}),
    "complaints": frozenset({"withdrawn"}),
}
UNDECIDED = ("running", "waiting", "withdrawn", "forwarded")

OF_DECIDED = Text(id="{kept} dari {decided} tepat waktu", en="{kept} of {decided} on time")
KEPT_OF_DECIDED = Text(id="{kept} dari {decided} terpenuhi", en="{kept} of {decided} kept")
NONE_DECIDED = Text(id="belum ada yang jatuh tempo", en="none has fallen due yet")
STILL_RUNNING = Text(id="masih berjalan", en="still running")


def word_of(key: str, service: str) -> Text:
    """The word for this key and service."""
    return WORDS.get(f"{key}_{service}", WORDS[key])


def of_cases(service: str, figures: Mapping[str, Any], language: Language) -> str:
    """Of a whole identity: a service's, or a kind's."""
    not_on_time = figures["late"] + figures["overdue"]
    rest = [(figures[state], word_of(state, service)) for state in UNDECIDED]
    return _said(OF_DECIDED, figures["on_time"], not_on_time, rest, language)


def of_released(row: Mapping[str, Any], language: Language) -> str:
    """Of a row of a release: a category, a channel, or several of them together."""
    rest = [(undecided_of(row), WORDS["undecided"])]
    return _said(OF_DECIDED, row["on_time"], row["not_on_time"], rest, language)


def of_deadline(row: Mapping[str, Any], language: Language) -> str:
    """Of a clock that runs beside the promise."""
    rest = [(row["running"], STILL_RUNNING)]
    return _said(KEPT_OF_DECIDED, row["kept"], row["missed"], rest, language)


def undecided_of(row: Mapping[str, Any]) -> int:
    return int(row["received"] - row["on_time"] - row["not_on_time"])


def _said(
    kept_of: Text, kept: int, missed: int, rest: Iterable[tuple[int, Text]], language: Language
) -> str:
    decided = kept + missed
    values = {"kept": number(kept, language), "decided": number(decided, language)}
    first = say(kept_of if decided else NONE_DECIDED, language).format(**values)
    others = ", ".join(
        f"{number(count, language)} {say(words, language).lower()}"
        for count, words in rest
        if count
    )
    return "; ".join(filter(None, (first, others)))
