"""A whole installation for a test, driven by the command `janji` as a person drives it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

START_SECONDS_MAX = 120.0
LOOK_AGAIN_SECONDS = 0.1

Status = Mapping[str, Any]


@dataclass
class Installation:
    """A home of its own, and what `janji` says of it."""

    home: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    python: Path = Path(sys.executable)

    def janji(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [self.python, "-m", "janji", *words],
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=START_SECONDS_MAX,
            check=False,
        )

    def status(self) -> Status:
        """Nothing as long as it is not installed."""
        said = self.janji("status", "--json").stdout if self.python.exists() else ""
        found: Status = json.loads(said or "{}")
        return found

    def until(self, holds: Callable[[Status], bool], *, seconds: float) -> Status:
        """Ask for the status until it holds."""
        deadline = time.monotonic() + seconds
        while not holds(status := self.status()):
            assert time.monotonic() < deadline, f"still {status} after {seconds} s"
            time.sleep(LOOK_AGAIN_SECONDS)
        return status

    def kill(self, name: str) -> int:
        """SIGKILL to the process that does the work; its number."""
        pid = self.status()[name]["pid"]
        assert isinstance(pid, int)
        os.kill(pid, signal.SIGKILL)
        return pid

    def leftovers(self) -> list[str]:
        """Command lines that speak of this home."""
        return [
            line
            for process in Path("/proc").glob("[0-9]*")
            if str(self.home) in (line := _command_line(process))
        ]

    def _environment(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("JANJI_")}
        return {**inherited, **self.settings, "JANJI_HOME": str(self.home)}


def all_ready(status: Status) -> bool:
    return bool(status) and all(entry is None or entry["ready"] for entry in status.values())


def _command_line(process: Path) -> str:
    try:
        return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
