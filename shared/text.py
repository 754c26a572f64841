"""A text in both languages of the office's public: Indonesian and English side by side."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """What the public or the staff read: Indonesian first, and English."""

    id: str
    en: str
