"""A follower's place in a source's log: `<position>.<first 16 hex digits of that event's hash>`.

A position alone can't tell a restored log from the one that was followed. With the hash, the feed
answers 409 where the log holds another event there, so nobody passes over a restore unaware.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.eventstore.records import NO_HASH, Recorded

_HASH_DIGITS = 16
# Not \d: the servers' regular expressions know digits of all scripts, newer ones than `int`.
PATTERN = rf"^[0-9]{{1,18}}\.[0-9a-f]{{{_HASH_DIGITS}}}$"


@dataclass(frozen=True, slots=True)
class LogCursor:
    """The last event that was read. `hash_prefix` is None for a position that is only believed."""

    position: int
    hash_prefix: str | None = None

    @classmethod
    def of(cls, position: int, hash: bytes) -> LogCursor:  # noqa: A002
        return cls(position, hash.hex()[:_HASH_DIGITS])

    @classmethod
    def parse(cls, text: str) -> LogCursor:
        """From a text of `PATTERN`."""
        position, _, hash_prefix = text.partition(".")
        return cls(int(position), hash_prefix)

    def found_in(self, recorded: Recorded | None) -> LogCursor | None:
        """The cursor of the event at this position, if it is the one that is meant.

        recorded: the log's event there; None before the first one, or if the log ends earlier.
        """
        if recorded is None:
            found = LogCursor.of(0, NO_HASH)
        else:
            found = LogCursor.of(recorded.position, recorded.hash)
        is_meant = self.hash_prefix in (None, found.hash_prefix)
        return found if is_meant and found.position == self.position else None

    def __str__(self) -> str:
        return f"{self.position}.{self.hash_prefix}"
