"""Read models of notes that refuse every event that is repeated or out of order.

They count each note's events and keep its last version, and refuse an event that isn't its next;
so a wrong order ends in quarantine, a repeat too, and a loss in the totals. Each
row says for which day it holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from shared.eventstore.records import Recorded
from shared.messaging.envelope import Publication
from shared.messaging.subscription import Incoming
from shared.postgres.connection import Connection

SCHEMA_SQL = """
create table note (
    source text,
    number text,
    version int not null,
    colour text not null,
    figures_on date not null,
    primary key (source, number)
);
create table applied (source text, position bigint, primary key (source, position));
create table arrival (nth bigint generated always as identity, source text, position bigint);
"""

_VERSIONS = "select number, version from note where source = $1 and number = any($2)"

# Not harmless twice, and that is what it is for.
_APPLIED = "insert into applied select $1, unnest($2::bigint[])"

_ARRIVED = """
insert into arrival (source, position)
select $1, position from unnest($2::bigint[]) with ordinality as t (position, nth)
order by nth
"""

_NOTES = """
insert into note (source, number, version, colour, figures_on)
select $1, changed.*, $5 from unnest($2::text[], $3::int[], $4::text[]) as changed
on conflict (source, number) do update
set version = excluded.version, colour = excluded.colour
"""


class NotTheNext(Exception):
    """An event of a note isn't the one after its last."""


class Poisoned(Exception):
    """An event that these read models can't take, until they are mended."""


class Stuck(Exception):
    """The figures of this source can't be moved on."""


@dataclass
class StrictReadModels:
    """poison: colours that can't be applied. unknown: event types that aren't known.

    keeps_order: also remember in which order events arrived, which no rebuild gives again.
    takes_seconds: so long does a batch last, for another consumer to come across it.
    stuck: sources whose figures can't be moved on to another day.
    """

    poison: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    keeps_order: bool = False
    takes_seconds: float = 0.0
    stuck: set[str] = field(default_factory=set)
    schema_sql: str = SCHEMA_SQL

    def knows(self, event: Incoming) -> bool:
        return event.type not in self.unknown

    async def apply(
        self,
        connection: Connection,
        source: str,
        events: Sequence[Incoming],
        on: date,
    ) -> None:
        numbers = list({event.body["subject"] for event in events})
        rows = await connection.fetch(_VERSIONS, source, numbers)
        versions = {row["number"]: row["version"] for row in rows}
        colours: dict[str, str] = {}
        for event in events:
            number, data = event.body["subject"], event.body["data"]
            if data["version"] != versions.get(number, 0) + 1:
                raise NotTheNext(f"{number}: {data['version']} after {versions.get(number, 0)}")
            if data["colour"] in self.poison:
                raise Poisoned(data["colour"])
            versions[number], colours[number] = data["version"], data["colour"]
        positions = [event.position for event in events]
        await connection.execute(_APPLIED, source, positions)
        if self.keeps_order:
            await connection.execute(_ARRIVED, source, positions)
        if self.takes_seconds:
            await connection.execute("select pg_sleep($1)", self.takes_seconds)
        changed = list(colours)
        await connection.execute(
            _NOTES, source, changed, [versions[n] for n in changed], list(colours.values()), on
        )

    async def roll(self, connection: Connection, source: str, on: date) -> None:
        if source in self.stuck:
            raise Stuck(source)
        await connection.execute("update note set figures_on = $2 where source = $1", source, on)


def publish(event: Any, recorded: Recorded) -> Publication:
    """A note's colour is anybody's to see; of an event without one it is `none`."""
    number = f"NOTE-{recorded.originator_id.hex[:12].upper()}"
    payload = {
        "number": number,
        "version": recorded.version,
        "colour": getattr(event, "colour", "none"),
        "recorded_at": recorded.recorded_at.isoformat(),
    }
    return Publication(
        name=type(event).__name__.lower(),
        version=1,
        number=number,
        occurred_at=event.timestamp,
        data=msgspec.json.encode(payload),
    )
