"""The master key is changed under a running service: nobody notices, no receipt becomes void."""

import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp

from deploy.key_files import MasterKeyFiles
from shared.eventstore.keys import rotation
from shared.eventstore.keys.keyring import Keyring
from shared.postgres.connection import Connection
from shared.runtime.settings import SealingSettings
from testbed.databases import Database
from testbed.event_logs import connected
from testbed.eventually import eventually
from testbed.surface import token
from tests.support.cases.complaints_service import COMPLAINT
from tests.support.processes.forked import forked
from tests.support.processes.requests_process import RequestsProcess, settings_of

START_SECONDS_MAX = 60.0

Json = dict[str, Any]


@asynccontextmanager
async def complaints(
    database: Database, folder: Path, files: MasterKeyFiles
) -> AsyncIterator[aiohttp.ClientSession]:
    """The service as a process, whose keys are in files; who talks to it."""
    settings = settings_of(database, folder)
    del settings["JANJI_MASTER_KEY"]
    environment = os.environ | settings | files.variables
    process = await forked("services.complaints.main", environment=environment)
    try:
        url = f"http://127.0.0.1:{settings['JANJI_PORT']}"
        await eventually(RequestsProcess(process.pid, url).is_ready, seconds=START_SECONDS_MAX)
        async with aiohttp.ClientSession(url) as session:
            yield session
    finally:
        process.kill()
        await process.wait()


async def complain(session: aiohttp.ClientSession, key: str) -> Json:
    headers = {**staff(), "Idempotency-Key": key}
    async with session.post("/v1/complaints", json=COMPLAINT, headers=headers) as sent:
        assert sent.status == 201, await sent.text()
        receipt: Json = await sent.json()
        return receipt


async def tracked(session: aiohttp.ClientSession, receipt: Json) -> int:
    headers = {"Authorization": f"Bearer {receipt['tracking_secret']}"}
    async with session.get(f"/v1/public/complaints/{receipt['number']}", headers=headers) as shown:
        return shown.status


def staff() -> dict[str, str]:
    now = int(time.time())
    supervisor = token("supervisor", sub="supervisor-1", iat=now, exp=now + 3_600)
    return {"Authorization": f"Bearer {supervisor}"}


async def contact(session: aiohttp.ClientSession, number: str) -> str:
    async with session.get(f"/v1/complaints/{number}", headers=staff()) as shown:
        assert shown.status == 200, await shown.text()
        return await shown.text()


def keyring(files: MasterKeyFiles) -> Keyring:
    given = {
        "master_key": files.in_use.read_text(),
        "retired_master_keys": files.retired.read_text(),
    }
    newest, *retired = SealingSettings.model_validate(given).master_keys
    return Keyring(newest, retired=retired)


async def test_no_receipt_becomes_void_and_old_backups_end_with_their_key(
    database: Callable[[str], Database], tmp_path: Path
) -> None:
    """Tried before: another key answered 404 to every receipt and 500 to every case."""
    at, files = database("complaints"), MasterKeyFiles(tmp_path / "key", tmp_path / "earlier")
    files.prepare()
    key = str(uuid4())
    async with connected(at.owner_url) as owner, complaints(at, tmp_path, files) as session:
        first = await complain(session, key)
        backup = await owner.fetch("select originator_id, wrapped_key from sealing_keys")
        files.turn_over()
        during = await left_by_the_old_key(owner, keyring(files), session)
        assert await complain(session, key) == first
        assert await tracked(session, first) == 200

    files.retired.write_text("")  # the old key is destroyed

    async with complaints(at, tmp_path, files) as session:
        assert await complain(session, key) == first
        for receipt in (first, *during):
            assert await tracked(session, receipt) == 200
            assert "Budi Hartono" in await contact(session, receipt["number"])
    (old,) = backup
    assert keyring(files).opened(old["wrapped_key"], old["originator_id"].bytes) is None


async def left_by_the_old_key(
    owner: Connection, both: Keyring, session: aiohttp.ClientSession
) -> list[Json]:
    """What comes in until the service seals by the next key, which it soon notices."""
    during: list[Json] = []

    async def none_is_left() -> bool:
        during.append(await complain(session, str(uuid4())))
        return len(during) > 1 and await rotation.wrap_anew(owner, both) == 0

    await rotation.begin(owner, both)
    await eventually(none_is_left)
    await rotation.finish(owner, both)
    return during
