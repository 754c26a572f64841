"""A service that was given another master key. Tried before: it said "ok", answered 500 to every
old case, and sealed the new ones for nobody.
"""

import asyncio
import base64
import os
from asyncio.subprocess import STDOUT
from collections.abc import Callable
from pathlib import Path

from testbed.databases import Database
from testbed.event_logs import connected
from testbed.eventually import eventually
from tests.support.processes.forked import Forked, forked
from tests.support.processes.requests_process import RequestsProcess, settings_of

END_SECONDS_MAX = 30.0
OURS, THEIRS = (base64.b64encode(bytes([number]) * 32).decode() for number in range(2))
BEGUN = "select count(*) from master_keys"


async def started(settings: dict[str, str], **keys: str) -> Forked:
    """A service with the key by these variables alone."""
    given = {name: value for name, value in settings.items() if name != "JANJI_MASTER_KEY"}
    environment = {**os.environ, **given, **{f"JANJI_{name}": key for name, key in keys.items()}}
    return await forked("services.requests.main", environment=environment, stderr=STDOUT)


async def ready(settings: dict[str, str], process: Forked) -> RequestsProcess:
    service = RequestsProcess(process.pid, f"http://127.0.0.1:{settings['JANJI_PORT']}")
    await eventually(service.is_ready, seconds=END_SECONDS_MAX)
    return service


async def last_words(process: Forked) -> str:
    async with asyncio.timeout(END_SECONDS_MAX):
        said, _ = await process.communicate()
    assert process.returncode not in (0, None)
    return said.decode()


async def test_service_with_another_key_ends_and_names_the_variable(
    database: Callable[[str], Database], tmp_path: Path
) -> None:
    at = database("requests")
    settings = settings_of(at, tmp_path)
    first = await started(settings, MASTER_KEY=OURS)
    await ready(settings, first)
    first.kill()
    await first.wait()

    said = await last_words(await started(settings, MASTER_KEY=THEIRS))

    assert "JANJI_MASTER_KEY is not the key that this log is sealed with" in said
    assert OURS not in said
    assert THEIRS not in said
    async with connected(at.app_url) as app:
        assert await app.fetchval(BEGUN) == 1


async def test_running_service_whose_key_file_is_overwritten_ends(
    database: Callable[[str], Database], tmp_path: Path
) -> None:
    """Within seconds: each case that it would seal was lost."""
    key, settings = tmp_path / "master_key", settings_of(database("requests"), tmp_path)
    key.write_text(OURS)
    process = await started(settings, MASTER_KEY_FILE=str(key))
    await ready(settings, process)

    key.write_text(THEIRS)

    assert "JANJI_MASTER_KEY is not the key" in await last_words(process)


async def test_key_by_file_and_by_variable_is_refused(
    database: Callable[[str], Database], tmp_path: Path
) -> None:
    key, settings = tmp_path / "master_key", settings_of(database("requests"), tmp_path)
    key.write_text(OURS)

    said = await last_words(await started(settings, MASTER_KEY=OURS, MASTER_KEY_FILE=str(key)))

    assert "JANJI_MASTER_KEY: is set, and JANJI_MASTER_KEY_FILE is too" in said
