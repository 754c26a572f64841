"""An event loop without waiting, on which several processes run that can be frozen.

Its clock jumps to the next timer. Nothing but the seed decides which of two tasks goes first: the
latencies of the network are drawn from it, and the loop adds no chance of its own (a task's hash is
its number, since asyncio keeps tasks in sets).
"""

import asyncio
import heapq
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from itertools import count
from typing import Any, TypeVar

T = TypeVar("T")

TURNS_MAX = 2_000_000  # of one schedule: more, and something spins
CANCELLED_TIMERS_MAX = 50


class Frozen:
    """What runs in a process's context stands still while `is_frozen`."""

    is_frozen = False


PROCESS: ContextVar[Frozen | None] = ContextVar("process", default=None)
NOBODY = copy_context()  # of the world: servers, networks, clients


class _NumberedTask(asyncio.Task[Any]):
    _numbers = count()
    _number: int

    def __new__(cls, *_args: object, **_options: object) -> "_NumberedTask":
        self = super().__new__(cls)
        self._number = next(cls._numbers)
        return self

    def __hash__(self) -> int:
        return self._number

    def __eq__(self, other: object) -> bool:
        return self is other


class SimulatedLoop(asyncio.BaseEventLoop):
    """Runs what is ready, else jumps to the next timer. It has no sockets, threads or signals."""

    def __init__(self) -> None:
        super().__init__()
        self._now_seconds = 0.0
        self._turns = 0
        self._cancelled = 0
        self._order = count()
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._held: list[asyncio.Handle] = []
        self.frozen: set[Frozen] = set()
        self.set_task_factory(
            lambda loop, work, **options: _NumberedTask(work, loop=loop, **options)
        )

    def time(self) -> float:
        return self._now_seconds

    def at(self, seconds: float, callback: Callable[..., object], *args: Any) -> None:
        """Call back after so many seconds, in the world's context: no process freezes it."""
        self.call_later(seconds, callback, *args, context=NOBODY)

    def freeze(self, process: Frozen) -> None:
        """Nothing of it runs; its connections stay open, as those of a stopped process do."""
        process.is_frozen = True
        self.frozen.add(process)

    def thaw(self, process: Frozen) -> None:
        """It goes on where it stood, and its overdue timers fire."""
        process.is_frozen = False
        self.frozen.discard(process)
        held, self._held = self._held, []
        self._ready.extend(held)

    def _run_once(self) -> None:
        """One turn; called by `run_forever` for ever."""
        self._turns += 1
        assert self._turns < TURNS_MAX, "something spins"
        self._wake_timers()
        for _ in range(len(self._ready)):
            handle = self._ready.popleft()
            if handle._cancelled:
                continue
            if self.frozen and handle._context.get(PROCESS) in self.frozen:
                self._held.append(handle)
            else:
                handle._run()

    def _wake_timers(self) -> None:
        timers = self._timers
        while timers and (timers[0][2]._cancelled or timers[0][0] <= self._now_seconds):
            self._wake(heapq.heappop(timers)[2])
        if not self._ready and not self._stopping:
            assert timers, "everything waits for something that nobody will do"
            self._now_seconds = timers[0][0]
            self._wake(heapq.heappop(timers)[2])

    def _wake(self, timer: asyncio.TimerHandle) -> None:
        timer._scheduled = False  # type: ignore[attr-defined]
        if not timer._cancelled:
            self._ready.append(timer)

    def call_at(  # type: ignore[override]
        self,
        when: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """In the order of their making if they are of one instant; asyncio's own have none."""
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        timer._scheduled = True  # type: ignore[attr-defined]
        heapq.heappush(self._timers, (when, next(self._order), timer))
        return timer

    def _timer_handle_cancelled(self, _handle: asyncio.TimerHandle) -> None:
        """Called by it. Most timers are deadlines that are cancelled."""
        self._cancelled += 1
        if self._cancelled > CANCELLED_TIMERS_MAX:
            self._cancelled = 0
            self._timers = [each for each in self._timers if not each[2]._cancelled]
            heapq.heapify(self._timers)

    def _process_events(self, _events: object) -> None:
        """There are no sockets."""

    def _write_to_self(self) -> None:
        """There are no threads."""

    # What BaseEventLoop leaves to its subclasses and calls at its end.
    _ready: Any
    _stopping: bool


def in_context_of(process: Frozen) -> Context:
    """A context for a task of this process; the tasks that it makes inherit it."""
    context = copy_context()
    context.run(PROCESS.set, process)
    return context


def run(work: Callable[[SimulatedLoop], Coroutine[Any, Any, T]]) -> T:
    """As `asyncio.run`, in no time."""
    loop = SimulatedLoop()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(work(loop))
