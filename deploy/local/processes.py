"""Which process is which: a number alone may have become another's."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")


def note(path: Path, pid: int) -> None:
    """Write down a process so that `noted` knows it again."""
    fresh = path.with_suffix(".new")
    fresh.write_text(f"{pid} {_started(pid)}")
    fresh.replace(path)


def noted(path: Path) -> int | None:
    """The process written down there, if that very one still runs."""
    try:
        pid, started = path.read_text().split()
        return int(pid) if runs(int(pid)) and _started(int(pid)) == started else None
    except (OSError, ValueError):
        return None


def runs(pid: int) -> bool:
    """Whether it is there and no zombie."""
    return _started(pid) != ""


def age_seconds() -> float:
    """Since this very process was started, its interpreter's own start included."""
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
    """End at once whatever is left of the group that this process led."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _started(pid: int) -> str:
    """When it started, in clock ticks since boot; empty for one that is gone or a zombie."""
    try:
        state, *fields = (PROC / str(pid) / "stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return ""
    return "" if state == "Z" else fields[18]
