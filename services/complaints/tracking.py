"""The tracking secret, by which a complainant is recognised.

It is derived from the complaint's id and never stored, so no table, backup or log can give it
away, and a repeated receipt names the same one. The check never looks at the log: a wrong secret
and an unknown number cost the same time and get the same answer.
"""

import base64
import hmac
from collections.abc import Callable
from uuid import UUID

from shared.pasted_text import compact

SECRET_BYTES = 20  # 160 bits, 32 characters of base 32: to be typed from paper


class TrackingSecrets:
    """Makes and checks the secrets."""

    def __init__(self, key: Callable[[], bytes]) -> None:
        """`key` stays the same under every master key, so that no receipt becomes void."""
        self._key = key

    def of(self, complaint_id: UUID) -> str:
        digest = hmac.digest(self._key(), complaint_id.bytes, "sha256")
        return base64.b32encode(digest[:SECRET_BYTES]).decode().lower()

    def fits(self, complaint_id: UUID, secret: str) -> bool:
        """In constant time, whatever was typed or pasted."""
        given = read_secret(secret)
        return hmac.compare_digest(self.of(complaint_id).encode(), given.encode())


def read_secret(text: str) -> str:
    """The secret as it is derived, from what a person typed or pasted; "" if that is nothing."""
    return compact(text).lower()
