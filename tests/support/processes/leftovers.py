"""A process that outlives the test run is named at its end, and the run fails.

The run adopts whatever loses its parent, so that everything that was started in it descends from
it, whichever session or environment it has given itself. Loaded as a plugin of pytest.
"""

import os
import signal
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from deploy.local.processes import runs
from deploy.local.supervisor import LIBC, kill_all

PR_SET_CHILD_SUBREAPER = 36
PROC = Path("/proc")
LIFETIME = "testbed.server_lifetime"  # keeps a server until the run ends, which is now
GRACE_SECONDS = 30.0  # RabbitMQ takes six to stop
LOOK_AGAIN_SECONDS = 0.05
LEFT = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """The first process of the run adopts; its workers, if it has any, are its children."""
    if is_first(config):
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


@pytest.hookimpl(trylast=True)  # after the last fixtures, and after the workers
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Look who is still there."""
    if not is_first(session.config):
        return
    for pid in descendants():
        if LIFETIME in described(pid):
            os.kill(pid, signal.SIGTERM)
    if left := left_after(GRACE_SECONDS):
        session.config.stash[LEFT] = [f"{pid}: {described(pid)}" for pid in left]
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        kill_all(left)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say who it was; they have been ended since."""
    for line in config.stash.get(LEFT, []):
        terminalreporter.write_line(f"LEFT RUNNING by a test: {line}", red=True)


def is_first(config: pytest.Config) -> bool:
    return not hasattr(config, "workerinput")


def left_after(seconds: float) -> list[int]:
    """Who has not ended until then."""
    deadline = time.monotonic() + seconds
    while (left := list(descendants())) and time.monotonic() < deadline:
        time.sleep(LOOK_AGAIN_SECONDS)
    return left


def descendants() -> Iterator[int]:
    """All processes below this one."""
    children = defaultdict(list)
    for process in PROC.glob("[0-9]*"):
        with suppress(OSError):
            parent = int((process / "stat").read_text().rpartition(") ")[2].split()[1])
            children[parent].append(int(process.name))
    found = [os.getpid()]
    for pid in found:
        found += children[pid]
        if pid != os.getpid() and runs(pid):
            yield pid


def described(pid: int) -> str:
    """Its command, and the folder it works in, which is often the test's own."""
    with suppress(OSError):
        command = (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ")
        return f"{command.decode(errors='replace')}in {(PROC / str(pid) / 'cwd').readlink()}"
    return "gone"
