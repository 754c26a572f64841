"""Keeps programs running: started again for ever, and never left behind.

Each program leads a session of its own, so that Ctrl-C reaches the supervisor alone, which then
stops them in order. Before a program is started again, all that is left of it is killed. Should
the supervisor itself be killed, the kernel sends each program its own stop signal. Output goes
straight into files, which outlive the supervisor.
"""

import asyncio
import ctypes
import os
import re
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL, STDOUT, Popen

from deploy.local.processes import kill_group, note

PAUSE_FIRST_SECONDS = 0.1
PAUSE_MAX_SECONDS = 2.0
STEADY_SECONDS = 10.0  # what ran this long starts again after the shortest pause
LOG_BYTES_MAX = 10 * 2**20  # a longer log is put aside at the next start; one old one is kept
LAST_WORDS_MAX = 300
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

    def keep(self, *programs: Program) -> None:
        """Run these from now on; they are stopped together, before all that were kept earlier."""
        self._layers.append([self._tasks.create_task(self._keep(each)) for each in programs])

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
            code = await self._once(program)
            self._say(
                f"{program.name} ended ({_words(code)}): {last_line(self.log_of(program.name))}"
            )
            if time.monotonic() - started_at > STEADY_SECONDS:
                pause = PAUSE_FIRST_SECONDS
            await asyncio.sleep(pause)
            pause = min(2 * pause, PAUSE_MAX_SECONDS)

    async def _once(self, program: Program) -> int:
        """From its start to its end, with nothing left of it afterwards."""
        kill_all(program.strays())
        process = _start(program, self.log_of(program.name))
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
        return code


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


def last_line(log: Path) -> str:
    """The last words of a program."""
    said = COLOUR.sub("", log.read_text(errors="replace")) if log.exists() else ""
    return said.strip().rpartition("\n")[2][:LAST_WORDS_MAX] or "it said nothing"


def _start(program: Program, log: Path) -> Popen[bytes]:
    """Start it. From the main thread only: the death signal comes when the *thread* ends."""
    if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
        log.replace(log.with_suffix(".old.log"))
    with log.open("ab") as output:
        return Popen(
            program.command,
            env=program.environment,
            cwd=program.folder,
            stdin=DEVNULL,
            stdout=output,
            stderr=STDOUT,
            start_new_session=True,
            preexec_fn=ending_with_this_process(program.stop_signal),
        )


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


async def _stop(pid: int, program: Program) -> None:
    """Ask it to end, and wait no longer than it may take."""
    os.kill(pid, program.stop_signal)
    with suppress(TimeoutError):
        async with asyncio.timeout(program.stop_seconds):
            await ended(pid)


def _words(code: int) -> str:
    return f"by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
