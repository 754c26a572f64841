"""The requests service as a process of its own, with a part of a processor and a memory."""

import base64
import json
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from threading import Event, Thread
from types import MappingProxyType

import aiohttp

from deploy.local.ports import free_ports
from testbed.databases import Database
from testbed.eventually import eventually
from testbed.surface import AUDIENCE, ISSUER, KEY, token
from tests.support.processes.forked import forked

START_SECONDS_MAX = 60.0
SLICE_SECONDS = 0.02


class RequestsProcess:
    """`url` is where it answers; `headers` are those of a supervisor."""

    def __init__(self, pid: int, url: str) -> None:
        now = int(time.time())
        self.url = url
        self.headers = {
            "Authorization": f"Bearer {token('supervisor', iat=now, exp=now + 3600)}",
            "Content-Type": "application/json",
        }
        self._pid = pid

    @property
    def memory_mb(self) -> int:
        """What of it lies in memory."""
        pages = int(Path(f"/proc/{self._pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") // 2**20

    @contextmanager
    def a_quarter_of_a_core(self) -> Iterator[None]:
        """It stands still for three quarters of the time, while the block runs."""
        over = Event()

        def stop_and_go() -> None:
            while not over.wait(SLICE_SECONDS):
                os.kill(self._pid, signal.SIGSTOP)
                over.wait(3 * SLICE_SECONDS)
                os.kill(self._pid, signal.SIGCONT)

        throttle = Thread(target=stop_and_go)
        throttle.start()
        try:
            yield
        finally:
            over.set()
            throttle.join()

    async def is_ready(self) -> bool:
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"{self.url}/health/ready") as answer,
            ):
                return answer.status == 200
        except OSError:
            return False


@asynccontextmanager
async def requests_process(
    database: Database, folder: Path, others: Mapping[str, str] = MappingProxyType({})
) -> AsyncIterator[RequestsProcess]:
    """Without a broker, until the block ends. `folder` is for the issuer's public keys; `others`
    are settings in place of its own.
    """
    settings = {**settings_of(database, folder), **others}
    process = await forked("services.requests.main", environment=os.environ | settings)
    try:
        service = RequestsProcess(process.pid, f"http://127.0.0.1:{settings['JANJI_PORT']}")
        await eventually(service.is_ready, seconds=START_SECONDS_MAX)
        yield service
    finally:
        process.kill()
        await process.wait()


def settings_of(database: Database, folder: Path) -> dict[str, str]:
    """Its environment; without a broker, and at a free port."""
    jwks = folder / "jwks.json"
    jwks.write_text(json.dumps({"keys": [KEY.as_dict(private=False)]}))
    (port,) = free_ports(1)
    return {
        "JANJI_HOST": "127.0.0.1",
        "JANJI_PORT": str(port),
        "JANJI_DATABASE_URL": database.app_url,
        "JANJI_BROKER_URL": "",
        "JANJI_MASTER_KEY": base64.b64encode(bytes(32)).decode(),
        "JANJI_OIDC_ISSUER": ISSUER,
        "JANJI_OIDC_AUDIENCE": AUDIENCE,
        "JANJI_OIDC_JWKS": str(jwks),
    }
