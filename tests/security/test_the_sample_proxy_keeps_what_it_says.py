"""The sample configuration of a proxy, run with Debian's nginx in front of a service."""

import asyncio
import os
import re
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import pytest

from deploy.local.ports import free_ports
from testbed.databases import Database
from testbed.eventually import eventually
from tests.support.processes.forked import forked
from tests.support.processes.requests_process import settings_of

pytestmark = [pytest.mark.system, pytest.mark.needs("nginx")]

SAMPLE = Path("deploy/proxy/nginx.conf")
HOST = "pengaduan.janji.example"
FORM = "/pengaduan/formulir"
TYPED = urlencode({"complainant": "anonymous", "subject": "Email", "text": "Belum diatur ulang."})
START_SECONDS_MAX = 60.0


class Site:
    """The complaints service behind the proxy, by its public name."""

    def __init__(self, session: aiohttp.ClientSession, plain: int, encrypted: int) -> None:
        self.session = session
        self.plain = f"http://127.0.0.1:{plain}"
        self.encrypted = f"https://127.0.0.1:{encrypted}"

    async def get(self, url: str, host: str = HOST) -> aiohttp.ClientResponse:
        answer = await self.session.get(
            url, headers={"Host": host}, server_hostname=host, allow_redirects=False
        )
        await answer.read()
        return answer

    async def is_up(self) -> bool:
        try:
            return (await self.get(self.encrypted + FORM)).status == 200
        except aiohttp.ClientError:
            return False


@pytest.fixture
async def site(database: Callable[[str], Database], tmp_path: Path) -> AsyncIterator[Site]:
    names = {
        "JANJI_PROXIES_IN_FRONT": "1",
        "JANJI_COMPLAINTS_PUBLIC_URL": f"https://{HOST}",
        "JANJI_PAGES_PUBLIC_URL": "https://janji.example",
    }
    settings = settings_of(database("complaints"), tmp_path) | names
    plain, encrypted = free_ports(2)
    configuration = configured(tmp_path, settings["JANJI_PORT"], plain, encrypted)
    service = await forked("services.complaints.main", environment=os.environ | settings)
    try:
        async with running_nginx(configuration), unverified_session() as session:
            here = Site(session, plain, encrypted)
            await eventually(here.is_up, seconds=START_SECONDS_MAX)
            yield here
    finally:
        service.kill()
        await service.wait()


def configured(folder: Path, service: str, plain: int, encrypted: int) -> Path:
    """The sample with its addresses and certificate replaced."""
    made = (
        f"openssl req -x509 -newkey rsa:2048 -nodes -subj /CN={HOST}"
        f" -keyout {folder / 'privkey.pem'} -out {folder / 'fullchain.pem'}"
    )
    subprocess.run(made.split(), check=True, capture_output=True)
    text = SAMPLE.read_text().replace("/etc/janji/tls", str(folder))
    text = text.replace("/run/nginx.pid", str(folder / "nginx.pid"))
    text = text.replace("127.0.0.1:8002", f"127.0.0.1:{service}")
    text = re.sub(r"listen 80\b", f"listen 127.0.0.1:{plain}", text)
    text = re.sub(r"listen 443\b", f"listen 127.0.0.1:{encrypted}", text)
    configuration = folder / "nginx.conf"
    configuration.write_text(text)
    return configuration


@asynccontextmanager
async def running_nginx(configuration: Path) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        *("nginx", "-c", str(configuration), "-p", str(configuration.parent), "-g", "daemon off;")
    )
    try:
        yield
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def unverified_session() -> AsyncIterator[aiohttp.ClientSession]:
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    connector = aiohttp.TCPConnector(ssl=trusting, limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        yield session


async def test_sample_proxy_serves_the_public_over_tls_alone(site: Site) -> None:
    led = await site.get(site.plain + FORM)
    page = await site.get(site.encrypted + FORM)
    sent = await site.session.post(
        site.encrypted + FORM,
        data=TYPED,
        headers={
            "Host": HOST,
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"https://{HOST}",
        },
        server_hostname=HOST,
    )

    assert (led.status, led.headers["location"]) == (308, f"https://{HOST}{FORM}")
    assert page.headers["strict-transport-security"] == "max-age=31536000"
    assert sent.status == 201
    assert f"{HOST}/pengaduan/ikuti" in await sent.text()
    assert (await site.get(site.encrypted + "/metrics")).status == 404
    assert (await site.get(site.encrypted + "/.well-known/security.txt")).status == 200


async def test_sample_proxy_answers_to_no_name_but_ours(site: Site) -> None:
    with pytest.raises(aiohttp.ClientError):
        await site.get(site.encrypted + FORM, host="evil.example")
    with pytest.raises(aiohttp.ClientError):
        await site.get(site.plain + FORM, host="evil.example")
