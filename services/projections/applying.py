"""One batch, one transaction: what a read model must be, and how its events reach it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from shared.messaging.subscription import Incoming

    from services.projections.generations import Connection


class ReadModels(Protocol):
    """The tables that answer questions, and how events change them.

    All of it runs inside the consumer's transaction with the search path at one generation, so
    every name in its SQL is unqualified. Cases of different sources never meet in one row that
    both would write: sources are independent and may be applied at the same time.
    """

    @property
    def schema_sql(self) -> str:
        """Makes the tables of an empty generation: no types, no functions, no other schema."""

    def knows(self, event: Incoming) -> bool:
        """Whether `apply` can read this type and version; what it doesn't know is only counted."""

    async def apply(
        self, connection: Connection, source: str, events: Sequence[Incoming], on: date
    ) -> None:
        """Take in these events, in their order, into figures that speak of the day `on`.

        They are known, of one source, of several cases, each of them exactly once; after a case was
        held in quarantine its events come later than those of others, but in order. Set-based: one
        statement a table. An event that can't be applied raises anything but an error of the
        connection; the consumer then halves the batch until the event is alone. Nothing may depend
        on the wall clock or on how events are cut into batches: a rebuild must give the same bytes.
        """

    async def roll(self, connection: Connection, source: str, on: date) -> None:
        """Move the figures of this source's open cases on to the day `on`. Twice is harmless."""
