"""Normalizes pasted text: Word, WhatsApp and phones insert invisible characters.

Next: `shared/promise/case_number.py` reads numbers with it, and `shared/web/fields.py` says which
field accepts which characters.
"""

import re
import unicodedata

CHARACTERS_MAX = 200  # a longer text is not a pasted number

# What Unicode calls default ignorable (soft hyphen, zero-width, bidirectional, fillers, tags), and
# the marks of interlinear annotation; not the variation selectors, which emoji are made with.
HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
# Those of HIDDEN that turn the direction of what follows, so that it reads as something else.
DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")  # no-break, narrow, wide
DASHES = re.compile("[\u02d7\u058a\u2010-\u2015\u2043\u2212\u2e3a\u2e3b\ufe58]")
GAPS = re.compile(r"[\s-]+")
AROUND = re.compile(r"^[\W_]+|[\W_]+$")  # quotes, brackets, a full stop, WhatsApp's asterisks


def plain(text: str) -> str:
    """The text without invisible characters, with plain letters, spaces and dashes."""
    shown = HIDDEN.sub("", unicodedata.normalize("NFKC", text))
    return DASHES.sub("-", SPACES.sub(" ", shown))


def compact(text: str) -> str:
    """The letters and digits of a number or code without separators; "" if it is too long."""
    if len(text) > CHARACTERS_MAX:
        return ""
    return GAPS.sub("", AROUND.sub("", plain(text)))


def is_blank(text: str) -> bool:
    """Whether the text has no visible character."""
    return not plain(text).strip()
