"""What the product's statements do to the relay's lock, term and position."""

from shared.messaging.relay import leadership
from tests.simulation.postgres.database import Answer, Row, Session, statement

RELAY_LOCK = "relay"


@statement(leadership._LOCK)
def _lock(session: Session) -> Answer:
    is_ours = session.database.locks.take(RELAY_LOCK, session, is_shared=False)
    if is_ours:
        session.session_locks.add(RELAY_LOCK)
    return [Row(locked=is_ours)]


@statement(leadership._TAKE_OVER)
def _take_over(session: Session) -> Answer:
    kept = session.database.log
    kept.term += 1
    return [Row(term=kept.term, position=kept.relayed)]


@statement(leadership._STORE)
def _store_position(session: Session, position: int, term: int) -> Answer:
    database = session.database
    if term != database.log.term or position <= database.log.relayed:
        return "UPDATE 0"
    database.log.relayed = position
    database.tell("relayed", position)
    return "UPDATE 1"


@statement(leadership._PROGRESS)
def _progress(session: Session) -> Answer:
    kept = session.database.log
    waits = kept.events[kept.relayed : kept.relayed + 1]
    lag = max(
        [(session.database.clock() - each.recorded_at).total_seconds() for each in waits] or [0]
    )
    return [
        Row(term=kept.term, position=kept.relayed, head=len(kept.events), lag_seconds=float(lag))
    ]
