"""A private PostgreSQL: made once, whole, closed to strangers, and up again whatever dies."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import asyncpg
import pytest

from deploy.failures import CannotStart
from deploy.local.postgres import PostgresServer, installed
from deploy.local.processes import noted, runs
from deploy.local.subprocesses import wait_until
from deploy.local.supervisor import supervising

PATIENCE_SECONDS = 15.0


@asynccontextmanager
async def kept(server: PostgresServer) -> AsyncIterator[PostgresServer]:
    """Kept running, with its process number noted beside its data."""
    async with supervising(logs=server.folder, run=server.folder, say=print) as supervisor:
        supervisor.keep(await server.program())
        await answering(server)
        yield server


async def answering(server: PostgresServer) -> None:
    log = server.folder / "postgres.log"
    await wait_until(server.accepts_login, seconds=PATIENCE_SECONDS, otherwise=log.read_text)


def postmaster(server: PostgresServer) -> int:
    pid = noted(server.folder / "postgres.pid")
    assert pid is not None
    return pid


@pytest.fixture
def server(tmp_path: Path, unused_tcp_port: int) -> PostgresServer:
    tmp_path.chmod(0o700)
    return PostgresServer(folder=tmp_path / "postgres", port=unused_tcp_port, password="right")


async def test_a_new_cluster_is_as_the_log_needs_it(server: PostgresServer) -> None:
    async with kept(server):
        connection = await asyncpg.connect(server.url)
        shown = {
            name: await connection.fetchval(f"show {name}")
            for name in ("server_encoding", "data_checksums", "listen_addresses", "fsync")
        }
        collation = await connection.fetchval(
            "select datcollate from pg_database where datname = 'template1'"
        )
        await connection.close()

    assert shown == {
        "server_encoding": "UTF8",
        "data_checksums": "on",
        "listen_addresses": "127.0.0.1",
        "fsync": "on",
    }
    assert collation == "C"


async def test_a_wrong_password_is_refused(server: PostgresServer) -> None:
    async with kept(server):
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(server.url.replace("right", "wrong"))


async def test_data_are_there_after_a_stop_and_a_start(server: PostgresServer) -> None:
    async with kept(server):
        connection = await asyncpg.connect(server.url)
        await connection.execute("create table kept as select 1 as one")
        await connection.close()

    async with kept(server):
        connection = await asyncpg.connect(server.url)
        assert await connection.fetchval("select one from kept") == 1
        await connection.close()


async def test_a_backend_that_outlives_its_postmaster_holds_nothing_up(
    server: PostgresServer,
) -> None:
    """It leads a session of its own, so that no process group holds it."""
    async with kept(server):
        connection = await asyncpg.connect(server.url)
        busy = asyncio.create_task(
            connection.execute("select count(*) from generate_series(1, 1e12::bigint)")
        )
        backend = connection.get_server_pid()
        first = postmaster(server)

        os.kill(first, signal.SIGKILL)
        with suppress(asyncpg.PostgresError, OSError):
            await busy
        await answering(server)

        assert postmaster(server) != first
        assert not runs(backend)


async def test_a_half_made_cluster_is_made_anew(server: PostgresServer) -> None:
    unfinished = server.folder / "unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("half")

    async with kept(server):
        assert not unfinished.exists()


async def test_reason_of_a_failed_start_is_told_at_once(server: PostgresServer) -> None:
    async with kept(server):
        pass
    (server.data / "global/pg_control").unlink()

    async with supervising(logs=server.folder, run=server.folder, say=print) as supervisor:
        supervisor.keep(await server.program())
        with pytest.raises(CannotStart, match=r"postgres can't start.*pg_control"):
            await supervisor.ready("postgres", holds=server.accepts_login, seconds=PATIENCE_SECONDS)


@pytest.mark.parametrize("binaries", installed(), ids=lambda each: str(each.major))
async def test_every_installed_version_serves(
    server: PostgresServer, binaries: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.local.postgres.installed", lambda: [binaries])

    async with kept(server):
        connection = await asyncpg.connect(server.url)
        major = await connection.fetchval(
            "select current_setting('server_version_num')::int / 10000"
        )
        await connection.close()

    assert major == binaries.major  # type: ignore[attr-defined]


async def test_root_runs_it_as_nobody_where_there_are_no_user_namespaces(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a chroot and in a container; the data may have been made in a namespace before."""
    async with kept(server):
        pass
    monkeypatch.setattr("deploy.local.unprivileged.NAMESPACE", ("false",))

    async with kept(server):
        assert effective_user(postmaster(server)) != 0


def effective_user(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid
