"""An operator's terminal: runs `janji` with the environment of an installation."""

import asyncio
import os
from asyncio.subprocess import STDOUT
from collections.abc import Mapping
from dataclasses import dataclass

from testbed.databases import Database
from tests.support.processes.forked import WIDE, forked

ANSWER_SECONDS_MAX = 90.0


@dataclass
class Terminal:
    """`environment` goes with every command; `exit_code` says how the last one ended."""

    environment: Mapping[str, str]
    exit_code: int = 0

    async def janji(self, *words: str) -> str:
        """What it prints."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("JANJI_")}
        environment = {**inherited, **WIDE, **self.environment}
        process = await forked("janji", *words, environment=environment, stderr=STDOUT)
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            printed, _ = await process.communicate()
        self.exit_code = process.returncode or 0
        return printed.decode()


def terminal(*, projections: Database, requests: Database, complaints: Database) -> Terminal:
    """At a server whose services listen nowhere: for commands that read databases alone."""
    return Terminal(
        {
            "JANJI_DATABASE_URL": projections.app_url,
            "JANJI_REQUESTS_DATABASE_URL": requests.app_url,
            "JANJI_COMPLAINTS_DATABASE_URL": complaints.app_url,
            "JANJI_REQUESTS_URL": "http://127.0.0.1:9",
            "JANJI_COMPLAINTS_URL": "http://127.0.0.1:9",
            "JANJI_FEED_TOKEN_FILE": "/dev/null",
        }
    )
