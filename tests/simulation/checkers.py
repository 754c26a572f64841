"""What must hold at each moment of a schedule, and once it has calmed down.

Nothing here is asked of the product: the checkers see what the databases commit and the broker
gets. `histories.py` checks what the clients were told.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec

from shared.eventstore.records import NO_HASH, Recorded
from shared.office_time import local_date
from tests.simulation.clients import Command
from tests.simulation.histories import faults_of
from tests.simulation.messages import Message
from tests.simulation.postgres.database import Database
from tests.simulation.postgres.read_models import POISON
from tests.simulation.postgres.tables import Figures

SOURCE = "requests"
AHEAD_MAX = timedelta(seconds=6)  # what `clocks.py` allows, and the way of an answer


class Broken(AssertionError):
    """A promise is broken."""


class Seen(Protocol):
    """What is checked."""

    requests: Database
    projections: Database
    commands: list[Command]
    life: int

    def true_now(self) -> datetime: ...

    def broken(self, what: str) -> None: ...


class Checkers:
    """All of one world. `broken`: what was found, in order."""

    def __init__(self, world: Seen) -> None:
        self.broken: list[str] = []
        self._world = world
        self._written: dict[bytes, tuple[int, bytes]] = {}  # position and predecessor of each hash
        self._published: set[bytes] = {NO_HASH}
        self.is_each_id_once = True  # a copy of a machine may have published under them before
        self._ids: dict[str, bytes] = {}
        self._alerts: dict[tuple[str, str, str], int] = {}
        self._passed: dict[int, tuple[int, bytes]] = {}  # of a generation: how many, the last
        self._live: tuple[int | None, int] = (None, 0)

    # While it runs.

    def of_requests(self, what: str, about: Any) -> None:
        if what == "appended":
            _, _, events = about
            for event in events:
                self._written[event.hash] = event.position, event.previous_hash
                self._never_ahead("a stamp", event.recorded_at)
        elif what == "relayed":
            for event in self._world.requests.log.events[:about]:
                if event.hash not in self._published:
                    self._world.broken(f"position {about} stored, {event.position} unpublished")
                    break

    def published(self, message: Message) -> None:
        """At its arrival, in the order in which a stream keeps it."""
        body = msgspec.json.decode(message.body)
        hash_, previous = bytes.fromhex(body["loghash"]), bytes.fromhex(body["logprevious"])
        if previous not in self._published:
            self._world.broken(f"{body['id']} published before its predecessor")
        if self.is_each_id_once and self._ids.setdefault(body["id"], hash_) != hash_:
            self._world.broken(f"{body['id']} stands for two events")
        self._published.add(hash_)
        self._never_ahead("an event", datetime.fromisoformat(body["data"]["occurred_at"]))

    def of_projections(self, what: str, about: Any) -> None:
        if what == "appended":
            self._alert(about[2])
        elif what == "switched":
            self._switched(about)
        else:
            self._figures()

    def _alert(self, events: Sequence[Recorded]) -> None:
        for event in events:
            said = msgspec.json.decode(event.state)
            kind = event.topic.removeprefix("sla.").removesuffix("_withdrawn")
            of = said["number"], said["due_on"], kind
            is_withdrawal = event.topic.endswith("_withdrawn")
            self._alerts[of] = self._alerts.get(of, 0) + (-1 if is_withdrawal else 1)
            if self._alerts[of] > 1:
                self._world.broken(f"two alerts {of}")
            if not is_withdrawal:
                at = said["timestamp"]
                instant = at if isinstance(at, str) else at["_data_"]
                self._never_ahead("an alert", datetime.fromisoformat(instant))

    def _figures(self) -> None:
        kept = self._world.projections.generations
        for generation, sources in kept.figures.items():
            if figures := sources.get(SOURCE):
                self._follow(generation, figures)
        if kept.live is not None and (figures := kept.figures[kept.live].get(SOURCE)):
            before = self._live
            self._live = kept.live, figures.position
            if before[0] == kept.live and figures.position < before[1]:
                self._world.broken(f"figures went back from {before[1]} to {figures.position}")

    def _follow(self, generation: int, figures: Figures) -> None:
        """Each new event is the next one of the same history, and was written by the log."""
        count, last = self._passed.get(generation, (0, NO_HASH))
        if len(figures.passed) == count:
            return
        for position, hash_ in sorted(figures.passed[count:]):
            written = self._written.get(hash_)
            if written != (position, last):
                self._world.broken(f"generation {generation} took {position} over another history")
            last = hash_
        self._passed[generation] = len(figures.passed), last
        if figures.position != len(figures.passed):
            self._world.broken(f"{len(figures.passed)} events passed at {figures.position}")
        begins = datetime.combine(figures.figures_on, datetime.min.time())
        if local_date(self._world.true_now() + AHEAD_MAX) < begins.date():
            self._world.broken(f"figures of {figures.figures_on} before that day")

    def _switched(self, before: int | None) -> None:
        kept = self._world.projections.generations
        if before is None or kept.live is None:
            return
        old, new = kept.figures[before][SOURCE], kept.figures[kept.live][SOURCE]
        is_forked = old.hash not in {
            NO_HASH,
            b"",
            *(e.hash for e in self._world.requests.log.events),
        }
        if not is_forked and new.position < old.position:
            self._world.broken(f"a rebuild went back from {old.position} to {new.position}")
        if new.figures_on < old.figures_on:
            self._world.broken(f"a rebuild went back to {new.figures_on}")

    def _never_ahead(self, what: str, at: datetime) -> None:
        if at > self._world.true_now() + AHEAD_MAX:
            self._world.broken(f"{what} of {at}, and it is {self._world.true_now()}")

    # Once it has calmed down.

    @property
    def live(self) -> Figures:
        kept = self._world.projections.generations
        assert kept.live is not None, "there are read models"
        return kept.figures[kept.live][SOURCE]

    def unsettled(self) -> str:
        """What is still to come; empty: nothing."""
        log, kept = self._world.requests.log, self._world.projections.generations
        if kept.live is None:
            return "no read models"
        figures, status = self.live, kept.sources.get(SOURCE)
        if log.relayed != len(log.events):
            return f"relayed {log.relayed} of {len(log.events)}"
        if figures.position != len(log.events):
            return f"applied {figures.position} of {len(log.events)}"
        if figures.position and figures.hash != log.head_hash:
            return "forked"
        if status is None or status.forked_at is not None or status.at_head_at is None:
            return "stale"
        if figures.figures_on != local_date(self._world.true_now()):
            return f"figures of {figures.figures_on}"
        return next(self._missing_alerts(), "")

    def _missing_alerts(self) -> Iterator[str]:
        held = {each.number for each in self.live.quarantine.values()}
        on = self.live.figures_on
        for number, case in self.live.cases.items():
            kind = "overdue" if on > case["due_on"] else "due_soon"
            is_due = on >= case["due_on"] and case["state"] == "running" and number not in held
            if is_due and self._alerts.get((number, case["due_on"].isoformat(), kind), 0) != 1:
                yield f"no alert {kind} of {number}"

    def held_aggregates(self) -> Sequence[str]:
        return list(dict.fromkeys(each.aggregate for each in self.live.quarantine.values()))

    def while_poison_is_held(self) -> None:
        """What follows a poison event of a case waits behind it; all other cases are whole."""
        held: dict[str, list[int]] = {}
        for position, each in self.live.quarantine.items():
            held.setdefault(each.aggregate, []).append(position)
        for id_, stream in self._world.requests.log.streams.items():
            poison = [n for n, each in enumerate(stream) if f'"{POISON}-'.encode() in each.state]
            after = stream[poison[0] :] if poison else []
            if sorted(held.get(str(id_), [])) != [each.position for each in after]:
                self._world.broken(f"{id_}: held {held.get(str(id_))}, not {after}")
            if any(self.live.quarantine[each.position].error for each in after[1:]):
                self._world.broken(f"{id_}: an event that waits behind another was tried")

    def at_the_end(self) -> None:
        """The balance, once what was held is applied too. Raises Broken."""
        log, figures = self._world.requests.log, self.live
        versions = {
            msgspec.json.decode(stream[0].state)["number"]: stream[-1].version
            for stream in log.streams.values()
        }
        if versions != {number: case["version"] for number, case in figures.cases.items()}:
            self._world.broken(f"the log has {versions}, the figures {figures.cases}")
        if figures.quarantine:
            self._world.broken("something is still held")
        if unpublished := [each for each in log.events if each.hash not in self._published]:
            self._world.broken(f"never published: {unpublished[0].position}")
        for fault in faults_of(self._world.commands, log, self._world.life):
            self._world.broken(fault)
        if self.broken:
            raise Broken(self.broken[0])
