"""Processes identified by id and start time, since the kernel reuses ids."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")


def note(path: Path, pid: int) -> None:
    """Record a process in a file, for `noted`."""
    fresh = path.with_suffix(".new")
    fresh.write_text(f"{pid} {_started(pid)}")
    fresh.replace(path)


def noted(path: Path) -> int | None:
    """The recorded process, if the same one still runs."""
    try:
        pid, started = path.read_text().split()
        return int(pid) if runs(int(pid)) and _started(int(pid)) == started else None
    except (OSError, ValueError):
        return None


def runs(pid: int) -> bool:
    """Whether the process exists and is no zombie."""
    return _started(pid) != ""


def age_seconds() -> float:
    """The age of this process, including the start of its interpreter."""
    ticks = int(_started(os.getpid()))
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")


def working_in(folder: Path, program: str) -> Iterator[int]:
    """The processes called `program` whose working folder this is."""
    for process in PROC.glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").readlink() == folder.resolve() and (
                process / "comm"
            ).read_text().strip() == program:
                yield int(process.name)


def kill_group(pid: int) -> None:
    """Kill the rest of the group that this process led."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _started(pid: int) -> str:
    """Its start in clock ticks since boot; empty for a zombie or no process."""
    try:
        state, *fields = (PROC / str(pid) / "stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return ""
    return "" if state == "Z" else fields[18]
