"""Which case is which: a number that is made from the office's own key, the same at every import.

It is derived with the master key, so nobody can guess it from the office's key. A number has 40
bits: among a million cases two may well be given the same one. So each key has two candidates,
and takes the second where the first is somebody else's.
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
    """A case as the office names it. The same key of the other service is another case."""

    service: str
    case: str


class Secrets:
    """Numbers and keys of commands, from which the office's keys can't be read."""

    def __init__(self, master_key: bytes) -> None:
        self._secret = hmac.digest(master_key, b"janji imported cases", "sha256")

    def candidates(self, key: CaseKey, prefix: str) -> Sequence[str]:
        """The numbers that the case may have, the likeliest first."""
        return [
            new_number(prefix, partial(self._drawn, key, number)) for number in range(CANDIDATES)
        ]

    def command_key(self, key: CaseKey, *, after_version: int, content: str) -> CommandKey:
        """Of the append of what is new of a case: the same for the same, however often."""
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
    """The numbers of one import: no two of its cases have the same."""

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
        """The number of a case, for as long as this import lasts; None if it can't be told.

        `imported` are those candidates that an import has made, and when each was received; the
        case's own receipt tells them apart, if the file has it.
        """
        free = [each for each in candidates if self._taken.get(each, key) == key]
        known = [each for each in free if each in imported]
        same = [each for each in known if imported[each] == received_at]
        found = same or (known if len(known) == 1 else [] if known else free)
        if not found:
            return None
        self._taken[found[0]] = key
        return found[0]
