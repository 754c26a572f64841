"""The errors of the event log. Each docstring says what the error means for the events."""

from collections.abc import Sequence
from uuid import UUID

from shared.eventstore.records import Epoch, Head


class EventLogError(Exception):
    """The base of the log's errors."""


# Errors of an append. Unless the docstring says otherwise, nothing was and nothing will be written.


class VersionConflict(EventLogError):
    """Another command appended to the aggregate since it was loaded: load and decide again."""

    def __init__(self, originator_id: UUID, *, expected: int, found: int | None) -> None:
        super().__init__(
            f"{originator_id} is at version {found or 'none'}, not at {expected} as when loaded"
        )
        self.originator_id = originator_id
        self.expected = expected
        self.found = found


class NameTaken(EventLogError):
    """Another stream holds the claimed name; `holder` is the first of them."""

    def __init__(self, holder: UUID) -> None:
        super().__init__(f"{holder} holds the name that was claimed")
        self.holder = holder


class KeyReused(EventLogError):
    """This idempotency key was used before, with another request."""

    def __init__(self) -> None:
        super().__init__("this idempotency key came before, with another request")


class LogBusy(EventLogError):
    """The queue is full, or the database is unavailable: try again later."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"too much waits to be written; again in {retry_after_seconds} s")
        self.retry_after_seconds = retry_after_seconds


class OutcomeUnknown(EventLogError):
    """The events may be in the log or not, or come into it within seconds.

    Repeat the command with the same key: it waits for the lock that a commit under way holds, and
    is then replayed or written. A read is no proof.
    """


class LogClosed(EventLogError):
    """The log was closed, or its writer has ended."""


class CommandTooLarge(EventLogError):
    """More events or bytes than one command may have."""


class UnstorableEvent(EventLogError):
    """The event holds a value that can't be stored, or would be read back differently.

    A tuple would become a list, for instance, and NaN is no JSON. Names the field, not its value.
    """


class UnsealedText(EventLogError):
    """An event has personal fields, and there is no keyring to seal them."""


class AppendFailed(EventLogError):
    """The database refused this command, and only this one; the cause is attached."""


# Errors of reading.


class AggregateNotFound(EventLogError):
    """The log holds no such aggregate of this kind."""

    def __init__(self, kind: str, originator_id: UUID) -> None:
        super().__init__(f"there is no {kind} {originator_id}")
        self.originator_id = originator_id


class HistoryLost(EventLogError):
    """A follower has read an event that the log no longer holds: a restore or a failover lost it.

    head: the log's last position. epochs: the ranges that its positions were written in.
    """

    def __init__(self, position: int, *, head: Head, epochs: Sequence[Epoch]) -> None:
        super().__init__(f"the log holds another event at {position}; it ends at {head.position}")
        self.position = position
        self.head = head
        self.epochs = epochs


class BeyondHead(HistoryLost):
    """A follower asks for what follows a position that the log hasn't reached."""


class UnreadableEvent(EventLogError):
    """The log holds an event that this code can't decode."""


class UnknownTopic(UnreadableEvent):
    """The topic has no class here: a newer release, or another service, wrote the event."""


class NewerEvent(UnreadableEvent):
    """The event has a later version than this code knows: a newer release wrote it."""


class SealBroken(UnreadableEvent):
    """A sealed text or key doesn't open: it has another master key, or was moved or changed."""


class WrongMasterKey(EventLogError):
    """The log is under another master key: with this one, what it holds could not be read."""

    def __init__(self, in_force: bytes | None, *, retired: bool = False) -> None:
        """in_force: the check value of the log's key; None: it isn't known."""
        named = "" if in_force is None else f" (check value {in_force.hex()[:8]})"
        super().__init__(
            f"JANJI_MASTER_KEY is not the key that this log is sealed with{named}: give that one"
            + (" instead of one that was retired" if retired else "")
        )


class LogUnavailable(EventLogError):
    """The database can't be reached, or can't hold the log; the message is one line."""
