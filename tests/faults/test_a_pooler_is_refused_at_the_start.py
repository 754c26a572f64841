"""F25: a transaction-pooling pgbouncer, the real one, stands where a service expects PostgreSQL.

Through it a lock would be another session's, and LISTEN nobody's: so no service starts on it.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from deploy.local.ports import free_ports
from deploy.local.unprivileged import prefix_for
from shared.postgres.connection import NETWORK_SETTINGS
from testbed.databases import Database
from testbed.event_logs import stored_keys
from testbed.eventually import eventually
from tests.support.messaging.ledger import Ledger
from tests.support.processes.forked import WIDE, forked
from tests.support.processes.requests_process import settings_of

START_SECONDS_MAX = 60.0
CONFIGURATION = """
[databases]
* = host={host} port={server_port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users
pool_mode = transaction
ignore_startup_parameters = {ignored}
"""
LETS_THROUGH = ", ".join(["extra_float_digits", "statement_timeout", *NETWORK_SETTINGS])


@pytest.mark.system
@pytest.mark.needs("pgbouncer")
@pytest.mark.parametrize("ignored", ["extra_float_digits", LETS_THROUGH], ids=["strict", "lax"])
async def test_a_pooler_is_refused_in_one_clear_line(
    database: Callable[[str], Database], tmp_path: Path, ignored: str
) -> None:
    """A lax one takes all settings of a session, and drops them."""
    at, ledger = database("requests"), Ledger("requests")
    async with pgbouncer(at.app_url, tmp_path, ignored) as url:
        environment = {**os.environ, **WIDE, **settings_of(Database(url, url), tmp_path)}
        service = await forked(
            "services.requests.main", environment=environment, stderr=asyncio.subprocess.STDOUT
        )
        async with asyncio.timeout(START_SECONDS_MAX):
            said, _ = await service.communicate()

    assert service.returncode != 0
    assert b"a direct connection to PostgreSQL is needed" in said, said
    assert b"Traceback" not in said, said
    ledger.sent()
    ledger.stored(*await stored_keys(at.app_url))
    ledger.assert_balanced()


@asynccontextmanager
async def pgbouncer(url: str, folder: Path, ignored: str) -> AsyncIterator[str]:
    """The URL of the same database through it."""
    parts, (port,) = urlsplit(url), free_ports(1)
    (folder / "users").write_text(f'"{parts.username}" "{parts.password}"\n')
    (folder / "pgbouncer.ini").write_text(
        CONFIGURATION.format(
            host=parts.hostname, server_port=parts.port, port=port, folder=folder, ignored=ignored
        )
    )
    command = (*await prefix_for(folder), "pgbouncer", "--quiet", str(folder / "pgbouncer.ini"))
    process = await asyncio.create_subprocess_exec(*command, env=os.environ)
    try:
        await eventually(lambda: accepts(port), seconds=START_SECONDS_MAX)
        address = f"{parts.username}:{parts.password}@127.0.0.1:{port}"
        yield parts._replace(netloc=address).geturl()
    finally:
        process.terminate()
        await process.wait()


async def accepts(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
