"""Keeps one server for a test run, and ends with it, however the run ends.

`python -m testbed.server_lifetime postgres|broker FOLDER PID`: PID is the process of the test run.
When the server answers, FOLDER/address.json says where.
"""

import asyncio
import json
import os
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.accounts import VHOST
from deploy.local.broker import BrokerNode, Ports
from deploy.local.ports import free_ports
from deploy.local.postgres import SETTINGS, PostgresServer
from deploy.local.supervisor import Supervisor, ended, supervising
from testbed.servers import find_broker_software

ANSWER_SECONDS_MAX = 90
PASSWORD = "test"
# Killed processes lose nothing without fsync, only a machine without power would.
FAST = {**SETTINGS, "fsync": "off", "full_page_writes": "off", "max_connections": "400"}

MEMORY = Path("/dev/shm")
ROOM_BYTES = 4 * 1024**3

Address = dict[str, str]
Serve = Callable[[Supervisor, Path], Awaitable[Address]]


async def main(server: str, folder: Path, test_run: int) -> None:
    """Serve until that process ends or says so; then nothing is left but the log."""
    everything = asyncio.current_task()
    assert everything is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, everything.cancel)
    serve = {"postgres": serve_postgres, "broker": serve_broker}[server]
    with (
        suppress(asyncio.CancelledError),
        TemporaryDirectory(prefix=f"janji-{server}-", dir=memory()) as data,
    ):
        await keep(serve, folder, Path(data) / "server", test_run)


async def keep(serve: Serve, folder: Path, data: Path, test_run: int) -> None:
    async with supervising(logs=folder, run=folder, say=print) as supervisor:
        found = await serve(supervisor, data)
        unfinished = folder / "address.new"
        unfinished.write_text(json.dumps(found))
        unfinished.rename(folder / "address.json")
        await ended(test_run)


def memory() -> Path | None:
    """Where files cost no disk, if there is room: a database a test is made of 300 of them."""
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM_BYTES
    return MEMORY if has_room and os.access(MEMORY, os.W_OK) else None


async def serve_postgres(supervisor: Supervisor, folder: Path) -> Address:
    server = PostgresServer(folder=folder, port=free_ports(1)[0], password=PASSWORD)
    supervisor.keep(await server.program(FAST))
    await supervisor.ready("postgres", holds=server.accepts_login, seconds=ANSWER_SECONDS_MAX)
    return {"url": server.url}


async def serve_broker(supervisor: Supervisor, folder: Path) -> Address:
    broker = BrokerNode(folder, find_broker_software(), Ports(*free_ports(4)), PASSWORD)
    epmd, node = broker.programs()
    supervisor.keep(epmd)
    supervisor.keep(replace(node, stop_signal=signal.SIGKILL))  # a clean stop takes six seconds
    await supervisor.ready("epmd", "broker", holds=broker.accepts_login, seconds=ANSWER_SECONDS_MAX)
    return {"url": broker.url.removesuffix(f"/{VHOST}"), "api": f"{broker.management_url}/api"}


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
