"""A virtual host a test, made and deleted through the broker's management API."""

import base64
import json
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from deploy.accounts import Account, definitions
from deploy.local.broker import url_for

TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker listens: `url` for AMQP without a vhost, `api` for its management."""

    url: str
    api: str


def create_vhost(broker: Broker) -> str:
    """A fresh vhost's AMQP URL; the broker's administrator may do everything in it."""
    name = f"test-{secrets.token_hex(6)}"
    user = urlsplit(broker.url).username
    _call(broker, "PUT", f"/vhosts/{name}", {"default_queue_type": "quorum"})
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    _call(broker, "PUT", f"/permissions/{name}/{user}", everything)
    return f"{broker.url.rstrip('/')}/{name}"


def admit(broker: Broker, url: str, account: Account) -> str:
    """Its URL to that vhost, where it has these rights."""
    vhost = urlsplit(url).path.removeprefix("/")
    _call(broker, "POST", "/definitions", definitions([account], vhost))
    return url_for(url, account.name, account.password)


def expel(broker: Broker, account: Account) -> None:
    _call(broker, "DELETE", f"/users/{account.name}")


def delete_vhost(broker: Broker, url: str) -> None:
    """Delete the vhost with its queues and connections."""
    _call(broker, "DELETE", f"/vhosts/{urlsplit(url).path.removeprefix('/')}")


def _call(broker: Broker, method: str, path: str, body: object = None) -> None:
    parts = urlsplit(broker.api)
    host = parts.netloc.rpartition("@")[2]
    credentials = base64.b64encode(f"{parts.username}:{parts.password}".encode()).decode()
    request = Request(
        f"{parts.scheme}://{host}{parts.path.rstrip('/')}{path}",
        method=method,
        data=json.dumps(body or {}).encode(),
        headers={"Authorization": f"Basic {credentials}", "Content-Type": "application/json"},
    )
    with urlopen(request, timeout=TIMEOUT_SECONDS):
        pass
