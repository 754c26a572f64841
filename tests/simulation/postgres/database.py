"""A PostgreSQL in memory: sessions, transactions, locks, and the statements that the product sends.

A statement is known by its text, so an unknown one fails loudly when the product's SQL changes.
What each does is modelled in `log_statements.py` and `figure_statements.py`; here is how: one after
another in a session, waiting for locks in turn, committed a moment later, and undone with its
transaction when the session ends. The server never waits for a client, dead or alive.

Kept honest by `tests/simulation/test_models.py`, which asks this and a real server the same.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Protocol

import asyncpg

from tests.simulation.postgres.locks import Locks
from tests.simulation.postgres.tables import Figures, Generations, Log

COMMIT_SECONDS = 0.002  # an fsync
STATEMENT_SECONDS = 5.0  # the longest wait for a lock
SILENCE_SECONDS = 7.0  # keepalives, or bytes that nobody acknowledges


class Row(dict[str, Any]):
    """As asyncpg's: by name, and its values in order."""

    def __iter__(self) -> Any:
        return iter(self.values())


Answer = list[Row] | str


@dataclass(frozen=True)
class Statement:
    """run: what it does. lock: the name of what it first waits for, and whether it shares that.
    commits: alone it is a transaction that writes."""

    run: Callable[..., Answer]
    lock: Callable[..., tuple[str, bool]] | None = None
    commits: bool = False


STATEMENTS: dict[str, Statement] = {}
_ANY_GENERATION = re.compile(r"rm_\d{4}")


def statement(
    *texts: str,
    lock: Callable[..., tuple[str, bool]] | None = None,
    commits: bool = False,
) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """This function is what these texts do: `run(session, *args)`."""

    def known(run: Callable[..., Answer]) -> Callable[..., Answer]:
        STATEMENTS.update({text: Statement(run, lock, commits) for text in texts})
        return run

    return known


class World(Protocol):
    """What a database needs of the world."""

    def after(self, seconds: float, callback: Callable[..., object], *args: object) -> None: ...

    def true_now(self) -> datetime: ...

    def latency(self) -> float: ...


@dataclass
class Transaction:
    """What is written in it until its commit. `snapshot`: all that it reads, if it has one."""

    is_snapshot: bool
    generation: int | None = None
    live: int | None = None  # once it has switched
    snapshot: dict[str, Figures] | None = None
    written: dict[tuple[int, str], Figures] = field(default_factory=dict)
    at_commit: list[Callable[[], None]] = field(default_factory=list)
    locks: list[str] = field(default_factory=list)


class Session:
    """The server's side of a connection."""

    _pids = count(1)

    def __init__(self, database: "Database", settings: dict[str, str]) -> None:
        self.database = database
        self.settings = settings
        self.pid = next(self._pids)
        self.transaction: Transaction | None = None
        self.is_over = self.gave_up_waiting = False
        self.on_end: Callable[[], None] = lambda: None
        self.hears: Callable[[str], None] | None = None
        self.session_locks: set[str] = set()
        self._own_locks: list[str] = []  # of a statement outside a transaction

    def execute(
        self, query: str, args: Sequence[object], answer: Callable[[Answer | Exception], None]
    ) -> None:
        """Execute a statement that has arrived: wait for its lock, run it, commit, answer."""
        if self.is_over:
            return
        known = STATEMENTS.get(_ANY_GENERATION.sub("rm_0000", query))
        assert known is not None, f"the simulated database doesn't know {query!r}"

        def run() -> None:
            if known.commits and self.transaction is None:
                self.database.world.after(COMMIT_SECONDS, self._run, known, args, answer)
            else:
                self._run(known, args, answer)

        if known.lock is None:
            run()
            return
        name, is_shared = known.lock(self, *args)
        held = self.transaction.locks if self.transaction else self._own_locks
        held.append(name)
        if self.database.locks.take(name, self, is_shared=is_shared):
            run()
        else:
            self._wait(name, run, answer, is_shared=is_shared)

    def _wait(
        self,
        name: str,
        run: Callable[[], None],
        answer: Callable[[Answer | Exception], None],
        *,
        is_shared: bool,
    ) -> None:
        state = {"waits": True}

        def granted() -> None:
            state["waits"] = False
            run()

        def expire() -> None:
            if state["waits"] and not self.is_over:
                self.gave_up_waiting = True
                answer(asyncpg.QueryCanceledError("statement timeout"))
                self.end()

        self.database.locks.wait(name, self, granted, is_shared=is_shared)
        self.database.world.after(STATEMENT_SECONDS, expire)

    def _run(
        self,
        known: Statement,
        args: Sequence[object],
        answer: Callable[[Answer | Exception], None],
    ) -> None:
        if self.is_over:
            return
        try:
            found: Answer | Exception = known.run(self, *args)
        except asyncpg.PostgresError as error:
            found = error
        if self.transaction is None:
            self._release(self._own_locks)
        answer(found)

    # Transactions.

    def begin(self, *, is_snapshot: bool) -> None:
        self.transaction = Transaction(is_snapshot)

    def savepoint(self) -> object:
        assert self.transaction is not None
        return {key: figures.copy() for key, figures in self.transaction.written.items()}

    def back_to(self, savepoint: Any) -> None:
        assert self.transaction is not None
        self.transaction.written = savepoint

    def commit(self) -> None:
        transaction, self.transaction = self.transaction, None
        assert transaction is not None
        self.database.commit(transaction)
        self._release(transaction.locks)

    def rollback(self) -> None:
        transaction, self.transaction = self.transaction, None
        if transaction is not None:
            self._release(transaction.locks)

    def end(self) -> None:
        """The client is gone, or must go: what it hasn't committed is undone."""
        if self.is_over:
            return
        self.is_over = True
        self.database.sessions.pop(self, None)
        self.rollback()
        self._release([*self._own_locks, *self.session_locks])
        self.on_end()

    def expect_silence(self) -> None:
        """Nothing comes from the client any more, and the server will find out."""
        self.database.world.after(SILENCE_SECONDS, self.end)

    def _release(self, names: list[str]) -> None:
        released, names[:] = list(names), []
        for name in released:
            self.database.locks.release(name, self)


class Database:
    """One database: a log, generations of read models, its clock, its place."""

    def __init__(self, world: World, url: str) -> None:
        self.world = world
        self.url = url
        self.is_up = True
        self.ahead = timedelta()
        self.place = f"{url}/1"
        self.locks = Locks()
        self.sessions: dict[Session, None] = {}
        self.log = Log()
        self.generations = Generations()
        self.watchers: list[Callable[[str, Any], None]] = []

    def open(self, settings: dict[str, str]) -> Session:
        session = Session(self, settings)
        self.sessions[session] = None
        return session

    def clock(self) -> datetime:
        return self.world.true_now() + self.ahead

    def commit(self, transaction: Transaction) -> None:
        """Whole figures are replaced, so who reads the old ones keeps them."""
        for (generation, source), figures in transaction.written.items():
            self.generations.figures[generation][source] = figures
        for each in transaction.at_commit:
            each()
        if transaction.written or transaction.at_commit:
            self.tell("figures", None)

    def notify(self, payload: str) -> None:
        for session in self.sessions:
            if session.hears is not None:
                self.world.after(self.world.latency(), session.hears, payload)

    def tell(self, what: str, about: object) -> None:
        """Tell the world's checkers what has just been committed."""
        for watcher in self.watchers:
            watcher(what, about)

    # What happens to it.

    def stop(self) -> None:
        """Killed: nothing that wasn't committed is left, and nobody gets an answer."""
        self.is_up = False
        for session in list(self.sessions):
            session.end()

    def start(self) -> None:
        self.is_up = True

    def restore(self, backup: Log, *, place: str) -> None:
        """The log as it was then; `place` tells that it has moved."""
        self.stop()
        self.log, self.place = backup.copy(), place
        self.start()
