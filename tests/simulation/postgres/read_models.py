"""Read models of requests that refuse every event that is repeated or out of order.

A case is what its last event said of it. An event that isn't the next of its case is refused, so a
wrong order ends in quarantine, a repeat too, and a loss in the balance at the end.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from shared.messaging.subscription import Incoming
from tests.simulation.postgres.database import Row
from tests.simulation.postgres.tables import Figures

SCHEMA_SQL = "create table cases ()"  # the simulated database knows what it has to hold
POISON = "poison"


class NotTheNext(Exception):
    """An event of a case isn't the one after its last."""


class Poisoned(Exception):
    """An event that these read models can't take, until they are mended."""


class SimulatedReadModels:
    """As `ReadModels` says. `is_mended`: poison is taken."""

    schema_sql = SCHEMA_SQL

    def __init__(self) -> None:
        self.is_mended = False

    def knows(self, _event: Incoming) -> bool:
        return True

    async def apply(
        self, connection: Any, source: str, events: Sequence[Incoming], _on: date
    ) -> None:
        figures = self._figures(connection, source)
        for event in events:
            data = event.body["data"]
            case = figures.cases.get(data["number"], {"version": 0})
            if data["version"] != case["version"] + 1:
                raise NotTheNext(f"{data['number']}: {data['version']} after {case['version']}")
            if str(data.get("assignee")).startswith(POISON) and not self.is_mended:
                raise Poisoned(data["number"])
            figures.cases[data["number"]] = _case(case, event)
            if event.position > figures.position:  # what comes out of quarantine has passed before
                figures.passed.append((event.position, event.hash))

    async def roll(self, connection: Any, source: str, _on: date) -> None:
        """What is due is a question of the day of the figures alone."""
        self._figures(connection, source)

    def _figures(self, connection: Any, source: str) -> Figures:
        now = connection.session.transaction
        found: Figures = now.written[now.generation, source]
        return found


def _case(before: dict[str, Any], event: Incoming) -> dict[str, Any]:
    data = event.body["data"]
    clock = data["clock"]
    return {
        **before,
        **{
            name: data[name]
            for name in (
                "version",
                "status",
                "kind",
                "agency",
                "letter_number",
                "channel",
                "assignee",
            )
            if name in data
        },
        "basis": msgspec.json.encode(data["basis"]).decode(),
        "due_on": date.fromisoformat(clock["due_on"]) if clock["due_on"] else before["due_on"],
        "state": clock["state"] if clock["state"] != "overdue" else "running",
        "position": event.position,
    }


def due_row(number: str, case: dict[str, Any], on: date) -> Row:
    """A row for `DueCase`."""
    is_overdue = on > case["due_on"]
    return Row(
        number=number,
        service="requests",
        status=case["status"],
        version=case["version"],
        basis=case["basis"],
        due_on=case["due_on"],
        state="overdue" if is_overdue else "running",
        kind=case.get("kind"),
        agency=case.get("agency"),
        letter_number=case.get("letter_number"),
        category=None,
        channel=case.get("channel"),
        assignee=case.get("assignee"),
    )
