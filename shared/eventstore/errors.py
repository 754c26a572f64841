"""Why the log did not do what it was asked. What each says about the events is in its docstring."""

from uuid import UUID


class EventLogError(Exception):
    """Whatever the log raises of its own."""


# Of an append. Unless its docstring says otherwise, nothing was written and nothing will be.


class VersionConflict(EventLogError):
    """Somebody else appended to the aggregate since it was loaded: load it anew and decide anew."""

    def __init__(self, originator_id: UUID, *, expected: int, found: int | None) -> None:
        super().__init__(
            f"{originator_id} is at version {found or 'none'}, not at {expected} as when loaded"
        )
        self.originator_id = originator_id
        self.expected = expected
        self.found = found


class NameTaken(EventLogError):
    """Another stream holds the name that was claimed: `holder`, the first of those that do."""

    def __init__(self, holder: UUID) -> None:
        super().__init__(f"{holder} holds the name that was claimed")
        self.holder = holder


class KeyReused(EventLogError):
    """This idempotency key came before, with another request."""

    def __init__(self) -> None:
        super().__init__("this idempotency key came before, with another request")


class LogBusy(EventLogError):
    """More waits to be written than may wait, or the database is away: come again later."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"too much waits to be written; again in {retry_after_seconds} s")
        self.retry_after_seconds = retry_after_seconds


class OutcomeUnknown(EventLogError):
    """The events may be in the log or not, or come into it within seconds.

    The same command again, with the same key, finds out: it queues behind the lock that a commit
    still under way holds, and then finds itself or is written. Never find out by reading.
    """


class LogClosed(EventLogError):
    """The log was closed, or its writer has ended."""


class CommandTooLarge(EventLogError):
    """More events or bytes than one command may have."""


class UnstorableEvent(EventLogError):
    """The event holds what can't be stored, or would not read back as it was said.

    A tuple comes back as a list, for instance, and NaN is no JSON. Names the field, not its value.
    """


class UnsealedText(EventLogError):
    """An event has personal fields and there is no keyring to seal them with."""


class AppendFailed(EventLogError):
    """The database refused this command, and only this one; the cause is attached."""


# Of reading.


class AggregateNotFound(EventLogError):
    """There is no such aggregate of this kind."""

    def __init__(self, kind: str, originator_id: UUID) -> None:
        super().__init__(f"there is no {kind} {originator_id}")
        self.originator_id = originator_id


class UnreadableEvent(EventLogError):
    """The log holds an event that this code can't read: its bytes are not what was written."""


class UnknownTopic(UnreadableEvent):
    """There is no class for it: a newer release, or another service, wrote it."""


class NewerEvent(UnreadableEvent):
    """It is of a later version than this code knows: a newer release wrote it."""


class SealBroken(UnreadableEvent):
    """A sealed text or key doesn't open: another master key, or it was moved or changed."""


class LogUnavailable(EventLogError):
    """The database can't be reached, or isn't fit to hold the log; says why in one line."""
