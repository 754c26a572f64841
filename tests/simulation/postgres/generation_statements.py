"""Generations of read models: which one is live, made, filled, switched to, dropped.

A transaction writes copies of whole figures, which its commit puts in place.
"""

from datetime import date, datetime

from services.projections.replay import rebuild
from services.projections.store import generations
from tests.simulation.postgres.database import Answer, Row, Session, Transaction, statement
from tests.simulation.postgres.read_models import SCHEMA_SQL
from tests.simulation.postgres.tables import Figures

SWITCH, REBUILD = "switch", "rebuild"


def transaction_of(session: Session) -> Transaction:
    assert session.transaction is not None, "a statement of a transaction"
    return session.transaction


def seen(session: Session, source: str) -> Figures:
    """The figures as this transaction sees them: its own, of its snapshot, or the latest."""
    now = transaction_of(session)
    assert now.generation is not None, "the search path was not set"
    if own := now.written.get((now.generation, source)):
        return own
    kept = session.database.generations.figures
    if now.is_snapshot and now.snapshot is None:
        now.snapshot = dict(kept[now.generation])
    return (now.snapshot or kept[now.generation])[source]


def written(session: Session, source: str) -> Figures:
    """A copy to write to."""
    now = transaction_of(session)
    assert now.generation is not None, "the search path was not set"
    key = now.generation, source
    if key not in now.written:
        now.written[key] = seen(session, source).copy()
    return now.written[key]


@statement(generations._ENTER_LIVE)
def _enter_live(session: Session) -> Answer:
    kept, now = session.database.generations, transaction_of(session)
    live = now.live or kept.live
    if live is None:
        return []
    now.generation = live
    if now.is_snapshot and now.snapshot is None:
        now.snapshot = dict(kept.figures[live])
    return [Row(generation=live)]


@statement("select set_config('search_path', $1, true)")
def _enter(session: Session, schema: str) -> Answer:
    transaction_of(session).generation = int(schema.removeprefix("rm_"))
    return ""


@statement("select pg_advisory_xact_lock_shared($1)", lock=lambda *_: (SWITCH, True))
@statement("select pg_advisory_xact_lock($1)", lock=lambda *_: (SWITCH, False))
def _switch_lock(session: Session, _name: int) -> Answer:
    return ""


@statement("select pg_try_advisory_lock($1)")
def _try_rebuild(session: Session, _name: int) -> Answer:
    is_ours = session.database.locks.take(REBUILD, session, is_shared=False)
    if is_ours:
        session.session_locks.add(REBUILD)
    return [Row(locked=is_ours)]


@statement("select pg_advisory_unlock($1)")
def _unlock(session: Session, _name: int) -> Answer:
    session.session_locks.discard(REBUILD)
    session.database.locks.release(REBUILD, session)
    return ""


@statement("select 1 from public.projection_live")
def _is_any_live(session: Session) -> Answer:
    return [] if session.database.generations.live is None else [Row(one=1)]


@statement("select make_generation_v1($1)")
def _make(session: Session, _at: datetime) -> Answer:
    kept = session.database.generations
    kept.made += 1
    made = kept.made
    kept.figures[made] = {}  # nobody sees it before it is named
    return [Row(generation=made)]


@statement("grant all on all tables in schema rm_0000 to janji_app")
@statement(generations.SCHEMA_SQL, SCHEMA_SQL, rebuild._SWITCH_SETTINGS, generations.NOTIFY)
def _nothing(session: Session) -> Answer:
    return ""


@statement(generations._ADD_SOURCE)
def _add_source(session: Session, source: str, on: date) -> Answer:
    now = transaction_of(session)
    assert now.generation is not None
    session.database.generations.figures[now.generation].setdefault(source, Figures(on))
    return ""


@statement("update public.projection_generation set kept = false where kept")
@statement(
    "update public.projection_generation set retired_at = null, kept = false where generation = $1"
)
def _keep_none(session: Session, *_args: object) -> Answer:
    return ""


@statement(generations._RETIRE)
def _retire(session: Session, generation: int, at: datetime, _keep: bool) -> Answer:
    kept, now = session.database.generations, transaction_of(session)
    if kept.live is not None and kept.live != generation:
        retired = kept.live
        now.at_commit.append(lambda: kept.retired.update({retired: at}))
    return ""


@statement(generations._SWITCH)
def _switch(session: Session, generation: int, _at: datetime) -> Answer:
    database = session.database

    def switch() -> None:
        before, database.generations.live = database.generations.live, generation
        database.tell("switched", before)

    now = transaction_of(session)
    now.live = generation
    now.at_commit.append(switch)
    return ""


@statement("select drop_generation_v1($1, $2)")
def _drop(session: Session, generation: int, _at: datetime) -> Answer:
    kept = session.database.generations
    assert generation != kept.live, "the live generation is not dropped"
    kept.figures.pop(generation, None)
    kept.retired.pop(generation, None)
    return ""


@statement(generations._ABANDONED)
def _abandoned(session: Session) -> Answer:
    kept = session.database.generations
    found = [each for each in kept.figures if each != kept.live and each not in kept.retired]
    return [Row(generation=each) for each in found]


@statement(generations._RETIRED)
def _retired(session: Session, _before: datetime) -> Answer:
    """None: a minute is longer than a schedule."""
    return []


@statement(rebuild._RECORD_LOST)
def _record_lost(session: Session, _generation: int, _at: datetime) -> Answer:
    return [Row(lost=0)]
