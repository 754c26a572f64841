"""The three services as programs: their environments and their accounts."""

import asyncio
import json
import os
import sys
from urllib.parse import urlsplit

from deploy.accounts import Account, of_services
from deploy.databases import SERVICES
from deploy.local.addresses import Addresses
from deploy.local.broker import url_for
from deploy.local.home import PROJECT, Home
from deploy.local.issuer import AUDIENCE, ISSUER, issuer
from deploy.local.supervisor import Program

# Variables that could name other servers or another installation are not inherited.
NOT_PASSED_ON = ("JANJI_", "PG", "RABBITMQ_")
STOP_SECONDS = 10.0
ANSWER_SECONDS_MAX = 5.0


def accounts(home: Home) -> list[Account]:
    """The users of this installation's broker."""
    return of_services({service: home.password(f"broker_{service}") for service in SERVICES})


def program(home: Home, addresses: Addresses, service: str) -> Program:
    """A service as a supervised program."""
    return Program(
        name=service,
        command=(sys.executable, "-m", f"services.{service}.main"),
        environment=_passed_on() | environment(home, addresses, service),
        folder=PROJECT,
        stop_seconds=STOP_SECONDS,
    )


def environment(home: Home, addresses: Addresses, service: str) -> dict[str, str]:
    """The environment of a service of this installation."""
    port = addresses.services[service].rpartition(":")[2]
    return {
        "JANJI_HOST": "127.0.0.1",
        "JANJI_PORT": port,
        "JANJI_DATABASE_URL": addresses.databases[service].app_url,
        "JANJI_BROKER_URL": _broker_url(home, addresses, service),
        "JANJI_BROKER_MANAGEMENT_URL": _management_url(home, addresses, service),
        **({} if service == "projections" else _of_personal_data(home)),
        **({"JANJI_DEMONSTRATION": "true"} if home.demonstration.exists() else {}),
        "JANJI_OIDC_ISSUER": ISSUER,
        "JANJI_OIDC_AUDIENCE": AUDIENCE,
        "JANJI_OIDC_JWKS": str(issuer(home.folder).jwks),
        "JANJI_FEED_TOKEN_FILE": str(home.feed_token),
        "JANJI_REQUESTS_URL": addresses.services["requests"],
        "JANJI_COMPLAINTS_URL": addresses.services["complaints"],
        "JANJI_COMPLAINTS_PUBLIC_URL": addresses.services["complaints"],
        "JANJI_PAGES_PUBLIC_URL": addresses.services["projections"],
    }


def _of_personal_data(home: Home) -> dict[str, str]:
    home.key_files.prepare()
    return {
        **home.key_files.variables,
        "JANJI_ERASURE_REGISTER": str(home.erasures),
    }


async def is_ready(url: str, pid: int | None) -> bool:
    """Whether this process reports that it is ready, and its relay works.

    The process id is compared, since an orphan of an earlier start may hold the port.
    """
    try:
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            head, body = await _get(url, "/health/ready")
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return False
    health = json.loads(body)
    relay = health["parts"].get("relay", {"status": "ok"})
    return b" 200 " in head and health["pid"] == pid and relay["status"] == "ok"


async def _get(url: str, path: str) -> tuple[bytes, bytes]:
    """The status line and the body; importing a client library would take longer than the call."""
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    try:
        writer.write(f"GET {path} HTTP/1.0\r\nHost: {place.netloc}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        return head.partition(b"\r\n")[0], await reader.read()  # HTTP/1.0: up to the end
    finally:
        writer.close()


def _broker_url(home: Home, addresses: Addresses, service: str) -> str:
    if addresses.broker is None or addresses.management is None:
        return addresses.broker or ""  # an external broker: the user in its URL
    return url_for(addresses.broker, service, home.password(f"broker_{service}"))


def _management_url(home: Home, addresses: Addresses, service: str) -> str:
    if addresses.management is None:
        return ""
    return url_for(addresses.management, service, home.password(f"broker_{service}"))


def _passed_on() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(NOT_PASSED_ON)}
