"""Keeps programs running: started again for ever, and never left behind.

Each program leads a session of its own, so that Ctrl-C reaches the supervisor alone, which then
stops them in order. Before a program is started again, all that is left of it is killed. Should
the supervisor itself be killed, the kernel sends each program its own stop signal. Output goes
straight into files, which outlive the supervisor. What ends before it was ever ready is taken for
what can't start, and its own words say why.
"""

import asyncio
import ctypes
import os
import re
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL, STDOUT, Popen

from deploy.failures import CannotStart
from deploy.local.processes import kill_group, note
from deploy.local.subprocesses import wait_until

PAUSE_FIRST_SECONDS = 0.1
PAUSE_MAX_SECONDS = 2.0
STEADY_SECONDS = 10.0  # what ran this long starts again after the shortest pause
LOG_BYTES_MAX = 10 * 2**20  # a longer log is put aside at the next start; one old one is kept
WORDS_BYTES_MAX = 2**20  # of a log that has grown for months only so much is looked at
REASON_MAX = 300
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Program:
    """What to run, and how it wants to be stopped."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 15.0
    strays: Callable[[], Iterable[int]] = field(default=tuple)  # what its group doesn't hold
    causes: Sequence[re.Pattern[str]] = ()  # where it says why it can't start, the plainest first


class Supervisor:
    """Owns the programs of one run; made by `supervising`."""

    def __init__(
        self, tasks: asyncio.TaskGroup, *, logs: Path, run: Path, say: Callable[[str], None]
    ) -> None:
        self._tasks = tasks
        self._logs = logs
        self._run = run
        self._say = say
        self._layers: list[list[asyncio.Task[None]]] = []
        self._ends: dict[str, str] = {}  # how each that has ended did so the last time
        self._ready: set[str] = set()  # what had come so far that an old error is no cause any more

    def keep(self, *programs: Program) -> None:
        """Run these from now on; they are stopped together, before all that were kept earlier."""
        self._layers.append([self._tasks.create_task(self._keep(each)) for each in programs])

    async def ready(
        self, *names: str, holds: Callable[[], Awaitable[bool]], seconds: float
    ) -> None:
        """Until it holds. `CannotStart` as soon as one of these has ended, or when time is up."""

        async def holds_while_they_run() -> bool:
            for name in self._ends.keys() & names:
                log = self.log_of(name)
                raise CannotStart(f"{name} can't start, it {self._ends[name]} (all it said: {log})")
            return await holds()

        def otherwise() -> str:
            log = self.log_of(names[-1])
            return (
                f"{names[-1]} is not ready after {seconds:.0f} s;"
                f" its last words: {reason(_words_in(log))} (all it said: {log})"
            )

        await wait_until(holds_while_they_run, seconds=seconds, otherwise=otherwise)
        self._ready.update(names)

    async def stop(self) -> None:
        """Stop all programs, the latest first."""
        while self._layers:
            layer = self._layers.pop()
            for task in layer:
                task.cancel()
            await asyncio.wait(layer)

    def log_of(self, name: str) -> Path:
        """Where a program's output goes."""
        return self._logs / f"{name}.log"

    async def _keep(self, program: Program) -> None:
        """Start it again whenever it ends; a cancellation leaves it stopped."""
        pause = PAUSE_FIRST_SECONDS
        while True:
            started_at = time.monotonic()
            end = self._ends[program.name] = await self._once(program)
            self._say(f"{program.name} {end}")
            if time.monotonic() - started_at > STEADY_SECONDS:
                pause = PAUSE_FIRST_SECONDS
            await asyncio.sleep(pause)
            pause = min(2 * pause, PAUSE_MAX_SECONDS)

    async def _once(self, program: Program) -> str:
        """From its start to its end, with nothing left of it afterwards; how it ended."""
        await _end_all(program.strays())
        log = self.log_of(program.name)
        process, begins_at = _start(program, log)
        pid_file = self._run / f"{program.name}.pid"
        note(pid_file, process.pid)
        try:
            await ended(process.pid)
        except asyncio.CancelledError:
            await _stop(process.pid, program)
            raise
        finally:
            kill_group(process.pid)  # its leader is still a zombie, so the number is still its own
            kill_all(program.strays())
            pid_file.unlink(missing_ok=True)
            code = process.wait()
        causes = () if program.name in self._ready else program.causes
        return f"ended ({_code(code)}): {reason(_words_in(log, begins_at), causes)}"


@asynccontextmanager
async def supervising(
    *, logs: Path, run: Path, say: Callable[[str], None]
) -> AsyncIterator[Supervisor]:
    """A supervisor that stops what it kept, whichever way the block ends."""
    async with asyncio.TaskGroup() as tasks:
        supervisor = Supervisor(tasks, logs=logs, run=run, say=say)
        try:
            yield supervisor
        finally:
            await supervisor.stop()


def ending_with_this_process(stop_signal: signal.Signals) -> Callable[[], None]:
    """What a child does between fork and exec: should we die, the kernel sends it that signal."""
    parent = os.getpid()

    def ask_the_kernel() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, stop_signal)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return ask_the_kernel


def kill_all(pids: Iterable[int]) -> None:
    """End these at once."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def reason(said: str, causes: Iterable[re.Pattern[str]] = ()) -> str:
    """Why a program ended, in a line of its own: the first of the first cause, else its last."""
    for cause in causes:
        if found := cause.search(said):
            return _shortened(found[found.lastindex or 0])
    return _shortened(said.rpartition("\n")[2]) or "it said nothing"


def _shortened(line: str) -> str:
    """What, and why, stand at the two ends."""
    half = REASON_MAX // 2
    return line if len(line) <= REASON_MAX else f"{line[:half]} … {line[-half:]}"


def _words_in(log: Path, begin_at: int = 0) -> str:
    if not log.exists():
        return ""
    with log.open("rb") as text:
        text.seek(max(begin_at, log.stat().st_size - WORDS_BYTES_MAX))
        return COLOUR.sub("", text.read().decode(errors="replace")).strip()


def _start(program: Program, log: Path) -> tuple[Popen[bytes], int]:
    """Start it, and say where in its log its words begin.

    From the main thread only: the death signal comes when the *thread* ends.
    """
    if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
        log.replace(log.with_suffix(".old.log"))
    with log.open("ab") as output:
        begins_at = output.tell()
        process = Popen(
            program.command,
            env=program.environment,
            cwd=program.folder,
            stdin=DEVNULL,
            stdout=output,
            stderr=STDOUT,
            start_new_session=True,
            preexec_fn=ending_with_this_process(program.stop_signal),
        )
        return process, begins_at


async def ended(pid: int) -> None:
    """Until it ends. It stays a zombie, which holds its number until it is waited for."""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    descriptor = os.pidfd_open(pid)
    loop.add_reader(descriptor, over.set)
    try:
        await over.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


async def _end_all(pids: Iterable[int]) -> None:
    """End these, and wait until they have let go of what the next one wants."""
    for pid in list(pids):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            await ended(pid)


async def _stop(pid: int, program: Program) -> None:
    """Ask it to end, and wait no longer than it may take."""
    os.kill(pid, program.stop_signal)
    with suppress(TimeoutError):
        async with asyncio.timeout(program.stop_seconds):
            await ended(pid)


def _code(code: int) -> str:
    return f"by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
