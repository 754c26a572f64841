"""The supervisor keeps programs running: it restarts them for ever, and leaves none behind.

Each program leads its own session, so that Ctrl-C reaches only the supervisor, which then stops
them in order. Before a restart it kills everything that is left of the program. If the supervisor
is killed, the kernel sends each program its stop signal. Output goes to files, which outlive the
supervisor. A program that ends before it was ready can't start, and its output gives the reason.
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
STEADY_SECONDS = 10.0  # a program that ran so long restarts after the shortest pause
LOG_BYTES_MAX = 10 * 2**20  # a longer log is rotated at the next start; one old log is kept
WORDS_BYTES_MAX = 2**20  # the part of a long log that is searched
REASON_MAX = 300
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Program:
    """A command to run, and how to stop it."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 15.0
    strays: Callable[[], Iterable[int]] = field(default=tuple)  # processes outside its group
    causes: Sequence[re.Pattern[str]] = ()  # patterns of start failures, the most specific first


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
        self._ends: dict[str, str] = {}  # the last end of each program that has ended
        self._ready: set[str] = set()  # once ready, an old error is no cause

    def keep(self, *programs: Program) -> None:
        """Run these programs; they are stopped together, before all earlier ones."""
        self._layers.append([self._tasks.create_task(self._keep(each)) for each in programs])

    async def ready(
        self, *names: str, holds: Callable[[], Awaitable[bool]], seconds: float
    ) -> None:
        """Wait until it holds. `CannotStart` if one of these ends, or after `seconds`."""

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
        """The file of a program's output."""
        return self._logs / f"{name}.log"

    async def _keep(self, program: Program) -> None:
        """Restart it whenever it ends; a cancellation leaves it stopped."""
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
        """Run it once and clean up all of its processes; returns how it ended."""
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
            kill_group(process.pid)  # its leader is still a zombie, so its id is not reused
            kill_all(program.strays())
            pid_file.unlink(missing_ok=True)
            code = process.wait()
        causes = () if program.name in self._ready else program.causes
        return f"ended ({_code(code)}): {reason(_words_in(log, begins_at), causes)}"


@asynccontextmanager
async def supervising(
    *, logs: Path, run: Path, say: Callable[[str], None]
) -> AsyncIterator[Supervisor]:
    """A supervisor that stops its programs at the end of the block, also after an error."""
    async with asyncio.TaskGroup() as tasks:
        supervisor = Supervisor(tasks, logs=logs, run=run, say=say)
        try:
            yield supervisor
        finally:
            await supervisor.stop()


def ending_with_this_process(stop_signal: signal.Signals) -> Callable[[], None]:
    """Runs in the child between fork and exec: the kernel sends it that signal if we die."""
    parent = os.getpid()

    def ask_the_kernel() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, stop_signal)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return ask_the_kernel


def kill_all(pids: Iterable[int]) -> None:
    """Kill these processes."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def reason(said: str, causes: Iterable[re.Pattern[str]] = ()) -> str:
    """The line that says why a program ended: the first match of the causes, else its last."""
    for cause in causes:
        if found := cause.search(said):
            return _shortened(found[found.lastindex or 0])
    return _shortened(said.rpartition("\n")[2]) or "it said nothing"


def _shortened(line: str) -> str:
    """Keep both ends of a long line, which say what failed and why."""
    half = REASON_MAX // 2
    return line if len(line) <= REASON_MAX else f"{line[:half]} … {line[-half:]}"


def _words_in(log: Path, begin_at: int = 0) -> str:
    if not log.exists():
        return ""
    with log.open("rb") as text:
        text.seek(max(begin_at, log.stat().st_size - WORDS_BYTES_MAX))
        return COLOUR.sub("", text.read().decode(errors="replace")).strip()


def _start(program: Program, log: Path) -> tuple[Popen[bytes], int]:
    """Start it; returns the process, and where its output begins in the log.

    Call it in the main thread only: the death signal is sent when the *thread* ends.
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
    """Wait for its end. It stays a zombie, which keeps its id, until it is waited for."""
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
    """Kill these, and wait for their ends, which release ports and files."""
    for pid in list(pids):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            await ended(pid)


async def _stop(pid: int, program: Program) -> None:
    """Send the stop signal, and wait at most `stop_seconds`."""
    os.kill(pid, program.stop_signal)
    with suppress(TimeoutError):
        async with asyncio.timeout(program.stop_seconds):
            await ended(pid)


def _code(code: int) -> str:
    return f"by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
