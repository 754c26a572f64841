"""A whole office, as `janji up` runs it, and people who talk to it over HTTP."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import aiohttp

from deploy.local.supervisor import ending_with_this_process
from shared.office_time import PONTIANAK

START_SECONDS_MAX = 120
COMMAND_SECONDS_MAX = 60
LOOK_AGAIN_SECONDS = 0.1

Json = dict[str, Any]


def today() -> date:
    """On the wall of the office."""
    return datetime.now(PONTIANAK).date()


@dataclass
class Office:
    """An installation of its own: its state lies in `folder`, its ports are free ones."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    python: Path = Path(sys.executable)

    def open(self) -> None:
        """`janji up`, which ends with this test run whatever becomes of that."""
        with self.folder.with_suffix(".log").open("a") as log:
            subprocess.Popen(
                [self.python, "-m", "janji", "up"],
                env=self._environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=ending_with_this_process(signal.SIGTERM),
            )
        self.until(all_ready, seconds=START_SECONDS_MAX)

    def close(self) -> None:
        self.janji("down")

    def janji(self, *arguments: str, seconds_max: float = COMMAND_SECONDS_MAX) -> str:
        """What the command prints; AssertionError with its words if it fails."""
        ran = self.tried(*arguments, seconds_max=seconds_max)
        assert ran.returncode == 0, f"janji {' '.join(arguments)}: {ran.stdout}{ran.stderr}"
        return ran.stdout

    def tried(
        self, *arguments: str, seconds_max: float = COMMAND_SECONDS_MAX
    ) -> "subprocess.CompletedProcess[str]":
        """The command, whatever becomes of it."""
        return subprocess.run(
            [self.python, "-m", "janji", *arguments],
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=seconds_max,
            check=False,
        )

    def status(self) -> Json:
        """What runs, whether all is ready or not; nothing as long as it is not installed."""
        said = self.tried("status", "--json").stdout if self.python.exists() else ""
        found: Json = json.loads(said or "{}")
        return found

    def until(self, holds: Callable[[Json], bool], *, seconds: float) -> Json:
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
        """The command lines of running processes that name this folder."""
        return [
            line
            for process in Path("/proc").glob("[0-9]*")
            if str(self.folder) in (line := _command_line(process))
        ]

    def url(self, service: str) -> str:
        found: str = self.status()[service]["url"]
        return found

    def token(self, *roles: str, agency: str | None = None) -> str:
        """An access token with these roles."""
        of_agency = ["--agency", agency] if agency else []
        asked = [part for role in roles for part in ("--role", role)]
        return self.janji("token", *asked, *of_agency).strip()

    def _environment(self) -> dict[str, str]:
        others = {name: value for name, value in os.environ.items() if name[:6] != "JANJI_"}
        return {**others, **self.settings, "JANJI_HOME": str(self.folder)}


def all_ready(status: Json) -> bool:
    return bool(status) and all(entry is None or entry["ready"] for entry in status.values())


def _command_line(process: Path) -> str:
    try:
        return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


@dataclass
class Person:
    """A caller of one service, with a token, a secret, or neither."""

    session: aiohttp.ClientSession
    service_url: str
    token: str | None = None

    async def sends(self, path: str, body: Json | None = None, **headers: str) -> Json:
        """The answer's JSON; AssertionError with the answer if it is no success."""
        status, _, answer = await self.tries(path, body, **headers)
        assert status in (200, 201), f"{path}: {status} {answer}"
        return json.loads(answer)  # type: ignore[no-any-return]

    async def tries(
        self, path: str, body: Json | None = None, **headers: str
    ) -> tuple[int, Mapping[str, str], str]:
        """Status, headers and text of whatever is answered."""
        async with self.session.request(
            "GET" if body is None else "POST",
            self.service_url + path,
            json=body,
            headers={**self._authorization(), **headers},
        ) as answer:
            return answer.status, answer.headers, await answer.text()

    async def reads(self, path: str) -> str:
        """The text of a page."""
        status, _, answer = await self.tries(path)
        assert status == 200, f"{path}: {status} {answer}"
        return answer

    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}
