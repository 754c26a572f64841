"""The number under which a case is known: PRM-XXXX-XXXX-C for requests, ADU-XXXX-XXXX-C for
complaints.

Eight random characters of Crockford's base 32, which leaves out the letters that are taken for
digits, and a check character of the same alphabet by Luhn's rule modulo 32. It catches every
mistaken character and every swap of two neighbours, except that of a 0 with a Z.
"""

import secrets
from collections.abc import Callable
from uuid import NAMESPACE_DNS, UUID, uuid5

from shared.pasted_text import compact
from shared.refusals import Refusal

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX_CHARACTERS = 3
RANDOM_CHARACTERS = 8  # 40 bits: with a million cases, the next number is new all but once in 10**6

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_LOOKALIKES = str.maketrans("OIL", "011")

# For ever: a case's id in the log is made from this and its number.
_CASES = uuid5(NAMESPACE_DNS, "janji.diskominfo.kalbarprov.go.id")


class MalformedNumber(Refusal):
    """Not a case number at all: other prefix, length or characters."""

    def __init__(self, text: str, prefix: str) -> None:
        super().__init__(f"not a number of the form {prefix}-XXXX-XXXX-C: {text[:40]!r}")
        self.text = text
        self.prefix = prefix


class MistypedNumber(Refusal):
    """The form is right, the check character is not: somebody mistyped it."""

    def __init__(self, number: str) -> None:
        super().__init__(f"the check character of {number} is wrong: mistyped")
        self.number = number


def new_number(prefix: str, random: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """Draw a number for a new case. That it is unused is for the log to find out."""
    drawn = int.from_bytes(random(RANDOM_CHARACTERS * 5 // 8))
    characters = "".join(
        ALPHABET[drawn >> shift & 31] for shift in range(0, RANDOM_CHARACTERS * 5, 5)
    )
    return _written(prefix, characters + _check_character(characters))


def read_number(text: str, prefix: str) -> str:
    """The number as it is written in the log, from what a person typed, pasted or read out.

    Small letters, O, I, L for 0, 1, 1, and all that `pasted.py` names are understood.
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
    """The prefix of what may be a number: what `read_number` will look for."""
    return _typed(text)[:PREFIX_CHARACTERS]


def case_id(number: str) -> UUID:
    """The aggregate's id, made from the canonical number: no table has to be looked up."""
    return uuid5(_CASES, number)


def _typed(text: str) -> str:
    """Only ASCII is made upper case: a Turkish dotless i would become an I."""
    typed = compact(text)
    return typed.upper() if typed.isascii() else ""


def _written(prefix: str, characters: str) -> str:
    return f"{prefix}-{characters[:4]}-{characters[4:8]}-{characters[8]}"


def _check_character(characters: str) -> str:
    """Luhn's rule: from the right, double every other value and add up the two digits."""
    total = 0
    for position, character in enumerate(reversed(characters)):
        value = _VALUES[character] * (2 - position % 2)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]
