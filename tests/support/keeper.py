"""Keeps one server for a test run, and ends with it, however the run ends.

`python -m tests.support.keeper postgres|broker FOLDER PID`: PID is the process of the test run.
When the server answers, FOLDER/address.json says where.
"""

import asyncio
import json
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from deploy.accounts import VHOST
from deploy.local.broker import Broker, Ports
from deploy.local.commands import wait_until
from deploy.local.ports import free_ports
from deploy.local.postgres import SETTINGS, Postgres
from deploy.local.supervisor import Supervisor, ended, supervising
from tests.support.servers import find_broker_software

ANSWER_SECONDS_MAX = 90
PASSWORD = "test"
# Killed processes lose nothing without fsync, only a machine without power would.
FAST = {**SETTINGS, "fsync": "off", "full_page_writes": "off", "max_connections": "400"}

Address = dict[str, str]


async def main(server: str, folder: Path, test_run: int) -> None:
    """Serve until that process ends; then nothing is left but the log."""
    serve = {"postgres": serve_postgres, "broker": serve_broker}[server]
    async with supervising(logs=folder, run=folder, say=print) as supervisor:
        found = await serve(supervisor, folder / "server")
        unfinished = folder / "address.new"
        unfinished.write_text(json.dumps(found))
        unfinished.rename(folder / "address.json")
        await ended(test_run)
    shutil.rmtree(folder / "server")


async def serve_postgres(supervisor: Supervisor, folder: Path) -> Address:
    server = Postgres(folder=folder, port=free_ports(1)[0], password=PASSWORD)
    supervisor.keep(await server.program(FAST))
    await answering(server.answers, supervisor.log_of("postgres"))
    return {"url": server.url}


async def serve_broker(supervisor: Supervisor, folder: Path) -> Address:
    broker = Broker(folder, find_broker_software(), Ports(*free_ports(4)), PASSWORD)
    epmd, node = broker.programs()
    supervisor.keep(epmd)
    supervisor.keep(replace(node, stop_signal=signal.SIGKILL))  # a clean stop takes six seconds
    await answering(broker.answers, supervisor.log_of("broker"))
    return {"url": broker.url.removesuffix(f"/{VHOST}"), "api": f"{broker.management_url}/api"}


async def answering(answers: Callable[[], Awaitable[bool]], log: Path) -> None:
    await wait_until(answers, seconds=ANSWER_SECONDS_MAX, otherwise=log.read_text)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
