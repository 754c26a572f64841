"""What the product's statements do in a generation: checkpoint, quarantine, alerts.

The row of a source's position is its lock. The read models themselves are `read_models.py`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import msgspec

from services.projections.alerts import process, withdrawal
from services.projections.ingest import follower, projector, quarantine
from services.projections.store import checkpoints, log_heads
from shared.messaging.subscription import Incoming
from tests.simulation.postgres.database import Answer, Row, Session, statement
from tests.simulation.postgres.generation_statements import seen, transaction_of, written
from tests.simulation.postgres.read_models import due_row
from tests.simulation.postgres.tables import Figures, HeldEvent, SourceStatus

# Checkpoints.


def _place(figures: Figures) -> Row:
    return Row(position=figures.position, epoch=figures.epoch, hash=figures.hash)


@statement(projector._CHECKPOINT)
def _checkpoint(session: Session, source: str) -> Answer:
    return [_place(seen(session, source))]


def _row_lock(session: Session, source: str) -> tuple[str, bool]:
    return f"position {transaction_of(session).generation} {source}", False


@statement(projector._LOCK_CHECKPOINT, lock=_row_lock)
def _lock_checkpoint(session: Session, source: str) -> Answer:
    figures = written(session, source)
    return [Row(_place(figures), figures_on=figures.figures_on)]


@statement(projector._SET_FIGURES_ON)
def _set_figures_on(session: Session, source: str, on: date) -> Answer:
    written(session, source).figures_on = on
    return ""


@statement(projector._ADVANCE)
def _advance(
    session: Session, source: str, position: int, epoch: str, hash_: bytes, at: datetime | None
) -> Answer:
    figures = written(session, source)
    figures.position, figures.epoch, figures.hash = position, epoch, hash_
    figures.recorded_at = at or figures.recorded_at
    return ""


@statement(log_heads._RECORD)
def _record_log_head(session: Session, *_columns: object) -> Answer:
    return ""


@statement(checkpoints._POSITIONS)
def _positions(session: Session) -> Answer:
    status = session.database.generations.sources.get("requests")
    return [_position("requests", seen(session, "requests"), status)]


def _position(source: str, figures: Figures, status: SourceStatus | None) -> Row:
    head = status.head if status else figures.position
    held = list(figures.quarantine.values())
    return Row(
        source=source,
        applied=figures.position,
        head=head if status and status.forked_at is not None else max(head, figures.position),
        lag_events=max(head - figures.position, 0),
        lag_seconds=0.0,
        quarantined=len({each.aggregate for each in held}),
        held_since=min((each.held_at for each in held), default=None),
        at_head_at=status and status.at_head_at,
        forked_at=status and status.forked_at,
        unknown_types=[],
        unknown_events=[],
        epoch=figures.epoch,
        hash=figures.hash,
        recorded_at=figures.recorded_at,
        figures_on=figures.figures_on,
    )


@statement(checkpoints._RECORD_HEAD)
def _record_head(session: Session, source: str, head: int, applied: int, at: datetime) -> Answer:
    sources = session.database.generations.sources
    old = sources.get(source) or SourceStatus(head, at)
    if applied >= head:
        at_head_at: datetime | None = at
    else:
        at_head_at = old.checked_at if applied >= old.head else old.at_head_at
    sources[source] = SourceStatus(head, at, at_head_at)
    return ""


@statement(checkpoints._RECORD_FORK)
def _record_fork(session: Session, source: str, head: int, at: datetime, forked: int) -> Answer:
    sources = session.database.generations.sources
    old = sources.get(source) or SourceStatus(head, at)
    sources[source] = replace(old, head=head, checked_at=at, forked_at=forked)
    return ""


@statement(checkpoints._APPLIED)
def _applied(session: Session, sources: Sequence[str]) -> Answer:
    return [Row(source=each, position=seen(session, each).position) for each in sources]


@statement(follower._BEHIND_TODAY)
def _behind_today(session: Session, today: date) -> Answer:
    figures = seen(session, "requests")
    return [Row(source="requests")] if figures.figures_on < today else []


# Quarantine.


@statement("select distinct aggregate from quarantine where source = $1")
def _held_aggregates(session: Session, source: str) -> Answer:
    held = seen(session, source).quarantine.values()
    return [Row(aggregate=each) for each in dict.fromkeys(each.aggregate for each in held)]


@statement(quarantine._HOLD)
def _hold(session: Session, source: str, position: int, *columns: Any) -> Answer:
    aggregate, number, type_, epoch, hash_, body, error, held_at = columns
    figures = written(session, source)
    assert position not in figures.quarantine, "held twice"
    event = Incoming(source, position, epoch, hash_, type_, msgspec.json.decode(body))
    figures.quarantine[position] = HeldEvent(event, aggregate, number, body, error, held_at)
    figures.passed.append((position, hash_))
    return ""


@statement(quarantine._HELD_CASES)
def _held_cases(session: Session) -> Answer:
    found: dict[str, Row] = {}
    for position, held in sorted(seen(session, "requests").quarantine.items()):
        row = found.setdefault(
            held.aggregate,
            Row(
                source="requests",
                aggregate=held.aggregate,
                number=held.number,
                position=position,
                type=held.event.type,
                error=held.error or "",
                held_at=held.held_at,
                waiting=-1,
            ),
        )
        row["waiting"] += 1
    return list(found.values())


@statement(quarantine._EVENTS_OF)
def _events_of(session: Session, source: str, aggregate: str) -> Answer:
    return [
        Row(
            position=position,
            epoch=held.event.epoch,
            hash=held.event.hash,
            type=held.event.type,
            body=held.body,
        )
        for position, held in sorted(seen(session, source).quarantine.items())
        if held.aggregate == aggregate
    ]


@statement(quarantine._RELEASE)
def _release(session: Session, source: str, position: int) -> Answer:
    del written(session, source).quarantine[position]
    return ""


@statement(quarantine._STILL_FAILS)
def _still_fails(session: Session, source: str, position: int, error: str) -> Answer:
    kept = written(session, source).quarantine
    kept[position] = replace(kept[position], error=error)
    return ""


# Alerts.


@statement(process._VERSION)
def _version(session: Session, source: str) -> Answer:
    figures = seen(session, source)
    now = transaction_of(session)
    return [Row(_place_and_day(now.generation, figures), held=len(figures.quarantine))]


@statement(process._DAY)
def _day(session: Session, source: str) -> Answer:
    figures = seen(session, source)
    return [Row(generation=transaction_of(session).generation, figures_on=figures.figures_on)]


@statement(process._FIGURES_ON)
def _figures_on(session: Session, source: str) -> Answer:
    return [Row(figures_on=seen(session, source).figures_on)]


def _place_and_day(generation: int | None, figures: Figures) -> dict[str, object]:
    return {
        "generation": generation,
        "position": figures.position,
        "figures_on": figures.figures_on,
    }


@statement(process._DUE)
def _due(session: Session, source: str, after: str, up_to: int, limit: int) -> Answer:
    figures = seen(session, source)
    held = {each.number for each in figures.quarantine.values()}
    cases = sorted(figures.cases.items())
    return [
        due_row(number, case, figures.figures_on)
        for number, case in cases
        if number > after
        and number not in held
        and case["position"] <= up_to
        and case["state"] == "running"
        and figures.figures_on >= case["due_on"]
    ][:limit]


@statement(withdrawal._DUE_LATER)
def _due_later(session: Session, source: str, after: str, now: datetime, limit: int) -> Answer:
    figures = seen(session, source)
    return [
        due_row(number, case, figures.figures_on)
        for number, case in sorted(figures.cases.items())
        if number > after and case["due_on"] >= (now.date())
    ][:limit]
