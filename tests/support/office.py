"""A whole office, as `janji up` runs it, and people who talk to it over HTTP."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import aiohttp

from shared.promise.working_days import PONTIANAK

START_SECONDS_MAX = 120
COMMAND_SECONDS_MAX = 60

Json = dict[str, Any]


def today() -> date:
    """On the wall of the office."""
    return datetime.now(PONTIANAK).date()


@dataclass
class Office:
    """An installation of its own: its state lies in `folder`, its ports are free ones."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    def open(self) -> None:
        self.janji("up", "--detach", seconds_max=START_SECONDS_MAX)

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
        others = {name: value for name, value in os.environ.items() if name[:6] != "JANJI_"}
        return subprocess.run(
            [sys.executable, "-m", "janji", *arguments],
            env={**others, "JANJI_HOME": str(self.folder), **self.settings},
            capture_output=True,
            text=True,
            timeout=seconds_max,
            check=False,
        )

    def status(self) -> Json:
        """What runs, whether all is ready or not."""
        found: Json = json.loads(self.tried("status", "--json").stdout)
        return found

    def url(self, service: str) -> str:
        found: str = self.status()[service]["url"]
        return found

    def token(self, *roles: str, agency: str | None = None) -> str:
        """An access token of somebody with these roles."""
        of_agency = ["--agency", agency] if agency else []
        asked = [part for role in roles for part in ("--role", role)]
        return self.janji("token", *asked, *of_agency).strip()


@dataclass
class Person:
    """Somebody with a token (or a secret, or nothing) who calls one service."""

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
