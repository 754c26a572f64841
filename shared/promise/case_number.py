"""The number of a case: PRM-XXXX-XXXX-C for requests, ADU-XXXX-XXXX-C for complaints.

It has eight random characters of Crockford's base 32, which leaves out letters that look like
digits, and a check character of the same alphabet by Luhn's algorithm modulo 32. The check detects
every wrong character and every swap of two neighbours, except that of a 0 with a Z.
"""

import secrets
from collections.abc import Callable
from uuid import NAMESPACE_DNS, UUID, uuid5

from shared.pasted_text import compact
from shared.refusals import Refusal

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX_CHARACTERS = 3
RANDOM_CHARACTERS = 8  # 40 bits: with a million cases, a new number collides once in 10**6

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_LOOKALIKES = str.maketrans("OIL", "011")

# Must never change: the id of a case in the log is derived from this and its number.
_CASES = uuid5(NAMESPACE_DNS, "janji.diskominfo.kalbarprov.go.id")


class MalformedNumber(Refusal):
    """The text is no case number: it has another prefix, length or characters."""

    def __init__(self, text: str, prefix: str) -> None:
        super().__init__(f"not a number of the form {prefix}-XXXX-XXXX-C: {text[:40]!r}")
        self.text = text
        self.prefix = prefix


class MistypedNumber(Refusal):
    """The form is right but the check character is not: the number is mistyped."""

    def __init__(self, number: str) -> None:
        super().__init__(f"the check character of {number} is wrong: mistyped")
        self.number = number


def new_number(prefix: str, random: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """Draw a number for a new case. The log detects a number that is in use."""
    drawn = int.from_bytes(random(RANDOM_CHARACTERS * 5 // 8))
    characters = "".join(
        ALPHABET[drawn >> shift & 31] for shift in range(0, RANDOM_CHARACTERS * 5, 5)
    )
    return _written(prefix, characters + _check_character(characters))


def read_number(text: str, prefix: str) -> str:
    """The canonical number, from a text that a person typed, pasted or dictated.

    It accepts small letters, O, I, L for 0, 1, 1, and everything that `pasted_text.py` names.
    """
    typed = _typed(text)
    characters = typed.removeprefix(prefix).translate(_LOOKALIKES)
    if (
        not typed.startswith(prefix)
        or len(characters) != RANDOM_CHARACTERS + 1
        or not all(character in _VALUES for character in characters)
    ):
        raise MalformedNumber(text, prefix)
    number = _written(prefix, characters)
    if characters[-1] != _check_character(characters[:-1]):
        raise MistypedNumber(number)
    return number


def prefix_of(text: str) -> str:
    """The prefix of a text that may be a number, for `read_number`."""
    return _typed(text)[:PREFIX_CHARACTERS]


def case_id(number: str) -> UUID:
    """The aggregate's id, derived from the canonical number without a lookup."""
    return uuid5(_CASES, number)


def _typed(text: str) -> str:
    """Only ASCII becomes upper case: a Turkish dotless i would become an I."""
    typed = compact(text)
    return typed.upper() if typed.isascii() else ""


def _written(prefix: str, characters: str) -> str:
    return f"{prefix}-{characters[:4]}-{characters[4:8]}-{characters[8]}"


def _check_character(characters: str) -> str:
    """Luhn's algorithm: from the right, double every other value and add its two digits."""
    total = 0
    for position, character in enumerate(reversed(characters)):
        value = _VALUES[character] * (2 - position % 2)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]
