"""The broker's users and permissions: one user a service, each with the rights that it needs."""

import base64
import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.messaging.topology import EXCHANGE

VHOST = "janji"
EVENTS = r"janji\.events"
QUEUES = r"projections\..*"


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the vhost, with its permissions as regular expressions."""

    name: str
    password: str
    configure: str
    write: str
    read: str
    publishes: str  # the routing keys that it may publish to the exchange
    is_administrator: bool = False


def administrator(name: str, password: str) -> Account:
    """A user with all permissions."""
    return Account(name, password, ".*", ".*", ".*", ".*", is_administrator=True)


def of_services(passwords: Mapping[str, str]) -> list[Account]:
    """Each service declares, publishes its own events, and reads its own queues, if it has any."""
    return [
        Account(
            name=service,
            password=password,
            configure=f"^({EVENTS}|{QUEUES})$",
            write=f"^({EVENTS}|{QUEUES})$",  # a binding is written to the queue
            read=f"^({EVENTS}|{QUEUES})$" if service == "projections" else f"^{EVENTS}$",
            publishes=rf"^{'sla' if service == 'projections' else service}\.",
        )
        for service, password in passwords.items()
    ]


def definitions(accounts: Iterable[Account]) -> dict[str, object]:
    """The accounts as a definitions file, or the body of `/api/definitions`, of RabbitMQ."""
    return {
        "vhosts": [{"name": VHOST}],
        "users": [_user(each) for each in accounts],
        "permissions": [_permission(each) for each in accounts],
        "topic_permissions": [_topic_permission(each) for each in accounts],
    }


def _user(account: Account) -> dict[str, object]:
    return {
        "name": account.name,
        "password_hash": _hashed(account.password),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": ["administrator"] if account.is_administrator else [],
    }


def _permission(account: Account) -> dict[str, object]:
    return {
        "user": account.name,
        "vhost": VHOST,
        "configure": account.configure,
        "write": account.write,
        "read": account.read,
    }


def _topic_permission(account: Account) -> dict[str, object]:
    return {
        "user": account.name,
        "vhost": VHOST,
        "exchange": EXCHANGE,
        "write": account.publishes,
        "read": ".*",
    }


def _hashed(password: str) -> str:
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()
