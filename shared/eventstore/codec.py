"""The codec: events to bytes and back, with personal fields sealed.

States are the JSON of the `eventsourcing` library's transcoder, in the layout of its Mapper.
Personal fields (those that an event class names in `PERSONAL`) are replaced by one sealed text:

    {"status": "open", "sealed": {"fields": ["contact", "text"], "text": "base64 …"}}

`text` is null if the person's data had been erased before. The names stay, so that an upcaster
finds every field; a field that can't be read is None.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timezone
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from eventsourcing.domain import Aggregate, CanMutateAggregate
from eventsourcing.persistence import (
    DatetimeAsISO,
    DecimalAsStr,
    JSONTranscoder,
    Transcoding,
    UUIDAsHex,
)
from eventsourcing.utils import get_topic, resolve_topic

from shared.eventstore.errors import (
    NewerEvent,
    UnknownTopic,
    UnreadableEvent,
    UnsealedText,
    UnstorableEvent,
)
from shared.eventstore.keys.keyring import Keyring
from shared.eventstore.records import Recorded
from shared.eventstore.sealing import AssociatedData, WrappedKey, seal, unseal

State = dict[str, Any]
SEALED = "sealed"
COLUMNS = ("originator_id", "originator_version")  # columns of their own, not part of the state
RESERVED = {SEALED, "class_version"}
NAMES = frozenset({str})
PLAIN = frozenset({str, int, bool, float, type(None)})  # not their subclasses


@dataclass(frozen=True, slots=True)
class Encoded:
    """An event ready to be stored: a `Recorded` without its position in the log."""

    originator_id: UUID
    version: int
    topic: str
    state: bytes


Stored = Recorded | Encoded


class Codec:
    """Encodes and decodes the events of the given kinds of aggregates, and of no others.

    The library resolves an unknown topic by importing the module that the row names. This codec
    refuses every topic that is not of one of its classes.
    """

    def __init__(self, kinds: Sequence[type[Aggregate]], keyring: Keyring | None = None) -> None:
        self.keyring = keyring
        self._kinds = {get_topic(kind) for kind in kinds}
        self._classes = {topic: cls for kind in kinds for topic, cls in event_classes(kind).items()}
        self._transcoder = _transcoder()
        for cls in self._classes.values():
            _check_fields(cls)

    def new_key(self, originator_id: UUID) -> WrappedKey:
        if self.keyring is None:
            raise UnsealedText("there are personal fields to seal, and no keyring")
        return self.keyring.new_key(originator_id)

    def unwrapped(self, wrapped: WrappedKey | None, originator_id: UUID) -> AESGCM | None:
        """The key to decode with; None without a key or without a keyring."""
        if wrapped is None or self.keyring is None:
            return None
        return self.keyring.unwrap(wrapped, originator_id)

    def has_personal_data(self, event: CanMutateAggregate[UUID]) -> bool:
        values = vars(event)
        return any(values[field] is not None for field in personal_fields(type(event)))

    def encode(self, event: CanMutateAggregate[UUID], key: AESGCM | None) -> Encoded:
        """Without a key, personal fields are not stored. Raises UnstorableEvent."""
        cls, topic = type(event), get_topic(type(event))
        if self._classes.get(topic) is not cls:
            raise UnstorableEvent(f"{topic} is no event of the aggregates of this log")
        if event.timestamp.tzinfo is None:
            raise UnstorableEvent(f"{topic}: its timestamp has no time zone")
        bound_to = AssociatedData(event.originator_id, event.originator_version, topic)
        state = {name: value for name, value in vars(event).items() if name not in COLUMNS}
        personal = {name: state.pop(name) for name in personal_fields(cls)}
        if personal:
            text = None if key is None else seal(key, self._to_json(personal, topic), bound_to)
            state[SEALED] = {"fields": list(personal), "text": text}
        if class_version(cls) > 1:
            state["class_version"] = class_version(cls)
        encoded = self._to_json(state, topic)
        return Encoded(event.originator_id, event.originator_version, topic, encoded)

    def decode(self, stored: Stored, key: AESGCM | None = None) -> Any:
        """The event; its personal fields are None without the key. Raises UnreadableEvent."""
        cls = self._classes.get(stored.topic)
        if cls is None:
            raise UnknownTopic(f"no class for {stored.topic}, at {_where(stored)}")
        state = self._from_json(stored.state, stored)
        version = state.pop("class_version", 1)
        if version > class_version(cls):
            raise NewerEvent(
                f"{stored.topic} is of version {version} at {_where(stored)},"
                f" and this release knows up to {class_version(cls)}"
            )
        state = self._opened(state, stored, key)
        for old in range(version, class_version(cls)):
            getattr(cls, f"upcast_v{old}_v{old + 1}")(state)
        if key is None:  # also fields that an earlier release stored unsealed
            state |= dict.fromkeys(personal_fields(cls))
        self._check_kind(state, stored)
        event = object.__new__(cls)
        state |= {"originator_id": stored.originator_id, "originator_version": stored.version}
        object.__setattr__(event, "__dict__", state)
        return event

    def _opened(self, state: State, stored: Stored, key: AESGCM | None) -> State:
        sealed = state.pop(SEALED, None)
        if sealed is None:
            return state
        state |= dict.fromkeys(sealed["fields"])
        if key is not None and sealed["text"] is not None:
            bound_to = AssociatedData(stored.originator_id, stored.version, stored.topic)
            state |= self._from_json(unseal(key, sealed["text"], bound_to), stored)
        return state

    def _check_kind(self, state: State, stored: Stored) -> None:
        """A first event names its aggregate's class, which the library resolves like a topic."""
        kind = state.get("originator_topic")
        if kind is not None and kind not in self._kinds:
            raise UnknownTopic(f"no class for {kind}, at {_where(stored)}")

    def _to_json(self, values: State, topic: str) -> bytes:
        """Refuses values that would be read back differently."""
        try:
            encoded = self._transcoder.encode(values)
            if is_plain(values) or self._transcoder.decode(encoded) == values:
                return encoded
        except (TypeError, ValueError, AttributeError):
            pass  # the message may quote the value, which may be personal
        raise UnstorableEvent(f"{topic}: {self._unstorable(values)} can't be stored as it is")

    def _unstorable(self, values: Mapping[str, Any]) -> str:
        """The first field at fault, and its type."""
        for name, value in values.items():
            try:
                if self._transcoder.decode(self._transcoder.encode({name: value}))[name] == value:
                    continue
            except (TypeError, ValueError, AttributeError):
                pass
            return f"{name} ({type(value).__name__})"
        return "a field"

    def _from_json(self, encoded: bytes, stored: Stored) -> State:
        try:
            state = self._transcoder.decode(encoded)
        except (TypeError, ValueError):
            state = None
        if not isinstance(state, dict):
            raise UnreadableEvent(f"{stored.topic} holds no state at {_where(stored)}") from None
        return state


def is_plain(value: Any) -> bool:
    """Whether a value, once written, is certainly read back unchanged; False: uncertain.

    Reading back is the proof, but costs more than writing; almost every state avoids it.
    """
    kind = type(value)
    if kind is list:
        return PLAIN.issuperset(map(type, value)) or all(map(is_plain, value))
    if kind is dict:  # one with a _type_ could be mistaken for a value of the library
        named = NAMES.issuperset(map(type, value)) and "_type_" not in value
        return named and is_plain(list(value.values()))
    return kind in PLAIN or (kind is datetime and type(value.tzinfo) is timezone)


def event_classes(kind: type[Aggregate]) -> dict[str, type[CanMutateAggregate[UUID]]]:
    """Every event class of an aggregate by its topic; the library registered them on definition."""
    topics = [
        get_topic(cls)
        for cls in (getattr(kind, name) for name in dir(kind))
        if isinstance(cls, type) and issubclass(cls, CanMutateAggregate)
    ]
    return {topic: resolve_topic(topic) for topic in topics}


def personal_fields(event_class: type[object]) -> tuple[str, ...]:
    return getattr(event_class, "PERSONAL", ())


def class_version(event_class: type[object]) -> int:
    return getattr(event_class, "class_version", 1)


def _check_fields(cls: type[Any]) -> None:
    names = {field.name for field in fields(cls)}
    unknown = set(personal_fields(cls)) - names
    assert not unknown, f"{get_topic(cls)} names personal fields that it doesn't have: {unknown}"
    assert not names & RESERVED, f"{get_topic(cls)} uses a reserved name: {names & RESERVED}"


def _where(stored: Stored) -> str:
    return f"{stored.originator_id} version {stored.version}"


class DateAsISO(Transcoding):
    """The library transcodes datetime, but refuses a date."""

    type = date
    name = "date_iso"

    def encode(self, obj: date) -> str:
        return obj.isoformat()

    def decode(self, data: str) -> date:
        return date.fromisoformat(data)


def _transcoder() -> JSONTranscoder:
    transcoder = JSONTranscoder()
    for transcoding in (UUIDAsHex(), DecimalAsStr(), DatetimeAsISO(), DateAsISO()):
        transcoder.register(transcoding)
    transcoder.encoder.allow_nan = False  # else NaN would be written, which is no JSON
    return transcoder
