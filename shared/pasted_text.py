"""Text as people paste it: what Word, WhatsApp and a phone put into it unseen.

Next: `case_number.py` reads numbers by it; `shared/web/fields.py` says which field allows what.
"""

import re
import unicodedata

CHARACTERS_MAX = 200  # of a pasted number; beyond, it is none

# What Unicode calls default ignorable (soft hyphen, zero-width, bidirectional, fillers, tags), and
# the marks of interlinear annotation; not the variation selectors, which emoji are made with.
HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")  # no-break, narrow, wide
DASHES = re.compile("[\u02d7\u058a\u2010-\u2015\u2043\u2212\u2e3a\u2e3b\ufe58]")
GAPS = re.compile(r"[\s-]+")
AROUND = re.compile(r"^[\W_]+|[\W_]+$")  # quotes, brackets, a full stop, WhatsApp's asterisks


def plain(text: str) -> str:
    """Without what nobody sees; full-width letters, odd spaces and dashes as the plain ones."""
    shown = HIDDEN.sub("", unicodedata.normalize("NFKC", text))
    return DASHES.sub("-", SPACES.sub(" ", shown))


def compact(text: str) -> str:
    """The letters and digits of a number or code, however it was set; "" of what is too long."""
    if len(text) > CHARACTERS_MAX:
        return ""
    return GAPS.sub("", AROUND.sub("", plain(text)))


def is_blank(text: str) -> bool:
    """Whether nothing of it can be seen."""
    return not plain(text).strip()
