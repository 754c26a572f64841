"""A small aggregate for tests of the event log: a note with a colour and a personal text."""

from typing import ClassVar
from uuid import UUID, uuid4

from eventsourcing.domain import Aggregate, event

from shared.eventstore.codec import Codec
from shared.eventstore.keys.keyring import Keyring

KEYRING = Keyring(bytes(range(32)))


class Note(Aggregate):
    """Its colour is public, its text is personal."""

    TOPIC = "notes.note"

    class Created(Aggregate.Created):
        TOPIC = "notes.created"
        colour: str
        text: str | None
        PERSONAL: ClassVar[tuple[str, ...]] = ("text",)

    class Painted(Aggregate.Event):
        TOPIC = "notes.painted"
        colour: str

    class Rewritten(Aggregate.Event):
        TOPIC = "notes.rewritten"
        text: str | None
        PERSONAL: ClassVar[tuple[str, ...]] = ("text",)

    class Erased(Aggregate.Event):
        TOPIC = "notes.erased"

    @event(Created)
    def __init__(self, colour: str, text: str | None) -> None:
        self.colour = colour
        self.text = text

    @event(Painted)
    def paint(self, colour: str) -> None:
        self.colour = colour

    @event(Rewritten)
    def rewrite(self, text: str | None) -> None:
        self.text = text

    @event(Erased)
    def erase(self) -> None:
        pass


def note(colour: str = "red", text: str | None = None, *, id: UUID | None = None) -> Note:  # noqa: A002
    """A new note; without a text, nothing about it is personal."""
    return Note._create(Note.Created, id=id or uuid4(), colour=colour, text=text)


def notes() -> Codec:
    return Codec([Note], KEYRING)
