"""E-mail addresses and telephone numbers: their shape, and the form in which they are kept.

No check is made that an address exists. No library: what an address book accepts is less than
what the RFCs allow, and E.164 is fifteen digits.
"""

import re

from shared.pasted_text import plain

COUNTRY = "62"
PHONE_DIGITS_MIN = 9
PHONE_DIGITS_MAX = 15  # of E.164, with the country's
EMAIL_CHARACTERS_MAX = 254  # RFC 5321
MAILBOX_CHARACTERS_MAX = 64

_SET = re.compile(r"[\s().-]")
_PHONE = re.compile(r"(\+|00)?([0-9]+)")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@((?:{_LABEL}\.)+(?=[A-Za-z]){_LABEL})")


def email_of(text: str) -> str | None:
    """The address that was meant, `mailbox@domain.tld`; None if that is none."""
    typed = plain(text).strip()
    match = _EMAIL.fullmatch(typed)
    if match is None or len(typed) > EMAIL_CHARACTERS_MAX:
        return None
    return typed if len(match[1]) <= MAILBOX_CHARACTERS_MAX else None


def phone_of(text: str) -> str | None:
    """The number as +<country><number>; None if it is malformed, or its country is unknown.

    A number of Indonesia begins with 0, 62, +62 or the 8 of a mobile one; of another country with
    + or 00.
    """
    match = _PHONE.fullmatch(_SET.sub("", plain(text)))
    if match is None or len(match[2]) < PHONE_DIGITS_MIN:
        return None
    digits = match[2] if match[1] else _with_country(match[2])
    if digits.startswith(f"{COUNTRY}0"):  # +62 (0)812
        digits = COUNTRY + digits.removeprefix(f"{COUNTRY}0")
    is_one = digits[:1] != "0" and PHONE_DIGITS_MIN <= len(digits) <= PHONE_DIGITS_MAX
    return f"+{digits}" if is_one else None


def _with_country(digits: str) -> str:
    """The digits of a number dialled in Indonesia, with the country code; "" if it is none."""
    if digits.startswith(COUNTRY):
        return digits
    national = digits.removeprefix("0")
    return COUNTRY + national if digits[0] in "08" else ""
