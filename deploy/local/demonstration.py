"""A demonstration: an installation with made-up data, marked as such on every page.

The mark is a file in its folder, so that it stays a demonstration at every start.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Self

from deploy.databases import Database
from deploy.failures import CannotStart
from deploy.local.home import Home
from shared.postgres.connection import connected

ANSWER_SECONDS = 10.0
HOLDS_EVENTS = "select exists (select from stored_events)"


@dataclass(frozen=True, slots=True)
class Demonstration:
    """The made-up year ends at that instant; its import may be incomplete."""

    until: str
    is_filled: bool = False

    @classmethod
    def load(cls, home: Home) -> Self | None:
        """None: the data of this installation are real."""
        if not home.demonstration.exists():
            return None
        return cls(**json.loads(home.demonstration.read_text()))

    def save(self, home: Home) -> None:
        """Write the file atomically."""
        unfinished = home.demonstration.with_suffix(".new")
        unfinished.write_text(json.dumps(asdict(self)))
        unfinished.rename(home.demonstration)

    def filled(self, home: Home) -> None:
        """Record that the import is complete."""
        replace(self, is_filled=True).save(home)


async def begin(home: Home, databases: Mapping[str, Database]) -> None:
    """Mark the installation before its services start, unless it is marked.

    Raises CannotStart if a log holds events.
    """
    if Demonstration.load(home) is not None:
        return
    for service in ("requests", "complaints"):
        url = databases[service].app_url
        async with connected(url, name="janji up", answer_seconds=ANSWER_SECONDS) as connection:
            holds_events = await connection.fetchval(HOLDS_EVENTS)
        if holds_events:
            raise CannotStart(
                f"--demo fills an empty installation, and the log of {service} holds data:"
                " name another folder in JANJI_HOME"
            )
    Demonstration(datetime.now(UTC).isoformat(timespec="seconds")).save(home)
