"""The number of an imported case, derived from the office's key, the same at every import.

The derivation uses a key of the log, so that a number can't be guessed from the office's key. A
number has 40 bits, so two of a million cases may collide. Each key therefore has two candidates,
and takes the second if another case has the first.
"""

import base64
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from shared.eventstore.records import CommandKey
from shared.promise.case_number import new_number

CANDIDATES = 2


@dataclass(frozen=True, slots=True, order=True)
class CaseKey:
    """The office's key of a case. The same key in the other service is another case."""

    service: str
    case: str


class Secrets:
    """Derives case numbers and command keys that don't reveal the office's keys."""

    def __init__(self, secret: bytes) -> None:
        """`secret` stays the same under every master key, so that an import finds its cases."""
        self._secret = secret

    def candidates(self, key: CaseKey, prefix: str) -> Sequence[str]:
        """The possible numbers of the case, the preferred one first."""
        return [
            new_number(prefix, partial(self._drawn, key, number)) for number in range(CANDIDATES)
        ]

    def command_key(self, key: CaseKey, *, after_version: int, content: str) -> CommandKey:
        """The key of the append of a case's new rows: equal rows give an equal key."""
        name = json.dumps(["append", key.service, key.case, after_version])
        digest = hmac.digest(self._secret, name.encode(), "sha256")
        return CommandKey(
            key=base64.urlsafe_b64encode(digest).decode(),
            request_hash=hmac.digest(self._secret, b"content " + content.encode(), "sha256"),
        )

    def _drawn(self, key: CaseKey, number: int, length: int) -> bytes:
        name = json.dumps(["number", key.service, key.case, number])
        return hmac.digest(self._secret, name.encode(), "sha256")[:length]


class Numbers:
    """The numbers of one import, unique among its cases."""

    def __init__(self) -> None:
        self._taken: dict[str, CaseKey] = {}

    def settle(
        self,
        key: CaseKey,
        candidates: Sequence[str],
        *,
        imported: Mapping[str, datetime],
        received_at: datetime | None,
    ) -> str | None:
        """The number of a case during this import; None if it is ambiguous.

        `imported` maps the candidates that an import has made to their receipt's instant; the
        case's receipt distinguishes them, if the file has it.
        """
        free = [each for each in candidates if self._taken.get(each, key) == key]
        known = [each for each in free if each in imported]
        same = [each for each in known if imported[each] == received_at]
        found = same or (known if len(known) == 1 else [] if known else free)
        if not found:
            return None
        self._taken[found[0]] = key
        return found[0]
