"""The languages: each text exists in Indonesian and English, and Indonesian is the default."""

from collections.abc import Mapping
from typing import Literal

from shared.text import Text

Language = Literal["id", "en"]
OTHER: Mapping[Language, Language] = {"id": "en", "en": "id"}

QUALITY_WHEN_SILENT = 1.0


def say(text: Text, language: Language) -> str:
    return text.en if language == "en" else text.id


def preferred(accept_language: str | None) -> Language:
    """The language preferred by an Accept-Language header (RFC 9110, 12.5.4)."""
    wanted: dict[str, float] = {}
    for part in (accept_language or "").split(","):
        tag, _, parameters = part.partition(";")
        wanted.setdefault(tag.strip().lower().split("-")[0], _quality(parameters))
    english = wanted.get("en", 0.0)
    return "en" if english > wanted.get("id", wanted.get("*", 0.0)) else "id"


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip().lower() != "q":
        return QUALITY_WHEN_SILENT
    try:
        return float(value)
    except ValueError:
        return 0.0
