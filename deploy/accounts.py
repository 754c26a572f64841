"""The broker's users and permissions: one user a service or subscriber, with the rights it needs.

A service's user declares the exchange, declares and binds what is its own, and publishes its own
events: with its password nobody can bring an event into another source's queue. A subscriber's may
read the streams that it was given: it declares, binds and publishes nothing.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.event_names import FOLLOWED_SOURCES
from shared.messaging.topology import EXCHANGE, projection_queue, queues_of, stream

VHOST = "janji"
NOTHING = "^$"


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the vhost, with its permissions as regular expressions."""

    name: str
    password: str
    configure: str
    write: str
    read: str
    publishes: str  # the routing keys that it may publish to the exchange
    binds: str  # those that it may bind a queue by
    tag: str = ""


def administrator(name: str, password: str) -> Account:
    """A user with all permissions."""
    return Account(name, password, ".*", ".*", ".*", ".*", ".*", tag="administrator")


def of_services(passwords: Mapping[str, str]) -> list[Account]:
    """Each service's user; a service's management tag shows it which queue refuses."""
    return [_of_service(*each) for each in passwords.items()]


def of_subscriber(name: str, password: str, sources: Sequence[str]) -> Account:
    """Who may read the streams of these sources."""
    streams = _names(stream(source).name for source in sources)
    return Account(name, password, NOTHING, NOTHING, streams, NOTHING, NOTHING)


def _of_service(service: str, password: str) -> Account:
    """The projections follow the sources, and publish alerts as the source `sla`."""
    is_projections = service == "projections"
    source = "sla" if is_projections else service
    followed = FOLLOWED_SOURCES if is_projections else ()
    followed_queues = [projection_queue(each).name for each in followed]
    own = _names([EXCHANGE, *(queue.name for queue in queues_of(source)), *followed_queues])
    return Account(
        name=service,
        password=password,
        configure=own,
        write=own,  # a binding is written to the queue
        read=_names([EXCHANGE, stream(source).name, *followed_queues]),
        publishes=rf"^{source}\.",
        binds=rf"^({'|'.join((source, *followed))})\.",
        tag="management",
    )


def _names(names: Iterable[str]) -> str:
    """A regular expression for just these."""
    return f"^({'|'.join(map(re.escape, names))})$"


def definitions(accounts: Sequence[Account], vhost: str = VHOST) -> dict[str, object]:
    """The accounts as a definitions file, or the body of `/api/definitions`, of RabbitMQ."""
    return {
        "vhosts": [{"name": vhost}],
        "users": [_user(each) for each in accounts],
        "permissions": [_permission(each, vhost) for each in accounts],
        "topic_permissions": [_topic_permission(each, vhost) for each in accounts],
    }


def _user(account: Account) -> dict[str, object]:
    return {
        "name": account.name,
        "password_hash": _hashed(account.password),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": [account.tag] if account.tag else [],
    }


def _permission(account: Account, vhost: str) -> dict[str, object]:
    return {
        "user": account.name,
        "vhost": vhost,
        "configure": account.configure,
        "write": account.write,
        "read": account.read,
    }


def _topic_permission(account: Account, vhost: str) -> dict[str, object]:
    return {
        "user": account.name,
        "vhost": vhost,
        "exchange": EXCHANGE,
        "write": account.publishes,
        "read": account.binds,
    }


def _hashed(password: str) -> str:
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()
