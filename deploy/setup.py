"""Prepares an operator's servers: `python -m deploy.setup`, before the services start.

It creates databases, roles and schema on PostgreSQL, and the services' users on RabbitMQ. Each
release runs it again, which migrates the schema and changes nothing else.
"""

import asyncio
import base64
import json
import sys
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from pydantic import SecretStr

from deploy.accounts import definitions, of_services
from deploy.databases import SERVICES, Database, Passwords, database_of, provide
from deploy.failures import CannotStart
from shared.runtime.settings import SettingsPart, load

ANSWER_SECONDS_MAX = 30


class SetupSettings(SettingsPart):
    """The URLs of the servers' administrators, and the passwords of the services."""

    postgres_url: SecretStr
    management_url: SecretStr = SecretStr("")  # RabbitMQ's; empty without a broker
    owner_password: SecretStr
    requests_password: SecretStr
    complaints_password: SecretStr
    projections_password: SecretStr

    def passwords(self, service: str) -> Passwords:
        app: SecretStr = getattr(self, f"{service}_password")
        return Passwords(self.owner_password.get_secret_value(), app.get_secret_value())

    def database(self, service: str) -> Database:
        return database_of(self.postgres_url.get_secret_value(), service, self.passwords(service))


async def setup(settings: SetupSettings) -> dict[str, Database]:
    """Create everything that a service needs to start; return the databases by service.

    Raises CannotStart.
    """
    databases: dict[str, Database] = {}
    for service in SERVICES:
        admin_url = settings.postgres_url.get_secret_value()
        databases[service] = await provide(admin_url, service, settings.passwords(service))
        sys.stdout.write(f"Database of {service}: there, with this release's schema\n")
    if management_url := settings.management_url.get_secret_value():
        add_accounts(management_url, {each: settings.passwords(each).app for each in SERVICES})
        sys.stdout.write("Users of the broker: there\n")
    return databases


def add_accounts(management_url: str, passwords: dict[str, str]) -> None:
    """Create the services' users through RabbitMQ's management API."""
    parts = urlsplit(management_url)
    credentials = base64.b64encode(f"{parts.username}:{parts.password}".encode()).decode()
    request = Request(  # noqa: S310  the operator's own URL
        f"{parts.scheme}://{parts.hostname}:{parts.port}/api/definitions",
        data=json.dumps(definitions(of_services(passwords))).encode(),
        headers={"Authorization": f"Basic {credentials}", "Content-Type": "application/json"},
    )
    try:
        with urlopen(request, timeout=ANSWER_SECONDS_MAX):  # noqa: S310
            return
    except OSError as failure:
        raise CannotStart(
            f"RabbitMQ's management at {parts.hostname}:{parts.port} takes no users: {failure}"
        ) from failure


def main() -> None:
    try:
        asyncio.run(setup(load(SetupSettings)))
    except CannotStart as failure:
        sys.exit(f"setup: {failure}")


if __name__ == "__main__":
    main()
