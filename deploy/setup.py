"""Prepares an operator's servers: `python -m deploy.setup`, before the services start.

It creates databases, roles and schema on PostgreSQL, and the services' users on RabbitMQ. Each
release runs it again, which migrates the schema; the roles and users get the passwords that are
given, so it changes these as well.
"""

import asyncio
import base64
import json
import sys
from typing import Annotated
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo

from deploy.accounts import definitions, of_services
from deploy.databases import SERVICES, Database, Passwords, database_of, open_elsewhere, provide
from deploy.failures import CannotStart
from shared.runtime.settings import SettingsPart, load

ANSWER_SECONDS_MAX = 30


def _own_or_shared(password: SecretStr, info: ValidationInfo) -> SecretStr:
    shared: SecretStr | None = info.data.get("owner_password")
    if not password and not shared:
        raise ValueError("is not set; set it")
    return password or shared or password


OwnerPassword = Annotated[SecretStr, Field(validate_default=True), AfterValidator(_own_or_shared)]


class SetupSettings(SettingsPart):
    """The URLs of the servers' administrators, and the passwords of the services."""

    postgres_url: SecretStr
    management_url: SecretStr = SecretStr("")  # RabbitMQ's; empty without a broker
    owner_password: SecretStr = SecretStr("")  # of all owners that have none of their own
    requests_owner_password: OwnerPassword = SecretStr("")
    complaints_owner_password: OwnerPassword = SecretStr("")
    projections_owner_password: OwnerPassword = SecretStr("")
    requests_password: SecretStr
    complaints_password: SecretStr
    projections_password: SecretStr

    def passwords(self, service: str) -> Passwords:
        owner: SecretStr = getattr(self, f"{service}_owner_password")
        app: SecretStr = getattr(self, f"{service}_password")
        return Passwords(owner.get_secret_value(), app.get_secret_value())

    def database(self, service: str) -> Database:
        return database_of(self.postgres_url.get_secret_value(), service, self.passwords(service))


async def setup(settings: SetupSettings) -> dict[str, Database]:
    """Create everything that a service needs to start; return the databases by service.

    Raises CannotStart.
    """
    databases: dict[str, Database] = {}
    for service in SERVICES:
        admin_url = settings.postgres_url.get_secret_value()
        databases[service] = await provide(
            admin_url, service, settings.passwords(service), rotating=True
        )
        sys.stdout.write(f"Database of {service}: there, with this release's schema\n")
    for service in SERVICES:
        if others := await open_elsewhere(settings.postgres_url.get_secret_value(), service):
            sys.stdout.write(
                f"janji_{service}_app may connect to {', '.join(others)} as well, like everybody:"
                " take CONNECT there from public\n"
            )
    if settings.owner_password:
        sys.stdout.write(
            "JANJI_OWNER_PASSWORD opens the databases of several services: give each owner its own,"
            " JANJI_REQUESTS_OWNER_PASSWORD and so on\n"
        )
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
